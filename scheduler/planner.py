"""The scheduler as playout sees it: running orders for every channel, and the schedule files behind them.

Holds values only; reading a schedule file is the one thing here that touches a disk. It does not decide
when to plan again: playout asks.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from lppl.durable import write_file
from lppl.errors import ScheduleInvalid
from lppl.media import AssetId, ChannelKind, Material, Shelf
from lppl.ports import Aired
from lppl.quanta import Quanta
from lppl.rundown import Kind, Line, Rundown
from scheduler.choice import Dress, Previous, Surroundings
from scheduler.fill import Catalogue
from scheduler.findings import Finding, Rule, Severity
from scheduler.plan import Mirror, Plan, untimed
from scheduler.rundown import GAP, Built, Wish, catalogue_of, compose
from scheduler.schedule import Schedule, default_schedule, parse_schedule

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    plan: Plan
    shelf: Shelf
    ident: Material | None
    slate: Material
    catalogue: Catalogue
    dress: Dress | None


class SchedulePlanner:
    """Plans every channel from the latest snapshot it was given; safe to call from any thread."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._swap = threading.Lock()  # writers only; a plan reads one immutable snapshot
        self._channels: dict[str, _Snapshot] = {}
        self._built: dict[str, Built] = {}

    def update(
        self,
        channel: str,
        *,
        plan: Plan | None = None,
        shelf: Shelf | None = None,
        ident: Material | None = None,
        slate: Material | None = None,
        dress: Dress | None = None,
    ) -> None:
        """Replace parts of a channel's snapshot at once; None keeps what was. The next plan uses them.

        A new channel needs at least a slate. Raises ValueError without one, or when `slate` is shorter than
        a quantum; nothing has changed then.
        """
        if slate is not None and slate.quanta < 1:
            raise ValueError(f"slate of {slate.quanta} quanta")
        with self._swap:
            old = self._channels.get(channel)
            new_slate = slate or (old.slate if old else None)
            if new_slate is None:
                raise ValueError(f"channel {channel} has no slate")
            new_plan = plan or (old.plan if old else Plan())
            new_shelf = shelf or (old.shelf if old else Shelf())
            new_ident = ident or (old.ident if old else None)
            new_dress = dress or (old.dress if old else None)
            if old and new_shelf is old.shelf and new_ident is old.ident and new_slate is old.slate:
                catalogue = old.catalogue
            else:
                catalogue = catalogue_of(new_shelf, new_ident, new_slate)
            self._channels[channel] = _Snapshot(new_plan, new_shelf, new_ident, new_slate, catalogue, new_dress)

    def recall(self, channel: str, lines: Iterable[Line]) -> None:
        """Take what was planned before a restart, so that rotations keep to it."""
        try:
            self._built[channel] = Built(Rundown(lines), ())
        except ValueError as error:
            log.warning("old_rundown_unusable", channel=channel, reason=str(error))

    def plan(self, channel: str, start: Quanta, end: Quanta, aired: Sequence[Aired]) -> Rundown:
        """Cover at least [start, end) exactly once, as `lppl.ports.Planner` says.

        Takes tens of milliseconds for a day: call it in a thread. Raises KeyError for a channel that is not
        open, nothing else.
        """
        return self.built(channel, start, end, aired).rundown

    def built(self, channel: str, start: Quanta, end: Quanta, aired: Sequence[Aired]) -> Built:
        """Return the plan, what staff should know about it, and what should be rendered for it."""
        built = self._built[channel] = self._made(channel, start, end, aired)
        return built

    def look(self, channel: str, start: Quanta, end: Quanta, aired: Sequence[Aired]) -> Rundown:
        """Return what :meth:`plan` would, but remember nothing: the plan in force stays the one that is kept to."""
        return self._made(channel, start, end, aired).rundown

    def _made(self, channel: str, start: Quanta, end: Quanta, aired: Sequence[Aired]) -> Built:
        s = self._channels[channel]
        around = Surroundings(self._previous(channel), self._mirrors(s.plan), s.dress)
        # a fault is not expected of any plan; but the air is worth more than a fixed event, and than the plan
        faults: tuple[Finding, ...] = ()
        for plan in (s.plan, untimed(s.plan), Plan(filler=s.plan.filler)):
            try:
                built = compose(plan, s.catalogue, s.ident, s.slate, self._zone, start, end, aired, around)
            except Exception as error:
                log.exception("plan_failed", channel=channel, start=start, end=end)
                faults = faults or (_fault(error, start),)
            else:
                return replace(built, findings=(*faults, *built.findings)) if faults else built
        return Built(Rundown(_slate_lines(s.slate, start, end)), faults)

    def _previous(self, channel: str) -> Previous:
        built = self._built.get(channel)
        return {(x.start, x.slot): x.material.asset for x in built.rundown if x.slot} if built else {}

    def _mirrors(self, plan: Plan) -> Mapping[str, Rundown]:
        others = mirrored(plan)
        return {name: self._built[name].rundown for name in others if name in self._built} if others else {}

    def mirroring(self, channel: str) -> tuple[str, ...]:
        """Return the channels that simulcast `channel`: they must be planned again when it is."""
        return tuple(name for name, s in self._channels.items() if name != channel and channel in mirrored(s.plan))

    def material(self, channel: str, asset: AssetId) -> Material | None:
        """Return an asset that a channel could air."""
        return self._channels[channel].shelf.materials.get(asset)

    def findings(self, channel: str) -> tuple[Finding, ...]:
        """Return what the latest plan of `channel` found; empty before the first."""
        built = self._built.get(channel)
        return built.findings if built else ()

    def folders(self, channel: str) -> Mapping[str, Quanta]:
        """Return from when on the content of folders may air by the latest plan of `channel`."""
        built = self._built.get(channel)
        return built.folders if built else {}

    def wishes(self, channel: str) -> tuple[Wish, ...]:
        """Return what the latest plan of `channel` would have had rendered."""
        built = self._built.get(channel)
        return built.wishes if built else ()


def _fault(error: Exception, at: Quanta) -> Finding:
    """Return what staff are told when a plan could not be built as it stands."""
    return Finding(
        Rule.PLAN_FAULT,
        "Susunan acara gagal dibuat seperti direncanakan; yang tayang hanya sebagian rencana.",
        "The running order could not be built as planned; only a part of the plan airs.",
        "susunan acara",
        at,
        Severity.SEVERE,
        source=f"{type(error).__name__}: {error}"[:200],
        remedy="Batalkan perubahan terakhir pada pola acara, lalu kirim log layanan kepada pengembang.",
    )


def mirrored(plan: Plan) -> frozenset[str]:
    """Return the channels that `plan` simulcasts."""
    return frozenset(s.content.channel for s in plan.strips if isinstance(s.content, Mirror))


def _slate_lines(slate: Material, start: Quanta, end: Quanta) -> Iterator[Line]:
    why = "Gambar siaga: susunan acara gagal dibuat, lihat log"
    for q in range(start, end, slate.quanta):
        yield Line(Quanta(q), slate.quanta, slate, Quanta(0), Kind.SLATE, GAP, False, why)


class Origin(StrEnum):
    """Where a schedule came from."""

    FILE = "file"
    LAST_GOOD = "last_good"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class ScheduleRead:
    """A schedule that can air, where it came from, and what is wrong with the file, if anything."""

    schedule: Schedule
    origin: Origin
    error: ScheduleInvalid | None = None


def last_good_path(path: Path) -> Path:
    """Return where the last good text of the schedule file `path` is kept."""
    return path.with_name(f".{path.name}.last-good")


def read_schedule_file(path: Path, kind: ChannelKind) -> ScheduleRead:
    """Read the schedule file of a channel; a broken one leaves the last good one in force.

    A good file is copied beside itself, so that this holds across a restart too. Without a file, or when no
    good one was ever seen, the schedule is the default rotation. Reads and may write files: call it in a
    thread. Never raises for what the file holds or for a disk that fails.
    """
    try:
        text = path.read_text("utf-8-sig")
        schedule = parse_schedule(text, path.name)
    except FileNotFoundError:
        return ScheduleRead(default_schedule(kind), Origin.DEFAULT)
    except UnicodeDecodeError:
        wrong = "berkas bukan teks UTF-8; simpan ulang sebagai UTF-8 / the file is not UTF-8 text; save it as UTF-8"
        return _fallen_back(path, kind, ScheduleInvalid(path.name, [wrong]))
    except OSError as e:
        wrong = f"berkas tidak dapat dibaca ({e.strerror}) / the file cannot be read"
        return _fallen_back(path, kind, ScheduleInvalid(path.name, [wrong]))
    except ScheduleInvalid as e:
        return _fallen_back(path, kind, e)
    _keep(path, text)
    return ScheduleRead(schedule, Origin.FILE)


def _fallen_back(path: Path, kind: ChannelKind, error: ScheduleInvalid) -> ScheduleRead:
    try:
        kept = parse_schedule(last_good_path(path).read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError, ScheduleInvalid):  # never seen, or from a version with other rules
        return ScheduleRead(default_schedule(kind), Origin.DEFAULT, error)
    return ScheduleRead(kept, Origin.LAST_GOOD, error)


def _keep(path: Path, text: str) -> None:
    kept = last_good_path(path)
    try:
        if kept.exists() and kept.read_bytes() == text.encode():
            return
        write_file(kept, text.encode())
    except OSError as e:  # a full disk must not keep a good schedule from the air
        log.warning("last_good_schedule_not_kept", path=str(kept), error=str(e))

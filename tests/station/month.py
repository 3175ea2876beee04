"""A station that lives through months in minutes: a driven clock, real planning and playout, no files.

Two channels follow documents as staff would keep them. Every day something is edited, files go missing for a day, the
power is cut, and the computer's clock is set wrong or right by 30 s. What was planned at each midnight is kept, to be
compared with what aired.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from lppl.clock import AirClock
from lppl.journal import Entry, Item, Record, fold
from lppl.media import AssetId, HouseId, Material, Shelf
from lppl.ports import Aired
from lppl.programme import Details
from lppl.quanta import Quanta, at_or_after, starting
from lppl.rundown import Kind, Line, Rundown
from playout.channel import ChannelPlayout, Ladder
from scheduler.agenda import day_bounds
from scheduler.documents import Documents, laid_out
from scheduler.edits import cut, insert, move, replace, skip
from scheduler.memory import aired_line
from scheduler.plan import Plan
from scheduler.planner import SchedulePlanner
from scheduler.prayer import Place

ZONE = ZoneInfo("Asia/Jakarta")
PLACE = Place(-6.888, 109.675, ZONE)
STEP_S = 20.0
"""How often channels commit; less than the outage after which a channel opens anew."""
AHEAD = Quanta(56 * 11_250)
RENEW = Quanta(50 * 11_250)
KEPT = Quanta(28)
"""What begins within this time stays when the rest is planned again, as in the air role."""
UNSEEN = (Kind.OFF, Kind.PREROLL, Kind.IDENT, Kind.SLATE)


def material(path: str, quanta: int, recipe: str, **details: object) -> Material:
    """Make material at a path; the artist of a song is its number modulo 23."""
    asset = AssetId(hashlib.blake2b(path.encode(), digest_size=20).hexdigest())
    number = int(path.rsplit("-", 1)[-1]) if path.rsplit("-", 1)[-1].isdigit() else 0
    artist = f"Artis {number % 23}" if "musik" in path else ""
    name = f"{recipe}-00000000"
    return Material(
        HouseId(f"{asset}.{name}"), asset, path, Quanta(quanta), artist, paths=(path,), details=Details(**details)
    )


def library(recipe: str, r: Random) -> dict[AssetId, Material]:
    """Make a station's material: music, news, a series, filler, spots, azan, ident."""
    made = [material(f"musik/lagu-{n}", r.randint(450, 900), recipe, category="hiburan") for n in range(420)]
    made += [material(f"berita/berita-{n}", r.randint(300, 700), recipe, category="berita") for n in range(60)]
    made += [material(f"serial/episode-{n:03}", r.randint(4_200, 5_500), recipe) for n in range(60)]
    made += [material(f"sisipan/sisipan-{n}", r.randint(20, 190), recipe) for n in range(25)]
    made += [material(f"iklan/spot-{n}", r.choice([47, 94, 188]), recipe) for n in range(12)]
    made += [material(f"azan/{n}", 620, recipe) for n in ("subuh", "dzuhur", "ashar", "maghrib", "isya")]
    made += [material(f"ident/ident-{n}", 25, recipe) for n in range(3)]
    return {m.asset: m for m in made}


def documents(channel: str) -> Documents:
    """Return what staff laid down: a week of programmes, rotations, a series, azan, ident, spots."""
    daily = {"first": "2026-01-05", "rule": "FREQ=DAILY"}
    weekday = {"first": "2026-01-05", "rule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}
    weekend = {"first": "2026-01-05", "rule": "FREQ=WEEKLY;BYDAY=SA,SU"}

    def entry(name: str, start: str, minutes: int, content: Mapping[str, object], **more: object) -> dict[str, object]:
        return {
            "id": name, "programme": name, "on": daily, "start": start, "length_s": 60 * minutes, "content": content,
        } | more  # fmt: skip

    music = {"kind": "rotation", "rotation": "musik"}
    grid = {
        "entries": [
            entry("malam", "00.00", 270, music),
            entry("pagi", "04.30", 90, music, begins="tepat"),
            entry("kabar-pagi", "06.00", 60, {"kind": "rotation", "folders": ["berita"]}, begins="tepat"),
            entry("serial", "07.00", 30, {"kind": "series", "folder": "serial", "repeat": True}, on=weekday),
            entry("lagu-pilihan", "07.00", 60, {"kind": "playlist", "playlist": "pilihan"}, on=weekend),
            entry("musik-pagi", "07.30", 210, music, begins="mengalir", on=weekday),
            entry("musik-libur", "08.00", 180, music, on=weekend),
            entry("kabar-siang", "12.00", 60, {"kind": "rotation", "folders": ["berita"]}, begins="tepat"),
            entry("sore", "13.00", 240, music),
            entry("bersama", "17.00", 60, {"kind": "simulcast", "channel": "tv"} if channel == "radio" else music),
            entry("ulang", "18.30", 30, {"kind": "series", "folder": "serial", "rerun": True, "repeat": True}),
            entry("musik-malam", "19.00", 300, music),
        ],
        "filler": ["folder:sisipan"],
    }
    azan = [
        {"kind": "salat", "id": f"azan-{p}", "prayer": p, "items": [f"azan/{p}"]}
        for p in ("subuh", "dzuhur", "ashar", "maghrib", "isya")
    ]
    ident = {"kind": "ident", "id": "ident", "folder": "ident", "minutes": [0, 30], "hard": False}
    order = {
        "first": "2026-01-01", "last": "2027-12-31", "times_a_day": 6, "min_gap_minutes": 60, "product_group": "kopi",
    }  # fmt: skip
    return Documents(
        grid=grid,
        channel={
            "fixed": {"events": [*azan, ident]},
            "breaks": [{"minutes": [20, 50], "longest_s": 120, "start": "06.00", "until": "22.00"}],
        },
        programmes={
            name: {"id": name, "title": name.replace("-", " ").title()}
            for name in sorted({str(e["programme"]) for e in grid["entries"]})  # type: ignore[call-overload]
        },
        playlists={"pilihan": {"id": "pilihan", "title": "Pilihan", "items": [f"musik/lagu-{n}" for n in range(9)]}},
        rotations={
            "musik": {
                "id": "musik", "title": "Musik", "folders": ["musik"], "artist_minutes": 30, "title_minutes": 60,
                "again_hours": 4,
            }
        },
        orders={
            f"kopi-{n}": {"id": f"kopi-{n}", "advertiser": f"Kopi {n}", "assets": [f"iklan/spot-{n}"]} | order
            for n in range(3)
        }
        | {
            f"ilm-{n}": {"id": f"ilm-{n}", "advertiser": "Dinkes", "kind": "ilm", "assets": [f"iklan/spot-{n + 3}"]}
            | order
            | {"product_group": ""}
            for n in range(3)
        },
    )  # fmt: skip


class House:
    """Says what can air; `missing` are away."""

    def __init__(self, lengths: Mapping[HouseId, Quanta]) -> None:
        self._lengths = lengths
        self.missing: frozenset[HouseId] = frozenset()

    def ready(self, house: HouseId) -> Quanta | None:
        return None if house in self.missing else self._lengths.get(house)

    def key(self, house: HouseId, q: Quanta) -> Quanta | None:
        return None

    def format(self, house: HouseId) -> str:
        return "f"


@dataclass
class Day:
    """One local day of a channel: what was planned at its beginning, and what happened to it from outside."""

    planned: tuple[Line, ...]
    causes: list[tuple[Quanta, str]] = field(default_factory=list)


@dataclass
class Channel:
    """One channel of the simulated station."""

    name: str
    materials: dict[AssetId, Material]
    playout: ChannelPlayout
    journal: list[Entry] = field(default_factory=list)
    history: list[Aired] = field(default_factory=list)
    edits: dict[str, dict[str, object]] = field(default_factory=dict)
    spots: list[list[object]] = field(default_factory=list)
    """(order, path, start, length) of those that aired."""
    days: dict[date, Day] = field(default_factory=dict)


class Month:
    """The station. `run` lives through days; everything is then in the channels' journals and days."""

    def __init__(self, seed: int, first: datetime) -> None:
        self._r = Random(seed)
        self._mono, self._base, self._offset = 0.0, first.timestamp(), 0.0
        self.planner = SchedulePlanner(ZONE)
        self.channels: dict[str, Channel] = {}
        self.powered: list[tuple[Quanta, Quanta]] = []
        self.outages = 0
        lengths: dict[HouseId, Quanta] = {}
        for name in ("tv", "radio"):
            materials = library(name, Random(f"{seed}-{name}"))
            self._builtins = material("ident", 30, name), material("slate", 94, name)
            lengths |= {m.house: m.quanta for m in (*materials.values(), *self._builtins)}
            self.channels[name] = Channel(name, materials, self._playout(name))
        self.house = House(lengths)
        for c in self.channels.values():
            c.playout = self._playout(c.name)
        self.clock = self._started()

    def _playout(self, name: str) -> ChannelPlayout:
        ident, slate = material("ident", 30, name), material("slate", 94, name)
        self.planner.update(name, ident=ident, slate=slate)
        source = getattr(self, "house", None) or House({})
        return ChannelPlayout(name, source, Ladder(ident, slate), picture=name == "tv")

    def _wall(self) -> float:
        return self._base + self._mono + self._offset

    def _started(self) -> AirClock:
        ends = [c.journal[-1].end for c in self.channels.values() if c.journal]
        return AirClock(max(ends) if ends else None, self._wall, lambda: self._mono)

    # ---- living ----

    def run(self, days: int) -> None:
        """Live through whole local days from now on."""
        self._power_on()
        today = starting(Quanta(self.clock.now() + 400)).astimezone(ZONE).date()
        for n in range(days):
            self._day(today + timedelta(days=n))

    def _day(self, day: date) -> None:
        start, end = day_bounds(day, ZONE)
        while self.clock.now() < start:
            self._step(STEP_S)
        self._files_return()
        for c in self.channels.values():
            assert c.playout.rundown is not None
            assert c.playout.rundown.end >= self.clock.now() + 48 * 11_250, "less than two days are planned"
            running = self._running(c)
            c.days[day] = Day((*running, *c.playout.next_lines()))
        for q, act in sorted(self._events(start, end), key=lambda pair: pair[0]):
            while self.clock.now() < q:
                self._step(min(STEP_S, max(0.5, self.clock.until(q))))
            act(day)
        while self.clock.now() < end - 100:
            self._step(STEP_S)

    def _events(self, start: Quanta, end: Quanta) -> Iterator[tuple[Quanta, object]]:
        """Yield what happens to the station on a day: (air time, function of the day)."""

        def at() -> Quanta:
            return Quanta(self._r.randint(start + 400, end - 8_000))

        for name in self.channels:
            yield at(), lambda day, name=name: self._edit(name, day)
            yield at(), lambda day, name=name: self._edit(name, day)
        yield at(), self._files_go
        yield at(), self._power_cut
        yield at(), self._clock_is_set

    def _step(self, seconds: float) -> None:
        self._mono += seconds
        self.clock.steer()
        now = self.clock.now()
        for c in self.channels.values():
            self._commit(c, c.playout.commit(now))
            if c.playout.rundown is None or c.playout.rundown.end < now + RENEW:
                self._plan(c)

    def _commit(self, c: Channel, records: list[Record]) -> None:
        fold(c.journal, records)
        for record in records:
            if isinstance(record, Item) and record.asset is not None and record.kind not in UNSEEN:
                until = Quanta(0 if record.source else record.in_point + record.planned)
                c.history.append(Aired(record.asset, record.start, record.planned, until))
                if record.order and record.asset in c.materials:
                    path = c.materials[record.asset].paths[0]
                    c.spots.append([record.order, path, record.start, record.planned])

    # ---- planning, as the air role does it ----

    def _plan(self, c: Channel, *, keep: bool = True) -> None:
        now = self.clock.now()
        kept: list[Line] = []
        if keep and c.playout.fallback is None:
            for line in c.playout.next_lines():
                if line.start > now + KEPT or line.kind is not Kind.ITEM:
                    break
                kept.append(line)
            if kept and kept[0].start != c.playout.stop:
                kept = []
        start = kept[-1].end if kept else c.playout.stop
        past = [*c.history[-6_000:], *map(aired_line, kept)]
        made = self.planner.plan(c.name, start, Quanta(max(start, now) + AHEAD), past)
        c.playout.follow(Rundown([*kept, *made]))

    def _lay_out(self, c: Channel) -> None:
        kept = documents(c.name)
        kept = Documents(**{**kept.__dict__, "edits": c.edits, "airings": c.spots[-2_000:]})
        found = laid_out(c.name, kept, Plan(), ZONE, PLACE, self.clock.now())
        severe = [f for f in found.plan.findings if f.severity == "berat"]
        assert not severe, severe
        present = {a: m for a, m in c.materials.items() if m.house not in self._known_missing}
        self.planner.update(c.name, plan=found.plan, shelf=Shelf(present))

    _known_missing: frozenset[HouseId] = frozenset()

    def _power_on(self) -> None:
        self.clock = self._started()
        now = self.clock.now()
        for c in self.channels.values():
            old = c.playout.rundown
            c.playout = self._playout(c.name)
            if old is not None:
                self.planner.recall(c.name, old)
            self._commit(c, c.playout.open(now, c.journal[-1] if c.journal else None))
        for name in ("tv", "radio"):
            self._lay_out(self.channels[name])
            self._plan(self.channels[name])
            self._commit(self.channels[name], self.channels[name].playout.commit(now))
        self._on_since = now

    # ---- what happens ----

    def _cause(self, c: Channel, day: date, what: str, at: Quanta | None = None) -> None:
        c.days[day].causes.append((self.clock.now() if at is None else at, what))

    def _edit(self, name: str, day: date) -> None:
        """Someone changes the running order of the coming hours by hand."""
        c, r = self.channels[name], self._r
        soon = [x for x in c.playout.next_lines() if x.start > self.clock.now() + 600][:40]
        soon = [x for x in soon if x.kind is Kind.ITEM and x.slot and not x.order and not x.event]
        if not soon:
            return
        line, other = r.choice(soon), r.choice([m for m in c.materials.values() if "musik" in m.title])
        edit = r.choice(
            [
                lambda: insert(line.start, other.asset, other.title),
                lambda: replace(line, other.asset, other.title),
                lambda: move(line, Quanta(line.start + r.randint(900, 4_000))),
                lambda: cut(line, Quanta(6), Quanta(max(12, line.material.quanta // 2))),
                lambda: skip(line),
            ]
        )()
        number = len(c.edits) + 1
        c.edits = {k: v for k, v in c.edits.items() if v["at"] > self.clock.now() - 3 * 270_000}  # type: ignore[operator]
        while str(number) in c.edits:
            number += 1
        c.edits[str(number)] = edit.model_dump(mode="json")
        self._cause(c, day, f"suntingan {edit.act}", Quanta(min(line.start, self.clock.now())))
        self._lay_out(c)
        self._plan(c)
        if name == "tv":
            self._replan_mirror(day)

    def _replan_mirror(self, day: date) -> None:
        for other in self.planner.mirroring("tv"):
            self._cause(self.channels[other], day, "kanal induk berubah")
            self._plan(self.channels[other])

    def _files_go(self, day: date) -> None:
        """One file in a hundred is away until midnight; the library learns of it at once for half of them."""
        every = sorted(m.house for c in self.channels.values() for m in c.materials.values())
        away = frozenset(self._r.sample(every, len(every) // 100))
        self.house.missing = away
        self._known_missing = frozenset(h for h in sorted(away) if self._r.random() < 0.5)
        for c in self.channels.values():
            self._cause(c, day, "berkas hilang")
            c.playout.lost.clear()
            self._lay_out(c)
            self._plan(c)

    def _files_return(self) -> None:
        self.house.missing = self._known_missing = frozenset()
        for c in self.channels.values():
            c.playout.lost.clear()
            self._lay_out(c)
            self._plan(c)

    def _power_cut(self, day: date) -> None:
        """The power fails for a second to two hours; the journal stays."""
        now, cut_s = self.clock.now(), self._r.choice([1.0, 12.0, 90.0, 600.0, 7_000.0])
        self.powered.append((self._on_since, min(c.playout.end for c in self.channels.values())))
        self.outages += 1
        for c in self.channels.values():
            self._cause(c, day, f"listrik padam {cut_s:.0f} s", now)
        self._mono += cut_s
        self._power_on()

    def _clock_is_set(self, day: date) -> None:
        """Someone sets the computer's clock by 30 s, there or back."""
        self._offset = 30.0 if self._offset <= 0 else -30.0 if self._r.random() < 0.5 else 0.0
        for c in self.channels.values():
            self._cause(c, day, "jam komputer disetel")

    # ---- afterwards ----

    def finish(self) -> None:
        """Note how long the power has been on last."""
        self.powered.append((self._on_since, min(c.playout.end for c in self.channels.values())))

    @staticmethod
    def _running(c: Channel) -> tuple[Line, ...]:
        """Return the item on air, as a line."""
        if c.playout.entry is None or c.playout.rundown is None:
            return ()
        item = c.playout.entry.item
        line = c.playout.rundown.at(item.start)
        return (line,) if line is not None and line.start == item.start else ()


def begin(seed: int, first: date) -> Month:
    """Return a station that is switched on a minute before midnight of `first`."""
    return Month(seed, starting(day_bounds(first, ZONE)[0]).astimezone(UTC) - timedelta(minutes=1))


__all__ = ["ZONE", "Channel", "Day", "Month", "at_or_after", "begin"]

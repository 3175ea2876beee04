"""The files by which the air role remembers what it needs without the database, and tells the others what it does.

All below ``state/``; whatever cannot be read is done without, whatever cannot be written is only logged. Blocking.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

from lppl import durable
from lppl.config import Settings
from lppl.media import Shelf
from lppl.quanta import Quanta
from lppl.rundown import Line, lines_from_json, lines_to_json
from scheduler.documents import Documents
from scheduler.rundown import Wish

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ComingLine:
    """A planned line, as other roles are told of it."""

    start: int
    end: int
    title: str
    artist: str
    programme: str
    kind: str


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """What other roles cannot read from the journal."""

    stop: int
    fallback: str | None
    lost: tuple[str, ...]
    coming: tuple[ComingLine, ...]
    schedule_error: str | None
    findings: tuple[str, ...] = ()
    """What staff should mend in the schedule or the material that it names."""


@dataclass(frozen=True, slots=True)
class AirStatus:
    """The state of the air role."""

    channels: Mapping[str, ChannelStatus]
    clock_credible: bool = True
    clock_offset_ms: float = 0.0
    journal: str | None = None

    def to_json(self) -> bytes:
        """Return the text of ``state/air.json``."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "AirStatus":
        """Read what :meth:`to_json` wrote. Raises ValueError, KeyError, TypeError."""
        record = json.loads(data)
        channels = {
            name: ChannelStatus(
                c["stop"],
                c["fallback"],
                tuple(c["lost"]),
                tuple(ComingLine(**line) for line in c["coming"]),
                c["schedule_error"],
                tuple(c["findings"]),
            )
            for name, c in record.pop("channels").items()
        }
        return cls(channels, **record)


def rundown_file(settings: Settings, channel: str) -> Path:
    """Return where the running order of a channel is told to other processes."""
    return settings.data_dir / "state" / f"rundown-{channel}.json"


def plan_file(settings: Settings, channel: str) -> Path:
    """Return where the documents that the air role has planned a channel with are kept."""
    return settings.data_dir / "state" / f"plan-{channel}.json"


def wishes_file(settings: Settings, channel: str) -> Path:
    """Return where is told what a channel's plan waits for, by air time: what to render, and which files it misses.

    ``{"render": [[specification, air time]], "missing": {path: air time}}``
    """
    return settings.data_dir / "state" / f"wishes-{channel}.json"


def shelf_file(settings: Settings, channel: str) -> Path:
    """Return where is remembered what a channel can air."""
    return settings.data_dir / "state" / f"shelf-{channel}.json"


# ---- remembered -------------------------------------------------------------------------------------


def write_shelf(settings: Settings, channel: str, shelf: Shelf) -> None:
    """Remember what a channel can air."""
    try:
        durable.write_file(shelf_file(settings, channel), shelf.to_json())
    except OSError as error:
        log.warning("shelf_not_remembered", channel=channel, error=str(error))


def read_shelf(settings: Settings, channel: str, recipe: str) -> Shelf:
    """Return what was remembered, as far as it was made by `recipe`; an empty shelf when there is none."""
    try:
        return Shelf.from_json(shelf_file(settings, channel).read_bytes(), recipe)
    except (OSError, ValueError, TypeError, KeyError):
        return Shelf()


def write_documents(settings: Settings, channel: str, documents: Documents) -> None:
    """Remember what staff laid down."""
    try:
        data = json.dumps(asdict(documents), ensure_ascii=False).encode()
        durable.write_file(plan_file(settings, channel), data)
    except OSError as error:
        log.warning("plan_not_remembered", channel=channel, error=str(error))


def read_documents(settings: Settings, channel: str) -> Documents | None:
    """Return what staff had laid down; None when that is not remembered."""
    try:
        return Documents(**json.loads(plan_file(settings, channel).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


# ---- told -------------------------------------------------------------------------------------------


def write_plan(
    settings: Settings, channel: str, rundown: Iterable[Line], wishes: Sequence[Wish], missing: Mapping[str, Quanta]
) -> None:
    """Tell the running order of a channel, what should be rendered for it, and which files it misses from when on."""
    said = [[w.specification.model_dump(mode="json"), w.needed] for w in wishes]
    try:
        durable.replace_file(rundown_file(settings, channel), lines_to_json(rundown))
        durable.replace_file(
            wishes_file(settings, channel), json.dumps({"render": said, "missing": dict(missing)}).encode()
        )
    except OSError as error:
        log.warning("rundown_not_written", channel=channel, error=str(error))


def read_rundown(settings: Settings, channel: str) -> tuple[Line, ...]:
    """Return the running order that was told last; empty when there is none."""
    try:
        return lines_from_json(rundown_file(settings, channel).read_bytes())
    except (OSError, ValueError, KeyError, TypeError):
        return ()

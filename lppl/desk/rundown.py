"""The planning desk's work on running orders: which line people mean, and edits as they are told of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from lppl.desk.planning import PlanningDesk
from lppl.errors import LpplError
from lppl.plan_store import A_DAY, EditRow
from lppl.quanta import Quanta, at_or_after, starting
from lppl.rundown import Line
from scheduler.agenda import day_bounds, instant
from scheduler.edits import Act, Edit, Put
from scheduler.indonesian import clock
from scheduler.words import clock as seconds_of

LONG_AGO = 3 * A_DAY
"""Edits about what is longer past change nothing any more."""


class NoSuchLine(LpplError):
    """No line of a running order, or more than one, is what people said."""


@dataclass(frozen=True, slots=True)
class ToldEdit:
    """An edit with what it says; `edit` is None when its document cannot be read any more."""

    row: EditRow
    edit: Edit | None


def air_time(desk: PlanningDesk, day: date, second: int) -> Quanta:
    """Return the air time of a local clock time (seconds after midnight) of `day`."""
    return at_or_after(instant(day, second, desk.zone))


def line_at(desk: PlanningDesk, lines: Sequence[Line], said: str) -> Line:
    """Return the line that `said` names: its number as shown (from 1), or its local start, ``06.15.30`` or ``06.15``.

    Raises NoSuchLine, and ValueError for what is neither number nor clock time.
    """
    word = said.strip()
    if not lines:
        raise NoSuchLine("Hari itu sudah lewat.", "That day is over.")
    if word.isdigit():
        if not 1 <= int(word) <= len(lines):
            raise NoSuchLine(
                f"Baris {word} tidak ada; susunan acara ini punya baris 1 sampai {len(lines)}.",
                f"There is no line {word}; this running order has lines 1 to {len(lines)}.",
            )
        return lines[int(word) - 1]
    second = seconds_of(word)
    wanted = f"{second // 3600:02}.{second // 60 % 60:02}.{second % 60:02}"
    local = [clock(starting(line.start).astimezone(desk.zone)) for line in lines]
    exact = [line for line, at in zip(lines, local, strict=True) if at == wanted]
    if not exact and not second % 60 and len(word) <= 5:
        exact = [line for line, at in zip(lines, local, strict=True) if at[:5] == wanted[:5]]
        # a crossfade is a line of its own: what goes on after it is not another item
        exact = [x for n, x in enumerate(exact) if not n or x.material.asset != exact[n - 1].material.asset]
    if len(exact) == 1:
        return exact[0]
    if exact:
        numbers = ", ".join(f"{lines.index(x) + 1} ({x.material.title})" for x in exact)
        raise NoSuchLine(
            f"Ada {len(exact)} baris yang mulai pukul {word}: {numbers}. Sebut nomornya.",
            f"{len(exact)} lines begin at {word}; give the number.",
        )
    running = next(
        (n for n in range(len(lines)) if local[n] <= wanted and (n + 1 == len(lines) or local[n + 1] > wanted)), None
    )
    hint = ""
    if running is not None:
        line = lines[running]
        hint = f' Pada jam itu berjalan "{line.material.title}", baris {running + 1}, mulai {local[running]}.'
    raise NoSuchLine(f"Tidak ada baris yang mulai pukul {word}.{hint}", f"No line begins at {word}.")


async def edits(desk: PlanningDesk, channel: str, since: date, *, withdrawn: bool = False) -> tuple[ToldEdit, ...]:
    """Return the edits about air times from the local day `since` on, oldest first."""
    desk.channel(channel)
    rows = await desk.store.edits(channel, day_bounds(since, desk.zone)[0], withdrawn=withdrawn)
    return tuple(told(row) for row in rows)


async def put_of(desk: PlanningDesk, channel: str, line: Line) -> Put | None:
    """Return how a person had put in a line; None for what the grid gave."""
    if not line.edit:
        return None
    rows = await desk.store.edits(channel, Quanta(line.start - LONG_AGO))
    found = next((told(row).edit for row in rows if row.id == line.edit), None)
    return found.put if found else None


def told(row: EditRow) -> ToldEdit:
    """Return an edit with what it says."""
    try:
        return ToldEdit(row, Edit.model_validate(row.document))
    except ValueError:
        return ToldEdit(row, None)


def sentence(told: ToldEdit, desk: PlanningDesk) -> str:
    """Say an edit in Indonesian: ``ganti "Lagu B", pukul 06.15.30``."""
    return sentences(told, desk.zone)[0]


def sentences(told: ToldEdit, zone: ZoneInfo) -> tuple[str, str]:
    """Say an edit in Indonesian and in English."""
    edit = told.edit
    if edit is None:
        return "tidak dapat dibaca", "cannot be read"

    def at(q: int) -> str:
        return clock(starting(Quanta(q)).astimezone(zone))

    title = (edit.put.title if edit.put else "") or edit.note
    said, english = (f'{word} "{title}"' if title else word for word in (edit.act.value, _ENGLISH[edit.act]))
    if edit.put is not None and edit.put.at != edit.at:
        return f"{said}, dari {at(edit.at)} ke {at(edit.put.at)}", f"{english}, from {at(edit.at)} to {at(edit.put.at)}"
    if edit.until:
        return f"{said}, {at(edit.at)} sampai {at(edit.until)}", f"{english}, {at(edit.at)} to {at(edit.until)}"
    return f"{said}, pukul {at(edit.at)}", f"{english}, at {at(edit.at)}"


_ENGLISH = {
    Act.INSERT: "insert",
    Act.REPLACE: "replace by",
    Act.MOVE: "move",
    Act.CUT: "cut",
    Act.HOLD: "hold",
    Act.SKIP: "skip",
    Act.FILL: "fill",
    Act.PLAY: "play now",
    Act.RESUME: "go on",
    Act.BREAK_IN: "break in",
}

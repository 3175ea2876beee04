"""``lppl rundown``: the running order line by line, and what people change in it by hand."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from lppl.commands.planning_desk import (
    AsJson,
    By,
    Channel,
    as_json,
    at_the_desk,
    author,
    day_of,
    number_of,
    one_of,
    second_of,
    words,
)
from lppl.commands.screen import out, say
from lppl.quanta import Quanta, starting

if TYPE_CHECKING:
    from lppl.desk.planning import PlanningDesk
    from lppl.rundown import Line
    from scheduler.edits import Edit

rundown = typer.Typer(help="Susunan acara harian. / The running order.", no_args_is_help=True, rich_markup_mode=None)

Day = Annotated[str, typer.Option("--day", help="Hari; biasanya hari ini / the day")]
LineWord = Annotated[
    str, typer.Argument(help="Jam mulai baris (06.15.30) atau nomornya / start or number", metavar="BARIS")
]
Path = Annotated[str, typer.Argument(help="Berkas di folder materi / path in the media folder", metavar="MATERI")]
Begins = Annotated[str, typer.Option("--begins", help="tepat (menyela), atau tidak-sebelum (menunggu)")]
BEFORE, AFTER = 2, 5
"""Lines shown around an edit."""
A_DAY = 270_000
"""Quanta of a day: how long a hold lasts that nobody ends."""


@rundown.command("show")
def show(
    channel: Channel,
    day: Annotated[str, typer.Argument(help="Hari: 2026-11-23, besok / the day", metavar="[HARI]")] = "",
    start: Annotated[str, typer.Option("--from", help="Mulai jam ini / from this time on")] = "",
    until: Annotated[str, typer.Option("--until", help="Sampai jam ini / up to this time")] = "",
    json: AsJson = False,
) -> None:
    """Tampilkan susunan acara baris demi baris, dengan alasannya. / Show the running order line by line.

    ! mulai tepat waktu. Setiap slot: lebih atau kurang berapa lama. / ! on time; over- and under-run of each slot.
    """
    from lppl.commands import planning_tables as tables

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.desk.rundown import air_time

        date_ = day_of(day, desk, now)
        low = air_time(desk, date_, second_of(start, "--from")) if start else 0
        high = air_time(desk, date_, second_of(until, "--until")) if until else 1 << 62
        found = await desk.order(channel, date_, date_, now)
        rows = [(n, x) for n, x in enumerate(found.lines, 1) if x.end > low and x.start < high]
        if json:
            as_json({
                "channel": channel, "day": date_.isoformat(),
                "lines": [tables.line_json(n, x, desk.zone) for n, x in rows],
                "slots": [tables.timing_json(t, desk.zone) for t in found.timings if t.end > low and t.start < high],
            })  # fmt: skip
            return
        say(tables.day_title(date_, desk.channel(channel).name))
        if not found.lines:
            past = date_ < now.astimezone(desk.zone).date()
            say(f"Hari itu sudah lewat; lihat: lppl logs aired {channel} {date_} / that day is over" if past else "-")
            return
        lines, numbers = [x for _, x in rows], [n for n, _ in rows]
        out().print(tables.rundown_table(lines, found.timings, desk.zone, numbers))
        missed = [t for t in found.timings if t.began is None and t.end > found.lines[0].start]
        for timing in missed:
            out().print(f"Isinya tidak tayang: {tables.slot_heading(timing, desk.zone)}")

    at_the_desk(work)


# ---- edits ----------------------------------------------------------------------------------------

Make = Callable[["PlanningDesk", "tuple[Line, ...]", date], Awaitable["Edit"]]


def _edit(channel: str, day: str, by: str, make: Make) -> None:
    """Keep the edit that `make` returns for the lines of a day, and show what comes of it."""

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.commands import planning_tables as tables
        from lppl.desk.rundown import edits, sentence

        date_ = day_of(day, desk, now, "--day")
        lines = await desk.rundown(channel, date_, now)
        with words():
            edit = await make(desk, lines, date_)
        number = await desk.edit(channel, edit, author(by), now)
        told = next(t for t in await edits(desk, channel, date_) if t.row.id == number)
        print(f"Suntingan {number}: {sentence(told, desk)}")
        found = await desk.order(channel, date_, date_, now)
        about = edit.put.at if edit.put else edit.at
        middle = next((n for n, x in enumerate(found.lines) if x.end > about), len(found.lines))
        near = slice(max(0, middle - BEFORE), middle + AFTER)
        numbers = [*range(1, len(found.lines) + 1)]
        out().print(tables.rundown_table(found.lines[near], found.timings, desk.zone, numbers[near]))
        say(f"Batalkan dengan / undo with: lppl rundown undo {channel} {number}")

    at_the_desk(work)


def _on_line(channel: str, line: str, day: str, by: str, make: "Callable[[PlanningDesk, Line, date], Edit]") -> None:
    """Keep the edit that `make` returns for the line that people name."""

    async def of_lines(desk: "PlanningDesk", lines: "tuple[Line, ...]", day_: date) -> "Edit":
        from lppl.desk.rundown import line_at

        return make(desk, line_at(desk, lines, line), day_)

    _edit(channel, day, by, of_lines)


def _at(desk: "PlanningDesk", day: date, time: str, hint: str) -> "Quanta":
    from lppl.desk.rundown import air_time

    return air_time(desk, day, second_of(time, hint))


@rundown.command("insert")
def insert(
    channel: Channel,
    time: Annotated[str, typer.Argument(help="Jam tayang, 06.15.30 / air time", metavar="JAM")],
    path: Path,
    begins: Begins = "tidak-sebelum",
    day: Day = "",
    by: By = "",
) -> None:
    """Sisipkan materi pada satu jam. / Insert material at a time."""
    from scheduler import edits
    from scheduler.plan import Start

    start = one_of(Start, begins, "--begins")

    async def make(desk: "PlanningDesk", lines: "tuple[Line, ...]", day_: date) -> "Edit":
        at = _at(desk, day_, time, "JAM")
        found = await desk.asset_at(channel, path)
        return edits.insert(at, found.asset, found.title, start)

    _edit(channel, day, by, make)


@rundown.command("replace")
def replace(channel: Channel, line: LineWord, path: Path, day: Day = "", by: By = "") -> None:
    """Ganti satu baris dengan materi lain. / Air other material in a line's place."""
    from scheduler import edits

    async def make(desk: "PlanningDesk", lines: "tuple[Line, ...]", day_: date) -> "Edit":
        from lppl.desk.rundown import line_at

        old, new = line_at(desk, lines, line), await desk.asset_at(channel, path)
        return edits.replace(old, new.asset, new.title)

    _edit(channel, day, by, make)


@rundown.command("move")
def move(
    channel: Channel,
    line: LineWord,
    time: Annotated[str, typer.Argument(help="Jam baru / the new time", metavar="JAM")],
    begins: Begins = "tidak-sebelum",
    day: Day = "",
    by: By = "",
) -> None:
    """Pindahkan satu baris ke jam lain pada hari itu. / Move a line to another time of that day."""
    from scheduler import edits
    from scheduler.plan import Start

    start = one_of(Start, begins, "--begins")

    async def make(desk: "PlanningDesk", lines: "tuple[Line, ...]", day_: date) -> "Edit":
        from lppl.desk.rundown import line_at, put_of

        found = line_at(desk, lines, line)
        return edits.move(found, _at(desk, day_, time, "JAM"), start, await put_of(desk, channel, found))

    _edit(channel, day, by, make)


@rundown.command("cut")
def cut(
    channel: Channel,
    line: LineWord,
    first: Annotated[str, typer.Option("--in", help="Detik masuk / in point in seconds")] = "0",
    last: Annotated[str, typer.Option("--out", help="Detik keluar; biasanya akhirnya / out point")] = "",
    day: Day = "",
    by: By = "",
) -> None:
    """Tayangkan hanya sebagian materi satu baris. / Air only a part of a line's material."""
    from lppl.quanta import covering
    from scheduler import edits

    begin, end = number_of(first, "--in"), number_of(last, "--out") if last else None

    def make(desk: "PlanningDesk", x: "Line", day_: date) -> "Edit":
        until = x.material.quanta if end is None else min(covering(end), x.material.quanta)
        return edits.cut(x, Quanta(int(begin / 0.32)), Quanta(until))

    _on_line(channel, line, day, by, make)


@rundown.command("hold")
def hold(
    channel: Channel,
    line: LineWord,
    until: Annotated[str, typer.Option("--until", help="Sampai jam ini / up to this time")] = "",
    day: Day = "",
    by: By = "",
) -> None:
    """Tahan satu baris; sisipan tayang sampai jam itu, atau sampai dicabut. / Hold a line, filler airs."""
    from scheduler import edits

    def make(desk: "PlanningDesk", x: "Line", day_: date) -> "Edit":
        end = _at(desk, day_, until, "--until") if until else Quanta(x.start + A_DAY)
        if end <= x.start:
            raise ValueError("--until harus sesudah baris itu mulai / --until must be after the line begins")
        return edits.hold(x, end)

    _on_line(channel, line, day, by, make)


@rundown.command("skip")
def skip(channel: Channel, line: LineWord, day: Day = "", by: By = "") -> None:
    """Lewati satu baris. / Leave a line out."""
    from scheduler import edits

    _on_line(channel, line, day, by, lambda desk, x, day_: edits.skip(x))


@rundown.command("fill")
def fill(
    channel: Channel,
    start: Annotated[str, typer.Argument(help="Dari jam / from", metavar="DARI")],
    until: Annotated[str, typer.Argument(help="Sampai jam / up to", metavar="SAMPAI")],
    day: Day = "",
    by: By = "",
) -> None:
    """Isi dengan sisipan sampai satu jam. / Fill up to a time."""
    from scheduler import edits

    async def make(desk: "PlanningDesk", lines: "tuple[Line, ...]", day_: date) -> "Edit":
        return edits.fill(_at(desk, day_, start, "DARI"), _at(desk, day_, until, "SAMPAI"))

    _edit(channel, day, by, make)


@rundown.command("undo")
def undo(
    channel: Channel, number: Annotated[int, typer.Argument(min=1, help="Nomor suntingan / edit", metavar="NOMOR")]
) -> None:
    """Cabut satu suntingan. / Take an edit back."""

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        desk.channel(channel)
        await desk.undo(channel, number, now)

    at_the_desk(work)
    say(f"Suntingan {number} dicabut / taken back")


@rundown.command("edits")
def list_edits(
    channel: Channel,
    day: Annotated[str, typer.Option("--day", help="Sejak hari ini / since this day")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Juga yang dicabut / those taken back too")] = False,
    json: AsJson = False,
) -> None:
    """Daftar suntingan. / The edits."""

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.commands import planning_tables as tables
        from lppl.desk.rundown import edits, sentence

        since = day_of(day, desk, now, "--day")
        found = await edits(desk, channel, since, withdrawn=everything)
        rows: list[dict[str, object]] = [
            {
                "number": t.row.id, "edit": sentence(t, desk), "at": tables.moment(starting(t.row.at), desk.zone),
                "author": t.row.author, "made": tables.moment(t.row.made, desk.zone),
                "withdrawn": tables.moment(t.row.withdrawn, desk.zone) if t.row.withdrawn else "",
            }
            for t in found
        ]  # fmt: skip
        if json:
            as_json(rows)
            return
        headings = {"number": "No", "edit": "Suntingan", "at": "Tentang", "author": "Oleh", "made": "Dibuat"}
        out().print(tables.rows_table(rows, headings | ({"withdrawn": "Dicabut"} if everything else {})))

    at_the_desk(work)

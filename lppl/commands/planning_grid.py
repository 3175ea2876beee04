"""``lppl grid``: look at the weekly grid and change its draft; nothing here touches the air."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lppl.commands.planning_desk import (
    AsJson,
    By,
    Channel,
    as_json,
    at_the_desk,
    author,
    day_of,
    one_of,
    read_date,
    second_of,
    words,
)
from lppl.commands.screen import out, say

if TYPE_CHECKING:
    from lppl.desk.grid import Imported
    from lppl.desk.planning import PlanningDesk
    from scheduler.grid import Entry, Grid

grid = typer.Typer(help="Pola acara mingguan. / The weekly grid.", no_args_is_help=True, rich_markup_mode=None)

Version = Annotated[int | None, typer.Option("--version", min=1, help="Versi ini / this version")]
Draft = Annotated[bool, typer.Option("--draft", help="Rancangannya / the draft")]


async def chosen(desk: "PlanningDesk", channel: str, number: int | None, *, draft: bool) -> "tuple[Grid, str]":
    """Return the grid that was asked for and what it is: a version, the draft, or what is in force, else the draft."""
    desk.channel(channel)
    in_force, waiting = await desk.store.in_force(channel), await desk.store.draft(channel)
    if number is not None:
        return await desk.grid(channel, number), f"versi {number}"
    if waiting is not None and (draft or in_force is None):
        return await desk.grid(channel), f"rancangan (versi {waiting.number})"
    if draft or in_force is None:
        from lppl.errors import LpplError

        raise LpplError(
            f"Kanal {channel} belum punya {'rancangan' if draft else 'pola acara'}. Mulai dengan `lppl grid import "
            f"{channel} --from-schedule` atau `lppl grid add {channel}`.",
            f"{channel} has no {'draft' if draft else 'grid'} yet; begin with `lppl grid add {channel}`.",
        )
    return await desk.grid(channel, in_force.number), f"versi {in_force.number}, berlaku"


@grid.command("show")
def show(
    channel: Channel,
    week: Annotated[
        str, typer.Option("--week", help="Minggu (Senin-Minggu) yang memuat hari ini / the week of this day")
    ] = "",
    draft: Draft = False,
    version: Version = None,
    json: AsJson = False,
) -> None:
    """Tampilkan tujuh hari mulai hari ini sebagai tabel. / Show seven days as a table.

    ! mulai tepat waktu, » lanjutan. / ! begins on time, » goes on.
    """
    from lppl.commands import planning_tables as tables
    from lppl.desk import grid as desk_grid

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        wanted, what = await chosen(desk, channel, version, draft=draft)
        day = day_of(week, desk, now, "--week")
        first = day - timedelta(days=day.weekday()) if week else day
        found = await desk_grid.week(desk, channel, wanted, first, now)
        if json:
            as_json(tables.week_json(found, channel, what, desk.zone))
            return
        say(f"{desk.channel(channel).name}: {what}")
        out().print(tables.week_table(found, desk.zone))
        for line in tables.lost_lines(found, desk.zone):
            out().print(line)

    at_the_desk(work)


@grid.command("list")
def list_entries(channel: Channel, draft: Draft = False, version: Version = None, json: AsJson = False) -> None:
    """Daftar entri satu per satu. / The entries one by one."""
    from lppl.commands.planning_tables import rows_table
    from scheduler.grid_text import words_of
    from scheduler.recurrence import words as in_words
    from scheduler.words import written

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        wanted, what = await chosen(desk, channel, version, draft=draft)
        if json:
            as_json(wanted.model_dump(mode="json"))
            return
        titles = {name: p.title for name, p in (await desk.programmes()).items()}
        rows: list[dict[str, object]] = [
            {
                "id": e.id, "programme": titles.get(e.programme, f"{e.programme} (?)"), "on": in_words(e.on),
                "time": f"{written(e.start)}-{written(e.start + e.length_s)}", "begins": e.begins.value,
                "content": ", ".join(f"{k} {v}" for k, v in words_of(e.content).items()),
            }
            for e in wanted.entries
        ]  # fmt: skip
        say(f"{desk.channel(channel).name}: {what}")
        headings = {"id": "Entri", "programme": "Mata acara", "on": "Hari", "time": "Jam", "begins": "Mulai"}
        out().print(rows_table(rows, headings | {"content": "Isi"}))
        if wanted.filler:
            out().print(f"Sisipan: {', '.join(wanted.filler)}")

    at_the_desk(work)


@grid.command("add")
def add(
    channel: Channel,
    programme: Annotated[str, typer.Option("--programme", help="Mata acara / programme (lppl programme list)")],
    start: Annotated[str, typer.Option("--start", help="Jam mulai, 06.00 / starts at")],
    on: Annotated[str, typer.Option("--on", help="Hari: senin-jumat, jumat pertama, 2026-11-22")] = "setiap hari",
    length: Annotated[str, typer.Option("--length", help="Lama: 60 (menit) atau 01.30.15 / minutes")] = "",
    begins: Annotated[str, typer.Option("--begins", help="tepat, tidak-sebelum, mengalir")] = "tidak-sebelum",
    rotation: Annotated[str, typer.Option("--rotation", help="Rotasi / a rotation")] = "",
    folder: Annotated[list[str] | None, typer.Option("--folder", help="Folder bergiliran / folders in turn")] = None,
    asset: Annotated[str, typer.Option("--asset", help="Satu berkas / one file")] = "",
    series: Annotated[str, typer.Option("--series", help="Folder episode / a folder of episodes")] = "",
    playlist: Annotated[str, typer.Option("--playlist", help="Daftar putar / a playlist")] = "",
    simulcast: Annotated[str, typer.Option("--simulcast", help="Siaran bersama kanal / another channel")] = "",
    live: Annotated[str, typer.Option("--live", help="Sumber langsung / a live source")] = "",
    relay: Annotated[str, typer.Option("--relay", help="Sumber relai / a relay")] = "",
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="Episode setiap kali / episodes")] = 1,
    repeat: Annotated[bool, typer.Option("--repeat", help="Ulang dari awal bila habis / begin again")] = False,
    rerun: Annotated[bool, typer.Option("--rerun", help="Siaran ulang episode terakhir / the last again")] = False,
    first: Annotated[str, typer.Option("--from", help="Hari pertama / first day")] = "",
    last: Annotated[str, typer.Option("--until", help="Hari terakhir / last day")] = "",
    season: Annotated[str, typer.Option("--season", help="selalu, ramadan, luar-ramadan")] = "selalu",
    name: Annotated[str, typer.Option("--id", help="Nama entri; yang sama diganti / replaces one of that name")] = "",
    note: Annotated[str, typer.Option("--note", help="Catatan / note")] = "",
    by: By = "",
) -> None:
    """Tambah satu acara ke rancangan. / Add an entry to the draft."""
    from lppl.desk import grid as desk_grid

    content: dict[str, Any] = {
        "rotation": rotation, "folders": folder, "asset": asset, "series": series, "playlist": playlist,
        "simulcast": simulcast, "live": live, "relay": relay, "repeat": repeat, "rerun": rerun,
    }  # fmt: skip
    content = {k: v for k, v in content.items() if v} | ({"count": count} if count > 1 else {})
    said = {"start": start, "begins": begins, "length": length, "on": on, "season": season, "last": last, "note": note}

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        desk.channel(channel)
        known = await desk_grid.programme(desk, programme)
        begin = day_of(first, desk, now, "--from")
        entry = _entry(said, content, begin, name or known.id, known.id, known.default_length_s)
        await desk_grid.check_names(desk, entry.content)
        kept, draft, there = await desk_grid.put_entry(desk, channel, entry, author(by), now, fresh=not name)
        from scheduler.grid import describe

        print(f"{kept.id}: {describe(kept, {known.id: known.title})}")
        say(f"Rancangan versi {draft.number} {'diubah' if there else 'ditambah'}. Periksa: lppl grid check {channel}")

    at_the_desk(work)


def _entry(
    said: dict[str, str], content: dict[str, Any], first: Any, name: str, programme: str, default_s: int
) -> "Entry":
    from scheduler.grid import Entry
    from scheduler.grid_text import filling_of, length_of
    from scheduler.plan import Start
    from scheduler.recurrence import Season, parse_words

    begins, season = one_of(Start, said["begins"], "--begins"), one_of(Season, said["season"], "--season")
    with words("--on"):
        on = parse_words(said["on"], first, read_date(said["last"]) if said["last"] else None, season)
    with words("--length"):
        seconds = length_of(said["length"]) if said["length"] else default_s
        if not seconds:
            raise ValueError("lama paling sedikit satu detik / at least a second")
    with words("--asset ... --live"):
        filling = filling_of(content)
    start = second_of(said["start"], "--start")
    with words():
        return Entry(
            id=name, programme=programme, on=on, start=start, length_s=seconds, begins=begins, content=filling,
            note=said["note"],
        )  # fmt: skip


@grid.command("remove")
def remove(channel: Channel, entry: Annotated[str, typer.Argument(help="Entri (lppl grid list)")], by: By = "") -> None:
    """Keluarkan satu acara dari rancangan. / Take an entry out of the draft."""
    from lppl.desk import grid as desk_grid

    draft = at_the_desk(lambda desk, now: desk_grid.remove_entry(desk, channel, entry, author(by), now))
    say(f"{entry} dikeluarkan; rancangan versi {draft.number} / removed from draft {draft.number}")


@grid.command("filler")
def filler(
    channel: Channel,
    sources: Annotated[list[str] | None, typer.Argument(help="folder:sisipan atau promo/a.mp4")] = None,
    by: By = "",
) -> None:
    """Atur penutup celah, yang paling disukai dulu. / Set the filler, most preferred first."""
    from scheduler.words import filler_source

    with words("SOURCES"):
        wanted = tuple(filler_source(source) for source in sources or ())

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        changed = (await desk.grid(channel)).model_copy(update={"filler": wanted})
        draft = await desk.save_draft(channel, changed, author(by), now)
        say(f"Sisipan rancangan versi {draft.number}: {', '.join(wanted) or '-'}")

    at_the_desk(work)


@grid.command("copy-week")
def copy_week(
    channel: Channel,
    source: Annotated[str, typer.Argument(help="Senin minggu asal / Monday to copy")],
    target: Annotated[str, typer.Argument(help="Senin minggu tujuan / Monday to fill")],
    by: By = "",
) -> None:
    """Salin satu minggu ke minggu lain, dalam rancangan. / Copy a week onto another, in the draft."""

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        first, then = day_of(source, desk, now, "SOURCE"), day_of(target, desk, now, "TARGET")
        with words("SOURCE TARGET"):
            draft = await desk.copy_week(channel, first, then, author(by), now)
        say(f"Minggu {first} disalin ke {then} dalam rancangan versi {draft.number} / copied in the draft")

    at_the_desk(work)


# ---- files ----------------------------------------------------------------------------------------


@grid.command("export")
def export(
    channel: Channel,
    file: Annotated[Path, typer.Argument(help="Berkas TOML tujuan; - ke layar / file to write")],
    draft: Draft = False,
    version: Version = None,
) -> None:
    """Tulis seluruh pola acara sebagai TOML. / Write the whole grid as TOML."""
    from lppl.desk import grid as desk_grid

    async def work(desk: "PlanningDesk", now: datetime) -> str:
        wanted, _ = await chosen(desk, channel, version, draft=draft)
        return await desk_grid.exported(desk, channel, wanted, now)

    written = at_the_desk(work)
    if str(file) == "-":
        print(written, end="")
        return
    file.write_text(written, "utf-8")
    say(f"Ditulis / written: {file}")


@grid.command("import")
def import_(
    channel: Channel,
    file: Annotated[Path | None, typer.Argument(help="Berkas TOML / a TOML file")] = None,
    schedule: Annotated[bool, typer.Option("--from-schedule", help="Dari berkas jadwal lama kanal ini")] = False,
    by: By = "",
) -> None:
    """Baca pola acara dari TOML atau berkas jadwal lama, sebagai rancangan. / Read a grid, as a draft."""
    from lppl.desk import grid as desk_grid

    if (file is None) is not schedule:
        raise typer.BadParameter(
            "sebut berkasnya, atau --from-schedule / name a file, or --from-schedule", param_hint="FILE"
        )
    told = ""
    if file is not None:
        try:
            told = file.read_text("utf-8-sig")
        except UnicodeDecodeError:
            raise typer.BadParameter(f"{file} bukan teks UTF-8 / is not UTF-8 text", param_hint="FILE") from None

    async def work(desk: "PlanningDesk", now: datetime) -> "Imported":
        if file is None:
            return await desk_grid.import_schedule(desk, channel, author(by), now)
        return await desk_grid.import_text(desk, channel, told, file.name, author(by), now)

    done = at_the_desk(work)
    entries = len(done.version.document["entries"])
    say(f"Rancangan versi {done.version.number}: {entries} entri. Lihat: lppl grid show {channel} --draft")
    if schedule:
        say("Lengkapi kategori dan usia setiap acara: lppl programme set ID --category ... --age ...")
    for kind, name in done.documents:
        say(f"  disimpan, langsung berlaku / kept, in force at once: {kind.value} {name}")

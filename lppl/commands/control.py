"""``lppl control``: what operators order of the air now, when no page is at hand."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from lppl.commands.planning_desk import AsJson, By, Channel, as_json, author, second_of, words
from lppl.commands.screen import out, say
from lppl.config import load_settings

if TYPE_CHECKING:
    from lppl.break_in import BreakIn
    from lppl.desk.control import ControlDesk
    from lppl.orders import Kept

control = typer.Typer(help="Kendali siaran sekarang. / The air, now.", no_args_is_help=True, rich_markup_mode=None)
break_ins = typer.Typer(help="Sela Darurat yang disiapkan. / Prepared break-ins.", no_args_is_help=True)
control.add_typer(break_ins, name="break-ins")

Material = Annotated[str, typer.Argument(help="Berkas di folder materi / path in the media folder", metavar="MATERI")]
Do = Callable[["ControlDesk", datetime], Awaitable["Kept"]]
Line = Annotated[list[str] | None, typer.Option("--line", help="Satu baris teks; boleh berulang / a line of text")]
Label = Annotated[str, typer.Option("--label", help="Kata di atas judul, misalnya STOP PRESS / word above")]
Source = Annotated[str, typer.Option("--source", help="Sumbernya, misalnya BMKG / who says so")]
Voice = Annotated[str, typer.Option("--voice", help="Rekaman suara di folder materi / a recording")]
Spoken = Annotated[bool, typer.Option(help="Dibacakan suara sintetis / read by a synthetic voice")]
Tone = Annotated[bool, typer.Option(help="Nada perhatian / attention tone")]
Repeats = Annotated[int, typer.Option("--repeats", min=0, max=100, help="0: sampai diakhiri / until ended")]


def register(app: typer.Typer) -> None:
    """Add ``control`` to the ``lppl`` command."""
    app.add_typer(control, name="control")


def _order(do: Do) -> None:
    """Give an order and say what became of it."""
    from lppl.desk.control import ControlDesk

    settings = load_settings()
    kept = asyncio.run(_done(do, ControlDesk(settings)))
    print(_sentence(kept, settings.station.zone))


async def _done(do: Do, desk: "ControlDesk") -> "Kept":
    return await do(desk, datetime.now(UTC))


def _sentence(kept: "Kept", zone: object) -> str:
    from lppl.quanta import Quanta, starting
    from scheduler.indonesian import clock

    at = f", mulai {clock(starting(Quanta(kept.at)).astimezone(zone))}" if kept.at else ""  # type: ignore[arg-type]
    more = f" {kept.indonesian}" if kept.indonesian else ""
    return f"{kept.order.act.label}: {kept.state.value}{at}.{more}"


@control.command("skip")
def skip(channel: Channel, by: By = "") -> None:
    """Lewati yang sedang tayang. / Skip what runs."""
    _order(lambda desk, now: desk.skip_now(channel, author(by), now))


@control.command("next")
def insert_next(channel: Channel, path: Material, by: By = "") -> None:
    """Tayangkan materi sesudah yang sedang tayang. / Air material after what runs."""
    _order(lambda desk, now: desk.insert_next(channel, path, author(by), now))


@control.command("play")
def play(channel: Channel, path: Material, by: By = "") -> None:
    """Tayangkan materi sekarang, memotong yang tayang. / Air material now, cutting what runs."""
    _order(lambda desk, now: desk.play_now(channel, path, author(by), now))


@control.command("hold")
def hold(channel: Channel, by: By = "") -> None:
    """Tahan: sesudah yang tayang selesai, sisipan tayang sampai dilanjutkan. / Filler airs until resumed."""
    _order(lambda desk, now: desk.hold(channel, author(by), now))


@control.command("resume")
def resume(channel: Channel, by: By = "") -> None:
    """Lanjutkan susunan acara sesudah ditahan atau diisi. / Go on with the plan."""
    _order(lambda desk, now: desk.resume(channel, author(by), now))


@control.command("fill")
def fill(
    channel: Channel,
    until: Annotated[str, typer.Argument(help="Sampai jam ini, 12.00 / up to this time", metavar="JAM")],
    by: By = "",
) -> None:
    """Isi dengan sisipan sampai satu jam, sesudah yang tayang selesai. / Fill up to a time."""
    from scheduler.agenda import instant

    second = second_of(until, "JAM")

    async def do(desk: "ControlDesk", now: datetime) -> "Kept":
        zone = desk.settings.station.zone
        day = now.astimezone(zone).date()
        end = instant(day, second, zone)
        if end <= now:  # past midnight
            end = instant(day + timedelta(days=1), second, zone)
        return await desk.fill_until(channel, end, author(by), now)

    _order(do)


@control.command("break-in")
def break_in(
    channel: Channel,
    name: Annotated[str, typer.Argument(help="Nama yang disiapkan, atau teks / prepared name, or a text")],
    line: Line = None,
    label: Label = "STOP PRESS",
    source: Source = "",
    voice: Voice = "",
    spoken: Spoken = True,
    tone: Tone = True,
    repeats: Repeats = 0,
    minutes: Annotated[float, typer.Option("--minutes", min=0, help="Paling lama / at the longest")] = 0,
    by: By = "",
) -> None:
    """Sela Darurat menyela apa pun. / Break in over everything.

    NAME bisa nama yang disiapkan (banjir) atau teks baru: "Jalan Hayam Wuruk ditutup". / A prepared name or a new text.
    """

    async def do(desk: "ControlDesk", now: datetime) -> "Kept":
        prepared = {p.break_in.id for p in await desk.break_ins()}
        what: str | BreakIn = name
        if name not in prepared:
            what = _written("teks-baru", name, line, label, source, voice, spoken, tone, repeats)
        until = now + timedelta(minutes=minutes) if minutes else None
        return await desk.break_in(channel, what, author(by), now, until=until)

    _order(do)


def _written(
    name: str, headline: str, line: list[str] | None, label: str, source: str, voice: str, spoken: bool, tone: bool,
    repeats: int,
) -> "BreakIn":  # fmt: skip
    from lppl.break_in import BreakIn

    with words():
        return BreakIn(
            id=name, headline=headline, label=label, lines=tuple(line or ()), source=source, voice=voice,
            spoken=spoken, tone=tone, repeats=repeats,
        )  # fmt: skip


@control.command("end")
def end(channel: Channel, by: By = "") -> None:
    """Akhiri Sela Darurat; acara yang semestinya tayang dilanjutkan. / End the break-in."""
    _order(lambda desk, now: desk.end_break_in(channel, author(by), now))


@control.command("history")
def history(
    channel: Channel,
    hours: Annotated[float, typer.Option("--hours", min=0.1, help="Sejak berapa jam / since how many hours")] = 24,
    json: AsJson = False,
) -> None:
    """Siapa melakukan apa pada siaran. / Who did what on the air."""
    from lppl.commands import planning_tables as tables
    from lppl.desk.control import ControlDesk

    settings = load_settings()
    found = asyncio.run(ControlDesk(settings).history(channel, datetime.now(UTC) - timedelta(hours=hours)))
    zone = settings.station.zone
    rows: list[dict[str, object]] = [
        {
            "made": tables.moment(d.kept.order.made, zone), "by": d.kept.order.by, "act": d.kept.order.act.label,
            "state": d.kept.state.value, "at": tables.moment(d.at, zone) if d.at else "",
            "began": d.began.title if d.began else "", "said": d.kept.indonesian,
        }
        for d in found
    ]  # fmt: skip
    if json:
        as_json(rows)
        return
    headings = {"made": "Perintah", "by": "Oleh", "act": "Apa", "state": "Hasil", "at": "Mulai", "began": "Tayang"}
    out().print(tables.rows_table(rows, headings | {"said": "Keterangan"}))


# ---- prepared ---------------------------------------------------------------------------------------


@break_ins.command("list")
def list_break_ins(json: AsJson = False) -> None:
    """Daftar yang disiapkan, dan apakah siap tayang. / What is prepared, and whether it is ready."""
    from lppl.commands import planning_tables as tables
    from lppl.desk.control import ControlDesk

    found = asyncio.run(ControlDesk(load_settings()).break_ins())
    if json:
        as_json([p.break_in.model_dump(mode="json") | {"ready": p.ready} for p in found])
        return
    rows: list[dict[str, object]] = [
        {
            "id": p.break_in.id, "headline": p.break_in.headline,
            "ready": ", ".join(f"{c}: {'siap' if ok else 'belum'}" for c, ok in p.ready.items()),
        }
        for p in found
    ]  # fmt: skip
    out().print(tables.rows_table(rows, {"id": "Nama", "headline": "Judul", "ready": "Siap tayang"}))


@break_ins.command("save")
def save(
    name: Annotated[str, typer.Argument(help="Nama pendek, banjir-rob / short name", metavar="NAMA")],
    headline: Annotated[str, typer.Argument(help="Judul / headline", metavar="JUDUL")],
    line: Line = None,
    label: Label = "STOP PRESS",
    source: Source = "",
    voice: Voice = "",
    spoken: Spoken = True,
    tone: Tone = True,
    repeats: Repeats = 0,
    by: By = "",
) -> None:
    """Siapkan atau ubah satu Sela Darurat. / Prepare or change a break-in."""
    written = _written(name, headline, line, label, source, voice, spoken, tone, repeats)

    async def work(desk: "ControlDesk", now: datetime) -> None:
        await desk.save_break_in(written, author(by), now)

    _recorded(work)
    say(f"Sela Darurat {name} disimpan / saved")


@break_ins.command("remove")
def remove(name: Annotated[str, typer.Argument(metavar="NAMA")], by: By = "") -> None:
    """Hapus satu Sela Darurat. / Remove a break-in."""

    async def work(desk: "ControlDesk", now: datetime) -> None:
        await desk.remove_break_in(name, author(by), now)

    _recorded(work)
    say(f"Sela Darurat {name} dihapus / removed")


def _recorded(work: Callable[["ControlDesk", datetime], Awaitable[None]]) -> None:
    """Do what needs the records."""
    from lppl.commands.records import library_of
    from lppl.desk.control import ControlDesk
    from lppl.plan_store import PlanStore

    settings = load_settings()

    async def opened() -> None:
        async with library_of(settings) as library:
            await work(ControlDesk(settings, PlanStore(library.engine)), datetime.now(UTC))

    asyncio.run(opened())

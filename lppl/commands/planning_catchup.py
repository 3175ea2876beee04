"""``lppl catchup``: what of the past nobody may watch any more, and letting it be watched again."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from lppl.commands.planning_desk import AsJson, By, Channel, as_json, at_the_desk, author, read_date, words
from lppl.commands.screen import out, say
from lppl.errors import LpplError
from lppl.quanta import QUANTUM_MS, Quanta, at_or_after, starting

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from lppl.desk.planning import PlanningDesk

catchup = typer.Typer(help="Tonton ulang. / Watching the past.", no_args_is_help=True, rich_markup_mode=None)


@catchup.command("take-down")
def take_down(
    channel: Channel,
    start: Annotated[str, typer.Argument(help='"2026-11-22 19.00.00" waktu setempat / local', metavar="DARI")],
    end: Annotated[str, typer.Argument(help="Sampai sebelum saat ini / up to this time", metavar="SAMPAI")],
    reason: Annotated[str, typer.Option("--reason", help="Alasannya, dicatat / why")] = "",
    by: By = "",
) -> None:
    """Tarik satu rentang siaran dari tonton ulang; langsung berlaku. / Withhold a span of the past."""
    if not reason.strip():
        raise typer.BadParameter("sebutkan alasannya / say why", param_hint="--reason")

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.commands.planning_tables import moment
        from lppl.takedowns import Takedowns

        name = desk.channel(channel).name
        with words("DARI SAMPAI"):
            first, last = instant_of(start, desk.zone), instant_of(end, desk.zone)
            if last <= first:
                raise ValueError("SAMPAI harus sesudah DARI / it must end after it begins")
        # whole quanta: what airs at the first instant is withheld too
        span = Quanta(round(first.timestamp() * 1000) // QUANTUM_MS), at_or_after(last)
        made = await Takedowns(desk.library.engine).take_down(channel, *span, reason, author(by), now)
        say(f"{name}: {moment(first, desk.zone)} sampai {moment(last, desk.zone)} ditarik / taken down")
        say(f"Cabut dengan / lift with: lppl catchup lift {made.id}")

    at_the_desk(work)


@catchup.command("list")
def list_takedowns(
    channel: Annotated[str, typer.Argument(help="Kanal; tanpa ini semua / the channel", metavar="[KANAL]")] = "",
    json: AsJson = False,
) -> None:
    """Rentang yang ditarik, terbaru dulu; yang dicabut juga. / What was taken down, lifted ones too."""

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.commands.planning_tables import moment, rows_table
        from lppl.takedowns import Takedowns

        found = await Takedowns(desk.library.engine).all(desk.channel(channel).id if channel else None)
        rows: list[dict[str, object]] = []
        for t in found:
            first, last = shown_times(t.start, t.end)
            rows.append({
                "id": t.id, "channel": t.channel, "start": first, "end": last, "reason": t.reason,
                "author": t.author, "made": t.made, "lifted": t.lifted,
            })  # fmt: skip
        if json:
            as_json([{k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()} for row in rows])
            return
        shown = [
            {k: moment(v, desk.zone) if isinstance(v, datetime) else v for k, v in row.items()}
            | {"lifted": "ditarik" if row["lifted"] is None else "dicabut"}
            for row in rows
        ]
        headings = {"id": "No", "channel": "Kanal", "start": "Dari", "end": "Sampai", "lifted": "Keadaan"}
        out().print(rows_table(shown, headings | {"reason": "Alasan", "author": "Petugas"}))

    at_the_desk(work)


@catchup.command("lift")
def lift(
    number: Annotated[int, typer.Argument(help="Nomornya / its number", metavar="NOMOR")],
) -> None:
    """Cabut penarikan; rentang itu boleh ditonton lagi. / Let a span be watched again."""

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.takedowns import Takedowns

        if not await Takedowns(desk.library.engine).lift(number, now):
            raise LpplError(
                f"Penarikan {number} tidak ada atau sudah dicabut. Lihat `lppl catchup list`.",
                f"There is no takedown {number} in force.",
            )

    at_the_desk(work)
    say(f"Penarikan {number} dicabut, boleh ditonton lagi / lifted")


def instant_of(text: str, zone: "ZoneInfo") -> datetime:
    """Return the UTC instant of a local ``2026-11-22 19.00.00``; seconds may be left out. Raises ValueError."""
    from scheduler.agenda import instant
    from scheduler.words import clock

    day, _, time = " ".join(text.split()).partition(" ")
    if not time:
        raise ValueError(f'tulis hari dan jam, "2026-11-22 19.00.00", bukan "{text}" / write the day and the time')
    return instant(read_date(day), clock(time), zone)


def shown_times(start: Quanta, end: Quanta) -> tuple[datetime, datetime]:
    """Return the whole seconds that the quanta [start, end) were made from, as instants."""
    first, last = starting(start), starting(end)
    whole = first.replace(microsecond=0)
    return whole + timedelta(seconds=whole < first), last.replace(microsecond=0)

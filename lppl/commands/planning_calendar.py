"""``lppl prayer|hijri``: prayer times of a day, official tables, the month starts of the Hijri calendar."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lppl.commands.planning_desk import AsJson, By, as_json, at_the_desk, author, day_of, read_date, words
from lppl.commands.screen import out, say

if TYPE_CHECKING:
    from lppl.desk.planning import PlanningDesk

prayer = typer.Typer(help="Waktu salat. / Prayer times.", no_args_is_help=True, rich_markup_mode=None)
hijri = typer.Typer(help="Kalender Hijriah. / The Hijri calendar.", no_args_is_help=True, rich_markup_mode=None)
Month = Annotated[str, typer.Argument(help="Bulan Hijriah, 1448-09 / the Hijri month", metavar="BULAN")]


@prayer.command("show")
def show(
    day: Annotated[str, typer.Argument(help="Hari / the day", metavar="[HARI]")] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="Berapa hari / how many days")] = 1,
    json: AsJson = False,
) -> None:
    """Waktu salat dan tanggal Hijriah; * dari tabel resmi. / Prayer times; * from the official table."""

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.commands.planning_tables import rows_table
        from scheduler.fixed import PRAYER_NAMES, prayer_times
        from scheduler.hijri import hijri_date
        from scheduler.prayer import Prayer

        laid, first = await desk.laid_down(), day_of(day, desk, now)
        rows: list[dict[str, object]] = []
        for each in (first + timedelta(days=n) for n in range(days)):
            times = prayer_times(each, desk.place, laid.official, laid.correction)
            islamic = hijri_date(each, laid.hijri)
            row: dict[str, object] = {"day": each.isoformat()}
            for name in Prayer:
                at, official = times[name], name in laid.official.get(each, {})
                local = at.astimezone(desk.zone) if at else None
                row[name.value] = "-" if local is None else f"{local:%H.%M}{'*' if official and not json else ''}"
            row |= {"hijri": str(islamic), "sure": islamic.official}
            rows.append(row)
        if json:
            as_json(rows)
            return
        shown = [{**r, "hijri": f"{r['hijri']}{'' if r['sure'] else ' (hitungan)'}"} for r in rows]
        names = {name.value: PRAYER_NAMES[name] for name in Prayer}
        out().print(rows_table(shown, {"day": "Hari"} | names | {"hijri": "Hijriah"}))

    at_the_desk(work)


@prayer.command("import")
def import_(file: Annotated[Path, typer.Argument(help="Tabel CSV: tanggal, imsak, subuh, ... / a CSV table")]) -> None:
    """Baca tabel resmi; hari yang ada di dalamnya menang atas hitungan. / Read an official table, which wins."""
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} bukan teks UTF-8 / is not UTF-8 text", param_hint="FILE") from None

    async def work(desk: "PlanningDesk", now: datetime) -> int:
        from lppl.plan_store import Kind
        from scheduler.documents import ONLY, official_document
        from scheduler.fixed import parse_official

        read = parse_official(text)
        present = (await desk.laid_down()).official
        document = official_document({**present, **read})
        await desk.store.save_document(Kind.PRAYER_TABLE, ONLY, document, now)
        return len(read)

    say(f"{at_the_desk(work)} hari dibaca, langsung berlaku / days read, in force at once")


@prayer.command("clear")
def clear() -> None:
    """Buang tabel resmi; semua dihitung lagi. / Drop the official table."""

    async def work(desk: "PlanningDesk", now: datetime) -> bool:
        from lppl.plan_store import Kind
        from scheduler.documents import ONLY

        return await desk.store.remove_document(Kind.PRAYER_TABLE, ONLY)

    say("Tabel resmi dibuang / dropped" if at_the_desk(work) else "Tidak ada tabel resmi / there is none")


# ---- the Hijri calendar ---------------------------------------------------------------------------


def _month(text: str) -> tuple[int, int]:
    with words("BULAN"):
        year, dash, month = text.partition("-")
        if not (dash and year.isdigit() and month.isdigit() and 1300 <= int(year) <= 1599 and 1 <= int(month) <= 12):
            raise ValueError(f'tulis bulan seperti 1448-09, bukan "{text}" / write a month like 1448-09')
        return int(year), int(month)


@hijri.command("set")
def set_(
    month: Month,
    day: Annotated[str, typer.Argument(help="Hari pertamanya / its first day", metavar="HARI")],
    source: Annotated[str, typer.Option("--source", help="Siapa yang menetapkan / who says so")] = "",
    by: By = "",
) -> None:
    """Catat awal bulan yang ditetapkan. / Enter the start of a month, as decided."""
    year, number = _month(month)
    with words("HARI"):
        first = read_date(day)

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.plan_store import Kind
        from scheduler.documents import ONLY
        from scheduler.hijri import ISBAT, MonthStart, with_start

        table = (await desk.laid_down()).hijri
        with words("HARI"):
            changed = with_start(table, year, number, MonthStart(first=first, source=source or ISBAT, by=author(by)))
        await desk.save(Kind.HIJRI, ONLY, changed, now)

    at_the_desk(work)
    _say(year, number, first)


def _say(year: int, month: int, first: date) -> None:
    from scheduler.hijri import MONTHS
    from scheduler.indonesian import full_date

    say(f"1 {MONTHS[month - 1]} {year} H = {full_date(first)}, langsung berlaku / in force at once")


@hijri.command("remove")
def remove(month: Month) -> None:
    """Hapus satu awal bulan; dihitung lagi. / Forget one; it is calculated again."""
    year, number = _month(month)

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.errors import LpplError
        from lppl.plan_store import Kind
        from scheduler.documents import ONLY
        from scheduler.hijri import without_start

        table = (await desk.laid_down()).hijri
        if f"{year}-{number:02}" not in table.starts:
            raise LpplError(f"Awal bulan {month} tidak ada di tabel.", f"{month} is not in the table.")
        with words("BULAN"):
            changed = without_start(table, year, number)
        await desk.save(Kind.HIJRI, ONLY, changed, now)

    at_the_desk(work)
    say(f"{month} dihitung lagi / is calculated again")


@hijri.command("show")
def show_months(
    months: Annotated[int, typer.Option("--months", min=1, max=60, help="Berapa bulan / how many months")] = 12,
    json: AsJson = False,
) -> None:
    """Awal bulan Hijriah: yang ditetapkan dan yang dihitung. / Month starts."""

    async def work(desk: "PlanningDesk", now: datetime) -> None:
        from lppl.commands.planning_tables import rows_table
        from scheduler.hijri import MONTHS, hijri_date, month_start
        from scheduler.indonesian import full_date

        table = (await desk.laid_down()).hijri
        present = hijri_date(now.astimezone(desk.zone).date(), table)
        rows: list[dict[str, object]] = []
        for n in range(months):
            year, month = divmod(present.year * 12 + present.month - 1 + n, 12)
            first, official = month_start(year, month + 1, table)
            entered = table.starts.get(f"{year}-{month + 1:02}")
            rows.append({
                "month": f"{year}-{month + 1:02}", "name": f"{MONTHS[month]} {year} H",
                "first": first.isoformat() if json else full_date(first), "official": official,
                "source": entered.source if entered else "hitungan",
            })  # fmt: skip
        if json:
            as_json(rows)
        else:
            headings = {"month": "Bulan", "name": "Nama", "first": "Hari pertama", "source": "Sumber"}
            out().print(rows_table(rows, headings))

    at_the_desk(work)

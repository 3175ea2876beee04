"""Reading an official table of prayer times from the text that staff save from a spreadsheet.

Pure: text to :data:`scheduler.prayer.Official`. Commas, semicolons or tabs; the first line names the columns.
"""

import csv
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise

from lppl.errors import LpplError
from scheduler.prayer import Official, Prayer
from scheduler.words import DAY_S, clock, nearest

DATE = "tanggal"
_NAMES = {
    "tanggal": DATE,
    "tgl": DATE,
    "date": DATE,
    **{prayer.value: prayer for prayer in Prayer},
    "imsyak": Prayer.IMSAK,
    "shubuh": Prayer.SUBUH,
    "syuruk": Prayer.TERBIT,
    "syuruq": Prayer.TERBIT,
    "duha": Prayer.DHUHA,
    "dhuhur": Prayer.DZUHUR,
    "zuhur": Prayer.DZUHUR,
    "asar": Prayer.ASHAR,
    "magrib": Prayer.MAGHRIB,
    "isya'": Prayer.ISYA,
}
_DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
_NONE = ("", "-", "–")


class PrayerTableInvalid(LpplError):
    """A table of prayer times holds mistakes; `mistakes` lists every one of them, with its line."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        listed = "\n".join(f"  - {m}" for m in mistakes)
        super().__init__(f"Tabel waktu salat salah:\n{listed}", "The table of prayer times is wrong (listed above).")


def parse_official(text: str) -> Official:
    """Return the table in `text`: a header ``tanggal, imsak, subuh, ...`` in any order, then a line for each day.

    Dates as 2026-02-19, 19/02/2026 or 19-02-2026, local times as 04:31 or 04.31; an empty cell or a hyphen leaves a
    prayer to be computed. Raises PrayerTableInvalid with every mistake.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    header = next((n for n, line in enumerate(lines) if line.strip()), None)
    if header is None:
        raise PrayerTableInvalid(["tabel kosong / the table is empty"])
    delimiter = max(";\t,", key=lines[header].count)
    rows = csv.reader(lines[header:], delimiter=delimiter, skipinitialspace=True, quoting=csv.QUOTE_NONE)
    mistakes: list[str] = []
    columns = _columns(next(rows), header + 1, mistakes)
    if mistakes:
        raise PrayerTableInvalid(mistakes)
    found: dict[date, dict[Prayer, time]] = {}
    first_lines: dict[date, int] = {}
    for cells in rows:
        number = header + rows.line_num
        if not any(_plain(cell) for cell in cells):
            continue
        day, times = _row(columns, cells, number, mistakes)
        if day in first_lines:
            mistakes.append(_at(number, f"{day} sudah ada di baris {first_lines[day]} / {day} stands twice"))
        elif day is not None:
            first_lines[day], found[day] = number, times
    if not found and not mistakes:
        mistakes.append("tabel tidak memuat satu hari pun / the table holds no day")
    if mistakes:
        raise PrayerTableInvalid(mistakes)
    return found


def _at(line: int, mistake: object) -> str:
    return f"baris {line}: {mistake}"


def _plain(cell: str) -> str:
    return cell.strip().strip('"').strip()


def _columns(names: Sequence[str], line: int, mistakes: list[str]) -> list[str]:
    """Return what each column holds: `DATE` or a prayer."""
    columns: list[str] = []
    for name in names:
        plain = _plain(name).lower().replace("’", "'")
        if plain not in _NAMES:
            near = nearest(plain, _NAMES)
            hint, hint_en = (f'; maksudnya "{near}"?', f'; did you mean "{near}"?') if near else ("", "")
            mistakes.append(_at(line, f'kolom "{plain}" tidak dikenal{hint} / unknown column{hint_en}'))
        elif _NAMES[plain] in columns:
            mistakes.append(_at(line, f'kolom "{plain}" ganda / this column stands twice'))
        columns.append(_NAMES.get(plain, plain))
    if DATE not in columns:
        mistakes.append(_at(line, 'kolom "tanggal" tidak ada / there is no column "tanggal"'))
    return columns


def _row(
    columns: Sequence[str], cells: Sequence[str], line: int, mistakes: list[str]
) -> tuple[date | None, dict[Prayer, time]]:
    if len(cells) > len(columns):
        mistakes.append(_at(line, f"{len(cells)} kolom, seharusnya {len(columns)} / too many columns"))
    day: date | None = None
    times: dict[Prayer, time] = {}
    given = dict(zip(columns, map(_plain, cells), strict=False))
    try:
        day = _date(given.pop(DATE, ""))
    except ValueError as e:
        mistakes.append(_at(line, e))
    for prayer in Prayer:
        if (cell := given.get(prayer, "")) not in _NONE:
            try:
                times[prayer] = _time(cell)
            except ValueError as e:
                mistakes.append(_at(line, f"{prayer}: {e}"))
    for (before, earlier), (after, later) in pairwise(times.items()):
        if earlier >= later:
            late, early = f"{after} {later:%H.%M}", f"{before} {earlier:%H.%M}"
            mistakes.append(_at(line, f"{late} tidak sesudah {early} / {late} is not after {early}"))
    return day, times


def _date(word: str) -> date:
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(word, form).date()  # noqa: DTZ007 - only a date
        except ValueError:
            continue
    raise ValueError(f'tanggal "{word}" tidak dikenal; tulis 2026-02-19 atau 19/02/2026 / unknown date "{word}"')


def _time(word: str) -> time:
    second = clock(word)
    if second == DAY_S:
        raise ValueError("24.00 bukan waktu salat / 24.00 is no prayer time")
    return time(second // 3600, second // 60 % 60, second % 60)

"""Why a clock stands where it stands, in plain words: each sentence in Indonesian and in English, dates in both.

Pure functions from days to sentences; what is told and when, :mod:`lppl.cases.clocks` decides. Days are local.
"""

from collections.abc import Sequence
from datetime import date

from lppl.cases.values import Act, CaseClass
from lppl.cases.working_days import Calendar

Said = tuple[str, str]
"""The same in Indonesian and in English."""

_DAYS: tuple[Said, ...] = (
    ("Senin", "Monday"),
    ("Selasa", "Tuesday"),
    ("Rabu", "Wednesday"),
    ("Kamis", "Thursday"),
    ("Jumat", "Friday"),
    ("Sabtu", "Saturday"),
    ("Minggu", "Sunday"),
)
_MONTHS: tuple[Said, ...] = (
    ("Januari", "January"),
    ("Februari", "February"),
    ("Maret", "March"),
    ("April", "April"),
    ("Mei", "May"),
    ("Juni", "June"),
    ("Juli", "July"),
    ("Agustus", "August"),
    ("September", "September"),
    ("Oktober", "October"),
    ("November", "November"),
    ("Desember", "December"),
)
_SATURDAY = 5


def full(day: date) -> Said:
    """Return ``Jumat 6 Maret 2026`` and ``Friday 6 March 2026``."""
    weekday, month = _DAYS[day.weekday()], _MONTHS[day.month - 1]
    return f"{weekday[0]} {day.day} {month[0]} {day.year}", f"{weekday[1]} {day.day} {month[1]} {day.year}"


def uncounted(calendar: Calendar, first: date, last: date) -> Said | None:
    """Return which days after `first` up to `last` are free; None when all of them count."""
    indonesian: dict[str, list[str]] = {}
    english: dict[str, list[str]] = {}
    for day, name in calendar.free_between(first, last):
        month = _MONTHS[day.month - 1]
        indonesian.setdefault(name.indonesian, []).append(f"{day.day} {month[0]}")
        english.setdefault(name.english, []).append(f"{day.day} {month[1]}")
    named = [[f"{name} ({', '.join(days)})" for name, days in of.items()] for of in (indonesian, english)]
    if any(date.fromordinal(n).weekday() >= _SATURDAY for n in range(first.toordinal() + 1, last.toordinal() + 1)):
        named[0].insert(0, "Sabtu–Minggu")
        named[1].insert(0, "weekends")
    if not named[0]:
        return None
    return f"{_listed(named[0], 'dan')} tidak dihitung", f"{_listed(named[1], 'and')} not counted"


def _listed(names: Sequence[str], last: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def counted(days: int, resting: int, basis: Said, free: Said | None, end: Said) -> Said:
    """Return how a due day came about: ``3 hari kerja (dasar); … tidak dihitung → tenggat Rabu 11 Maret 2026``.

    `resting`: working days that rests added.
    """
    skipped = ("", "") if free is None else (f"; {free[0]}", f"; {free[1]}")
    more = ("", "") if resting == 0 else (f" + {resting} hari kerja jeda", f" + {_working(resting)} of rest")
    return (
        f"{days} hari kerja ({basis[0]}){more[0]}{skipped[0]} → {end[0]}.",
        f"{_working(days)} ({basis[1]}){more[1]}{skipped[1]} → {end[1]}.",
    )


def _working(days: int) -> str:
    return f"{days} working {'day' if days == 1 else 'days'}"


def started(cause: Said, on: date, counting: Said) -> Said:
    """Return what started a clock, and what it comes to."""
    day = full(on)
    return f"{cause[0]} {day[0]} → {counting[0]}", f"{cause[1]} on {day[1]} → {counting[1]}"


def reclassified(case_class: CaseClass, on: date, start: date, counting: Said) -> Said:
    """Return that another class made a period longer or shorter, from the same start."""
    day, begun = full(on), full(start)
    return (
        f"Diklasifikasi {day[0]} sebagai “{case_class.label}” → dari {begun[0]} {counting[0]}",
        f'Classified on {day[1]} as "{case_class.english}" → from {begun[1]} {counting[1]}',
    )


def extended(days: int, on: date, counting: Said) -> Said:
    """Return that the time was extended, by how much, and what all of it is now."""
    day = full(on)
    return (
        f"Diperpanjang {days} hari kerja pada {day[0]} → seluruhnya {counting[0]}",
        f"Extended by {_working(days)} on {day[1]} → in all {counting[1]}",
    )


def extended_too_late(on: date) -> Said:
    """Return that an extension came after the time was up."""
    day = full(on)
    return (
        f"Perpanjangan pada {day[0]} dicatat sesudah tenggat lewat: tenggat tetap.",
        f"The extension on {day[1]} came after the due day: the due day stays.",
    )


def resting(on: date) -> Said:
    """Return that the reporter is awaited."""
    day = full(on)
    return (
        f"Menunggu pelapor sejak {day[0]}: hari kerja selama menunggu tidak dihitung.",
        f"Awaiting the reporter since {day[1]}: working days of waiting are not counted.",
    )


def rested(on: date, days: int, end: Said) -> Said:
    """Return that the reporter is not awaited any more; `days`: by how many working days that moved the due day."""
    day = full(on)
    return (
        f"Tidak lagi menunggu pelapor sejak {day[0]}: tenggat bergeser {days} hari kerja → {end[0]}.",
        f"The reporter is not awaited since {day[1]}: the due day moves by {_working(days)} → {end[1]}.",
    )


def taken_back(on: date, days: int, end: Said) -> Said:
    """Return that a transferred case is the city's again."""
    day = full(on)
    return (
        f"Diambil kembali {day[0]}: selama dialihkan tidak dihitung, tenggat bergeser {days} hari kerja → {end[0]}.",
        f"Taken back on {day[1]}: the time away is not counted, the due day moves by {_working(days)} → {end[1]}.",
    )


def lateness(days: int) -> Said:
    """Return how late something is; 0 working days is a weekend or a free day after the due day."""
    if days == 0:
        return "terlambat kurang dari satu hari kerja", "late by less than a working day"
    return f"terlambat {days} hari kerja", f"late by {_working(days)}"


def finished(act: Act, on: date, late: int | None) -> Said:
    """Return what ended a clock; `late`: working days, None for in time."""
    day = full(on)
    how = ("tepat waktu", "in time") if late is None else lateness(late)
    return f"{act.label} {day[0]}: {how[0]}.", f"{act.english} on {day[1]}: {how[1]}."


def wait_over(act: Act, on: date) -> Said:
    """Return what a wait that is nobody's duty ended with."""
    day = full(on)
    return f"{act.label} {day[0]}: masa tunggu berakhir.", f"{act.english} on {day[1]}: the wait is over."


def voided(act: Act, on: date, late: int | None) -> Said:
    """Return what made a clock void; `late`: how late it was by then."""
    day = full(on)
    was = ("", "") if late is None else (f"; saat itu sudah {lateness(late)[0]}", f"; it was {lateness(late)[1]} then")
    return (
        f"{act.label} {day[0]}: hitungan ini tidak berlaku lagi{was[0]}.",
        f"{act.english} on {day[1]}: this clock no longer holds{was[1]}.",
    )


def overdue(end: date, on: date, late: int) -> Said:
    """Return that the due day lies behind."""
    day, due = full(on), full(end)
    how = lateness(late)
    return f"Tenggat {due[0]} lewat; {day[0]}: {how[0]}.", f"{due[1]} has passed; on {day[1]}: {how[1]}."

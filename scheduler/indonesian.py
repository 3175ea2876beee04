"""How dates, clock times, lengths and amounts are written for people in Indonesia.

Pure functions from values to text: ``Minggu, 22 November 2026``, ``22.00.05``, ``1 menit 12 detik``, ``33,4``. Reading
what people write is `scheduler.words`' business.
"""

from datetime import date, datetime
from decimal import Decimal

from lppl.quanta import QUANTUM_MS

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
"""Index 0 is Monday, as in ``date.weekday()``."""
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_UNITS = {"id": ("jam", "menit", "detik"), "en": ("h", "min", "s")}


def short_date(day: date) -> str:
    """Return ``22 November 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def full_date(day: date) -> str:
    """Return ``Minggu, 22 November 2026``."""
    return f"{DAYS[day.weekday()]}, {short_date(day)}"


def clock(at: datetime) -> str:
    """Return the time of day of `at`, as its own zone reads it: ``22.00.05``."""
    return at.strftime("%H.%M.%S")


def zone_name(at: datetime) -> str:
    """Return the short name of the zone of an aware `at`: ``WIB``; ``UTC+0545`` where the zone has none."""
    name = at.strftime("%Z")
    return f"UTC{name}" if name[:1] in "+-" else name


def length(quanta: int) -> str:
    """Return a length in quanta as hours, minutes and whole seconds: ``01.02.03``; hours may pass 24."""
    total = (quanta * QUANTUM_MS + 500) // 1000
    return f"{total // 3600:02}.{total // 60 % 60:02}.{total % 60:02}"


def length_in_words(quanta: int, language: str = "id") -> str:
    """Return a length of `quanta` (its sign left out) in words: ``2 jam 5 menit``, ``12 detik``, ``0,6 detik``.

    From an hour on seconds are left out, below ten seconds there is one decimal place; `language` is ``id`` or ``en``.
    """
    millis = abs(quanta) * QUANTUM_MS
    hour, minute, second = _UNITS[language]
    if millis < 9_950:
        amount = f"{millis / 1000:.1f}".removesuffix(".0")
        return f"{amount.replace('.', ',') if language == 'id' else amount} {second}"
    total = (millis + 500) // 1000
    parts = [(total // 3600, hour), (total // 60 % 60, minute), (total % 60 if total < 3600 else 0, second)]
    return " ".join(f"{n} {unit}" for n, unit in parts if n)


def decimal(amount: Decimal | float | int) -> str:
    """Return a number with a decimal comma: ``33,4``."""
    return str(amount).replace(".", ",")

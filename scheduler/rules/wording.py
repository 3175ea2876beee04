"""How findings speak: times, dates and numbers in the sentences of the broadcasting rules."""

from datetime import date
from zoneinfo import ZoneInfo

from lppl.programme import Product
from lppl.quanta import Quanta, starting
from scheduler.agenda import local_clock
from scheduler.indonesian import short_date

_ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

PRODUCTS = {
    Product.ORDINARY: ("biasa", "ordinary"),
    Product.CIGARETTES: ("rokok", "cigarette"),
    Product.ADULT: ("produk dewasa", "adult"),
}
"""What a product's advertising is called, Indonesian and English."""


def day_text(day: date) -> tuple[str, str]:
    """Write a date in Indonesian and in English: ``22 November 2026``."""
    return short_date(day), f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"


def moment(q: Quanta, zone: ZoneInfo) -> tuple[str, str]:
    """Write an air time in Indonesian and in English: ``21.40 WIB, 22 November 2026``."""
    local = starting(q).astimezone(zone)
    indonesian, english = day_text(local.date())
    clock = f"{local_clock(q, zone)} {local.tzname()}"
    return f"{clock}, {indonesian}", f"{clock}, {english}"


def percent_text(percent: float) -> tuple[str, str]:
    """Write a percentage in Indonesian and in English, two decimals at most: ``16,2 %``."""
    english = f"{percent:.2f}".rstrip("0").rstrip(".")
    return f"{english.replace('.', ',')} %", f"{english} %"


def lasting(quanta: int) -> tuple[str, str]:
    """Write a length in Indonesian and in English: ``1 jam 5 menit``, ``12 detik``; minutes rounded down."""
    seconds = round(quanta * 0.32)
    if seconds < 60:
        return f"{seconds} detik", f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    indonesian = [f"{hours} jam"] * bool(hours) + [f"{minutes} menit"] * bool(minutes)
    english = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return " ".join(indonesian), " ".join(english)


def times(count: int) -> tuple[str, str]:
    """Say how often something happens on a day, to end a sentence with; nothing for once."""
    return (f" ({count} kali hari itu)", f" ({count} times that day)") if count > 1 else ("", "")

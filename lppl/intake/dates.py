"""Dates as gateways and exported tables write them. Pure.

Understood are ISO 8601, ``22/11/2026 09:05``, ``22 November 2026 09.05 WIB``, ``3 Jan 2026``, ``22-Agu-26``,
``Nov 22, 2026 9:05 AM``, ``20261122090500``, the day numbers of Excel, and seconds or milliseconds since 1970.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo

FIRST_YEAR, LAST_YEAR = 1990, 2099
_MONTHS = {
    "jan": 1, "feb": 2, "peb": 2, "mar": 3, "mrt": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7, "agu": 8,
    "agt": 8, "ags": 8, "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "nop": 11, "des": 12, "dec": 12,
}  # fmt: skip
"""By their first three letters, in Indonesian (as it is and was spelt) and English."""
_ZONES = {"wib": 7, "wita": 8, "wit": 9, "utc": 0, "gmt": 0, "z": 0}

_TIME = (
    r"(?:(?:[\s,T]|pukul|jam|pkl\.?)*(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>wib|wita|wit|z|(?:utc|gmt)?\s*(?:[+-]\d{1,2}(?::?\d{2})?)|utc|gmt)?)?"
)
_FORMS = tuple(
    re.compile(rf"(?:[a-z']{{3,10}}\.?,?\s+)?{form}{_TIME}", re.IGNORECASE | re.ASCII)
    for form in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<first>\d{1,2})[-/.](?P<then>\d{1,2})[-/.](?P<year>\d{4}|\d{2})",
        r"(?P<day>\d{1,2})[\s-](?P<name>[a-z]{3,9})\.?,?[\s-](?P<year>\d{4}|\d{2})",
        r"(?P<name>[a-z]{3,9})\.?\s(?P<day>\d{1,2}),?\s(?P<year>\d{4})",
    )
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2}))?"
)
_NUMBER_DATE = re.compile(r"(?:[a-z']{3,10}\.?,?\s+)?(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})\b", re.IGNORECASE)
_SERIAL = re.compile(r"[34567]\d{4}(?:[.,]\d{1,12})?", re.ASCII)
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d{1,9})?|(\d{13})", re.ASCII)


def moment(written: str, zone: tzinfo, month_first: bool = False) -> datetime | None:
    """Return when something was, aware UTC; None when it cannot be read, or lies outside of 1990 to 2099.

    `zone`: in which a time is written that does not name its own; `month_first`: 11/22/2026 (see
    :func:`writes_month_first`). A date without a time is its midnight.
    """
    text = " ".join(written[:80].split())
    if found := _EPOCH.fullmatch(text):
        seconds = int(found[1]) if found[1] else int(found[2]) / 1000
        return _checked(datetime.fromtimestamp(seconds, UTC))
    if _SERIAL.fullmatch(text):
        # Excel counts days since 1899-12-30, as far as dates after February 1900 go
        days = timedelta(days=float(text.replace(",", ".")))
        local = datetime(1899, 12, 30) + timedelta(seconds=round(days.total_seconds()))  # noqa: DTZ001
        return _checked(local.replace(tzinfo=zone))
    for form in (*_FORMS, _COMPACT):
        if match := form.fullmatch(text):
            return _of_parts(match.groupdict(), zone, month_first)
    return None


def writes_month_first(texts: Iterable[str]) -> bool:
    """Tell whether dates in figures have the month first: some can only be read so, and none the other way."""
    found = [(int(m[1]), int(m[2])) for m in (_NUMBER_DATE.match(" ".join(t[:80].split())) for t in texts) if m]
    return any(then > 12 for _, then in found) and not any(first > 12 for first, _ in found)


def _of_parts(parts: dict[str, str | None], zone: tzinfo, month_first: bool) -> datetime | None:
    year = int(parts["year"] or 0)
    year += 2000 if year < 100 else 0
    if first := parts.get("first"):
        numbers = (int(first), int(parts["then"] or 0))
        month, day = numbers if month_first else numbers[::-1]
    else:
        name = parts.get("name")
        month = _MONTHS.get(name[:3].casefold(), 0) if name else int(parts.get("month") or 0)
        day = int(parts["day"] or 0)
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (parts.get("half") or "").casefold()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        own = _zone(parts.get("zone") or "", zone)
        return _checked(datetime(year, month, day, hour, minute, second, tzinfo=own))
    except ValueError:  # a day or a time that is none
        return None


def _zone(written: str, zone: tzinfo) -> tzinfo:
    """Return the zone that is written, else `zone`. Raises ValueError for an offset that cannot be."""
    text = written.casefold().replace(" ", "").replace(":", "")
    if not text:
        return zone
    if text in _ZONES:
        return timezone(timedelta(hours=_ZONES[text]))
    digits = text.lstrip("utcgm+-")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if "-" in text else offset)


def _checked(when: datetime) -> datetime | None:
    return when.astimezone(UTC) if FIRST_YEAR <= when.year <= LAST_YEAR else None

"""What people write into cells of tables: days, clock times, lengths, dates, categories, ages. Pure.

Tables of stations are older than this product and differ: each reader takes what is commonly written, and raises
ValueError with a sentence (Indonesian / English) for what it cannot understand.
"""

import re
from datetime import date

from lppl.programme import AgeClass, Category
from scheduler.indonesian import MONTHS
from scheduler.words import DAY_S, EVERY_DAY, WEEKDAYS, clock, nearest

_DAY_BEGINNINGS = ("sen", "sel", "rab", "kam", "jum", "sab", "min")
_ENGLISH_BEGINNINGS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVERY = re.compile(r"(setiap|tiap)?\s*hari|daily|every ?day|senin ?- ?minggu|stripping|s\.?d\.?a")
_WORKING = re.compile(r"hari kerja|weekdays?|week days?")
_FREE = re.compile(r"akhir pekan|weekends?")
_TIME = re.compile(r"(\d{1,2})\s*[.:]\s*(\d{2})(?:\s*[.:]\s*(\d{2}))?")
_BARE_TIME = re.compile(r"([01]\d|2[0-4])([0-5]\d)")
_CATEGORIES = {
    Category.NEWS: r"berita|informasi|info|news|talk|dialog",
    Category.EDUCATION: r"didik|edukasi|education|ilmu",
    Category.CULTURE: r"budaya|seni|kultur|culture|religi|agama",
    Category.SUPPORT: r"iklan|penunjang|komersial|spot|\bilm\b|promo",
    Category.ENTERTAINMENT: r"hiburan|musik|entertainment|film|olah ?raga|anak",
}


def days_in(text: str) -> tuple[int, ...]:
    """Return weekdays, 0 = Monday, of ``Senin s/d Jumat``, ``Sab, Min``, ``Setiap hari``. Raises ValueError."""
    plain = " ".join(text.lower().replace("’", "'").replace("jum'at", "jumat").split())
    if _EVERY.fullmatch(plain):
        return EVERY_DAY
    if _WORKING.fullmatch(plain):
        return (0, 1, 2, 3, 4)
    if _FREE.fullmatch(plain):
        return (5, 6)
    plain = re.sub(r"\s*(?:s\s*/\s*d|s\.?\s*d\.?|sampai(?: dengan)?|hingga|–|—|-)\s*", "-", plain)
    found: set[int] = set()
    for piece in re.split(r"\s*(?:,|;|/|&|\+|\bdan\b|\band\b)\s*", plain):
        ends = [_day(word, text) for word in piece.split("-")] if piece else []
        if len(ends) == 2:
            found.update((ends[0] + n) % 7 for n in range((ends[1] - ends[0]) % 7 + 1))
        else:
            found.update(ends)
    if not found:
        raise ValueError("hari belum diisi / the days are missing")
    return tuple(sorted(found))


def _day(word: str, whole: str) -> int:
    plain = word.strip().strip(".").removeprefix("setiap ").removeprefix("hari ")
    if plain.startswith("ahad"):
        return 6
    for beginnings in (_DAY_BEGINNINGS, _ENGLISH_BEGINNINGS):
        for number, beginning in enumerate(beginnings):
            if plain.startswith(beginning) and len(plain) <= 9:
                return number
    near = nearest(plain, WEEKDAYS)
    hint = f"; maksudnya {near}?" if near else ""
    raise ValueError(f'hari "{whole}" tidak dikenal{hint} / unknown day "{whole}"')


def is_day(text: str) -> int | None:
    """Return the weekday that a heading names, else None."""
    plain = text.lower().strip().rstrip(".:").replace("jum'at", "jumat")
    word = plain.split(",")[0].split(" ")[0]
    if word == "ahad":
        return 6
    names = (*WEEKDAYS, "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    short = (*_DAY_BEGINNINGS, *_ENGLISH_BEGINNINGS)
    for known in (names, short):
        if word in known:
            return known.index(word) % 7
    return None


def span_in(text: str) -> tuple[int, int | None]:
    """Return start and end, seconds after midnight, of ``06.00 - 07.00 WIB`` or ``06.00``. Raises ValueError."""
    found = [_second(match[1], match[2], match[3]) for match in _TIME.finditer(text)]
    if not found:
        found = [_second(match[1], match[2], None) for match in _BARE_TIME.finditer(text)]
    if not found or None in found or len(found) > 2:
        raise ValueError(f'jam "{text}" tidak dikenal; contoh 06.00 / unknown time "{text}"; write 06.00')
    start = found[0]
    assert start is not None
    if start == DAY_S:
        raise ValueError(
            "acara tidak dapat mulai pukul 24.00; tulis 00.00 hari berikutnya / write 00.00 of the next day"
        )
    return start, found[1] if len(found) == 2 else None


def _second(hour: str, minute: str, second: str | None) -> int | None:
    try:
        return clock(f"{hour}.{minute}" + (f".{second}" if second else ""))
    except ValueError:
        return None


def length_in(text: str) -> int:
    """Return seconds of ``60``, ``60 menit``, ``1 jam 30 menit``, ``01.30.00``, ``90'``. Raises ValueError."""
    plain = text.lower().strip().replace(",", ".")
    if re.fullmatch(r"\d{1,4}", plain):
        seconds = 60 * int(plain)
    elif match := re.fullmatch(
        r"(?:(\d{1,2}(?:\.\d)?)\s*(?:jam|j|h|hours?))?\s*(?:(\d{1,4})\s*(?:menit|mnt|min|m|'|′)\.?)?", plain
    ):
        seconds = round(3600 * float(match[1] or 0)) + 60 * int(match[2] or 0)
    elif match := re.fullmatch(r"(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?", plain):
        seconds = 3600 * int(match[1]) + 60 * int(match[2]) + int(match[3] or 0)
    else:
        seconds = 0
    if not 0 < seconds <= DAY_S:
        raise ValueError(
            f'lama "{text}" tidak dikenal; tulis menit, contoh 60 / unknown length "{text}"; write minutes'
        )
    return seconds


def category_in(text: str) -> Category:
    """Return the category that words mean. Raises ValueError."""
    plain = text.lower()
    for category, words in _CATEGORIES.items():
        if re.search(words, plain):
            return category
    listed = ", ".join(category.label for category in Category)
    raise ValueError(f'kategori "{text}" tidak dikenal; yang ada: {listed} / unknown category "{text}"')


def age_in(text: str) -> AgeClass:
    """Return the age class of ``SU``, ``R 13+``, ``Semua umur``, ``Dewasa``. Raises ValueError."""
    plain = text.strip().upper()
    if plain.startswith(("SU", "SEMUA")):
        return AgeClass.SU
    first = re.split(r"[^A-Z]", plain)[0]
    by_word = {"PRASEKOLAH": "P", "ANAK": "A", "REMAJA": "R", "DEWASA": "D", "BO": "A", "BALITA": "P"}
    try:
        return AgeClass(by_word.get(first, first))
    except ValueError:
        raise ValueError(
            f'usia "{text}" tidak dikenal; tulis SU, P, A, R, atau D / unknown age class "{text}"'
        ) from None


def date_in(text: str) -> date:
    """Return the date of ``2026-11-22``, ``22/11/2026``, ``22-11-26``, ``22 November 2026``. Raises ValueError."""
    plain = text.strip().lower()
    try:
        if match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})", plain):
            year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
            return date(year, int(match[2]), int(match[1]))
        if match := re.fullmatch(r"(\d{1,2})\s+([a-z]{3,9})\.?\s+(\d{4})", plain):
            months = [n for n, name in enumerate(MONTHS, 1) if name.lower().startswith(match[2][:3])]
            if months:
                return date(int(match[3]), months[0], int(match[1]))
        return date.fromisoformat(plain)
    except ValueError:
        raise ValueError(f'tanggal "{text}" tidak dikenal; contoh 22/11/2026 / unknown date "{text}"') from None


def hours_in(text: str) -> tuple[tuple[int, int], ...]:
    """Return day-parts of ``06.00-10.00, 17.00-20.00``; empty text is any time. Raises ValueError."""
    parts = []
    for piece in re.split(r"\s*[,;]\s*|\s+dan\s+", text.strip()):
        if piece:
            start, end = span_in(piece)
            if end is None:
                raise ValueError(f'jam "{piece}": tulis dari dan sampai, contoh 06.00-10.00 / write 06.00-10.00')
            parts.append((start, end))
    return tuple(parts)


def number_in(text: str, most: int) -> int:
    """Return a whole number from 1 to `most`. Raises ValueError."""
    match = re.fullmatch(r"(\d{1,6})\s*(?:x|kali)?(?:\s*(?:/|per|se)\s*hari)?", text.strip().lower())
    if not match or not 1 <= int(match[1]) <= most:
        raise ValueError(f'"{text}" bukan bilangan 1 sampai {most} / "{text}" is no number from 1 to {most}')
    return int(match[1])

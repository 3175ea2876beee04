"""The words that staff write in a schedule: clock times, days, paths in the media folder.

Pure functions from what the file says to values; every refusal is a ValueError whose text is for staff
(Indonesian, then English) and names the nearest valid word.
"""

import difflib
import re
from collections.abc import Iterable
from datetime import time

DAY_S = 86_400
WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
"""Index 0 is Monday, as in ``date.weekday()``."""
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)

_SINGLE: dict[str, int] = {
    **{word: n for n, word in enumerate(WEEKDAYS)},
    "jum'at": 4,
    "ahad": 6,
    **{
        word: n
        for n, word in enumerate(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        )
    },
}
_GROUPS: dict[str, tuple[int, ...]] = {
    "setiap hari": EVERY_DAY,
    "every day": EVERY_DAY,
    "daily": EVERY_DAY,
    "hari kerja": (0, 1, 2, 3, 4),
    "weekdays": (0, 1, 2, 3, 4),
    "akhir pekan": (5, 6),
    "weekend": (5, 6),
}
_CLOCK = re.compile(r"(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?")
_PLACEHOLDER = re.compile(r"\{[^}]*\}?|\}")


def nearest(word: str, valid: Iterable[str]) -> str | None:
    """Return the valid word that `word` most resembles, or None when none is near."""
    found = difflib.get_close_matches(word.strip().lower(), list(valid), n=1, cutoff=0.6)
    return found[0] if found else None


def clock(value: object) -> int:
    """Return a clock time as seconds after midnight, 0 to 86400 (``24.00``). Raises ValueError."""
    if isinstance(value, time):  # TOML's own 06:00:00 without quotes
        return value.hour * 3600 + value.minute * 60 + value.second
    if not isinstance(value, str):
        raise ValueError(
            f'jam harus ditulis dalam tanda kutip, misalnya "06.00", bukan {value!r} / '
            f'write the time in quotes, like "06.00", not {value!r}'
        )
    match = _CLOCK.fullmatch(value.strip())
    if match:
        hour, minute, second = (int(part or 0) for part in match.groups())
        total = hour * 3600 + minute * 60 + second
        if minute < 60 and second < 60 and total <= DAY_S:
            return total
    raise ValueError(
        f'jam "{value}" tidak dikenal; tulis seperti "06.00", "18:30:15" atau "24.00" / '
        f'unknown time "{value}"; write it like "06.00", "18:30:15" or "24.00"'
    )


def written(second_of_day: int) -> str:
    """Write seconds after midnight as staff do: ``06.00``, ``18.30.15``; past midnight wraps, 24.00 stays."""
    if second_of_day > DAY_S:
        second_of_day -= DAY_S
    hour, rest = divmod(second_of_day, 3600)
    minute, second = divmod(rest, 60)
    return f"{hour:02}.{minute:02}" + (f".{second:02}" if second else "")


def days(value: object) -> tuple[int, ...]:
    """Return weekdays (0 = Monday), sorted, from a word, a range ``senin-jumat``, or a list of them.

    Raises ValueError that names every unknown word.
    """
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not words or not all(isinstance(w, str) for w in words):
        raise ValueError(
            'hari harus berupa kata atau daftar kata, misalnya ["senin", "rabu"] / '
            'days must be a word or a list of words, like ["senin", "rabu"]'
        )
    found: set[int] = set()
    unknown: list[str] = []
    for word in words:
        numbers = _day_numbers(word)
        if numbers is None:
            unknown.append(word)
        else:
            found.update(numbers)
    if unknown:
        raise ValueError("; ".join(_unknown_day(word) for word in unknown))
    return tuple(sorted(found))


def _day_numbers(word: str) -> tuple[int, ...] | None:
    plain = " ".join(word.lower().replace("’", "'").split())
    if plain in _GROUPS:
        return _GROUPS[plain]
    if plain in _SINGLE:
        return (_SINGLE[plain],)
    ends = re.split(r"\s*(?:-|–|\bsampai\b|\bs\.d\.)\s*", plain)
    if len(ends) == 2 and ends[0] in _SINGLE and ends[1] in _SINGLE:
        first, last = _SINGLE[ends[0]], _SINGLE[ends[1]]
        return tuple((first + n) % 7 for n in range((last - first) % 7 + 1))
    return None


def _unknown_day(word: str) -> str:
    near = nearest(word, [*_SINGLE, *_GROUPS])
    hint_id, hint_en = (f'; maksudnya "{near}"?', f'; did you mean "{near}"?') if near else ("", "")
    return f'hari "{word}" tidak dikenal{hint_id} / unknown day "{word}"{hint_en}'


def media_path(value: object) -> str:
    """Return a path below the media folder, ``/``-separated, no slash at either end. Raises ValueError."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(
            'harus berupa nama dalam tanda kutip, misalnya "tv/berita" / must be a quoted path, like "tv/berita"'
        )
    path = value.strip().replace("\\", "/")
    if re.match(r"[A-Za-z]:/|/", path) or ".." in path.split("/"):
        raise ValueError(
            f'"{value}" harus di dalam folder media, misalnya "tv/berita/pagi.mp4" / '
            f'"{value}" must lie inside the media folder, like "tv/berita/pagi.mp4"'
        )
    path = "/".join(part for part in path.split("/") if part not in ("", "."))
    return path or "."


def file_path(value: object) -> str:
    """Return the path of one media file. Raises ValueError, also for ``.`` (a folder)."""
    path = media_path(value)
    if path == ".":
        raise ValueError(f'"{value}" adalah folder, bukan berkas / "{value}" is a folder, not a file')
    return path


def event_path(value: object) -> str:
    """Return the path of an event's file, which may hold ``{hh}`` (local hour). Raises ValueError."""
    path = file_path(value)
    wrong = [found for found in _PLACEHOLDER.findall(path) if found != "{hh}"]
    if wrong:
        raise ValueError(
            f'"{wrong[0]}" tidak dikenal; yang ada hanya {{hh}} (jam setempat) / '
            f'"{wrong[0]}" is unknown; there is only {{hh}} (the local hour)'
        )
    return path


def filler_source(value: object) -> str:
    """Return ``folder:<path>`` or ``file:<path>`` from what `filler` lists. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError('tulis "folder:sisipan" atau nama berkas / write "folder:filler" or a file\'s path')
    kind, colon, rest = value.strip().partition(":")
    if colon and kind == "folder":
        return f"folder:{media_path(rest)}"
    if colon and kind == "file":
        return f"file:{file_path(rest)}"
    path = file_path(value)
    if "." not in path.rsplit("/", 1)[-1]:
        raise ValueError(
            f'"{value}" tampaknya folder; maksudnya "folder:{path}"? / '
            f'"{value}" looks like a folder; did you mean "folder:{path}"?'
        )
    return f"file:{path}"

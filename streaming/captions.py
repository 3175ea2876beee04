"""Captions: SubRip and WebVTT files beside a medium, as cues; and the cues of a span of the past as one WebVTT file.

Pure. Whoever made the file may have made it badly: what cannot be read as a cue is left out, nothing is raised.
"""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lppl.quanta import Quanta, seconds

MOST_BYTES = 4 << 20
MOST_CUES = 20_000
LONGEST_TEXT = 2000
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMES = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
_KEPT_TAGS = re.compile(r"</?[ibu]>", re.IGNORECASE)
_TAG = re.compile(r"<[^>\n]{0,200}>|\{\\[^}\n]{0,100}\}")


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption during [start_ms, end_ms); `text` may hold lines, ``<i>``, ``<b>``, ``<u>``; the rest is escaped."""

    start_ms: int
    end_ms: int
    text: str


def cues_of(data: bytes) -> tuple[Cue, ...]:
    """Read SubRip or WebVTT of any encoding in use; cues by start. Styles, notes and bad cues are left out."""
    text = _decoded(data[:MOST_BYTES]).replace("\r\n", "\n").replace("\r", "\n")
    found: list[Cue] = []
    for block in re.split(r"\n[ \t]*\n", text.lstrip("\ufeff")):
        lines = block.split("\n")
        at = next((i for i, line in enumerate(lines[:3]) if "-->" in line), None)
        times = _TIMES.match(lines[at]) if at is not None else None
        if at is None or times is None:
            continue
        start, end = _ms(times.groups()[:4]), _ms(times.groups()[4:])
        said = _safe("\n".join(line.strip() for line in lines[at + 1 :] if line.strip())[:LONGEST_TEXT])
        if said and start < end:
            found.append(Cue(start, end, said))
        if len(found) >= MOST_CUES:
            break
    return tuple(sorted(found, key=lambda c: (c.start_ms, c.end_ms)))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:  # what old Windows editors write
        return data.decode("cp1252", errors="replace")


def _ms(parts: Sequence[str | None]) -> int:
    hour, minute, second, fraction = parts
    return ((int(hour or 0) * 60 + int(minute or 0)) * 60 + int(second or 0)) * 1000 + int(
        (fraction or "0").ljust(3, "0")
    )


def _safe(text: str) -> str:
    """Return cue text with the simple tags only, everything else escaped."""
    out, at = [], 0
    for tag in _TAG.finditer(text):
        out.append(_escaped(text[at : tag.start()]))
        out.append(tag[0].lower() if _KEPT_TAGS.fullmatch(tag[0]) else "")
        at = tag.end()
    return "".join([*out, _escaped(text[at:])]).replace("-->", "→").strip()


def _escaped(text: str) -> str:
    return html.escape(html.unescape(text), quote=False)


@dataclass(frozen=True, slots=True)
class Aired:
    """A stretch of an asset within a span: quanta [shown, shown + length) of the span show it from `in_point` on."""

    shown: Quanta
    length: int
    in_point: Quanta


def within(cues: Iterable[Cue], aired: Aired) -> list[Cue]:
    """Return the cues of an asset that fall into `aired`, in milliseconds of the span, cut at its ends."""
    start, end = round(seconds(aired.in_point) * 1000), round(seconds(aired.in_point + aired.length) * 1000)
    shift = round(seconds(aired.shown) * 1000) - start
    return [
        replace(c, start_ms=max(c.start_ms, start) + shift, end_ms=min(c.end_ms, end) + shift)
        for c in cues
        if c.start_ms < end and c.end_ms > start
    ]


def webvtt(cues: Iterable[Cue], mpegts: int | None = None) -> str:
    """Return a WebVTT file. `mpegts` (90 kHz) is the stream's time at 0 (RFC 8216, 3.5)."""
    head = "WEBVTT\n" + (f"X-TIMESTAMP-MAP=MPEGTS:{mpegts},LOCAL:00:00:00.000\n" if mpegts is not None else "")
    return head + "".join(f"\n{_stamp(c.start_ms)} --> {_stamp(c.end_ms)}\n{c.text}\n" for c in cues)


def _stamp(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"

"""Playlists of other programs, read: M3U and M3U8, PLS, XSPF. Pure, and nothing in such a file is ever opened.

Whatever a file says is text: paths of another computer, addresses, titles. Sizes are limited before anything is taken
apart, and XML with entities or declarations of its own is refused (billion laughs, external entities).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote
from xml.etree import ElementTree

from lppl.errors import LpplError

MOST_BYTES = 4 << 20
MOST_ROWS = 5000
LONGEST = 1000
PIECE = 1 << 14
"""Characters of XML that are parsed at a time: nothing else runs meanwhile, not even the air."""
DEEPEST = 32
MOST_ELEMENTS = 20 * MOST_ROWS
_NUMBER = re.compile(r"\s*(-?\d{1,9}(?:\.\d{1,9})?)")
_PLS_LINE = re.compile(r"(file|title|length)(\d{1,6})\s*=(.*)", re.IGNORECASE)
_DRIVE = re.compile(r"^[A-Za-z]:/")
_FILE = re.compile(r"^file:(//[^/\\]*)?", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*>")
_DECLARED = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
XSPF = "{http://xspf.org/ns/0/}"

if TYPE_CHECKING:
    _Parser = ElementTree.XMLPullParser[ElementTree.Element]


class PlaylistUnreadable(LpplError):
    """A file is no playlist that can be read."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as the file has it. `path` is ``/``-separated; `seconds` 0 when the file does not say."""

    path: str
    title: str = ""
    artist: str = ""
    seconds: float = 0.0
    address: bool = False
    """It is a stream or page on a network, no file."""


def read_playlist(data: bytes) -> tuple[str, tuple[Row, ...]]:
    """Return the format and the rows of a playlist file. Raises PlaylistUnreadable."""
    if len(data) > MOST_BYTES:
        raise PlaylistUnreadable(
            f"Daftar putar lebih besar dari {MOST_BYTES >> 20} MB.",
            f"The playlist is larger than {MOST_BYTES >> 20} MB.",
        )
    text = decoded(data)
    head = text.lstrip()[:300].lower()
    if head.startswith("[playlist]"):
        name, found = "PLS", _pls(text)
    elif head.startswith("<"):
        name, found = "XSPF", _xspf(text)
    elif "\0" in text:
        raise _no_playlist()
    else:
        name, found = "M3U", _m3u(text)
    rows: list[Row] = []
    for row in found:
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise PlaylistUnreadable(
                f"Daftar putar berisi lebih dari {MOST_ROWS} baris; bagi menjadi beberapa.",
                f"The playlist has more than {MOST_ROWS} rows; split it.",
            )
    if not rows:
        raise _no_playlist()
    return name, tuple(rows)


def decoded(data: bytes) -> str:
    """Return the text of a file: by its byte-order mark, else UTF-8, else the code page of old Windows programs."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data[: len(data) & ~1].decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def plain_path(said: str) -> tuple[str, bool]:
    """Return a path as it is compared: slashes, no drive, no ``file://``, no ``.`` and ``..``; and whether it is one.

    The second is True for addresses on a network.
    """
    text = said.strip().strip('"')[:LONGEST]
    if _FILE.match(text):
        text = unquote(_FILE.sub("", text.replace("\\", "/")))
    elif re.match(r"(?i)[a-z][a-z0-9+.-]+://", text):
        return text, True
    text = _DRIVE.sub("/", text.replace("\\", "/").lstrip("/") if _DRIVE.match(text[1:]) else text.replace("\\", "/"))
    parts: list[str] = []
    for part in text.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts), False


def _row(path: str, title: str = "", artist: str = "", seconds: float = 0.0) -> Row:
    where, address = plain_path(path)
    if not artist and " - " in title:
        artist, _, title = title.partition(" - ")
    known = seconds if 0 < seconds < 864_000 else 0.0
    return Row(where, title.strip()[:300], artist.strip()[:300], known, address)


def _m3u(text: str) -> Iterator[Row]:
    seconds, title = 0.0, ""
    for line in text.splitlines():
        said = line.strip()
        if said[:8].upper() == "#EXTINF:":
            facts, _, title = said[8:].partition(",")
            number = _NUMBER.match(facts)
            seconds = float(number[1]) if number else 0.0
        elif said and not said.startswith("#"):
            yield _row(said, title, "", seconds)
            seconds, title = 0.0, ""


def _pls(text: str) -> Iterator[Row]:
    found: dict[int, dict[str, str]] = {}
    for line in text.splitlines():
        if match := _PLS_LINE.match(line.strip()):
            found.setdefault(int(match[2]), {})[match[1].lower()] = match[3].strip()
    for number in sorted(found):
        each = found[number]
        if each.get("file"):
            yield _row(each["file"], each.get("title", ""), "", _seconds(each.get("length", "")))


def _xspf(text: str) -> Iterator[Row]:
    if _DECLARED.search(text):
        raise PlaylistUnreadable(
            "Berkas XSPF dengan DOCTYPE atau ENTITY ditolak demi keamanan.",
            "XSPF files with DOCTYPE or ENTITY are refused for safety.",
        )
    if declaration := _DECLARATION.match(text):
        text = text[declaration.end() :]
    parser: _Parser = ElementTree.XMLPullParser(("start", "end"))
    reading = _Reading()
    try:
        for at in range(0, len(text), PIECE):  # nothing else runs while a piece is parsed, not even the air
            parser.feed(text[at : at + PIECE])
            yield from reading.rows(parser)
        parser.close()
        yield from reading.rows(parser)
    except (ElementTree.ParseError, ValueError):
        raise _no_playlist() from None


class _Reading:
    """How far an XSPF file has been read. `depth`: elements that are open; `count`: all that there were."""

    def __init__(self) -> None:
        self.depth = self.count = 0
        self.space = ""

    def rows(self, parser: "_Parser") -> Iterator[Row]:
        """Yield the tracks that have come to their end. Raises PlaylistUnreadable."""
        for event, element in cast(Iterator[tuple[str, ElementTree.Element]], parser.read_events()):
            if event == "start":
                self._begun(element.tag)
                continue
            self.depth -= 1
            if element.tag == f"{self.space}track":
                yield self._row(element)
                element.clear()

    def _begun(self, tag: str) -> None:
        if not self.depth:
            if tag not in (f"{XSPF}playlist", "playlist"):
                raise _no_playlist()
            self.space = XSPF if tag.startswith("{") else ""
        self.depth, self.count = self.depth + 1, self.count + 1
        if self.depth > DEEPEST or self.count > MOST_ELEMENTS:
            raise _no_playlist()

    def _row(self, track: ElementTree.Element) -> Row:
        said = {n: (track.findtext(f"{self.space}{n}") or "").strip() for n in ("location", "title", "creator")}
        where = unquote(said["location"]) if "://" not in said["location"] else said["location"]
        length = _seconds(track.findtext(f"{self.space}duration") or "") / 1000
        return _row(where, said["title"], said["creator"], length)


def _seconds(said: str) -> float:
    return float(said) if re.fullmatch(r"\s*\d{1,9}(\.\d+)?\s*", said) else 0.0


def _no_playlist() -> PlaylistUnreadable:
    return PlaylistUnreadable(
        "Berkas ini bukan daftar putar M3U, PLS, atau XSPF yang dapat dibaca.",
        "This file is no M3U, PLS or XSPF playlist that can be read.",
    )

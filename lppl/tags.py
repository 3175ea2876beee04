"""What a media file says of itself: title, artist and the like, cleaned so that any page or log can show it.

Tags are written by strangers and by old programs: nothing here trusts them, and nothing here raises for them.
Blocking; callers use a thread.
"""

import os
import re
import struct
import unicodedata
from collections.abc import Mapping, Sequence
from io import FileIO
from pathlib import Path
from typing import Any

import mutagen
from mutagen import MutagenError

from lppl.media import Tags

MAX_CHARS = 300
MAX_RAW = 4000
"""Of what a tag holds only so much is looked at; a megabyte of text is somebody's mistake."""

MOST_READ = 128 << 20
"""Bytes of a file that are read for its tags: a cover of a gigabyte would take the memory that the air needs."""

# Bidirectional overrides and isolates turn the rest of a page around; zero-width marks hide what a name is.
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffd]")
_SPACE = re.compile(r"\s+")
# "01 Judul", "7. Judul", "(12) Judul"; but "17 Agustus" is a title.
_TRACK_NUMBER = re.compile(r"^(?:0\d{1,2}\s+|[(\[]\d{1,3}[)\]][\s._-]*|\d{1,3}\s*[._-][\s._-]*)(?=\S*[^\W\d_])")
_GAIN = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_ISRC = re.compile(r"^[A-Z]{2}[A-Z0-9]{3}\d{7}$")

# For each field the names it goes by: ID3 frame, MP4 atom, Vorbis/APE comment, ASF attribute, RIFF INFO chunk.
_NAMES: Mapping[str, Sequence[str]] = {
    "title": ("TIT2", "\xa9nam", "title", "INAM"),
    "artist": ("TPE1", "\xa9ART", "artist", "author", "TPE2", "aART", "albumartist", "album_artist", "IART"),
    "album": ("TALB", "\xa9alb", "album", "WM/AlbumTitle", "IPRD"),
    "year": ("TDRC", "TDRL", "TYER", "\xa9day", "date", "year", "WM/Year", "ICRD", "date_released"),
    "genre": ("TCON", "\xa9gen", "genre", "WM/Genre", "IGNR"),
    "isrc": ("TSRC", "----:com.apple.iTunes:ISRC", "isrc", "WM/ISRC"),
    "gain": (
        "TXXX:REPLAYGAIN_TRACK_GAIN",
        "TXXX:replaygain_track_gain",
        "----:com.apple.iTunes:replaygain_track_gain",
        "----:com.apple.iTunes:REPLAYGAIN_TRACK_GAIN",
        "replaygain_track_gain",
        "r128_track_gain",
    ),
}
_COVERS = ("APIC", "covr", "metadata_block_picture", "coverart", "WM/Picture", "Cover Art (Front)")

# What damaged files make mutagen raise; its own errors, and those of the parsers beneath them.
_DAMAGE = (
    MutagenError,
    OSError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    EOFError,
    OverflowError,
    RecursionError,
    MemoryError,
    AssertionError,
    NotImplementedError,
    ZeroDivisionError,
    struct.error,
)


def clean(text: str) -> str:
    """Return `text` on one line, without control and direction marks, at most `MAX_CHARS` long."""
    text = unicodedata.normalize("NFC", _HIDDEN.sub("", text[:MAX_RAW].replace("\0", " / ")))
    # categories Cc, Cs, Co, Cn: control, half a surrogate pair, private, unassigned
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    kept = _SPACE.sub(" ", kept).strip(" /")  # what NULs at the ends left behind
    return kept if len(kept) <= MAX_CHARS else kept[: MAX_CHARS - 1].rstrip() + "…"


def title_from_name(name: str) -> str:
    """Return a title for a file called `name`: ``01_Lagu-Daerah.mp3`` becomes ``Lagu Daerah``."""
    stem = name[: name.rfind(".")] if 0 < name.rfind(".") >= len(name) - 6 else name
    stem = clean(stem.encode("utf-8", "replace").decode("utf-8"))
    words = _TRACK_NUMBER.sub("", stem)
    if " " not in stem:  # with spaces in it, a hyphen is punctuation: "Siaran - Pagi"
        words = words.replace("-", " ")
    words = _SPACE.sub(" ", words.replace("_", " ")).strip(" .-")
    if words == words.lower():  # written for the file system, not for people
        words = words[:1].upper() + words[1:]
    return words or stem or "Tanpa judul"


def read_tags(path: Path, container: Mapping[str, str] | None = None) -> Tags:
    """Return the tags of `path`; never raises for what the file holds.

    `container` are tags that ffprobe found (lower-case keys), for formats that mutagen does not know.
    """
    found: Mapping[str, Any] = {}
    pictures = False
    try:
        with _Rationed(str(path)) as rationed:
            file = mutagen.File(rationed)
            if file is not None and file.tags is not None:
                found = {_folded(key): value for key, value in _pairs(file.tags)}
                pictures = bool(getattr(file, "pictures", None)) or _has_cover(found)
    except _DAMAGE:
        found = {}
    fields = {name: _first(found, names, container or {}) for name, names in _NAMES.items()}
    year = _YEAR.search(fields["year"])
    isrc = re.sub(r"[\s-]", "", fields["isrc"]).upper()
    return Tags(
        title=fields["title"] or title_from_name(path.name),
        artist=fields["artist"],
        album=fields["album"],
        year=year[0] if year else "",
        genre=fields["genre"],
        isrc=isrc if _ISRC.match(isrc) else "",
        replaygain_db=_gain(found, fields["gain"]),
        has_cover=pictures,
    )


class _Rationed(FileIO):
    """A file of which only so much may be read."""

    left = MOST_READ

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as files do. Raises ValueError when that is more than is left."""
        wanted = os.fstat(self.fileno()).st_size - self.tell() if size is None or size < 0 else size
        if wanted > self.left:
            raise ValueError("more than tags may take")
        data = super().read(size) or b""
        self.left -= len(data)
        return data


def _folded(key: object) -> str:
    return str(key).casefold()


def _pairs(tags: Any) -> list[tuple[Any, Any]]:
    """Return the keys and values of any of mutagen's tag containers; some are lists, some mappings."""
    pairs = []
    for key in list(tags.keys()):
        try:
            pairs.append((key, tags[key]))
        except _DAMAGE:  # one broken value must not cost the others
            continue
    return pairs


def _first(found: Mapping[str, Any], names: Sequence[str], container: Mapping[str, str]) -> str:
    for name in names:
        for source in (found, container):
            text = clean(_text(source.get(_folded(name))))
            if text:
                return text
    return ""


def _text(value: Any) -> str:
    """Return the text of a tag value, whatever class mutagen made of it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value[:MAX_RAW].decode("utf-8", "replace")
    inner = getattr(value, "text", None)  # an ID3 frame
    if inner is None:
        inner = getattr(value, "value", None)  # an ASF or APE value
    if inner is not None and inner is not value:
        return _text(inner)
    if isinstance(value, list | tuple):
        return " / ".join(filter(None, (_text(v)[:MAX_RAW] for v in value[:8])))
    return str(value)


def _has_cover(found: Mapping[str, Any]) -> bool:
    covers = tuple(_folded(name) for name in _COVERS)
    return any(key.startswith(covers) for key in found)


def _gain(found: Mapping[str, Any], text: str) -> float | None:
    """Return the ReplayGain of the track in dB, None when absent or absurd."""
    match = _GAIN.search(text)
    if match is None:
        return None
    value = float(match[0].replace(",", "."))
    if "r128_track_gain" in found and "replaygain_track_gain" not in found:
        value = value / 256 + 5  # Opus: 1/256 dB towards -23 LUFS, ReplayGain aims at -18
    return round(value, 2) if -60 <= value <= 60 else None

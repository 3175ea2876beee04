"""The file that "Export chat" of WhatsApp makes: a ZIP with the chat's text and its media, or the text alone.

It comes from a stranger's telephone: how much is in it is looked at before anything is unpacked, nothing is ever
written to a path that it names, and only the text is read into memory.
"""

import errno
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lppl.intake.charsets import decoded
from lppl.intake.json_shapes import cleaned
from lppl.intake.values import Unread

LONGEST_NAME = 200
LARGEST_RATIO = 200
"""Unpacked to packed; a chat's text reaches 10, pictures and films 1."""
SMALL = 1_000_000
"""Below it a ratio says nothing."""
REFUSED = 100
"""Media that are told to be too large."""
PIECE = 256 * 1024
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_CHAT = re.compile(r"(?:WhatsApp Chat|Chat WhatsApp|Obrolan WhatsApp).*\.txt", re.IGNORECASE)
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    NotImplementedError, RuntimeError, ValueError, EOFError, OverflowError, IndexError,
)  # fmt: skip
"""What :mod:`zipfile` raises for a damaged, encrypted or exotic archive; and OSError, see :func:`_damage`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an export is read. All in bytes but `entries`."""

    text: int = 32_000_000
    """The app itself stops at 40,000 messages."""
    medium: int = 2_000_000_000
    all_media: int = 4_000_000_000
    """Unpacked; some archives name the same packed bytes many times."""
    entries: int = 20_000
    directory: int = 4_000_000
    """A ZIP's list of entries, which is read as a whole before any entry is known."""


LIMITS = Limits()


class NotInArchive(LookupError):
    """A medium is not there, is too large, or cannot be unpacked."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The text of a chat, and the sizes in bytes of the media beside it, by the name that the text calls them."""

    text: str = ""
    media: Mapping[str, int] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()


def opened(path: Path, limits: Limits = LIMITS) -> Archive:
    """Return what is in an export. What is wrong with it is said in `unread`. Raises OSError when it cannot be read."""
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] != b"PK":
        if path.stat().st_size > limits.text:
            return Archive(unread=(_too_large(path.name),))
        return Archive(decoded(path.read_bytes()))
    if not _listable(path, limits):
        return Archive(unread=(_too_large(""),))
    try:
        with zipfile.ZipFile(path) as archive:
            return _zip(archive, limits)
    except _BROKEN:
        return Archive(unread=(_damaged(""),))
    except OSError as error:
        if not _damage(error):
            raise
        return Archive(unread=(_damaged(""),))


def medium(path: Path, name: str, most_bytes: int = LIMITS.medium) -> Iterator[bytes]:
    """Yield the bytes of a medium in pieces, never more than `most_bytes`. Raises NotInArchive, OSError."""
    try:
        with zipfile.ZipFile(path) as archive:
            info = _named(archive).get(name)
            if info is None or _bomb(info) or info.file_size > most_bytes:
                raise NotInArchive(name)
            with archive.open(info) as file:
                left = most_bytes
                while piece := file.read(min(PIECE, left + 1)):
                    left -= len(piece)
                    if left < 0:
                        raise NotInArchive(name)
                    yield piece
    except _BROKEN:
        raise NotInArchive(name) from None
    except OSError as error:
        if _damage(error):
            raise NotInArchive(name) from None
        raise


def _damage(error: OSError) -> bool:
    """Tell whether an error is of what the archive says (a place before its start, no packed data), not of a disk."""
    return error.errno in (None, errno.EINVAL)


def _listable(path: Path, limits: Limits) -> bool:
    """Tell whether the list of entries is of a size that may be read.

    The end record stands in the last 65,557 bytes. The 64-bit form, which could name a longer list, is for archives
    beyond 4 GB or 65,535 entries: the app makes none.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 65_557 - 20))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        return True  # no archive at all, which opening it tells
    (directory,) = struct.unpack_from("<L", tail, at + 12)
    return bool(directory <= limits.directory) and tail[max(0, at - 20) : at][:4] != _END_64


def _zip(archive: zipfile.ZipFile, limits: Limits) -> Archive:
    infos = _named(archive)
    if len(archive.infolist()) > limits.entries:
        return Archive(unread=(_too_large(""),))
    chat = min((name for name in infos if name.lower().endswith(".txt")), key=_likeness, default=None)
    if chat is None:
        told = "Tidak ada teks obrolan di dalam berkas ini.", "There is no chat text in this file."
        return Archive(unread=(Unread("empty", *told),))
    info = infos.pop(chat)
    if info.file_size > limits.text or _bomb(info):
        return Archive(unread=(_too_large(chat),))
    with archive.open(info) as file:
        data = file.read(limits.text + 1)
    if len(data) > limits.text:
        return Archive(unread=(_too_large(chat),))
    media: dict[str, int] = {}
    refused, left = [], limits.all_media
    for name, info in infos.items():
        if _bomb(info) or info.file_size > min(limits.medium, left):
            refused.append(_too_large(name))
        else:
            media[name] = info.file_size
            left -= info.file_size
    return Archive(decoded(data), media, tuple(refused[:REFUSED]))


def _named(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the files by their bare names, as the text calls them; of two of one name the first."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        # as the text is cleaned; some programs pack letters and their marks apart
        name = cleaned(info.filename.replace("\\", "/").rpartition("/")[2], LONGEST_NAME)
        if name and not info.is_dir() and not info.filename.startswith("__MACOSX/"):
            found.setdefault(name, info)
    return found


def _likeness(name: str) -> tuple[int, str]:
    """Return a smaller value for a name that is likelier the chat's: a text may be among what was sent, too."""
    if name == "_chat.txt":
        return 0, name
    return (1 if _CHAT.fullmatch(name) else 2), name


def _bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > SMALL and info.file_size > LARGEST_RATIO * info.compress_size


def _too_large(where: str) -> Unread:
    return Unread("too-large", "Terlalu besar, atau terlalu banyak isinya.", "Too large, or too much in it.", where)


def _damaged(where: str) -> Unread:
    told = "Berkas ZIP ini rusak atau bersandi.", "This ZIP file is damaged or encrypted."
    return Unread("damaged", *told, where)

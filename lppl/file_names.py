"""Names for files that strangers named: safe below the media folder, on any file system, in any page. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

LONGEST = 200
"""Bytes of one name; file systems allow 255, and a number or a hidden suffix may be added."""
DEEPEST = 8
MOST = 1000
"""Characters of a name that are looked at: no file system has longer ones."""
_FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f]')
# Direction marks, isolates and zero-width signs hide what a name is, as in "lagu<RLO>3pm.exe".
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd]")
_SPACE = re.compile(r"\s+")
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_TEMPORARY = re.compile(r"(?i)(\.(part|tmp|crdownload|download|partial|filepart|!ut)|~)+$")


def safe_name(said: str, otherwise: str = "berkas") -> str:
    """Return one name (no folder) near to what was said; never empty, hidden, temporary or a device of Windows."""
    text = unicodedata.normalize("NFC", _HIDDEN.sub("", said[:MOST]))
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cs", "Co", "Cn"))
    text = _SPACE.sub(" ", _FORBIDDEN.sub("_", text)).strip()
    text = _TEMPORARY.sub("", text).lstrip(".~$ ").rstrip(". ")
    if _DEVICES.match(text):
        text = f"_{text}"
    stem, dot, end = text.rpartition(".")
    if not dot or len(end.encode()) > 16:
        stem, dot, end = text, "", ""
    stem = _shortened(stem, LONGEST - len((dot + end).encode())).rstrip(". ")
    return (stem or otherwise) + dot + end


def safe_path(said: Iterable[str]) -> PurePosixPath:
    """Return a path below the media folder of the parts that were said; ``.`` and ``..`` lead nowhere."""
    parts = [part for part in said if part.strip(" ./\\")]
    if not parts:
        return PurePosixPath("berkas")
    *folders, name = parts
    return PurePosixPath(*(safe_name(f, "folder") for f in folders[: DEEPEST - 1]), safe_name(name))


def safe_folder(said: str) -> PurePosixPath:
    """Return a folder below the media folder; ``.`` for the media folder itself."""
    parts = [part for part in re.split(r"[/\\]", said[:4000]) if part.strip(" .")]
    return PurePosixPath(*(safe_name(part, "folder") for part in parts[:DEEPEST]))


def _shortened(text: str, most: int) -> str:
    return text.encode()[: max(1, most)].decode(errors="ignore")

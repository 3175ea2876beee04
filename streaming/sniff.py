"""A first look at a file, before any media program opens it: is it a file at all, and what do its bytes say?

Names and extensions prove nothing, so content decides. What could make a media program open *other* files or
addresses (playlists, manifests, scripts) is refused here; the restricted demuxer list of :mod:`streaming.probe`
is the second wall. Blocking; callers use a thread.
"""

import os
import re
import stat
import struct
from pathlib import Path
from typing import BinaryIO

from lppl.errors import MediaRefused

HEAD = 64 * 1024
MAX_BOXES = 4096

SENTENCES: dict[str, tuple[str, str]] = {
    "empty": (
        "Berkas kosong (0 bita). Salin ulang dari sumbernya.",
        "The file is empty (0 bytes). Copy it again from its source.",
    ),
    "damaged": (
        "Isi berkas rusak dan tidak dapat diputar. Salin atau ekspor ulang dari sumbernya.",
        "The file's content is damaged and cannot be played. Copy or export it again from its source.",
    ),
    "truncated": (
        "Berkas terpotong sehingga tidak dapat dibuka (bagian indeksnya tidak ada). Salin ulang sampai selesai.",
        "The file is cut off and cannot be opened (its index is missing). Copy it again to the end.",
    ),
    "encrypted": (
        "Berkas terkunci DRM atau terenkripsi. Minta salinan tanpa kunci dari pemilik hak siarnya.",
        "The file is encrypted (DRM). Ask the owner of the rights for a copy without protection.",
    ),
    "no-sound-no-picture": (
        "Berkas tidak berisi suara maupun gambar bergerak (hanya {what}).",
        "The file holds neither sound nor moving pictures (only {what}).",
    ),
    "unsupported": (
        "Jenis berkas ini tidak didukung. Ekspor ulang sebagai MP4 (H.264/AAC) atau MP3.",
        "This kind of file is not supported. Export it again as MP4 (H.264/AAC) or MP3.",
    ),
    "hostile": (
        "Berkas ini bukan media, melainkan daftar atau pintasan yang menunjuk ke tempat lain. Demi keamanan "
        "ditolak; masukkan berkas medianya sendiri.",
        "This is not media but a list or link that points elsewhere. It is refused for safety; "
        "put in the media file itself.",
    ),
    "too-short": (
        "Berkas terlalu pendek untuk disiarkan (kurang dari satu gambar).",
        "The file is too short to be broadcast (less than one picture).",
    ),
    "too-long": (
        "Berkas lebih panjang daripada batas {hours} jam. Potong menjadi beberapa bagian.",
        "The file is longer than the limit of {hours} hours. Cut it into parts.",
    ),
    "unreadable": (
        "Berkas tidak dapat dibaca (izin ditolak, hilang, atau disk bermasalah). Periksa izin berkas dan disknya.",
        "The file cannot be read (permission denied, missing, or a disk fault). Check its permissions and disk.",
    ),
    "not-a-file": (
        "Ini bukan berkas biasa (folder, pipa, atau perangkat).",
        "This is not an ordinary file (a folder, pipe or device).",
    ),
    "too-complex": (
        "Pemeriksaan berkas memakan waktu atau memori terlalu banyak; kemungkinan berkasnya rusak.",
        "Examining the file took too much time or memory; it is probably damaged.",
    ),
    "unknown": (
        "Berkas tidak dapat dikenali sebagai media. Ekspor ulang sebagai MP4 (H.264/AAC) atau MP3.",
        "The file cannot be recognised as media. Export it again as MP4 (H.264/AAC) or MP3.",
    ),
}
"""What a station operator reads for each reason, Indonesian and English."""

ONLY = {
    "text": ("teks", "text"),
    "web": ("halaman web; unduhan mungkin gagal", "a web page; the download may have failed"),
    "image": ("gambar diam", "a still image"),
    "cover": ("gambar sampul", "cover art"),
    "subtitle": ("teks terjemahan atau data", "subtitles or data"),
}

_LIST = re.compile(
    rb"\s*(#EXTM3U|#EXT-X-|ffconcat\b|\[playlist\]|\[reference\]|rtsptext|v=0\s+o=|file\s+['\"/\\.\w]"
    rb"|(#[^\n]*\s+)*(https?|file|rtsp|rtmp|mms|udp|tcp|ftp|concat|subfile|data|pipe)://?\S"
    rb"|(<[?!][^>]*>\s*|<!--.*?-->\s*)*<(mpd|smil|asx|playlist|smoothstreamingmedia|xspf|rss|manifest)\b)",
    re.IGNORECASE | re.DOTALL,
)
_WEB = re.compile(rb"\s*(<[?!][^>]*>\s*)*<(!doctype html|html|head|body|script)\b", re.IGNORECASE)
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\0", b"MM\0*", b"8BPS", b"\0\0\1\0", b"\xff\x0a")
_IMAGE_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_DOCUMENTS = (
    b"PK\3\4",
    b"Rar!",
    b"7z\xbc\xaf",
    b"%PDF",
    b"MZ",
    b"\x7fELF",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"SQLite",
)
_LOCKED = (b"encv", b"enca", b"enct", b"encs", b"drms", b"drmi", b"p608", b"aavd")
_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_TS_PACKET = 188


def refusal(reason: str, **words: tuple[str, str]) -> MediaRefused:
    """Return the refusal for `reason`; `words` are (Indonesian, English) pairs for its sentence."""
    indonesian, english = SENTENCES[reason]
    return MediaRefused(
        reason,
        indonesian.format(**{k: v[0] for k, v in words.items()}),
        english.format(**{k: v[1] for k, v in words.items()}),
    )


def look(path: Path, root: Path | None = None) -> os.stat_result:
    """Refuse what is no media file by its kind or first bytes; return its stat result.

    `root` is the media folder: a link that leads out of it is hostile. Raises MediaRefused.
    """
    try:
        if root is not None and not path.resolve(strict=True).is_relative_to(root.resolve()):
            raise refusal("hostile")
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            raise refusal("not-a-file")
        if info.st_size == 0:
            raise refusal("empty")
        # O_NONBLOCK: should the file have become a pipe just now, opening it must not wait for a writer
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as file:
            _look_inside(file, info.st_size)
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        raise refusal("unreadable") from error
    return info


def _look_inside(file: BinaryIO, size: int) -> None:
    head = file.read(HEAD)
    if not any(head) and not any(_sample(file, size)):
        raise refusal("damaged")
    refuse_by_content(head)
    if is_locked(file, size, head):
        raise refusal("encrypted")


def _sample(file: BinaryIO, size: int) -> bytes:
    """Read a little at several places: a copy that failed is often nothing but zeros, however big."""
    found = b""
    for eighth in range(1, 9):
        file.seek(max(0, size * eighth // 8 - 4096))
        found += file.read(4096)
    return found


def refuse_by_content(head: bytes) -> None:
    """Raise MediaRefused when the first bytes of a file are those of something other than media. Pure."""
    text = _as_text(head)
    if _LIST.match(text[:4096]):
        raise refusal("hostile")
    if _WEB.match(text[:4096]):
        raise refusal("no-sound-no-picture", what=ONLY["web"])
    if head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        raise refusal("no-sound-no-picture", what=ONLY["image"])
    if head[4:8] == b"ftyp" and head[8:12] in _IMAGE_BRANDS:
        raise refusal("no-sound-no-picture", what=ONLY["image"])
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        raise refusal("no-sound-no-picture", what=ONLY["image"])
    if head.startswith(_DOCUMENTS):
        raise refusal("unsupported")
    if _is_text(text):
        raise refusal("no-sound-no-picture", what=ONLY["text"])


def _as_text(head: bytes) -> bytes:
    """Return `head` as UTF-8 without a byte-order mark, when it is text in another encoding."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) and not head.startswith(b"\xff\xfe\0\0"):
        even = head[: len(head) & ~1]
        return even.decode("utf-16", "replace").encode("utf-8", "replace")
    return head.removeprefix(b"\xef\xbb\xbf")


def _is_text(head: bytes) -> bool:
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) == HEAD and error.start > HEAD - 4  # a character cut by the end of what was read
    return True


def is_locked(file: BinaryIO, size: int, head: bytes) -> bool:
    """Tell whether an MP4 names protected streams, or an MPEG transport stream is scrambled."""
    if head[4:8] in (b"ftyp", b"moov", b"styp", b"free", b"wide", b"mdat", b"skip"):
        return _locked_mp4(file, size)
    if head[:1] == b"\x47" and head[_TS_PACKET : _TS_PACKET + 1] == b"\x47":
        controls = [head[i + 3] & 0xC0 for i in range(0, len(head) - 3, _TS_PACKET) if head[i] == 0x47]
        # tables stay in the clear; all the rest of a scrambled stream is marked
        return sum(1 for c in controls if c) * 2 > len(controls)
    return False


def _locked_mp4(file: BinaryIO, size: int) -> bool:
    """Walk the boxes down to the sample descriptions; never further than `MAX_BOXES`, whatever they claim."""
    spans = [(0, size)]
    for _ in range(MAX_BOXES):
        while spans and spans[-1][0] + 8 > spans[-1][1]:
            spans.pop()
        if not spans:
            return False
        at, end = spans.pop()
        file.seek(at)
        header = file.read(16)
        if len(header) < 8:
            continue
        length, kind = struct.unpack(">I4s", header[:8])
        body = at + 8
        if length == 1 and len(header) == 16:
            length, body = struct.unpack(">Q", header[8:])[0], at + 16
        if length == 0:
            length = end - at
        if length < 8:
            continue
        spans.append((at + length, end))
        if kind in _CONTAINERS:
            spans.append((body, min(at + length, end)))
        elif kind == b"stsd":
            file.seek(body)
            entry = file.read(16)  # version and flags, count, then the first entry's size and kind
            if entry[12:16] in _LOCKED:
                return True
    return False

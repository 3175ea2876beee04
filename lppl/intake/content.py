"""What a file from a stranger is, by its bytes; never by its name or by what it claims to be. Pure.

What is refused is kept as it came, sealed: a person with the right to it may take it out, as bytes without a meaning
(:func:`handed_out`), and no page ever shows it. What is judged as a picture, sound or video is not shown as it came
either: :mod:`lppl.station.strangers_media` makes it anew. Signatures follow the WHATWG's MIME Sniffing Standard and the
formats' own specifications.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

from lppl.intake import mpeg_sound
from lppl.intake.values import Kind

HEAD = TAIL = 64 * 1024 + 512
"""Bytes of the beginning and of the end that are looked at: the index of a zip file ends within 65 557 bytes."""
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Judged:
    """What it is. `content_type`: by us, without parameters; `extension`: with its dot."""

    kind: Kind
    content_type: str
    extension: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why it is nothing that a desk looks at. `reason` is a key of :data:`SENTENCES`."""

    reason: str

    @property
    def indonesian(self) -> str:
        """The sentence that people read."""
        return SENTENCES[self.reason][0]

    @property
    def english(self) -> str:
        """The same in English."""
        return SENTENCES[self.reason][1]


SENTENCES = {
    "empty": (
        "Berkas kosong (0 bita). Minta pengirim mengirimnya lagi.",
        "The file is empty (0 bytes). Ask the sender to send it again.",
    ),
    "active": (
        "Berkas ini halaman web atau gambar berskrip (HTML, SVG, XML) yang dapat menjalankan perintah; disimpan "
        "tersegel dan tidak ditampilkan. Minta tangkapan layar atau foto.",
        "This is a web page or a picture with scripts (HTML, SVG, XML) that may run commands; it is kept sealed and "
        "not shown. Ask for a screenshot or photograph.",
    ),
    "program": (
        "Berkas ini program atau skrip; disimpan tersegel dan tidak ditampilkan. Jangan dijalankan.",
        "This is a program or script; it is kept sealed and not shown. Do not run it.",
    ),
    "archive": (
        "Berkas ini arsip (ZIP, RAR, 7z …); isinya tidak diperiksa, disimpan tersegel. Minta pengirim mengirim "
        "isinya satu per satu.",
        "This is an archive (ZIP, RAR, 7z …); what it holds is not examined, it is kept sealed. Ask the sender for the "
        "files one by one.",
    ),
    "macros": (
        "Dokumen kantor ini berisi atau dapat berisi makro; disimpan tersegel. Minta pengirim mengirimnya sebagai PDF.",
        "This office document holds macros, or may; it is kept sealed. Ask the sender for a PDF.",
    ),
    "list": (
        "Berkas ini daftar putar yang menunjuk ke tempat lain, bukan rekaman; disimpan tersegel. Minta rekamannya.",
        "This is a playlist that points elsewhere, not a recording; it is kept sealed. Ask for the recording itself.",
    ),
    "mixed": (
        "Berkas ini dua jenis sekaligus, seperti yang dibuat untuk mengelabui; disimpan tersegel, tidak ditampilkan.",
        "This file is of two kinds at once, as files made to deceive are; it is kept sealed and not shown.",
    ),
    "unknown": (
        "Jenis berkas tidak dikenal; disimpan tersegel dan tidak ditampilkan. Minta foto, video, suara, atau PDF.",
        "The kind of this file is not known; it is kept sealed and not shown. Ask for a photo, video, sound or PDF.",
    ),
}
"""What people read for each reason, Indonesian and English."""

JPEG = Judged(Kind.PICTURE, "image/jpeg", ".jpg")
PNG = Judged(Kind.PICTURE, "image/png", ".png")
GIF = Judged(Kind.PICTURE, "image/gif", ".gif")
WEBP = Judged(Kind.PICTURE, "image/webp", ".webp")
HEIC = Judged(Kind.PICTURE, "image/heic", ".heic")
AVIF = Judged(Kind.PICTURE, "image/avif", ".avif")
MP4 = Judged(Kind.VIDEO, "video/mp4", ".mp4")
THREEGP = Judged(Kind.VIDEO, "video/3gpp", ".3gp")
MOV = Judged(Kind.VIDEO, "video/quicktime", ".mov")
WEBM = Judged(Kind.VIDEO, "video/webm", ".webm")
MKV = Judged(Kind.VIDEO, "video/matroska", ".mkv")
OGV = Judged(Kind.VIDEO, "video/ogg", ".ogv")
OGG = Judged(Kind.SOUND, "audio/ogg", ".ogg")
M4A = Judged(Kind.SOUND, "audio/mp4", ".m4a")
MP3 = Judged(Kind.SOUND, "audio/mpeg", ".mp3")
AAC = Judged(Kind.SOUND, "audio/aac", ".aac")
AMR = Judged(Kind.SOUND, "audio/amr", ".amr")
AMR_WB = Judged(Kind.SOUND, "audio/amr-wb", ".awb")
WAV = Judged(Kind.SOUND, "audio/wav", ".wav")
FLAC = Judged(Kind.SOUND, "audio/flac", ".flac")
PDF = Judged(Kind.FILE, "application/pdf", ".pdf")
TEXT = Judged(Kind.FILE, "text/plain", ".txt")
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = Judged(Kind.FILE, _OFFICE + "wordprocessingml.document", ".docx")
XLSX = Judged(Kind.FILE, _OFFICE + "spreadsheetml.sheet", ".xlsx")
ODT = Judged(Kind.FILE, "application/vnd.oasis.opendocument.text", ".odt")
ODS = Judged(Kind.FILE, "application/vnd.oasis.opendocument.spreadsheet", ".ods")

_STILL_BRANDS = {
    b"avif": AVIF, b"avis": AVIF, b"heic": HEIC, b"heix": HEIC, b"heim": HEIC, b"heis": HEIC, b"hevc": HEIC,
    b"hevx": HEIC, b"mif1": HEIC, b"msf1": HEIC,
}  # fmt: skip
_MOVING_BRANDS = re.compile(rb"iso[m2-9]|mp4[12]|avc1|M4V[ HP]|MSNV|dash|f4v |XAVC|mmp4|hvc1|av01")
_MARKUP = re.compile(r"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed|meta|\?php)\b", re.I)
_MARKUP_BYTES = re.compile(rb"<(?:!doctype\s+html|html|script|svg|iframe|\?php)\b", re.IGNORECASE)
_SCRIPT = re.compile(
    r"\s*(#!|@echo\b|%!PS|\{\\rtf|\[InternetShortcut\]|\[Desktop Entry\]|Windows Registry Editor|X5O!)", re.I
)
_LIST = re.compile(r"\s*(#EXTM3U|#EXT-X-|ffconcat\b|\[playlist\]|\[reference\]|rtsptext|v=0\s+o=|file\s+['\"])", re.I)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"dex\n", b"L\0\0\0\1\x14\2")
_ARCHIVES = (
    b"PK\3\4", b"PK\5\6", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd", b"MSCF", b"xar!",
)  # fmt: skip
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_ODF = {judged.content_type.encode(): judged for judged in (ODT, ODS)}
_MACROS = re.compile(
    r"vbaProject|vbaData|^Basic/|^Scripts/|\.(exe|dll|js|vbs|bat|cmd|ps1|scr|jar|class|dex|hta|lnk)$", re.I
)
_SNIFFED = 1445
"""Bytes that browsers look at when they guess what something is (WHATWG MIME Sniffing, 5.2)."""
_MOST_NAMES = 4096


def judge(head: bytes, size: int, tail: bytes = b"") -> Judged | Refused:
    """Return what a file of `size` bytes is. Never raises.

    `head`: its first :data:`HEAD` bytes, or all of it; `tail`: its last :data:`TAIL` bytes, needed when `head` is not
    all: what was glued to the end and the index of an office document stand there.
    """
    if not head or size <= 0:
        return Refused("empty")
    tail = tail or head
    found = _media(head, size) or _document(head, tail)
    if found is not None:
        return Refused("mixed") if isinstance(found, Judged) and _is_mixed(found, head, tail) else found
    text = _text(head, size, tail)
    if text is not None:
        return _text_or_worse(text)
    if head.startswith(_PROGRAMS):
        return Refused("program")
    if head.startswith(_ARCHIVES) or head[257:262] == b"ustar":
        return Refused("archive")
    if head.startswith(_OLD_OFFICE):
        return Refused("macros")
    return Refused("active" if _MARKUP_BYTES.search(head[:_SNIFFED]) else "unknown")


def handed_out(stem: str, judged: Judged | None) -> dict[str, str]:
    """Return the headers with which an original leaves, to be saved and never shown; None: it was refused.

    `stem`: a name of ours, such as the number of the case; a stranger's own name ends in what it wants to be.
    """
    safe = re.sub(r"[^\w.-]", "_", stem, flags=re.ASCII).strip(".")[:100] or "berkas"
    name = quote(safe + (judged.extension if judged else ".bin"))
    return {
        "Content-Type": BYTES,
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }


def _media(head: bytes, size: int) -> Judged | None:
    if head.startswith(b"\xff\xd8\xff") and head[3:4] >= b"\xc0":
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return PNG
    if head.startswith((b"GIF87a", b"GIF89a")) and len(head) > 13:
        return GIF
    if head.startswith((b"RIFF", b"RF64")):
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head.startswith(b"\x1aE\xdf\xa3"):
        return _matroska(head)
    if head.startswith(b"OggS\0"):
        return OGV if b"\x80theora" in head[:4096] else OGG
    if head.startswith(b"fLaC"):
        return FLAC
    if head.startswith(b"#!AMR-WB\n"):
        return AMR_WB
    if head.startswith(b"#!AMR\n"):
        return AMR
    found = mpeg_sound.look(head, size)
    if found is not None:
        return {mpeg_sound.Found.MP3: MP3, mpeg_sound.Found.AAC: AAC, mpeg_sound.Found.FLAC: FLAC}[found]
    return _boxes(head, size)


def _matroska(head: bytes) -> Judged | None:
    """EBML names its document type within the first bytes (RFC 8794, 11.2.5)."""
    _, mark, rest = head[:128].partition(b"\x42\x82")
    if not mark:
        return None
    name = rest[1:]  # one byte of length
    return WEBM if name.startswith(b"webm") else MKV if name.startswith(b"matroska") else None


def _boxes(head: bytes, size: int) -> Judged | None:
    """ISO base media (ISO/IEC 14496-12, 4.3): the brands of its first box; old QuickTime has no such box."""
    length, kind = int.from_bytes(head[:4], "big"), head[4:8]
    if kind in (b"moov", b"mdat", b"wide", b"free", b"skip") and (8 <= length <= size or length == 1):
        return MOV
    if kind != b"ftyp" or not 16 <= length <= min(size, 4096):
        return None
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(length, len(head)), 4))]
    if brands[0] in (b"mif1", b"msf1"):  # says only that it is a picture; which, the others say
        brands = [*brands[1:], brands[0]]
    for brand in brands:
        if brand in _STILL_BRANDS:
            return _STILL_BRANDS[brand]
        if brand in (b"M4A ", b"M4B "):
            return M4A
        if brand == b"qt  ":
            return MOV
        if brand[:3] in (b"3gp", b"3g2", b"3ge", b"3gr", b"3gs"):
            return THREEGP
        if _MOVING_BRANDS.fullmatch(brand):
            return MP4
    return None


def _document(head: bytes, tail: bytes) -> Judged | Refused | None:
    if re.match(rb"%PDF-[12]\.", head):
        return PDF
    if not head.startswith(b"PK\3\4"):
        return None
    names = _zip_names(head, tail)
    found = _ODF.get(head[38:].split(b"PK", 1)[0][:80]) if head[30:38] == b"mimetype" else None
    if found is None and "[Content_Types].xml" in names:
        found = next((judged for part, judged in _PARTS.items() if part in names), None)
    if found is not None and any(_MACROS.search(name) for name in names):
        return Refused("macros")
    return found


def _zip_names(head: bytes, tail: bytes) -> set[str]:
    """Return the names in a zip file, from its entries and from its index (APPNOTE.TXT, 4.3.7 and 4.3.12)."""
    names: set[str] = set()
    for data, mark, length_at, name_at in ((head, b"PK\3\4", 26, 30), (tail, b"PK\1\2", 28, 46)):
        at = data.find(mark)
        while at >= 0 and len(names) < _MOST_NAMES:
            length = int.from_bytes(data[at + length_at : at + length_at + 2], "little")
            names.add(data[at + name_at : at + name_at + length].decode("utf-8", "replace"))
            at = data.find(mark, at + 4)
    return names


def _is_mixed(judged: Judged, head: bytes, tail: bytes) -> bool:
    """Tell whether a second type starts in it: what browsers, readers and shells would take it for."""
    # lengths that read as a comment make a picture or a sound a script: GIF89a/*, FF D8 FF E0 /*
    if b"/*" in head[:12] or (judged is GIF and head[6:7] == b"="):
        return True
    if _MARKUP_BYTES.search(head[:_SNIFFED]):
        return True
    if judged is not PDF and b"%PDF-" in head[:1024]:  # where readers still look for it
        return True
    # unpackers read from the end: whatever has a zip's end is one
    return judged not in (DOCX, XLSX, ODT, ODS) and _ends_as_zip(tail)


def _ends_as_zip(tail: bytes) -> bool:
    at = tail.rfind(b"PK\5\6")
    return at >= 0 and tail[at + 4 : at + 8] == b"\0\0\0\0" and len(tail) - at >= 22


def _text(head: bytes, size: int, tail: bytes) -> str | None:
    """Return the beginning as text when all that is seen is text in UTF-8, or in UTF-16 with a mark."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding, head = "utf-16", head[: len(head) & ~1]
    else:
        encoding = "utf-8-sig"
        if b"\0" in tail:
            return None
    try:
        text = head.decode(encoding)
    except UnicodeDecodeError as error:
        if size <= len(head) or error.start < len(head) - 4:
            return None
        text = head[: error.start].decode(encoding)  # a character cut by the end of what is seen
    return None if _CONTROL.search(text) else text


def _text_or_worse(text: str) -> Judged | Refused:
    if _LIST.match(text):
        return Refused("list")
    if _SCRIPT.match(text):
        return Refused("program")
    if _MARKUP.search(text) or text.lstrip().startswith("<?xml"):
        return Refused("active")
    return TEXT if text.strip() else Refused("empty")

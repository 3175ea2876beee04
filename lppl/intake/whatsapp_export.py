"""An exported WhatsApp chat, for stations without the Cloud API: every message that others wrote becomes a word.

Read are the forms of Android (``22/11/26 09.05 - Budi: …``) and iOS (``[22/11/26 09.05.10] Budi: …``), with dates and
markers in Indonesian and English. An export has no ids: a word's key is made of who, when and what, and of how many
same ones came before, so that importing again doubles nothing, with or without media. It is no proof either: anybody
can write such a file, so staff import what they exported themselves. What was edited stands there as it is now; what
was deleted is gone, and is ignored as are the app's own lines.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from lppl.intake.chat_archive import opened
from lppl.intake.dates import moment, writes_month_first
from lppl.intake.gathering import Found, damaged, gathered
from lppl.intake.json_shapes import cleaned, coordinates
from lppl.intake.numbers import international
from lppl.intake.values import NAME_LENGTH, TEXT_LENGTH, Enclosure, Intake, Kind, Parsed, Place, Sender, Source, Unread

MOST_MESSAGES = 100_000
NAMED = "nama:"
"""Begins the handle of somebody whom the exporting telephone knows by a name; it is no address to answer to."""
LONGEST_NAME = 150

_DATE = r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}"
_TIME = r"(?:pukul |at )?\d{1,2}[.:]\d{2}(?:[.:]\d{2})?(?:[ \u202f\u00a0]?[APap]\.?[ \u202f\u00a0]?[Mm]\.?)?"
_MARKS = r"[\u200e\u200f\ufeff]*"
_ANDROID = re.compile(rf"^{_MARKS}(?P<at>{_DATE},?[ \u202f\u00a0]{_TIME}) - ", re.MULTILINE)
_IOS = re.compile(rf"^{_MARKS}\[(?P<at>{_DATE},?[ \u202f\u00a0]{_TIME})\] ", re.MULTILINE)
_INVISIBLE = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_EDITED = re.compile(r"<(?:This message was edited|Pesan ini (?:telah )?diedit)>$", re.IGNORECASE)
_ATTACHED = re.compile(
    r"^(?P<android>[^\n/\\]{1,200}\.\w{1,8}) \((?:file attached|file terlampir|berkas terlampir)\)[ \t]*$"
    r"|<(?:attached|terlampir|lampiran): (?P<ios>[^\n>/\\]{1,200})>",
    re.IGNORECASE | re.MULTILINE,
)
_OMITTED = re.compile(
    r"^<(?:Media omitted|Media tidak disertakan|Media dihilangkan)>[ \t]*$"
    r"|(?:^|(?<=pages )|(?<=page )|(?<=halaman )|(?<=\u2022 ))"
    r"(?:image|video|audio|sticker|GIF|document|video note|Contact card|gambar|stiker|dokumen|foto|Kartu kontak|"
    r"catatan video) (?:omitted|tidak disertakan|dihilangkan)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
LEFT_OUT = "[Lampiran tidak disertakan dalam ekspor]"
_DELETED = re.compile(
    r"(?:This message was deleted|You deleted this message|Pesan ini (?:telah )?dihapus|"
    r"Anda (?:telah )?menghapus pesan ini)(?: by admin[^\n]{0,100}| oleh admin[^\n]{0,100})?\.?",
    re.IGNORECASE,
)
_APPS_OWN = re.compile(
    r"null|(?:Missed|Silenced) (?:voice|video|group)[ \w]{0,20}call\b[^\n]{0,80}|"
    r"Panggilan (?:suara|video|grup)[ \w]{0,20}(?:tak|tidak) (?:di|ter)?jawab[^\n]{0,80}",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"end-to-end|security code|kode keamanan|voice call|video call|panggilan (?:suara|video|grup)|"
    r" (?:created|changed|added|removed|joined|left|pinned|membuat|mengubah|mengganti|menambahkan|mengeluarkan|"
    r"bergabung|keluar|menyematkan)\b",
    re.IGNORECASE,
)
"""What the app itself tells in a chat. On iOS that bears a name, and a mark that nobody types."""
_MARK = "\u200e"
_NUMBER = re.compile(r"\+?[\d\s().\u2010-\u2015-]{6,40}")
_MAP = re.compile(r"https://maps\.google\.com/\?q=(-?\d{1,3}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)")
TYPES = {
    "jpg": (Kind.PICTURE, "image/jpeg"), "jpeg": (Kind.PICTURE, "image/jpeg"), "png": (Kind.PICTURE, "image/png"),
    "webp": (Kind.PICTURE, "image/webp"), "gif": (Kind.PICTURE, "image/gif"), "heic": (Kind.PICTURE, "image/heic"),
    "opus": (Kind.SOUND, "audio/ogg"), "ogg": (Kind.SOUND, "audio/ogg"), "m4a": (Kind.SOUND, "audio/mp4"),
    "mp3": (Kind.SOUND, "audio/mpeg"), "aac": (Kind.SOUND, "audio/aac"), "amr": (Kind.SOUND, "audio/amr"),
    "wav": (Kind.SOUND, "audio/wav"), "mp4": (Kind.VIDEO, "video/mp4"), "mov": (Kind.VIDEO, "video/quicktime"),
    "3gp": (Kind.VIDEO, "video/3gpp"), "mkv": (Kind.VIDEO, "video/x-matroska"), "pdf": (Kind.FILE, "application/pdf"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chat:
    """What an export holds. `senders`: who wrote, with how many words each, the station's own not among them."""

    parsed: Parsed
    senders: Mapping[str, int]


def read(path: Path, own_names: Collection[str], zone: ZoneInfo) -> Chat:
    """Read an export, a ZIP or its text.

    `own_names`: what the station is called in it, names or numbers; its messages are ignored. `zone`: of the telephone
    that exported. Enclosures name media by ``ref``, for :func:`lppl.intake.chat_archive.medium`. What cannot be read
    is said in the answer. Raises OSError when the file itself cannot be read.
    """
    archive = opened(path)
    chat = parse(archive.text, archive.media, own_names, zone) if archive.text else Parsed()
    unread = archive.unread + chat.unread
    if archive.text and not (chat.intakes or chat.unread or chat.ignored):
        told = "Berkas ini bukan ekspor obrolan WhatsApp.", "This file is no exported WhatsApp chat."
        unread += (Unread("unknown-type", *told),)
    elif not archive.text and not unread:
        unread = (Unread("empty", "Berkas ini kosong.", "This file is empty."),)
    parsed = replace(chat, unread=unread)
    return Chat(parsed, Counter(intake.sender.name or intake.sender.phone for intake in parsed.intakes))


def parse(text: str, media: Mapping[str, int], own_names: Collection[str], zone: ZoneInfo) -> Parsed:
    """Return the words of a chat's text; `media`: sizes of what lies beside it, by name. Pure."""
    own = frozenset(name for written in own_names for name in _known_as(written))
    return gathered(_parts(text, media, own, zone), MOST_MESSAGES)


def grouped(intakes: Iterable[Intake], within: timedelta) -> Iterator[Intake]:
    """Yield words with those joined that one sender wrote in a row, each within a time of the one before.

    A joined word's key is made of the keys of its parts: when a later export adds to it, it comes again, longer, and
    nothing that was added is lost.
    """
    run: list[Intake] = []
    for intake in intakes:
        if run and not _follows(run, intake, within):
            yield _joined(run)
            run = []
        run.append(intake)
    if run:
        yield _joined(run)


def _follows(run: list[Intake], intake: Intake, within: timedelta) -> bool:
    length = sum(len(each.text) + 1 for each in run) + len(intake.text)
    pause = intake.said - run[-1].said
    return intake.sender == run[-1].sender and timedelta(0) <= pause <= within and length <= TEXT_LENGTH


def _joined(run: list[Intake]) -> Intake:
    if len(run) == 1:
        return run[0]
    return replace(
        run[0], key=sha256("\n".join(each.key for each in run).encode()).hexdigest(),
        text="\n".join(each.text for each in run if each.text),
        place=next((each.place for each in run if each.place.latitude is not None), run[0].place),
        enclosures=tuple(enclosure for each in run for enclosure in each.enclosures),
    )  # fmt: skip


# --- the text ---


def _parts(text: str, media: Mapping[str, int], own: frozenset[str], zone: ZoneInfo) -> Iterator[Found]:
    heads, when = _heads(text, zone)
    if heads and _INVISIBLE.sub("", text[: heads[0].start()]).strip():
        yield damaged("line 1")
    before: Counter[tuple[str, datetime, str]] = Counter()
    ends = [*(following.start() for following in heads[1:]), len(text)]
    for head, end in zip(heads, ends, strict=False):
        at = when(head["at"])
        found = _message(text[head.end() : end], at, media, own)
        if found is None or at is None:
            yield None
            continue
        intake, what = found
        same = (intake.sender.handle, at, what)
        before[same] += 1
        # the telephone's own time: another zone in the settings must not make other words of them
        told = (intake.sender.handle, f"{at.astimezone(zone):%Y-%m-%dT%H:%M:%S}", what, str(before[same]))
        yield replace(intake, key=sha256("\n".join(told).encode()).hexdigest())


def _heads(text: str, zone: ZoneInfo) -> tuple[list[re.Match[str]], Callable[[str], datetime | None]]:
    """Return where messages begin, and what reads their times.

    All of a file is of one form, which its first message shows: a chat that somebody pasted into a message may be of
    another. So are its dates: the day is first, as in Indonesia, unless they can only be read with the month first.
    """
    firsts = [(found.start(), form) for form in (_ANDROID, _IOS) if (found := form.search(text))]
    form = min(firsts, key=lambda first: first[0])[1] if firsts else _ANDROID
    heads = list(form.finditer(text))
    month_first = writes_month_first(dict.fromkeys(head["at"] for head in heads))
    read: dict[str, datetime | None] = {}

    def when(written: str) -> datetime | None:
        if written not in read:
            read[written] = moment(written, zone, month_first)
        return read[written]

    return [head for head in heads if when(head["at"]) is not None], when


def _message(
    said: str, at: datetime | None, media: Mapping[str, int], own: frozenset[str]
) -> tuple[Intake, str] | None:
    """Return a message, still without its key, and what the key is to be made of; None for what is nobody's."""
    line, _, rest = said.partition("\n")
    who, colon, first = line.rstrip().partition(": ")
    if not colon and line.rstrip().endswith(":"):  # nothing, or its first line is empty
        who, colon = line.rstrip()[:-1], ":"
    sender = _sender(who) if colon and len(who) <= LONGEST_NAME + 20 else None
    if sender is None or at is None or own & _known_as(sender.name or sender.phone):
        return None
    body = cleaned(_INVISIBLE.sub("", f"{first}\n{rest}"), TEXT_LENGTH).strip()
    body = _EDITED.sub("", body).rstrip()
    if not body or _apps_own(body, marked=first.startswith(_MARK)):
        return None
    files = tuple(_enclosure(file, media) for file in _files(body) if file in media)
    words = _ATTACHED.sub(lambda found: _left(found, media), _OMITTED.sub(LEFT_OUT, body)).strip()
    what = _ATTACHED.sub(LEFT_OUT, _OMITTED.sub(LEFT_OUT, body))  # the same with media beside it and without
    return Intake(Source.WHATSAPP, "", at, words, sender, place=_place(body), enclosures=files), what


@lru_cache(maxsize=1_024)
def _sender(who: str) -> Sender | None:
    """Return who writes, a number or the name in the telephone's own book; None for a line that names nobody."""
    name = cleaned(_INVISIBLE.sub("", who), NAME_LENGTH).strip().removeprefix("~").strip()
    if not name or len(name) > LONGEST_NAME:
        return None
    if ('"' in name or "\u201c" in name) and _TOLD.search(name):  # a group's new name may have a colon in it
        return None
    phone = international(name) if _NUMBER.fullmatch(name) else ""
    return Sender(handle=phone.removeprefix("+") or f"{NAMED}{name}", name="" if phone else name, phone=phone)


def _apps_own(body: str, marked: bool) -> bool:
    """Tell whether a message is the app's own, or one that was deleted."""
    if _DELETED.fullmatch(body) or _APPS_OWN.fullmatch(body):
        return True
    return marked and bool(_TOLD.search(body[:200])) and not (_ATTACHED.search(body) or _OMITTED.search(body))


@lru_cache(maxsize=1_024)
def _known_as(written: str) -> frozenset[str]:
    """Return by what a name or number is compared."""
    name = " ".join(_INVISIBLE.sub("", written).split()).casefold()
    return frozenset(filter(None, (name, international(name) if _NUMBER.fullmatch(name) else "")))


def _files(body: str) -> list[str]:
    found = [match["android"] or match["ios"] for match in _ATTACHED.finditer(body)]
    return list(dict.fromkeys(name.strip() for name in found))


def _left(found: re.Match[str], media: Mapping[str, int]) -> str:
    """Return what stands in the words for an attachment: nothing when it is there."""
    name = (found["android"] or found["ios"]).strip()
    return "" if name in media else f"{LEFT_OUT[:-1]}: {name}]"


def _enclosure(name: str, media: Mapping[str, int]) -> Enclosure:
    kind, content_type = TYPES.get(name.rpartition(".")[2].lower(), (Kind.FILE, ""))
    return Enclosure(kind, ref=name, name=name[:NAME_LENGTH], content_type=content_type, size=media[name])


def _place(body: str) -> Place:
    shown = _MAP.search(body)
    found = coordinates({"latitude": float(shown[1]), "longitude": float(shown[2])}) if shown else None
    return Place(latitude=found[0], longitude=found[1]) if found else Place()

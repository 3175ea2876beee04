"""E-mail as it was fetched from the mailbox (RFC 5322, MIME), as one word with its files. Pure.

The standard library finds the parts; headers are read here: its own header parser raises IndexError and others over
what is common in the wild, and takes quadratic time over long ones. What costs more than lines is limited before.
"""

import binascii
import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.header import decode_header
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import PurePosixPath

from lppl.intake.app_json import kind_of
from lppl.intake.charsets import decoded
from lppl.intake.json_shapes import cleaned
from lppl.intake.mail_text import TEXT_MOST, new_part, text_of_html
from lppl.intake.values import NAME_LENGTH, TEXT_LENGTH, Enclosure, Intake, Parsed, Raw, Sender, Unread

LARGEST = 50_000_000
"""Bytes of a mail; base64 makes a third more of the files in it."""
LINES, PARTS, MULTIPARTS = 1_000_000, 500, 20
"""What is read of one mail: each line is compared with the boundaries of all parts that it lies in."""
FILES_MOST, FILES_TOTAL = 20, 30_000_000
"""Enclosures of one mail, and their bytes together."""
HEADER_MOST = 4_000
AHEAD = timedelta(days=1)
"""A date further in the future than this is a wrong clock's."""
KEY_LENGTH = 500

_DEFECTS = (
    MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError, binascii.Error,
)  # fmt: skip
"""What the standard library raises over damaged mails; UnicodeError is a ValueError, IndexError a LookupError."""
_MULTIPART = re.compile(rb"content-type:\s*multipart/", re.IGNORECASE)
_ID = re.compile(r"<\s*([^<>]{1,990}?)\s*>")
_REPLY = re.compile(r"\s*(?:re|fwd?|bls|balas|trs|tr|aw)\s*(?:\[\d+\])?\s*:\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@<>()\[\]\"',;:]{1,128}@[^\s@<>()\"',;:]{1,128}")
_NOBODY = ("mailer-daemon", "postmaster")
_MESSAGE = "application/x-message-"
_SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}


class _TooManyParts(Exception):
    """Somebody sent more parts than any mail has."""


class _Counted:
    """Makes the parts of one mail, and not without end."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, policy: object = None) -> EmailMessage:
        self.made += 1
        if self.made > PARTS:
            raise _TooManyParts
        return EmailMessage(policy=_POLICY)


class _Headers(EmailPolicy):
    """The default policy, with headers as short plain text: see the module's docstring.

    A mail within the mail (``message/…``) is a file: its parts are not this one's, and reading it could go on for ever.
    """

    def header_fetch_parse(self, name: str, value: str) -> str:
        """Return a header without line ends, cut, its bytes read as what they can be."""
        text = " ".join(value[:HEADER_MOST].split())
        if not text.isascii():
            text = decoded(text.encode("utf-8", "surrogateescape"))
        if name.casefold() == "content-type" and text[:8].casefold() == "message/":
            return _MESSAGE + text[8:]
        return text


_POLICY = _Headers()


def parse(raw: Raw) -> Parsed:
    """Read one mail. Automatic answers, mailing lists and notices of failure are ignored: nobody wrote these to us."""
    body = raw.body
    lines = body.count(b"\n") + body.count(b"\r")
    if len(body) > LARGEST or lines > LINES or len(_MULTIPART.findall(body)) > MULTIPARTS:
        return _unread("too-large", "Surel ini terlalu besar atau rumit.", "This mail is too large or too complex.")
    try:
        mail = BytesParser(_Counted(), policy=_POLICY).parsebytes(body)
        if not any(_header(mail, name) for name in ("From", "Date", "Subject", "Message-ID")):
            return _unread("damaged", "Ini bukan surel yang dapat dibaca.", "This is no mail that can be read.")
        return Parsed(ignored=1) if _is_automatic(mail) else _read(mail, raw)
    except _TooManyParts:
        return _unread("too-large", "Surel ini terdiri atas terlalu banyak bagian.", "This mail has too many parts.")
    except _DEFECTS:
        return _unread("damaged", "Surel ini rusak sehingga tidak terbaca.", "This mail is damaged and cannot be read.")


def _unread(reason: str, indonesian: str, english: str, where: str = "") -> Parsed:
    return Parsed(unread=(Unread(reason, indonesian, english, where),))


def _read(mail: Message, raw: Raw) -> Parsed:
    name, address = _sender(mail)
    parts = tuple(_leaves(mail))
    text, used = _text(parts)
    files, unread = _files(parts, used)
    title = _subject(mail)
    if not (text or title or files):
        empty = Unread("empty", "Surel ini kosong.", "This mail is empty.")
        return Parsed(unread=unread or (empty,))
    intake = Intake(
        source=raw.source,
        key=_id_in(_header(mail, "Message-ID")) or hashlib.sha256(raw.body).hexdigest(),
        said=_date(mail, raw.received),
        text=text or ("" if files else title),
        sender=Sender(name=name, email=address),
        title=title,
        enclosures=files,
        answers=_id_in(_header(mail, "In-Reply-To")) or _last_id(_header(mail, "References")),
    )
    return Parsed((intake,), unread)


# ---- headers --------------------------------------------------------------------------------------


def _header(mail: Message, name: str) -> str:
    """Return the first header of a name as it stands, without encoded words being read; "" when there is none."""
    found = mail.get(name)
    return str(found) if found is not None else ""


def _words(text: str) -> str:
    """Return a header with its encoded words (RFC 2047) read; as it stands when they are damaged."""
    if "=?" not in text:
        return text
    try:
        chunks = decode_header(text)
    except _DEFECTS:
        return text
    return "".join(c if isinstance(c, str) else decoded(c, charset or "") for c, charset in chunks)


def _is_automatic(mail: Message) -> bool:
    """Tell whether no person sent this to us: RFC 3834 for answers, RFC 2919 for lists, RFC 3464 for failures."""
    submitted = _header(mail, "Auto-Submitted").split(";")[0].strip().casefold()
    precedence = _header(mail, "Precedence").strip().casefold()
    local = _sender(mail)[1].partition("@")[0]
    return (
        submitted not in ("", "no")
        or precedence in ("bulk", "list", "junk", "auto_reply", "auto-reply")
        or any(
            mail.get(name) is not None for name in ("List-Id", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients")
        )
        or _header(mail, "Return-Path").strip() == "<>"
        or local in _NOBODY
        or mail.get_content_type() == "multipart/report"
    )


def _sender(mail: Message) -> tuple[str, str]:
    """Return name and address, the latter in small letters; "" for what is not told."""
    header = _header(mail, "From") or _header(mail, "Sender")
    try:
        name, address = parseaddr(header[:1000])
    except _DEFECTS:  # it follows comments within comments as deep as they go
        name, address = "", ""
    if not _ADDRESS.fullmatch(address):
        found = _ADDRESS.search(header)
        name, address = (name or header.partition("<")[0] if found else ""), (found[0] if found else "")
    shown = cleaned(_words(name), NAME_LENGTH).strip(" \"'")
    lowered = cleaned(address, NAME_LENGTH).casefold()
    return ("" if shown.casefold() == lowered else shown), lowered


def _subject(mail: Message) -> str:
    """Return the subject without ``Re:`` and the like."""
    text = " ".join(cleaned(_words(_header(mail, "Subject")), HEADER_MOST).split())
    for _ in range(10):
        if not (found := _REPLY.match(text)):
            break
        text = text[found.end() :]
    return cleaned(text, NAME_LENGTH).strip()


def _date(mail: Message, received: datetime) -> datetime:
    """Return when it was sent, by its own clock where that can be right."""
    try:
        said = parsedate_to_datetime(_header(mail, "Date")[:100])
        aware = said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)
    except (*_DEFECTS, OverflowError):
        return received
    return aware if aware.year >= 1990 and aware <= received + AHEAD else received


def _id_in(text: str) -> str:
    """Return the first message id in a header, without its brackets (RFC 5322, 3.6.4)."""
    found = _ID.search(text)
    return cleaned(found[1] if found else text, KEY_LENGTH).strip()


def _last_id(references: str) -> str:
    found = _ID.findall(references)
    return cleaned(found[-1], KEY_LENGTH).strip() if found else ""


# ---- parts ----------------------------------------------------------------------------------------


def _leaves(mail: Message) -> Iterator[Message]:
    """Yield the parts that hold no others, in order."""
    for part in mail.walk():
        if not part.is_multipart():
            yield part


def _bytes(part: Message) -> bytes:
    """Return what a part holds; as it stands where its encoding is damaged."""
    try:
        data = part.get_payload(decode=True)
        return data if isinstance(data, bytes) else b""
    except _DEFECTS:
        held = part.get_payload()
        return held.encode("utf-8", "surrogateescape") if isinstance(held, str) else b""


def _text(parts: tuple[Message, ...]) -> tuple[str, frozenset[int]]:
    """Return what was newly written, and the ids of the parts that are text and no files.

    Plain text is preferred; where there is only HTML, its text.
    """
    used: set[int] = set()
    written: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for part in parts:
        kind = part.get_content_type()
        if kind in written and part.get_content_disposition() != "attachment" and not _file_name(part):
            used.add(id(part))
            # nobody reads on after so much, and what follows is kept as received
            text = decoded(_bytes(part)[: 4 * TEXT_MOST], str(part.get_content_charset() or ""))
            written[kind].append(text)
    readers: tuple[tuple[str, Callable[[str], str]], ...] = (("text/plain", str), ("text/html", text_of_html))
    for kind, read in readers:
        whole = "\n\n".join(text for text in map(read, written[kind]) if text.strip())
        if found := cleaned(new_part(whole), TEXT_LENGTH).strip():
            return found, frozenset(used)
    return "", frozenset(used)


def _files(parts: tuple[Message, ...], used: frozenset[int]) -> tuple[tuple[Enclosure, ...], tuple[Unread, ...]]:
    """Return what is enclosed, pictures inside the text too; what is too much is told, and stays as received."""
    files: list[Enclosure] = []
    unread: list[Unread] = []
    total = 0
    for number, part in enumerate(parts, 1):
        kind = part.get_content_type().replace(_MESSAGE, "message/")
        if id(part) in used or kind in _SIGNATURES or not (data := _bytes(part)):
            continue
        total += len(data)
        if len(files) >= FILES_MOST or total > FILES_TOTAL:
            told = f"Lampiran terlalu banyak atau terlalu besar: {_file_name(part)}."
            unread.append(
                Unread("too-large", told, f"Too many or too large files: {_file_name(part)}.", f"bagian {number}")
            )
            total -= len(data)
            continue
        name = _file_name(part) or ("pesan.eml" if kind.startswith("message/") else "")
        content_type = cleaned(kind, 100)
        files.append(
            Enclosure(kind_of(content_type, name), data=data, name=name, content_type=content_type, size=len(data))
        )
    return tuple(files), tuple(unread)


def _file_name(part: Message) -> str:
    """Return the name that a file was given, without folders."""
    try:
        name = part.get_filename("")
    except _DEFECTS:
        return ""
    plain = " ".join(cleaned(_words(str(name)), HEADER_MOST).replace("\\", "/").split())
    return cleaned(PurePosixPath(plain).name, NAME_LENGTH).strip()

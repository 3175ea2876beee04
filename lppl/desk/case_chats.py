"""Exported WhatsApp chats as the desk brings them in: told from tables, read, their pictures sealed into the files.

An export holds everybody's words, so it is never written to the disk as it came.
"""

import asyncio
import contextlib
import io
import os
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from lppl.desk.sheets import SheetRefused
from lppl.intake import web_form
from lppl.intake.chat_archive import NotInArchive, medium
from lppl.intake.files import new_id
from lppl.intake.inbox import KeptFile, Receipt
from lppl.intake.reception import Reception
from lppl.intake.values import TEXT_LENGTH, Enclosure, Intake, Raw
from lppl.intake.whatsapp_export import LEFT_OUT, Chat, read
from lppl.intake.works import Rank

LARGEST_FILE = 50_000_000
"""Bytes of one enclosure, unpacked."""
TABLES = "[Content_Types].xml"
"""Stands in every XLSX, and in no chat."""


def is_chat(data: bytes, name: str, zone: ZoneInfo) -> bool:
    """Tell whether a file is an exported chat rather than a table. Blocks."""
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return TABLES not in archive.namelist() and any(n.endswith(".txt") for n in archive.namelist())
        except Exception:  # noqa: BLE001 - zipfile raises whatever it stumbles over; the tables' reader says what is wrong
            return False
    if not name.lower().endswith(".txt"):
        return False
    with as_file(data) as path:
        found = read(path, (), zone).parsed
    return bool(found.intakes or found.ignored)


def chat_of(data: bytes, own: Collection[str], zone: ZoneInfo) -> Chat:
    """Return what a chat holds; `own`: what the station is called in it. Raises SheetRefused. Blocks."""
    with as_file(data) as path:
        chat = read(path, own, zone)
    if chat.parsed.unread and not (chat.parsed.intakes or chat.parsed.ignored):
        why = chat.parsed.unread[0]
        raise SheetRefused(why.indonesian, why.english)
    return chat


@contextlib.contextmanager
def as_file(data: bytes) -> Iterator[Path]:
    """Give a path by which bytes can be read for a while: of memory, where the system has such files."""
    if not hasattr(os, "memfd_create"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "obrolan"
            path.write_bytes(data)
            yield path
        return
    number = os.memfd_create("obrolan")
    try:
        with open(number, "wb", closefd=False) as file:
            file.write(data)
        yield Path(f"/proc/self/fd/{number}")
    finally:
        os.close(number)


async def receive(reception: Reception, path: Path, intake: Intake) -> Receipt:
    """Keep a word with what belongs to it. Raises SQLAlchemyError, OSError: then nothing of it is kept."""
    files, left, lost = [], [], False
    try:
        for enclosure in intake.enclosures:
            try:
                kept = await asyncio.to_thread(_sealed, reception, path, enclosure)
            except NotInArchive:
                lost = True
                continue
            files.append(kept)
            left.append(replace(enclosure, ref=kept.id))
        text = f"{intake.text[: TEXT_LENGTH - len(LEFT_OUT) - 1]}\n{LEFT_OUT}".strip() if lost else intake.text
        word = replace(intake, enclosures=tuple(left), text=text)
        raw = Raw(word.source, web_form.written(word), web_form.CONTENT_TYPE, reception.now())
        receipt = await reception.receive(raw, key=word.key, files=files, rank=Rank.LATER)
    except BaseException:
        await _dropped(reception, files)
        raise
    if receipt.again:  # what came before has its own
        await _dropped(reception, files)
    return receipt


def _sealed(reception: Reception, path: Path, enclosure: Enclosure) -> KeptFile:
    key, number = reception.keyring.new(), new_id()
    size = reception.files.write(number, key, medium(path, enclosure.ref, LARGEST_FILE))
    return KeptFile(number, enclosure.kind, enclosure.content_type, size, key)


async def _dropped(reception: Reception, files: Collection[KeptFile]) -> None:
    """Remove files that nothing will name."""
    for file in files:
        await asyncio.to_thread(reception.files.remove, file.id)

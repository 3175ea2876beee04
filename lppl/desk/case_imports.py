"""Complaints of other systems on their way in: a table is brought, its columns are named, looked at, and taken in; or
an exported chat, of which somebody says who in it the station is.

A row becomes an arrival like any other word, known by the number that the other system gave it: bringing a table again
adds nothing. What was brought lies in memory for an hour; how its columns were read is remembered for the next one.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from pydantic import Field, ValidationError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.audit import Actor, AuditLog
from lppl.cases.documents import DeskDocuments, DocumentChanged
from lppl.cases.tables import arrivals
from lppl.database import READS
from lppl.desk import case_chats, case_tables
from lppl.desk.case_tables import LIMITS, MOST_COLUMNS, MOST_ROWS, READS_AS_TEXT, ColumnView, Read, RowView
from lppl.desk.errors import FieldsRefused
from lppl.desk.held_sheets import HELD, NoImport
from lppl.desk.sheets import Sheet, SheetRefused, read_sheets
from lppl.intake import tables, web_form
from lppl.intake.inbox import Receipt
from lppl.intake.reception import Reception
from lppl.intake.understanding import word_key
from lppl.intake.values import Intake, Raw, Source, Unread
from lppl.intake.works import Rank
from lppl.programme import Document

log = structlog.get_logger(__name__)

MOST_HELD, MOST_CELLS = 3, 5_000_000
BATCH = 200
"""Rows that are kept together; the inbox commits as many at once."""
ASKED_AT_ONCE = 500
PREVIEW, UNREAD_SHOWN = 20, 100
REMEMBERED, MAPPINGS = 200, "mappings"
TRIES = 5


class Remembered(Document):
    """How tables with these headings are read."""

    fingerprint: str = Field(max_length=64)
    mapping: tables.Mapping


class Mappings(Document):
    """The desk's document of them, the one used last at its end."""

    tables: tuple[Remembered, ...] = ()


@dataclass(slots=True)
class Progress:
    """How far an import is. `fresh`: rows that were new; `again`: rows that were there; `stopped`: it failed."""

    total: int
    unread: int
    fresh: int = 0
    again: int = 0
    over: bool = False
    stopped: bool = False


@dataclass(slots=True)
class Brought:
    """A file that somebody brought: tables, or an exported `chat` and who wrote how much in it.

    `unread`: what could not be read of a table when it was last looked at.
    """

    account: int
    at: datetime
    name: str
    sheets: tuple[Sheet, ...] = ()
    chat: bytes = b""
    senders: Mapping[str, int] = field(default_factory=dict)
    unread: tuple[Sheet, int, Sequence[tuple[int, Unread]]] | None = None
    progress: Progress | None = None
    running: "asyncio.Task[None] | None" = None

    @property
    def busy(self) -> bool:
        """Whether it is being taken in."""
        return self.running is not None and not self.running.done()


@dataclass(frozen=True, slots=True)
class TableView:
    """A table before it is read. `headings`: its first rows, one of which names the columns."""

    total: int
    mapping: tables.Mapping
    remembered: bool
    columns: Sequence[ColumnView]
    headings: Sequence[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a table says: its first rows, how many can be read, how many of these are here already, the first of those
    that cannot be read, and how many these are."""

    rows: Sequence[RowView]
    total: int
    known: int
    unread: Sequence[tuple[int, Unread]]
    unread_total: int


@dataclass
class CaseImports:
    """One of a process."""

    engine: AsyncEngine
    audit: AuditLog
    zone: ZoneInfo
    now: Callable[[], datetime]
    _held: OrderedDict[str, Brought] = field(default_factory=OrderedDict)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Large tables are read one at a time: each takes a processor and some memory."""

    def __post_init__(self) -> None:
        self._documents = DeskDocuments(self.engine)

    # --- bringing ---

    async def bring(self, data: bytes, name: str, account: int, now: datetime) -> tuple[str, Brought]:
        """Read a file and hold it; return what it is called. Raises SheetRefused."""
        self._make_room(now)
        async with self._reading:
            held = await asyncio.to_thread(_read_file, data, name, account, now, self.zone)
        self._make_room(now)
        key = secrets.token_hex(8)
        self._held[key] = held
        return key, self._held[key]

    def _make_room(self, now: datetime) -> None:
        """Let go of files that are old, and of the oldest where there are too many; never of one being taken in."""
        free = [key for key, held in self._held.items() if not held.busy]
        for key in [key for key in free if now - self._held[key].at > HELD]:
            del self._held[key]
            free.remove(key)
        while len(self._held) >= MOST_HELD:
            if not free:
                raise SheetRefused(
                    "Beberapa impor masih berjalan; tunggu sampai selesai.",
                    "Imports are under way; wait for their end.",
                )
            del self._held[free.pop(0)]

    def brought(self, key: str, account: int, now: datetime) -> Brought:
        """Return a file that `account` has brought. Raises NoImport."""
        held = self._held.get(key)
        if held is None or held.account != account or (now - held.at > HELD and not held.busy):
            raise NoImport
        return held

    def sheet(self, key: str, number: int, account: int, now: datetime) -> tuple[Brought, Sheet]:
        """Return a table of such a file. Raises NoImport."""
        held = self.brought(key, account, now)
        if number >= len(held.sheets):
            raise NoImport
        return held, held.sheets[number]

    # --- looking ---

    async def table(self, held: Brought, sheet: Sheet, header: int | None) -> TableView:
        """Return how a table seems to be meant; as it was read last time where its headings are known."""
        known = {each.fingerprint: each.mapping for each in (await self._mappings())[1].tables}
        mapping, remembered = case_tables.mapping_of(sheet.rows, held.name, known, header)
        return TableView(
            len(sheet.rows), mapping, remembered, case_tables.columns_of(sheet.rows, mapping),
            case_tables.headings_of(sheet.rows, mapping),
        )  # fmt: skip

    async def preview(self, held: Brought, sheet: Sheet, mapping: tables.Mapping, now: datetime) -> Preview:
        """Return what a table says; nothing is kept. Raises FieldsRefused."""
        good, unread = await self._read(sheet, mapping, now)
        held.unread = (sheet, mapping.header, unread)
        return await self._preview(good, unread)

    async def preview_chat(self, held: Brought, own: Collection[str]) -> Preview:
        """Return what others than `own` wrote in a chat; nothing is kept."""
        return await self._preview(*await self._read_chat(held, own))

    async def _preview(self, good: Sequence[tuple[int, Intake]], unread: Sequence[tuple[int, Unread]]) -> Preview:
        known = await self._known([each for _, each in good])
        again, seen = 0, set()
        for _, each in good:
            again += each.key in known or each.key in seen
            seen.add(each.key)
        rows = await asyncio.to_thread(
            lambda: [case_tables.row_view(n, each, each.key in known) for n, each in good[:PREVIEW]]
        )
        return Preview(rows, len(good), again, unread[:UNREAD_SHOWN], len(unread))

    async def unread_file(self, held: Brought, language: str) -> bytes:
        """Return the rows that could not be read, as CSV. Raises NoImport before anything was looked at."""
        if held.unread is None:
            raise NoImport
        sheet, header, unread = held.unread
        return await asyncio.to_thread(case_tables.unread_csv, sheet.rows, header, unread, language)

    async def _read(
        self, sheet: Sheet, mapping: tables.Mapping, now: datetime
    ) -> tuple[list[tuple[int, Intake]], list[tuple[int, Unread]]]:
        """Return the rows that say something, and those that cannot be read."""
        if not READS_AS_TEXT & set(mapping.columns):
            told = "Pilih kolom yang berisi laporan (isi atau judul).", "Choose the column that holds the report."
            raise FieldsRefused({"mapping.columns": told})
        if mapping.header >= len(sheet.rows):
            raise FieldsRefused({"mapping.header": ("Baris itu tidak ada.", "There is no such row.")})
        async with self._reading:
            found: Read = await asyncio.to_thread(case_tables.read, sheet.rows, mapping, self.zone, now)
        good = [(number, each) for number, each in found if isinstance(each, Intake)]
        return good, [(number, each) for number, each in found if isinstance(each, Unread)]

    async def _read_chat(
        self, held: Brought, own: Collection[str]
    ) -> tuple[list[tuple[int, Intake]], list[tuple[int, Unread]]]:
        """Return the words of a chat, counted from 1, and what cannot be read of it. Raises NoImport."""
        if not held.chat:
            raise NoImport
        async with self._reading:
            chat = await asyncio.to_thread(case_chats.chat_of, held.chat, own, self.zone)
        return list(enumerate(chat.parsed.intakes, 1)), [(0, why) for why in chat.parsed.unread]

    async def _known(self, words: Sequence[Intake]) -> set[str]:
        """Return the keys of those that have come before; all are of one source."""
        by_hash = {word_key(each.key): each.key for each in words}
        source = words[0].source if words else Source.TABLE
        listed, found = list(by_hash), set()
        reading = self.engine.execution_options(**READS)
        async with reading.connect() as connection:
            for start in range(0, len(listed), ASKED_AT_ONCE):
                some = arrivals.c.key.in_(listed[start : start + ASKED_AT_ONCE])
                query = select(arrivals.c.key).where(arrivals.c.source == source.value, some)
                found |= {by_hash[key] for key in await connection.scalars(query)}
        return found

    # --- taking in ---

    async def begin(
        self, held: Brought, sheet: Sheet, mapping: tables.Mapping, reception: Reception, actor: Actor, now: datetime
    ) -> Progress:
        """Begin to take a table in, and remember how it was read. Raises FieldsRefused.

        While it runs, asking again only tells how far it is.
        """
        if held.busy and held.progress is not None:
            return held.progress
        good, unread = await self._read(sheet, mapping, now)
        if held.busy and held.progress is not None:  # somebody pressed twice
            return held.progress
        held.unread = (sheet, mapping.header, unread)

        async def keep(each: Intake) -> Receipt:
            raw = Raw(each.source, web_form.written(each), web_form.CONTENT_TYPE, reception.now())
            return await reception.receive(raw, key=each.key, rank=Rank.LATER)

        progress, words = Progress(len(good), len(unread)), [each for _, each in good]
        _started(held, progress, self._take_in(held, progress, words, keep, actor))
        await self._remember(sheet.rows[mapping.header], mapping, actor.name, now)
        return progress

    async def begin_chat(self, held: Brought, own: Collection[str], reception: Reception, actor: Actor) -> Progress:
        """Begin to take in what others than `own` wrote in a chat, with pictures and recordings. Raises NoImport."""
        if held.busy and held.progress is not None:
            return held.progress
        good, unread = await self._read_chat(held, own)
        if held.busy and held.progress is not None:
            return held.progress
        known = await self._known([each for _, each in good])
        fresh = [each for _, each in good if each.key not in known]  # files of the others are not sealed in vain
        progress = Progress(len(good), len(unread), again=len(good) - len(fresh))

        async def taken_in() -> None:
            with case_chats.as_file(held.chat) as path:
                await self._take_in(
                    held, progress, fresh, lambda each: case_chats.receive(reception, path, each), actor
                )

        return _started(held, progress, taken_in())

    async def _take_in(
        self, held: Brought, progress: Progress, words: Sequence[Intake],
        keep: Callable[[Intake], Awaitable[Receipt]], actor: Actor,
    ) -> None:  # fmt: skip
        """Keep the words, some at a time. Where that fails what is kept stays, and the rest may be brought again."""
        try:
            for start in range(0, len(words), BATCH):
                receipts = await asyncio.gather(*(keep(each) for each in words[start : start + BATCH]))
                again = sum(receipt.again for receipt in receipts)
                progress.again += again
                progress.fresh += len(receipts) - again
        except (SQLAlchemyError, OSError) as error:
            log.error("case_import_stopped", reason=type(error).__name__)
            progress.stopped = True
        finally:
            progress.over = True
        counts = {
            "rows": progress.total, "fresh": progress.fresh, "again": progress.again, "unread": progress.unread,
            "stopped": progress.stopped,
        }  # fmt: skip
        try:
            await self.audit.record(actor, "cases.imported", self.now(), object=held.name, after=counts)
        except (SQLAlchemyError, OSError) as error:
            log.error("case_import_not_noted", reason=type(error).__name__, **counts)

    # --- remembering ---

    async def _mappings(self) -> tuple[int, Mappings]:
        """Return the revision and what is remembered; what an older version kept and nobody can read is forgotten."""
        found = await self._documents.get(MAPPINGS)
        if found is None:
            return 0, Mappings()
        try:
            return found.revision, Mappings.model_validate(dict(found.body))
        except ValidationError:
            return found.revision, Mappings()

    async def _remember(self, header: Sequence[str], mapping: tables.Mapping, author: str, now: datetime) -> None:
        """Keep how a table was read; those that nobody used for longest are forgotten."""
        print_ = tables.fingerprint(header)
        for _ in range(TRIES):
            revision, known = await self._mappings()
            mine = Remembered(fingerprint=print_, mapping=mapping)
            if known.tables[-1:] == (mine,):
                return
            others = tuple(each for each in known.tables if each.fingerprint != print_)
            kept = Mappings(tables=(*others, mine)[-REMEMBERED:])
            try:
                await self._documents.keep(MAPPINGS, kept.model_dump(mode="json"), revision, author, now)
                return
            except DocumentChanged:  # a colleague brings another table
                continue


def _started(held: Brought, progress: Progress, work: Coroutine[None, None, None]) -> Progress:
    """Have a file taken in while nobody waits for it."""
    held.progress = progress
    held.running = asyncio.create_task(work, name="case-import")
    return progress


def _read_file(data: bytes, name: str, account: int, now: datetime, zone: ZoneInfo) -> Brought:
    """Return a file as it is held. Raises SheetRefused. Blocks."""
    if len(data) <= LIMITS.largest and case_chats.is_chat(data, name, zone):
        return Brought(account, now, name, chat=data, senders=case_chats.chat_of(data, (), zone).senders)
    return Brought(account, now, name, _sheets(data, name))


def _sheets(data: bytes, name: str) -> tuple[Sheet, ...]:
    """Return the tables of a file, none of them cut. Raises SheetRefused. Blocks."""
    sheets = read_sheets(data, name, LIMITS)
    for sheet in sheets:
        if len(sheet.rows[0]) > MOST_COLUMNS:
            raise SheetRefused(
                f"Tabel ini punya lebih dari {MOST_COLUMNS} kolom; hapus yang tidak perlu.",
                f"This table has more than {MOST_COLUMNS} columns; remove those that are not needed.",
            )
    if (
        any(len(s.rows) > MOST_ROWS + 1 for s in sheets)
        or sum(len(s.rows) * len(s.rows[0]) for s in sheets) > MOST_CELLS
    ):
        raise SheetRefused(
            "Tabel ini lebih dari 50.000 baris atau terlalu lebar; bagi menjadi beberapa berkas.",
            "This table has more than 50,000 rows or is too wide; divide it into several files.",
        )
    return sheets

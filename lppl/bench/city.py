"""A city's complaints of many years, made up and always the same: what lists and searches of cases are measured on.

Subjects are those of the city's own rules, places its kelurahan; most cases are closed, as after years of work. Only
what lists look at is made: cases and reporters, without histories.
"""

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # has no types

from lppl.cases.tables import cases, reporters
from lppl.cases.triage.default_rules import DEFAULT_RULES
from lppl.cases.triage.pekalongan import KELURAHAN
from lppl.cases.triage.words import tokens
from lppl.cases.values import CaseClass, Status
from lppl.intake.codes import ALPHABET, LENGTH
from lppl.intake.values import Source

BATCH = 5_000
YEARS = 12
RECENT, OPEN_RECENT, OPEN_OLD = 0.04, 0.8, 0.01
"""Of the newest four in a hundred most are open, of all else one in a hundred."""
PER_REPORTER = 4
ALWAYS = "mohon"
"""A word of every second case."""
_STREETS = (
    "Hayam Wuruk,Gajah Mada,Diponegoro,Sudirman,Sultan Agung,Imam Bonjol,KH Mas Mansyur,Dr Sutomo,Jenderal Ahmad Yani,"
    "Kurinci,Progo,Bandung,Manggis,Belimbing,Toba,Singosari,Kusuma Bangsa,WR Supratman,Jetayu,Salak,Seruni,Otto"
)
_WHERE = (
    "depan pasar,dekat masjid,belakang sekolah dasar,samping puskesmas,seberang balai kelurahan,di tikungan,"
    "dekat jembatan,depan rumah ketua RT,sepanjang gang,dekat perlintasan kereta,di tepi sungai,depan toko batik"
)
_SINCE = "sejak kemarin,sudah seminggu,sudah dua bulan,sejak hujan deras,setiap malam,tiap pagi,sejak lebaran"
_SAID = (
    "warga sudah melapor ke RT tetapi belum ada tindakan|anak sekolah lewat sini setiap hari dan berbahaya|"
    "kemarin ada pengendara motor yang jatuh|baunya sampai ke dalam rumah|tolong petugas segera datang memeriksa|"
    "kami khawatir kalau hujan turun lagi|terima kasih atas perhatian bapak ibu|mohon segera ditindaklanjuti|"
    "mohon penjelasan dari dinas terkait|sudah difoto dan dikirim lewat grup warga|mohon dicek ke lapangan|"
    "lansia dan balita yang paling terganggu|pedagang kecil jadi sepi pembeli|mohon kejelasan jadwalnya"
)


@dataclass(frozen=True, slots=True)
class City:
    """How many cases, until when, and how a telephone number is hashed."""

    count: int
    now: datetime
    hashed: Callable[[str], str]

    @property
    def reporters(self) -> int:
        """How many people have reported."""
        return max(1, self.count // PER_REPORTER)

    @property
    def rare(self) -> int:
        """Return the case that has a word of its own."""
        return self.count // 3

    def phone(self, number: int) -> str:
        """Return the telephone number of a reporter."""
        return f"+62812{30_000_000 + number:08d}"

    def code(self, number: int) -> str:
        """Return the code of a case: spread over the alphabet, never twice."""
        left, signs = number * 7_368_787 % len(ALPHABET) ** LENGTH, ""
        for _ in range(LENGTH):
            left, sign = divmod(left, len(ALPHABET))
            signs += ALPHABET[sign]
        return f"{signs[:4]}-{signs[4:]}"

    def people(self) -> Iterator[tuple[Any, ...]]:
        """Yield rows of reporters."""
        for number in range(1, self.reporters + 1):
            row = {
                "id": number, "phone_hash": self.hashed(self.phone(number)), "nik_end": "", "made": self.now,
                "seen": self.now,
            }  # fmt: skip
            yield tuple(row.get(c.name) for c in reporters.columns)

    def cases(self) -> Iterator[tuple[Any, ...]]:
        """Yield rows of cases, oldest first."""
        chance = random.Random(2)  # noqa: S311 - made-up complaints
        texts = _Texts(chance, self.rare)
        names = [c.name for c in cases.columns]
        step = timedelta(days=365 * YEARS) / self.count
        for number in range(1, self.count + 1):
            arrived = self.now - step * (self.count - number)
            row = texts.case(number, self.code(number)) | self._state(chance, number, arrived)
            row |= {"id": number, "reporter_id": chance.randint(1, self.reporters), "arrived": arrived}
            yield tuple(row.get(name) for name in names)

    def _state(self, chance: random.Random, number: int, arrived: datetime) -> dict[str, Any]:
        recent = number > self.count * (1 - RECENT)
        is_open = chance.random() < (OPEN_RECENT if recent else OPEN_OLD)
        status = chance.choice(_OPEN if is_open else _CLOSED)
        due = None
        if is_open and status is not Status.TRANSFERRED:  # what rests has nothing due
            due = self.now + timedelta(seconds=chance.randint(-20 * 86_400, 60 * 86_400))
        return {
            "seq": chance.randint(1, 6), "status": status.value, "open": is_open, "due": due,
            "due_clock": "tindak-lanjut" if due else "", "changed": arrived, "heard": arrived,
            "emergency": chance.random() < 0.002, "closed": None if is_open else arrived + timedelta(days=4),
        }  # fmt: skip


_OPEN = (Status.NEW, Status.VERIFIED, Status.FORWARDED, Status.IN_PROGRESS, Status.IN_PROGRESS, Status.TRANSFERRED)
_CLOSED = (*[Status.DONE] * 8, Status.REJECTED, Status.MERGED, Status.ARCHIVED)


class _Texts:
    """Says complaints; the stems of each part are found once, since that is what takes long."""

    def __init__(self, chance: random.Random, rare: int) -> None:
        self._chance, self._rare = chance, rare
        self._subjects = [(rule.category, words) for rule in DEFAULT_RULES if rule.category for words in rule.words]
        self._streets, self._where, self._since = (text.split(",") for text in (_STREETS, _WHERE, _SINCE))
        self._said = _SAID.split("|")
        self._kelurahan = [k.name for k in KELURAHAN]
        self._stems: dict[str, tuple[str, ...]] = {}

    def case(self, number: int, code: str) -> dict[str, Any]:
        """Return what a case says and what it is about."""
        chance = self._chance
        category, subject = chance.choice(self._subjects)
        kelurahan = chance.choice(self._kelurahan)
        street = f"jalan {chance.choice(self._streets)} nomor {chance.randint(1, 400)}"
        title = f"{subject.capitalize()} di {street}"
        parts = [
            subject, chance.choice(self._where), street, chance.choice(self._since),
            *chance.sample(self._said, chance.randint(1, 4)),
        ]  # fmt: skip
        if number % 2:
            parts.append(f"{ALWAYS} bantuan")
        if number == self._rare:
            parts.append(rare_word(number))
        text = ", ".join(parts)
        stems = {s for part in parts for s in self._of(part)}
        return {
            "code": code, "title": title[:120], "text": text, "category": category, "kelurahan": kelurahan,
            "search": " ".join([code, title, text, category, kelurahan, *sorted(stems)]).casefold(),
            "case_class": chance.choice(_CLASSES).value, "visibility": "terbuka", "source": chance.choice(_SOURCES),
            "outside_ticket": "",
        }  # fmt: skip

    def _of(self, part: str) -> tuple[str, ...]:
        if part not in self._stems:
            self._stems[part] = tuple({t.stem for t in tokens(part) if t.weighs} - set(part.casefold().split()))
        return self._stems[part]


_CLASSES = (*[CaseClass.PLAIN] * 6, *[CaseClass.REQUEST] * 2, CaseClass.ASPIRATION, CaseClass.SUPERVISION)
_SOURCES = [s.value for s in (Source.WHATSAPP, Source.WHATSAPP, Source.WEB, Source.CALL, Source.TABLE)]


def rare_word(number: int) -> str:
    """Return a word that only case `number` has."""
    return f"tiang{number}x"


def fill_sqlite(path: Path, city: City) -> None:
    """Record a city's complaints in an empty database. Blocks. Raises sqlite3.Error."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # it is a made-up file: whoever is interrupted begins anew
        for pragma in ("synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        for table, rows in ((reporters, city.people()), (cases, city.cases())):
            places = ", ".join("?" * len(table.columns))
            names = ", ".join(c.name for c in table.columns)
            command = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608 - names of our own columns
            connection.executemany(command, (tuple(map(_for_sqlite, row)) for row in rows))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _for_sqlite(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value


async def fill_postgresql(url: str, city: City) -> None:
    """Record the same in an empty database of PostgreSQL; `url` as asyncpg takes it. Raises OSError, PostgresError."""
    connection = await asyncpg.connect(url)
    try:
        for table, rows in ((reporters, city.people()), (cases, city.cases())):
            names = [c.name for c in table.columns]
            for some in _batches(rows):
                await connection.copy_records_to_table(table.name, records=some, columns=names)
        await connection.execute("ANALYZE")  # autovacuum does so by itself within minutes
    finally:
        await connection.close()


def _batches(rows: Iterator[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    while some := list(islice(rows, BATCH)):
        yield some

"""Exported tables of other systems (SP4N-LAPOR!, LaporGub, UP4) as words, one of each row. Pure.

Which column is what is guessed from the headings, in the names that these systems use; staff correct it once, and a
:class:`Mapping` is remembered by the fingerprint of its headings. Rows that cannot be read do not stop the others.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from lppl.cases.values import CaseClass
from lppl.intake.app_json import FILES_MOST, URL_LENGTH, degrees, kind_of, web_address
from lppl.intake.dates import moment, writes_month_first
from lppl.intake.json_shapes import cleaned
from lppl.intake.numbers import international
from lppl.intake.values import (
    NAME_LENGTH,
    TEXT_LENGTH,
    Enclosure,
    Intake,
    Place,
    Sender,
    Source,
    Unread,
    Visibility,
)
from lppl.programme import Document

Rows = Sequence[Sequence[str]]
HEADER_WITHIN = 30
"""Rows in which headings are looked for: SP4N-LAPOR! writes titles and dates above them."""
WORD_LENGTH = 80
AHEAD = timedelta(days=1)
"""A date further in the future than this was read wrongly, or written so."""


class Column(StrEnum):
    """What a column may say. The values stand in remembered mappings."""

    TICKET = "nomor"
    DATE = "tanggal"
    TIME = "jam"
    TITLE = "judul"
    TEXT = "isi"
    """As the citizen wrote it."""
    EDITED = "isi_akhir"
    """As the other system's staff put it; taken where there is nothing else."""
    NAME = "nama"
    PHONE = "telepon"
    EMAIL = "email"
    NIK = "nik"
    ADDRESS = "alamat"
    CATEGORY = "kategori"
    CLASS = "klasifikasi"
    VISIBILITY = "tipe"
    ANON = "anonim"
    SECRET = "rahasia"  # noqa: S105 - the word for it
    PLACE = "lokasi"
    KELURAHAN = "kelurahan"
    LATITUDE = "lintang"
    LONGITUDE = "bujur"
    BOTH = "koordinat"
    FILES = "lampiran"
    AGENCY = "instansi"
    STATUS = "status"


_HEADINGS: dict[Column, str] = {
    Column.EDITED: r"(isi|uraian)( laporan| aduan| pengaduan)? (akhir|disunting|edit|setelah .*)",
    Column.TEXT: r"(isi|uraian|deskripsi|detail|rincian|teks|pesan|materi|keluhan|konten)( (singkat|lengkap))?"
    r"( (laporan|aduan|pengaduan|aspirasi|masalah|keluhan|pesan))?( awal| asli| lengkap)?|laporan|aduan|pengaduan",
    Column.TITLE: r"(judul|subjek|perihal|topik singkat)( (laporan|aduan|pengaduan|aspirasi))?|subject|title|hal",
    Column.TICKET: r"tracking ?id( laporan)?|(id|no|nomor|kode|nomer) (tiket|ticket|laporan|aduan|pengaduan|tracking"
    r"|keluhan|registrasi|register|reg|agenda|lapor|case|kasus)( laporan| aduan)?|tiket|ticket( id)?|id",
    Column.TIME: r"(jam|waktu|pukul)( (laporan|aduan|pengaduan|lapor))?( masuk| diterima| dibuat| kirim)?",
    Column.DATE: r"(tanggal|tgl|tgl jam|tanggal jam|tanggal waktu|waktu tanggal|hari tanggal)"
    r"( (laporan|aduan|pengaduan|lapor|input|kirim|buat))?( masuk| diterima| dibuat| dikirim)?"
    r"|created at|timestamp|date|tanggal dan (jam|waktu)( .*)?|dibuat( pada| tanggal)?",
    Column.NAME: r"nama( lengkap)?( (pelapor|pengadu|pengirim|warga|masyarakat|pemohon|user|pengguna))?|pelapor|pengadu"
    r"|pengirim|dilaporkan oleh|reporter( name)?",
    Column.PHONE: r"(no|nomor|nomer)? ?(hp|handphone|telepon|telpon|telp|tlp|tel|wa|whatsapp|ponsel|kontak|hp wa"
    r"|telp hp|telepon hp|telepon email)( aktif)?( (pelapor|pengadu|pengirim))?"
    r"|phone( number)?|msisdn",
    Column.EMAIL: r"(alamat )?(e ?mail|surel|email)( address)?( (pelapor|pengadu|pengirim))?",
    Column.NIK: r"(no|nomor)? ?(nik|ktp|identitas|ktp nik|nik ktp)( (pelapor|pengadu))?",
    Column.ADDRESS: r"alamat( (lengkap|rumah|domisili))?( (pelapor|pengadu|pengirim|warga))?",
    Column.SECRET: r"(apakah |is |laporan )?(rahasia|tertutup|secret|private)",
    Column.ANON: r"(apakah |is |laporan )?(anonim|anonymous|samarkan nama|sembunyikan nama)",
    Column.VISIBILITY: r"(tipe|sifat|jenis|status)( laporan| aduan)? (anonim|rahasia)( .*)?|sifat( laporan| aduan)?"
    r"|(visibilitas|privasi|kerahasiaan)( laporan)?|tipe( laporan| aduan)?|anonim rahasia",
    Column.CLASS: r"(klasifikasi|jenis|tipe)( (laporan|aduan|pengaduan|permohonan|aspirasi))",
    Column.CATEGORY: r"(nama )?(kategori|topik|bidang|urusan|sektor|tema)( (laporan|aduan|pengaduan|masalah|utama))?"
    r"|category|klasifikasi",
    Column.KELURAHAN: r"(kelurahan|desa|kel|kelurahan desa|desa kelurahan)( (kejadian|lokasi|laporan|aduan))?",
    Column.LATITUDE: r"lat|latitude|lintang|koordinat (lat|latitude|lintang|y)",
    Column.LONGITUDE: r"lo?ng?|longitude|bujur|koordinat (long?|lng|longitude|bujur|x)",
    Column.BOTH: r"(titik )?koordinat( lokasi)?|lat ?long?|latitude longitude|gps|titik lokasi",
    Column.PLACE: r"(lokasi|tempat|alamat)( (kejadian|laporan|aduan|lokasi|masalah|detail))?|detail lokasi|nama jalan",
    Column.FILES: r"(url |link |tautan )?(lampiran|foto|berkas|gambar|bukti|file|dokumentasi)( .*)?",
    Column.AGENCY: r"(nama )?(instansi|opd|skpd|dinas|unit kerja|perangkat daerah)( (tujuan|terdisposisi|terkait"
    r"|terlapor|induk|penerima|pelaksana|penanggung jawab))?( skpd| opd)?|disposisi( ke)?|tujuan",
    Column.STATUS: r"status( (laporan|aduan|pengaduan|terkini|tindak lanjut|akhir|final))?|tindak lanjut",
}
_FIRST: tuple[Column, ...] = tuple(_HEADINGS)
"""Columns that take a heading before others: those whose names hold another's come first."""
_PATTERNS = {column: re.compile(words) for column, words in _HEADINGS.items()}

_NO = frozenset(
    {"", "0", "n", "f", "t", "no", "tidak", "false", "bukan", "terbuka", "publik", "umum", "normal", "biasa"}
)
_NOT = re.compile(r"\b(?:tidak|bukan|non|not)\s+(anonim|rahasia|secret|private)")
_NAMELESS = frozenset({"anonim", "anonymous", "rahasia", "disamarkan", "hidden", "nn", "n n", "tanpa nama"})
_PAIR = re.compile(r"\s*\(?\s*([+-]?\d{1,3}[.,]\d{1,20})\s*[,;\s]\s*([+-]?\d{1,3}[.,]\d{1,20})\s*\)?\s*", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s,;|\"'<>]+", re.IGNORECASE)
_MIDNIGHT = re.compile(r"\s+00[:.]00(?:[:.]00)?$")

Index = Annotated[int, Field(ge=0, le=199)]


class Mapping(Document):
    """How a table is read. `header`: the row of headings, from 0; `system`: whose table it is, as tickets of different
    systems may be the same."""

    header: Annotated[int, Field(ge=0, le=HEADER_WITHIN)] = 0
    columns: dict[Column, Index] = Field(default_factory=dict, max_length=len(Column))
    system: Annotated[str, Field(max_length=40)] = ""


# ---- guessing -------------------------------------------------------------------------------------


def plain(heading: str) -> str:
    """Return a heading as it is compared: small letters and digits, single spaces between words."""
    folded = unicodedata.normalize("NFKD", heading[:NAME_LENGTH]).casefold()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", folded).split())


def guess(header: Sequence[str], name: str = "", at: int = 0) -> Mapping:
    """Return what the columns under these headings seem to be; what is not clear is left out.

    `name`: of the file or table, which may tell the system; `at`: the row that the headings stand in.
    """
    headings = [plain(cell) for cell in header[:200]]
    found: dict[Column, int] = {}
    for column in _FIRST:
        for n, heading in enumerate(headings):
            if heading and n not in found.values() and _PATTERNS[column].fullmatch(heading):
                found[column] = n
                break
    if Column.DATE not in found and Column.TIME in found:
        found[Column.DATE] = found.pop(Column.TIME)  # "Waktu" by itself is day and time
    if Column.TEXT not in found and Column.EDITED in found:
        found[Column.TEXT] = found.pop(Column.EDITED)
    return Mapping(header=at, columns=found, system=_system(headings, name))


def guess_table(rows: Rows, name: str = "") -> Mapping:
    """Return how a table seems to be read: its headings are the row near its top that says most."""
    guesses = [guess(row, name, n) for n, row in enumerate(rows[:HEADER_WITHIN])]
    return max(guesses, key=lambda each: len(each.columns), default=Mapping())


def fingerprint(header: Sequence[str]) -> str:
    """Return what tables of one origin have in common, 64 hex digits: by it a mapping is remembered."""
    return hashlib.sha256("|".join(plain(cell) for cell in header).encode()).hexdigest()


def _system(headings: Sequence[str], name: str) -> str:
    told = plain(name).replace(" ", "")
    if "laporgub" in told:
        return "laporgub"
    if "up4" in told:
        return "up4"
    if "sp4n" in told or {"tracking id", "tracking id laporan"} & set(headings):
        return "sp4n"
    return ""


# ---- reading --------------------------------------------------------------------------------------


def told(row: Sequence[str], mapping: Mapping, column: Column, most: int = NAME_LENGTH) -> str:
    """Return what a row says of something; "" where it says nothing. A cell that holds only a dash says nothing."""
    at = mapping.columns.get(column)
    text = cleaned(row[at], most).strip() if at is not None and at < len(row) else ""
    return "" if text in {"-", "–", "—", "--"} or text.casefold() in {"null", "n/a", "#n/a", "nan"} else text


def rows_to_intakes(
    rows: Rows, mapping: Mapping, zone: tzinfo, received: datetime
) -> list[tuple[int, Intake | Unread]]:
    """Return a word, or why there is none, for each row below the headings, with its number as a spreadsheet counts
    them (from 1). Empty rows are left out.

    `zone`: of the times in the table; `received`: aware, when the table came, and when a row without a date was said.
    """
    below = rows[mapping.header + 1 :]
    month_first = writes_month_first(told(row, mapping, Column.DATE, WORD_LENGTH) for row in below)
    return [
        (number, _read(row, number, mapping, zone, received, month_first))
        for number, row in enumerate(below, mapping.header + 2)
        if any(cell.strip() for cell in row)
    ]


def _read(
    row: Sequence[str], number: int, mapping: Mapping, zone: tzinfo, received: datetime, month_first: bool
) -> Intake | Unread:
    def cell(column: Column, most: int = NAME_LENGTH) -> str:
        return told(row, mapping, column, most)

    where = f"baris {number}"
    title, ticket = cell(Column.TITLE), cell(Column.TICKET, WORD_LENGTH)
    text = cell(Column.TEXT, TEXT_LENGTH) or cell(Column.EDITED, TEXT_LENGTH) or title
    if not text:
        return Unread("empty", "Baris ini tidak berisi laporan.", "This row holds no report.", where)
    date = cell(Column.DATE, WORD_LENGTH)
    said = _said(date, cell(Column.TIME, WORD_LENGTH), zone, month_first)
    if (said is None and date) or (said is not None and said > received + AHEAD):
        shown = f'tanggal "{date}" tidak mungkin', f'impossible date "{date}"'
        return Unread("damaged", f"Baris ini tidak terbaca: {shown[0]}.", f"Unreadable row: {shown[1]}.", where)
    sender = _sender(cell)
    return Intake(
        source=Source.TABLE,
        key=f"{mapping.system}:{ticket}" if ticket else _hash(mapping.system, said, sender, title, text),
        said=said or received,
        text=text,
        sender=sender,
        title=title,
        place=_place(cell),
        enclosures=_files(cell(Column.FILES, TEXT_LENGTH)),
        visibility=_visibility(cell),
        wanted=_class(cell(Column.CLASS)),
        category=cell(Column.CATEGORY, WORD_LENGTH),
        outside_ticket=ticket,
    )


Cell = Callable[[Column], str]


def _hash(system: str, said: datetime | None, sender: Sender, title: str, text: str) -> str:
    """Return a key for a row without a number: the same row of a later export has it too."""
    parts = (system, said.isoformat() if said else "", sender.name, sender.phone, title, text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _said(date: str, time: str, zone: tzinfo, month_first: bool) -> datetime | None:
    """Return when it was said; None when the row does not say, or what stands there cannot be read."""
    day = _MIDNIGHT.sub("", date) if time else date  # a column of dates may have a time that is none
    for text in (f"{day} {time}", date) if time else (date,):
        if (found := moment(text, zone, month_first)) is not None:
            return found
    return None


def _sender(cell: Cell) -> Sender:
    name, phone = cell(Column.NAME), cell(Column.PHONE)
    return Sender(
        name="" if plain(name) in _NAMELESS else name,
        phone=international(phone) or phone,
        email=cell(Column.EMAIL).casefold(),
        address=cell(Column.ADDRESS),
        nik="".join(sign for sign in cell(Column.NIK) if sign in "0123456789"),
    )


def _visibility(cell: Cell) -> Visibility:
    """Return who may know. What stands in a column of its own and is no 'no' hides: that can be undone."""
    kind = _NOT.sub(" ", plain(cell(Column.VISIBILITY)))
    if plain(cell(Column.SECRET)) not in _NO or re.search(r"\b(rahasia|secret|private|privat|tertutup)\b", kind):
        return Visibility.SECRET
    hidden = plain(cell(Column.ANON)) not in _NO or plain(cell(Column.NAME)) in _NAMELESS
    return Visibility.ANON if hidden or re.search(r"\b(anonim|anonymous|samaran)\b", kind) else Visibility.OPEN


def _class(written: str) -> str:
    """Return the class that a word of another system means; as written when it is none of ours."""
    text = plain(written)
    if "permintaan informasi" in text or "permohonan informasi" in text:
        return CaseClass.REQUEST.value
    if "aspirasi" in text:
        return CaseClass.ASPIRATION.value
    if "pengawasan" in text:
        return (CaseClass.PLAIN if "tidak berkadar" in text else CaseClass.SUPERVISION).value
    return CaseClass.PLAIN.value if text in ("pengaduan", "aduan", "keluhan") else written


def _place(cell: Cell) -> Place:
    latitude, longitude = degrees(cell(Column.LATITUDE), 90), degrees(cell(Column.LONGITUDE), 180)
    if (latitude is None or longitude is None) and (pair := _PAIR.fullmatch(cell(Column.BOTH))):
        latitude, longitude = degrees(pair[1], 90), degrees(pair[2], 180)
    both = latitude is not None and longitude is not None
    return Place(
        text=cell(Column.PLACE),
        kelurahan=cell(Column.KELURAHAN)[:WORD_LENGTH],
        latitude=latitude if both else None,
        longitude=longitude if both else None,
    )


def _files(written: str) -> tuple[Enclosure, ...]:
    """Return the files whose addresses a cell holds."""
    found = dict.fromkeys(web_address(each[:URL_LENGTH]) for each in _ADDRESS.findall(written)[:FILES_MOST])
    return tuple(Enclosure(kind_of("", address), url=address) for address in found if address)

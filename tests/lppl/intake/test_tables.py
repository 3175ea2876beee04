import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake import tables
from lppl.intake.tables import Column, Mapping, fingerprint, guess, guess_table, rows_to_intakes
from lppl.intake.values import Enclosure, Intake, Kind, Parsed, Place, Sender, Source, Unread, Visibility
from tests.lppl.intake.parsed_checks import NOW, sound

WIB = ZoneInfo("Asia/Jakarta")
# the headings of SP4N-LAPOR!'s own export, below the lines that stand above them there
SP4N = [
    ["Judul Laporan", "Laporan Pengaduan", "", ""],
    ["Nama Instansi", "Pemerintah Kota Pekalongan", "", ""],
    ["Tanggal Generate", "22 Nov 2026", "", ""],
    ["", "", "", ""],
    [
        "Tracking ID", "Tanggal Laporan Masuk", "Waktu Laporan Masuk", "Nama Pelapor", "Klasifikasi Laporan",
        "ID Kategori", "Kategori", "Judul Laporan", "Isi Laporan Awal", "Isi Laporan Akhir",
        "Tipe Laporan (Anonim/Rahasia)", "Sumber Laporan", "Instansi Induk", "ID Instansi Terdisposisi",
        "Instansi Terdisposisi", "Status Laporan", "Alasan Tunda/Arsip", "Provinsi", "Kota/Kabupaten", "Kecamatan",
        "Kelurahan", "Nomor SK", "Url SK", "Rating",
    ],
    [
        "5049672", "3 Jan 2026", "09:05:10", "Siti Aminah", "Pengaduan", "101", "Lampu jalan", "Lampu mati",
        "lampu di jl progo mati", "Lampu di Jl. Progo mati.", "Anonim", "SMS", "Pemerintah Kota Pekalongan", "12",
        "Dinas Perhubungan", "Diproses", "-", "Jawa Tengah", "Kota Pekalongan", "Pekalongan Barat", "Podosugih", "", "",
        "",
    ],
    [""] * 24,
    ["5049673", "kemarin", "", "Budi", "Aspirasi", "", "", "Taman", "Mohon taman", "", "", *[""] * 13],
    ["5049674", "4 Agu 2026", "", "Anonim", "Permintaan Informasi", *[""] * 3, "Biaya KTP?", "", "Rahasia", *[""] * 13],
    ["", "", "", "Jumlah", *[""] * 20],
]  # fmt: skip


def read(rows: list[list[str]], mapping: Mapping | None = None) -> list[tuple[int, Intake | Unread]]:
    found = rows_to_intakes(rows, mapping or guess_table(rows), WIB, NOW)
    for _, each in found:
        sound(Parsed((each,)) if isinstance(each, Intake) else Parsed(unread=(each,)))
    return found


def one(**cells: str) -> Intake:
    """Read one row whose headings are the names of columns as the mapping has them."""
    mapping = Mapping(columns={Column[name]: n for n, name in enumerate(cells)})
    ((number, found),) = read([list(cells), list(cells.values())], mapping)
    assert number == 2 and isinstance(found, Intake)
    return found


def test_the_export_of_sp4n_is_read_as_it_comes() -> None:
    mapping = guess_table(SP4N)
    assert (mapping.header, mapping.system) == (4, "sp4n")
    found = dict(read(SP4N))
    assert list(found) == [6, 8, 9, 10]
    assert found[6] == Intake(
        Source.TABLE, "sp4n:5049672", datetime(2026, 1, 3, 2, 5, 10, tzinfo=UTC), "lampu di jl progo mati",
        Sender(name="Siti Aminah"), "Lampu mati", Place(kelurahan="Podosugih"), visibility=Visibility.ANON,
        wanted="tidak-berkadar-pengawasan", category="Lampu jalan", outside_ticket="5049672",
    )  # fmt: skip
    assert isinstance(found[8], Unread) and "kemarin" in found[8].indonesian and found[8].where == "baris 8"
    secret = found[9]
    assert isinstance(secret, Intake)
    assert (secret.visibility, secret.sender.name, secret.wanted) == (Visibility.SECRET, "", "permintaan-informasi")
    assert secret.said == datetime(2026, 8, 3, 17, tzinfo=UTC)
    assert isinstance(found[10], Unread) and found[10].reason == "empty"
    row = SP4N[5]
    assert tables.told(row, mapping, Column.STATUS) == "Diproses"
    assert tables.told(row, mapping, Column.AGENCY) in ("Dinas Perhubungan", "Pemerintah Kota Pekalongan")


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("ID Laporan", Column.TICKET), ("No. Laporan", Column.TICKET), ("Nomor Pengaduan", Column.TICKET),
        ("KODE_ADUAN", Column.TICKET), ("no tiket", Column.TICKET), ("TrackingID", Column.TICKET),
        ("Tanggal", Column.DATE), ("Tgl. Aduan", Column.DATE), ("Tanggal Masuk", Column.DATE),
        ("Timestamp", Column.DATE),
        ("Waktu", Column.DATE), ("created_at", Column.DATE), ("Judul Laporan", Column.TITLE), ("Perihal", Column.TITLE),
        ("Isi Laporan", Column.TEXT), ("Isi  Aduan", Column.TEXT), ("Uraian Pengaduan", Column.TEXT),
        ("Deskripsi", Column.TEXT), ("Keluhan", Column.TEXT), ("Isi Laporan Akhir", Column.TEXT),
        ("Nama Pelapor", Column.NAME), ("NAMA", Column.NAME), ("Pengadu", Column.NAME), ("No HP", Column.PHONE),
        ("No. HP/WA", Column.PHONE), ("Nomor Telepon Pelapor", Column.PHONE), ("Telp.", Column.PHONE),
        ("E-mail", Column.EMAIL), ("Alamat Email", Column.EMAIL), ("NIK", Column.NIK), ("No. KTP", Column.NIK),
        ("Alamat", Column.ADDRESS), ("Alamat Pelapor", Column.ADDRESS), ("Kategori", Column.CATEGORY),
        ("Topik", Column.CATEGORY), ("Klasifikasi Laporan", Column.CLASS), ("Jenis Aduan", Column.CLASS),
        ("Instansi Tujuan", Column.AGENCY), ("OPD", Column.AGENCY), ("Disposisi ke", Column.AGENCY),
        ("Status", Column.STATUS), ("Status Laporan", Column.STATUS), ("Lokasi", Column.PLACE),
        ("Lokasi Kejadian", Column.PLACE), ("Kelurahan/Desa", Column.KELURAHAN), ("Latitude", Column.LATITUDE),
        ("Lng", Column.LONGITUDE), ("Titik Koordinat", Column.BOTH), ("Lampiran Foto", Column.FILES),
        ("Rahasia", Column.SECRET), ("Anonim?", Column.ANON), ("Tipe Laporan (Anonim/Rahasia)", Column.VISIBILITY),
    ],
)  # fmt: skip
def test_headings_as_they_are_called(heading: str, column: Column) -> None:
    assert guess([heading]).columns == {column: 0}


@pytest.mark.parametrize(
    "heading", ["No", "", "Rating", "Nomor SK", "Provinsi", "ID Kategori", "Sumber Laporan", "Petugas"]
)
def test_headings_that_are_nothing_of_ours(heading: str) -> None:
    assert guess([heading]).columns == {}


@pytest.mark.parametrize(
    ("name", "header", "system"),
    [("Rekap LaporGub Nov.xlsx", ["ID"], "laporgub"), ("up4-2026.csv", ["ID"], "up4"), ("SP4N LAPOR!", ["ID"], "sp4n"),
     ("data.csv", ["Tracking ID"], "sp4n"), ("data.csv", ["ID"], "")],
)  # fmt: skip
def test_whose_table_it_is(name: str, header: list[str], system: str) -> None:
    assert guess(header, name).system == system


def test_a_mapping_is_remembered_by_its_headings_however_they_are_written() -> None:
    mapping = guess_table(SP4N)
    assert Mapping.model_validate_json(mapping.model_dump_json()) == mapping
    assert fingerprint(["Tracking ID", "No. HP"]) == fingerprint(["tracking  id", "NO HP "])
    assert fingerprint(["a", "b"]) != fingerprint(["b", "a"])


@pytest.mark.parametrize(
    ("cells", "at"),
    [
        ({"DATE": "22/11/2026 09:05"}, "2026-11-22T02:05"),
        ({"DATE": "2026-11-22 09:05:00"}, "2026-11-22T02:05"),
        ({"DATE": "22 November 2026 09.05"}, "2026-11-22T02:05"),
        ({"DATE": "22 Nov 2026", "TIME": "09.05 WIB"}, "2026-11-22T02:05"),
        ({"DATE": "2026-11-22 00:00:00", "TIME": "09:05"}, "2026-11-22T02:05"),
        ({"DATE": "22 Nov 2026", "TIME": "pagi"}, "2026-11-21T17:00"),
        ({"DATE": "46348.3784722222"}, "2026-11-22T02:05"),
        ({"DATE": "-"}, "2026-11-22T02:30"),
        ({}, "2026-11-22T02:30"),
    ],
)
def test_dates_as_exported(cells: dict[str, str], at: str) -> None:
    assert one(TEXT="a", **cells).said.isoformat()[:16] == at


def test_a_table_with_the_month_first_is_read_so_as_a_whole() -> None:
    mapping = Mapping(columns={Column.DATE: 0, Column.TEXT: 1})
    found = read([["Tanggal", "Isi"], ["11/22/2026", "a"], ["11/05/2026", "b"]], mapping)
    days = [each.said.astimezone(WIB).date().isoformat() for _, each in found if isinstance(each, Intake)]
    assert days == ["2026-11-22", "2026-11-05"]


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        ({}, Visibility.OPEN),
        ({"VISIBILITY": "Anonim"}, Visibility.ANON),
        ({"VISIBILITY": "Anonim, Rahasia"}, Visibility.SECRET),
        ({"VISIBILITY": "Tidak Rahasia"}, Visibility.OPEN),
        ({"VISIBILITY": "Normal"}, Visibility.OPEN),
        ({"SECRET": "Ya"}, Visibility.SECRET),
        ({"SECRET": "1", "ANON": "1"}, Visibility.SECRET),
        ({"SECRET": "Tidak", "ANON": "TRUE"}, Visibility.ANON),
        ({"SECRET": "-", "ANON": "0"}, Visibility.OPEN),
        ({"SECRET": "sebagian"}, Visibility.SECRET),
        ({"NAME": "Anonim"}, Visibility.ANON),
    ],
)
def test_sealed_columns(cells: dict[str, str], meant: Visibility) -> None:
    assert one(TEXT="a", **cells).visibility is meant


def test_who_and_where_and_what_is_enclosed() -> None:
    found = one(
        TEXT="a", PHONE="81234567890", EMAIL="A@B.ID",
        NIK="'3375 0112 1212 0001", ADDRESS="Jl. Progo", PLACE="depan SD",
        BOTH="(-6,8898, 109,6646)", FILES="https://a.id/x.jpg; https://a.id/y.pdf https://a.id/x.jpg",
    )  # fmt: skip
    assert found.sender == Sender("", "", "+6281234567890", "a@b.id", "Jl. Progo", "3375011212120001")
    assert found.place == Place("depan SD", "", -6.8898, 109.6646)
    assert found.enclosures == (
        Enclosure(Kind.PICTURE, url="https://a.id/x.jpg"), Enclosure(Kind.FILE, url="https://a.id/y.pdf")
    )  # fmt: skip
    assert one(TEXT="a", LATITUDE="-6.8898", LONGITUDE="109,6646").place == Place("", "", -6.8898, 109.6646)
    assert one(TEXT="a", LATITUDE="-96", LONGITUDE="109").place == Place()


def test_keys_are_by_ticket_and_system_else_by_what_is_said() -> None:
    rows = [["id", "isi"], ["7", "a"]]
    columns = {Column.TICKET: 0, Column.TEXT: 1}
    keys = {
        each.key
        for system in ("sp4n", "up4")
        for _, each in read(rows, Mapping(columns=columns, system=system))
        if isinstance(each, Intake)
    }
    assert keys == {"sp4n:7", "up4:7"}
    assert one(TEXT="a", NAME="b").key == one(TEXT="a", NAME="b").key != one(TEXT="a", NAME="c").key


def test_what_is_cut_off_of_a_row_is_empty() -> None:
    mapping = Mapping(columns={Column.TEXT: 0, Column.NAME: 9})
    assert [type(each) for _, each in read([["isi"], ["a"], []], mapping)] == [Intake]


cells = st.text(max_size=30) | st.sampled_from(
    ["22/11/2026", "Ya", "-6,88", "https://a.id", "081234567890", "\ud800\0"]
)


@given(st.lists(st.lists(cells, max_size=26), max_size=5), st.dictionaries(st.sampled_from(Column), st.integers(0, 25)))
def test_no_table_raises(rows: list[list[str]], columns: dict[Column, int]) -> None:
    read(rows, Mapping(columns=columns))
    read([*rows, *SP4N])


def test_ten_megabytes_are_read_in_linear_time() -> None:
    began = time.process_time()
    columns = {column: n for n, column in enumerate(Column)}
    for cell in ("9" * 400_000, "https://a.id/ " * 30_000, "1," * 200_000, " " * 400_000, "a" * 400_000):
        read([["x"], [cell] * len(Column)], Mapping(columns=columns))
        guess_table([[cell] * 24])
    read([["x"], *([["a", "22/11/2026", "b"]] * 10_000)], Mapping(columns={Column.TEXT: 0, Column.DATE: 1}))
    assert time.process_time() - began < 4


def test_a_date_that_is_still_to_come_is_told_and_not_guessed_at() -> None:
    ((_, found),) = read([["x", "y"], ["a", "22/12/2026"]], Mapping(columns={Column.TEXT: 0, Column.DATE: 1}))
    assert isinstance(found, Unread) and "22/12/2026" in found.indonesian

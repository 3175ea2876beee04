"""Personal data is found as people write it, and what only looks like it stays."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lppl.cases.triage.personal import SEALED_KINDS, Kind, marks, without
from lppl.cases.triage.personal_numbers import is_nik
from lppl.intake.values import TEXT_LENGTH

SEALED = """
NIK saya 3375011203900001 tolong dicek | NIK saya [NIK] tolong dicek
3375015203900002 | [NIK]
NIK: 3375 0112 0390 0001 | NIK: [NIK]
nik 33.75.01.120390.0001. | nik [NIK].
337501 120390 0001 atas nama ibu | [NIK] atas nama ibu
ktp 3375-0112-0390-0001 hilang | ktp [NIK] hilang
No KTP3375011203900001 belum jadi | No KTP[NIK] belum jadi
3 3 7 5 0 1 1 2 0 3 9 0 0 0 0 1 | [NIK]
kode 1234567890123456 ini apa | kode [NIK] ini apa
NIK 337501120390001 (kurang satu) | NIK [NIK] (kurang satu)
NIK 33750112039000012 | NIK [NIK]
nik３３７５０１１２０３９００００１ | nik[NIK]
NIK 3326164107650001 dan 3326160101990003 | NIK [NIK] dan [NIK]
no KK 3375011203150007 | no KK [nomor KK]
Kartu Keluarga: 3375 0112 0315 0007 | Kartu Keluarga: [nomor KK]
KK.3375011203150007 | KK.[nomor KK]
hubungi 081234567890 | hubungi [telepon]
081234567890 | [telepon]
WA 0812-3456-7890 ya | WA [telepon] ya
wa: 0812 3456 7890, malam | wa: [telepon], malam
0812.3456.7890 | [telepon]
hp 0857 123 456 78 | hp [telepon]
HP0812345678 | HP[telepon]
+6281234567890 | [telepon]
+62 812-3456-7890 | [telepon]
+62812 3456 7890 terima kasih | [telepon] terima kasih
6281234567890 | [telepon]
62 812 3456 7890 | [telepon]
+62 (0)812 3456 7890 | [telepon]
+62-285-421234 | [telepon]
(0285) 421234 | [telepon]
(0285)421234 | [telepon]
(0285) 421.234 | [telepon]
telp 0285-421234 | telp [telepon]
0285 421 234 | [telepon]
0285421234 | [telepon]
kantor (024) 7601234 tutup | kantor [telepon] tutup
021-5551234 | [telepon]
Telp. 421234 | Telp. [telepon]
wa 8123456789 | wa [telepon]
wa saya 812 3456 7890 | wa saya [telepon]
08 12 34 56 78 90 | [telepon]
0 8 1 2 3 4 5 6 7 8 9 0 | [telepon]
O81234567890 | [telepon]
o812-3456-7890 | [telepon]
+65 9123 4567 | [telepon]
+44 20 7946 0958 | [telepon]
hub 081234567890/085712345678 | hub [telepon]
081234567890 085712345678 | [telepon] [telepon]
081234567890, 0857-1234-5678 | [telepon], [telepon]
081234567890 5 kali saya telepon | [telepon] 5 kali saya telepon
nol delapan satu dua tiga empat lima enam tujuh delapan sembilan | [telepon]
kosong delapan lima tujuh satu satu dua dua tiga tiga | [telepon]
(0812) 3456-7890 | [telepon]
0812_3456_7890 | [telepon]
0812\u200b3456\u200b7890 | [telepon]
budi@contoh.go.id | [surel]
kirim ke Siti.Aminah88@gmail.com. | kirim ke [surel].
email: budi_s+aduan@yahoo.co.id ya | email: [surel] ya
budi @gmail.com | [surel]
budi@gmail com | [surel]
budi (at) contoh.com | [surel]
budi[at]gmail[dot]com | [surel]
a@b.id;c@d.id | [surel];[surel]
budi＠contoh.id | [surel]
rek 1234567890 | rek [nomor rekening]
No. Rek. BRI 0021-01-012345-50-7 | No. Rek. BRI [nomor rekening]
rekening bank jateng 3010123456 a.n. budi | rekening bank jateng [nomor rekening] a.n. budi
norek 1390012345678 | norek [nomor rekening]
BCA 1234567890 | BCA [nomor rekening]
1234567890 (BCA) | [nomor rekening] (BCA)
transfer ke Mandiri 139-00-1234567-8 | transfer ke Mandiri [nomor rekening]
rekening atas nama Budi: 7123456789 | rekening atas nama Budi: [nomor rekening]
virtual account 8808123456789012345 | virtual account [nomor rekening]
""".strip().splitlines()

KEPT = """
Rp 15.000.000
bayar Rp15.000.000,00 tunai
Rp. 8.500.000.000
anggaran 62.000.000.000 rupiah
anggaran 812.345.678.000
denda 10.000.000 sampai 15.000.000
uang 250.000 dan 1.500.000
rekening listrik Rp 1.350.000
rekening air bulan 05-2026 naik
tanggal 12-05-2026 jam 08.30
12/05/2026
2026-05-12
12 05 2026
dari 12-05-2026 13-05-2026 sampai 14-05-2026
17.08.1945
jam 08.00-16.00
buka 08.00 - 16.00 dan 19.00 - 21.00
pukul 07:30:15 WIB
tahun 2019 2020 2021 2022
periode 2021/2022 2023/2024
rumah no 12 RT 03 RW 05
RT 08/RW 12
RT 003 RW 005 no. 128
Jl. Sriwijaya No. 2
Gg. 5 No. 10 kode pos 51111
LPR-2026-000123
tiket LPR-2026-0812345678
aduan ADU/2026/05/0012
kode K7QF-2M9X
kode 2345-6789
-6.8969497174987, 109.66208089654
-6.888301,109.675312
-6.888301 109.675312
109.6620808965432
https://maps.google.com/?q=-6.8969,109.6620
5 km, 12 kali, 300 KK
Perda Nomor 8 Tahun 2013
UU 14/2008 pasal 22 ayat 7
panggil 112 atau 119
SMS ke 1708
G 1234 AB
meteran 12345678 rusak
kecepatan 100 mbps 24 jam
24/7
3,5 juta
100% 50%
nomor antrean 045
TPS 01 02 03 04
kelas 7A 7B 8A
diskon 10-20-30 persen
lebar 3 x 4 x 5 m
@radiokotabatik
follow @batik.tv
08.30
0,5 ha
COVID-19 2020
hari ke 08 09 10
""".strip().splitlines()

OTHERS = """
Jl. Veteran No. 12 rusak | [alamat] rusak | alamat
alamat jalan Sriwijaya nomor 7B ya | alamat [alamat] ya | alamat
Gang Melati 3 no 4 | [alamat] | alamat
di RT 03/RW 05 Medono | di [alamat] Medono | alamat
RT.03 RW.05 | [alamat] | alamat
rt/rw 003/005 | [alamat] | alamat
Perum Griya Tirto Blok C 12 | [alamat] | alamat
Jalan Veteran 5 meter dari pasar | Jalan Veteran 5 meter dari pasar | alamat
jalan rusak 3 bulan | jalan rusak 3 bulan | alamat
Jalan Veteran gelap | Jalan Veteran gelap | alamat
truk G 1234 AB parkir | truk [pelat] parkir | pelat
G1234AB | [pelat]| pelat
plat g 1234 ab ngebut | plat [pelat] ngebut | pelat
RT 03 RW | RT 03 RW | pelat
di 12 rw | di 12 rw | pelat
nama saya Budi Santoso dari Medono | nama saya [nama] dari Medono | nama
nama saya budi santoso dari medono | nama saya [nama] dari medono | nama
a.n. Siti Aminah, Klego | a.n. [nama], Klego | nama
atas nama Joko | atas nama [nama] | nama
Pak Slamet Riyadi tidak di tempat | Pak [nama] tidak di tempat | nama
Bu Siti dan Pak Budi | Bu [nama] dan Pak [nama] | nama
Sdr. Agus | Sdr. [nama] | nama
Bapak Walikota yth | Bapak Walikota yth | nama
pak RT dan Bu Lurah | pak RT dan Bu Lurah | nama
pak tolong jalan rusak | pak tolong jalan rusak | nama
""".strip().splitlines()


def _rows(lines: list[str]) -> list[tuple[str, ...]]:
    """Return the columns of a table; ``\\u…`` in it stands for a sign that nobody would see here."""
    plain = [re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), line) for line in lines]
    return [tuple(column.strip(" ") for column in line.split("|")) for line in plain]


@pytest.mark.parametrize(("written", "safe"), _rows(SEALED))
def test_what_is_sealed_is_taken_out_and_nothing_else(written: str, safe: str) -> None:
    taken = re.sub(r"\[telepon\]/\[telepon\]", "[telepon]", without(written, SEALED_KINDS))
    assert taken == safe


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert without(text, SEALED_KINDS) == text


@pytest.mark.parametrize(("written", "safe", "kind"), _rows(OTHERS))
def test_addresses_plates_and_names_are_marked(written: str, safe: str, kind: str) -> None:
    assert len(SEALED) + len(KEPT) + len(OTHERS) >= 100
    assert without(written, {Kind(kind)}) == safe


@pytest.mark.parametrize(
    ("digits", "valid"),
    [
        ("3375011203900001", True),
        ("3375015203900001", True),  # a woman born on the 12th
        ("3375017103900001", True),
        ("3375017203900001", False),
        ("3375013203900001", False),
        ("3375011213900001", False),
        ("3375014003900001", False),
        ("0075011203900001", False),
        ("2075011203900001", False),
        ("3375011203900000", False),
        ("337501120390001", False),
        ("", False),
    ],
)
def test_the_shape_of_a_nik(digits: str, valid: bool) -> None:
    assert is_nik(digits) is valid


def test_marks_tell_what_is_sure() -> None:
    text = "NIK 3375011203900001, 1234567890123456, wa 0812-3456-7890 (Bu Siti)"
    assert [(text[m.start : m.end], m.kind, m.sure) for m in marks(text)] == [
        ("3375011203900001", Kind.NIK, True),
        ("1234567890123456", Kind.NIK, False),
        ("0812-3456-7890", Kind.PHONE, True),
        ("Siti", Kind.NAME, True),
    ]


def test_only_the_kinds_asked_for_are_taken_out() -> None:
    text = "Pak Budi 081234567890 budi@contoh.id"
    assert without(text, {Kind.EMAIL}) == "Pak Budi 081234567890 [surel]"
    assert without(text, set()) == text
    assert without(text, set(Kind)) == "Pak [nama] [telepon] [surel]"


PIECES = st.sampled_from(
    ["081234567890", "0812", "62", "+62", "3375011203900001", "3375", "rek", "BRI", "nik", "wa", "a@b.id", "@", ".",
     " ", "-", "(", ")", "/", "\n", "Rp", "Jl.", "No", "RT 03", "RW", "Pak", "Budi", "nama saya", "G 1234 AB", "9", "0",
     "Perum", "Blok", "nol satu", "[telepon]", "[nomor rekening]", "2026", "12-05-2026", "08.30", "gmail", "(at)"]
)  # fmt: skip
TEXTS = st.text() | st.lists(PIECES).map("".join) | st.lists(PIECES).map(" ".join)


@given(TEXTS)
@example("rek 12345678 rek 12345678 5551234567")
def test_marks_lie_within_the_text_and_apart(text: str) -> None:
    end = 0
    for mark in marks(text):
        assert end <= mark.start < mark.end <= len(text)
        end = mark.end


@given(TEXTS, st.frozensets(st.sampled_from(Kind)))
def test_what_was_taken_out_is_gone_and_stays_gone(text: str, kinds: frozenset[Kind]) -> None:
    safe = without(text, kinds)
    assert not [m for m in marks(safe) if m.kind in kinds]
    assert without(safe, kinds) == safe


@given(st.from_regex(r"08[0-9]{8,10}", fullmatch=True), st.sampled_from(["", " ", "-", ".", " - "]), st.integers(2, 4))
def test_a_mobile_number_is_found_however_it_is_grouped(digits: str, sign: str, size: int) -> None:
    grouped = sign.join(digits[i : i + size] for i in range(0, len(digits), size))
    shown = without(f"tolong kabari {grouped} ya", SEALED_KINDS)
    assert sum(c.isdigit() for c in shown) <= 1, shown  # a last figure that stands alone may be a count


@pytest.mark.parametrize(
    "hostile",
    [
        "1",
        "0812 ",
        "a@",
        "@",
        "Jl. a ",
        "Pak Budi ",
        "62.8",
        "1.000",
        "rt 1 ",
        "nama ",
        "nol ",
        "A1A ",
        "08.00-",
        "(at)",
    ],
)
def test_a_hostile_text_is_read_to_its_end(hostile: str) -> None:
    end = " 3375011203900001 budi@contoh.id"
    text = hostile * ((TEXT_LENGTH - len(end)) // len(hostile)) + end
    safe = without(text, SEALED_KINDS)
    assert "3375011203900001" not in safe
    assert "@contoh.id" not in safe


@pytest.mark.parametrize("hostile", ["1", "0812 ", "a@b.", "Jl. a ", "@"])
def test_what_was_not_looked_at_goes_nowhere(hostile: str) -> None:
    text = hostile * (1_000_000 // len(hostile)) + " 081234567890"
    assert all(m.end <= TEXT_LENGTH for m in marks(text))
    safe = without(text, SEALED_KINDS)
    assert len(safe) <= TEXT_LENGTH
    assert without(safe, SEALED_KINDS) == safe

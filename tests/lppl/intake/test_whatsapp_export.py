import json
import time
import zipfile
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake import web_form, whatsapp, whatsapp_export
from lppl.intake.values import Enclosure, Intake, Kind, Parsed, Place, Sender, Source
from tests.lppl.intake.parsed_checks import raw, sound
from tests.lppl.intake.test_whatsapp import TEXT, call

WIB = ZoneInfo("Asia/Jakarta")
SAID = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
BUDI = Sender("nama:Budi RT 3", "Budi RT 3")
OWN = ("Radio Kota Batik", "+62 285 421000")

ANDROID = (
    "22/11/26 08.59 - Pesan dan panggilan dienkripsi secara end-to-end. Hanya orang di chat ini yang dapat membaca.\n"
    "22/11/26 09.05 - Budi RT 3: Lampu jalan mati\nsejak Kamis\n\nTolong: segera\n"
    "22/11/26 09.06 - Radio Kota Batik: Terima kasih\n"
    "22/11/26 09.07 - Budi RT 3: IMG-20261122-WA0001.jpg (file terlampir)\nDi depan SD\n"
    "22/11/26 09.08 - Budi RT 3: <Media tidak disertakan>\n"
    "22/11/26 09.09 - \u202a+62 812‑3456‑7890\u202c: Banjir <Pesan ini diedit>\n"
    "22/11/26 09.10 - Budi RT 3: Pesan ini telah dihapus\n"
    "22/11/26 09.11 - Anda mengubah subjek menjadi “Aduan: RT 3”\n"
    "22/11/26 09.12 - Budi RT 3: lokasi: https://maps.google.com/?q=-6.8898,109.6646\n"
)
IOS = (
    "[22/11/26 08.59.00] Budi RT 3: \u200ePesan dan panggilan terenkripsi secara end-to-end. Ketuk untuk info.\r\n"
    "[22/11/26 09.05.10] Budi RT 3: Lampu jalan mati\r\nsejak Kamis\r\n"
    "\u200e[22/11/26 09.07.00] Budi RT 3: Di depan SD \u200e<terlampir: 00000002-PHOTO-2026-11-22-09-07-00.jpg>\r\n"
    "\u200e[22/11/26 09.08.00] Budi RT 3: \u200egambar tidak disertakan\r\n"
    "[22/11/26 09.08.30] Budi RT 3: surat.pdf • \u200e2 halaman \u200edokumen tidak disertakan\r\n"
    "[22/11/26 09.09.00] ~\u202fBudi: Banjir \u200e<Pesan ini diedit>\r\n"
    "[22/11/26 09.10.00] Budi RT 3: \u200ePesan ini dihapus.\r\n"
    "[22/11/26 09.11.00] Budi RT 3: \u200ePanggilan suara tak terjawab\r\n"
    "[22/11/26 09.12.00] Budi RT 3: Kode keamanan gerbang SD rusak, anak keluar sendiri\r\n"
)
IMAGE = "IMG-20261122-WA0001.jpg"


def read(text: str, media: Mapping[str, int] | None = None, own: Collection[str] = OWN) -> Parsed:
    return whatsapp_export.parse(text, media or {}, own, WIB)


def test_a_chat_of_android() -> None:
    found = sound(read(ANDROID, {IMAGE: 81_234}))
    assert [(i.said - SAID, i.text, i.sender) for i in found.intakes] == [
        (timedelta(0), "Lampu jalan mati\nsejak Kamis\n\nTolong: segera", BUDI),
        (timedelta(minutes=2), "Di depan SD", BUDI),
        (timedelta(minutes=3), "[Lampiran tidak disertakan dalam ekspor]", BUDI),
        (timedelta(minutes=4), "Banjir", Sender("6281234567890", "", "+6281234567890")),
        (timedelta(minutes=7), "lokasi: https://maps.google.com/?q=-6.8898,109.6646", BUDI),
    ]
    file = Enclosure(Kind.PICTURE, ref=IMAGE, name=IMAGE, content_type="image/jpeg", size=81_234)
    assert [i.enclosures for i in found.intakes] == [(), (file,), (), (), ()]
    assert found.intakes[4].place == Place("", "", -6.8898, 109.6646)
    assert (found.unread, found.ignored) == ((), 4)
    assert len({i.key for i in found.intakes}) == 5


def test_a_chat_of_ios() -> None:
    name = "00000002-PHOTO-2026-11-22-09-07-00.jpg"
    found = sound(read(IOS, {name: 5}))
    assert [(i.said - SAID, i.text, i.sender.name) for i in found.intakes] == [
        (timedelta(seconds=10), "Lampu jalan mati\nsejak Kamis", "Budi RT 3"),
        (timedelta(minutes=2), "Di depan SD", "Budi RT 3"),
        (timedelta(minutes=3), "[Lampiran tidak disertakan dalam ekspor]", "Budi RT 3"),
        (timedelta(minutes=3.5), "surat.pdf • 2 halaman [Lampiran tidak disertakan dalam ekspor]", "Budi RT 3"),
        (timedelta(minutes=4), "Banjir", "Budi"),
        (timedelta(minutes=7), "Kode keamanan gerbang SD rusak, anak keluar sendiri", "Budi RT 3"),
    ]
    assert [[e.ref for e in i.enclosures] for i in found.intakes] == [[], [name], [], [], [], []]
    assert (found.unread, found.ignored) == ((), 3)


@pytest.mark.parametrize(
    "head",
    [
        "22/11/26 09.05 - Budi RT 3: ",
        "22/11/2026, 09:05 - Budi RT 3: ",
        "22/11/2026 09.05 - Budi RT 3: ",
        "22/11/26, 9:05 AM - Budi RT 3: ",
        "11/22/26, 9:05\u202fAM - Budi RT 3: ",
        "2026-11-22 09:05 - Budi RT 3: ",
        "22.11.26, 09:05 - Budi RT 3: ",
        "\ufeff22/11/26 09.05 - Budi RT 3: ",
        "[22/11/26 09.05.00] Budi RT 3: ",
        "[22/11/26, 09:05:00] Budi RT 3: ",
        "[11/22/26, 9:05:00\u202fAM] Budi RT 3: ",
        "\u200e[22/11/2026 pukul 09.05.00] Budi RT 3: ",
        "[22/11/26, 9.05.00 am] Budi RT 3: ",
    ],
)
def test_how_dates_are_written(head: str) -> None:
    (found,) = read(f"{head}Halo\n").intakes
    assert (found.said, found.text, found.sender) == (SAID, "Halo", BUDI)


def test_the_whole_file_decides_which_is_the_day() -> None:
    indonesian = [i.said.month for i in read("03/04/26 09.05 - A: a\n05/04/26 09.05 - A: b\n").intakes]
    american = [i.said.month for i in read("3/4/26, 9:05 PM - A: a\n3/14/26, 9:05 PM - A: b\n").intakes]
    assert (indonesian, american) == ([4, 4], [3, 3])
    assert read("3/4/26, 9:05 PM - A: a\n3/14/26, 9:05 PM - A: b\n").intakes[0].said.hour == 14


def test_a_chat_that_was_pasted_into_a_message_stays_in_it() -> None:
    text = "22/11/26 09.05 - A: Ini:\n[22/11/26 09.01.00] B: Halo\n99/99/26 09.05 - C: apa\nselesai\n"
    assert [i.text for i in read(text).intakes] == [
        "Ini:\n[22/11/26 09.01.00] B: Halo\n99/99/26 09.05 - C: apa\nselesai"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Pesan ini dihapus", "Pesan ini telah dihapus.", "This message was deleted", "You deleted this message.",
        "null", "Missed voice call", "Panggilan video tidak dijawab", "",
    ],
)  # fmt: skip
def test_nobodys_lines(line: str) -> None:
    assert read(f"22/11/26 09.05 - A: {line}\n") == Parsed(ignored=1)


@pytest.mark.parametrize(
    "line", ["Pesan ini telah dihapus admin kemarin, mengapa?", "Panggilan video", "Missed", "Ada end-to-end?", "null?"]
)
def test_what_only_looks_like_them_is_a_word(line: str) -> None:
    assert [i.text for i in read(f"22/11/26 09.05 - A: {line}\n").intakes] == [line]


@pytest.mark.parametrize("own", ["radio  kota batik", "0285421000"])
def test_the_stations_own_messages_are_known_however_it_is_written(own: str) -> None:
    text = "22/11/26 09.05 - Radio Kota Batik: a\n22/11/26 09.06 - +62 285 421000: b\n22/11/26 09.06 - Budi: c\n"
    assert len(read(text, own=(own,)).intakes) == 2 and len(read(text, own=OWN).intakes) == 1


def test_a_number_in_a_name_is_no_number() -> None:
    (found,) = read("22/11/26 09.05 - Pak RT 081234567890: a\n").intakes
    assert found.sender == Sender("nama:Pak RT 081234567890", "Pak RT 081234567890")


def test_who_has_a_number_is_known_by_the_channels_own_handle() -> None:
    (found,) = read("22/11/26 09.05 - +62 812-3456-7890: a\n").intakes
    (live,) = whatsapp.parse(raw(Source.WHATSAPP, json.dumps(call(TEXT)).encode())).intakes
    assert (found.sender.handle, found.sender.phone) == (live.sender.handle, live.sender.phone)


def keys(text: str, media: Mapping[str, int] | None = None) -> list[str]:
    return [i.key for i in read(text, media).intakes]


def test_importing_again_doubles_nothing() -> None:
    longer = ANDROID + "22/11/26 09.30 - Budi RT 3: Sudah menyala\n"
    assert keys(longer)[:-1] == keys(ANDROID) == keys(ANDROID, {IMAGE: 1})
    without = ANDROID.replace(f"{IMAGE} (file terlampir)", "<Media omitted>").replace("tidak disertakan", "omitted")
    assert keys(without) == keys(ANDROID, {IMAGE: 1})
    other_zone = whatsapp_export.parse(ANDROID, {}, OWN, ZoneInfo("Asia/Jayapura"))
    assert [i.key for i in other_zone.intakes] == keys(ANDROID)


def test_who_when_what_and_how_often_make_the_key() -> None:
    lines = [
        "22/11/26 09.05 - A: a\n", "22/11/26 09.05 - A: a\n", "22/11/26 09.05 - B: a\n", "22/11/26 09.06 - A: a\n",
        "22/11/26 09.06 - A: b\n",
    ]  # fmt: skip
    assert len(set(keys("".join(lines)))) == 5


def test_what_cannot_be_the_begin_of_a_chat_is_told() -> None:
    assert [u.reason for u in read("Halo\n22/11/26 09.05 - A: a\n").unread] == ["damaged"]


def word(minute: float, text: str = "a", sender: str = "A", **more: object) -> Intake:
    at = SAID + timedelta(minutes=minute)
    return Intake(Source.WHATSAPP, f"{sender}{minute}", at, text, Sender(sender), **more)  # type: ignore[arg-type]


def test_words_in_a_row_are_joined() -> None:
    file, place = Enclosure(Kind.PICTURE, "1"), Place("", "", 1.0, 2.0)
    words = [
        word(0, "a"), word(9, "", enclosures=(file,)), word(18, "b", place=place), word(29, "c"), word(30, "d", "B"),
        word(31, "e"), word(30, "f"),
    ]  # fmt: skip
    found = list(whatsapp_export.grouped(words, timedelta(minutes=10)))
    assert [i.text for i in found] == ["a\nb", "c", "d", "e", "f"]
    assert (found[0].said, found[0].enclosures, found[0].place) == (SAID, (file,), place)
    assert found[1:] == [*words[3:]]
    assert len({i.key for i in found} | {words[0].key}) == 6
    again = list(whatsapp_export.grouped([*words[:2], words[2]], timedelta(minutes=10)))
    assert again[0].key == found[0].key


def test_what_is_joined_is_not_cut() -> None:
    words = [word(n, "x" * 9_000) for n in range(5)]
    found = list(whatsapp_export.grouped(words, timedelta(minutes=10)))
    assert [len(i.text) for i in found] == [18_001, 18_001, 9_000]
    assert list(whatsapp_export.grouped([], timedelta(minutes=10))) == []


# --- from a file ---


def packed(path: Path, **entries: str) -> Path:
    with zipfile.ZipFile(path / "chat.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return path / "chat.zip"


@pytest.mark.parametrize("name", ["_chat.txt", "Chat WhatsApp dengan Budi RT 3.txt", "WhatsApp Chat with Budi.txt"])
def test_a_zip(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path, **{"catatan.txt": "bukan", IMAGE: "foto", f"Ekspor/{name}": ANDROID})
    found = whatsapp_export.read(path, OWN, WIB)
    assert found.parsed == read(ANDROID, {IMAGE: 4})
    assert found.senders == {"Budi RT 3": 4, "+6281234567890": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_alone(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "WhatsApp Chat with Budi.txt"
    path.write_bytes(ANDROID.encode(encoding))
    assert whatsapp_export.read(path, OWN, WIB).parsed == read(ANDROID)


@pytest.mark.parametrize(("text", "reason"), [("Bukan obrolan\n", "unknown-type"), ("", "empty")])
def test_a_text_that_is_no_chat(tmp_path: Path, text: str, reason: str) -> None:
    for path in (packed(tmp_path, **{"_chat.txt": text}), tmp_path / "a.txt"):
        if path.suffix == ".txt":
            path.write_text(text)
        assert [u.reason for u in whatsapp_export.read(path, OWN, WIB).parsed.unread] == [reason]


def test_its_words_can_be_handed_over_and_read_again(tmp_path: Path) -> None:
    for intake in whatsapp_export.read(
        packed(tmp_path, **{"_chat.txt": ANDROID, IMAGE: "foto"}), OWN, WIB
    ).parsed.intakes:
        handed = raw(Source.WHATSAPP, web_form.written(intake), web_form.CONTENT_TYPE)
        assert web_form.parse(handed).intakes == (intake,)


@given(st.lists(st.sampled_from([*ANDROID.splitlines(), *IOS.splitlines(), "", "\ud800\0", "a: b", "<terlampir: x>"])))
def test_lines_in_any_order_are_all_kept_or_counted(lines: list[str]) -> None:
    found = read("\n".join(lines), {IMAGE: 1})
    for intake in found.intakes:
        assert len(intake.key) == 64 and intake.said.utcoffset() == timedelta(0)
        assert intake.text.encode() is not None and (intake.text or intake.enclosures)
    heads = whatsapp_export._heads("\n".join(lines), WIB)[0]
    assert len(found.intakes) + found.ignored == len(heads)


@given(st.text(st.characters(exclude_categories=()), max_size=100))
def test_anything_in_a_message(text: str) -> None:
    found = read(f"22/11/26 09.05 - A: {text}\n", {IMAGE: 1})
    assert len(found.intakes) + found.ignored >= 1
    for intake in found.intakes:
        assert "\0" not in intake.text and intake.text.encode() is not None


@pytest.mark.parametrize(
    "piece",
    [
        "22/11/26 09.05 - A: a\n",
        " " * 100,
        "\n",
        "a" * 100,
        "22/11/26 09.05 - ",
        "<terlampir: ",
        "a.jpg (file ",
        "\u0301\u0323",
    ],
)
def test_megabytes_of_nonsense_in_linear_time(piece: str) -> None:
    text = "22/11/26 09.05 - A: a" + piece * (2_000_000 // len(piece))
    begun = time.process_time()
    read(text)
    assert time.process_time() - begun < 4

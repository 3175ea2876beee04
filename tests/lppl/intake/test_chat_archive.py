import io
import random
import struct
import zipfile
from pathlib import Path

import pytest

from lppl.intake.chat_archive import Limits, NotInArchive, medium, opened

CHAT = "22/11/26 09.05 - Budi: Halo\n"


def packed(**entries: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return held.getvalue()


def kept(path: Path, data: bytes) -> Path:
    file = path / "x.zip"
    file.write_bytes(data)
    return file


def reasons(path: Path, data: bytes, limits: Limits = Limits()) -> list[tuple[str, str]]:  # noqa: B008 - frozen
    return [(u.reason, u.where) for u in opened(kept(path, data), limits).unread]


def test_media_are_named_and_not_loaded(tmp_path: Path) -> None:
    path = kept(
        tmp_path, packed(**{"_chat.txt": CHAT.encode(), "a/IMG.jpg": b"foto", "__MACOSX/b.jpg": b"", "c/": b""})
    )
    found = opened(path)
    assert (found.text, found.media, found.unread) == (CHAT, {"IMG.jpg": 4}, ())
    assert b"".join(medium(path, "IMG.jpg")) == b"foto"


def test_names_are_compared_as_the_text_writes_them(tmp_path: Path) -> None:
    path = kept(tmp_path, packed(**{"_chat.txt": b"", "caf\u0065\u0301.jpg": b"1"}))
    assert list(opened(path).media) == ["caf\u00e9.jpg"]
    assert b"".join(medium(path, "caf\u00e9.jpg")) == b"1"


def test_of_two_of_one_name_the_first_is_meant(tmp_path: Path) -> None:
    path = kept(tmp_path, packed(**{"_chat.txt": b"", "a.jpg": b"1", "../../a.jpg": b"22"}))
    assert opened(path).media == {"a.jpg": 1}


@pytest.mark.parametrize(("name", "most"), [("gone.jpg", 99), ("a.jpg", 3), ("bomb.jpg", 10**9)])
def test_a_medium_that_is_not_there_or_too_large(tmp_path: Path, name: str, most: int) -> None:
    path = kept(tmp_path, packed(**{"_chat.txt": b"", "a.jpg": b"1234", "bomb.jpg": b"0" * 2_000_000}))
    with pytest.raises(NotInArchive):
        list(medium(path, name, most))
    assert b"".join(medium(path, "a.jpg", 4)) == b"1234"


def test_what_unpacks_to_a_thousand_times_its_size_is_refused(tmp_path: Path) -> None:
    bomb = b"0" * 2_000_000
    assert reasons(tmp_path, packed(**{"_chat.txt": bomb})) == [("too-large", "_chat.txt")]
    found = opened(kept(tmp_path, packed(**{"_chat.txt": CHAT.encode(), "b.jpg": bomb})))
    assert (found.text, found.media, [u.where for u in found.unread]) == (CHAT, {}, ["b.jpg"])


def test_sizes_are_bounded(tmp_path: Path) -> None:
    entries = {"_chat.txt": CHAT.encode(), "a.jpg": b"123", "b.jpg": b"456", "c.jpg": b"7"}
    whole = packed(**entries)
    assert opened(kept(tmp_path, whole), Limits(all_media=5)).media == {"a.jpg": 3, "c.jpg": 1}
    assert opened(kept(tmp_path, whole), Limits(medium=2)).media == {"c.jpg": 1}
    assert reasons(tmp_path, whole, Limits(text=5)) == [("too-large", "_chat.txt")]
    assert reasons(tmp_path, CHAT.encode(), Limits(text=5)) == [("too-large", "x.zip")]
    assert reasons(tmp_path, whole, Limits(entries=3)) == [("too-large", "")]
    assert reasons(tmp_path, whole, Limits(directory=50)) == [("too-large", "")]
    assert reasons(tmp_path, whole, Limits(28, 3, 7, 4, 1_000)) == []


def test_the_64_bit_form_could_hide_a_longer_one(tmp_path: Path) -> None:
    whole = packed(**{"_chat.txt": CHAT.encode()})
    at = whole.rfind(b"PK\x05\x06")
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    assert reasons(tmp_path, whole[:at] + locator + whole[at:]) == [("too-large", "")]


def test_other_archives(tmp_path: Path) -> None:
    assert reasons(tmp_path, packed(**{"a.jpg": b"1"})) == [("empty", "")]
    assert reasons(tmp_path, b"PK\x03\x04 and then nothing") == [("damaged", "")]
    whole = packed(**{"_chat.txt": CHAT.encode()})
    locked = whole.replace(b"PK\x03\x04\x14\0\0\0", b"PK\x03\x04\x14\0\x01\0").replace(
        b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\x01\0"
    )
    assert locked != whole and reasons(tmp_path, locked) == [("damaged", "")]
    with pytest.raises(FileNotFoundError):
        opened(tmp_path / "gone.zip")


def test_no_damage_makes_it_raise(tmp_path: Path) -> None:
    whole = packed(**{"_chat.txt": CHAT.encode() * 20, "a.jpg": b"foto" * 50})
    dice, seen = random.Random(7), set()
    for _ in range(1_500):
        broken = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            broken[dice.randrange(len(broken))] = dice.choice((0, 1, 0x7F, 0xFF, dice.randrange(256)))
        path = kept(tmp_path, bytes(broken[: dice.choice((len(broken), dice.randrange(len(broken))))]))
        found = opened(path)
        seen.add(found.unread[0].reason if found.unread else "")
        try:
            b"".join(medium(path, "a.jpg", 1_000))
        except NotInArchive:
            seen.add("not there")
    assert {"", "damaged", "not there"} <= seen

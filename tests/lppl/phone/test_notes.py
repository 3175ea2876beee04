"""Notes of calls: they come back as they were, and show nobody else who called."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from lppl.intake.keyring import Keyring, PersonKey
from lppl.phone.notes import NoteDamaged, decoded, read, sealed_note, write
from lppl.phone.values import Note

UUID_1 = UUID(int=1)
NOTE = Note(
    UUID_1, "+628123456789", "0285 é", datetime(2026, 11, 23, 3, 4, 5, 678, tzinfo=UTC), "aspirasi", emergency=True,
    told=True, disturbed=True,
)  # fmt: skip


@pytest.fixture
def key(tmp_path: Path) -> PersonKey:
    return Keyring.of(tmp_path / "keys").new()


def test_a_note_comes_back_as_it_was_and_is_nobody_elses(tmp_path: Path, key: PersonKey) -> None:
    folder = tmp_path / "phone" / "calls"
    write(folder, NOTE, key)
    found = read(folder, UUID_1)
    assert found is not None
    assert found.wrapped == key.wrapped
    assert found.opened(UUID_1, key) == NOTE
    (path,) = folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_only_when_it_began_can_be_read_without_its_key(tmp_path: Path, key: PersonKey) -> None:
    data = sealed_note(NOTE, key).encoded()
    assert set(json.loads(data)) == {"format", "began", "key", "sealed"}
    for word in (b"8123456789", b"0285", b"aspirasi", b"emergency", b"true"):
        assert word not in data
    assert decoded(data).began == NOTE.began
    with pytest.raises(NoteDamaged):
        decoded(data).opened(UUID_1, Keyring.of(tmp_path / "keys").new())


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"{}", b'"x"', b'{"began": 1}', bytes(100), b"\xff\xfe"]
    + [
        json.dumps({"began": "2026-11-23T03:04:05+00:00", "key": "k", "sealed": "s"} | wrong).encode()
        for wrong in ({"began": "kemarin"}, {"key": 1}, {"sealed": None}, {"key": "é"}, {"began": "9999-99-99"})
    ],
)
def test_what_is_no_note_is_found_out(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(NoteDamaged):
        decoded(data)
    (tmp_path / f"{UUID_1}.note").write_bytes(data)
    assert read(tmp_path, UUID_1) is None


def test_a_note_that_is_missing_is_none(tmp_path: Path) -> None:
    assert read(tmp_path, UUID_1) is None


@pytest.mark.parametrize("said", [b"", b"[]", b"{}", b'{"caller": 1}', b"\xff"])
def test_what_the_key_seals_may_be_rubbish_too(key: PersonKey, said: bytes) -> None:
    data = json.loads(sealed_note(NOTE, key).encoded()) | {"sealed": key.seal(said).decode()}
    with pytest.raises(NoteDamaged):
        decoded(json.dumps(data).encode()).opened(UUID_1, key)

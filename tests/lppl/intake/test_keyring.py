"""Keys of persons: wrapped by master keys outside the data, turned, lost, and forgotten."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake.codes import ALPHABET, new_code, read_code
from lppl.intake.files import PIECE, SealedFiles, new_id
from lppl.intake.keyring import LOOK_S, KeyGone, Keyring, KeyringBroken, open_to_others


def test_only_its_own_key_opens_what_was_sealed(tmp_path: Path) -> None:
    ring = Keyring.of(tmp_path / "keys")
    one, other = ring.new(), ring.new()
    sealed = one.seal(b"Siti, 0812")
    assert b"Siti" not in sealed
    assert ring.unwrapped(one.wrapped).opened(sealed) == b"Siti, 0812"
    with pytest.raises(KeyGone):
        other.opened(sealed)
    with pytest.raises(KeyGone):
        ring.unwrapped(None)


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    Keyring.of(tmp_path / "keys")
    for path in (tmp_path / "keys").iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_a_turned_master_key_opens_old_and_new_and_the_former_can_be_forgotten(tmp_path: Path) -> None:
    ring = Keyring.of(tmp_path / "keys")
    old = ring.new()
    turned = ring.turned()
    assert turned.unwrapped(old.wrapped).raw == old.raw
    assert turned.hashed("phone", "1") == ring.hashed("phone", "1")
    assert turned.fingerprint == ring.fingerprint
    again = turned.rewrapped(old.wrapped)
    assert turned.forget(turned.names[1:]) == 1
    newest = Keyring.of(tmp_path / "keys", make=False)
    assert newest.unwrapped(again).raw == old.raw
    with pytest.raises(KeyGone):
        newest.unwrapped(old.wrapped)


def test_whoever_runs_meanwhile_notices_a_turn_and_a_retirement(tmp_path: Path) -> None:
    at = [0.0]
    running = Keyring.of(tmp_path / "keys", monotonic=lambda: at[0])
    reading = Keyring.of(tmp_path / "keys", monotonic=lambda: at[0])
    old = running.new()
    turned = running.turned()
    assert turned.wrapper_of(running.new().wrapped) == "0001.key", "it does not look at the folder for each key"
    at[0] += LOOK_S + 0.1
    assert turned.wrapper_of(running.new().wrapped) == "0002.key"
    again = turned.rewrapped(old.wrapped)
    assert reading.unwrapped(again).raw == old.raw, "what it cannot open makes it look at once"
    turned.forget(["0001.key"])
    assert running.unwrapped(again).raw == old.raw
    at[0] += LOOK_S + 0.1
    running.new()
    assert running.names == ("0002.key",)
    with pytest.raises(KeyGone):
        running.unwrapped(old.wrapped)


class Overtaken(Keyring):
    """Another thread always looks right before this one does."""

    def _look(self) -> bool:
        super()._look()
        return super()._look()


def test_what_another_thread_noticed_first_is_not_taken_for_erased(tmp_path: Path) -> None:
    running = Overtaken.of(tmp_path / "keys")
    key = running.turned().new()
    assert running.unwrapped(key.wrapped).raw == key.raw


def test_a_key_is_renewed_only_where_a_former_master_key_wrapped_it(tmp_path: Path) -> None:
    ring = Keyring.of(tmp_path / "keys")
    old = ring.new()
    assert ring.renewed(old.wrapped) == old.wrapped
    turned = ring.turned()
    fresh = ring.renewed(old.wrapped)
    assert turned.wrapper_of(fresh) == "0002.key"
    assert turned.unwrapped(fresh).raw == old.raw
    assert ring.renewed(fresh) == fresh
    with pytest.raises(KeyGone):
        ring.renewed(Keyring.of(tmp_path / "others").new().wrapped)
    ring.folder.rename(tmp_path / "away")
    with pytest.raises(FileNotFoundError):
        ring.renewed(fresh)


def test_a_folder_that_is_away_makes_nothing_look_erased(tmp_path: Path) -> None:
    at = [0.0]
    running = Keyring.of(tmp_path / "keys", monotonic=lambda: at[0])
    old = running.new()
    again = running.turned().rewrapped(old.wrapped)
    (tmp_path / "keys").rename(tmp_path / "away")
    with pytest.raises(FileNotFoundError):
        running.unwrapped(again)
    at[0] += LOOK_S + 0.1
    assert running.unwrapped(running.new().wrapped), "what is known goes on sealing"
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "0002.key").write_bytes(b"half a k")
    with pytest.raises(OSError, match="keys"):
        running.unwrapped(again)
    (tmp_path / "keys" / "0002.key").unlink()
    (tmp_path / "keys").rmdir()
    (tmp_path / "away").rename(tmp_path / "keys")
    assert running.unwrapped(again).raw == old.raw


def test_the_newest_master_key_is_never_forgotten(tmp_path: Path) -> None:
    ring = Keyring.of(tmp_path / "keys")
    former = ring.turned().names[1:]
    newest = ring.turned()  # by somebody else, between looking and forgetting
    assert newest.forget([*former, newest.names[0]]) == 1
    assert Keyring.of(tmp_path / "keys", make=False).names == ("0003.key", "0002.key")


def test_master_keys_are_known_by_marks_that_say_nothing_of_them(tmp_path: Path) -> None:
    ring = Keyring.of(tmp_path / "keys").turned()
    assert set(ring.marks) == {"0001.key", "0002.key"} and len(set(ring.marks.values())) == 2
    assert Keyring.of(tmp_path / "keys").marks == ring.marks
    (tmp_path / "keys" / "0001.key").write_bytes((tmp_path / "keys" / "0001.key").read_bytes() + b"\n")
    assert Keyring.of(tmp_path / "keys").marks == ring.marks, "an editor added a line's end"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_key_that_root_makes_belongs_to_the_service(tmp_path: Path) -> None:
    ring = Keyring.of(tmp_path / "keys")
    os.chown(tmp_path / "keys" / "0001.key", 4321, 4322)
    ring.turned()
    made = (tmp_path / "keys" / "0002.key").stat()
    assert (made.st_uid, made.st_gid, made.st_mode & 0o777) == (4321, 4322, 0o600)


def test_what_others_may_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    Keyring.of(folder).note_erased("1.x")
    assert open_to_others(folder) == ()
    (folder / "erased").chmod(0o640)
    (folder / "baca-saya.txt").touch(0o644)
    folder.chmod(0o755)
    assert open_to_others(folder) == (".", "erased")


def test_a_missing_folder_is_not_made_anew_where_records_know_another(tmp_path: Path) -> None:
    with pytest.raises(KeyringBroken):
        Keyring.of(tmp_path / "gone", make=False)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "0001.key").write_bytes(b"rubbish")
    with pytest.raises(KeyringBroken):
        Keyring.of(tmp_path / "bad")


def test_hashes_depend_on_the_key_and_on_the_kind(tmp_path: Path) -> None:
    one, other = Keyring.of(tmp_path / "a"), Keyring.of(tmp_path / "b")
    assert len({one.hashed("phone", "1"), one.hashed("email", "1"), other.hashed("phone", "1")}) == 3


def test_who_was_erased_is_remembered_outside_the_data(tmp_path: Path) -> None:
    ring = Keyring.of(tmp_path / "keys")
    assert ring.erased() == frozenset()
    ring.note_erased("12")
    ring.note_erased("15")
    assert Keyring.of(tmp_path / "keys").erased() == {"12", "15"}


@given(st.lists(st.binary(max_size=PIECE + 3), max_size=4))
def test_files_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]) -> None:
    folder = tmp_path_factory.mktemp("files")
    files, key, number = SealedFiles(folder), Keyring.of(folder / "keys").new(), new_id()
    assert files.write(number, key, iter(pieces)) == sum(map(len, pieces))
    assert b"".join(files.read(number, key)) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, 3 * PIECE])
def test_cut_swapped_and_forged_files_are_found_out(tmp_path: Path, size: int) -> None:
    files, ring, number = SealedFiles(tmp_path), Keyring.of(tmp_path / "keys"), new_id()
    key = ring.new()
    files.write(number, key, iter([b"x" * size]))
    path = files.path(number)
    whole = path.read_bytes()
    assert b"xxxx" not in whole
    bad = [whole[:-1], whole[:8], whole[:20], bytes([whole[0] ^ 1]) + whole[1:], whole + b"y"]
    if size > PIECE:
        sealed = PIECE + 16
        bad += [whole[: 8 + sealed], whole[:8] + whole[8 + sealed :]]
    for each in bad:
        path.write_bytes(each)
        with pytest.raises(KeyGone):
            list(files.read(number, key))
    path.write_bytes(whole)
    with pytest.raises(KeyGone):
        list(files.read(number, ring.new()))
    assert b"".join(files.read(number, key)) == b"x" * size


def test_a_writer_that_failed_leaves_nothing(tmp_path: Path) -> None:
    files, number = SealedFiles(tmp_path), new_id()

    def broken() -> object:
        yield b"some"
        raise OSError("line lost")

    with pytest.raises(OSError, match="line lost"):
        files.write(number, Keyring.of(tmp_path / "keys").new(), broken())  # type: ignore[arg-type]
    assert [p for p in files.folder.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("number", ["", "../../etc/passwd", "a" * 31, "A" * 32, "g" * 32])
def test_only_ids_become_paths(tmp_path: Path, number: str) -> None:
    with pytest.raises(ValueError, match="no enclosure"):
        SealedFiles(tmp_path).path(number)


@given(st.text())
def test_codes_that_were_written_are_read(text: str) -> None:
    assert read_code(text) == "" or set(read_code(text)) <= {*ALPHABET, "-"}


def test_a_code_is_read_however_it_is_written() -> None:
    code = new_code()
    assert read_code(code.lower().replace("-", " ")) == code == read_code(f" {code} ")
    assert read_code("K0LI-1234") == ""

"""Calls that were left lying: whatever a kill, damage or a turned master key left, what was said is handed in."""

import asyncio
import os
import resource
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import migrate, open_database
from lppl.intake.keyring import Keyring
from lppl.intake.keys_on_record import opened
from lppl.intake.rewrapping import CallsWaiting, retirable, retire, turn
from lppl.phone import notes
from lppl.phone.left_over import LeftOver, left_over, wrap_anew, wrapped_keys
from lppl.phone.recording import remove
from lppl.phone.sound import HEAD_BYTES, SoundSeal, head, wav_header
from lppl.phone.values import CallTaken, Note, Stage
from tests.lppl.phone.exchange import AWAY, Records, keys_beside, served, speech

UUID_1, UUID_2 = UUID(int=1), UUID(int=2)
BEGAN = datetime(2026, 11, 23, 3, 4, 5, 678, tzinfo=UTC)
NOTE = Note(UUID_1, "+62812", "0285", BEGAN, "pengaduan")
LATER = timedelta(days=9999)
"""After whatever day the tests are run on."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "calls").mkdir()
    return tmp_path / "calls"


@pytest.fixture
def keyring(folder: Path) -> Keyring:
    return keys_beside(folder)


def lay(folder: Path, keyring: Keyring, note: Note, sound: bytes | None) -> None:
    """Leave a call lying; `sound` None: its file was not begun."""
    key = keyring.new()
    notes.write(folder, note, key)
    if sound is not None:
        (folder / f"{note.uuid}.sound").write_bytes(head(key.wrapped) + SoundSeal(key).sealed(sound))


def sound_of(call: CallTaken) -> bytes:
    assert call.recording is not None
    return b"".join(call.recording.wav())[len(wav_header(0)) :]


@pytest.mark.parametrize(
    ("note", "sound", "stage"),
    [
        (NOTE, 1000, Stage.WHOLE),
        (NOTE, 0, Stage.MISSED),
        (NOTE, None, Stage.MISSED),
        (Note(UUID_1, "", "", BEGAN), None, None),
        (Note(UUID_1, "", "", BEGAN), 2, Stage.WHOLE),
        (Note(UUID_1, "", "", BEGAN, emergency=True), None, Stage.EMERGENCY),
        (Note(UUID_1, "", "", BEGAN, emergency=True), 1000, Stage.WHOLE),
        (Note(UUID_1, "0812", "", BEGAN, emergency=True, told=True), None, None),
        (Note(UUID_1, "", "", BEGAN, emergency=True, told=True), 1000, Stage.WHOLE),
        (Note(UUID_1, "", "", BEGAN, disturbed=True), None, Stage.WHOLE),
    ],
)
def test_what_was_left_lying_is_handed_in_as_what_it_is(
    folder: Path, keyring: Keyring, note: Note, sound: int | None, stage: Stage | None
) -> None:
    lay(folder, keyring, note, None if sound is None else b"\x07" * sound)
    found = left_over(folder, keyring)
    assert [call.stage for call in found.calls] == ([stage] if stage else [])
    assert left_over(folder, keyring) == found, "until it is kept, it is found again"
    for call in found.calls:
        assert (call.caller, call.pressed, call.began) == (note.caller, note.pressed, note.began)
        assert (call.recording is not None) is bool(sound)
        if sound:
            assert sound_of(call) == b"\x07" * sound
        remove(folder, call.uuid)
    assert list(folder.iterdir()) == []


def test_calls_that_go_on_and_files_of_others_are_not_touched(folder: Path, keyring: Keyring) -> None:
    for uuid in (UUID_1, UUID_2):
        lay(folder, keyring, Note(uuid, "0812", "", BEGAN), bytes(100))
        (folder / f".{uuid}.note.abc").write_bytes(b"{")
    (folder / "README").write_text("x")
    (call,) = left_over(folder, keyring, {UUID_1}).calls
    assert call.uuid == UUID_2
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        ["README", f".{UUID_1}.note.abc", f"{UUID_1}.note", f"{UUID_1}.sound", f"{UUID_2}.note", f"{UUID_2}.sound"]
    )


def test_a_folder_that_is_not_there_holds_nothing(folder: Path, keyring: Keyring) -> None:
    assert left_over(folder / "none", keyring) == LeftOver([], [])
    assert wrapped_keys(folder / "none") == frozenset()


def test_one_call_that_the_disk_refuses_does_not_hide_the_others(folder: Path, keyring: Keyring) -> None:
    lay(folder, keyring, NOTE, None)
    (folder / f"{UUID_1}.sound").mkdir()
    lay(folder, keyring, replace(NOTE, uuid=UUID_2), None)
    assert [call.uuid for call in left_over(folder, keyring).calls] == [UUID_2]


# --- damage ---


def damaged(key_of: Callable[[Path], bytes]) -> Callable[[Path], None]:
    """Return what writes other bytes where the file has its key, as a bad sector does."""

    def done(path: Path) -> None:
        path.write_bytes(path.read_bytes().replace(key_of(path)[20:40], b"A" * 20))

    return done


def gone(path: Path) -> None:
    path.unlink()


def rubbish(path: Path) -> None:
    path.write_bytes(b"\0" * 500)


NOTES_KEY = damaged(lambda path: notes.decoded(path.read_bytes()).wrapped)
NOTES_REST = damaged(lambda path: notes.decoded(path.read_bytes()).sealed)


@pytest.mark.parametrize("damage", [gone, rubbish, NOTES_REST])
def test_a_damaged_note_costs_the_number_but_never_the_voice(
    folder: Path, keyring: Keyring, damage: Callable[[Path], None]
) -> None:
    lay(folder, keyring, NOTE, b"\x07" * 1600)
    damage(folder / f"{UUID_1}.note")
    (call,) = left_over(folder, keyring).calls
    assert (call.uuid, call.caller, call.stage) == (UUID_1, "", Stage.WHOLE)
    assert sound_of(call) == b"\x07" * 1600
    assert call.began == BEGAN if damage is NOTES_REST else (datetime.now(UTC) - call.began).total_seconds() < 60


@pytest.mark.parametrize("where", ["note", "head"])
def test_either_copy_of_the_key_will_do(folder: Path, keyring: Keyring, where: str) -> None:
    lay(folder, keyring, NOTE, b"\x07" * 1600)
    if where == "note":
        NOTES_KEY(folder / f"{UUID_1}.note")
    else:
        path = folder / f"{UUID_1}.sound"
        path.write_bytes(bytes(HEAD_BYTES) + path.read_bytes()[HEAD_BYTES:])
    (call,) = left_over(folder, keyring).calls
    assert (call.caller, sound_of(call)) == ("+62812", b"\x07" * 1600)


def test_of_a_power_cut_in_the_first_second_the_number_is_left(folder: Path, keyring: Keyring) -> None:
    lay(folder, keyring, NOTE, b"")
    with (folder / f"{UUID_1}.sound").open("ab") as f:
        f.write(bytes(9000))
    assert [call.stage for call in left_over(folder, keyring).calls] == [Stage.MISSED]


def test_what_nobody_can_open_lies_where_it_is(folder: Path, keyring: Keyring, tmp_path: Path) -> None:
    lay(folder, Keyring.of(tmp_path / "others"), NOTE, b"\x07" * 1600)
    lay(folder, Keyring.of(tmp_path / "others"), replace(NOTE, uuid=UUID_2), None)
    (folder / f"{UUID(int=3)}.sound").write_bytes(os.urandom(1000))
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert left_over(folder, keyring) == LeftOver([], [UUID_1, UUID_2, UUID(int=3)])
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert len(left_over(folder, Keyring.of(tmp_path / "others")).calls) == 2, "once its keys are back"


# --- the master key ---


def by(folder: Path, keyring: Keyring) -> set[str]:
    return {keyring.wrapper_of(wrapped) for wrapped in wrapped_keys(folder)}


def test_a_call_that_waits_is_wrapped_by_the_newest_key_and_opens_when_the_former_is_gone(
    folder: Path, keyring: Keyring
) -> None:
    lay(folder, keyring, NOTE, b"\x07" * 1600)
    turned = keyring.turned()
    assert by(folder, turned) == {"0001.key"}
    assert left_over(folder, keyring, {UUID_1}) == LeftOver([], [])
    assert by(folder, turned) == {"0001.key"}, "a call that goes on is not touched"
    (before,) = left_over(folder, keyring).calls
    assert by(folder, turned) == {"0002.key"}, "noticed by the keyring of who looks, which wraps nothing else meanwhile"
    assert sound_of(before) == b"\x07" * 1600, "what is being handed in is not disturbed"
    turned.forget(["0001.key"])
    (call,) = left_over(folder, Keyring.of(keyring.folder, make=False)).calls
    assert (call.caller, sound_of(call)) == ("+62812", b"\x07" * 1600)
    (folder / f"{UUID_1}.note").unlink()
    (call,) = left_over(folder, Keyring.of(keyring.folder, make=False)).calls
    assert sound_of(call) == b"\x07" * 1600, "the copy of the key in the sound's head, too"


def test_a_kill_between_the_two_copies_of_a_key_costs_nothing(folder: Path, keyring: Keyring) -> None:
    lay(folder, keyring, NOTE, b"\x07" * 1600)
    before = (folder / f"{UUID_1}.sound").read_bytes()
    turned = keyring.turned()
    wrap_anew(folder, UUID_1, turned)
    (folder / f"{UUID_1}.sound").write_bytes(before)
    assert by(folder, turned) == {"0001.key", "0002.key"}
    (call,) = left_over(folder, turned).calls
    assert sound_of(call) == b"\x07" * 1600
    assert by(folder, turned) == {"0002.key"}


def test_on_a_full_disk_a_call_is_handed_in_all_the_same_and_wrapped_once_there_is_room(
    folder: Path, keyring: Keyring
) -> None:
    lay(folder, keyring, NOTE, b"\x07" * 1600)
    turned = keyring.turned()
    largest = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, largest[1]))
    try:
        (call,) = left_over(folder, keyring).calls
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, largest)
    assert (call.caller, sound_of(call)) == ("+62812", b"\x07" * 1600)
    assert by(folder, turned) == {"0001.key"}
    assert sorted(p.name for p in folder.iterdir()) == [f"{UUID_1}.note", f"{UUID_1}.sound"]
    left_over(folder, keyring)
    assert by(folder, turned) == {"0002.key"}


def test_nothing_is_written_while_the_master_key_stays(folder: Path, keyring: Keyring) -> None:
    lay(folder, keyring, NOTE, b"\x07" * 1600)
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns, p.stat().st_ino) for p in folder.iterdir()}
    left_over(folder, keyring)
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns, p.stat().st_ino) for p in folder.iterdir()} == before


def test_while_the_folder_of_keys_is_away_calls_are_sealed_and_opened_by_the_keys_that_are_known(
    folder: Path, keyring: Keyring
) -> None:
    away = keyring.folder.with_name("away")
    lay(folder, keyring, NOTE, b"\x07" * 1600)
    keyring.folder.rename(away)
    lay(folder, keyring, replace(NOTE, uuid=UUID_2), b"\x08" * 1600)
    assert [sound_of(call)[:1] for call in left_over(folder, keyring).calls] == [b"\x07", b"\x08"]
    away.rename(keyring.folder)
    other = keyring.turned()
    wrap_anew(folder, UUID_1, other)
    keyring.folder.rename(away)
    assert left_over(folder, keyring).locked == [UUID_1], "wrapped by a key that is not known yet"
    away.rename(keyring.folder)
    assert len(left_over(folder, keyring).calls) == 2


async def test_a_call_is_handed_in_that_waited_through_a_turn_and_a_retirement(tmp_path: Path) -> None:
    folder, said, records = tmp_path / "calls", speech(60), Records()
    records.failing = AWAY
    async with served(folder, desk=records) as station:
        caller = await station.call(UUID_1)
        await caller.to_recording()
        await caller.speak(said[:30])
        turned = station.keyring.turned()  # while it is recorded
        await caller.speak(said[30:])
        caller.press("#")
        await caller.until(lambda: caller.over)
        await caller.leave()
        await station.over()
        assert by(folder, turned) == {"0001.key"}
        await station.rounds(1)
        assert by(folder, turned) == {"0002.key"}
    assert turned.forget(["0001.key"]) == 1
    records.failing = None
    async with served(folder, desk=records) as station:
        await station.until(lambda: station.files() == [])
    assert records.kept[UUID_1, Stage.WHOLE].caller == "+628123456789"
    assert records.sounds[UUID_1].endswith(b"".join(said))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncEngine:
    url = f"sqlite+aiosqlite:///{tmp_path / 'lppl.db'}"
    await migrate(url)
    return open_database(url)


async def test_no_key_is_retired_that_a_waiting_call_needs(engine: AsyncEngine, folder: Path, tmp_path: Path) -> None:
    keyring = await opened(engine, tmp_path / "keys", BEGAN)
    lay(folder, keyring, NOTE, b"\x07" * 1600)
    await turn(engine, keyring.folder, BEGAN, between=0)
    with pytest.raises(CallsWaiting) as refused:
        await retire(engine, keyring.folder, BEGAN + LATER, wrapped_keys(folder))
    assert refused.value.count == 1
    await asyncio.to_thread(left_over, folder, keyring)
    assert (await retirable(engine, keyring.folder, BEGAN + LATER, wrapped_keys(folder)))[1] == ("0001.key",)
    assert await retire(engine, keyring.folder, BEGAN + LATER, wrapped_keys(folder)) == ("0001.key",)
    (call,) = left_over(folder, Keyring.of(keyring.folder, make=False)).calls
    assert sound_of(call) == b"\x07" * 1600
    await engine.dispose()

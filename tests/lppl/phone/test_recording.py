"""Recordings on disk: what is written is what was said, and whatever state a kill leaves is finished or understood."""

import asyncio
import io
import json
import os
import threading
import wave
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.phone.recording import (
    HEADER_BYTES,
    PIECE_BYTES,
    WAITING_BYTES,
    Disk,
    Recording,
    finish,
    header,
    left_over,
    read_note,
    remove,
    write_note,
)
from lppl.phone.values import Note, Stage

UUID_1, UUID_2 = UUID(int=1), UUID(int=2)
BEGAN = datetime(2026, 11, 23, 3, 4, 5, 678, tzinfo=UTC)
NOTE = Note(UUID_1, "+62812", "0285", BEGAN, "pengaduan")


@given(st.binary(max_size=2000).map(lambda sound: sound[: len(sound) // 2 * 2]))
def test_any_player_reads_the_header(sound: bytes) -> None:
    with wave.open(io.BytesIO(header(len(sound)) + sound)) as f:
        assert f.getparams()[:4] == (1, 2, 8000, len(sound) // 2)
        assert f.readframes(10_000) == sound


async def record(folder: Path, pieces: list[bytes], longest_s: float = 300.0) -> Recording:
    disk = Disk(1)
    recording = Recording(folder, UUID_1, longest_s, disk)
    running = asyncio.create_task(recording.run())
    for piece in pieces:
        recording.append(piece)
        await asyncio.sleep(0)
    recording.end()
    await asyncio.wait_for(running, 10)
    disk.close()
    return recording


@pytest.mark.parametrize("sizes", [[320] * 200, [2] * 50, [PIECE_BYTES * 7], [640, 0, 2]])
async def test_what_is_written_is_what_was_said(tmp_path: Path, sizes: list[int]) -> None:
    pieces = [os.urandom(size) for size in sizes]
    assert (await record(tmp_path, pieces)).fault is None
    finished = finish(tmp_path, UUID_1)
    assert finished is not None
    path, seconds = finished
    with wave.open(str(path)) as f:
        assert f.readframes(f.getnframes()) == b"".join(pieces)
    assert seconds == sum(sizes) / 16_000
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == [f"{UUID_1}.wav"]
    assert finish(tmp_path, UUID_1) == finished


async def test_no_more_than_the_longest_is_taken(tmp_path: Path) -> None:
    await record(tmp_path, [bytes(320)] * 100, longest_s=0.5)
    assert finish(tmp_path, UUID_1) == (tmp_path / f"{UUID_1}.wav", 0.5)


async def test_nothing_said_is_no_recording(tmp_path: Path) -> None:
    await record(tmp_path, [])
    assert finish(tmp_path, UUID_1) is None


async def test_a_folder_that_is_gone_is_a_fault_and_no_exception(tmp_path: Path) -> None:
    recording = await record(tmp_path / "gone", [bytes(320)] * 100)
    assert isinstance(recording.fault, FileNotFoundError)


async def test_a_disk_that_hangs_holds_up_nobody_and_fills_no_memory(tmp_path: Path) -> None:
    disk, go_on = Disk(1), threading.Event()
    hanging = asyncio.create_task(disk.do(go_on.wait))
    recording = Recording(tmp_path, UUID_1, 1000.0, disk)
    running = asyncio.create_task(recording.run())
    try:
        for _ in range(WAITING_BYTES // 320 + 10):
            recording.append(bytes(320))
        assert isinstance(recording.fault, TimeoutError)
        assert len(recording._waiting) <= WAITING_BYTES + 320
    finally:
        go_on.set()
        await hanging
        await asyncio.wait_for(running, 10)
        disk.close()


async def test_a_cancellation_loses_nothing_that_was_taken(tmp_path: Path) -> None:
    disk, sound = Disk(1), os.urandom(PIECE_BYTES * 2 + 320)
    recording = Recording(tmp_path, UUID_1, 300.0, disk)
    running = asyncio.create_task(recording.run())
    await asyncio.sleep(0)
    recording.append(sound)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    finish(tmp_path, UUID_1)
    assert (tmp_path / f"{UUID_1}.wav").read_bytes()[HEADER_BYTES:] == sound
    disk.close()


def test_a_note_comes_back_as_it_was_and_is_nobody_elses(tmp_path: Path) -> None:
    folder = tmp_path / "phone" / "calls"
    note = Note(UUID_1, "+62812", "0285 é", BEGAN, "aspirasi", emergency=True, told=True, disturbed=True)
    write_note(folder, note)
    assert read_note(folder, UUID_1, datetime.now(UTC)) == note
    assert (folder / f"{UUID_1}.json").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '"x"', '{"caller": 1}', "\x00" * 100, b"\xff\xfe"])
def test_a_damaged_note_costs_the_number_but_never_the_voice(tmp_path: Path, text: str | bytes) -> None:
    (tmp_path / f"{UUID_1}.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    (tmp_path / f"{UUID_1}.part").write_bytes(header(0) + bytes(1601))
    (call,) = left_over(tmp_path)
    assert (call.uuid, call.caller, call.stage, call.seconds) == (UUID_1, "", Stage.WHOLE, 0.1)
    assert abs((call.began - datetime.now(UTC)).total_seconds()) < 60


def test_a_note_that_is_valid_but_for_its_time_is_damaged(tmp_path: Path) -> None:
    write_note(tmp_path, NOTE)
    told = json.loads((tmp_path / f"{UUID_1}.json").read_bytes())
    (tmp_path / f"{UUID_1}.json").write_text(json.dumps(told | {"began": "kemarin"}))
    assert read_note(tmp_path, UUID_1, BEGAN) == Note(UUID_1, "", "", BEGAN)


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
@pytest.mark.parametrize("ending", ["part", "wav"])
def test_what_was_left_lying_is_handed_in_as_what_it_is(
    tmp_path: Path, note: Note, sound: int | None, stage: Stage | None, ending: str
) -> None:
    write_note(tmp_path, note)
    if sound is not None and not (ending == "wav" and not sound):
        (tmp_path / f"{UUID_1}.{ending}").write_bytes(header(sound if ending == "wav" else 0) + bytes(sound))
    calls = left_over(tmp_path)
    assert [call.stage for call in calls] == ([stage] if stage else [])
    assert left_over(tmp_path) == calls, "until it is kept, it is found again"
    for call in calls:
        assert (call.caller, call.pressed, call.began) == (note.caller, note.pressed, note.began)
        assert (call.recording is not None) is bool(sound)
        remove(tmp_path, call.uuid)
    assert list(tmp_path.iterdir()) == []


def test_calls_that_go_on_and_files_of_others_are_not_touched(tmp_path: Path) -> None:
    for uuid in (UUID_1, UUID_2):
        write_note(tmp_path, Note(uuid, "0812", "", BEGAN))
        (tmp_path / f"{uuid}.part").write_bytes(header(0) + bytes(100))
        (tmp_path / f".{uuid}.json.abc").write_bytes(b"{")
    (tmp_path / "README").write_text("x")
    (call,) = left_over(tmp_path, {UUID_1})
    assert call.uuid == UUID_2
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        ["README", f".{UUID_1}.json.abc", f"{UUID_1}.json", f"{UUID_1}.part", f"{UUID_2}.json", f"{UUID_2}.wav"]
    )


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert left_over(tmp_path / "none") == []


def test_one_call_that_the_disk_refuses_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / f"{UUID_1}.part").mkdir()
    write_note(tmp_path, Note(UUID_1, "0812", "", BEGAN))
    write_note(tmp_path, Note(UUID_2, "0813", "", BEGAN))
    assert [call.uuid for call in left_over(tmp_path)] == [UUID_2]

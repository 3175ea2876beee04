"""Calls of a former version, lying in the clear after an update: whatever state a kill left, they are handed in."""

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lppl.intake.keyring import Keyring
from lppl.phone.left_over import left_over
from lppl.phone.recording import remove
from lppl.phone.sound import wav_header
from lppl.phone.values import CallTaken, Stage
from tests.lppl.phone.exchange import keys_beside, served

UUID_1 = UUID(int=1)
BEGAN = datetime(2026, 11, 23, 3, 4, 5, 678, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "calls").mkdir()
    return tmp_path / "calls"


@pytest.fixture
def keyring(folder: Path) -> Keyring:
    return keys_beside(folder)


def left(folder: Path, *, sound: int | None, ending: str = "part", **told: Any) -> None:
    """Write what the former version wrote: a note, and `sound` bytes behind a header."""
    note = {
        "caller": "+62812", "line": "0285", "began": BEGAN.isoformat(), "pressed": "pengaduan", "emergency": False,
        "told": False, "disturbed": False,
    }  # fmt: skip
    (folder / f"{UUID_1}.json").write_text(json.dumps(note | told))
    if sound is not None and not (ending == "wav" and not sound):
        begin = wav_header(sound if ending == "wav" else 0)
        (folder / f"{UUID_1}.{ending}").write_bytes(begin + b"\x07" * sound)


def wav_of(call: CallTaken) -> bytes:
    assert call.recording is not None
    return b"".join(call.recording.wav())


@pytest.mark.parametrize(
    ("told", "sound", "stage"),
    [
        ({}, 1000, Stage.WHOLE),
        ({}, 200_000, Stage.WHOLE),
        ({}, 0, Stage.MISSED),
        ({}, None, Stage.MISSED),
        ({"caller": ""}, None, None),
        ({"caller": ""}, 2, Stage.WHOLE),
        ({"emergency": True}, None, Stage.EMERGENCY),
        ({"emergency": True, "told": True}, None, None),
        ({"emergency": True, "told": True}, 1000, Stage.WHOLE),
        ({"disturbed": True}, None, Stage.WHOLE),
    ],
)
@pytest.mark.parametrize("ending", ["part", "wav"])
def test_they_are_handed_in_as_what_they_are(
    folder: Path, keyring: Keyring, told: dict[str, Any], sound: int | None, stage: Stage | None, ending: str
) -> None:
    left(folder, sound=sound, ending=ending, **told)
    calls = left_over(folder, keyring).calls
    assert [call.stage for call in calls] == ([stage] if stage else [])
    assert left_over(folder, keyring).calls == calls, "until it is kept, it is found again"
    for call in calls:
        assert (call.caller, call.line) == (told.get("caller", "+62812"), "0285")
        assert (call.pressed, call.began) == ("pengaduan", BEGAN)
        assert (call.recording is not None) is bool(sound)
        if sound:
            assert wav_of(call) == wav_header(sound) + b"\x07" * sound
        remove(folder, call.uuid)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"{}", b'{"caller": 1}', b'{"began": "kemarin"}', b"\xff"])
def test_a_damaged_note_costs_the_number_but_never_the_voice(folder: Path, keyring: Keyring, text: bytes) -> None:
    left(folder, sound=1601)
    (folder / f"{UUID_1}.json").write_bytes(text)
    (call,) = left_over(folder, keyring).calls
    assert (call.uuid, call.caller, call.stage) == (UUID_1, "", Stage.WHOLE)
    assert wav_of(call) == wav_header(1600) + b"\x07" * 1600, "up to the last whole sample"
    assert abs((call.began - datetime.now(UTC)).total_seconds()) < 60


async def test_a_line_hands_them_in_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    left(folder, sound=1000)
    async with served(folder) as station:
        await station.until(lambda: station.files() == [])
    assert station.desk.sounds == {UUID_1: wav_header(1000) + b"\x07" * 1000}


def test_what_the_disk_refuses_waits(folder: Path, keyring: Keyring) -> None:
    left(folder, sound=None)
    (folder / f"{UUID_1}.part").mkdir()
    assert left_over(folder, keyring).calls == []
    assert stat.S_ISDIR(os.stat(folder / f"{UUID_1}.part").st_mode)

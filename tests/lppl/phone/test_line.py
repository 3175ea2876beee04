"""Calls over TCP, from the exchange's side: what is said, what is recorded, what is handed in."""

import io
import wave
from pathlib import Path
from uuid import UUID

import pytest

from lppl.phone.audiosocket import Frame, Type
from lppl.phone.values import LineSettings, Stage
from tests.lppl.phone.exchange import AWAY, CODE, Exchange, Records, served, speech

UUID_1 = UUID(int=1)
SPELLED = [*CODE.replace("-", "")]
CODE_SAID = ["CODE", *SPELLED, "AGAIN", *SPELLED, "FAREWELL"]


def sound_of(desk: Records, uuid: UUID = UUID_1) -> bytes:
    """The sound of a recording, as any player reads it."""
    with wave.open(io.BytesIO(desk.sounds[uuid])) as f:
        assert (f.getnchannels(), f.getsampwidth(), f.getframerate()) == (1, 2, 8000)
        return bytes(f.readframes(f.getnframes()))


def assert_recorded(desk: Records, said: list[bytes], uuid: UUID = UUID_1) -> None:
    """All that was said is there, after no more than the silence of the frame or two between tone and first word."""
    recorded = sound_of(desk, uuid)
    before = len(recorded) - 320 * len(said)
    assert 0 <= before <= 640
    assert recorded == bytes(before) + b"".join(said)


async def test_a_whole_call(tmp_path: Path) -> None:
    said = speech(200)
    async with served(tmp_path / "calls") as station:
        caller = await station.call(UUID_1)
        await caller.until_said("NOTICE", "MENU")
        caller.press("1")
        await caller.until_said("SPEAK")
        await caller.speak(said)
        caller.press("#")
        await caller.until(lambda: caller.over)
        await caller.leave()
        await station.over()
        call = station.desk.kept[UUID_1, Stage.WHOLE]
        files = station.files()
    assert caller.hung_up
    assert caller.said == ["NOTICE", "MENU", "SPEAK", *CODE_SAID]
    assert (call.caller, call.line, call.pressed) == ("+628123456789", "0285-123456", "pengaduan")
    assert (call.emergency, call.disturbed) == (False, False)
    assert call.began.utcoffset() is not None
    assert_recorded(station.desk, said)
    assert call.recording is not None
    assert call.recording.seconds == len(sound_of(station.desk)) / 16000
    assert station.desk.stages() == [Stage.WHOLE]
    assert files == []


async def test_sound_is_sent_in_real_time_and_silence_where_nothing_is_said(tmp_path: Path) -> None:
    async with served(tmp_path / "calls") as station:
        caller = await station.call()
        for n in range(1, 501):
            assert caller.frames == n
            await caller.step()
    assert caller.said[:2] == ["NOTICE", "MENU"]
    assert caller.frames == 501


@pytest.mark.parametrize(
    ("key", "pressed"), [("1", "pengaduan"), ("2", "aspirasi"), ("3", "permintaan-informasi"), ("", "")]
)
async def test_the_menu_over_the_line(tmp_path: Path, key: str, pressed: str) -> None:
    async with served(tmp_path / "calls") as station:
        caller = await station.call(UUID_1)
        await caller.until_said("NOTICE", "MENU")
        if key:
            caller.press(key)
        await caller.until_said("SPEAK")
        await caller.speak(speech(5))
        caller.press("#")
        await caller.until(lambda: caller.over)
    assert caller.said[: 4 - bool(key)] == ["NOTICE", "MENU", *(["MENU"] if not key else []), "SPEAK"]
    assert station.desk.kept[UUID_1, Stage.WHOLE].pressed == pressed


async def test_an_emergency_is_handed_in_at_the_key_and_followed_by_its_recording(tmp_path: Path) -> None:
    said = speech(50)
    async with served(tmp_path / "calls") as station:
        caller = await station.call(UUID_1, caller="anonymous")
        caller.press("9")
        await station.until(lambda: (UUID_1, Stage.EMERGENCY) in station.desk.kept)
        assert (caller.said, station.desk.stages()) == (["NOTICE"], [Stage.EMERGENCY])
        await caller.until_said("EMERGENCY", "SPEAK")
        await caller.speak(said)
        caller.press("#")
        await caller.until(lambda: caller.over)
    early, whole = station.desk.kept[UUID_1, Stage.EMERGENCY], station.desk.kept[UUID_1, Stage.WHOLE]
    assert (early.emergency, early.recording, early.caller) == (True, None, "")
    assert whole.emergency
    assert_recorded(station.desk, said)
    assert caller.said == ["NOTICE", "EMERGENCY", "SPEAK", *CODE_SAID]
    assert station.files() == []


async def test_an_emergency_whose_caller_dials_112_stays_one_hand_in(tmp_path: Path) -> None:
    async with served(tmp_path / "calls") as station:
        caller = await station.call(UUID_1)
        caller.press("9")
        await caller.until(lambda: caller.said[-1] == "EMERGENCY")
        await caller.leave()
        await station.over()
        assert station.desk.stages() == [Stage.EMERGENCY]
        assert station.files() == []


async def test_an_emergency_that_cannot_be_kept_is_tried_again_while_the_call_goes_on(tmp_path: Path) -> None:
    async with served(tmp_path / "calls") as station:
        station.desk.failing = AWAY
        caller = await station.call(UUID_1)
        await caller.to_recording("9")
        await station.until(lambda: len(station.desk.asked) == 1)
        station.desk.failing = None
        await caller.until(lambda: station.desk.stages() == [Stage.EMERGENCY], steps=300)
        assert station.line.talking == 1


async def leave(caller: Exchange, how: str) -> None:
    if how == "frame":
        caller.send(Frame(Type.HANGUP))
        await caller.until(lambda: caller.over)
    elif how == "error":
        caller.send(Frame(Type.ERROR, b"\x01"))
        await caller.until(lambda: caller.over)
    elif how == "reset":
        caller.writer.transport.abort()
    else:
        await caller.leave()


@pytest.mark.parametrize("how", ["frame", "error", "reset", "close"])
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("stage", ["NOTICE", "MENU", "SPEAK"])
async def test_who_hangs_up_before_speaking_is_called_back_if_the_number_is_known(
    tmp_path: Path, stage: str, known: bool, how: str
) -> None:
    async with served(tmp_path / "calls") as station:
        caller = await station.call(UUID_1, "08123" if known else "")
        if stage == "SPEAK":
            await caller.until_said("NOTICE", "MENU")
            caller.press("2")
        await caller.until(lambda: caller.said[-1:] == [stage])
        await leave(caller, how)
        await station.over()
        assert station.desk.stages() == ([Stage.MISSED] if known else [])
        assert [call.pressed for call in station.desk.kept.values()] == [
            "aspirasi" if stage == "SPEAK" else "" for _ in range(known)
        ]
        assert station.files() == []


@pytest.mark.parametrize("how", ["frame", "reset", "close"])
@pytest.mark.parametrize("known", [True, False])
async def test_who_hangs_up_while_speaking_is_handed_in_with_all_that_was_said(
    tmp_path: Path, known: bool, how: str
) -> None:
    said = speech(30)
    async with served(tmp_path / "calls") as station:
        caller = await station.call(UUID_1, "08123" if known else "")
        await caller.to_recording()
        await caller.speak(said)
        await station.until(lambda: station.written(UUID_1) >= 6400)
        await leave(caller, how)
        await station.over()
        if how == "reset":  # it takes back what was not read
            recorded = sound_of(station.desk)
            assert len(recorded) >= 6400
            assert b"".join(said).startswith(recorded.lstrip(b"\0"))
        else:
            assert_recorded(station.desk, said)
        assert station.desk.stages() == [Stage.WHOLE]
        assert station.files() == []


@pytest.mark.parametrize(("speaks", "silent_s"), [(True, 8.0), (False, 30.0)], ids=["after speech", "nothing was said"])
async def test_silence_ends_the_recording(tmp_path: Path, speaks: bool, silent_s: float) -> None:
    async with served(tmp_path / "calls") as station:
        caller = await station.call(UUID_1)
        await caller.to_recording()
        await caller.speak(speech(20) if speaks else [])
        began = caller.clock.monotonic()
        await caller.until(lambda: "CODE" in caller.said)
        assert caller.clock.monotonic() - began >= silent_s
        recorded = len(sound_of(station.desk)) / 16000
    assert silent_s - 0.2 <= recorded - (0.4 if speaks else 0.0) <= silent_s + 0.3


async def test_the_longest_recording_is_ended(tmp_path: Path) -> None:
    async with served(tmp_path / "calls", LineSettings(port=0, longest_s=2.0)) as station:
        caller = await station.call(UUID_1)
        await caller.to_recording()
        await caller.speak(speech(110))
        await caller.until(lambda: caller.over)
        assert caller.said[-1] == "FAREWELL"
    assert 31_000 <= len(sound_of(station.desk)) <= 32_000


async def test_sound_at_other_rates_unknown_frames_and_half_samples_do_no_harm(tmp_path: Path) -> None:
    said = speech(10)
    async with served(tmp_path / "calls") as station:
        caller = await station.call(UUID_1)
        await caller.to_recording()
        for pcm in said:
            caller.send(Frame(0x12, pcm * 2), Frame(0x77, b"?"), Frame(Type.DTMF, b"?"), Frame(Type.AUDIO))
            caller.send(Frame(Type.UUID, UUID_1.bytes))
            await caller.step(pcm + b"\x01")
        caller.press("#")
        await caller.until(lambda: caller.over)
    assert_recorded(station.desk, said)


async def test_the_caller_hears_that_the_code_comes_later_when_it_cannot_be_kept_and_it_is_kept_once_later(
    tmp_path: Path,
) -> None:
    said = speech(20)
    async with served(tmp_path / "calls") as station:
        station.desk.failing = AWAY
        caller = await station.call(UUID_1)
        await caller.to_recording()
        await caller.speak(said)
        caller.press("#")
        await caller.until(lambda: caller.over)
        await caller.leave()
        await station.over()
        assert caller.said == ["NOTICE", "SPEAK", "LATER"]
        assert station.files() == [f"{UUID_1}.note", f"{UUID_1}.sound"]
        await station.rounds(1)
        assert (len(station.desk.asked), station.desk.kept) == (2, {})
        station.desk.failing = None
        await station.rounds(3)
        assert len(station.desk.asked) == 3
        assert station.files() == []
    assert station.desk.stages() == [Stage.WHOLE]
    assert_recorded(station.desk, said)


@pytest.mark.parametrize("mistake", [OSError("disk"), AWAY, ValueError("a mistake of ours"), KeyError("x")])
async def test_whatever_keeping_raises_costs_neither_the_call_nor_the_recording(
    tmp_path: Path, mistake: Exception
) -> None:
    async with served(tmp_path / "calls") as station:
        station.desk.failing = mistake
        caller = await station.call(UUID_1)
        await caller.to_recording()
        await caller.speak(speech(5))
        caller.press("#")
        await caller.until(lambda: caller.over)
        assert caller.said[-1] == "LATER"
        assert f"{UUID_1}.sound" in station.files()


async def test_keeping_that_hangs_is_given_up_and_the_recording_stays(tmp_path: Path) -> None:
    async with served(tmp_path / "calls") as station:
        station.desk.hangs = True
        caller = await station.call(UUID_1)
        await caller.to_recording()
        await caller.speak(speech(5))
        caller.press("#")
        await station.until(lambda: len(station.desk.asked) == 1)
        await caller.until(lambda: caller.over)
        assert caller.said[-1] == "LATER"
        await caller.leave()
        await station.over()
        assert f"{UUID_1}.sound" in station.files()


async def test_a_stopped_service_leaves_what_was_said_for_the_next_start(tmp_path: Path) -> None:
    said, records = speech(33), Records()
    async with served(tmp_path / "calls", desk=records) as station:
        caller = await station.call(UUID_1)
        await caller.to_recording("2")
        await caller.speak(said)
        await station.until(lambda: station.written(UUID_1) > 0)
    assert records.kept == {}
    async with served(tmp_path / "calls", desk=records) as station:
        await station.until(lambda: station.files() == [])
    call = records.kept[UUID_1, Stage.WHOLE]
    assert (call.caller, call.pressed) == ("+628123456789", "aspirasi")
    recorded = sound_of(records).lstrip(b"\0")
    assert b"".join(said).startswith(recorded)
    assert len(recorded) >= 320 * (len(said) - 3), "the last moment before the stop"

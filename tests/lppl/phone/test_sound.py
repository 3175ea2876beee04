"""Sound at rest: sealed, whole up to any cut, never another sound, whatever was damaged."""

import io
import os
import random
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake.keyring import Keyring, PersonKey
from lppl.phone.audiosocket import FRAME_BYTES
from lppl.phone.sound import (
    AT_ONCE,
    HEAD_BYTES,
    SEALED_FRAME_BYTES,
    SealedSound,
    SoundSeal,
    head,
    sound_in,
    wav_header,
    wrapped_in,
)

FRAMES = 4
SOUND = random.Random(1).randbytes(FRAME_BYTES * FRAMES + 100)


@pytest.fixture
def key(tmp_path: Path) -> PersonKey:
    return Keyring.of(tmp_path / "keys").new()


@pytest.fixture
def file(tmp_path: Path, key: PersonKey) -> Path:
    """Four frames and a short one."""
    (tmp_path / "sound").write_bytes(head(key.wrapped) + SoundSeal(key).sealed(SOUND))
    return tmp_path / "sound"


def heard(path: Path, key: PersonKey) -> bytes:
    """The sound of a file, as any player reads it; nothing where there is none."""
    sound = sound_in(path, key)
    if sound is None:
        return b""
    wav = b"".join(sound.wav())
    with wave.open(io.BytesIO(wav)) as f:
        read = f.readframes(f.getnframes())
    assert len(read) == sound.size == len(wav) - len(wav_header(0))
    return read


@given(st.binary(max_size=2000).map(lambda sound: sound[: len(sound) // 2 * 2]))
def test_any_player_reads_the_header(sound: bytes) -> None:
    with wave.open(io.BytesIO(wav_header(len(sound)) + sound)) as f:
        assert f.getparams()[:4] == (1, 2, 8000, len(sound) // 2)
        assert f.readframes(10_000) == sound


def test_the_head_has_the_key_and_nothing_else_is_a_head(key: PersonKey) -> None:
    made = head(key.wrapped)
    assert wrapped_in(made) == wrapped_in(made + b"more") == key.wrapped
    for wrong in (b"", made[:-1], bytes(HEAD_BYTES), b"RIFF" + made[4:]):
        assert wrapped_in(wrong) is None


def test_cut_anywhere_what_is_left_is_the_beginning_and_less_than_a_frame_is_lost(file: Path, key: PersonKey) -> None:
    whole = file.read_bytes()
    for length in range(len(whole), -1, -1):
        os.truncate(file, length)
        left = heard(file, key)
        assert SOUND.startswith(left)
        assert len(left) == max(0, length - HEAD_BYTES) // SEALED_FRAME_BYTES * FRAME_BYTES or left == SOUND


@pytest.mark.parametrize("tail", [bytes(1), bytes(5000), SOUND[:17], SOUND * 4], ids=["byte", "zeros", "bit", "noise"])
def test_what_a_power_cut_leaves_behind_the_last_frame_is_no_sound(file: Path, key: PersonKey, tail: bytes) -> None:
    whole = file.read_bytes()[: HEAD_BYTES + FRAMES * SEALED_FRAME_BYTES]
    file.write_bytes(whole + tail)
    assert heard(file, key) == SOUND[: FRAMES * FRAME_BYTES]


@pytest.mark.parametrize("bad", range(FRAMES + 1))
def test_a_damaged_frame_is_silence_and_the_last_one_is_dropped(file: Path, key: PersonKey, bad: int) -> None:
    whole = bytearray(file.read_bytes())
    whole[HEAD_BYTES + bad * SEALED_FRAME_BYTES + 50] ^= 1
    file.write_bytes(whole)
    at = bad * FRAME_BYTES
    silent = SOUND[:at] + bytes(FRAME_BYTES) + SOUND[at + FRAME_BYTES :]
    assert heard(file, key) == (SOUND[:at] if bad == FRAMES else silent)


def test_frames_that_were_moved_or_put_in_are_no_sound(file: Path, key: PersonKey) -> None:
    whole = file.read_bytes()
    frames = [whole[at : at + SEALED_FRAME_BYTES] for at in range(HEAD_BYTES, len(whole), SEALED_FRAME_BYTES)]
    file.write_bytes(whole[:HEAD_BYTES] + b"".join([frames[1], frames[0], *frames[2:]]))
    assert heard(file, key) == bytes(2 * FRAME_BYTES) + SOUND[2 * FRAME_BYTES :]
    file.write_bytes(whole[:HEAD_BYTES] + b"".join([frames[0], frames[0], *frames[1:]]))
    assert heard(file, key) == SOUND[:FRAME_BYTES]


def test_only_its_own_key_opens_it(file: Path, key: PersonKey, tmp_path: Path) -> None:
    ring = Keyring.of(tmp_path / "keys")
    assert sound_in(file, ring.new()) is None
    assert heard(file, ring.unwrapped(key.wrapped)) == SOUND
    assert key.raw.decode() not in repr(SealedSound(file, 1, key))


def test_no_two_frames_are_sealed_alike_and_none_shows_its_sound(key: PersonKey) -> None:
    seal = SoundSeal(key)
    sealed = seal.sealed(bytes(FRAME_BYTES * 50)) + seal.sealed(bytes(FRAME_BYTES * 50))
    frames = {sealed[at : at + SEALED_FRAME_BYTES] for at in range(0, len(sealed), SEALED_FRAME_BYTES)}
    assert len(frames) == 100
    assert bytes(8) not in sealed


def test_a_long_recording_comes_in_pieces(tmp_path: Path, key: PersonKey) -> None:
    said = os.urandom(FRAME_BYTES * AT_ONCE * 2 + 2)
    (tmp_path / "sound").write_bytes(head(key.wrapped) + SoundSeal(key).sealed(said))
    sound = sound_in(tmp_path / "sound", key)
    assert sound is not None
    pieces = list(sound.wav())
    assert len(pieces) == 4
    assert b"".join(pieces) == wav_header(len(said)) + said


def test_a_file_that_becomes_shorter_while_it_is_read_is_no_recording(file: Path, key: PersonKey) -> None:
    sound = sound_in(file, key)
    assert sound is not None
    os.truncate(file, HEAD_BYTES + SEALED_FRAME_BYTES)
    with pytest.raises(OSError, match="shorter"):
        list(sound.wav())

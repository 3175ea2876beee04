"""Level profiles: ffmpeg's text to bytes, the file, the thinned outline, and what is kept in memory."""

import asyncio
import math
import random
import wave
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.errors import ProcessFailed
from lppl.media import HouseId
from lppl.quanta import Quanta
from streaming.level_search import find_levels
from streaming.level_store import AGAIN_S, LevelStore
from streaming.levels import (
    HEAD,
    POINTS,
    SILENCE_DB,
    Level,
    Levels,
    Outline,
    Reading,
    SoundUnreadable,
    read_levels,
    read_outline,
    write_levels,
)

HOUSE = HouseId(f"{'ab' * 20}.radio-12345678")


def said(low: float, high: float, db: str, points: int) -> bytes:
    """Return what ffmpeg says of `points` points, the right side half as high as the left."""
    out = []
    for n in range(points):
        out.append(f"frame:{n}    pts:{960 * n}       pts_time:{n / 50}")
        for side, share in ((1, 1.0), (2, 0.5)):
            out += [
                f"lavfi.astats.{side}.Min_level={low * share:.6f}",
                f"lavfi.astats.{side}.Max_level={high * share:.6f}",
                f"lavfi.astats.{side}.RMS_level={db}",
            ]
    return "\n".join(out).encode() + b"\n"


@pytest.mark.parametrize(
    ("low", "high", "db", "rms", "peak"),
    [
        (-0.5, 0.25, "-12.04", -12.0, (-6.0, -12.0)),
        (0.0, 0.0, "-inf", SILENCE_DB, (SILENCE_DB, SILENCE_DB)),
        (0.0, 0.0, "nan", SILENCE_DB, (SILENCE_DB, SILENCE_DB)),
        (-1.2, 1.3, "0.4", 0.0, (0.0, -3.5)),
        (-1e-4, 0.0, "-126.0", -126.0, (-80.0, -86.0)),
    ],
)
def test_a_quantum_is_measured(low: float, high: float, db: str, rms: float, peak: tuple[float, float]) -> None:
    reading = Reading()
    reading.take(said(low, high, db, POINTS))
    levels, outline = reading.finished(Quanta(1))
    assert levels.at(0) == Level((rms, rms), peak)
    assert outline.points == bytes([max(-127, round(low * 127)) & 0xFF, min(127, round(high * 127))]) * POINTS


@given(st.integers(1, 400))
def test_the_text_may_be_cut_anywhere(size: int) -> None:
    text = said(-0.3, 0.4, "-9.5", POINTS) + said(-0.1, 0.1, "-30.0", 2 * POINTS)
    whole, pieces = Reading(), Reading()
    whole.take(text)
    for at in range(0, len(text), size):
        pieces.take(text[at : at + size])
    assert pieces.finished(Quanta(3)) == whole.finished(Quanta(3))


def test_a_quantum_is_the_mean_power_of_its_points() -> None:
    reading = Reading()
    reading.take(said(-1, 1, "0.0", POINTS // 2) + said(0, 0, "-inf", POINTS // 2))
    levels, _ = reading.finished(Quanta(1))
    found = levels.at(0)
    assert found is not None and found.rms == (-3.0, -3.0) and found.loudest == -3.0


def test_what_is_cut_short_is_refused_and_a_short_end_is_silence() -> None:
    reading = Reading()
    reading.take(said(-0.5, 0.5, "-6.0", 10 * POINTS))
    levels, outline = reading.finished(Quanta(12))
    assert levels.quanta == 12 and len(outline.points) == 2 * POINTS * 12
    assert levels.at(11) == Level((SILENCE_DB,) * 2, (SILENCE_DB,) * 2)
    assert levels.at(12) is None and levels.at(-1) is None
    with pytest.raises(SoundUnreadable):
        reading.finished(Quanta(15))
    with pytest.raises(SoundUnreadable):
        Reading().finished(Quanta(1))


def test_a_longer_sound_ends_with_the_item() -> None:
    reading = Reading()
    reading.take(said(-0.5, 0.5, "-6.0", 5 * POINTS))
    levels, outline = reading.finished(Quanta(3))
    assert (levels.quanta, len(outline.points)) == (3, 2 * POINTS * 3)


@given(st.binary(max_size=400).map(lambda b: b[: len(b) // 2 * 2]), st.integers(1, 50))
def test_a_thinned_outline_keeps_every_extreme(points: bytes, most: int) -> None:
    outline = Outline(points)
    thin = outline.thinned(most)
    assert len(thin.points) // 2 <= max(most, 0) or thin == outline
    for side, extreme in ((0, min), (1, max)):
        whole, kept = memoryview(points[side::2]).cast("b"), memoryview(thin.points[side::2]).cast("b")
        if len(whole):
            assert extreme(kept) == extreme(whole)
            assert len(whole) / outline.per_second <= len(kept) / thin.per_second + 1e-9


def test_the_file_gives_back_what_was_written(tmp_path: Path) -> None:
    levels = Levels(bytes(range(40)))
    outline = Outline(random.Random(1).randbytes(2 * POINTS * 10))
    path = tmp_path / "a.lvl"
    write_levels(path, levels, outline)
    assert (read_levels(path), read_outline(path)) == (levels, outline)
    whole = path.read_bytes()
    for damaged in (b"", whole[:5], b"x" + whole[1:], whole[: HEAD.size + 39]):
        path.write_bytes(damaged)
        assert (read_levels(path), read_outline(path)) == (None, None)
    path.write_bytes(whole[:-1])
    assert (read_levels(path), read_outline(path)) == (levels, None)


async def test_the_store_reads_once_and_looks_again_for_what_was_missing(tmp_path: Path) -> None:
    now = 0.0
    store = LevelStore(tmp_path, lambda: now)
    await store.look([HOUSE])
    assert store.level(HOUSE, 0) is None and not store.measured(HOUSE)
    store.refuse(HOUSE, SoundUnreadable("1/2 s"))
    assert str(store.finding(HOUSE)) == str(SoundUnreadable("1/2 s"))
    store.keep(HOUSE, Levels(bytes([40, 42, 20, 22])), Outline(bytes(2 * POINTS)))
    assert store.finding(HOUSE) is None
    await store.look([HOUSE])
    assert store.level(HOUSE, 0) is None, "not before its turn"
    now = AGAIN_S + 1
    await store.look([HOUSE])
    store.path(HOUSE).unlink()
    assert store.level(HOUSE, 0) == Level((-20.0, -21.0), (-10.0, -11.0))
    assert store.level(HOUSE, 1) is None
    await store.look([HOUSE])
    assert store.level(HOUSE, 0) is not None


def write_wav(path: Path, seconds: float, amplitude: float) -> None:
    """Write a 1 kHz tone on the left, silence on the right."""
    samples = array("h")
    for n in range(round(seconds * 48000)):
        samples.extend((round(32767 * amplitude * math.sin(2 * math.pi * 1000 * n / 48000)), 0))
    with wave.open(str(path), "wb") as f:
        f.setparams((2, 2, 48000, 0, "NONE", ""))
        f.writeframes(samples.tobytes())


@pytest.mark.integration
async def test_ffmpeg_measures_a_tone_as_arithmetic_does(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    await asyncio.to_thread(write_wav, path, 1.6, 0.25)
    levels, outline = await find_levels(path, Quanta(5))
    assert levels.quanta == 5
    for q in range(5):
        found = levels.at(q)
        assert found == Level((-15.0, SILENCE_DB), (-12.0, SILENCE_DB)), "a sine's RMS lies 3 dB under its peak"
    assert set(zip(outline.points[0::2], outline.points[1::2], strict=True)) == {(256 - 32, 32)}


@pytest.mark.integration
async def test_a_damaged_sound_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    await asyncio.to_thread(write_wav, path, 1.6, 0.25)
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(SoundUnreadable, match=r"0/5 s|1/5 s"):
        await find_levels(path, Quanta(16))
    path.write_bytes(b"rubbish" * 1000)
    with pytest.raises(ProcessFailed):
        await find_levels(path, Quanta(16))

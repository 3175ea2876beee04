"""Cue points: the decision by table and by property, the parser on ffmpeg's own words, the measuring with ffmpeg."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl import process
from lppl.media import AudioFacts, Facts
from streaming.cues import ENTRY_MS, NO_CUES, STEP_MS, Cues, Levels, cues_of, find_cues, parse_levels

SILENT = -120.7


def levels(*spans: tuple[float, float], lufs: float | None = -14.0) -> Levels:
    """Levels of (seconds, LUFS) spans, each window as loud as its newest tenth; silence follows, as find_cues puts."""
    values = [level for length, level in spans for _ in range(round(length * 10))]
    return Levels([*values, SILENT, SILENT, SILENT], lufs)


def fade(length: float, start: float, end: float) -> Sequence[tuple[float, float]]:
    steps = round(length * 10)
    return [(0.1, start + (end - start) * n / steps) for n in range(steps)]


PLAIN = [(1.0, SILENT), (60.0, -13.5), (1.0, SILENT)]
INTRO = [(12.0, -20.0), (60.0, -13.5)]
OUTRO = [(60.0, -13.5), *fade(10.0, -13.5, -63.5)]
TALK = [(3.0, -13.0), (0.8, -35.0)] * 20


@pytest.mark.parametrize(
    ("item", "length_ms", "expected"),
    [
        (levels(*PLAIN), 62_000, Cues(1000 - ENTRY_MS, None, None, 60_700)),
        (levels((60.0, -13.5)), 60_000, Cues(0, None, None, 59_700)),
        (levels(*INTRO), 72_000, Cues(0, 11_900, None, 71_700)),
        # 8 LU under the item's own -14 after 1.7 s of fade; last heard in the tenth of a second at 8.1 s
        (levels(*OUTRO), 70_000, Cues(0, None, 61_600, 67_900)),
        (levels(*TALK), 76_000, Cues(0, None, None, 75_700)),
        (levels((0.5, SILENT), (5.0, -13.0), *fade(3.0, -13.0, -60.0)), 8_500, Cues(440, None, None, 7_900)),
        # a quiet first half is the piece's shape, no intro
        (levels((40.0, -20.0), (30.0, -13.0)), 70_000, Cues(0, None, None, 69_700)),
        # one hit in the intro is no beginning
        (levels((5.0, -20.0), (0.1, -13.0), (5.0, -20.0), (50.0, -13.0)), 60_100, Cues(0, 10_000, None, 59_800)),
        (levels((30.0, SILENT), lufs=None), 30_000, NO_CUES),
        (Levels((), None), 0, NO_CUES),
    ],
)
def test_cues_follow_from_the_level(item: Levels, length_ms: int, expected: Cues) -> None:
    assert cues_of(item, length_ms) == expected


@given(st.lists(st.floats(-130, 5), max_size=600), st.floats(-60, 0), st.integers(0, 60_000))
def test_cues_are_in_order_and_inside(momentary: list[float], lufs: float, length_ms: int) -> None:
    length_ms = max(length_ms, len(momentary) * STEP_MS)
    cues = cues_of(Levels(momentary, lufs), length_ms)
    if cues != NO_CUES:
        assert cues.cue_in_ms is not None and cues.cue_out_ms is not None
        assert 0 <= cues.cue_in_ms <= cues.cue_out_ms <= length_ms
        for between in (cues.intro_ms, cues.outro_ms):
            assert between is None or cues.cue_in_ms < between < cues.cue_out_ms


SAID = """Stream mapping:
  Stream #0:0 -> #0:0 (pcm_f64le (native) -> pcm_s16le (native))
[Parsed_ebur128_3 @ 0x55] t: 0.0999792  TARGET:-23 LUFS    M:-120.7 S:-120.7     I: -70.0 LUFS       LRA:   0.0 LU
[Parsed_ebur128_3 @ 0x55] t: 0.199979   TARGET:-23 LUFS    M:-120.7 S:-120.7     I: -70.0 LUFS       LRA:   0.0 LU
[Parsed_ebur128_3 @ 0x55] t: 0.299979   TARGET:-23 LUFS    M:-120.7 S:-120.7     I: -70.0 LUFS       LRA:   0.0 LU
[Parsed_ebur128_3 @ 0x55] t: 0.399979   TARGET:-23 LUFS    M:-163.5 S:-120.7     I: -70.0 LUFS       LRA:   0.0 LU
[Parsed_ebur128_3 @ 0x55] t: 0.499979   TARGET:-23 LUFS    M: -23.7 S:-120.7     I: -23.7 LUFS       LRA:   0.0 LU
[Parsed_ebur128_3 @ 0x55] t: 0.599979   TARGET:-23 LUFS    M:  -inf S:-120.7     I: -21.9 LUFS       LRA:   0.0 LU
[Parsed_ebur128_3 @ 0x55] Summary:

  Integrated loudness:
    I:         {lufs} LUFS
    Threshold: -28.9 LUFS

  Loudness range:
    LRA:         0.0 LU
    Threshold:   0.0 LUFS
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SAID.format(lufs="-18.9"), Levels([-23.7, float("-inf")], -18.9)),
        (SAID.format(lufs="-70.0"), Levels([-23.7, float("-inf")], None)),
        ("", Levels([], None)),
    ],
)
def test_what_ffmpeg_said_is_read(text: str, expected: Levels) -> None:
    assert parse_levels(text.splitlines()) == expected


SONG = "0.3*sin(2*PI*440*t)*gte(t,0.73)*if(lt(t,6),0.3,1)*if(lt(t,25),1,exp(-(t-25)))"
"""Sound from 0.73 s, quiet until 6 s, full until 25 s, then 8.7 dB a second down: inaudible at about 29.6 s."""


@pytest.mark.integration
@pytest.mark.parametrize(("rate", "layout"), [(48_000, "stereo"), (44_100, "mono")])
async def test_cues_of_a_real_file(tmp_path: Path, rate: int, layout: str) -> None:
    path = tmp_path / "lagu.wav"
    exprs = "|".join([SONG] * (2 if layout == "stereo" else 1))
    made = ["-f", "lavfi", "-i", f"aevalsrc='{exprs}':s={rate}:d=32:channel_layout={layout}"]
    await process.run(["ffmpeg", "-v", "error", "-nostdin", *made, str(path)])
    facts = Facts("wav", 0.0, 32.0, None, AudioFacts(0, "pcm_s16le", 2 if layout == "stereo" else 1, rate, 32.0))
    cues = await find_cues(path, facts, idle=False)
    assert cues.cue_in_ms is not None and cues.cue_out_ms is not None
    assert 730 - ENTRY_MS - 100 <= cues.cue_in_ms <= 730 - ENTRY_MS
    assert cues.intro_ms == pytest.approx(6000, abs=250)
    assert cues.outro_ms == pytest.approx(25_900, abs=350)
    assert cues.cue_out_ms == pytest.approx(29_600, abs=300)


async def test_without_sound_there_is_nothing_to_find() -> None:
    async with asyncio.timeout(5):
        assert await find_cues(Path("/nowhere"), Facts("mov", 0.0, 5.0, None, None)) == NO_CUES

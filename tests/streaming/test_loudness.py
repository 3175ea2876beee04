"""Loudness decisions and item lengths: by table."""

from dataclasses import replace

import pytest

from lppl.media import AudioFacts, Facts, VideoFacts
from streaming.loudness import MAX_GAIN_DB, Sound, gain_of, length_of, parse_analysis

PICTURE = VideoFacts(0, "h264", 320, 180, 0, 25.0, False, "yuv420p", "1:1", "bt709", 0.0)
SOUND = AudioFacts(1, "aac", 2, 48_000, 0.0)

SUMMARY = """[Parsed_ebur128_1 @ 0x1] t: 0.1 TARGET:-23 LUFS M:-120.7 S:-120.7 I: -70.0 LUFS
[silencedetect @ 0x2] silence_start: 1.5
[silencedetect @ 0x2] silence_end: 2.25 | silence_duration: 0.75
{end}
[Parsed_ebur128_1 @ 0x1] Summary:

  Integrated loudness:
    I:         {lufs} LUFS
    Threshold: -33.5 LUFS

  Loudness range:
    LRA:         2.1 LU

  True peak:
    Peak:      {peak} dBFS
""".splitlines()


def said(lufs: str, peak: str, end: str = "") -> list[str]:
    return [line.format(lufs=lufs, peak=peak, end=end) for line in SUMMARY]


@pytest.mark.parametrize(
    ("lines", "progress", "expected"),
    [
        (said("-23.5", "-4.2"), "out_time_us=100\nout_time_us=5000000\n", Sound(-23.5, -4.2, 5.0, 5.0)),
        (said("-23.5", "0.8", "silence_start: 4.1"), "out_time_us=5000000", Sound(-23.5, 0.8, 5.0, 4.1)),
        (
            said("-9.0", "-1.0", "silence_start: 4.1\nsilence_end: 5.0 | silence_duration: 0.9"),
            "out_time_us=5000000",
            Sound(-9.0, -1.0, 5.0, 4.1),
        ),
        (said("-70.0", "-inf", "silence_start: -0.01"), "out_time_us=400000", Sound(None, -120.0, 0.4, 0.0)),
        ([], "out_time_us=400000", Sound(None, -120.0, 0.4, 0.4)),
    ],
)
def test_what_ffmpeg_said_is_read(lines: list[str], progress: str, expected: Sound) -> None:
    assert parse_analysis(lines, progress) == expected


@pytest.mark.parametrize("progress", ["", "out_time_us=N/A\n", "progress=end"])
def test_no_sound_at_all_is_an_error(progress: str) -> None:
    with pytest.raises(ValueError, match="no sound"):
        parse_analysis([], progress)


@pytest.mark.parametrize(
    ("lufs", "peak", "gain", "limited"),
    [
        (-16.0, -6.0, 0.0, False),
        (-20.0, -10.0, 4.0, False),
        (-10.0, -0.1, -6.0, False),
        (-20.0, -5.6, 4.0, False),
        (-20.0, -5.4, 4.0, True),
        (-30.0, -1.0, 14.0, True),
        (-60.0, -50.0, MAX_GAIN_DB, False),
    ],
)
def test_gain_brings_to_the_target_and_limits_only_where_needed(
    lufs: float, peak: float, gain: float, limited: bool
) -> None:
    found = gain_of(Sound(lufs, peak, 10.0, 10.0), -16.0, -1.0)
    assert (found.db, found.limit) == (gain, limited)
    assert bool(found.notes) == (limited or gain == MAX_GAIN_DB), "what was done is said"


def test_what_cannot_be_measured_is_left_alone() -> None:
    found = gain_of(Sound(None, -3.0, 0.2, 0.2), -16.0, -1.0)
    assert (found.db, found.limit) == (0.0, False)
    assert found.notes


@pytest.mark.parametrize(
    ("sound_s", "silent_from", "video_s", "quanta"),
    [
        (3.2, 3.2, None, 10),
        (3.25, 3.25, None, 11),
        (3.25, 3.1, None, 10),
        (3.19, 3.19, None, 10),
        (3.20005, 3.20005, None, 10),
        (0.1, 0.1, None, 1),
        (0.1, 0.0, None, 1),
        (None, None, 3.2, 10),
        (None, None, 3.3, 11),
        (3.2, 3.2, 4.0, 12),
        (4.0, 3.9, 3.2, 13),
    ],
)
def test_lengths_are_whole_quanta(
    sound_s: float | None, silent_from: float | None, video_s: float | None, quanta: int
) -> None:
    video = replace(PICTURE, duration_s=video_s) if video_s is not None else None
    facts = Facts("mov", 0.0, 0.0, video, SOUND if sound_s is not None else None)
    sound = None if sound_s is None or silent_from is None else Sound(-16.0, -3.0, sound_s, silent_from)
    assert length_of(facts, sound, picture=True) == quanta

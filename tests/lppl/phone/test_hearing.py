"""How loud somebody is, and how long nobody has said anything."""

import array
import math

import pytest

from lppl.phone.hearing import QUIETEST_DBFS, Hearing, level_dbfs


def tone(hz: float, amplitude: float, seconds: float = 0.5) -> bytes:
    count = int(8000 * seconds)
    return array.array("h", (round(amplitude * math.sin(2 * math.pi * hz * i / 8000)) for i in range(count))).tobytes()


@pytest.mark.parametrize("hz", [300, 425, 440, 1000, 2000, 3100])
@pytest.mark.parametrize("amplitude", [32767, 3277, 328])
def test_a_sine_is_three_decibels_below_its_amplitude(hz: float, amplitude: int) -> None:
    expected = 20 * math.log10(amplitude / 32768) - 3.01
    assert level_dbfs(tone(hz, amplitude)) == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize(
    ("pcm", "expected"),
    [
        (b"", QUIETEST_DBFS),
        (b"\x01", QUIETEST_DBFS),
        (bytes(320), QUIETEST_DBFS),
        (b"\x00\x80" * 160, 0.0),
        (b"\x00\x80" * 160 + b"\x7f", 0.0),
        (b"\x00\x01" * 160, 20 * math.log10(256 / 32768)),
    ],
)
def test_the_level_of_edges(pcm: bytes, expected: float) -> None:
    assert level_dbfs(pcm) == pytest.approx(expected, abs=1e-6)


LOUD, QUIET = tone(500, 8000, 0.02), tone(500, 40, 0.02)


def test_a_click_is_not_speech_but_a_word_is() -> None:
    hearing = Hearing(-42.0, since=10.0)
    for at, pcm in ((10.1, LOUD), (10.2, LOUD), (10.3, QUIET), (10.4, LOUD)):
        hearing.listen(pcm, at)
    assert not hearing.heard
    assert hearing.silent_s(11.0) == pytest.approx(1.0)
    hearing.listen(LOUD, 11.0)
    hearing.listen(LOUD, 11.1)
    assert hearing.heard
    assert hearing.silent_s(15.1) == pytest.approx(4.0)


def test_silence_grows_though_no_frame_comes() -> None:
    hearing = Hearing(-42.0, since=0.0)
    assert hearing.silent_s(8.0) == 8.0

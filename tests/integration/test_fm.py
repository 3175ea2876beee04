"""FM with the real libvlc: what leaves the card is the programme, at its air time, whatever happens.

The card is a WAV file that each sample reaches when it would leave (`playout/vlc_child.py`), so the growth of
the file against the clock says when something left. ``LPPL_SOAK=1`` plays three minutes instead of half one.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lppl.quanta import Quanta
from lppl.settings import Output
from playout.soundcard import AlarmName, SoundCard, State, Watch, list_devices
from streaming import adts, mpegts

pytestmark = [pytest.mark.integration, pytest.mark.alone]

Sound = NDArray[np.float64]

ITEM_S = 20.16 if os.environ.get("LPPL_SOAK") == "1" else 2.88
JOINS = 8
SOURCES = (
    "anoisesrc=r=48000:c=pink:a=0.4:seed=1",
    "aevalsrc=0.4*sin(2*PI*(300+60*t)*t)|0.3*sin(2*PI*(500+40*t)*t):s=48000",
    "anoisesrc=r=44100:c=brown:a=0.6:seed=2,tremolo=f=4:d=0.9",
    "anoisesrc=r=48000:c=white:a=0.2:seed=3,lowpass=3000,apulsator=hz=0.7",
    "anoisesrc=r=22050:c=pink:a=0.5:seed=4",
    "aevalsrc=0.3*sin(2*PI*220*t)*(1+sin(2*PI*3*t*t)):s=32000",
    "anoisesrc=r=48000:c=violet:a=0.3:seed=5,highpass=200",
    "anoisesrc=r=48000:c=blue:a=0.2:seed=6,tremolo=f=7:d=0.8",
    "anoisesrc=r=48000:c=pink:a=0.3:seed=7,vibrato=f=5",
)


def frames_of(source: str, seconds: float) -> list[bytes]:
    """Return house AAC of a lavfi source: whole quanta of raw frames, the priming frame dropped.

    Without noise substitution, which each decoder fills with noise of its own.
    """
    command = f"ffmpeg -v error -f lavfi -i {source} -t {seconds + 0.1} -ac 2 -ar 48000"
    command += " -c:a aac -aac_pns 0 -b:a 128k -f adts -"
    out = memoryview(subprocess.run(command.split(), capture_output=True, check=True).stdout)
    frames = []
    while out:
        size = (out[3] & 3) << 11 | out[4] << 3 | out[5] >> 5
        frames.append(bytes(out[7:size]))
        out = out[size:]
    wanted = round(seconds / 0.32) * 15
    assert len(frames) > wanted
    return frames[1 : 1 + wanted]


def decoded(frames: list[bytes]) -> Sound:
    """Return what ffmpeg makes of frames: samples of the left channel, -1 to 1."""
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "aac", "-i", "-", "-f", "s16le", "-ac", "2", "-"],
        input=b"".join(map(adts.framed, frames)),
        capture_output=True,
        check=True,
    ).stdout
    return np.frombuffer(raw, "<i2")[::2] / 32768


def recorded(path: Path) -> Sound:
    """Return the left channel of what left the card so far."""
    return np.frombuffer(path.read_bytes()[44:], "<i2")[::2] / 32768


class Channel:
    """A channel that airs `frames` from `start` on, committed `ahead_ms` before; `open` False: nothing."""

    def __init__(self, frames: list[bytes], clock: Callable[[], float], start_in: int = 8) -> None:
        self.clock = clock
        self.start = Quanta(int(clock()) // 320 + start_in)
        self.quanta = [frames[i : i + 15] for i in range(0, len(frames), 15)]
        self.ahead_ms = 1_500.0
        self.open = True

    def packets(self, q: Quanta) -> bytes | None:
        i = q - self.start
        if not self.open or i < 0 or q * 320 > self.clock() + self.ahead_ms:
            return None
        return mpegts.mux_quantum(q, self.quanta[i]) if i < len(self.quanta) else None


class Alarms:
    """Keeps what the sound card told, and lets a test wait for it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def __call__(self, name: str, active: bool, text: str) -> None:
        self.told.append((name, active))
        self.texts.append(text)


async def until(true: Callable[[], bool], seconds: float) -> None:
    """Wait until a condition holds; fail when it does not within `seconds`."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def playing(card: SoundCard) -> AsyncIterator[None]:
    task = asyncio.create_task(card.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def growth(path: Path, seen: list[tuple[float, int]]) -> None:
    """Note when the file reaches which length: (Unix seconds, sample frames)."""
    while True:
        size = path.stat().st_size if path.exists() else 0
        frames = max(0, size - 44) // 4
        if not seen or frames > seen[-1][1]:
            seen.append((time.time(), frames))
        await asyncio.sleep(0.01)


def find(part: Sound, whole: Sound) -> tuple[int, float]:
    """Return where `part` lies in `whole` and how alike they are there (normalised correlation)."""
    size = 1 << (len(whole) + len(part)).bit_length()
    products = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size)), size)
    products = products[: len(whole) - len(part) + 1]
    energy = np.concatenate(([0.0], np.cumsum(whole**2)))
    norms = np.sqrt((energy[len(part) :] - energy[: -len(part)]) * float(np.sum(part**2)))
    alike = products / np.maximum(norms, 1e-9)
    at = int(np.argmax(alike))
    return at, float(alike[at])


def level_db(sound: Sound) -> float:
    return float(10 * np.log10(np.mean(sound**2) + 1e-12))


def wall_ms() -> float:
    return time.time() * 1000


def before_the_wrap(seconds: float) -> Callable[[], float]:
    """Return an air clock whose 33-bit transport clock wraps `seconds` from now."""
    now = wall_ms()
    wrap_ms = mpegts.WRAP / 90
    shift = (now // wrap_ms + 1) * wrap_ms - seconds * 1000 - now
    return lambda: wall_ms() + shift


async def test_what_leaves_the_card_is_the_programme_over_eight_joins_and_the_wrap(tmp_path: Path) -> None:
    items = [frames_of(source, ITEM_S) for source in SOURCES[: JOINS + 1]]
    frames = [frame for item in items for frame in item]
    item_samples = len(items[0]) * 1024
    programme = decoded(frames)
    clock = before_the_wrap(ITEM_S * 3.3)
    channel = Channel(frames, clock)
    assert mpegts.pts_of(channel.start) > mpegts.pts_of(Quanta(channel.start + len(channel.quanta))), "it wraps"
    wav = tmp_path / "card.wav"
    alarms = Alarms()
    card = SoundCard(Output(channel="radio", device=f"file:{wav}"), channel, clock, alarms)
    seen: list[tuple[float, int]] = []
    delays: list[float] = []
    ends = channel.start * 320 / 1000 + len(frames) * 1024 / 48_000
    watching = asyncio.create_task(growth(wav, seen))
    async with playing(card):
        while clock() / 1000 < ends + 0.3:
            await asyncio.sleep(0.25)
            if card.status.state is State.PLAYING and card.status.delay_ms is not None:
                delays.append(card.status.delay_ms)
    watching.cancel()

    left = recorded(wav)
    at, alike = find(left[: item_samples // 2], programme)
    assert alike > 0.99
    assert at < 1.5 * 48_000, "the first sounds of a start are all that is lost"
    length = min(len(left), len(programme) - at)
    assert at + length > len(programme) - 0.5 * 48_000, "and it ends with the programme"
    _same_everywhere(left[:length], programme[at : at + length])
    for join in range(1, JOINS + 1):
        sample = join * item_samples - at
        due = (channel.start + join * len(items[0]) // 15) * 0.32
        moment = next(t for t, reached in seen if reached > sample)
        error = moment - time.time() + clock() / 1000 - due
        print(f"join {join}: left {error * 1000:+.0f} ms from its air time")
        assert abs(error) < 0.5
    print(f"{length / 48_000:.1f} s compared; delay shown {min(delays):.1f} to {max(delays):.1f} ms")
    assert alarms.told == []
    assert card.status.restarts == 0
    assert max(abs(d) for d in delays) < 500


def _same_everywhere(left: Sound, programme: Sound) -> None:
    """No gap, no repeated block, no change of level: every tenth of a second is where it belongs."""
    block = 4_800
    worst, widest = 1.0, 0.0
    for start in range(0, len(left) - block, block):
        here, there = left[start : start + block], programme[start : start + block]
        if level_db(there) < -60:
            continue
        product = float(np.sum(here * there) / np.sqrt(np.sum(here**2) * np.sum(there**2) + 1e-12))
        worst = min(worst, product)
        widest = max(widest, abs(level_db(here) - level_db(there)))
    print(f"worst correlation of 100 ms {worst:.4f}, widest difference of level {widest:.2f} dB")
    assert worst > 0.98
    assert widest < 0.5


async def test_a_killed_vlc_comes_back_by_itself_at_the_right_place(tmp_path: Path) -> None:
    frames = frames_of(SOURCES[0], 59.2)
    programme = decoded(frames)
    wav = tmp_path / "card.wav"
    channel = Channel(frames, wall_ms)
    alarms = Alarms()
    card = SoundCard(Output(channel="radio", device=f"file:{wav}"), channel, wall_ms, alarms)

    def air_clock() -> float:
        """Sample frames since the programme began."""
        return (wall_ms() - channel.start * 320) * 48

    async with playing(card):
        await until(lambda: card.status.state is State.PLAYING, 20)
        first = card.status.child_pid
        assert first
        os.kill(first, signal.SIGKILL)
        await until(lambda: (AlarmName.OUTPUT, True) in alarms.told, 10)
        before = len(recorded(wav))
        await until(lambda: (AlarmName.OUTPUT, False) in alarms.told, 15)
        assert card.status.child_pid not in (None, first)
        await until(lambda: len(recorded(wav)) > before + 2.5 * 48_000, 12)
        earliest = air_clock()
        after = recorded(wav)[-48_000:]
        latest = air_clock()
    at, alike = find(after, programme)
    assert alike > 0.99
    half_a_second = 0.5 * 48_000
    assert earliest - half_a_second < at + 48_000 < latest + half_a_second, (
        "it is at the air clock, not where it was killed"
    )
    assert alarms.told == [(AlarmName.OUTPUT, True), (AlarmName.OUTPUT, False)]
    assert card.status.restarts == 1


@pytest.mark.soak
async def test_a_hanging_vlc_is_replaced(tmp_path: Path) -> None:
    channel = Channel(frames_of(SOURCES[1], 24.0), wall_ms)
    alarms = Alarms()
    card = SoundCard(Output(channel="radio", device="dummy"), channel, wall_ms, alarms, Watch(stuck_after=1.5))
    async with playing(card):
        await until(lambda: card.status.state is State.PLAYING, 15)
        first = card.status.child_pid
        assert first
        os.kill(first, signal.SIGSTOP)
        await until(lambda: (AlarmName.OUTPUT, True) in alarms.told, 12)
        await until(lambda: (AlarmName.OUTPUT, False) in alarms.told, 12)
        assert card.status.child_pid != first
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)


@pytest.mark.soak
async def test_a_feed_that_stops_is_reported_and_followed_again(tmp_path: Path) -> None:
    frames = frames_of(SOURCES[3], 20.0)
    programme = decoded(frames)
    wav = tmp_path / "card.wav"
    channel = Channel(frames, wall_ms, start_in=2)  # committed already: no alarm at the start
    alarms = Alarms()
    card = SoundCard(Output(channel="radio", device=f"file:{wav}"), channel, wall_ms, alarms, Watch(feed_after=1.0))
    async with playing(card):
        await until(lambda: card.status.state is State.PLAYING, 15)
        channel.open = False
        await until(lambda: (AlarmName.FEED, True) in alarms.told, 10)
        assert card.status.state is State.WAITING
        before = len(recorded(wav))
        channel.open = True
        await until(lambda: (AlarmName.FEED, False) in alarms.told, 10)
        await until(lambda: len(recorded(wav)) > before + 1.5 * 48_000, 6)
        now = (wall_ms() - channel.start * 320) * 48
        after = recorded(wav)[-24_000:]
    at, alike = find(after, programme)
    assert alike > 0.99
    assert abs(at + 24_000 - now) < 0.5 * 48_000
    assert alarms.told == [(AlarmName.FEED, True), (AlarmName.FEED, False)]
    assert card.status.restarts == 0, "a hole in the feed is no fault of VLC's"


async def test_silence_is_noticed_and_its_end_too_and_the_gain_is_what_was_asked(tmp_path: Path) -> None:
    loud, silent = frames_of(SOURCES[0], 3.2), frames_of("anullsrc=r=48000", 4.16)
    frames = loud + silent + loud
    programme = decoded(frames)
    wav = tmp_path / "card.wav"
    alarms = Alarms()
    output = Output(channel="radio", device=f"file:{wav}", gain_db=-6.0)
    card = SoundCard(output, Channel(frames, wall_ms), wall_ms, alarms, Watch(silence_after=1.5))
    async with playing(card):
        await until(lambda: (AlarmName.SILENCE, True) in alarms.told, 20)
        await until(lambda: (AlarmName.SILENCE, False) in alarms.told, 10)
        assert card.status.peak_dbfs is not None and card.status.peak_dbfs > -40
    left = recorded(wav)
    part = left[24_000:72_000]
    at, alike = find(part, programme)
    assert alike > 0.99
    assert level_db(part) - level_db(programme[at : at + 48_000]) == pytest.approx(-6.0, abs=0.5)
    assert alarms.told == [(AlarmName.SILENCE, True), (AlarmName.SILENCE, False)]


@pytest.mark.soak
async def test_a_live_source_is_delayed_within_the_bound_and_the_delay_is_shown(tmp_path: Path) -> None:
    frames = frames_of(SOURCES[2], 12.8)
    programme = decoded(frames)
    wav = tmp_path / "card.wav"
    channel = Channel(frames, wall_ms)
    channel.ahead_ms = -600.0
    alarms = Alarms()
    card = SoundCard(Output(channel="radio", device=f"file:{wav}"), channel, wall_ms, alarms)
    async with playing(card):
        await until(lambda: len(recorded(wav)) > 6 * 48_000 if wav.exists() else False, 20)
        now = (wall_ms() - channel.start * 320) * 48
        after = recorded(wav)[-48_000:]
        shown = card.status.delay_ms
    at, alike = find(after, programme)
    assert alike > 0.99
    real = (now - at - 48_000) / 48
    print(f"delay {real:.0f} ms, shown {shown} ms")
    assert shown is not None
    assert 1_000 <= real < 1_800
    assert abs(real - shown) < 150
    assert alarms.told == []


async def test_a_card_that_is_not_there_is_tried_again_and_says_why() -> None:
    channel = Channel(frames_of(SOURCES[5], 9.6), wall_ms)
    alarms = Alarms()
    card = SoundCard(Output(channel="radio", device="hw:97"), channel, wall_ms, alarms)
    async with playing(card):
        await until(lambda: card.status.restarts >= 2, 15)
        assert card.status.state is not State.PLAYING
    assert alarms.told == [(AlarmName.OUTPUT, True)]
    assert "hw:97" in card.status.last_error
    assert "ALSA" in card.status.last_error or "audio device" in card.status.last_error


async def test_alsa_itself_plays_the_stream() -> None:
    """ALSA's own ``null`` device exists without hardware: VLC's real output module runs."""
    channel = Channel(frames_of(SOURCES[6], 9.6), wall_ms)
    alarms = Alarms()
    card = SoundCard(Output(channel="radio", device="null"), channel, wall_ms, alarms)
    async with playing(card):
        await until(lambda: card.status.state is State.PLAYING, 15)
        await until(lambda: card.status.peak_dbfs is not None and card.status.delay_ms is not None, 5)
        assert card.status.peak_dbfs is not None and card.status.peak_dbfs > -40
    assert alarms.told == []
    assert card.status.restarts == 0


async def test_the_cards_of_this_machine_are_listed() -> None:
    found = await list_devices()
    assert {"device": "dummy", "name": "dummy"} in found
    assert all(set(entry) == {"device", "name"} and entry["device"] for entry in found)

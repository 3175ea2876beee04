"""Three minutes of a real TV and a real radio channel, over joins of unlike sources; and two crashes under way."""

import functools
import json
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.station import recorded
from tests.station.background import Outcome
from tests.station.material import SOURCES
from tests.station.recorded import Aired, Samples
from tests.station.watcher import Rendition, Watched, starved

pytestmark = pytest.mark.integration

Outcomes = Callable[[str], Awaitable[Outcome]]
record = pytest.mark.background("record")
kill = pytest.mark.background("kill")
channels = pytest.mark.parametrize("channel", ["tv", "radio"])

TARGET_LUFS = -16.0
BUFFER_S = 8.0
LONGEST = {"tv": 5.44, "radio": 3.84}
"""The longest segment, seconds."""
FRAMES_PER_S = {"vide": 25.0, "soun": 46.875}
STEADY_DB = 2.0
"""How far 20 ms may be from the source's own level inside an item: what AAC at 128 kbit/s costs."""
CUT_DB = 4.5
"""The same where two items meet: a plain cut of AAC is a crossfade of one frame, 21 ms. Its aliasing is not cancelled
and takes up to 4.4 dB from pure tones in the worst phase (mean of sin^2 - 2 sin^3 cos, twice), nothing from noise."""
AUDIBLE_DB = -50.0


@functools.cache
def heard(path: str) -> Samples:
    return recorded.sound(Path(path))


def best_sound(watched: Watched) -> Rendition:
    return max(watched.of("soun"), key=lambda r: r.peak)


def items_of(watched: Watched) -> list[Aired]:
    sound = best_sound(watched)
    return [item for item in recorded.aired(watched, sound.start, len(heard(sound.file))) if item.title in SOURCES]


def media_of(watched: Watched) -> Path:
    return Path(best_sound(watched).file).parents[2] / "media"


def house_of(watched: Watched, title: str) -> dict[str, object]:
    """What the product itself says of an item that it conformed."""
    house = media_of(watched).parent / "data" / "house"
    sets = [json.loads(path.read_text()) for path in house.glob("*/*/*/set.json")]
    found: dict[str, object] = next(s for s in sets if s["title"] == title)
    return found


@record
@channels
async def test_three_minutes_break_no_rule(outcome: Outcomes, channel: str) -> None:
    watched = (await outcome("record")).of(channel)
    assert watched.faults == []
    assert [r.name for r in watched.renditions if r.seconds < 175 or r.discontinuities] == []
    joins = [(a.title, b.title) for a, b in pairwise(items_of(watched))]
    assert len(joins) >= 8
    assert len({title for pair in joins for title in pair}) >= 7


@record
@channels
async def test_every_frame_and_sample_is_there_and_decodes(outcome: Outcomes, channel: str) -> None:
    for rendition in (await outcome("record")).of(channel).renditions:
        path = Path(rendition.file)
        assert recorded.complaints(path) == []
        packets, frames = recorded.counts(path)
        expected = round(rendition.seconds * FRAMES_PER_S[rendition.handler], 3)
        assert packets == frames == rendition.samples == expected, rendition.name


@record
@channels
async def test_never_silent_never_black(outcome: Outcomes, channel: str) -> None:
    watched = (await outcome("record")).of(channel)
    quiet = recorded.levels(heard(best_sound(watched).file)) < -60
    edges = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(np.int8), [0]))))
    longest_s = max((edges[1::2] - edges[::2]), default=0) * 0.02
    assert longest_s < 1.0  # between two beeps, in one of the items
    for rendition in watched.of("vide"):
        assert recorded.blacks(Path(rendition.file)) == []


@record
async def test_sound_is_within_20_ms_of_the_picture(outcome: Outcomes) -> None:
    watched = (await outcome("record")).of("tv")
    picture, sound = watched.of("vide")[0], best_sound(watched)
    before = round((sound.start - picture.start) * 25)
    """Frames that were received before the first sound: a player that is late finds the window moved on."""
    samples, luma = heard(sound.file), recorded.brightness(Path(picture.file))
    flashing = [item for item in items_of(watched) if item.title == "Kilat"]
    assert flashing
    for item in flashing:
        first, last = item.first // 1920 + before, item.last // 1920 + before
        if first < 0:  # of this item the picture began later than the sound
            continue
        bright = luma[first:last] > luma[first:last].max() * 0.6
        flashes = [n / 25 for n in np.flatnonzero(bright) if n == 0 or not bright[n - 1]]
        part = samples[item.first : item.last]
        beeps = recorded.beeps(part, float(np.abs(part).max()) * 0.3)
        assert len(flashes) == len(beeps) == 20
        apart = [abs(a - b) for a, b in zip(flashes, beeps, strict=True)]
        assert max(apart) <= 0.02


@record
@channels
async def test_every_item_is_as_loud_as_promised(outcome: Outcomes, channel: str) -> None:
    watched = (await outcome("record")).of(channel)
    samples = heard(best_sound(watched).file)
    wrong = {}
    limited = set()
    for item in items_of(watched):
        lufs = recorded.loudness(samples[item.first : item.last])
        if house_of(watched, item.title)["peak_limited"]:
            limited.add(item.title)
        elif abs(lufs - TARGET_LUFS) > 1.0:
            wrong[item.title] = lufs
        assert float(np.abs(samples[item.first : item.last]).max()) <= 10 ** (-1.0 / 20), item.title
    assert wrong == {}
    assert limited <= {"Sunyi"}  # the one that was made so


@record
@channels
async def test_what_is_heard_is_the_sources_one_after_another(outcome: Outcomes, channel: str) -> None:
    """Every 20 ms of the recording against the sources themselves: no dip, no gap, no click, least of all at joins."""
    watched = (await outcome("record")).of(channel)
    samples, items = heard(best_sound(watched).file), items_of(watched)
    begin, end = items[0].first, items[-1].last
    assert all(a.last == b.first for a, b in pairwise(items))
    expected = recorded.programme(items, media_of(watched), samples)
    was, should = recorded.levels(samples[begin:end]), recorded.levels(expected[begin:end])
    low = np.minimum.reduce([np.roll(should, n) for n in (-1, 0, 1)])
    high = np.maximum.reduce([np.roll(should, n) for n in (-1, 0, 1)])
    allowed = np.full(len(was), STEADY_DB)
    for item in items:
        first, last = (item.first - begin) // recorded.WINDOW, (item.last - begin) // recorded.WINDOW
        joint = slice(max(0, first - 1), first + 2)
        allowed[joint] = np.maximum(allowed[joint], CUT_DB)
        if house_of(watched, item.title)["peak_limited"]:
            allowed[first : last + 2] = np.inf  # a limiter is there to change levels
    judged = np.isfinite(allowed) & (low > AUDIBLE_DB)
    assert judged.mean() > 0.5
    dips = {i * 0.02: low[i] - was[i] for i in np.flatnonzero(judged & (was < low - allowed))}
    bursts = {i * 0.02: was[i] - high[i] for i in np.flatnonzero(judged & (was > high + allowed))}
    assert (dips, bursts) == ({}, {})


@record
@channels
async def test_no_click_at_a_join(outcome: Outcomes, channel: str) -> None:
    """A click bends the wave more sharply than anything in the two items that meet there."""
    watched = (await outcome("record")).of(channel)
    samples, items = heard(best_sound(watched).file), items_of(watched)
    clicks = {}
    for before, after in pairwise(items):
        inside = max(
            recorded.roughness(samples[item.first + 4800 : item.last - 4800]).max() for item in (before, after)
        )
        at_join = recorded.roughness(samples[after.first - 1920 : after.first + 1920]).max()
        if at_join > 1.5 * inside:
            clicks[f"{before.title} - {after.title}"] = at_join / inside
    assert clicks == {}


@kill
@channels
async def test_a_player_with_8_s_of_buffer_notices_no_crash(outcome: Outcomes, channel: str) -> None:
    found = await outcome("kill")
    watched = found.of(channel)
    assert watched.faults == []
    assert [fault for r in watched.renditions for fault in starved(r, BUFFER_S, LONGEST[channel])] == []
    assert found.notes[channel] == []  # what was received before a crash is still the same, byte for byte


@kill
@channels
async def test_a_recording_over_crashes_is_whole(outcome: Outcomes, channel: str) -> None:
    watched = (await outcome("kill")).of(channel)
    for rendition in watched.renditions:
        numbers = [s.number for s in rendition.segments]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        path = Path(rendition.file)
        assert recorded.complaints(path) == []
        assert recorded.counts(path)[1] == round(rendition.seconds * FRAMES_PER_S[rendition.handler], 3)


@kill
@channels
async def test_the_programme_goes_on_at_the_right_place_after_a_crash(outcome: Outcomes, channel: str) -> None:
    """Items follow each other as scheduled, whole; none is started again and nothing stands in."""
    watched = (await outcome("kill")).of(channel)
    ranges = sorted(watched.ranges.values(), key=lambda r: r["START-DATE"])
    order = [s.title for s in SOURCES.values() if s.channel == channel]
    titles = [r["X-TITLE"] for r in ranges if r["X-KIND"] == "item"]
    assert {r["X-KIND"] for r in ranges} == {"item"}
    at = order.index(titles[0])
    assert titles == [order[(at + i) % len(order)] for i in range(len(titles))]
    assert [r for r in ranges if r.get("DURATION", "1") == "0"] == []


@pytest.mark.background("outage")
@pytest.mark.browser
async def test_after_a_minute_off_the_air_open_pages_play_again_untouched(outcome: Outcomes) -> None:
    found = await outcome("outage")
    assert not any(note.endswith(": playing") for note in found.notes["during"])
    assert found.notes["untouched"] == ["True", "True"]
    assert found.notes["complaints"] == []

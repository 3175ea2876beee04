"""The continuous stream: every quantum once, in order, for each listener; a slow one is cut off, not the others."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.quanta import Quanta
from lppl.rundown import Kind, Line, Rundown
from streaming.adts import HEADER_BYTES
from streaming.progressive import BACKLOG, BURST, ICY_INTERVAL, IcyMixer, ProgressiveFeed, icy_block

START = 5_600_000_004


def frames(data: bytes) -> list[bytes]:
    """Split ADTS by its own lengths."""
    out, at = [], 0
    while at < len(data):
        assert data[at : at + 2] == b"\xff\xf1"
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        out.append(data[at + HEADER_BYTES : at + length])
        at += length
    assert at == len(data)
    return out


@pytest.fixture
def world(radio: Any, new_folder: Callable[[], Path]) -> Iterator[Any]:
    with radio.world(new_folder()) as world:
        world.start(START)
        lines, at = [], START
        for m in (*radio.items, *radio.items):
            lines.append(Line(Quanta(at), m.quanta, m, Quanta(0), Kind.ITEM, "", False, ""))
            at += m.quanta
        world.follow(Rundown(lines))
        yield world


async def take(listening: AsyncIterator[tuple[bytes, str]], count: int) -> list[tuple[bytes, str]]:
    return [await anext(listening) for _ in range(count)]


def expected(kit: SimpleNamespace, world: Any, first: int, last: int) -> list[bytes]:
    out: list[bytes] = []
    for q in range(first, last):
        entry = world.stream.timeline.at(q)
        n = entry.item.in_point + q - entry.item.start
        out += [kit.sample_bytes(entry.item.house, "a128", s) for s in range(15 * n, 15 * n + 15)]
    return out


async def test_listeners_hear_every_frame_once_and_in_order(world: Any, kit: SimpleNamespace) -> None:
    feed = ProgressiveFeed(world.stream, "a128")
    assert not feed.wanted
    listening = feed.listen()
    heard: list[tuple[bytes, str]] = []
    first = asyncio.ensure_future(anext(listening))
    await asyncio.sleep(0)
    assert feed.wanted
    for now in range(START, START + 60):
        world.tick(now)
        await feed.advance(Quanta(now))
        heard.append(await first)
        while len(heard) < BURST + now - START:
            heard += await take(listening, 1)
        first = asyncio.ensure_future(anext(listening))
        await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await listening.aclose()
    assert [f for data, _ in heard for f in frames(data)] == expected(kit, world, START - BURST, START + 59)
    titles = [title for _, title in heard[BURST:]]
    assert titles[:4] == ["r1", "r2", "r2", "r5"]
    await feed.advance(Quanta(START + 60))
    assert not feed.wanted, "what the last listener heard is forgotten"


async def test_a_slow_listener_is_cut_off(world: Any) -> None:
    feed = ProgressiveFeed(world.stream, "a128")
    listening = feed.listen()
    first = asyncio.ensure_future(anext(listening))
    await asyncio.sleep(0)
    for now in range(START, START + BACKLOG + BURST + 5):
        world.tick(now)
        await feed.advance(Quanta(now))
        await asyncio.sleep(0)
    assert first.done()
    await take(listening, BURST - 1)  # what it had been given
    with pytest.raises(StopAsyncIteration):
        await anext(listening)
    assert feed.listeners == 0


async def test_after_a_pause_it_begins_with_a_burst(world: Any, kit: SimpleNamespace) -> None:
    feed = ProgressiveFeed(world.stream, "a128")
    for now in (START, START + 3):
        world.tick(now)
    feed.listeners = 1
    await feed.advance(Quanta(START + 3))
    for now in range(START + 6, START + 150, 3):
        world.tick(now)
    await feed.advance(Quanta(START + 147))  # the loop stood still: no catching up on what nobody can use
    feed.listeners = 0
    listening = feed.listen()
    heard = await take(listening, BURST)
    await listening.aclose()
    assert [f for data, _ in heard for f in frames(data)] == expected(kit, world, START + 147 - BURST, START + 147)


# --- ICY -------------------------------------------------------------------------------------------------


CHUNKS = st.tuples(st.binary(max_size=5).map(lambda b: b * 2_000), st.sampled_from(["A", "B", "Ç é"]))


def unmixed(data: bytes) -> tuple[bytes, list[str]]:
    """Take the metadata out again, as a player does."""
    sound, titles, at = b"", [], 0
    while len(data) - at > ICY_INTERVAL:
        sound += data[at : at + ICY_INTERVAL]
        at += ICY_INTERVAL
        length = 16 * data[at]
        titles.append(data[at + 1 : at + 1 + length].rstrip(b"\0").decode())
        at += 1 + length
    return sound + data[at:], titles


@given(st.lists(CHUNKS, max_size=30))
def test_metadata_can_be_taken_out_again(chunks: list[tuple[bytes, str]]) -> None:
    mixer = IcyMixer()
    mixed = b"".join(mixer.mix(data, title) for data, title in chunks)
    sound, titles = unmixed(mixed)
    assert sound == b"".join(data for data, _ in chunks)
    said = [t for t in titles if t]
    assert all(t.startswith("StreamTitle='") and t.endswith("';") for t in said)
    assert all(a != b for a, b in pairwise(said)), "said when it changes"


@pytest.mark.parametrize("title", ["", "Gending Jawa", "it's; a 'title'\nnew", "é" * 3_000, "🎺" * 2_000])
def test_a_block_is_whole_units_and_one_title(title: str) -> None:
    block = icy_block(title)
    assert len(block) == 1 + 16 * block[0]
    text = block[1:].rstrip(b"\0").decode()
    assert text.startswith("StreamTitle='")
    assert text.endswith("';")
    assert "'" not in text[13:-2]
    assert ";" not in text[13:-2]

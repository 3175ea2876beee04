"""The transport stream, read back by a small parser of our own and by ffmpeg."""

import itertools
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.quanta import AAC_FRAMES, Quanta
from streaming import adts, mpegts
from streaming.mpegts import PACKET, WRAP, mux_quantum

FRAMES = st.lists(st.binary(min_size=1, max_size=1536), min_size=AAC_FRAMES, max_size=AAC_FRAMES)
TIMES = st.integers(min_value=0, max_value=10**11).map(Quanta)


@dataclass
class Parsed:
    """What a receiver gets out of packets."""

    counters: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    pcr: list[tuple[int, int]] = field(default_factory=list)
    """Packet number, ticks."""
    pts: list[int] = field(default_factory=list)
    sound: bytes = b""


def parse(data: bytes) -> Parsed:
    """Read a stream as 13818-1 says, without using any of the muxer's code."""
    assert len(data) % 188 == 0
    found = Parsed()
    for number in range(len(data) // 188):
        packet = data[number * 188 : number * 188 + 188]
        assert packet[0] == 0x47
        pid = (packet[1] & 0x1F) << 8 | packet[2]
        if pid == 0x1FFF:
            continue
        assert packet[3] & 0x10, "every packet has a payload, so every packet counts"
        found.counters[pid].append(packet[3] & 0xF)
        payload = packet[4:]
        if packet[3] & 0x20:
            length = packet[4]
            assert length <= 182, "a payload follows"
            if length and packet[5] & 0x10:
                found.pcr.append((number, int.from_bytes(packet[6:12]) >> 15))
            payload = packet[5 + length :]
        if pid == 0x101:
            if packet[1] & 0x40:
                assert payload[:4] == b"\x00\x00\x01\xc0"
                p = payload[9:14]
                assert p[0] & 1 and p[2] & 1 and p[4] & 1
                found.pts.append((p[0] >> 1 & 7) << 30 | p[1] << 22 | p[2] >> 1 << 15 | p[3] << 7 | p[4] >> 1)
                payload = payload[9 + payload[8] :]
            found.sound += payload
    return found


def continuous(counters: list[int]) -> bool:
    return all((b - a) % 16 == 1 for a, b in itertools.pairwise(counters))


@given(TIMES, FRAMES, FRAMES)
def test_two_quanta_are_one_stream(q: Quanta, first: list[bytes], second: list[bytes]) -> None:
    got = parse(mux_quantum(q, first) + mux_quantum(Quanta(q + 1), second))
    assert got.sound == b"".join(adts.framed(f) for f in first + second)
    assert all(continuous(counters) for counters in got.counters.values())
    assert set(got.counters) == {0, 0x101, 0x1000}
    assert got.pts == [(q * 28_800 + i * 3 * 1_920) % WRAP for i in range(10)]


@given(TIMES, FRAMES)
def test_the_clock_stands_every_64_ms_exactly_where_it_belongs(q: Quanta, frames: list[bytes]) -> None:
    data = mux_quantum(q, frames)
    got = parse(data)
    slot = len(data) // PACKET // 5
    assert [number for number, _ in got.pcr] == [2 + slot * i for i in range(5)]
    assert [ticks for _, ticks in got.pcr] == [(pts - 9_000) % WRAP for pts in got.pts]


@given(TIMES, FRAMES)
def test_the_bytes_depend_on_nothing_but_time_and_sound(q: Quanta, frames: list[bytes]) -> None:
    alone = mux_quantum(q, frames)
    mux_quantum(Quanta(q + 5), list(reversed(frames)))
    assert mux_quantum(q, list(frames)) == alone


@pytest.mark.parametrize("count", [0, 14, 16])
def test_a_quantum_has_fifteen_frames(count: int) -> None:
    with pytest.raises(ValueError, match="15"):
        mux_quantum(Quanta(0), [b"x"] * count)


@pytest.mark.parametrize("frame", [b"", bytes(adts.LARGEST_FRAME + 1)])
def test_a_frame_that_adts_cannot_name_is_refused(frame: bytes) -> None:
    with pytest.raises(ValueError, match="AAC frame"):
        mux_quantum(Quanta(0), [frame] * 15)


def test_the_longest_frames_fit() -> None:
    frames = [bytes([i]) * adts.LARGEST_FRAME for i in range(15)]
    assert parse(mux_quantum(Quanta(1), frames)).sound == b"".join(map(adts.framed, frames))


def encoded(source: str, seconds: float) -> list[list[bytes]]:
    """Return the quanta of a lavfi source as house AAC: 15 raw frames each, the priming frame dropped."""
    out = subprocess.run(
        f"ffmpeg -v error -f lavfi -i {source} -t {seconds} -ac 2 -ar 48000 -c:a aac -b:a 128k -f adts -".split(),
        capture_output=True,
        check=True,
    ).stdout
    frames = []
    while out:
        size = (out[3] & 3) << 11 | out[4] << 3 | out[5] >> 5
        frames.append(out[7:size])
        out = out[size:]
    frames = frames[1:]
    return [frames[i : i + 15] for i in range(0, len(frames) - 14, 15)]


@pytest.mark.integration
def test_ffmpeg_decodes_every_sample_across_the_wrap(tmp_path: Path) -> None:
    quanta = encoded("sine=440:r=48000", 4)
    start = Quanta(-(-6146 * WRAP // mpegts.QUANTUM_TICKS) - len(quanta) // 2)
    assert mpegts.pts_of(start) > mpegts.pts_of(Quanta(start + len(quanta) - 1)), "the clock wraps in between"
    path = tmp_path / "wrap.ts"
    path.write_bytes(b"".join(mux_quantum(Quanta(start + i), f) for i, f in enumerate(quanta)))
    decoded = subprocess.run(
        ["ffmpeg", "-v", "warning", "-xerror", "-i", str(path), "-f", "s16le", "-"], capture_output=True, check=True
    )
    assert decoded.stderr == b""
    assert len(decoded.stdout) == len(quanta) * 15_360 * 4
    probed = subprocess.run(
        ["ffprobe", "-v", "warning", "-show_entries", "stream=codec_name,profile,sample_rate,channels", str(path)],
        capture_output=True,
        check=True,
        text=True,
    )
    assert probed.stderr == ""
    assert {"codec_name=aac", "profile=LC", "sample_rate=48000", "channels=2"} <= set(probed.stdout.split())


@pytest.mark.integration
def test_a_hole_of_whole_quanta_breaks_nothing(tmp_path: Path) -> None:
    quanta = encoded("sine=440:r=48000", 3)
    kept = [(i, f) for i, f in enumerate(quanta) if i not in (3, 4)]
    path = tmp_path / "hole.ts"
    path.write_bytes(b"".join(mux_quantum(Quanta(5_600_000_000 + i), f) for i, f in kept))
    out = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-"], capture_output=True, check=True
    )
    assert out.stderr == b""
    assert len(out.stdout) == len(kept) * 15_360 * 4

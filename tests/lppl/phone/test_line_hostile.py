"""What strangers and broken exchanges may try: it ends their own connection, and nothing else."""

import asyncio
import os
import socket
from ipaddress import ip_network
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lppl.phone.audiosocket import FRAME_S, Frame, Pace, Type
from lppl.phone.values import LineSettings, Stage
from tests.lppl.phone.exchange import Exchange, Station, served, speech

UUID_1 = UUID(int=1)


async def closed(exchange: Exchange) -> bool:
    """Whether the line closed the connection without a frame of sound."""
    await exchange.hear()
    return exchange.over and exchange.frames == 0


async def test_a_peer_of_another_network_is_not_let_in(tmp_path: Path) -> None:
    settings = LineSettings(port=0, allowed=(ip_network("10.0.0.0/8"), ip_network("::1/128")))
    async with served(tmp_path, settings) as station:
        station.calls.register(UUID_1, "0812", "", station.clock.monotonic())
        stranger = await station.open()
        stranger.send(Frame(Type.UUID, UUID_1.bytes))
        assert await closed(stranger)
        assert station.line.refused == {"peer": 1}
        assert len(station.calls) == 1


async def test_a_call_that_was_not_announced_is_refused_and_so_is_one_announced_too_long_ago(tmp_path: Path) -> None:
    async with served(tmp_path) as station:
        station.calls.register(UUID_1, "0812", "", station.clock.monotonic())
        station.clock.turn(121)
        for uuid in (uuid4(), UUID_1):
            stranger = await station.open()
            stranger.send(Frame(Type.UUID, uuid.bytes))
            assert await closed(stranger)
            assert stranger.hung_up
            await stranger.leave()
        assert station.line.refused == {"unknown": 2}


async def test_a_uuid_serves_once(tmp_path: Path) -> None:
    async with served(tmp_path) as station:
        caller = await station.call(UUID_1)
        second = await station.open()
        second.send(Frame(Type.UUID, UUID_1.bytes))
        assert await closed(second)
        await caller.until_said("NOTICE", "MENU")


@pytest.mark.parametrize(
    "wire",
    [
        Frame(Type.AUDIO, bytes(320)).encoded(),
        Frame(Type.UUID, bytes(15)).encoded(),
        Frame(Type.HANGUP).encoded(),
        b"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc" + bytes(200),
        b"\xff" * 5000,
        bytes(range(256)) * 40,
    ],
    ids=["audio", "short", "hangup", "http", "tls", "ff", "all"],
)
async def test_garbage_first_ends_the_connection(tmp_path: Path, wire: bytes) -> None:
    async with served(tmp_path) as station:
        stranger = await station.open()
        stranger.writer.write(wire)
        if wire[:1] in (b"G", b"\x16"):  # begins as a frame could: waits for the rest of it until the time is over
            await station.until(lambda: station.line.half_open == 1)
            station.clock.turn(5.1)
        assert await closed(stranger)
        assert sum(station.line.refused.values()) == 1
        await station.until(lambda: station.line.half_open == 0)


async def test_a_connection_that_says_nothing_is_closed_after_five_seconds(tmp_path: Path) -> None:
    async with served(tmp_path) as station:
        silent, slow = await station.open(), await station.open()
        slow.writer.write(b"\x01\x00\x10" + UUID_1.bytes[:10])
        await station.until(lambda: station.clock.nights[5.0] == 2)
        station.clock.turn(4.9)
        assert station.line.half_open == 2
        station.clock.turn(0.2)
        assert await closed(silent)
        assert await closed(slow)
        assert station.line.refused == {"late": 2}


async def test_garbage_in_a_call_ends_it_and_what_was_said_is_kept(tmp_path: Path) -> None:
    async with served(tmp_path / "calls") as station:
        caller = await station.call(UUID_1)
        await caller.to_recording()
        await caller.speak(speech(20))
        caller.writer.write(b"\x10\xff\xff")
        await caller.until(lambda: caller.over)
        await caller.leave()
        await station.over()
        assert station.desk.stages() == [Stage.WHOLE]
        assert len(station.desk.sounds[UUID_1]) >= 44 + 320 * 20


async def test_fifty_connections_at_once_find_the_limits(tmp_path: Path) -> None:
    async with served(tmp_path / "calls") as station:
        first = await station.call()
        await first.to_recording()
        many = [await station.open() for _ in range(50)]
        await station.until(lambda: station.line.half_open + station.line.refused["crowded"] == 50)
        assert station.line.refused == {"crowded": 34}
        uuids = [uuid4() for _ in many]
        for uuid in uuids:
            station.calls.register(uuid, "0812", "", station.clock.monotonic())
        for uuid, exchange in zip(uuids, many, strict=True):
            if not exchange.reader.at_eof() and exchange.reader.exception() is None:
                exchange.send(Frame(Type.UUID, uuid.bytes))
        await station.until(lambda: station.line.talking + station.line.refused["busy"] == 17)
        assert (station.line.talking, station.line.refused["busy"]) == (8, 9)
        assert len(station.calls) == 43, "who found it busy stays announced"
        await first.speak(speech(20))  # and whoever talks is not disturbed
        first.press("#")
        await first.until(lambda: first.over)
        assert first.said[-1] == "FAREWELL"


async def test_calls_that_end_make_room(tmp_path: Path) -> None:
    async with served(tmp_path / "calls", LineSettings(port=0, calls=1)) as station:
        for _ in range(3):
            caller = await station.call()
            assert caller.frames == 1
            await caller.leave()
            await station.over()
        assert station.line.refused == {}
        assert len(station.desk.kept) == 3


async def flood(exchange: Exchange, frame: Frame, most: int) -> int:
    """Send as fast as it goes until the line ends it; return how many frames it took."""
    wire = frame.encoded() * 10
    for n in range(most // 10):
        try:
            exchange.writer.write(wire)
            await exchange.writer.drain()
            await asyncio.sleep(0)  # the line lives in the same loop
        except OSError:
            return n * 10
        if exchange.writer.is_closing():
            return n * 10
    return most


@pytest.mark.parametrize("frame", [Frame(Type.AUDIO, b"\x11" * 320), Frame(Type.DTMF, b"5"), Frame(0x12, bytes(8000))])
async def test_a_flood_is_ended_and_fills_neither_memory_nor_disk(tmp_path: Path, frame: Frame) -> None:
    async with served(tmp_path / "calls") as station:
        other, caller = await station.call(), await station.call(UUID_1)
        await caller.to_recording()
        flooding = asyncio.create_task(flood(caller, frame, 10_000_000))
        async with asyncio.timeout(10):
            while station.line.talking == 2:
                station.clock.turn(FRAME_S / 10)
                await asyncio.sleep(0.0005)
        await caller.leave()
        assert await flooding < 10_000_000
        assert len(station.desk.sounds.get(UUID_1, b"")) <= 44 + Pace.BURST_BYTES * 2
        assert station.desk.stages() == [Stage.WHOLE]
        other.press("1")
        await other.until(lambda: "SPEAK" in other.said)


async def test_a_call_of_which_nothing_comes_is_ended(tmp_path: Path) -> None:
    async with served(tmp_path / "calls") as station:
        caller = await station.call(UUID_1)
        began = station.clock.monotonic()
        while not caller.over:
            station.clock.turn(FRAME_S)
            await caller.hear()
            assert station.clock.monotonic() - began < 11
        assert station.clock.monotonic() - began > 10
        await caller.leave()
        await station.over()
        assert station.desk.stages() == [Stage.MISSED]


async def test_a_peer_that_never_reads_is_ended(tmp_path: Path) -> None:
    async with served(tmp_path / "calls", LineSettings(port=0, write_s=5)) as station:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", station.line.port))
        station.calls.register(UUID_1, "0812", "", station.clock.monotonic())
        wire = Frame(Type.AUDIO, bytes(320)).encoded()
        try:
            sock.send(Frame(Type.UUID, UUID_1.bytes).encoded())
            await station.until(lambda: station.line.talking == 1)
            turns = 0
            while station.line.talking:
                turns += 1
                assert turns < 3000, "it would have gone on for a minute"
                station.clock.turn(FRAME_S)
                try:
                    sock.send(wire)
                except OSError:
                    assert station.line.talking == 0 or turns > 250
                await asyncio.sleep(0.0005)
        finally:
            sock.close()
        assert turns * FRAME_S > 5
        assert station.desk.stages() == [Stage.MISSED]


async def test_a_call_is_not_longer_than_a_call_may_be(tmp_path: Path) -> None:
    async with served(tmp_path / "calls", LineSettings(port=0, longest_s=1, keep_s=400)) as station:
        station.desk.hangs = True
        caller = await station.call(UUID_1)
        caller.press("1")
        began = station.clock.monotonic()
        while not caller.over:
            assert station.clock.monotonic() - began < 310
            caller.send(Frame(Type.AUDIO, bytes(320)))
            station.clock.turn(0.15)
            await caller.hear()
    assert station.clock.monotonic() - began > 300
    assert caller.said[-1] == "SPEAK"


async def test_the_mistake_of_one_call_is_nothing_to_the_others(tmp_path: Path) -> None:
    async with served(tmp_path / "calls") as station:
        caller = await station.call(UUID_1)
        await station.until(lambda: station.files() == [f"{UUID_1}.note"])
        (tmp_path / "calls").rename(tmp_path / "gone")
        (tmp_path / "calls").write_bytes(b"in the way")
        other = await station.call()
        await other.to_sorry()
        assert station.line.talking == 2
        (tmp_path / "calls").unlink()
        (tmp_path / "gone").rename(tmp_path / "calls")
        await caller.until_said("NOTICE", "MENU")


async def test_the_port_is_told_when_it_is_taken(tmp_path: Path) -> None:
    async with served(tmp_path) as station:
        second = Station(tmp_path / "second", LineSettings(port=station.line.port), station.desk)
        with pytest.raises(OSError, match="address already in use"):
            await second.line.run()


async def test_no_thread_and_no_file_is_left_of_calls(tmp_path: Path) -> None:
    async with served(tmp_path / "calls") as station:
        caller = await station.call()
        await caller.leave()
        await station.over()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(20):
            caller = await station.call()
            await caller.to_recording()
            await caller.leave()
            await station.over()
        await station.until(lambda: len(os.listdir("/proc/self/fd")) <= before)
        assert station.line.half_open == 0

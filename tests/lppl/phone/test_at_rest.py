"""Who reads the disk of a station, at whatever moment of a call, finds no number and no sound on it."""

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from lppl.cases.tables import arrivals, enclosures
from lppl.database import migrate, open_database
from lppl.intake import channels
from lppl.intake.reception import Reception
from lppl.intake.values import Source
from lppl.intake.works import MemoryWorks
from lppl.phone.audiosocket import Frame, Type
from lppl.phone.calls import Calls
from lppl.phone.recording import folder_of
from lppl.phone.sound import wav_header
from lppl.phone.values import CallTaken
from lppl.station.phone_line import PhoneDesk, keep_line
from tests.lppl.phone.exchange import AWAY, Exchange, HandClock, Records, served, speech

UUID_1 = UUID(int=1)
CALLER, LINE = "+6281998877665", "0285-123456"
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
SAID = speech(80)


class KeptBy(Records):
    """A desk that notes what it is given before the station's own keeps it."""

    def __init__(self, desk: PhoneDesk) -> None:
        super().__init__()
        self._desk = desk

    async def keep(self, call: CallTaken) -> str:
        await super().keep(call)
        return await self._desk.keep(call)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of data; what is made for a while comes to lie in it, too."""
    (tmp_path / "data" / "tmp").mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "data" / "tmp"))
    return tmp_path / "data"


@pytest.fixture
async def reception(data: Path) -> AsyncIterator[Reception]:
    url = f"sqlite+aiosqlite:///{data / 'lppl.db'}"
    await migrate(url)
    engine = open_database(url)
    yield await Reception.opened(engine, data.with_name("keys"), MemoryWorks(), data, lambda: NOW)
    await engine.dispose()


def lying(data: Path) -> Iterator[tuple[str, bytes]]:
    """All files with their bytes."""
    for path in data.rglob("*"):
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            yield path.name, path.read_bytes()


def shown(content: bytes) -> list[str]:
    """What of the call can be read in some bytes."""
    words = [word for word in (CALLER[3:], LINE[5:], "pengaduan") if word.encode() in content]
    heard = ["sound" for pcm in SAID if pcm[100:108] in content]
    return words + heard[:1] + (["wav"] if b"RIFF" in content else [])


class Reader:
    """Who reads the disk, again and again."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.seen: set[str] = set()
        """The endings of all files that were seen."""
        self.found: set[tuple[str, str]] = set()

    def read(self) -> None:
        """Read all there is."""
        self._read(self._data)

    def read_work(self) -> None:
        """Read what is not the records and the kept enclosures: these are large, and grow all the time."""
        for folder in ("phone", "tmp"):
            self._read(self._data / folder)

    def _read(self, folder: Path) -> None:
        for name, content in lying(folder):
            self.seen.add(name.rpartition(".")[2])
            self.found |= {(name, what) for what in shown(content)}

    async def run(self) -> None:
        while True:
            await asyncio.to_thread(self.read_work)
            await asyncio.sleep(0.002)


def test_the_reader_finds_what_lies_in_the_clear(tmp_path: Path) -> None:
    (tmp_path / "note").write_text(f'{{"caller": "{CALLER}"}}')
    (tmp_path / "sound").write_bytes(wav_header(10) + SAID[7])
    reader = Reader(tmp_path)
    reader.read()
    assert reader.found == {("note", CALLER[3:]), ("sound", "sound"), ("sound", "wav")}


async def test_nothing_of_a_call_is_on_the_disk_in_the_clear_at_any_moment(data: Path, reception: Reception) -> None:
    desk, reader = KeptBy(PhoneDesk(reception)), Reader(data)
    reading = asyncio.create_task(reader.run())
    async with served(folder_of(data), desk=desk, keyring=reception.keyring) as station:
        desk.failing = AWAY
        caller = await station.call(UUID_1, CALLER)
        await caller.to_recording()
        for pcm in SAID:
            await caller.step(pcm)
            reader.read_work()
        caller.press("#")
        await caller.until(lambda: caller.over)
        await caller.leave()
        await station.over()
        reader.read()
        assert station.files() == [f"{UUID_1}.note", f"{UUID_1}.sound"]
        await station.rounds(1)
        desk.failing = None
        await station.rounds(2)
        assert station.files() == []
    reader.read()
    reading.cancel()
    await asyncio.wait({reading})
    assert reading.cancelled()
    assert {"note", "sound", "raw"} <= reader.seen
    assert reader.found == set()
    async with reception.engine.connect() as connection:
        (row,) = (await connection.execute(select(enclosures))).all()
        (kept,) = (await connection.execute(select(arrivals))).all()
    sound = b"".join(reception.files.read(row.id, reception.keyring.unwrapped(row.wrapped)))
    assert sound == desk.sounds[UUID_1]
    assert sound.startswith(wav_header(len(sound) - 44))
    assert sound.endswith(b"".join(SAID))
    assert (row.size, row.content_type) == (len(sound), "audio/wav")
    assert CALLER.encode() in reception.keyring.unwrapped(kept.wrapped).opened(kept.body)


async def test_a_call_that_was_handed_in_twice_is_one_and_its_second_sound_goes(
    data: Path, reception: Reception
) -> None:
    desk = KeptBy(PhoneDesk(reception))
    async with served(folder_of(data), desk=desk, keyring=reception.keyring) as station:
        desk.failing = AWAY
        caller = await station.call(UUID_1, CALLER)
        await caller.to_recording()
        await caller.speak(SAID)
        caller.press("#")
        await caller.until(lambda: caller.over)
        await caller.leave()
        await station.over()
        assert await PhoneDesk(reception).keep(desk.asked[-1]) == await PhoneDesk(reception).keep(desk.asked[-1])
    async with reception.engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(arrivals)) == 1
        assert await connection.scalar(select(func.count()).select_from(enclosures)) == 1
    assert len(list((data / "enclosures").glob("*/*.raw"))) == 1


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def arrived(reception: Reception) -> int:
    async with reception.engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(arrivals)) or 0


async def test_the_line_opens_with_its_channel_and_once_it_is_off_what_waits_is_handed_in(
    data: Path, reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(data / "tmp"))  # no voice: the line says tones, at once
    port, calls = free_port(), Calls()
    setup = channels.Call(port=port, token=SecretStr("rahasia"))
    await reception.channels.keep(Source.CALL, True, setup)
    calls.register(UUID_1, CALLER, LINE, asyncio.get_running_loop().time())
    running = asyncio.create_task(keep_line(reception, calls, data))
    async with asyncio.timeout(20):
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)
        exchange = Exchange(reader, writer, HandClock())
        exchange.send(Frame(Type.UUID, UUID_1.bytes))
        while not list(folder_of(data).glob("*.note")):
            await asyncio.sleep(0.01)
        running.cancel()  # a service that is stopped: the call lies there
        await asyncio.wait({running})
        await exchange.leave()
        assert await arrived(reception) == 0
        await reception.channels.keep(Source.CALL, False, setup)
        running = asyncio.create_task(keep_line(reception, calls, data))
        while not await arrived(reception) or list(folder_of(data).iterdir()):
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.wait({running})
    async with reception.engine.connect() as connection:
        (kept,) = (await connection.execute(select(arrivals))).all()
    assert CALLER.encode() in reception.keyring.unwrapped(kept.wrapped).opened(kept.body)

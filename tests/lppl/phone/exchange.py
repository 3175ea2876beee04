"""The other side of the phone line for tests: an exchange that speaks AudioSocket, a desk, a clock turned by hand."""

import array
import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from uuid import UUID, uuid4

from lppl.errors import LpplError
from lppl.intake.keyring import Keyring
from lppl.phone.audiosocket import FRAME_BYTES, FRAME_S, SILENCE, Decoder, Frame, Type
from lppl.phone.calls import Calls
from lppl.phone.line import PhoneLine
from lppl.phone.menu import Prompt
from lppl.phone.prompts import SIGNS, Prompts
from lppl.phone.sound import HEAD_BYTES, SEALED_FRAME_BYTES
from lppl.phone.values import CallTaken, LineSettings, Stage

PATIENCE_S = 10.0
PROMPT_FRAMES = 3
CODE = "K7QF-2M9X"

VALUES: Mapping[str, int] = {
    **{prompt.name: 100 + n for n, prompt in enumerate(Prompt)},
    **{sign: 1000 + n for n, sign in enumerate(SIGNS)},
    "AGAIN": 2000,
    "FAREWELL": 2001,
}
"""Every sound of the tests is one value held, so that who hears it knows what is said."""
NAMES = {value: name for name, value in VALUES.items()}


def held(name: str, frames: int = PROMPT_FRAMES) -> bytes:
    """A sound that says `name`."""
    return array.array("h", [VALUES[name]] * (FRAME_BYTES // 2 * frames)).tobytes()


PROMPTS = Prompts(
    {prompt: held(prompt.name) for prompt in Prompt}, {sign: held(sign, 1) for sign in SIGNS}, held("AGAIN"),
    held("FAREWELL"),
)  # fmt: skip


def speech(frames: int, seed: int = 1) -> list[bytes]:
    """Loud sound, no two frames alike."""
    source = random.Random(seed)
    return [source.randbytes(FRAME_BYTES) for _ in range(frames)]


class HandClock:
    """A clock that stands until it is turned."""

    def __init__(self) -> None:
        self._now = 1000.0
        self.nights: Counter[float] = Counter()
        """How often somebody lay down, by the seconds meant to be slept."""
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self._now

    async def sleep_until(self, when: float) -> None:
        if when <= self._now + 1e-6:
            await asyncio.sleep(0)
            return
        self.nights[round(when - self._now, 3)] += 1
        sleeper = asyncio.get_running_loop().create_future()
        self._sleepers.append((when, sleeper))
        await sleeper

    def turn(self, seconds: float) -> None:
        self._now += seconds
        due = [sleeper for when, sleeper in self._sleepers if when <= self._now + 1e-6]
        self._sleepers = [(when, sleeper) for when, sleeper in self._sleepers if when > self._now + 1e-6]
        for sleeper in due:
            if not sleeper.done():
                sleeper.set_result(None)


class Records:
    """A desk that keeps calls in memory, idempotently, and can be told to fail or to hang."""

    def __init__(self) -> None:
        self.kept: dict[tuple[UUID, Stage], CallTaken] = {}
        self.sounds: dict[UUID, bytes] = {}
        """Each recording as a WAV file, read while it was kept."""
        self.asked: list[CallTaken] = []
        self.failing: Exception | None = None
        self.hangs = False

    async def keep(self, call: CallTaken) -> str:
        self.asked.append(call)
        if self.hangs:
            await asyncio.Event().wait()
        if self.failing is not None:
            raise self.failing
        self.kept.setdefault((call.uuid, call.stage), call)
        if call.recording is not None:
            self.sounds.setdefault(call.uuid, b"".join(call.recording.wav()))
        return CODE

    def stages(self) -> list[Stage]:
        return [stage for _, stage in self.kept]


AWAY = LpplError("basis data tidak ada", "no database")


class Exchange:
    """One connection of an exchange."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, clock: HandClock) -> None:
        self.reader, self.writer, self.clock = reader, writer, clock
        self.said: list[str] = []
        """What was heard, each sound once; silence between two of the same keeps them apart."""
        self.frames = 0
        """Frames of audio that came."""
        self.over = False
        self.hung_up = False
        """The line said by a frame that the call is over."""
        self._decoder = Decoder()
        self._waiting: list[Frame] = []
        self._last = 0

    @property
    def saying(self) -> str:
        """What is being said right now; empty for silence."""
        return NAMES.get(self._last, "")

    def send(self, *frames: Frame) -> None:
        self.writer.write(b"".join(frame.encoded() for frame in frames))

    def press(self, key: str) -> None:
        self.send(Frame(Type.DTMF, key.encode()))

    async def hear(self) -> None:
        """Take one frame of what the line sends."""
        while not self._waiting and not self.over:
            async with asyncio.timeout(PATIENCE_S):
                try:
                    data = await self.reader.read(4096)
                except ConnectionError:
                    data = b""
            self._waiting += self._decoder.feed(data)
            self.over = self.over or not data
        if not self._waiting:
            return
        frame = self._waiting.pop(0)
        if frame.type == Type.HANGUP:
            self.over = self.hung_up = True
            return
        assert frame.type == Type.AUDIO
        assert len(frame.payload) == FRAME_BYTES
        self.frames += 1
        values = set(array.array("h", frame.payload))
        assert len(values) == 1
        value = values.pop()
        if value and value != self._last:
            self.said.append(NAMES[value])
        self._last = value

    async def step(self, pcm: bytes = SILENCE) -> None:
        """20 ms pass: a frame goes, one comes."""
        if not self.over:
            self.send(Frame(Type.AUDIO, pcm))
        self.clock.turn(FRAME_S)
        await self.hear()

    async def until(self, reached: Callable[[], bool], steps: int = 4000) -> None:
        for n in range(steps):
            if reached() or self.over:
                break
            if n > 100 and not n % 4:  # what is waited for may be the work of threads, which do not know this clock
                await asyncio.sleep(0.001)
            await self.step()
        assert reached(), f"heard {self.said}, over: {self.over}"

    async def until_said(self, *names: str) -> None:
        """Wait until all of `names` was said, up to its end."""
        await self.until(lambda: self.said[-len(names) :] == list(names) and not self.saying)

    async def to_sorry(self) -> None:
        """Choose, and be told that recording fails."""
        self.press("1")
        await self.until_said("DISTURBED")

    async def speak(self, frames: list[bytes]) -> None:
        for pcm in frames:
            await self.step(pcm)

    async def to_recording(self, key: str = "1") -> None:
        """Choose, hear all, and be recorded."""
        self.press(key)
        await self.until_said("SPEAK")

    async def leave(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


def keys_beside(folder: Path) -> Keyring:
    """The keys of a station whose calls lie in `folder`, made the first time."""
    return Keyring.of(folder.with_name(f"{folder.name}-keys"))


class Station:
    """A phone line that is being served, with what belongs to it."""

    def __init__(self, folder: Path, settings: LineSettings, desk: Records, keyring: Keyring | None = None) -> None:
        self.clock, self.calls, self.desk, self.folder = HandClock(), Calls(), desk, folder
        self.exchanges: list[Exchange] = []
        self.keyring = keyring or keys_beside(folder)
        self.line = PhoneLine(settings, self.calls, desk, self.keyring, folder, PROMPTS, self.clock)

    async def open(self) -> Exchange:
        """Connect and say nothing yet."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.line.port)
        self.exchanges.append(Exchange(reader, writer, self.clock))
        return self.exchanges[-1]

    async def call(self, uuid: UUID | None = None, caller: str = "+628123456789") -> Exchange:
        """Announce a call, connect it and hear its first frame."""
        uuid = uuid or uuid4()
        self.calls.register(uuid, caller, "0285-123456", self.clock.monotonic())
        exchange = await self.open()
        exchange.send(Frame(Type.UUID, uuid.bytes))
        await exchange.hear()
        return exchange

    async def until(self, reached: Callable[[], bool]) -> None:
        """Let the loop and its threads go on until it is so; the clock stands."""
        async with asyncio.timeout(PATIENCE_S):
            while not reached():
                await asyncio.sleep(0.002)

    async def over(self) -> None:
        """Wait until no call goes on; the clock goes on with the line's frames."""
        async with asyncio.timeout(PATIENCE_S):
            while self.line.talking:
                self.clock.turn(FRAME_S)
                await asyncio.sleep(0.001)

    async def rounds(self, count: int) -> None:
        """Let what was left over be handed in `count` times."""
        await self.until(lambda: self.clock.nights[60.0] > 0)
        for _ in range(count):
            before = self.clock.nights[60.0]
            self.clock.turn(60.0)
            await self.until(lambda before=before: self.clock.nights[60.0] > before)  # type: ignore[misc]

    def written(self, uuid: UUID) -> int:
        """Bytes of sound on disk of a call that is going on."""
        path = self.folder / f"{uuid}.sound"
        sealed = path.stat().st_size - HEAD_BYTES if path.exists() else 0
        return sealed // SEALED_FRAME_BYTES * FRAME_BYTES

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []


@contextlib.asynccontextmanager
async def served(
    folder: Path, settings: LineSettings | None = None, desk: Records | None = None, keyring: Keyring | None = None
) -> AsyncIterator[Station]:
    """A station whose line is open, and is cancelled at the end."""
    station = Station(folder, settings or LineSettings(port=0), desk or Records(), keyring)
    running = asyncio.create_task(station.line.run())
    waiting = asyncio.create_task(station.line.listening.wait())
    try:
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        assert not running.done(), running.exception()
        yield station
    finally:
        waiting.cancel()
        running.cancel()
        await asyncio.wait({running})
        for exchange in station.exchanges:
            exchange.writer.transport.abort()
            await exchange.leave()
        assert running.cancelled() or running.exception() is None, running.exception()

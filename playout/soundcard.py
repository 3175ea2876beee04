"""FM: a channel's continuous feed to a sound card, watched and restarted for ever.

libvlc lives in a child process (`playout/vlc_child.py`) that plays ONE stream; it never sequences items, and
nothing that happens to it or to the card can touch the channel. This module starts it, hands it the stream
at the right moments (`playout/pacer.py`), reads what it reports, and raises and clears alarms. Why it is
built so, and what was measured: docs/decisions/fm.md.
"""

import asyncio
import json
import re
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from lppl.errors import LpplError, ProcessFailed
from lppl.ports import TransportFeed
from lppl.process import Child, run, started
from lppl.settings import Output
from playout.pacer import CACHING_MS, LEAD_MS, Pacer, has_material

CHILD = Path(__file__).with_name("vlc_child.py")
FRAME_MS = 1024 / 48
"""A slice is decoded at once but for its last frame, which VLC's packetizer holds back: so the block that comes
most ahead of its playing is the slice's second."""

Alarm = Callable[[str, bool, str], None]
"""Called with a stable word (see `AlarmName`), whether it begins or ends, and a sentence for the operator."""


class AlarmName(StrEnum):
    """What can be wrong with a sound card."""

    OUTPUT = "soundcard.output"
    """VLC or the card: nothing leaves."""
    SILENCE = "soundcard.silence"
    """What leaves is silence."""
    FEED = "soundcard.feed"
    """The channel gives nothing to play."""


class State(StrEnum):
    """What a sound card is doing."""

    WAITING = "waiting"
    """The channel gives nothing yet."""
    STARTING = "starting"
    PLAYING = "playing"
    RESTARTING = "restarting"
    """VLC or the card was lost; the next attempt follows by itself."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Limits of the watch, in seconds unless the name says else."""

    silence_dbfs: float = -50.0
    silence_after: float = 20.0
    startup: float = 10.0
    """VLC may take this long until the first sound."""
    stuck_after: float = 4.0
    feed_after: float = 5.0
    """A hole of this length in the feed ends the stream; it begins anew with the feed."""
    healthy_after: float = 30.0
    backoff_first: float = 0.5
    backoff_most: float = 10.0
    delay_most_ms: float = 3_000.0


@dataclass(slots=True)
class Status:
    """What is shown of a sound card."""

    channel: str
    device: str
    gain_db: float
    state: State = State.WAITING
    delay_ms: float | None = None
    """How far what leaves VLC is behind the air clock, measured; None until known."""
    peak_dbfs: float | None = None
    """Peak of the last half second; None is digital silence, or nothing."""
    restarts: int = 0
    skipped: int = 0
    """Quanta of programme that did not go to the card."""
    last_error: str = ""
    child_pid: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)


class _Ended(LpplError):
    """Ends a child's run; `planned` when nothing is wrong."""

    def __init__(self, indonesian: str, english: str, *, planned: bool = False) -> None:
        super().__init__(indonesian, english)
        self.planned = planned


@dataclass(slots=True)
class _Session:
    """One run of the child. Times are the event loop's, in seconds."""

    child: Child
    pacer: Pacer
    begun: float
    played: int = 0
    progress: float | None = None
    """When sound was last seen to leave; None before the first."""
    quiet_since: float | None = None


class SoundCard:
    """Plays `feed` on the card of `output`. `clock` is the air time in milliseconds since the epoch.

    The device of `output` is an ALSA name (``default`` when empty, ``hw:0,0``, ``plughw:1``), ``pulse`` or
    ``pulse:SINK``, ``file:/path.wav``, or ``dummy``.
    """

    def __init__(
        self,
        output: Output,
        feed: TransportFeed,
        clock: Callable[[], float],
        on_alarm: Alarm,
        watch: Watch | None = None,
    ) -> None:
        self.output = output
        self.device = output.device or "default"
        self.status = Status(output.channel, self.device, output.gain_db)
        self._feed = feed
        self._clock = clock
        self._watch = watch or Watch()
        self._on_alarm = on_alarm
        self._active: set[AlarmName] = set()
        self._skipped_before = 0

    async def run(self) -> None:
        """Play until cancelled; what VLC, the card or the feed do never ends it."""
        wait = self._watch.backoff_first
        while True:
            await self._feed_returns()
            begun = _now()
            try:
                await self._session()
            except _Ended as ended:
                if ended.planned:
                    continue
                self._lost(ended)
            except (LpplError, OSError) as e:
                self._lost(e)
            if _now() - begun > self._watch.healthy_after:
                wait = self._watch.backoff_first
            await asyncio.sleep(wait)
            wait = min(wait * 2, self._watch.backoff_most)

    async def _feed_returns(self) -> None:
        """Return when the channel has something to play; an alarm tells when that takes long."""
        since = _now()
        while not has_material(self._feed, self._clock(), self._watch.delay_most_ms):
            self.status.state = State.WAITING
            if _now() - since > self._watch.feed_after:
                self._raise(
                    AlarmName.FEED,
                    f"Saluran {self.output.channel} tidak memberi suara untuk kartu {self.device}. "
                    f"/ Channel {self.output.channel} gives no sound to the card.",
                )
            await asyncio.sleep(0.1)

    async def _session(self) -> None:
        """Run the child once. Always raises: _Ended, another LpplError, or OSError."""
        self.status.state = State.STARTING
        wanted = {
            "device": self.device,
            "gain_db": self.output.gain_db,
            "caching_ms": CACHING_MS,
        }
        async with started([*_command(), json.dumps(wanted)], stdin=True) as child:
            self.status.child_pid = child.process.pid
            await self._ready(child)
            pacer = Pacer(self._feed, self._clock(), self._watch.delay_most_ms)
            session = _Session(child, pacer, _now())
            tasks = [
                asyncio.create_task(work)
                for work in (
                    self._hand_over(session),
                    self._read_reports(session),
                    child.watch_stderr(),
                    self._guard(session),
                )
            ]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
                await _gone(child)
            finally:
                self.status.child_pid = None
                self._skipped_before = self.status.skipped
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _ready(self, child: Child) -> None:
        """Wait for the child's first report: only then is a stream taken as it comes."""
        stdout = child.process.stdout
        if stdout is None:
            raise ValueError("the child was started without standard output")
        try:
            async with asyncio.timeout(self._watch.startup):
                if await stdout.readline():
                    return
        except TimeoutError:
            raise _Ended("VLC tidak mulai.", "VLC does not start.") from None
        await child.watch_stderr()
        await _gone(child)

    async def _hand_over(self, session: _Session) -> None:
        """Write the stream to the child, each piece at its moment."""
        stdin = session.child.process.stdin
        if stdin is None:
            raise ValueError("the child was started without standard input")
        pacer = session.pacer
        while True:
            now = self._clock()
            data = pacer.step(now)
            if data:
                stdin.write(data)
                try:
                    async with asyncio.timeout(self._watch.stuck_after):
                        await stdin.drain()
                except TimeoutError:
                    raise _Ended("VLC tidak lagi membaca.", "VLC no longer reads.") from None
            if pacer.idle_ms(now) > self._watch.feed_after * 1000:
                raise _Ended("Saluran tidak memberi suara.", "The channel gives no sound.", planned=True)
            if pacer.worn_out(now, session.quiet_since is not None):
                raise _Ended("Aliran diperbarui.", "The stream is renewed.", planned=True)
            self.status.skipped = self._skipped_before + pacer.figures.skipped
            await asyncio.sleep(pacer.wait_ms(self._clock()) / 1000)

    async def _read_reports(self, session: _Session) -> None:
        """Take in what the child tells until it ends."""
        async for line in session.child.lines():
            try:
                told = Report(**json.loads(line))
            except (ValueError, TypeError):
                continue  # a plugin of VLC's may print; only whole reports count
            self._take(session, told)

    def _take(self, session: _Session, told: "Report") -> None:
        """Bring the status and the alarms up to date."""
        if told.state in ("ended", "error", "stopped"):
            raise _Ended("VLC berhenti memutar.", f"VLC stopped playing ({told.state}).")
        if told.played <= session.played:
            return
        session.played, session.progress = told.played, _now()
        self.status.state = State.PLAYING
        self.status.peak_dbfs = told.peak_dbfs
        if told.ahead_ms is not None:
            late = told.ahead_ms - FRAME_MS - LEAD_MS
            self.status.delay_ms = round(session.pacer.delay_ms + late, 1)
        self._clear(AlarmName.OUTPUT, "berbunyi lagi / plays again")
        self._clear(AlarmName.FEED, "mendapat suara lagi / has sound again")
        self._watch_silence(session)

    def _watch_silence(self, session: _Session) -> None:
        peak = self.status.peak_dbfs
        if peak is not None and peak >= self._watch.silence_dbfs:
            session.quiet_since = None
            self._clear(AlarmName.SILENCE, "tidak sunyi lagi / is no longer silent")
            return
        session.quiet_since = session.quiet_since or _now()
        if _now() - session.quiet_since >= self._watch.silence_after:
            self._raise(
                AlarmName.SILENCE,
                f"Sunyi: yang keluar ke kartu {self.device} ({self.output.channel}) tidak bersuara. "
                f"/ Silence: nothing can be heard on the card's output.",
            )

    async def _guard(self, session: _Session) -> None:
        """End the session when no sound leaves although the feed is handed over, or the card complains."""
        while True:
            await asyncio.sleep(0.25)
            text = _complaint(session.child)
            if text:
                raise _Ended(f"Kartu suara menolak: {text}", f"The card refuses: {text}")
            if session.pacer.idle_ms(self._clock()) > 1000:
                session.progress = session.progress and _now()  # a hole in the feed is no fault of VLC's
            elif session.progress is None:
                if _now() - session.begun > self._watch.startup:
                    raise _Ended("VLC tidak mulai berbunyi.", "VLC does not begin to sound.")
            elif _now() - session.progress > self._watch.stuck_after:
                raise _Ended("VLC macet.", "VLC hangs.")

    def _lost(self, error: Exception) -> None:
        self.status.state = State.RESTARTING
        self.status.restarts += 1
        self.status.last_error = str(error)
        self.status.delay_ms = self.status.peak_dbfs = None
        indonesian, english = (
            (error.indonesian, error.english) if isinstance(error, LpplError) else (str(error), str(error))
        )
        self._raise(
            AlarmName.OUTPUT,
            f"Kartu suara {self.device} ({self.output.channel}) berhenti, sedang dicoba lagi: {indonesian} "
            f"/ The sound card stopped and is tried again: {english}",
        )

    def _raise(self, name: AlarmName, text: str) -> None:
        if name not in self._active:
            self._active.add(name)
            self._on_alarm(name, True, text)

    def _clear(self, name: AlarmName, what: str) -> None:
        if name in self._active:
            self._active.discard(name)
            self._on_alarm(name, False, f"Kartu suara {self.device} ({self.output.channel}): {what}")


@dataclass(frozen=True, slots=True)
class Report:
    """One line of the child's."""

    state: str
    played: int
    lost: int
    blocks: int
    peak_dbfs: float | None
    ahead_ms: float | None


_COMPLAINT = re.compile(r"audio output error:")


def _complaint(child: Child) -> str:
    """Return what VLC said of the card, or nothing; its longer complaints take two lines."""
    lines = list(child.tail)
    for i, line in enumerate(lines):
        if _COMPLAINT.search(line):
            text = _COMPLAINT.split(line)[-1].strip()
            return " ".join([text, *lines[i + 1 : i + 2]]) if text.endswith(":") else text
    return ""


def _now() -> float:
    return asyncio.get_running_loop().time()


def _command() -> list[str]:
    return [sys.executable, "-P", str(CHILD)]


async def _gone(child: Child) -> None:
    """Raise what the end of the child means."""
    try:
        async with asyncio.timeout(1.0):
            code = await child.process.wait()
    except TimeoutError:
        raise _Ended("VLC menutup salurannya.", "VLC closed its pipes.") from None
    raise ProcessFailed("VLC", code, "\n".join(child.tail))


async def list_devices() -> list[dict[str, str]]:
    """Return the cards that VLC knows here, as {"device": what to write in the settings, "name": ...}.

    Raises ProcessFailed when libvlc is not installed or does not start, TimeoutError after 10 s.
    """
    found: list[dict[str, str]] = json.loads(await run([*_command(), "--list"], timeout=10.0))
    return found

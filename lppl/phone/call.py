"""One call: carries out what :mod:`lppl.phone.menu` orders, on a connection that has said which call it is.

Four things go on at once: frames are read; every 20 ms one is sent, of what is being said or of silence (Asterisk ends
a call on which nothing comes); the recording is written; and, one after the other, notes are made durable and the call
is handed in. Whatever happens to the connection, what was said is handed in, or lies where `left_over` finds it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import structlog

from lppl.errors import LpplError
from lppl.intake.keyring import Keyring, PersonKey
from lppl.phone import notes
from lppl.phone.audiosocket import FRAME_BYTES, FRAME_S, SAMPLE_BYTES, SILENCE, Decoder, Frame, Pace, Type
from lppl.phone.hearing import Hearing
from lppl.phone.menu import (
    Answered,
    Digit,
    HandIn,
    HangUp,
    Happening,
    HungUp,
    KeepFailed,
    Kept,
    Limits,
    Order,
    Play,
    PromptEnded,
    Record,
    RecordFailed,
    Silence,
    StopRecording,
    Talk,
    Tick,
    step,
)
from lppl.phone.prompts import Prompts
from lppl.phone.recording import Disk, Recording, recorded, remove
from lppl.phone.values import CallTaken, Clock, Desk, LineSettings, Note, Stage

T = TypeVar("T")

log = structlog.get_logger(__name__)

READ_BYTES = 4096
UNSENT_BYTES = 16_000
"""A second of sound that the peer has not taken: no more is given to it."""
BEHIND_S = 0.2
"""What was held up for longer is not made up for by sending faster: the caller hears a pause, and all words."""
TICK_FRAMES = 5
EMERGENCY_AGAIN_S = 5.0
"""An emergency that could not be handed in is tried again after this, while the call goes on."""
AROUND_S = 300.0
"""How long a call may take besides its longest recording: all that is said, twice, and more."""


class SystemClock:
    """The computer's monotonic clock."""

    def monotonic(self) -> float:
        """Return seconds since some fixed point."""
        return time.monotonic()

    async def sleep_until(self, when: float) -> None:
        """Return at `when`, or after one turn of the loop when that is past."""
        await asyncio.sleep(max(0.0, when - time.monotonic()))


async def within(clock: Clock, seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns; cancel it and raise TimeoutError when that takes longer than `seconds` of `clock`."""
    working = asyncio.ensure_future(work)
    timer = asyncio.ensure_future(clock.sleep_until(clock.monotonic() + seconds))
    try:
        await asyncio.wait({working, timer}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise TimeoutError(f"longer than {seconds:g} s")
    finally:
        working.cancel()
        timer.cancel()
        await asyncio.gather(working, timer, return_exceptions=True)


async def handed_in(desk: Desk, call: CallTaken, clock: Clock, keep_s: float) -> str | None:
    """Return the code under which `desk` keeps `call`; None, told in the log, when it does not now."""
    try:
        return await within(clock, keep_s, desk.keep(call))
    except (LpplError, OSError) as error:
        log.warning("phone.not_kept", call=str(call.uuid), stage=call.stage.value, error=str(error))
    except Exception:  # a mistake in keeping must cost neither the call nor the recording, which lies on disk
        log.exception("phone.not_kept", call=str(call.uuid), stage=call.stage.value)
    return None


@dataclass(frozen=True, slots=True)
class Means:
    """What every call of a line works with. `folder`: where the recordings lie, sealed, until they are kept."""

    settings: LineSettings
    prompts: Prompts
    desk: Desk
    keyring: Keyring
    folder: Path
    disk: Disk
    clock: Clock


class Call:
    """A call from its first frame after the UUID to its end; :meth:`run` returns when it is over and handed in."""

    def __init__(self, note: Note, writer: asyncio.StreamWriter, means: Means) -> None:
        self._note = note
        self._writer = writer
        self._means = means
        now = means.clock.monotonic()
        self._began = self._last_frame = now
        self._pace = Pace(now)
        self._talk = Talk(bool(note.caller), Limits(longest_s=means.settings.longest_s), now=now)
        self._playing, self._played = b"", 0
        self._blocked_since: float | None = None
        self._key: PersonKey | None = None
        """The call's own, made with its first note: it seals its notes and its one recording."""
        self._recording: Recording | None = None
        self._hearing: Hearing | None = None
        self._writing: asyncio.Task[None] | None = None
        self._jobs: asyncio.Queue[Callable[[], Awaitable[None]] | None] = asyncio.Queue()
        self._owed: set[Stage] = set()
        """What has been ordered to be handed in, and is not kept yet."""
        self._noted = asyncio.Event()
        """Set once the first note has been written, or could not be."""
        self._again_at: float | None = None
        """When the emergency is to be handed in again."""
        self._group = asyncio.TaskGroup()

    @property
    def uuid(self) -> UUID:
        """Which call it is."""
        return self._note.uuid

    async def run(self, reader: asyncio.StreamReader, decoder: Decoder, frames: list[Frame]) -> None:
        """Hold the call; `frames` came together with the one that named it. Closes nothing, but tells that it is over.

        A cancellation leaves what was said on disk.
        """
        async with self._group as group:
            self._jobs.put_nowait(self._save)
            group.create_task(self._work())
            listening = group.create_task(self._listen(reader, decoder, frames))
            self._happen(Answered())
            await self._send()
            listening.cancel()
            self._writer.write(Frame(Type.HANGUP).encoded())  # now: handing in may take its time
            self._jobs.put_nowait(None)

    # what happens, and what is to be done then

    def _happen(self, happening: Happening) -> None:
        self._talk, orders = step(self._talk, happening)
        talk = self._talk
        note = replace(self._note, pressed=talk.pressed, emergency=talk.emergency, disturbed=talk.broken)
        if note != self._note:
            self._note = note
            self._jobs.put_nowait(self._save)
        for order in orders:
            self._obey(order)

    def _obey(self, order: Order) -> None:
        match order:
            case Play(prompt, code):
                self._playing, self._played = self._means.prompts.sound(prompt, code), 0
            case Record():
                means = self._means
                self._recording = Recording(means.folder, self.uuid, means.settings.longest_s, means.disk)
                self._hearing = Hearing(means.settings.speech_dbfs, means.clock.monotonic())
                self._writing = self._group.create_task(self._write(self._recording))
            case StopRecording():
                if self._recording is not None:
                    self._recording.end()
            case HandIn(stage):
                self._owed.add(stage)
                self._jobs.put_nowait(partial(self._hand_in, stage))
            case HangUp():
                pass  # the state has ended: the sender leaves its loop

    # the connection

    async def _listen(self, reader: asyncio.StreamReader, decoder: Decoder, frames: list[Frame]) -> None:
        """Take frames until the peer is gone or to be given up."""
        try:
            while all(self._take(frame) for frame in frames):
                if decoder.fault:
                    return self._tell("phone.garbage", reason=decoder.fault)
                data = await reader.read(READ_BYTES)
                if not data:
                    return
                frames = decoder.feed(data)
        except OSError as error:
            self._tell("phone.lost", error=str(error))
        finally:
            self._happen(HungUp())

    def _take(self, frame: Frame) -> bool:
        """Take in one frame; return whether more are wanted."""
        now = self._last_frame = self._means.clock.monotonic()
        if not self._pace.borne(frame, now):
            self._tell("phone.flood")
            return False
        if frame.type in (Type.HANGUP, Type.ERROR):
            return False
        if frame.key:
            self._happen(Digit(frame.key))
        elif frame.type == Type.AUDIO and self._recording and self._hearing:
            whole = frame.payload[: len(frame.payload) // SAMPLE_BYTES * SAMPLE_BYTES]  # else all after it is noise
            self._hearing.listen(whole, now)
            self._recording.append(whole)
        return True

    async def _send(self) -> None:
        """Send a frame every 20 ms, and look at the clocks, until the call has ended."""
        clock = self._means.clock
        due, count = clock.monotonic(), 0
        while not self._talk.ended:
            now = clock.monotonic()
            due = now if now - due > BEHIND_S else due
            self._send_frame(now)
            if count % TICK_FRAMES == 0:
                self._tick(now)
            due, count = due + FRAME_S, count + 1
            await clock.sleep_until(due)

    def _send_frame(self, now: float) -> None:
        """Send 20 ms; nothing while the peer does not take what it was sent, and what is said waits for it."""
        transport = self._writer.transport
        if transport.is_closing():
            return self._happen(HungUp())
        if transport.get_write_buffer_size() > UNSENT_BYTES:
            self._blocked_since = now if self._blocked_since is None else self._blocked_since
            if now - self._blocked_since > self._means.settings.write_s:
                self._give_up("not-reading")
            return
        self._blocked_since = None
        piece = self._playing[self._played : self._played + FRAME_BYTES]
        self._played += len(piece)
        self._writer.write(Frame(Type.AUDIO, piece + SILENCE[len(piece) :]).encoded())
        if piece and self._played >= len(self._playing):
            self._playing = b""
            self._happen(PromptEnded())

    def _tick(self, now: float) -> None:
        settings = self._means.settings
        self._happen(Tick(now))
        if self._hearing is not None:
            self._happen(Silence(self._hearing.silent_s(now), self._hearing.heard))
        if self._again_at is not None and now >= self._again_at:
            self._again_at = None
            self._jobs.put_nowait(partial(self._hand_in, Stage.EMERGENCY))
        if now - self._last_frame > settings.idle_s:
            self._give_up("idle")
        elif now - self._began > settings.longest_s + AROUND_S:
            self._give_up("too-long")

    def _give_up(self, reason: str) -> None:
        self._tell("phone.given_up", reason=reason)
        self._happen(HungUp())

    def _tell(self, event: str, **facts: str) -> None:
        log.warning(event, call=str(self.uuid), **facts)

    # the disk and the desk

    async def _write(self, recording: Recording) -> None:
        await self._noted.wait()  # who called is durable before there is a sound; what is said meanwhile waits
        await recording.run(await self._own_key())
        if recording.fault is not None:
            self._tell("phone.record_failed", error=str(recording.fault))
            self._happen(RecordFailed())

    async def _work(self) -> None:
        """Do the jobs in their order until the last, then remove what need not be kept."""
        while (job := await self._jobs.get()) is not None:
            await job()
        if not self._owed:
            await self._remove()

    async def _own_key(self) -> PersonKey:
        """Return the call's key. The folder of master keys may be away: those that are known go on wrapping."""
        if self._key is None:
            self._key = await self._means.disk.do(self._means.keyring.new)
        return self._key

    async def _save(self) -> None:
        key = await self._own_key()
        try:
            await self._means.disk.do(notes.write, self._means.folder, self._note, key)
        except OSError as error:
            self._tell("phone.record_failed", error=str(error))
            self._happen(RecordFailed())
        self._noted.set()

    async def _hand_in(self, stage: Stage) -> None:
        """Have the desk keep what is known; only then is the caller told, and only then are the files removed."""
        if stage not in self._owed:
            return  # what was to be tried again is kept by now
        call = await self._whole() if stage is Stage.WHOLE else self._note.taken(stage)
        code = await handed_in(self._means.desk, call, self._means.clock, self._means.settings.keep_s)
        if code is None:
            if stage is Stage.EMERGENCY:
                self._again_at = self._means.clock.monotonic() + EMERGENCY_AGAIN_S
            return self._happen(KeepFailed(stage))
        if stage is Stage.EMERGENCY:
            self._owed.discard(stage)
            self._note = replace(self._note, told=True)
            await self._save()
        else:
            self._owed.clear()  # all that an emergency said stands in the whole, too
        self._happen(Kept(stage, code))
        if not self._owed and stage is not Stage.EMERGENCY:
            await self._remove()

    async def _whole(self) -> CallTaken:
        """Return the call with its recording, or without where there is none."""
        if self._writing is None or self._recording is None:
            return self._note.taken(Stage.WHOLE)
        await asyncio.wait({self._writing})
        note, sound, key = self._note, None, await self._own_key()
        try:
            sound = await self._means.disk.do(recorded, self._means.folder, self.uuid, key)
        except OSError as error:
            self._tell("phone.record_failed", error=str(error))
            note = replace(note, disturbed=True)
        if self._recording.fault is not None:
            note = replace(note, disturbed=True)
        return note.taken(Stage.WHOLE, sound)

    async def _remove(self) -> None:
        try:
            await self._means.disk.do(remove, self._means.folder, self.uuid)
        except OSError as error:  # it will be handed in again, and recognised
            self._tell("phone.not_removed", error=str(error))

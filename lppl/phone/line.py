"""The phone line: listens for the exchange, lets in who may come, and sees to it that every call is handed in.

A stranger costs nothing but a closed connection: who is not of an allowed network, who says nothing for 5 s, who names
a call that the exchange has not announced. Each call contains its own failures. It runs beside everything else of the
station in one loop.
"""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from uuid import UUID

import structlog

from lppl.intake.keyring import Keyring
from lppl.phone.audiosocket import Decoder, Frame, Type
from lppl.phone.call import READ_BYTES, Call, Means, SystemClock, within
from lppl.phone.calls import Calls
from lppl.phone.left_over import HandingIn
from lppl.phone.prompts import Prompts
from lppl.phone.recording import Disk
from lppl.phone.values import Clock, Desk, LineSettings, Note

log = structlog.get_logger(__name__)

BACKLOG = 32
SEND_BUFFER = 32_768
"""The system's own buffer for what a peer does not take; by itself it would grow to minutes of sound."""
GOODBYE_S = 1.0
"""How long the exchange may take to close."""
TOLD_EVERY_S = 60.0
"""The same reason for refusing is told no oftener than this: strangers must not fill the log."""


def _now() -> datetime:
    return datetime.now(UTC)


class PhoneLine:
    """The server; :meth:`run` serves until it is cancelled.

    `folder`: ``<data_dir>/phone/calls``, of which this process is the sole user. `calls` is what the HTTP side fills;
    its times are those of `clock`. `keyring` makes a key for each call, and goes on by the master keys that it knows
    while its folder is away.
    """

    def __init__(
        self,
        settings: LineSettings,
        calls: Calls,
        desk: Desk,
        keyring: Keyring,
        folder: Path,
        prompts: Prompts,
        clock: Clock | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.port = 0
        """Where it listens, once :attr:`listening` is set."""
        self.listening = asyncio.Event()
        self.refused: Counter[str] = Counter()
        """Connections that were not let in, by reason: ``peer``, ``crowded``, ``late``, ``garbage``, ``busy``,
        ``unknown``."""
        self._settings, self._calls, self._now = settings, calls, now
        self._clock = clock or SystemClock()
        self._disk = Disk(settings.calls + 1)
        self._means = Means(settings, prompts, desk, keyring, folder, self._disk, self._clock)
        self._left_over = HandingIn(folder, keyring, desk, self._disk, self._clock, settings.keep_s)
        self._half_open: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._talking: set[UUID] = set()
        self._told: dict[str, float] = {}

    @property
    def talking(self) -> int:
        """How many calls are going on."""
        return len(self._talking)

    @property
    def half_open(self) -> int:
        """How many connections have not said yet which call they are."""
        return len(self._half_open)

    async def run(self) -> None:
        """Serve. Raises OSError when the address cannot be listened on.

        When it is cancelled, calls end, and what was said lies on disk for the next start.
        """
        settings = self._settings
        try:
            server = await asyncio.start_server(
                self._connected, settings.host, settings.port, limit=READ_BYTES, backlog=BACKLOG
            )
            try:
                self.port = server.sockets[0].getsockname()[1]
                self.listening.set()
                log.info("phone.listening", host=settings.host, port=self.port)
                await self._hand_in_left_over()
            finally:
                server.close()
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            self._disk.close()

    async def _hand_in_left_over(self) -> None:
        """Hand in, again and again, what a kill or an error left; never returns."""
        while True:
            # the set itself: a call is in it before its first file is written, and out of it after its last
            await self._left_over.once(self._talking)
            await self._clock.sleep_until(self._clock.monotonic() + self._settings.retry_s)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Let a connection in, or close it before it costs anything."""
        if not self._allowed(writer.get_extra_info("peername")):
            self._refuse("peer", writer)
            writer.transport.abort()
        elif len(self._half_open) >= self._settings.half_open:
            self._refuse("crowded", writer)
            writer.transport.abort()
        else:
            task = asyncio.get_running_loop().create_task(self._contained(reader, writer))
            self._half_open.add(task)
            self._tasks.add(task)
            task.add_done_callback(self._half_open.discard)
            task.add_done_callback(self._tasks.discard)

    def _allowed(self, peer: tuple[str, int] | None) -> bool:
        if not peer:
            return False  # gone already
        address = ip_address(peer[0].partition("%")[0])
        return any(address in network for network in self._settings.allowed)

    def _refuse(self, reason: str, writer: asyncio.StreamWriter) -> None:
        """Count a connection that is not let in, and tell of the first in a while."""
        self.refused[reason] += 1
        now = self._clock.monotonic()
        if now - self._told.get(reason, -TOLD_EVERY_S) >= TOLD_EVERY_S:
            self._told[reason] = now
            peer = writer.get_extra_info("peername")
            log.warning("phone.refused", reason=reason, peer=peer[0] if peer else "", times=self.refused[reason])

    async def _contained(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one connection; whatever goes wrong with it is its own end and nothing else's."""
        try:
            await self._converse(reader, writer)
        except OSError as error:
            log.warning("phone.lost", error=str(error))
        except Exception:  # the other calls go on; what this one said lies on disk and is handed in later
            log.exception("phone.failed")
        finally:
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        decoder = Decoder()
        try:
            frames = await within(self._clock, self._settings.first_frame_s, _first(reader, decoder))
        except TimeoutError:
            return self._refuse("late", writer)
        uuid = frames[0].call if frames else None
        if uuid is None:
            return self._refuse("garbage", writer)
        now = self._clock.monotonic()
        crowded = len(self._talking) >= self._settings.calls
        who = None if crowded else self._calls.take(uuid, now)  # it stays announced: the exchange may try again
        if who is None:
            self._refuse("busy" if crowded else "unknown", writer)
            writer.write(Frame(Type.HANGUP).encoded())
            return await self._part(reader)
        task = asyncio.current_task()
        assert task is not None
        self._half_open.discard(task)
        self._talking.add(uuid)
        try:
            log.info("phone.call", call=str(uuid), line=who.line)
            call = Call(Note(uuid, who.caller, who.line, self._now()), writer, self._means)
            await call.run(reader, decoder, frames[1:])
            await self._part(reader)
        finally:
            self._talking.discard(uuid)

    async def _part(self, reader: asyncio.StreamReader) -> None:
        """Let the exchange, which was told that it is over, close first: then its dialplan goes on in order.

        Were we to close while sound still comes in, the system would take back what was not read yet.
        """
        with contextlib.suppress(OSError):  # TimeoutError is one
            await within(self._clock, GOODBYE_S, _to_end(reader))


async def _to_end(reader: asyncio.StreamReader) -> None:
    """Read until the peer closes, and throw away what comes."""
    while await reader.read(READ_BYTES):
        pass


async def _first(reader: asyncio.StreamReader, decoder: Decoder) -> list[Frame]:
    """Return the first frames that arrive; none when the peer leaves, or sends what is no frame."""
    while not decoder.fault:
        data = await reader.read(READ_BYTES)
        frames = decoder.feed(data)
        if frames or not data:
            return frames
    return []

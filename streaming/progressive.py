"""The continuous stream for old radio apps: the channel's AAC frames as ADTS, as they air, with ICY titles when asked.

One feed a channel serves every listener; it reads the same house samples as HLS does.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator

from lppl.quanta import Quanta
from streaming.adts import framed
from streaming.channel import ChannelStream

BURST = 16
"""Quanta sent at once to a new listener (5 s), so that players start without waiting."""
BACKLOG = 64
"""Quanta a slow listener may fall behind before it is cut off (20 s)."""
ICY_INTERVAL = 16_000
"""Bytes of sound between two ICY titles."""


class ProgressiveFeed:
    """The last seconds of one rendition as ADTS, and a signal when there is more."""

    def __init__(self, stream: ChannelStream, rendition: str, asked: asyncio.Event | None = None) -> None:
        """`asked` is set when somebody begins to listen, so that nobody need look while nobody does."""
        self._stream, self._rendition, self._asked = stream, rendition, asked
        self._chunks: deque[tuple[Quanta, bytes, str]] = deque(maxlen=BACKLOG)
        self._more = asyncio.Condition()
        self.listeners = 0

    @property
    def wanted(self) -> bool:
        """True while anybody listens, and once more to forget what the last listener heard."""
        return bool(self.listeners or self._chunks)

    async def advance(self, now: Quanta) -> None:
        """Make the quanta up to `now` (exclusive) available; does nothing while nobody listens."""
        if not self.listeners:
            self._chunks.clear()
            return
        timeline = self._stream.timeline
        end = timeline.end
        if end is None:
            return
        q = Quanta(self._chunks[-1][0] + 1) if self._chunks else Quanta(now - BURST)
        stop = min(now, end)
        if q < stop - BACKLOG:  # the loop stood still: nobody can use what was missed, nor what lies before it
            self._chunks.clear()
            q = Quanta(stop - BURST)
        if q >= stop:
            return
        for piece in timeline.pieces(q, Quanta(stop)):
            frames = self._stream.packager.aac(self._rendition, piece)
            title = " - ".join(filter(None, (piece.item.artist, piece.item.title)))
            for i in range(piece.length):
                data = b"".join(map(framed, frames[15 * i : 15 * i + 15]))
                self._chunks.append((Quanta(piece.air + i), data, title))
        async with self._more:
            self._more.notify_all()

    async def listen(self) -> AsyncGenerator[tuple[bytes, str], None]:
        """Yield (ADTS bytes, title) for ever, beginning with a burst; ends when the listener is too slow."""
        self.listeners += 1
        if self._asked is not None:
            self._asked.set()
        try:
            last: Quanta | None = None
            while True:
                chunks = [c for c in self._chunks if last is None or c[0] > last]
                if not chunks:
                    async with self._more:
                        await self._more.wait()
                    continue
                if last is not None and chunks[0][0] > last + 1:
                    return
                last = chunks[-1][0]
                for _, data, title in chunks:
                    yield data, title
        finally:
            self.listeners -= 1


class IcyMixer:
    """Puts ICY metadata blocks between the bytes of the sound, every ICY_INTERVAL bytes."""

    def __init__(self) -> None:
        self._left = ICY_INTERVAL
        self._said: str | None = None

    def mix(self, data: bytes, title: str) -> bytes:
        """Return `data` with the blocks that fall into it; a block is empty unless the title changed."""
        out = bytearray()
        while len(data) >= self._left:
            out += data[: self._left]
            data = data[self._left :]
            self._left = ICY_INTERVAL
            out += b"\0" if title == self._said else icy_block(title)
            self._said = title
        self._left -= len(data)
        return bytes(out + data)


def icy_block(title: str) -> bytes:
    """Return a metadata block: a length byte in units of 16, then StreamTitle padded with zeros."""
    clean = title.replace("'", "\u2019").replace(";", ",").replace("\n", " ")
    text = f"StreamTitle='{clean}';".encode()
    if len(text) > 255 * 16:
        text = text[: 255 * 16 - 2].decode(errors="ignore").encode() + b"';"
    units = -(-len(text) // 16)
    return bytes((units,)) + text.ljust(units * 16, b"\0")

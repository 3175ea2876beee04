"""A HTTP/1.1 client that costs next to nothing, so that a bench measures servers: bodies of media are thrown away.

Only what the servers under test send is understood: answers with Content-Length over kept connections.
"""

import asyncio
import gzip
import time
from dataclasses import dataclass

TIMEOUT_S = 20.0
_scratch = memoryview(bytearray(1 << 19))
"""Where every connection receives: it is read, and done with, before the loop goes on."""


class BadAnswer(OSError):
    """The server broke off, or sent what this client does not understand."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; `body` is empty unless asked for, `length` is what came. Times of the wall clock, in seconds."""

    status: int
    body: bytes
    length: int
    sent: float
    received: float

    @property
    def took(self) -> float:
        """From the request to the last byte, in seconds."""
        return self.received - self.sent


class Connection(asyncio.BufferedProtocol):
    """One kept connection; one request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[tuple[int, bytes, int]] | None = None
        self._reset(keep=False)

    def _reset(self, *, keep: bool) -> None:
        self._head = bytearray()
        self._body = bytearray()
        self._keep = keep
        self._status = self._length = 0
        self._left = -1

    async def get(self, path: str, *, keep: bool = False) -> Answer:
        """Ask for `path`; with `keep` return the body, unpacked. Raises OSError, TimeoutError."""
        encoding = "Accept-Encoding: gzip\r\n" if keep else ""
        return await self._ask(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n{encoding}\r\n".encode(), keep=keep)

    async def post(self, path: str, form: bytes, visitor: str) -> Answer:
        """Send a form, urlencoded, as a proxy does for the address `visitor`. Raises OSError, TimeoutError."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\nX-Forwarded-For: {visitor}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
        )
        return await self._ask(head.encode() + form, keep=False)

    async def _ask(self, request: bytes, *, keep: bool) -> Answer:
        async with asyncio.timeout(TIMEOUT_S):
            sent = time.time()
            loop = asyncio.get_running_loop()
            if self._transport is None or self._transport.is_closing():
                await loop.create_connection(lambda: self, self._host, self._port)
            assert self._transport is not None
            self._reset(keep=keep)
            self._waiter = loop.create_future()
            self._transport.write(request)
            try:
                status, body, length = await self._waiter
            except asyncio.CancelledError:
                self.close()
                raise
        return Answer(status, body, length, sent, time.time())

    def close(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    # --- protocol ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        """Lend the common buffer."""
        return _scratch

    def buffer_updated(self, nbytes: int) -> None:
        """Take what was received."""
        data = _scratch[:nbytes]
        if self._left < 0:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            rest = len(self._head) - end - 4
            try:
                self._parse(bytes(self._head[:end]))
            except ValueError as error:
                self._fail(BadAnswer(str(error)))
                return
            data = data[nbytes - rest :]
        self._left -= len(data)
        if self._keep:
            self._body += data
        if self._left <= 0:
            self._done()

    def _parse(self, head: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        self._status = int(lines[0].split(" ", 2)[1])
        fields = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        self._length = 0 if self._status in (204, 304) else int(fields["content-length"])
        self._left = self._length
        self._packed = fields.get("content-encoding") == "gzip"

    def _done(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            body = gzip.decompress(self._body) if self._keep and self._packed and self._body else bytes(self._body)
            self._waiter.set_result((self._status, body, self._length))

    def eof_received(self) -> bool:
        """Close when the server does."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits."""
        self._transport = None
        self._fail(BadAnswer(f"connection lost: {exc}"))

    def _fail(self, error: OSError) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)

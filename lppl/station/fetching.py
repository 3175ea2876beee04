"""Downloads from addresses that strangers name, and from the channels' own: guarded, bounded, durable.

An address may name a machine of ours. So the guard stands where a connection is made: every address that a name
resolves to is judged as it is connected to, and so is that of every redirect; a name that changes between question and
connection changes nothing. What is fetched lies beside, is synced, and takes its name when it is whole.

Errors say which host and why, and never an address: addresses hold tokens.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from lppl import durable
from lppl.errors import DiskRefuses, LpplError

MOST_HOPS = 5
MOST_URL = 4096
PIECE = 256 * 1024
LONGEST_WAIT = timedelta(days=1)
LATER = timedelta(hours=1)
"""Until a person has renewed a token, or a certificate."""
REDIRECTS = (301, 302, 303, 307, 308)
AGAIN = (408, 425, 429)
UNWELCOME = (401, 403, 407)
PORTS = (80, 443)
"""Of the ports below 1024, which belong to services of machines, only these."""

Address = IPv4Address | IPv6Address

_CLOSED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3", "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        "5f00::/16", "fc00::/7", "fe80::/9", "ff00::/8",
    )
)  # fmt: skip
"""Not on the public net: the IANA registries of special-purpose addresses; 6to4 and Teredo, which wrap others."""
_NAT64 = ip_network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Tell whether an address is a machine on the public net. Pure."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address.is_global and not any(address in closed for closed in _CLOSED if closed.version == address.version)


# --- errors ------------------------------------------------------------------------------------------------


class FetchFailed(LpplError):
    """Something could not be fetched. `reason`: a stable word; `host`: whose answer, or silence, it was."""

    def __init__(self, reason: str, host: str, indonesian: str, english: str) -> None:
        self.reason, self.host = reason, host
        super().__init__(indonesian, english)


class TryAgain(FetchFailed):
    """It may go another time: not before `after`, where the other side or the kind of failure says so."""

    def __init__(self, reason: str, host: str, after: timedelta | None = None) -> None:
        self.after = after
        super().__init__(
            reason,
            host,
            f"Berkas belum dapat diambil dari {host} ({reason}); akan dicoba lagi.",
            f"The file cannot be fetched from {host} yet ({reason}); it will be tried again.",
        )


class NeverThere(FetchFailed):
    """It cannot be fetched from there, however often it is tried."""

    def __init__(self, reason: str, host: str) -> None:
        super().__init__(
            reason,
            host,
            f"Berkas tidak dapat diambil dari {host} ({reason}). Minta pengirim mengirimnya lagi.",
            f"The file cannot be fetched from {host} ({reason}). Ask the sender to send it again.",
        )


class _Closed(OSError):
    """An address that is not connected to."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "not a public address")


# --- connections -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: to connect, without a byte, and for all of one file with its redirects."""

    connect_s: float = 10.0
    silent_s: float = 20.0
    whole_s: float = 300.0


class Outbound:
    """A client that connects only where `reachable` allows. Use with ``async with``; one serves the whole process.

    No cookies, no proxies, no passwords of this machine; nothing is decompressed; redirects are not followed.
    """

    def __init__(
        self,
        *,
        reachable: Callable[[Address], bool] = is_public,
        https_only: bool = True,
        patience: Patience | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self.https_only, self.patience = https_only, patience or Patience()
        self._reachable, self._resolver = reachable, resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                socket_factory=self._socket, use_dns_cache=False, resolver=self._resolver, limit=16, limit_per_host=4
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(sock_connect=self.patience.connect_s, sock_read=self.patience.silent_s),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._session is not None
        await self._session.close()

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        """Make the socket for an address that is about to be connected to. Raises _Closed."""
        family, kind, protocol, _, where = info
        if not self._reachable(ip_address(str(where[0]).partition("%")[0])):
            raise _Closed
        return socket.socket(family, kind, protocol)

    @contextlib.asynccontextmanager
    async def get(self, address: URL, headers: Mapping[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask for an address. Raises TryAgain, NeverThere; what the block raises of the network becomes these."""
        assert self._session is not None
        host = address.host or ""
        failure: FetchFailed | None = None
        try:
            sent = {"User-Agent": "LPPL", "Accept-Encoding": "identity", **headers}
            async with self._session.get(address, headers=sent, allow_redirects=False) as answer:
                yield answer
        except aiohttp.ClientConnectorError as error:
            failure = _not_connected(error, host)
        except aiohttp.InvalidURL:
            failure = NeverThere("address", host)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = TryAgain("time" if isinstance(error, TimeoutError) else "network", host)
        if failure is not None:
            raise failure from None  # no traceback shows the error before it, which may name the whole address

    def checked(self, address: URL, trusted_hosts: frozenset[str] | None) -> URL:
        """Return an address that may be asked. Raises NeverThere."""
        host = (address.host or "").rstrip(".").lower()
        try:
            port = address.port
        except ValueError:
            port = None
        if not host or port is None or address.user is not None or address.password is not None:
            raise NeverThere("address", host)
        if address.scheme != "https" and (self.https_only or address.scheme != "http"):
            raise NeverThere("not-https", host)
        if port < 1024 and port not in PORTS:
            raise NeverThere("forbidden", host)
        if trusted_hosts is not None and not is_trusted(host, trusted_hosts):
            raise NeverThere("host", host)
        return address.with_fragment(None)


def _not_connected(error: aiohttp.ClientConnectorError, host: str) -> FetchFailed:
    if isinstance(error, aiohttp.ClientSSLError):
        return TryAgain("certificate", host, LATER)
    return NeverThere("forbidden", host) if isinstance(error.os_error, _Closed) else TryAgain("network", host)


def is_trusted(host: str, trusted: frozenset[str]) -> bool:
    """Tell whether `host` is one of `trusted`; those that begin with a dot stand for all below them. Pure."""
    return host in trusted or any(name.startswith(".") and host.endswith(name) for name in trusted)


def address_of(url: str) -> URL:
    """Return an address that somebody wrote. Raises NeverThere."""
    if len(url) <= MOST_URL:
        with contextlib.suppress(ValueError, TypeError, UnicodeError):
            return URL(url)
    raise NeverThere("address", "")


# --- files -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came. `size`: bytes; `content_type`: as claimed, which proves nothing; `sha256`: 64 hex digits."""

    size: int
    content_type: str
    sha256: str


async def fetch(
    out: Outbound,
    url: str,
    into: Path,
    *,
    most_bytes: int,
    headers: Mapping[str, str] | None = None,
    trusted_hosts: frozenset[str] | None = None,
    sha256: str | None = None,
) -> Fetched:
    """Download `url` to the file `into`, whose folder exists; replaced durably, or not at all.

    `headers` go to the first host only. `trusted_hosts`: no other is asked, also after a redirect (None: any public
    one). `sha256`: what it must be, as hex. Raises TryAgain, NeverThere, and DiskRefuses for our own disk.
    """
    first = address = out.checked(address_of(url), trusted_hosts)
    try:
        async with asyncio.timeout(out.patience.whole_s):
            for _ in range(MOST_HOPS + 1):
                sent = dict(headers or {}) if address.origin() == first.origin() else {}
                async with out.get(address, sent) as answer:
                    onward = redirect_of(answer)
                    if onward is None:
                        refuse_status(answer, authorised=bool(sent))
                        return await _kept(answer, into, most_bytes, sha256)
                address = out.checked(onward, trusted_hosts)
    except TimeoutError:
        raise TryAgain("time", address.host or "") from None
    raise NeverThere("redirects", address.host or "")


def redirect_of(answer: aiohttp.ClientResponse) -> URL | None:
    """Return where an answer sends on to; None when it is no redirect. Raises NeverThere."""
    location = answer.headers.get("Location")
    if answer.status not in REDIRECTS or location is None:
        return None
    with contextlib.suppress(ValueError, TypeError):
        return answer.url.join(address_of(location))
    raise NeverThere("address", answer.url.host or "")


def refuse_status(answer: aiohttp.ClientResponse, *, authorised: bool) -> None:
    """Raise what an answer's status means: TryAgain, NeverThere; nothing for 200.

    `authorised`: a token was sent, which somebody can renew.
    """
    host, status = answer.url.host or "", answer.status
    if status == 200:
        return
    if status in AGAIN or status >= 500:
        raise TryAgain(str(status), host, retry_after(answer.headers.get("Retry-After"), datetime.now(UTC)))
    if status in UNWELCOME and authorised:
        raise TryAgain("credentials", host, LATER)
    raise NeverThere(str(status), host)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Return how long an answer asks to wait (RFC 9110, 10.2.3), at most `LONGEST_WAIT`; None when it says nothing."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        when = parsedate_to_datetime(text)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(timedelta(0), min(when - now, LONGEST_WAIT))
    return None


async def _kept(answer: aiohttp.ClientResponse, into: Path, most_bytes: int, sha256: str | None) -> Fetched:
    """Keep the body of an answer as `into`. Raises what :func:`fetch` does, and what aiohttp does."""
    host = answer.url.host or ""
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise NeverThere("encoding", host)  # it was asked for as it is; unpacked, a little may become much
    if (answer.content_length or 0) > most_bytes:
        raise NeverThere("too-large", host)
    claimed, digest, size = answer.content_type[:100], hashlib.sha256(), 0
    beside = _Beside(into)
    try:
        async for piece in answer.content.iter_chunked(PIECE):
            size += len(piece)
            if size > most_bytes:
                raise NeverThere("too-large", host)
            digest.update(piece)
            await beside.write(piece)
        found = digest.hexdigest()
        if sha256 is not None and found != sha256.lower():
            raise TryAgain("sha256", host)
        await beside.finish()
    finally:
        beside.close()
    return Fetched(size, claimed, found)


class _Beside:
    """A file that is written beside its place, readable by this service only. Raises DiskRefuses throughout."""

    def __init__(self, into: Path) -> None:
        self._into = into
        try:
            fd, name = tempfile.mkstemp(dir=into.parent, prefix=".fetching.")
        except OSError as error:
            raise DiskRefuses(error.strerror or "") from None
        self._file, self._path = os.fdopen(fd, "wb"), Path(name)

    async def write(self, data: bytes) -> None:
        """Write some more."""
        await self._do(lambda: self._file.write(data))

    async def finish(self) -> None:
        """Make it durable, then give it its name."""

        def sync() -> None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._path.replace(self._into)
            durable.sync_folder(self._into.parent)

        await self._do(sync)

    async def _do(self, work: Callable[[], object]) -> None:
        working = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            await asyncio.shield(working)
        except asyncio.CancelledError:
            await asyncio.wait([working])  # a file that a thread still writes to is not closed under it
            raise
        except OSError as error:
            raise DiskRefuses(error.strerror or "") from None

    def close(self) -> None:
        """Remove it unless it got its name."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)

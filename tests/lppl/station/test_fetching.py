"""Downloads: no address of ours is ever connected to, no other side is trusted, and no file is half there."""

import asyncio
import hashlib
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from lppl.errors import DiskRefuses
from lppl.station.fetching import (
    LATER,
    LONGEST_WAIT,
    Address,
    FetchFailed,
    NeverThere,
    Outbound,
    Patience,
    TryAgain,
    address_of,
    fetch,
    is_public,
    is_trusted,
    retry_after,
)

HOME = ip_address("127.0.0.1")
QUICK = Patience(connect_s=2, silent_s=0.3, whole_s=1)
DATA = bytes(range(256)) * 3000
NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def only_home(address: Address) -> bool:
    """The one address that these tests let through."""
    return address == HOME


def outbound(reachable: Callable[[Address], bool] = only_home, resolver: AbstractResolver | None = None) -> Outbound:
    return Outbound(reachable=reachable, https_only=False, patience=QUICK, resolver=resolver)


@pytest.fixture
async def out() -> AsyncIterator[Outbound]:
    async with outbound() as opened:
        yield opened


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Answer every request by `handler`; yield the address."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    yield str(server.make_url("/")).rstrip("/")
    await server.close()


@asynccontextmanager
async def raw(answer: bytes, *, hold: bool = False, drip: float | None = None) -> AsyncIterator[str]:
    """A server that says exactly `answer`, at once or byte by byte, and then goes or stays silent."""
    over = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for piece in [answer] if drip is None else [answer[i : i + 1] for i in range(len(answer))]:
                writer.write(piece)
                await writer.drain()
                if drip is not None:
                    await asyncio.sleep(drip)
            if hold:
                await over.wait()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a"
    over.set()
    server.close()
    await server.wait_closed()


async def get(out: Outbound, url: str, folder: Path, most: int = 1 << 22, **options: object) -> Path:
    """Fetch into `folder`; check that a failure leaves nothing."""
    into = folder / "a"
    try:
        await fetch(out, url, into, most_bytes=most, **options)  # type: ignore[arg-type]
    except (FetchFailed, DiskRefuses):
        assert list(folder.iterdir()) == []
        raise
    assert list(folder.iterdir()) == [into]
    return into


async def never(out: Outbound, url: str, folder: Path, **options: object) -> str:
    with pytest.raises(NeverThere) as caught:
        await get(out, url, folder, **options)  # type: ignore[arg-type]
    return caught.value.reason


async def again(out: Outbound, url: str, folder: Path, **options: object) -> TryAgain:
    with pytest.raises(TryAgain) as caught:
        await get(out, url, folder, **options)  # type: ignore[arg-type]
    return caught.value


# --- what comes --------------------------------------------------------------------------------------------


async def test_a_file_comes_whole_and_for_us_alone(out: Outbound, tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        assert request.headers["Accept-Encoding"] == "identity" and request.headers["User-Agent"] == "LPPL"
        return web.Response(body=DATA, content_type="image/png")

    async with serving(answer) as url:
        got = await fetch(out, url + "/a?b=c#d", tmp_path / "a", most_bytes=len(DATA))
    assert (got.size, got.content_type, got.sha256) == (len(DATA), "image/png", hashlib.sha256(DATA).hexdigest())
    assert (tmp_path / "a").read_bytes() == DATA
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


async def test_a_file_that_is_there_stays_until_the_new_one_is_whole(out: Outbound, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    async with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nnew") as url:
        with pytest.raises(TryAgain):
            await fetch(out, url, tmp_path / "a", most_bytes=100)
    assert (tmp_path / "a").read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


async def test_the_checksum_decides(out: Outbound, tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=DATA)

    right = hashlib.sha256(DATA).hexdigest()
    async with serving(answer) as url:
        assert (await again(out, url, tmp_path, sha256="0" * 64)).reason == "sha256"
        await get(out, url, tmp_path, sha256=right.upper())


# --- sizes and times ---------------------------------------------------------------------------------------


async def test_too_large_by_its_own_word(out: Outbound, tmp_path: Path) -> None:
    async with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", hold=True) as url:
        assert await never(out, url, tmp_path) == "too-large"  # at once, without waiting for a byte


async def test_an_endless_body_ends_at_the_limit(out: Outbound, tmp_path: Path) -> None:
    sent = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(65536))
            sent += 65536

    async with serving(answer) as url:
        assert await never(out, url, tmp_path, most=1 << 20) == "too-large"
    assert sent < 64 << 20


async def test_a_body_shorter_than_it_said_is_tried_again(out: Outbound, tmp_path: Path) -> None:
    async with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf") as url:
        assert (await again(out, url, tmp_path)).reason == "network"


async def test_a_body_longer_than_it_said_is_not_taken(out: Outbound, tmp_path: Path) -> None:
    async with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhalf and more") as url:
        assert (await again(out, url, tmp_path)).reason == "network"


async def test_what_is_packed_is_not_unpacked(out: Outbound, tmp_path: Path) -> None:
    async with raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf") as url:
        assert await never(out, url, tmp_path) == "encoding"


async def test_silence_and_drops_of_bytes_end(out: Outbound, tmp_path: Path) -> None:
    async with raw(b"HTTP/1.1 200 OK\r\n", hold=True) as url:
        assert (await again(out, url, tmp_path)).reason == "time"
    async with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + bytes(9000), drip=0.05) as url:
        started = asyncio.get_running_loop().time()
        assert (await again(out, url, tmp_path)).reason == "time"
        assert asyncio.get_running_loop().time() - started < 3  # never silent for long, yet the whole is limited


async def test_nobody_there_and_nonsense_are_tried_again(out: Outbound, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # taken, but nobody listens
        assert (await again(out, f"http://127.0.0.1:{closed.getsockname()[1]}/", tmp_path)).reason == "network"
    async with raw(b"SSH-2.0-OpenSSH_9\r\n") as url:
        assert (await again(out, url, tmp_path)).reason == "network"


# --- statuses ----------------------------------------------------------------------------------------------


async def test_it_goes_the_second_time(out: Outbound, tmp_path: Path) -> None:
    statuses = iter((500, 200))

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=next(statuses), body=b"foto")

    async with serving(answer) as url:
        failure = await again(out, url, tmp_path)
        assert (failure.reason, failure.after, failure.host) == ("500", None, "127.0.0.1")
        assert (await get(out, url, tmp_path)).read_bytes() == b"foto"


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, {"Retry-After": "17"}, timedelta(seconds=17)),
        (503, {"Retry-After": "99999999999"}, LONGEST_WAIT),
        (429, {}, None),
        (408, {"Retry-After": "besok"}, None),
        (502, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, timedelta(0)),
    ],
)
async def test_how_long_to_wait(
    out: Outbound, tmp_path: Path, status: int, headers: dict[str, str], expected: timedelta | None
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers)

    async with serving(answer) as url:
        failure = await again(out, url, tmp_path)
    assert (failure.reason, failure.after) == (str(status), expected)


@pytest.mark.parametrize("status", [204, 206, 304, 400, 403, 404, 410, 451])
async def test_what_will_never_come(out: Outbound, tmp_path: Path, status: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with serving(answer) as url:
        assert await never(out, url, tmp_path) == str(status)


async def test_a_token_that_is_not_taken_may_be_renewed(out: Outbound, tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=401)

    async with serving(answer) as url:
        failure = await again(out, url, tmp_path, headers={"Authorization": "Bearer x"})
    assert (failure.reason, failure.after) == ("credentials", LATER)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), ("", None), ("-5", None), ("²", None), ("0", timedelta(0)), (" 60 ", timedelta(minutes=1)),
        ("Sun, 22 Nov 2026 07:02:00 GMT", timedelta(minutes=2)), ("Sun, 22 Nov 2026 06:02:00 GMT", timedelta(0)),
        ("Sun, 22 Nov 9999 07:02:00 GMT", LONGEST_WAIT), ("Sun, 22 Nov 99999 07:02:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after(value: str | None, expected: timedelta | None) -> None:
    assert retry_after(value, NOW) == expected


@given(st.text(max_size=40))
def test_retry_after_is_read_without_falling_over(value: str) -> None:
    found = retry_after(value, NOW)
    assert found is None or timedelta(0) <= found <= LONGEST_WAIT


# --- where it may go ---------------------------------------------------------------------------------------


class Names(AbstractResolver):
    """A name service that gives each time the next address, the last for ever."""

    def __init__(self, *addresses: str) -> None:
        self.addresses, self.asked = list(addresses), 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        address = self.addresses.pop(0) if len(self.addresses) > 1 else self.addresses[0]
        return [ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://127.1:{port}/", "http://2130706433:{port}/",
        "http://0x7f.0.0.1:{port}/", "http://0.0.0.0:{port}/", "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1:{port}/", "http://127.0.0.1:{port}@127.0.0.1/",
    ],
)  # fmt: skip
async def test_no_address_of_ours_is_asked(tmp_path: Path, url: str) -> None:
    asked = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(body=b"rahasia")

    async with serving(answer) as home, outbound(is_public) as out:
        reason = await never(out, url.format(port=home.rpartition(":")[2]), tmp_path)
    # forms of numbers that only some read as addresses are no addresses at all
    assert reason == ("address" if "@" in url or "127.1:" in url or "2130706433" in url else "forbidden")
    assert asked == 0


@pytest.mark.parametrize(
    "where", ["http://127.0.0.2:{port}/", "http://169.254.169.254/", "//[::1]:{port}/", "http://localhost.:22/"]
)
async def test_a_redirect_to_an_address_of_ours_is_not_followed(out: Outbound, tmp_path: Path, where: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        port = str(request.url.port)
        return web.Response(status=302, headers={"Location": where.format(port=port)})

    async with serving(answer) as url:
        assert await never(out, url, tmp_path) == "forbidden"


async def test_a_name_that_leads_home_is_refused_and_one_that_leads_out_is_not(tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        assert request.host.startswith("foto.example:")
        return web.Response(body=b"foto")

    async with serving(answer) as home:
        url = "http://foto.example:" + home.rpartition(":")[2]
        async with outbound(resolver=Names("127.0.0.1")) as out:
            assert (await get(out, url, tmp_path)).read_bytes() == b"foto"
        (tmp_path / "a").unlink()
        async with outbound(resolver=Names("127.0.0.2")) as out:
            assert await never(out, url, tmp_path) == "forbidden"


async def test_a_name_that_changes_between_two_connections_is_judged_each_time(tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": "/b", "Connection": "close"})

    names = Names("127.0.0.1", "192.168.1.1")
    async with serving(answer) as home, outbound(resolver=names) as out:
        assert await never(out, "http://foto.example:" + home.rpartition(":")[2], tmp_path) == "forbidden"
    assert names.asked == 2


async def test_redirects_are_followed_so_far(out: Outbound, tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        left = int(request.path.strip("/") or 0)
        return web.Response(status=301, headers={"Location": f"/{left - 1}"}) if left else web.Response(body=b"foto")

    async with serving(answer) as url:
        assert (await get(out, f"{url}/5", tmp_path)).read_bytes() == b"foto"
        (tmp_path / "a").unlink()
        assert await never(out, f"{url}/6", tmp_path) == "redirects"


async def test_a_token_is_shown_to_the_first_host_only(out: Outbound, tmp_path: Path) -> None:
    seen = []

    async def last(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.Response(body=b"foto")

    async with serving(last) as other:

        async def first(request: web.Request) -> web.Response:
            seen.append(request.headers.get("Authorization"))
            where = other if request.path == "/b" else "/b"
            return web.Response(status=302, headers={"Location": where})

        async with serving(first) as url:
            await get(out, url, tmp_path, headers={"Authorization": "Bearer rahasia"})
    assert seen == ["Bearer rahasia", "Bearer rahasia", None]


async def test_only_trusted_hosts_are_asked(out: Outbound, tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://lain.example/"})

    async with serving(answer) as url:
        assert await never(out, url, tmp_path, trusted_hosts=frozenset(("graph.facebook.com",))) == "host"
        assert await never(out, url, tmp_path, trusted_hosts=frozenset(("127.0.0.1",))) == "host"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("fbcdn.net", False), ("a.fbcdn.net", True), ("evilfbcdn.net", False), ("fbcdn.net.evil.id", False),
        ("exact.id", True), ("a.exact.id", False),
    ],
)  # fmt: skip
def test_trusted_hosts(host: str, expected: bool) -> None:
    assert is_trusted(host, frozenset((".fbcdn.net", "exact.id"))) is expected


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://foto.example/", "not-https"), ("ftp://foto.example/", "not-https"), ("file:///etc/passwd", "address"),
        ("https://", "address"), ("", "address"), ("foto.example/a", "address"),
        ("https://a:b@foto.example/", "address"), ("https://[::1", "address"),
        ("https://foto.example:22/", "forbidden"), ("https://foto.example:99999/", "address"),
        ("data:text/html,x", "address"), ("https://foto.example/" + "a" * 5000, "address"),
    ],
)  # fmt: skip
async def test_addresses_that_are_none(tmp_path: Path, url: str, reason: str) -> None:
    async with Outbound() as out:
        assert await never(out, url, tmp_path) == reason


@given(st.one_of(st.text(max_size=60), st.text(max_size=60).map(lambda t: "https://" + t)))
def test_no_address_makes_it_fall_over(url: str) -> None:
    try:
        Outbound().checked(address_of(url), None)
    except NeverThere as error:
        assert error.reason in ("address", "not-https", "forbidden")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True), ("103.10.1.1", True), ("2404:6800:4003::8a", True), ("64:ff9b::808:808", True),
        ("127.0.0.1", False), ("10.1.2.3", False), ("172.31.0.1", False), ("192.168.0.1", False), ("100.64.0.1", False),
        ("169.254.169.254", False), ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False),
        ("192.88.99.1", False), ("198.18.0.1", False), ("::", False), ("::1", False), ("::7f00:1", False),
        ("fe80::1", False), ("fec0::1", False), ("fd00::1", False), ("ff02::1", False), ("2001:db8::1", False),
        ("::ffff:10.0.0.1", False), ("::ffff:8.8.8.8", True), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
        ("2001:0:4136:e378::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, expected: bool) -> None:
    assert is_public(ip_address(address)) is expected


# --- our own side ------------------------------------------------------------------------------------------


async def test_our_own_disk_is_not_their_fault(out: Outbound, tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=DATA)

    async with serving(answer) as url:
        with pytest.raises(DiskRefuses):
            await fetch(out, url, tmp_path / "nowhere" / "a", most_bytes=1 << 22)
        (tmp_path / "a").mkdir()  # nothing takes the place of a folder
        with pytest.raises(DiskRefuses):
            await fetch(out, url, tmp_path / "a", most_bytes=1 << 22)
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]


async def test_who_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    begun = b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + bytes(5000)
    async with raw(begun, hold=True) as url, Outbound(reachable=only_home, https_only=False) as out:
        task = asyncio.create_task(fetch(out, url, tmp_path / "a", most_bytes=1 << 20))
        while not list(tmp_path.iterdir()):
            assert not task.done()
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert list(tmp_path.iterdir()) == []


async def test_no_failure_shows_the_address(out: Outbound, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with raw(b"HTTP/1.1 200 OK\r\nbroken\r\n\r\n") as url:
        for address in (url + "?token=RAHASIA", "http://127.0.0.1:9/RAHASIA", "http://RAHASIA@127.0.0.1/", "x:RAHASIA"):
            with pytest.raises(FetchFailed) as caught:
                await get(out, address, tmp_path)
            shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(caught.value)
            # the lines of source that a traceback quotes are those of this file, which names no secret there
            assert "RAHASIA" not in shown
    assert "RAHASIA" not in caplog.text


async def test_the_client_of_the_whole_process_is_strict_by_default() -> None:
    async with Outbound() as out:
        assert out.https_only
        with pytest.raises(aiohttp.ClientConnectorError):
            assert out._session is not None
            await out._session.get("http://127.0.0.1:1/")

"""What a proxy says of a visitor is believed from the station's own proxies only."""

from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from web.proxies import Network, add_proxies, visitor

OURS = (ip_network("127.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ([], None),
        (["203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, 127.0.0.2"], "203.0.113.9"),
        (["203.0.113.9", "fd00::1"], "203.0.113.9"),
        (["198.51.100.1, 203.0.113.9"], "203.0.113.9"),  # what stands further left, the visitor may have invented
        (["::ffff:203.0.113.9"], "::ffff:203.0.113.9"),
        (["127.0.0.1"], None),
        (["203.0.113.9, rubbish"], None),
        ([""], None),
    ],
)
def test_the_last_hop_that_is_not_ours_is_the_visitor(forwarded: list[str], expected: str | None) -> None:
    assert visitor(forwarded, OURS) == expected


async def told(trusted: tuple[Network, ...], headers: dict[str, str]) -> tuple[str, str]:
    """Return the scheme and the address that a handler sees, asked from 127.0.0.1."""

    async def show(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.scheme} {request.remote} {request.match_info['name']}")

    app = web.Application()
    app.router.add_get("/{name}", show)
    add_proxies(app, trusted)
    async with TestClient(TestServer(app)) as client:
        scheme, remote, name = (await (await client.get("/tv", headers=headers)).text()).split()
    assert name == "tv"
    return scheme, remote


SAID = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


async def test_a_trusted_proxy_is_believed() -> None:
    assert await told(OURS, SAID) == ("https", "203.0.113.9")


@pytest.mark.parametrize("trusted", [(), (ip_network("192.0.2.0/24"),)])
async def test_a_stranger_is_not(trusted: tuple[Network, ...]) -> None:
    assert await told(trusted, SAID) == ("http", "127.0.0.1")


async def test_what_cannot_be_is_passed_over() -> None:
    assert await told(OURS, {"X-Forwarded-For": "?", "X-Forwarded-Proto": "gopher"}) == ("http", "127.0.0.1")

"""What a proxy in front says of a visitor: believed only from the addresses that the station names.

Whoever else sends such headers is taken as what the connection itself shows.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web
from aiohttp.typedefs import Handler

from web.headers import HSTS, STRICT_TRANSPORT

Network = IPv4Network | IPv6Network


def add_proxies(app: web.Application, trusted: Sequence[Network]) -> None:
    """Believe ``X-Forwarded-For`` and ``X-Forwarded-Proto`` of `trusted`; without any, nothing is added."""
    if not trusted:
        return

    @web.middleware
    async def behind_proxy(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _among(request.remote, trusted):
            scheme = request.headers.get("X-Forwarded-Proto", "").strip().lower()
            remote = visitor(request.headers.getall("X-Forwarded-For", ()), trusted) or request.remote
            known = scheme if scheme in ("http", "https") else request.scheme
            request = request.clone(scheme=known, remote=remote or "")
        response = await handler(request)
        if request.secure and not response.prepared:  # what is prepared later sees the connection, not the visitor
            response.headers.setdefault(STRICT_TRANSPORT, HSTS)
        return response

    app.middlewares.append(behind_proxy)


def visitor(forwarded: Sequence[str], trusted: Sequence[Network]) -> str | None:
    """Return the last address of ``X-Forwarded-For`` that is no trusted proxy; None when there is none. Pure.

    Each proxy appends whom it heard from, so what stands further left may be a stranger's invention.
    """
    for hop in reversed([part.strip() for line in forwarded for part in line.split(",")]):
        if _parsed(hop) is None:
            return None
        if not _among(hop, trusted):
            return hop
    return None


def _parsed(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    # a socket for both families shows IPv4 as ::ffff:192.0.2.1
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _among(text: str | None, networks: Sequence[Network]) -> bool:
    address = _parsed(text)
    return address is not None and any(address in n for n in networks if n.version == address.version)

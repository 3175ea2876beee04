"""An address of the intake, and how much of a body is read of it. Values; the entrance routes by them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from lppl.intake.opening import Intake
from lppl.phone.calls import Calls
from lppl.rates import Rates

if TYPE_CHECKING:
    from lppl.intake.reception import Reception

Handler = Callable[[web.Request, Mapping[str, str]], Awaitable[web.StreamResponse]]
LARGEST = 3_000_000
"""Bytes of a webhook's body: Meta's batches stay below."""


@dataclass(frozen=True, slots=True)
class Address:
    """A method and a path with places, and who answers."""

    method: str
    path: str
    handler: Handler


class Station(Protocol):
    """What the composition root gives: what of the intake is open, and how often strangers may come."""

    intake: Intake
    rates: Rates
    calls: Calls
    """Calls that the exchange has announced."""


@dataclass(frozen=True)
class Desk:
    """What answers need of the station. `intake`: what of it is open."""

    intake: Callable[[], Intake]
    rates: Callable[[], Rates]
    calls: Callable[[], Calls]

    @property
    def reception(self) -> "Reception":
        """Return where words are kept. Raises HTTPServiceUnavailable: whoever sends tries again."""
        found = self.intake().reception
        if found is None:
            raise away()
        return found


def away() -> web.HTTPServiceUnavailable:
    """Return the answer while nothing can be kept: whoever sends keeps it and comes again."""
    return web.HTTPServiceUnavailable(headers={"Retry-After": "10"})


async def not_too_often(desk: Desk, name: str, address: str) -> None:
    """Let an address try what is called `name`. Raises HTTPTooManyRequests with when it may again."""
    if wait := await desk.rates().wait_s(name, address):
        raise web.HTTPTooManyRequests(headers={"Retry-After": str(max(1, round(wait)))})


async def body_of(request: web.Request, most: int = LARGEST) -> bytes:
    """Return a body of at most `most` bytes, unpacked. Raises HTTPRequestEntityTooLarge; HTTPBadRequest for one that is
    not packed as it says."""
    if (request.content_length or 0) > most:
        raise web.HTTPRequestEntityTooLarge(most, request.content_length or 0)
    found = bytearray()
    try:
        async for piece in request.content.iter_any():
            found += piece
            if len(found) > most:
                raise web.HTTPRequestEntityTooLarge(most, len(found))
    except web.RequestPayloadError:
        raise web.HTTPBadRequest from None
    return bytes(found)

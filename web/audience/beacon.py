"""``POST /beacon``: a page that plays says so. What is counted, and what is not kept: :mod:`lppl.audience`.

::

    {"p": "k3J9...", "c": "tv", "q": "v480", "s": 30}      and "x": true when it stops

`p` is a random name of the page, 16 to 40 letters; `c` the channel, `q` the quality, `s` seconds played since it last
said so. The answer is 204, also for what was not counted: nobody needs to know the limits.
"""

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from lppl.audience import Audience
from web.audience.bodies import sent

MOST_BYTES = 400


class Beacon(BaseModel):
    """What a page says."""

    model_config = ConfigDict(extra="forbid", strict=True)

    p: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,40}$")]
    c: Annotated[str, Field(min_length=1, max_length=32)]
    q: Annotated[str, Field(max_length=32)]
    s: Annotated[float, Field(ge=0, le=86_400)]
    x: bool = False


class Beacons:
    """Answers ``/beacon``."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience

    def add(self, app: web.Application) -> None:
        """Register the address."""
        app.router.add_post("/beacon", self.take)

    async def take(self, request: web.Request) -> web.Response:
        """Take one beacon. 400 for what is none, 403 when another site's page sends it, 413 when it is long."""
        try:
            said = Beacon.model_validate(await sent(request, MOST_BYTES))
        except ValueError:
            raise web.HTTPBadRequest from None
        self._audience.heard(said.p, said.c, said.q, said.s, request.remote or "")
        if said.x:
            self._audience.left(said.p)
        return web.Response(status=204, headers={"Cache-Control": "no-store"})

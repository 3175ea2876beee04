"""What pages for the audience send without an account: small JSON, from pages of this station only."""

import json
from typing import Any

from aiohttp import web


async def sent(request: web.Request, most: int) -> Any:
    """Return the JSON of a body of at most `most` bytes. Raises ValueError for what is none.

    Raises HTTPForbidden when another site's page sends it, HTTPRequestEntityTooLarge.
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise web.HTTPForbidden
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > most:
            raise web.HTTPRequestEntityTooLarge(most, len(body))
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None

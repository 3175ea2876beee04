"""Headers that every answer carries, whoever asks."""

from aiohttp import web

HSTS = "max-age=31536000"


async def strict_transport(request: web.Request, response: web.StreamResponse) -> None:
    """Tell browsers to stay with TLS once they came by it (an aiohttp on_response_prepare signal)."""
    if request.secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)

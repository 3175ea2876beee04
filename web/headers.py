"""Headers that every answer carries, whoever asks."""

from aiohttp import web

STRICT_TRANSPORT, HSTS = "Strict-Transport-Security", "max-age=31536000"


async def common_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Tell browsers to stay with TLS once they came by it, and nobody our versions (on_response_prepare signal)."""
    response.headers["Server"] = "LPPL"
    if request.secure:
        response.headers.setdefault(STRICT_TRANSPORT, HSTS)

"""Headers and cookies of staff pages, as OWASP ASVS level 2 asks. Pure values."""

from datetime import timedelta

from aiohttp import web

PLAIN_COOKIE, HOST_COOKIE = "lppl", "__Host-lppl"

_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def page_headers(nonce: str) -> dict[str, str]:
    """Return the headers of a page. Styles that scripts make carry `nonce`; no script does."""
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; "
        "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return _COMMON | {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
        "Vary": "Cookie",
    }


def api_headers() -> dict[str, str]:
    """Return the headers of an answer to a program."""
    return _COMMON | {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Vary": "Cookie"}


def cookie_name(*, secure: bool) -> str:
    """Return what the session's cookie is called: behind TLS by a name that browsers take from nobody else."""
    return HOST_COOKIE if secure else PLAIN_COOKIE


def set_session(response: web.StreamResponse, cookie: str, *, secure: bool, life: timedelta) -> None:
    """Give a browser its session."""
    response.set_cookie(
        cookie_name(secure=secure), cookie, path="/", httponly=True, samesite="Lax", secure=secure,
        max_age=int(life.total_seconds()),
    )  # fmt: skip


def drop_session(response: web.StreamResponse, *, secure: bool) -> None:
    """Take the session from a browser, and what the pages kept there."""
    response.del_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="Lax")

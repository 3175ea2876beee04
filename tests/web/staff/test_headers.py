"""Headers and cookies of every page of staff, as OWASP ASVS level 2 asks; behind TLS those that only TLS may have."""

from ipaddress import ip_network

import pytest
from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from lppl.accounts import Role
from lppl.desk.office import Office
from tests.web.staff.conftest import ROOT, Clock, Site, Visitor
from tests.web.staff.test_urls import STREAM, all_routes, sample
from web.proxies import add_proxies
from web.staff.entrance import add_staff
from web.staff.security import HOST_COOKIE, PLAIN_COOKIE
from web.static_files import FILES, StaticFiles

PAGES = sorted({sample(r.path) for r in all_routes() if r.method == "GET" and r.path != STREAM})
OWN = ("/kerja/pratinjau", "/api/v1/tus")
"""Media and uploads: no pages, with caching rules of their own."""


def policy(header: str) -> dict[str, list[str]]:
    """Return a Content-Security-Policy as directive -> sources."""
    found = (part.split() for part in header.split(";") if part.strip())
    return {words[0]: words[1:] for words in found}


async def test_every_page_and_answer_is_guarded(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    for path in PAGES:
        answer = await admin.get(path)
        said = policy(answer.headers["Content-Security-Policy"])
        assert said["default-src"] == ["'none'"] and said["frame-ancestors"] == ["'none'"], path
        assert "'unsafe-inline'" not in str(said) and "'unsafe-eval'" not in str(said), path
        assert said.get("script-src", ["'self'"]) == ["'self'"], path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "same-origin", path
        assert answer.headers["Server"] == "LPPL", path
        assert "Strict-Transport-Security" not in answer.headers, "plain HTTP promises nothing"
        if not path.startswith(OWN):
            assert answer.headers["Cache-Control"] == "no-store", path

        if answer.content_type == "text/html":
            _holds_no_code(await answer.text(), path)


def _holds_no_code(text: str, path: str) -> None:
    """Fail for a page with a script or style of its own."""
    assert " style=" not in text and "<style" not in text and "javascript:" not in text, path
    assert all('src="' in tag or 'type="application/json"' in tag for tag in text.split("<script")[1:]), path
    assert not any(f" on{event}=" in text for event in ("click", "load", "error", "change", "submit")), path


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_behind_tls(office: Office, clock: Clock) -> None:
    app = web.Application()
    add_proxies(app, [ip_network("127.0.0.0/8")])
    app[FILES] = StaticFiles(ROOT / "web" / "static")
    add_staff(app, lambda: office)
    secret = await office.people.first_link(clock.at)
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        stranger = Visitor(client, "", None)
        tls = {"X-Forwarded-Proto": "https"}
        form = {"login": "sari", "name": "Sari", "password": "kuda laut makan soto"}
        answer = await stranger.post(f"/kerja/tautan/{secret}", data=form, headers=tls)
        assert answer.status == 303
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        cookie = answer.cookies[HOST_COOKIE]
        assert cookie["secure"] and cookie["httponly"] and cookie["path"] == "/" and not cookie["domain"]
        inside = await client.get(
            "/kerja", headers={**tls, "Cookie": f"{HOST_COOKIE}={cookie.value}"}, allow_redirects=False
        )
        assert inside.status == 303 and inside.headers["Location"] == "./kerja/dasbor"
        planted = await client.get(
            "/kerja", headers={**tls, "Cookie": f"{PLAIN_COOKIE}={cookie.value}"}, allow_redirects=False
        )
        assert "masuk" in planted.headers["Location"], "a name that any neighbour may set opens nothing"

"""The public pages as anybody gets them: what stands in them without script, their addresses, headers and weight."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from aiohttp import web

from lppl.errors import DatabaseAway
from lppl.quanta import at_or_after
from streaming.span import Absence, NotShown
from web.audience.urls import URLS

PAGES = ("/panduan", "/panduan/radio", "/panduan/tv/2026-11-22", "/panduan/tv/sepekan", "/tonton", "/hemat",
         "/widget", "/luring", "/widget/radio", "/tonton/tv/tv.kabar@2026-11-22")  # fmt: skip


async def text_of(client: Any, url: str, status: int = 200, **more: Any) -> str:
    async with client.get(url, allow_redirects=False, **more) as answer:
        assert answer.status == status
        return str(await answer.text())


def visible(page: str) -> str:
    page = re.sub(r"<(script|style|head)\b.*?</\1>", " ", page, flags=re.S)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


async def test_the_guide_says_what_is_on_without_script(client: Any) -> None:
    page = await text_of(client, "/panduan/tv/2026-11-22")
    words = visible(page)
    assert "Minggu, 22 November 2026 WIB" in words
    assert "18.00 -19.00 Kabar Berita & Informasi Bersama Sari Berita kota. Tonton ulang" in words
    assert "19.00 -20.00 Dialog <b>Warga</b> Sedang Tayang Siaran langsung" in words
    assert "21.00 -23.00 Wayang Siaran ulang" in words
    assert page.count('aria-current="true"') == 2  # the language and what is on
    assert "<b>Warga" not in page


async def test_what_aired_leads_to_catch_up_and_what_comes_to_reminders(client: Any, station: Any) -> None:
    page = await text_of(client, "/panduan")
    kabar, wayang = station.guide[0], station.guide[2]
    span = f"{at_or_after(kabar.start)}-{at_or_after(kabar.end)}"
    assert f'href="tonton/tv/{span}"' in page
    assert 'href="panduan/tv/siaran/tv.wayang@2026-11-22.ics"' in page
    assert 'href="panduan/tv/seri/wayang.ics"' in page
    assert f'data-uid="{wayang.uid}"' in page
    assert f"{at_or_after(wayang.start)}" not in page


async def test_the_week_lists_each_programme_once(client: Any) -> None:
    words = visible(await text_of(client, "/panduan/tv/sepekan"))
    assert words.count("Wayang") == 1
    assert "Sabtu, 28 November" in words


@pytest.mark.parametrize("url", PAGES)
async def test_addresses_are_relative_and_the_policy_is_strict(client: Any, url: str) -> None:
    async with client.get(url) as answer:
        page, headers = await answer.text(), answer.headers
    depth = url.count("/") - 1
    addresses = re.findall(r'\b(?:href|src)="([^"]*)"', page)
    assert [a for a in addresses if a.startswith("/") or ("://" in a and "/widget" not in url)] == []
    inside = [a for a in addresses if not a.startswith(("?", "#", "data:", "http"))]
    assert all(a.startswith("../" * depth) for a in inside)
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" in headers["Vary"], "it names the language"
    framed = url.startswith("/widget/")
    assert ("frame-ancestors *" in policy) is framed
    assert ("X-Frame-Options" in headers) is not framed
    page = re.sub(r"<textarea.*?</textarea>", "", page, flags=re.S)  # what others may paste
    assert not re.search(r"\son[a-z]+=|\sstyle=|<script(?![^>]*\bsrc=)(?![^>]*json)", page)


@pytest.mark.parametrize("url", PAGES)
async def test_english_too(client: Any, url: str) -> None:
    page = await text_of(client, url + "?lang=en")
    assert '<html lang="en"' in page
    assert not re.search(r"Tonton ulang|Panduan acara|Sepekan", visible(page).replace("Pasang", ""))


async def test_the_page_for_slow_lines_is_light_and_whole(client: Any, station: Any) -> None:
    async with client.get("/hemat", headers={"Accept-Encoding": "identity"}) as answer:
        page = await answer.text()
    assert len(page.encode()) < 6_000
    assert "<script" not in page
    assert '<link rel="stylesheet' not in page
    assert 'src="listen/radio/hemat.aac"' in page
    words = visible(page)
    assert "Sekarang: Lagu 0 · Sanggar" in words
    assert "14 MB per jam" in words
    station.lean = False
    assert "sedang disiapkan" in visible(await text_of(client, "/hemat"))


@pytest.mark.parametrize("url", ["/panduan/tv2", "/panduan/tv/2026-13-01", "/panduan/tv/2020-01-01",
    "/panduan/tv/2027-01-01", "/tonton/tv/tidak-ada", "/tonton/tv/9-3", "/tonton/tv/999999999998-999999999999",
    "/saat/tv/kemarin",
    "/saat/tv/99999999999999999999", "/saat/tv/253402300799", "/saat/tv/0001-01-01T12.00",
    "/saat/tv/2026-11-31T10.00", "/saat/tv2/0", "/widget/tv2",
    "/panduan/tv/seri/x.ics", "/panduan/tv/siaran/x.ics", "/saat/tv/2026-11-22T22.00"])  # fmt: skip
async def test_what_is_not_there_is_a_page_with_a_way_on(client: Any, url: str) -> None:
    page = await text_of(client, url, 404)
    assert "Buka panduan acara" in visible(page)


async def test_a_moment_opens_its_programme_at_that_second(client: Any, station: Any) -> None:
    kabar = station.guide[0]
    span = f"{at_or_after(kabar.start)}-{at_or_after(kabar.end)}"
    for moment in ("2026-11-22T18.30", "2026-11-22T18:30:00", str(round(kabar.start.timestamp()) + 1800)):
        async with client.get(f"/saat/tv/{moment}", allow_redirects=False) as answer:
            assert answer.status == 302
            assert answer.headers["Location"] == f"../../tonton/tv/{span}?t=1800"


async def test_a_moment_between_programmes_opens_the_hour_from_it_on(client: Any) -> None:
    at = round(datetime(2026, 11, 22, 3, 0, tzinfo=UTC).timestamp())
    async with client.get(f"/saat/tv/{at}", allow_redirects=False) as answer:
        start, _, end = answer.headers["Location"].rpartition("/")[2].partition("-")
    assert (int(start), int(end) - int(start)) == (at * 25 // 8, 11_250)


async def test_catch_up_is_a_page_with_moments(client: Any, station: Any) -> None:
    page = await text_of(client, "/tonton/tv/tv.kabar@2026-11-22")
    words = visible(page)
    assert "Batik TV · Disiarkan Minggu, 22 November 2026, 18.00-19.00 WIB" in words
    assert "18.02 Bagian 1 · <i>Sari" in words
    assert re.search(r'<video controls [^>]*src="\.\./\.\./hls/tv/vod/\d+-\d+/master\.m3u8"', page)
    assert '"?t=128"' in page


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (NotShown(Absence.TAKEN_DOWN), 410, "Siaran ini telah ditarik oleh stasiun."),
        (NotShown(Absence.RIGHTS), 403, "Hak siarnya tidak mengizinkan tayang ulang."),
        (NotShown(Absence.OFF_AIR), 404, "Tidak ada siaran pada waktu itu."),
        (DatabaseAway(), 503, "Basis data sedang tidak dapat dibaca"),
    ],
)
async def test_why_something_cannot_be_watched_is_said(
    client: Any, station: Any, error: Any, status: int, sentence: str
) -> None:
    station.refusal = error
    page = await text_of(client, "/tonton/tv/tv.kabar@2026-11-22", status)
    assert sentence in visible(page)
    assert "<video" not in page
    assert error.english in visible(await text_of(client, "/tonton/tv/tv.kabar@2026-11-22?lang=en", status))


async def test_a_broadcast_as_a_calendar_file(client: Any) -> None:
    async with client.get("/panduan/tv/siaran/tv.wayang@2026-11-22.ics") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/calendar"
        assert 'filename="Wayang.ics"' in answer.headers["Content-Disposition"]
        calendar = icalendar.Calendar.from_ical(await answer.read())
    (event,) = calendar.walk("VEVENT")
    assert event["SUMMARY"] == "Wayang"
    assert event["DTSTART"].dt == datetime(2026, 11, 22, 14, tzinfo=UTC)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=2)


async def test_the_app_has_a_name_and_icons_of_its_own(client: Any) -> None:
    async with client.get("/manifest.webmanifest") as answer:
        manifest = await answer.json(content_type="application/manifest+json")
    assert manifest["name"] == "LPPL Kota Batik"
    assert manifest["start_url"] == manifest["scope"] == "./"
    for icon in manifest["icons"][:3]:
        async with client.get(f"/{icon['src']}") as picture:
            body = await picture.read()
        side = int(icon["sizes"].split("x")[0])
        assert body[:8] == b"\x89PNG\r\n\x1a\n"
        assert (int.from_bytes(body[16:20]), int.from_bytes(body[20:24])) == (side, side)
        assert len(body) < 30_000


async def test_the_first_view_is_light(client: Any) -> None:
    """Page, styles, scripts and fonts for Latin as a browser fetches them, compressed where the server does."""
    for url in ("/", "/panduan", "/tonton/tv/tv.kabar@2026-11-22"):
        total = 0
        async with client.get(url, auto_decompress=False, headers={"Accept-Encoding": "gzip"}) as answer:
            body = await answer.read()
            total += len(body)
        page = await text_of(client, url)
        wanted = set(re.findall(r'(?:href|src)="((?:\.\./)*static/[^"]+)"', page))
        assert wanted, "the pages are built"
        seen: set[str] = set()
        while wanted:
            path = "/" + wanted.pop().lstrip("./")
            if path in seen:
                continue
            seen.add(path)
            async with client.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
                assert answer.status == 200, path
                text = await answer.read()
                total += int(answer.headers["Content-Length"])
            if path.endswith((".js", ".css")):
                said = text.decode()
                imported = re.findall(r'(?:from|import)\s*"\./([^"]+)"', said)
                fonts = re.findall(r'url\("?\./([^")]*latin-wght[^")]*)"?\)', said)
                wanted |= {f"/static/dist/{name}" for name in (*imported, *fonts)}
        assert any("latin-wght" in path for path in seen)
        assert total < 150_000, (url, total)


@pytest.mark.parametrize("each", URLS, ids=lambda u: f"{u.method} {u.path}")
async def test_the_table_of_addresses_tells_the_truth(client: Any, each: Any) -> None:
    if each.path.startswith("/listen"):
        pytest.skip("registered with the streams")
    async with client.request(each.method, each.example, allow_redirects=False) as answer:
        assert answer.status in each.status
        assert answer.content_type == each.type or each.status != (200,)


def test_every_address_is_in_the_table(client: Any) -> None:
    app: web.Application = client.app
    told = {(u.method, u.path) for u in URLS}
    routed = {
        (route.method, _path(route)) for route in app.router.routes() if "web.audience" in route.handler.__module__
    }
    assert {r for r in routed if r[0] != "HEAD"} == {t for t in told if not t[1].startswith("/listen")}


def _path(route: Any) -> str:
    info = route.resource.get_info()
    if "path" in info:
        return str(info["path"])
    return str(route.resource._orig_path)

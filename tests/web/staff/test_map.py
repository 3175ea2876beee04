"""The town's map on pages of staff: files are looked at before they are kept, points are seen and put right."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from lppl.accounts import Role
from lppl.cases.values import Act
from lppl.config import Settings
from lppl.intake.values import Place
from lppl.phone.calls import Calls
from lppl.rates import RATES, MemoryRates
from tests.lppl.cases import town
from tests.web.staff.case_site import CaseSite, case_site
from tests.web.staff.conftest import Clock, Site, Visitor
from tests.web.staff.pages import application
from web.intake.entrance import add_intake

FILE = {"Content-Type": "application/geo+json"}
TILES = {"url": "https://peta.contoh.go.id:8443/{z}/{x}/{y}.png?key=a", "attribution": "<b>Peta</b> Kota"}
MAP = town.written(town.geojson())


async def kept(who: Visitor, data: bytes = MAP, revision: int = 0) -> dict[str, Any]:
    answer = await who.ask("PUT", f"/api/v1/case-map/areas?revision={revision}", data=data, headers=FILE)
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


# --- the API ---


async def test_a_file_is_looked_at_and_nothing_is_kept(site: Site) -> None:
    who = await site.logged_in(Role.COMPLAINTS)
    answer = await who.post("/api/v1/case-map/reading", data=MAP, headers=FILE)
    found = await answer.json()
    assert (answer.status, found["kelurahan"], len(found["areas"])) == (200, "WADMKD", 27)
    assert found["before"] > found["after"] > 200
    assert (await (await who.get("/api/v1/case-map")).json())["areas"] == []
    other = await who.post("/api/v1/case-map/reading?kelurahan=WADMKC", data=MAP, headers=FILE)
    assert {a["name"] for a in (await other.json())["areas"]} == {
        "Pekalongan Barat", "Pekalongan Timur", "Pekalongan Selatan", "Pekalongan Utara"
    }  # fmt: skip


async def test_a_map_is_kept_followed_and_removed(site: Site) -> None:
    who = await site.logged_in(Role.COMPLAINTS)
    first = await kept(who)
    assert (len(first["areas"]), first["revision"], first["tiles"]["url"]) == (27, 1, "")
    assert first["missing"] == [] and all(area["known"] for area in first["areas"])
    late = await who.ask("PUT", "/api/v1/case-map/areas?revision=0", data=MAP, headers=FILE)
    assert late.status == 409
    town_of_two = town.written(town.geojson([("Medono", "Pekalongan Barat"), ("Wiradesa", "Wiradesa")]))
    second = await kept(who, town_of_two, 1)
    assert second["version"] != first["version"]
    assert [(a["name"], a["known"]) for a in second["areas"]] == [("Medono", True), ("Wiradesa", False)]
    assert len(second["missing"]) == 26
    assert (await who.ask("DELETE", "/api/v1/case-map/areas?revision=2")).status == 204
    assert (await (await who.get("/api/v1/case-map")).json())["version"] == ""
    told = await site.office.audit.page()
    assert [e.action for e in told if e.action.startswith("map.")] == ["map.areas"] * 3


@pytest.mark.parametrize("data", [b"PK\x03\x04 shapefile", b"[" * 300_000, b'{"type": "Feature"}', b""])
async def test_a_file_that_is_no_map_is_refused_with_what_to_do(site: Site, data: bytes) -> None:
    who = await site.logged_in(Role.COMPLAINTS)
    answer = await who.post("/api/v1/case-map/reading", data=data, headers=FILE)
    said = await answer.json()
    assert answer.status == 422 and said["detail"] and said["english"]


async def test_a_reader_that_dies_is_said_and_the_next_file_is_read(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    who = await site.logged_in(Role.COMPLAINTS)
    monkeypatch.setattr("lppl.cases.town_map.sys.executable", "/bin/false")
    assert (await who.post("/api/v1/case-map/reading", data=MAP, headers=FILE)).status == 422
    monkeypatch.undo()
    assert (await who.post("/api/v1/case-map/reading", data=MAP, headers=FILE)).status == 200


async def test_the_tile_server_is_the_administrators(site: Site) -> None:
    officer, admin = await site.logged_in(Role.COMPLAINTS), await site.logged_in(Role.ADMIN)
    assert (await officer.ask("PUT", "/api/v1/case-map/tiles", json={"revision": 0, **TILES})).status == 403
    answer = await admin.ask("PUT", "/api/v1/case-map/tiles", json={"revision": 0, **TILES})
    assert answer.status == 200 and (await answer.json())["version"] != ""
    for path in ("/kerja/aduan-atur", "/kerja/aduan"):
        policy = (await admin.get(path)).headers["Content-Security-Policy"]
        assert ("https://peta.contoh.go.id:8443" in policy) == (path == "/kerja/aduan-atur")
    assert policy.count("img-src") == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://peta.contoh.go.id/{z}/{x}/{y}.png",
        "https://peta.contoh.go.id/{z}/{x}.png",
        "https://{s}.contoh.go.id/{z}/{x}/{y}.png",
        "https://peta.contoh.go.id/{z}/{x}/{y}/{r}.png",
        "https://pengguna@contoh.go.id/{z}/{x}/{y}.png",
        "https://a.id; script-src *; x/{z}/{x}/{y}.png",
        "https://*/{z}/{x}/{y}.png",
        "https://a.id\r\nSet-Cookie: a/{z}/{x}/{y}",
        "https://a.id'/{z}/{x}/{y}",
        "//a.id/{z}/{x}/{y}",
        "https:///{z}/{x}/{y}",
    ],
)
async def test_an_address_that_is_no_template_is_refused(site: Site, url: str) -> None:
    admin = await site.logged_in(Role.ADMIN)
    answer = await admin.ask("PUT", "/api/v1/case-map/tiles", json={"revision": 0, "url": url, "attribution": "Peta"})
    assert answer.status == 422
    assert [e["field"] for e in (await answer.json())["errors"]] == ["url"]
    lacking = await admin.ask("PUT", "/api/v1/case-map/tiles", json={"revision": 0, "url": TILES["url"]})
    assert [e["field"] for e in (await lacking.json())["errors"]] == ["attribution"]


# --- the pages, in Chromium ---


@pytest.fixture
async def desk(settings: Settings, clock: Clock, browser: Browser) -> AsyncIterator[CaseSite]:
    """A desk whose portal is beside it: pages of staff read the map where the public does."""
    async with case_site(settings, clock, browser) as opened:
        office = opened.site.office
        app = application(office)
        view = SimpleNamespace(
            station_name="Batik TV", place="Pekalongan", zone=ZoneInfo("Asia/Jakarta"), channels=(), now=clock()
        )
        station = SimpleNamespace(intake=office.intake(), rates=MemoryRates(RATES), calls=Calls())
        add_intake(app, view, lambda: station)  # type: ignore[arg-type]
        server = TestServer(app)
        await server.start_server()
        opened.base = str(server.make_url("")).rstrip("/")
        try:
            yield opened
        finally:
            await server.close()


def picture_of(page: Page) -> Callable[[str], Any]:
    return lambda role: page.locator(f'[data-role="{role}"]')


@pytest.mark.browser
@pytest.mark.integration
async def test_the_map_is_uploaded_looked_at_and_the_list_follows(desk: CaseSite, tmp_path: Path) -> None:
    file = tmp_path / "kelurahan.geojson"
    file.write_bytes(town.written(town.geojson([("Medono", "Pekalongan Barat"), ("Wiradesa", "Wiradesa")])))
    async with desk.opened("aduan-atur#peta", Role.COMPLAINTS) as opened:
        page, part = opened.page, picture_of(opened.page)
        await expect(page.get_by_text("Belum ada peta wilayah.")).to_be_visible()
        await page.get_by_label("Unggah batas kelurahan (GeoJSON)").set_input_files(file)
        await expect(page.get_by_text("2 wilayah di berkas ini")).to_be_visible()
        await expect(page.get_by_label("Nama kelurahan ada di")).to_have_value("WADMKD")
        assert await opened.faults() == []
        await page.get_by_label("Nama kelurahan ada di").select_option("WADMKC")
        await expect(page.get_by_text("Pekalongan Barat, Wiradesa", exact=True)).to_be_visible()
        await page.get_by_label("Nama kelurahan ada di").select_option("WADMKD")
        await part("map-keep").click()
        await expect(part("map-now")).to_contain_text("2 wilayah, garis batasnya teliti dalam 12 m.")
        await part("map-add").click()
        await expect(part("map-now")).to_contain_text("Semua wilayah cocok")
        listed = (await desk.site.office.case_lists.get("places")).body["kelurahan"]
        assert [(k["name"], k["latitude"] is not None) for k in listed] == [("Medono", False), ("Wiradesa", True)]
        await part("map-look").click()
        dialog = page.get_by_role("dialog", name="Tempat di peta")
        await expect(dialog.get_by_text("Wiradesa", exact=True)).to_be_visible()
        assert await opened.faults() == []
        await dialog.get_by_role("button", name="Tutup").click()
        await expect(part("map-look")).to_be_focused()
        await expect(page.get_by_text("Hanya administrator yang dapat mengubahnya.")).to_be_visible()
        bad = tmp_path / "rusak.json"
        bad.write_bytes(b"PK\x03\x04")
        await page.get_by_label("Unggah batas kelurahan (GeoJSON)").set_input_files(bad)
        await expect(page.get_by_text("Ini bukan GeoJSON yang utuh.")).to_be_visible()
        await part("map-drop").click()
        await page.get_by_role("dialog").get_by_role("button", name="Hapus peta").click()
        await expect(page.get_by_text("Belum ada peta wilayah.")).to_be_visible()


@pytest.mark.browser
@pytest.mark.integration
async def test_only_the_named_server_sends_pictures_and_its_owner_is_named_as_text(desk: CaseSite) -> None:
    async with desk.opened("aduan-atur#peta", Role.ADMIN) as opened:
        page, part = opened.page, picture_of(opened.page)
        await part("map-osm").click()
        await expect(page.get_by_label("Alamat server")).to_have_value("https://tile.openstreetmap.org/{z}/{x}/{y}.png")
        await page.get_by_label("Alamat server").fill("https://peta.contoh.go.id/{z}/{x}.png")
        await page.locator('[data-role="map-tiles"] button[type="submit"]').click()
        await expect(page.get_by_text("harus seperti https://tile.openstreetmap.org")).to_be_visible()
        await page.get_by_label("Alamat server").fill(TILES["url"])
        await page.get_by_label("Pemilik peta").fill(TILES["attribution"])
        async with page.expect_navigation():
            await page.locator('[data-role="map-tiles"] button[type="submit"]').click()
        await expect(page.get_by_label("Alamat server")).to_have_value(TILES["url"])
    await kept(await desk.site.logged_in(Role.COMPLAINTS))
    asked: list[tuple[str, str]] = []
    number = await desk.arrived("Lampu jalan mati.", place=Place("", "", -6.905, 109.665))
    visitor = await desk.site.logged_in(Role.COMPLAINTS)
    context = await desk.browser.new_context(viewport={"width": 390, "height": 844})  # with the page's own policy
    await context.add_cookies([{"name": "lppl", "value": visitor.cookie, "url": desk.base}])

    async def tile(route: Any) -> None:
        asked.append((route.request.url, route.request.headers.get("referer", "")))
        await route.fulfill(body=b"", content_type="image/png")

    await context.route("https://peta.contoh.go.id:8443/**", tile)
    page = await context.new_page()
    try:
        await page.goto(f"{desk.base}/kerja/aduan/{number}")
        await page.get_by_role("button", name="Lihat di peta").click()
        dialog = page.get_by_role("dialog", name="Tempat di peta")
        await expect(dialog.locator(".leaflet-control-attribution")).to_have_text("<b>Peta</b> Kota")
        await expect(dialog.locator(".map-told")).to_contain_text("-6.90500, 109.66500")
        for _ in range(100):
            if asked:
                break
            await asyncio.sleep(0.1)
        url, referrer = asked[0]
        assert url.startswith("https://peta.contoh.go.id:8443/16/") and url.endswith(".png?key=a")
        assert referrer == f"{desk.base}/"  # the server learns the station, not which case is looked at
        blocked = await page.evaluate(
            """() => new Promise((done) => {
              const picture = Object.assign(new Image(), {onerror: () => done(true), onload: () => done(false)});
              picture.src = 'https://lain.contoh.go.id/a.png';
            })"""
        )
        assert blocked
    finally:
        await context.close()


@pytest.mark.browser
@pytest.mark.integration
async def test_a_point_is_put_right_on_the_map(desk: CaseSite) -> None:
    await kept(await desk.site.logged_in(Role.COMPLAINTS))
    areas = await desk.site.office.town_map.areas()
    medono, klego = (next(a for a in areas if a.name == name) for name in ("Medono", "Klego"))
    number = await desk.arrived("Lampu jalan mati.", place=Place("", "", medono.label[1], medono.label[0]))
    async with desk.opened(f"aduan/{number}") as opened:
        page = opened.page
        advice = page.locator('[data-role="advice"]')
        await expect(advice).to_contain_text("Titik laporan ada di wilayah ini.")
        await advice.get_by_role("button", name="Pakai Medono").click()
        form = page.locator("dialog.ask")
        await expect(form.get_by_label("Kelurahan")).to_have_value("Medono")
        await form.get_by_role("button", name="Pilih di peta").click()
        chart = page.get_by_role("dialog", name="Tunjukkan tempatnya di peta")
        await expect(chart.locator(".map-told")).to_contain_text("Medono, Pekalongan Barat")
        await chart.get_by_label("Titik: geser").focus()
        before = await chart.locator(".map-told").inner_text()
        await page.keyboard.press("ArrowUp")
        await expect(chart.locator(".map-told")).not_to_have_text(before)
        assert await opened.faults() == []
        await chart.get_by_role("button", name="Pakai titik ini").click()
        await form.get_by_role("button").last.click()
        await expect(form).to_have_count(0)
        state = (await desk.site.office.cases.one(number, desk.site.clock())).state
        assert state.kelurahan == "Medono"
        assert state.latitude is not None and 0 < state.latitude - medono.label[1] < 0.001
        assert (await desk.acts(number)).count(Act.PLACED) == 1
        assert klego.name != medono.name


@pytest.mark.browser
@pytest.mark.integration
async def test_what_the_phone_reads_is_packed_and_kept_for_ever_under_its_version(desk: CaseSite) -> None:
    who = await desk.site.logged_in(Role.COMPLAINTS)
    missing = await desk.browser.new_context()
    try:
        assert (await missing.request.get(f"{desk.base}/lapor/peta.json")).status == 404
        version = (await kept(who))["version"]
        always = await missing.request.get(f"{desk.base}/lapor/peta.json?v={version}")
        assert always.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert always.headers["content-encoding"] == "gzip"
        sent = await always.json()
        assert (len(sent["areas"]), sent["tiles"]) == (27, None)
        assert len(gzip.compress(json.dumps(sent).encode())) < 30_000
        now = await missing.request.get(f"{desk.base}/lapor/peta.json?v=0", headers={"Accept-Encoding": "identity"})
        assert now.headers["cache-control"] == "no-cache" and "content-encoding" not in now.headers
        assert await now.json() == sent
    finally:
        await missing.close()

"""Citizens' words taken down in a real browser: by keyboard, without a line, at an event, and the tray of the unread.

The backend is the real one; the server of these tests can lose answers, as a phone at the edge of a network does.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Handler
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select, update

from lppl.accounts import Role
from lppl.cases.case_store import CaseStore
from lppl.cases.desk_lists import rules_of
from lppl.cases.tables import arrivals, cases
from lppl.config import Settings
from lppl.desk.office import Office
from lppl.intake.opening import Intake
from lppl.intake.reception import Reception
from lppl.intake.understanding import Understanding
from lppl.intake.values import Raw, Source
from lppl.intake.works import MemoryWorks
from tests.station.service import eventually
from tests.web.staff.browsing import Open, browsing
from tests.web.staff.conftest import Clock, Site
from tests.web.staff.pages import application, office_of
from web.staff.security import PLAIN_COOKIE
from web.static_files import FILES

pytestmark = [pytest.mark.integration, pytest.mark.browser]

expect.set_options(timeout=15_000)
JAKARTA = ZoneInfo("Asia/Jakarta")
KEPT_URLS = """async () => {
  const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const found = await Promise.all(opened.map((cache) => cache.keys()));
  return found.flat().map(({ url }) => new URL(url).pathname);
}"""
STORED = """() => new Promise((resolve) => {
  const request = indexedDB.open("lppl-catatan");
  request.onsuccess = () => {
    const all = request.result.transaction("notes").objectStore("notes").getAll();
    all.onsuccess = () => { request.result.close(); resolve(all.result); };
  };
})"""


@dataclass
class Line:
    """Between browser and service. `lost`: answers that are still to get lost, the work behind them done.

    `broken`: a proxy answers that there is nobody behind it.
    """

    lost: int = 0
    broken: bool = False
    asked: int = 0


@dataclass
class Desk:
    """A station whose intake is open, in front of a browser."""

    site: Site
    browser: Browser
    reception: Reception
    store: CaseStore
    line: Line
    base: str

    @asynccontextmanager
    async def opened(self, path: str, role: Role = Role.ANNOUNCER, **more: Any) -> AsyncIterator[Open]:
        """Open a page as somebody of a role."""
        visitor = await self.site.logged_in(role)
        async with browsing(self.browser, f"{self.base}/kerja/{path}", visitor.cookie, **more) as opened:
            yield opened

    async def language(self, role: Role, language: str) -> None:
        account = await self.site.account(role)
        await self.site.office.people.store.change(account.id, language=language)

    async def kept(self) -> list[Any]:
        """Return what arrived, oldest first."""
        async with self.reception.engine.connect() as connection:
            return [*(await connection.execute(select(arrivals).order_by(arrivals.c.id)))]

    async def arrived(self, count: int) -> list[Any]:
        """Wait until so many have arrived, and return them."""

        async def there() -> bool:
            return len(await self.kept()) == count

        await eventually(there, f"{count} notes have arrived", 15)
        return await self.kept()

    async def understood(self) -> list[Any]:
        """Have everything read, and return the cases."""
        reader = Understanding(
            self.reception.engine, self.reception.keyring, self.store, self.reception.files, self.site.clock
        )
        for row in await self.kept():
            await reader.read(row.id)
        async with self.reception.engine.connect() as connection:
            return [*(await connection.execute(select(cases).order_by(cases.c.id)))]


def served_by(office: Office, line: Line) -> web.Application:
    """Return the pages, with the worker and its page where the portal has them, behind a line that may fail."""

    @web.middleware
    async def losing(request: web.Request, handler: Handler) -> web.StreamResponse:
        if line.broken and not request.path.startswith("/static/"):
            return web.Response(status=502, text="<h1>Bad gateway</h1>", content_type="text/html")
        response = await handler(request)
        if request.path == "/api/v1/case-notes":
            line.asked += 1
            if line.lost:
                line.lost -= 1
                assert request.transport is not None
                request.transport.abort()  # type: ignore[attr-defined]
        return response

    app = application(office)
    app.middlewares.append(losing)

    async def worker(_request: web.Request) -> web.Response:
        files = app[FILES]
        body = await files.body((files.url("sw.js") or "").removeprefix("static/"))
        return web.Response(body=body, content_type="text/javascript", headers={"Cache-Control": "no-cache"})

    async def offline(_request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>luring</title><h1>Sedang luring</h1>", content_type="text/html")

    app.router.add_get("/sw.js", worker)
    app.router.add_get("/luring", offline)
    return app


@pytest.fixture
async def desk(settings: Settings, clock: Clock, browser: Browser) -> AsyncIterator[Desk]:
    intake, line = Intake(), Line()
    async with office_of(settings, clock) as plain:
        engine = plain.library.engine
        reception = await Reception.opened(engine, settings.keys_dir, MemoryWorks(), settings.data_dir, clock)
        async with engine.connect() as connection:
            rules = await rules_of(connection, JAKARTA)
        intake.reception, intake.store = reception, CaseStore(reception.keyring, rules)
        office = Office(settings, plain.opened, plain.bus, plain.seal, clock, intake=lambda: intake)
        places = {"kelurahan": [{"name": "Medono", "kecamatan": "Pekalongan Barat"}]}
        await office.case_lists.keep("places", places, 0, "uji", clock())
        server = TestServer(served_by(office, line))
        async with TestClient(server, cookie_jar=DummyCookieJar()) as client:
            base = str(server.make_url("")).rstrip("/")
            yield Desk(Site(office, client, clock), browser, reception, intake.store, line, base)


async def written(page: Page, text: str) -> None:
    """Type a note at the cursor, and keep it."""
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def again(page: Page) -> None:
    """Let the page think that there is a line again, rather than wait for its timer."""
    await page.evaluate("dispatchEvent(new Event('online'))")


async def test_a_call_by_keyboard_alone_and_its_code(desk: Desk) -> None:
    async with desk.opened("catatan") as opened:
        page = opened.page
        await expect(page.get_by_label("Apa yang disampaikan?")).to_be_focused()
        await written(page, "Lampu jalan di Medono padam sejak Senin.")
        code = page.locator('[data-role="big-code"]')
        (first,) = await desk.arrived(1)
        await expect(code).to_have_text(first.code)
        assert first.source == "catatan" and "Medono" not in repr(first), "what was said is sealed"

        await page.keyboard.type("Jam buka kantor kelurahan?")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("Hari Sabtu juga?")
        await page.keyboard.press("Tab")
        await page.keyboard.press("2")
        await expect(page.get_by_role("radio", name="Permintaan informasi")).to_be_checked()
        for fact in ("0812 3456 7890", "Siti Aminah", "Jalan Hasanudin", "Medono"):
            await page.keyboard.press("Tab")
            await page.keyboard.type(fact)
        await expect(page.locator("#note-kelurahan-list option")).to_have_count(1)
        await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowDown")
        assert await opened.faults() == []
        await page.keyboard.press("Enter")
        rows = await desk.arrived(2)
        await expect(code).to_have_text(rows[-1].code)
        await expect(page.locator(".note-entry")).to_have_count(2)
        await expect(page.get_by_label("Apa yang disampaikan?")).to_be_focused()
        await expect(page.get_by_label("Nomor telepon")).to_have_value("")
        stored = await page.evaluate(STORED)
        assert [note["body"] for note in stored] == [None, None], "what was received is gone from the browser"
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Tulis dulu apa yang disampaikan.")).to_be_visible()
        assert await opened.faults() == []
    lamp, hours = await desk.understood()
    assert [lamp.code, hours.code] == [row.code for row in rows]
    assert (hours.case_class, hours.kelurahan, hours.visibility) == ("permintaan-informasi", "Medono", "anonim")


async def test_an_emergency_is_told_at_once(desk: Desk) -> None:
    for role, queue in ((Role.ANNOUNCER, 0), (Role.COMPLAINTS, 1)):
        async with desk.opened("catatan", role) as opened:
            page = opened.page
            await written(page, "Tolong, ada kebakaran rumah di Medono, masih ada orang di dalam!")
            alarm = page.get_by_role("alert").filter(has_text="Minta penelepon menghubungi 112 sekarang")
            await expect(alarm).to_be_visible()
            await expect(page.get_by_role("link", name="Buka antrean aduan")).to_have_count(queue)
            await page.reload()
            await expect(alarm).to_be_visible()
            assert await opened.faults() == []
            await page.get_by_role("button", name="Sudah disampaikan").click()
            await expect(alarm).to_have_count(0)


async def test_a_lost_line_keeps_calls_and_sends_them_once(desk: Desk) -> None:
    async with desk.opened("catatan") as opened:
        page, context = opened.page, opened.page.context
        await context.set_offline(True)
        await written(page, "Sampah menumpuk di Pasar Banjarsari.")
        await expect(page.get_by_text("Kode muncul di sini begitu catatan terkirim.")).to_be_visible()
        await written(page, "Terima kasih, jalan sudah mulus.")
        await expect(page.locator('[data-role="waiting"]')).to_have_text("2 catatan menunggu dikirim")
        await expect(page.get_by_text("Belum tersambung; dicoba lagi sendiri.")).to_be_visible()
        assert await opened.faults() == [] and await desk.kept() == []
        await page.keyboard.type("Baru setengah dike")
        await page.goto("about:blank")
        desk.line.lost = 1  # the first try arrives, its answer does not
        await context.set_offline(False)
        await page.goto(f"{desk.base}/kerja/catatan")
        await expect(page.get_by_label("Apa yang disampaikan?")).to_have_value("Baru setengah dike")
        await again(page)
        await expect(page.locator('[data-role="waiting"]')).to_have_text("Semua catatan sudah terkirim")
        rows = await desk.kept()
        assert len(rows) == 2 and desk.line.asked > 2, "one came twice (browsers, too, try again), and was kept once"
        shown = await page.locator(".note-small-code").all_inner_texts()
        assert sorted(shown) == sorted(row.code for row in rows)
        await page.reload()
        await expect(page.get_by_text("Diterima", exact=True)).to_have_count(2)
        assert len(await desk.kept()) == 2


async def test_an_event_without_a_line(desk: Desk) -> None:
    async with desk.opened("acara") as opened:
        page, context = opened.page, opened.page.context
        await expect(page.get_by_text("Halaman ini dapat dibuka tanpa sambungan.")).to_be_visible()
        kept = set(await page.evaluate(KEPT_URLS))
        assert {p for p in kept if "/static/dist/" not in p} == {"/kerja/acara", "/luring"}, "nothing else of staff"
        shell = await page.evaluate("caches.match('/kerja/acara').then((r) => r.text())")
        assert await page.evaluate("document.querySelector('meta[name=csrf]').content") not in shell
        await context.set_offline(True)
        await page.reload()
        await expect(page.get_by_label("Nama acara")).to_be_focused()
        assert await page.evaluate("getComputedStyle(document.querySelector('.note-text')).fontSize") == "25.6px"
        await page.keyboard.type("Teras Walikota di Medono")
        await page.keyboard.press("Enter")
        await written(page, "Minta taman bermain untuk anak.")
        await written(page, "Selokan depan masjid mampet.")
        await expect(page.locator('[data-role="waiting"]')).to_have_text("2 catatan menunggu dikirim")
        await expect(page.get_by_text("tersimpan di perangkat ini tanpa sandi")).to_be_visible()
        assert await opened.faults() == []
        await page.reload()
        await expect(page.get_by_label("Nama acara")).to_have_value("Teras Walikota di Medono")
        await expect(page.locator(".note-entry")).to_have_count(2)
        made = [note["made"] for note in await page.evaluate(STORED)]
        await page.goto(f"{desk.base}/kerja/materi")
        await expect(page.get_by_role("heading")).to_have_text("Sedang luring")

        desk.line.lost, desk.line.broken = 1, True
        await context.set_offline(False)
        await page.goto(f"{desk.base}/kerja/acara")
        await expect(page.get_by_text("Belum tersambung; dicoba lagi sendiri.")).to_be_visible()
        desk.line.broken = False
        await again(page)
        await expect(page.locator('[data-role="waiting"]')).to_have_text("Semua catatan sudah terkirim")
        rows = await desk.kept()
        assert len(rows) == 2 and {row.source for row in rows} == {"acara"}
        assert [note["made"] for note in await page.evaluate(STORED)] == made
        assert await opened.faults() == []


async def test_the_session_ends_during_an_event(desk: Desk) -> None:
    async with desk.opened("acara") as opened:
        page, context = opened.page, opened.page.context
        await expect(page.get_by_text("Halaman ini dapat dibuka tanpa sambungan.")).to_be_visible()
        await page.get_by_label("Nama acara").fill("Pameran")
        cookie = next(c["value"] for c in await context.cookies() if c["name"] == PLAIN_COOKIE)
        people = desk.site.office.people
        found = await people.visitor(cookie, desk.site.clock())
        assert found is not None
        await people.log_out(found[0])
        await page.get_by_label("Apa yang disampaikan?").focus()
        await written(page, "Tolong tambah tempat sampah.")
        await expect(page.get_by_text("Sesi berakhir. Catatan tetap tersimpan")).to_be_visible()
        assert await opened.faults() == []
        link = await page.get_by_role("link", name="Masuk", exact=True).get_attribute("href")
        assert link is not None and link.endswith("kerja/masuk?ke=%2Fkerja%2Facara")
        visitor = await desk.site.logged_in(Role.ANNOUNCER)  # as in another tab: this page still has the old token
        await context.add_cookies([{"name": PLAIN_COOKIE, "value": visitor.cookie, "url": desk.base}])
        await again(page)
        await expect(page.locator('[data-role="big-code"]')).to_have_text((await desk.arrived(1))[0].code)
        await expect(page.get_by_text("Sesi berakhir.")).to_be_hidden()


async def test_what_is_refused_stays_to_be_mended_and_logging_out_forgets_all(desk: Desk) -> None:
    async with desk.opened("acara") as opened:
        page, context = opened.page, opened.page.context
        await expect(page.get_by_text("Halaman ini dapat dibuka tanpa sambungan.")).to_be_visible()
        await page.get_by_label("Nama acara").fill("Dialog Umat")
        place = page.get_by_label("Lokasi")
        await place.evaluate("field => field.removeAttribute('maxlength')")
        await place.fill("dekat " * 60)
        await page.get_by_label("Apa yang disampaikan?").fill("Jembatan goyang.")
        await page.get_by_role("button", name="Simpan").click()
        entry = page.locator('.note-entry[data-state="refused"]')
        await expect(entry).to_contain_text("Jembatan goyang.")
        await expect(entry.locator(".note-reason")).to_have_text("Lokasi: paling panjang 300 huruf")
        await expect(page.locator('[data-role="waiting"]')).to_have_text("1 catatan perlu diperbaiki")
        assert await opened.faults() == [] and await desk.kept() == []

        await page.get_by_role("button", name="Keluar").click()  # an unsent note would be gone
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_text("juga 1 catatan yang belum diterima")).to_be_visible()
        assert await opened.faults() == []
        await dialog.get_by_role("button", name="Batal").click()
        await page.goto(f"{desk.base}/kerja/akun")  # from another page, too
        await page.get_by_role("button", name="Keluar").click()
        await expect(page).to_have_url(f"{desk.base}/kerja/catatan#keluar")
        await expect(dialog.get_by_text("juga 1 catatan yang belum diterima")).to_be_visible()
        await dialog.get_by_role("button", name="Batal").click()
        await page.goto(f"{desk.base}/kerja/acara")
        await entry.get_by_role("button", name="Perbaiki").click()
        await expect(place).to_have_attribute("aria-invalid", "true")
        await place.fill("dekat masjid")
        await page.get_by_role("button", name="Simpan").click()
        await expect(page.locator('.note-entry[data-state="kept"]')).to_have_count(1)
        assert len(await desk.kept()) == 1

        await page.get_by_role("button", name="Keluar").click()
        await page.wait_for_url("**/kerja/masuk")
        assert not [path for path in await page.evaluate(KEPT_URLS) if "kerja" in path]
        assert await page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]") == []
        await context.set_offline(True)
        with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
            await page.goto(f"{desk.base}/kerja/acara")


async def unread(desk: Desk, body: bytes, outcome: str) -> int:
    """Put something into the tray; return its number."""
    receipt = await desk.reception.receive(Raw(Source.SMS, body, "text/plain", desk.site.clock()))
    async with desk.reception.engine.begin() as connection:
        row = update(arrivals).where(arrivals.c.id == receipt.id)
        await connection.execute(row.values(state="tray", outcome=outcome, attempts=2))
    return receipt.id


async def test_the_tray(desk: Desk, tmp_path: Path) -> None:
    async with desk.opened("baki", Role.COMPLAINTS) as opened:
        await expect(opened.page.get_by_text("Baki kosong: semua kiriman terbaca.")).to_be_visible()
        assert await opened.faults() == []
    first = await unread(desk, b"\xff\xfe\x00rusak", "Hurufnya tidak dikenal; lihat aslinya. / Unknown letters; look.")
    second = await unread(desk, b"kosong", "baris 2 Nomor kosong. / No number.; Tanpa isi. / Nothing in it.")
    await desk.language(Role.COMPLAINTS, "en")
    async with desk.opened("baki", Role.COMPLAINTS, width=390, height=844) as opened:
        await expect(opened.page.locator(f'[data-arrival="{first}"]')).to_contain_text("Unknown letters; look.")
        await expect(opened.page.locator(f'[data-arrival="{second}"]')).to_contain_text("No number. Nothing in it.")
        assert await opened.faults() == []
    await desk.language(Role.COMPLAINTS, "id")
    async with desk.opened("baki", Role.COMPLAINTS) as opened:
        page = opened.page
        card, other = (page.locator(f'[data-arrival="{number}"]') for number in (first, second))
        await expect(card).to_contain_text("Hurufnya tidak dikenal; lihat aslinya.")
        await expect(card).to_contain_text("10.00 WIB")
        await card.get_by_role("button", name="Unduh aslinya").click()
        await expect(page.get_by_text("Pembukaannya dicatat atas nama Anda.")).to_be_visible()
        assert await opened.faults() == []
        async with page.expect_download() as coming:
            await page.get_by_role("dialog").get_by_role("button", name="Unduh aslinya").click()
        download = await coming.value
        await download.save_as(tmp_path / "asli")
        assert (tmp_path / "asli").read_bytes() == b"\xff\xfe\x00rusak"
        assert download.suggested_filename == f"kiriman-{first}.bin"
        await card.get_by_role("button", name="Baca lagi").click()
        await expect(card).to_have_count(0)
        await other.get_by_role("button", name="Selesai").click()
        await page.get_by_role("dialog").get_by_role("button", name="Selesai").click()
        await expect(page.get_by_text("Baki kosong: semua kiriman terbaca.")).to_be_visible()
        assert [row.state for row in await desk.kept()] == ["waiting", "cleared"]
        await expect(page.get_by_role("main")).not_to_contain_text("Jadikan catatan")


@pytest.mark.parametrize("language", ["id", "en"])
async def test_on_a_phone(desk: Desk, language: str) -> None:
    await desk.language(Role.COMPLAINTS, language)
    for path, said in (("catatan", "code_call"), ("acara", "code_event")):
        async with desk.opened(path, Role.COMPLAINTS, width=390, height=844) as opened:
            page = opened.page
            name = "Apa yang disampaikan?" if language == "id" else "What do they say?"
            if path == "acara":
                await page.locator("#note-event").fill("Ngaji Bareng")
            await page.get_by_label(name).fill("Ada orang tenggelam di Kali Loji, tolong!")
            await page.keyboard.press("Enter")
            await expect(page.locator('[data-role="big-code"]')).to_be_visible()
            await expect(page.locator("[data-urgent]")).to_be_visible()
            shown = (await page.locator("body").inner_text()).replace("\n", " ")
            assert said not in shown and "note_" not in shown and "urgent_" not in shown
            assert await opened.faults() == [], path

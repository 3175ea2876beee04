"""The library in a real browser: an upload that breaks off and goes on, search, details, cues by keyboard, the bin.

The pages are served without the air; what needs house sets is laid down by hand.
"""

import math
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from lppl.accounts import Role
from lppl.config import Settings
from streaming.level_store import LevelStore
from streaming.levels import Levels, Outline
from tests.lppl.planned_station import MATERIAL, asset_of
from tests.station.service import eventually
from tests.web.staff.browsing import Open, browsing
from tests.web.staff.conftest import Site
from tests.web.staff.test_media_api import SONG, records, settings, who  # noqa: F401 - fixtures
from tests.web.staff.test_uploads import sound

pytestmark = [pytest.mark.integration, pytest.mark.browser]

expect.set_options(timeout=20_000)


@pytest.fixture
def base(site: Site, who: object) -> str:  # noqa: F811 - the fixture
    server = site.client.server
    assert isinstance(server, TestServer)
    return str(server.make_url("")).rstrip("/")


@pytest.fixture
async def library(browser: Browser, site: Site, base: str) -> AsyncIterator[Open]:
    """Programme staff at the library."""
    visitor = await site.logged_in(Role.PROGRAMME)
    async with browsing(browser, f"{base}/kerja/materi", visitor.cookie) as opened:
        yield opened


def draw_outline(settings: Settings) -> None:  # noqa: F811
    """Lay down what the waveform of a song is drawn from."""
    store, asset = LevelStore(settings.data_dir / "levels"), asset_of(SONG)
    swing = [int(90 * abs(math.sin(n / 40))) for n in range(4000)]
    points = b"".join(struct.pack("2b", -n, n) for n in swing)
    for channel in settings.channels:
        store.keep(settings.profile(channel).house(asset), Levels(b"\x10" * 8), Outline(points, 20.0))


async def found(page: Page, *titles: str) -> None:
    await expect(page.locator(".media-row a")).to_have_text([*titles])


async def test_search_filter_change_of_many_and_undo(library: Open, site: Site) -> None:
    page = library.page
    await expect(page.locator('[data-role="count"]')).to_have_text(f"{len(MATERIAL)} materi")
    await page.get_by_role("searchbox").fill("promo-1 sisipan")
    await found(page, "Promo 1")
    await page.get_by_role("searchbox").fill("")
    await page.locator("summary").click()
    await page.get_by_label("Folder", exact=True).fill("spot")
    await found(page, "ILM Siaga Banjir", "Spot Batik 1", "Spot Batik 2")
    assert "folder=spot" in page.url
    await page.get_by_label("Pilih semua di halaman ini").check()
    await page.get_by_role("button", name="Ubah catatan").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Bobot rotasi").fill("900")
    await dialog.get_by_role("button", name="Simpan").click()
    await expect(dialog.get_by_label("Bobot rotasi")).to_have_attribute("aria-invalid", "true")
    await expect(dialog.get_by_text("paling besar 100")).to_be_visible()
    await dialog.get_by_label("Bobot rotasi").fill("3")
    await dialog.get_by_label("Jam tayang").fill("05.00-09.00")
    await dialog.get_by_label("Kategori").select_option("iklan")
    await dialog.get_by_role("button", name="Simpan").click()
    await expect(page.get_by_text("3 materi diubah: Kategori: Iklan & Penunjang; Bobot rotasi: 3")).to_be_visible()
    await expect(page.locator(".media-more").first).to_contain_text("Iklan & Penunjang")
    assert await library.faults() == []
    await page.get_by_role("button", name="Urungkan").click()
    await expect(page.get_by_text("Perubahan diurungkan")).to_be_visible()
    details = await site.office.planning.store.details([asset_of("spot/banjir.mp3")])
    assert details[asset_of("spot/banjir.mp3")].category is None


async def test_an_upload_that_breaks_off_goes_on_after_a_reload(
    library: Open,
    site: Site,
    settings: Settings,  # noqa: F811
    tmp_path: Path,
) -> None:
    page, data = library.page, sound() * 300
    page.on("dialog", lambda dialog: dialog.accept())
    file = tmp_path / "Wawancara <b>Lurah.wav"
    file.write_bytes(data)
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_500_000}
    await session.send("Network.emulateNetworkConditions", slow)
    await page.get_by_label("Simpan di folder").fill("wawancara")
    await page.locator('input[data-role="files"]').set_input_files(file)
    uploads = page.get_by_role("region", name="Unggahan")
    await expect(uploads.locator("progress")).to_be_visible()
    store, account = site.office.uploads.store, (await site.account(Role.PROGRAMME)).id

    async def begun() -> bool:
        partial = [*(settings.data_dir / "uploads").glob("*.part")]
        return bool(partial) and partial[0].stat().st_size >= 1_000_000

    await eventually(begun, "a part of it has arrived", 60)
    await page.reload()  # the browser lets go of the file
    await expect(uploads.get_by_text("pilih berkas yang sama untuk melanjutkan")).to_be_visible(timeout=30_000)
    (broken,) = await store.of(account, site.clock.at)
    assert 0 < broken.received < len(data)
    assert await library.faults() == []
    await session.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    await page.locator('input[data-role="files"]').set_input_files(file)
    await expect(uploads.get_by_text("sedang dibaca pustaka")).to_be_visible(timeout=60_000)
    (done,) = await store.of(account, site.clock.at)
    assert done.id == broken.id, "the same upload went on"
    assert (settings.media_dir / done.path).read_bytes() == data and done.path.startswith(
        "wawancara/Wawancara _b_Lurah"
    )


async def test_a_refused_upload_says_why(library: Open, tmp_path: Path) -> None:
    list_file = tmp_path / "daftar.mp3"
    list_file.write_text("#EXTM3U\nhttp://jahat.example/a.mp3\n")
    await library.page.locator('input[data-role="files"]').set_input_files(list_file)
    await expect(library.page.get_by_text("Berkas ini bukan media, melainkan daftar")).to_be_visible(timeout=30_000)


async def test_one_item_its_cue_points_by_keyboard_and_the_bin(
    library: Open,
    site: Site,
    settings: Settings,  # noqa: F811
) -> None:
    draw_outline(settings)
    page = library.page
    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("searchbox").fill("lagu-01")
    await page.get_by_role("link", name="Lagu 1", exact=True).click()
    await expect(page.get_by_role("heading", name="Lagu 1")).to_be_visible()
    await expect(page.get_by_role("group", name="Gelombang suara").locator("canvas").first).to_be_visible()
    await page.get_by_role("textbox", name="Mulai (cue in)").fill("0:02,5")
    marker = page.get_by_role("slider", name="Mulai (cue in)")
    await marker.focus()
    await marker.press("Shift+ArrowRight")
    await marker.press("ArrowLeft")
    await marker.press("Control+ArrowRight")
    await expect(page.get_by_role("textbox", name="Mulai (cue in)")).to_have_value("0:03,41")
    await page.get_by_role("textbox", name="Selesai (cue out)").fill("satu menit")
    await page.get_by_role("button", name="Simpan").click()
    await expect(page.get_by_text("tulis seperti 1:05,25", exact=True)).to_be_visible()
    await page.get_by_role("textbox", name="Selesai (cue out)").fill("99:00")
    await page.get_by_role("textbox", name="Judul").fill("<i>Walang</i> Kekek")
    await page.get_by_role("button", name="Simpan").click()
    await expect(page.get_by_text("di luar berkas (194,0 detik)")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Judul")).to_have_value("<i>Walang</i> Kekek")
    await page.get_by_role("textbox", name="Selesai (cue out)").fill("3:00")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_role("heading", name="<i>Walang</i> Kekek")).to_be_visible()
    kept = (await site.office.planning.store.details([asset_of(SONG)]))[asset_of(SONG)]
    assert (kept.cue_in_ms, kept.cue_out_ms) == (3410, 180_000)
    assert await library.faults() == []

    await page.get_by_role("button", name="Ke kotak buang").click()
    await page.get_by_role("dialog").get_by_role("button", name="Ke kotak buang").click()
    await expect(page.get_by_text("Di kotak buang sejak")).to_be_visible()
    assert asset_of(SONG) not in (await site.office.library.shelf(settings.profile(settings.channels[1]))).materials
    await page.get_by_role("link", name="Ke Materi").click()
    await page.get_by_role("searchbox").fill("")
    await page.get_by_label("Kotak buang").check()
    await found(page, "<i>Walang</i> Kekek")
    empty = page.get_by_role("button", name="Kosongkan kotak buang")
    await expect(empty).to_be_visible()
    await page.get_by_role("searchbox").fill("walang")
    await expect(empty).to_be_hidden()  # it empties all of the bin, not what is found in it
    await page.get_by_role("searchbox").fill("")
    await expect(empty).to_be_visible()
    await page.get_by_label("Pilih <i>Walang</i> Kekek").check()
    await page.get_by_role("button", name="Kembalikan").click()
    await expect(page.get_by_text("Kotak buang kosong.")).to_be_visible()
    assert asset_of(SONG) in (await site.office.library.shelf(settings.profile(settings.channels[1]))).materials


async def test_playlists_by_keyboard_and_from_another_program(
    browser: Browser, site: Site, base: str, tmp_path: Path
) -> None:
    visitor = await site.logged_in(Role.PROGRAMME)
    foreign = tmp_path / "Pagi.m3u"
    foreign.write_text("#EXTM3U\nD:\\musik\\lagu-02.mp3\nmusik/lagu-01.mp3\nhilang.mp3\n")
    async with browsing(browser, f"{base}/kerja/materi/daftar", visitor.cookie) as opened:
        page = opened.page
        await page.locator('input[data-role="file"]').set_input_files(foreign)
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_text("2 dari 3 baris ada di pustaka (M3U)")).to_be_visible()
        await dialog.get_by_role("button", name="Buat daftar putar").click()
        await page.get_by_role("button", name="Turunkan musik/lagu-02.mp3").press("Enter")
        await page.get_by_label("Tambah materi").fill("lagu-03")
        await page.get_by_role("button", name="Lagu 3").click()
        assert await opened.faults() == []
        await page.get_by_role("button", name="Simpan").click()
        await expect(page.get_by_text("3 isi")).to_be_visible()
        kept = (await site.office.lists.playlists())["pagi"].items
        assert kept == ("musik/lagu-01.mp3", "musik/lagu-02.mp3", "musik/lagu-03.mp3")


@pytest.mark.parametrize("language", ["id", "en"])
async def test_on_a_phone(browser: Browser, site: Site, base: str, language: str, settings: Settings) -> None:  # noqa: F811
    draw_outline(settings)
    visitor = await site.logged_in(Role.PROGRAMME)
    assert visitor.account is not None
    await site.office.people.store.change(visitor.account.id, language=language)
    for path in ("", "/daftar", f"/{asset_of(SONG)}"):
        async with browsing(browser, f"{base}/kerja/materi{path}", visitor.cookie, width=390, height=844) as opened:
            await expect(opened.page.locator("main")).not_to_contain_text("Memuat" if language == "id" else "Loading")
            assert await opened.faults() == [], path

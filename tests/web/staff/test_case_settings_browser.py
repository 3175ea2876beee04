"""The complaint desk set up in a real browser: channels and their secrets, agencies, lists, conflicts, rights."""

import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Locator, Page, expect

from lppl.accounts import Role
from lppl.config import Settings, read_settings
from lppl.intake.channels import Telegram, WhatsApp, plain
from lppl.intake.values import Source
from lppl.station.channel_probe import probe
from tests.web.staff.case_site import CaseSite, case_site
from tests.web.staff.conftest import Clock

pytestmark = [pytest.mark.integration, pytest.mark.browser]

expect.set_options(timeout=15_000)
PUBLIC = "https://aduan.contoh.go.id"
FOLDERS = 'demo = false\ndata_dir = "data"\nmedia_dir = "media"\n'
TABS = (
    "instansi", "kategori", "balasan", "wilayah", "kata-kunci", "cuti-bersama", "ketentuan-waktu", "masa-simpan"
)  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings(f'{FOLDERS}public_url = "{PUBLIC}"\n', {}, base=tmp_path)


@pytest.fixture
async def desk(settings: Settings, clock: Clock, browser: Browser) -> AsyncIterator[CaseSite]:
    async with case_site(settings, clock, browser) as opened:
        yield opened


def card(page: Page, source: Source) -> Locator:
    """Return the card of a channel."""
    return page.locator(f'[data-channel="{source}"]')


def field(place: Page | Locator, name: str) -> Locator:
    """Return the control that the API knows by a name."""
    return place.locator(f'[data-field="{name}"]')


async def told(control: Locator) -> str:
    """Return what is said to be wrong at a control; it is the control's own description."""
    await expect(control).to_have_attribute("aria-invalid", "true")
    described = await control.get_attribute("aria-describedby")
    return await control.page.locator(f"#{described}").inner_text()


async def saved(page: Page) -> None:
    """Save the list that is shown, and wait until it is kept."""
    await page.locator('[data-panel]:not([hidden]) [data-role="save"]').click()
    await expect(page.get_by_text("Tersimpan", exact=True).last).to_be_visible()
    await expect(page.locator('[data-panel]:not([hidden]) [data-role="unsaved"]')).to_be_empty()


async def test_whatsapp_is_set_up_and_its_secrets_never_come_back(desk: CaseSite) -> None:
    async with desk.opened("kanal", Role.ADMIN) as opened:
        page, whatsapp = opened.page, card(opened.page, Source.WHATSAPP)
        await expect(page.locator("[data-channel] h2")).to_have_text([
            "Telepon", "Catatan telepon", "Formulir web", "Acara", "WhatsApp", "Telegram", "SMS", "Surel", "Tabel",
            "Aplikasi lain", "Open311", "Messenger", "Instagram", "X",
        ])  # fmt: skip
        await expect(whatsapp).to_contain_text("Dimatikan")
        await expect(whatsapp.locator('[data-role="address"]')).to_have_value(f"{PUBLIC}/masuk/whatsapp")
        await expect(page.locator('[data-role="not-https"]')).to_have_count(0)

        await whatsapp.get_by_role("button", name="Atur").click()
        dialog = page.get_by_role("dialog", name="WhatsApp")
        await dialog.get_by_label("Phone number ID (wajib)").fill("106540352242922")
        await dialog.get_by_role("checkbox", name="Kanal dinyalakan").check()
        await dialog.get_by_role("button", name="Simpan").click()
        await expect(whatsapp.locator('[data-role="state"]')).to_have_text(
            "Belum lengkap: Access token, App secret, Verify token"
        )
        await expect(whatsapp.get_by_role("button", name="Atur")).to_be_focused()
        await page.keyboard.press("Enter")
        await dialog.get_by_label("Access token (wajib)").fill("EAAG-rahasia-satu")
        await dialog.get_by_label("App secret (wajib)").fill("rahasia-dua")
        await dialog.get_by_role("button", name="Buat acak: Verify token").click()
        made = await field(dialog, "settings.verify_token").input_value()
        assert re.fullmatch(r"[0-9a-f]{48}", made)
        await dialog.get_by_role("button", name="Simpan").click()
        await expect(whatsapp.locator('[data-role="state"]')).to_have_text("Bekerja")

        await whatsapp.get_by_role("button", name="Atur").click()
        token = field(dialog, "settings.access_token")
        await expect(token).to_have_attribute("type", "password")
        await expect(token).to_have_value("***")
        await token.focus()
        await page.keyboard.type("EAAG-baru")
        await dialog.get_by_role("button", name="Simpan").click()
        await expect(dialog).to_have_count(0)
        answer = await page.evaluate("fetch('../api/v1/intake-channels').then((r) => r.text())")
        assert not any(secret in answer for secret in ("EAAG", "rahasia-dua", made))
    kept = (await desk.reception.channels.get(Source.WHATSAPP)).settings
    assert [plain(s) for s in (kept.access_token, kept.app_secret, kept.verify_token)] == [
        "EAAG-baru", "rahasia-dua", made
    ]  # fmt: skip


async def test_a_channel_in_trouble_says_why_and_can_be_tried(desk: CaseSite) -> None:
    known = False

    async def graph(_request: web.Request) -> web.Response:
        return web.json_response({}, status=200 if known else 401)

    app = web.Application()
    app.router.add_get("/{rest:.*}", graph)
    channels, now = desk.reception.channels, desk.site.clock
    await channels.keep(Source.TELEGRAM, True, Telegram.model_validate({"bot_token": "1:x"}))
    await channels.failed(Source.TELEGRAM, "HTTP 409", now())
    await channels.failed(Source.EMAIL, "IMAP: ditolak / refused", now())
    given = {"phone_number_id": "1", "access_token": "a", "app_secret": "b", "verify_token": "c"}
    await channels.keep(Source.WHATSAPP, True, WhatsApp.model_validate(given))
    await channels.worked(Source.WHATSAPP, now())
    async with TestServer(app) as server, desk.opened("kanal", Role.ADMIN) as opened:
        page, telegram, whatsapp = opened.page, card(opened.page, Source.TELEGRAM), card(opened.page, Source.WHATSAPP)
        await expect(telegram.locator('[data-role="state"]')).to_have_text("Bermasalah")
        await expect(telegram).to_contain_text("22 Nov 2026, 10.00")
        await expect(telegram).to_contain_text("masih memakai webhook. (HTTP 409)")
        await expect(card(page, Source.EMAIL)).to_contain_text("IMAP: ditolak")
        assert "refused" not in await card(page, Source.EMAIL).inner_text()

        await whatsapp.get_by_role("button", name="Kirim percobaan").click()
        await expect(whatsapp.locator('[data-role="tried"]')).to_have_text("Uji kanal belum tersedia saat ini.")
        bases = {Source.WHATSAPP: str(server.make_url("")).rstrip("/")}
        desk.site.office.intake().probe = partial(probe, desk.reception, bases=bases)
        await whatsapp.get_by_role("button", name="Kirim percobaan").click()
        await expect(whatsapp.locator('[data-role="tried"]')).to_contain_text(
            "menolak atau tidak terjangkau (HTTP 401)"
        )
        await expect(whatsapp.locator('[data-role="state"]')).to_have_text("Bermasalah")
        known = True
        await whatsapp.get_by_role("button", name="Kirim percobaan").click()
        await expect(whatsapp.locator('[data-role="tried"]')).to_contain_text("Kanal siap")
        await expect(whatsapp.get_by_role("button", name="Kirim percobaan")).to_be_focused()

        switch = page.get_by_role("switch", name="Terima pesan dari Telegram")
        await switch.focus()
        await page.keyboard.press("Space")
        await page.get_by_role("dialog").get_by_role("button", name="Batal").click()
        await expect(switch).to_be_checked()
        await switch.focus()
        await page.keyboard.press("Space")
        await page.get_by_role("button", name="Matikan", exact=True).click()
        await expect(telegram.locator('[data-role="state"]')).to_have_text("Dimatikan")
        await telegram.get_by_role("link", name="Panduan").click()
        await expect(page.locator("pre")).to_contain_text("@BotFather")
        assert await opened.faults() == []
    found = await channels.get(Source.TELEGRAM)
    assert not found.active and plain(found.settings.bot_token) == "1:x"


async def test_an_address_that_is_not_safe_is_warned_of(tmp_path: Path, clock: Clock, browser: Browser) -> None:
    bare = read_settings(FOLDERS, {}, base=tmp_path)
    async with case_site(bare, clock, browser) as desk, desk.opened("kanal", Role.ADMIN) as opened:
        whatsapp = card(opened.page, Source.WHATSAPP)
        await expect(whatsapp.locator('[data-role="address"]')).to_have_value(f"{desk.base}/masuk/whatsapp")
        await expect(whatsapp.locator('[data-role="not-https"]')).to_have_text("Bukan https")
        await expect(opened.page.get_by_role("link", name="Pengaturan").last).to_be_visible()
        form = card(opened.page, Source.WEB)  # citizens' browsers come by http as well
        await expect(form.locator('[data-role="not-https"]')).to_have_count(0)
        await whatsapp.get_by_role("button", name="Kirim percobaan").click()
        await expect(whatsapp.locator('[data-role="tried"]')).to_contain_text("Belum lengkap: Phone number ID, Access")
        await card(opened.page, Source.EMAIL).get_by_role("button", name="Atur").click()
        dialog = opened.page.get_by_role("dialog", name="Surel")
        await expect(dialog).to_contain_text("stasiun sendiri yang mengambil pesan")
        await dialog.get_by_label("Port IMAP").fill("70000")
        await dialog.get_by_role("button", name="Simpan").click()
        assert await told(field(dialog, "settings.imap_port")) == "paling besar 65535"
        await expect(field(dialog, "settings.imap_port")).to_be_focused()
        assert await opened.faults() == []


async def test_agencies_are_added_and_made_inactive(desk: CaseSite) -> None:
    async with desk.opened("aduan-atur") as opened:
        page = opened.page
        await page.get_by_role("button", name="Tambah instansi").click()
        dialog = page.get_by_role("dialog", name="Tambah instansi")
        await dialog.get_by_label("Nama instansi").fill("PLN")
        await dialog.get_by_role("button", name="Simpan").click()
        await expect(dialog.get_by_role("alert")).to_have_text("Nama “PLN” sudah dipakai.")
        await dialog.get_by_label("Nama instansi").fill("Pemerintah Provinsi")
        await dialog.get_by_label("Singkatan").fill("Pemprov")
        await dialog.get_by_role("checkbox", name="Di luar kewenangan kota").check()
        await dialog.get_by_role("button", name="Simpan").click()
        row = page.locator("[data-agency]", has_text="Pemerintah Provinsi")
        await expect(row).to_contain_text("luar")
        await page.get_by_role("button", name="Nonaktifkan: Dinas Pekerjaan Umum").click()
        await expect(page.get_by_text("Dinas Pekerjaan Umum tidak aktif lagi.")).to_be_visible()
        last = page.locator("[data-agency]").last
        await expect(last).to_contain_text("Dinas Pekerjaan Umum tidak aktif")
        await expect(last.get_by_role("button", name="Aktifkan", exact=False)).to_be_focused()
    found = {a.name: a for a in await desk.site.office.case_lists.store.agencies()}
    assert not found["Dinas Pekerjaan Umum"].active
    assert found["Pemerintah Provinsi"].outside and found["Pemerintah Provinsi"].short == "Pemprov"


async def test_a_list_is_edited_and_what_is_wrong_is_said_at_its_field(desk: CaseSite) -> None:
    lists = desk.site.office.case_lists
    async with desk.opened("aduan-atur#kategori") as opened:
        page = opened.page
        panel = page.locator('[data-panel="kategori"]')
        before = [str(n) for n in (await lists.get("categories")).body["names"]]
        await expect(panel.locator("[data-cell]")).to_have_count(len(before))
        await page.get_by_role("button", name="Tambah kategori").click()
        new = field(panel, f"body.names.{len(before)}")
        await expect(new).to_be_focused()
        await expect(panel.locator('[data-role="unsaved"]')).to_have_text("Belum disimpan")
        await panel.get_by_role("button", name="Simpan").click()
        assert await told(new) == "tidak boleh kosong"
        await new.fill(before[0])
        await page.keyboard.press("Enter")
        await expect(panel.locator(f"#{await new.get_attribute('aria-describedby')}")).to_have_text(
            "Sama dengan baris 1"
        )
        await new.fill("Batik tulis")
        await page.get_by_role("button", name=f"Naikkan baris {len(before) + 1}").click()
        await page.get_by_role("button", name="Hapus baris 1", exact=True).click()
        await panel.get_by_label("Cari di daftar ini").fill("batik t")
        await expect(panel.locator(".case-row:visible")).to_have_count(1)
        await saved(page)
        await expect(panel.locator('[data-role="by"]')).to_contain_text("Terakhir diubah oleh")

        await page.get_by_role("link", name="Masa simpan").click()
        months = page.get_by_label("Lama disimpan (bulan)")
        await months.fill("601")
        await page.locator('[data-panel="masa-simpan"]').get_by_role("button", name="Simpan").click()
        assert await told(months) == "paling besar 600"
        await months.fill("24")
        await saved(page)
    assert (await lists.get("categories")).body["names"] == [*before[1:-1], "Batik tulis", before[-1]]
    assert (await lists.get("keeping")).body == {"months": 24}


async def test_two_people_change_a_list(desk: CaseSite) -> None:
    lists, now = desk.site.office.case_lists, desk.site.clock
    theirs = {"replies": [{"title": "Punya Rina", "text": "Terima kasih."}]}
    async with desk.opened("aduan-atur#balasan") as opened:
        page = opened.page
        panel = page.locator('[data-panel="balasan"]')
        title = field(panel, "body.replies.0.title")
        await title.fill("Punya saya")
        await lists.keep("replies", theirs, 0, "Rina", now())
        await panel.get_by_role("button", name="Simpan").click()
        choice = panel.get_by_role("button", name="Timpa dengan punya saya")
        await expect(choice).to_be_visible()
        await expect(panel.get_by_role("alert")).to_contain_text("Rina baru saja mengubah daftar ini.")
        await expect(title).to_have_value("Punya saya")
        assert await opened.faults() == []
        assert (await lists.get("replies")).body == theirs
        await choice.click()
        await expect(panel.locator('[data-role="unsaved"]')).to_be_empty()
        assert (await lists.get("replies")).body["replies"][0]["title"] == "Punya saya"

        await lists.keep("replies", theirs, 2, "Rina", now())
        await expect(title).to_have_value("Punya Rina")  # nothing was being typed: it is shown at once
        await title.fill("Lagi")
        await lists.keep("replies", {"replies": []}, 3, "Budi", now())
        await expect(panel.get_by_text("Budi baru saja mengubah daftar ini.")).to_be_visible()
        await panel.get_by_role("button", name="Simpan").click()
        await panel.get_by_role("button", name="Lihat versi Budi").click()
        await expect(panel.get_by_text("Belum ada baris.")).to_be_visible()


async def test_places_come_from_a_spreadsheet_and_an_example(desk: CaseSite) -> None:
    async with desk.opened("aduan-atur#wilayah") as opened:
        page = opened.page
        panel = page.locator('[data-panel="wilayah"]')
        await page.get_by_role("button", name="Tempel dari lembar kerja").click()
        dialog = page.get_by_role("dialog")
        lines = dialog.get_by_label("Baris")
        await lines.fill("Medono\nTirto;Pekalongan Barat;;-6,9")
        await dialog.get_by_role("button", name="Masukkan").click()
        said = await told(lines)
        assert "Baris 1: kelurahan dan kecamatan harus diisi" in said and "Baris 2: lintang dan bujur" in said
        await lines.fill("Medono;Pekalongan Barat;Medono Kidul, Medono Lor;-6,8915;109,664\nTirto\tPekalongan Barat\t")
        await dialog.get_by_role("button", name="Masukkan").click()
        await expect(page.get_by_text("1 ditambah, 1 diperbarui.")).to_be_visible()
        await page.get_by_role("button", name="Isi contoh Kota Pekalongan").click()
        await expect(page.get_by_text("25 ditambah, 2 diperbarui.")).to_be_visible()
        await field(panel, "body.kelurahan.1.longitude").fill("109.65")
        await panel.get_by_role("button", name="Simpan").click()
        assert await told(field(panel, "body.kelurahan.1.latitude")) == "Isi lintang dan bujur, atau kosongkan keduanya"
        await field(panel, "body.kelurahan.1.latitude").fill("selatan")
        await panel.get_by_role("button", name="Simpan").click()
        await expect(panel.locator(".invalid-feedback")).to_have_text("harus bilangan")
        await field(panel, "body.kelurahan.1.latitude").fill("-6,89")
        await saved(page)
    kept = (await desk.site.office.case_lists.get("places")).body["kelurahan"]
    assert len(kept) == 27
    assert (kept[0]["latitude"], kept[0]["longitude"]) == (-6.8915, 109.664)
    assert (kept[1]["name"], kept[1]["latitude"], kept[1]["longitude"]) == ("Tirto", -6.89, 109.65)


async def test_days_limits_and_rules(desk: CaseSite) -> None:
    lists = desk.site.office.case_lists
    async with desk.opened("aduan-atur#cuti-bersama") as opened:
        page = opened.page
        panel = page.locator('[data-panel="cuti-bersama"]')
        await page.get_by_role("button", name="Kota ini bekerja pada Hari Kemerdekaan", exact=False).click()
        await page.get_by_role("button", name="Tambah hari").click()
        await field(panel, "body.days.1.day").fill("2026-12-24")
        await field(panel, "body.days.1.name").fill("Cuti Bersama Natal")
        await saved(page)
        assert [(d["day"], d["free"]) for d in (await lists.get("leave")).body["days"]] == [
            ("2026-08-17", False), ("2026-12-24", True)
        ]  # fmt: skip

        await page.get_by_role("link", name="Ketentuan waktu").click()
        panel = page.locator('[data-panel="ketentuan-waktu"]')
        await page.get_by_role("button", name="Tambah ketentuan baru").click()
        since = field(panel, "body.table.0.since")
        await since.fill("2019-01-01")
        await panel.get_by_role("button", name="Simpan").click()
        await expect(panel.get_by_role("alert")).to_contain_text("dua ketentuan sejak 2019-01-01")
        await since.fill("2027-01-01")
        days = field(panel, "body.table.0.resolve_days.aspirasi")
        await days.fill("0")
        await panel.get_by_role("button", name="Simpan").click()
        assert await told(days) == "paling kecil 1"
        await days.fill("20")
        await field(panel, "body.table.0.source").fill("Perwali 7/2026")
        await (
            panel.locator('[data-policy="2026-11-22"]')
            .get_by_label("Ketetapan stasiun: Verifikasi dan meneruskan")
            .check()
        )
        await saved(page)
        await expect(panel.locator("h3")).to_have_text(["Sejak 1 Januari 2027", "Sejak 1 Januari 2019"])
        table = (await lists.get("policies")).body["table"]
        assert [p["resolve_days"]["aspirasi"] for p in table] == [14, 20] and "verify_days" in table[1]["own"]

        await page.get_by_role("link", name="Aturan kata kunci").click()
        panel = page.locator('[data-panel="kata-kunci"]')
        await field(panel, "body.rules.0.words").fill("jalan bolong,  lubang jalan ,")
        await field(panel, "body.rules.0.case_class").select_option("aspirasi")
        await saved(page)
        rule = (await lists.get("rules")).body["rules"][0]
        assert rule["words"] == ["jalan bolong", "lubang jalan"] and rule["case_class"] == "aspirasi"


@pytest.mark.parametrize(("language", "width"), [("id", 390), ("en", 1366)])
async def test_every_part_is_whole(desk: CaseSite, language: str, width: int) -> None:
    await desk.language(Role.ADMIN, language)
    async with desk.opened("kanal", Role.ADMIN, width=width) as opened:
        page = opened.page
        heading = {"id": "Kanal aduan", "en": "Complaint channels"}[language]
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()
        state = {"id": "Dimatikan", "en": "Switched off"}[language]
        await expect(card(page, Source.X).locator('[data-role="state"]')).to_have_text(state)
        assert await opened.faults() == []
        await card(page, Source.CALL).locator('[data-part="set"]').click()
        assert await opened.faults() == []
        await page.goto(f"{desk.base}/kerja/aduan-atur")
        for tab in TABS:
            await page.locator(f'[data-tab="{tab}"]').click()
            body = page.locator(f'[data-panel="{tab}"] [data-role="body"]')
            await expect(body.get_by_role("button").first).to_be_visible()
            assert await opened.faults() == [], tab
            assert not re.search(r"\b(body\.|set_|about_|day_|source_)", await page.locator("main").inner_text()), tab


async def test_who_has_no_right_is_told(desk: CaseSite) -> None:
    for role, path, status in (
        (Role.VIEWER, "aduan-atur", 403), (Role.COMPLAINTS, "kanal", 403), (Role.COMPLAINTS, "kanal/contoh/x.md", 403),
        (Role.ADMIN, "kanal/contoh/x.md", 200), (Role.ADMIN, "kanal/contoh/..-x", 404),
    ):  # fmt: skip
        visitor = await desk.site.logged_in(role)
        assert (await visitor.get(f"/kerja/{path}")).status == status, (role, path)
    async with desk.opened("aduan-atur", Role.VIEWER) as opened:
        await expect(opened.page.get_by_text("Halaman ini bukan untuk peran Anda.")).to_be_visible()
        await expect(opened.page.get_by_role("link", name="Atur meja aduan")).to_have_count(0)

"""The complaint desk in a real browser: the queue by keyboard, emergencies, one case, two who act at once, a phone."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from lppl.accounts import Role
from lppl.cases.values import Act
from lppl.config import Settings
from lppl.intake.values import Place, Sender, Source, Visibility
from tests.web.staff.case_site import CaseSite, case_site, days, photo
from tests.web.staff.conftest import Clock

pytestmark = [pytest.mark.integration, pytest.mark.browser]

expect.set_options(timeout=10_000)
SITI = Sender("6281234567890", "Siti Aminah", "+6281234567890")
LAMP = "Lampu jalan di Jalan Hasanudin padam sejak Senin. Hubungi 081234567890."
RUBBISH = "Sampah menumpuk di belakang Pasar Banjarsari, baunya sampai ke sekolah."
DRAIN = "Selokan depan masjid mampet."
FIRE = "Tolong, ada kebakaran rumah, masih ada orang di dalam!"


@pytest.fixture
async def desk(settings: Settings, clock: Clock, browser: Browser) -> AsyncIterator[CaseSite]:
    async with case_site(settings, clock, browser) as desk:
        yield desk


async def three(desk: CaseSite) -> tuple[int, int, int]:
    """Return three new cases, in the order of what is due: a lamp, rubbish, a drain."""
    lamp = await desk.arrived(
        LAMP,
        days(9),
        source=Source.WHATSAPP,
        sender=SITI,
        place=Place("", "Medono"),
        enclosures=(photo("a"), photo("b")),
    )
    rubbish = await desk.arrived(RUBBISH, days(3), visibility=Visibility.SECRET, category="Sampah dan kebersihan")
    drain = await desk.arrived(DRAIN, days(2), source=Source.SMS, visibility=Visibility.ANON)
    return lamp, rubbish, drain


def row(page: Page, number: int) -> Locator:
    return page.locator(f'[data-case="{number}"]')


async def order(page: Page, *numbers: int) -> None:
    """Wait until the queue shows these cases, in this order."""
    for at, number in enumerate(numbers):
        await expect(page.locator(".case-list > li").nth(at)).to_have_attribute("data-case", str(number))
    await expect(page.locator(".case-list > li")).to_have_count(len(numbers))


async def test_filters_search_and_views_live_in_the_address(desk: CaseSite) -> None:
    lamp, rubbish, drain = await three(desk)
    await desk.done(drain, Act.VERIFIED)
    await desk.done(drain, Act.DONE)
    async with desk.opened("aduan") as opened:
        page = opened.page
        await order(page, lamp, rubbish)
        await expect(row(page, lamp)).to_contain_text("lewat 4 hari")
        await expect(row(page, lamp).locator(".case-due")).to_have_attribute("title", re.compile("18 November 2026"))
        for text in ("Rahasia", "Baru", "Sampah dan kebersihan", "Formulir web", "Belum ada petugas"):
            await expect(row(page, rubbish)).to_contain_text(text)
        tabs = page.get_by_role("navigation", name="Bagian antrean")
        await expect(tabs).to_have_text(
            re.compile(r"Baru\s*2.*Lewat tenggat\s*1.*Tugas saya\s*0.*Semua\s*2", re.DOTALL)
        )
        assert await opened.faults() == []

        await tabs.get_by_role("link", name="Lewat tenggat").click()
        await order(page, lamp)
        assert page.url.endswith("aduan?late=1")
        await page.go_back()
        await order(page, lamp, rubbish)
        await page.get_by_text("Saringan", exact=True).click()
        await page.get_by_label("Tampilkan").select_option("all")
        await order(page, drain, rubbish, lamp)
        await page.get_by_label("Kanal").select_option("sms")
        await order(page, drain)
        assert "which=all" in page.url and "source=sms" in page.url

        await page.locator("[data-role=views] summary").click()
        await page.get_by_role("button", name="Simpan tampilan ini").click()
        await page.get_by_role("dialog").get_by_label("Nama").fill("Semua SMS")
        await page.get_by_role("dialog").get_by_role("button", name="Simpan").click()
        await expect(page.get_by_role("link", name="Semua SMS")).to_be_visible()
        assert await opened.faults() == []
        await page.get_by_role("button", name="Hapus saringan").click()
        await order(page, lamp, rubbish)
        await page.locator("[data-role=views] summary").click()
        await page.get_by_role("link", name="Semua SMS").click()
        await order(page, drain)

        await page.get_by_role("button", name="Hapus saringan").click()
        await page.keyboard.press("/")
        await page.keyboard.type("sampah")
        await order(page, rubbish)
        assert "words=sampah" in page.url
        await page.get_by_role("searchbox").fill((await desk.row(drain)).code.lower())
        await order(page, drain)
        await page.get_by_role("searchbox").fill("0812-3456-7890")
        await order(page, lamp)
        assert "words" not in page.url, "a telephone number stands in no history of a browser"


async def test_the_queue_by_keyboard_and_the_way_back(desk: CaseSite) -> None:
    lamp, rubbish, drain = await three(desk)
    async with desk.opened("aduan") as opened:
        page = opened.page
        await order(page, lamp, rubbish, drain)
        await page.keyboard.press("j")
        await expect(row(page, lamp).get_by_role("link")).to_be_focused()
        await page.keyboard.press("x")
        await page.keyboard.press("Shift+J")
        await expect(page.get_by_text("2 aduan dipilih")).to_be_visible()
        await desk.done(rubbish, Act.VERIFIED)  # a colleague is quicker with one of them
        await page.keyboard.press("v")
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_role("heading", name="1 berhasil, 1 tidak")).to_be_visible()
        codes = [(await desk.row(number)).code for number in (lamp, rubbish)]
        await expect(dialog.get_by_role("listitem")).to_have_text(
            [re.compile(f"{codes[0]} Diverifikasi"), re.compile(f"{codes[1]} Aduan ini baru saja diubah")]
        )
        assert await opened.faults() == []
        await dialog.get_by_role("button", name="Tutup").click()
        await expect(row(page, lamp)).to_contain_text("Diverifikasi")
        await expect(page.locator('[data-role="chosen"]')).to_be_hidden()

        await row(page, lamp).get_by_role("link").focus()
        await page.keyboard.press("a")
        await expect(row(page, lamp)).to_contain_text("Petugas aduan aduan")
        await expect(row(page, lamp).get_by_role("link")).to_be_focused()
        await page.keyboard.press("t")
        await dialog.get_by_label("Dinas Pekerjaan Umum").check()
        await page.keyboard.press("Enter")
        await expect(row(page, lamp)).to_contain_text("Diteruskan")
        await page.keyboard.press("?")
        await expect(dialog.get_by_text("Pintasan satu huruf aktif")).to_be_visible()
        assert await opened.faults() == []
        await page.keyboard.press("Escape")
        await expect(row(page, lamp).get_by_role("link")).to_be_focused()  # where it was before the dialog

        await row(page, rubbish).get_by_role("link").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/aduan/{rubbish}")
        await page.keyboard.press("k")
        await page.wait_for_url(f"**/aduan/{lamp}")
        await page.keyboard.press("u")
        await page.wait_for_url("**/aduan")
        await expect(row(page, lamp).get_by_role("link")).to_be_focused()
    assert (await desk.acts(lamp))[-3:] == [Act.VERIFIED, Act.ASSIGNED, Act.FORWARDED]


async def test_a_long_queue_bulk_forwarding_and_the_handover(desk: CaseSite) -> None:
    numbers = [await desk.arrived(f"Jalan berlubang nomor {n}.") for n in range(52)]
    async with desk.opened("aduan") as opened:
        page = opened.page
        await expect(page.locator('[data-role="count"]')).to_have_text("50 aduan pertama; masih ada lagi")
        await page.get_by_role("button", name="Muat lagi").click()
        await order(page, *numbers)
        await expect(row(page, numbers[50]).get_by_role("link")).to_be_focused()
        await row(page, numbers[48]).get_by_role("checkbox").click()
        await row(page, numbers[51]).get_by_role("checkbox").click(modifiers=["Shift"])
        bar = page.get_by_role("region", name="Tindakan untuk aduan yang dipilih")
        await expect(bar.get_by_text("4 aduan dipilih")).to_be_visible()
        await bar.get_by_role("button", name="Teruskan").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Teruskan").click()
        await expect(dialog.get_by_text("Pilih sedikitnya satu instansi.")).to_be_visible()
        await dialog.get_by_label("Dinas Lingkungan Hidup").check()
        await dialog.get_by_role("button", name="Teruskan").click()
        await expect(page.get_by_text("4 aduan: Diteruskan")).to_be_visible()
        await expect(page.locator(".case-list").get_by_text("Diteruskan")).to_have_count(4)
        note = page.get_by_placeholder("Catatan untuk shift berikutnya")
        await note.fill("Telepon PLN besok pagi.")
        await page.get_by_role("button", name="Simpan", exact=True).click()
        await expect(page.locator(".handover-list")).to_contain_text("Telepon PLN besok pagi.")
        await expect(note).to_have_value("")


async def test_emergencies_stand_above_everything(desk: CaseSite) -> None:
    await desk.arrived(DRAIN)
    fire, false = await desk.arrived(FIRE), await desk.arrived("Darurat! Ada orang tenggelam di kali!")
    async with desk.opened("aduan?source=sms") as opened:  # whatever is filtered
        page = opened.page
        block = page.get_by_role("region", name="Darurat")
        await expect(block.get_by_role("alert")).to_have_text("2 aduan darurat menunggu diserahkan")
        assert await opened.faults() == []
        await block.locator(f'[data-urgent="{fire}"]').get_by_role("button", name="Serahkan ke 112").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Diserahkan kepada").fill("112, Bu Dewi")
        await dialog.get_by_role("button", name="Serahkan ke 112").click()
        await expect(block.get_by_role("alert")).to_have_text("1 aduan darurat menunggu diserahkan")
        await block.get_by_role("link").click()
        await page.wait_for_url(f"**/aduan/{false}")
        banner = page.get_by_role("region", name="Darurat")
        await expect(banner).to_contain_text("Darurat: belum diserahkan")
        await expect(banner).to_contain_text("Ditandai darurat")
        assert await opened.faults() == []
        await banner.get_by_role("button", name="Bukan darurat").click()
        await page.get_by_role("dialog").get_by_role("button", name="Bukan darurat").click()
        await expect(banner).to_be_hidden()
        await page.goto(f"{desk.base}/kerja/aduan/{fire}")
        await expect(banner).to_contain_text("112, Bu Dewi (Petugas aduan aduan)")
    assert (await desk.row(fire)).handed_over is not None and not (await desk.row(false)).emergency


async def test_one_case_and_everything_known_of_it(desk: CaseSite) -> None:
    lamp, rubbish, _ = await three(desk)
    more = await desk.arrived("Masih padam.", days(8), source=Source.WHATSAPP, sender=SITI)
    assert more == lamp
    await desk.photographed(lamp)
    async with desk.opened(f"aduan/{lamp}") as opened:
        page = opened.page
        code = (await desk.row(lamp)).code
        assert await page.title() == f"{code} · LPPL Kota Batik", "titles are kept by shared computers"
        words = page.get_by_role("region", name="Percakapan")
        await expect(words).to_contain_text("Lampu jalan di Jalan Hasanudin padam sejak Senin. Hubungi [telepon].")
        await expect(words).to_contain_text("sedang diambil")
        await words.get_by_role("button", name="Lihat gambar").click()
        large = page.get_by_role("dialog").get_by_role("img")
        await expect(large).to_have_js_property("naturalWidth", 640)
        await page.keyboard.press("Escape")
        clocks = page.get_by_role("region", name="Tenggat")
        await clocks.get_by_text("Mengapa?").first.click()
        await expect(clocks).to_contain_text("3 hari kerja")

        await page.keyboard.press("v")
        await expect(page.locator('[data-role="badges"]')).to_contain_text("Diverifikasi")
        await expect(clocks).to_contain_text("Terlambat")
        advice = page.get_by_role("region", name="Saran")
        await advice.get_by_role("button", name="Pakai Penerangan jalan").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_label("Kategori")).to_have_value("Penerangan jalan")
        await dialog.get_by_role("button", name="Ubah kategori").click()
        await expect(page.locator('[data-role="facts"]')).to_contain_text("Penerangan jalan")
        await page.get_by_role("button", name="Minta dilengkapi").click()
        await dialog.get_by_label("Di mana tepatnya").check()
        await dialog.get_by_label("Balasan tersimpan").select_option("Minta dilengkapi")
        await expect(dialog.get_by_label("Kata-kata untuk pelapor")).to_have_value(re.compile("Terima kasih"))
        assert await opened.faults() == []
        await dialog.get_by_role("button", name="Minta dilengkapi").click()
        await expect(words.locator(".word-ours")).to_contain_text("Di mana tepatnya")
        await page.keyboard.press("n")
        await page.keyboard.type("Sudah dicek di peta.")
        await page.get_by_role("button", name="Simpan catatan").click()
        await expect(page.get_by_role("region", name="Catatan petugas").get_by_role("listitem")).to_have_count(1)
        history = page.get_by_role("region", name="Riwayat").get_by_role("listitem")
        await expect(history.first).to_contain_text("Catatan petugas")
        assert await opened.faults() == []

        await page.get_by_text("Tindakan lain").click()
        await page.get_by_role("button", name="Gabung ke aduan lain").click()
        await dialog.get_by_label("Kode aduan tujuan").fill((await desk.row(rubbish)).code)
        await dialog.get_by_role("button", name="Gabung").click()
        await expect(page.get_by_role("link", name="Aduan ini sudah digabung ke")).to_be_visible()
    assert (await desk.row(lamp)).merged_into == rubbish


async def test_transfer_and_split(desk: CaseSite) -> None:
    lamp, _, _ = await three(desk)
    await desk.arrived("Sekalian: taman di Medono kotor.", days(8), source=Source.WHATSAPP, sender=SITI)
    async with desk.opened(f"aduan/{lamp}") as opened:
        page, dialog = opened.page, opened.page.get_by_role("dialog")
        await page.get_by_text("Tindakan lain").click()
        await page.get_by_role("button", name="Pecah").click()
        await dialog.get_by_label("taman di Medono").check()
        await dialog.get_by_role("button", name="Pecah").click()
        await expect(page.get_by_text("Dipecah menjadi aduan baru.")).to_be_visible()
        await expect(page.get_by_role("region", name="Percakapan").get_by_role("listitem").locator("p")).to_have_count(
            1
        )
        await page.get_by_text("Tindakan lain").click()
        await page.get_by_role("button", name="Alihkan").click()
        await dialog.get_by_label("Penerima").fill("PLN")
        await dialog.get_by_role("button", name="Alihkan").click()
        await expect(dialog.get_by_text("Isi dahulu alasan.")).to_be_visible()
        await dialog.get_by_label("Alasan").fill("Tiang milik PLN.")
        await dialog.get_by_role("button", name="Alihkan").click()
        transfer = page.get_by_role("region", name="Pengalihan")
        await expect(transfer).to_contain_text("Tiang milik PLN.")
        assert await opened.faults() == []
        await transfer.get_by_role("button", name="Catat kabar penerima").click()
        await dialog.get_by_label("Kabar dari penerima").fill("Sudah menyala.")
        await dialog.get_by_label("Nomor tiket").fill("G-17")
        await dialog.get_by_label("Ini kabar akhir").check()
        await dialog.get_by_role("button", name="Catat kabar penerima").click()
        await expect(page.locator('[data-role="badges"]')).to_contain_text("Selesai")


async def test_who_comes_second_is_told_and_loses_nothing(desk: CaseSite) -> None:
    lamp, _, _ = await three(desk)
    async with desk.opened(f"aduan/{lamp}") as opened:
        page, dialog = opened.page, opened.page.get_by_role("dialog")
        await page.keyboard.press("w")
        await dialog.get_by_label("Jawaban untuk pelapor").fill("Tim kami berangkat siang ini.")
        await desk.done(lamp, Act.VERIFIED)
        await dialog.get_by_role("button", name="Jawab").click()
        told = dialog.get_by_role("alert")
        await expect(told).to_contain_text("Sementara itu: Petugas aduan rina: Diverifikasi (10.00 WIB).")
        await expect(dialog.get_by_label("Jawaban untuk pelapor")).to_have_value("Tim kami berangkat siang ini.")
        await expect(page.locator('[data-role="badges"]')).to_contain_text("Diverifikasi")
        assert await opened.faults() == []
        await dialog.get_by_role("button", name="Jawab").click()
        await expect(page.locator(".word-ours")).to_contain_text("Tim kami berangkat siang ini.")
    assert (await desk.acts(lamp))[-2:] == [Act.VERIFIED, Act.ANSWERED]


async def test_a_reporters_data_open_with_a_reason_on_record(desk: CaseSite) -> None:
    lamp, _, _ = await three(desk)
    other = await desk.arrived("Pohon tumbang di Medono.", source=Source.WHATSAPP, sender=SITI)
    async with desk.opened(f"aduan/{lamp}") as opened:
        page, dialog = opened.page, opened.page.get_by_role("dialog")
        reporter = page.get_by_role("region", name="Pelapor", exact=True)
        await expect(reporter).to_contain_text("S… A…")
        assert "Aminah" not in await page.content() and "1234567890" not in await page.content()
        await reporter.get_by_role("button", name="Buka data pelapor").click()
        await dialog.get_by_role("button", name="Buka data pelapor").click()
        await expect(dialog.get_by_label("Mengapa perlu dibuka?")).to_have_attribute("aria-invalid", "true")
        await dialog.get_by_label("Mengapa perlu dibuka?").fill("Menelepon balik soal lokasi")
        await dialog.get_by_role("button", name="Buka data pelapor").click()
        await expect(reporter).to_contain_text("Siti Aminah")
        await expect(page.get_by_role("region", name="Percakapan")).to_contain_text("Hubungi 081234567890.")
        assert await opened.faults() == []
        await reporter.get_by_role("link", name="1 aduan lain dari pelapor ini").click()
        await order(page, other, lamp)
        assert page.url.endswith("/kerja/aduan?which=all")
        await page.go_back()
        await expect(reporter).to_contain_text("S… A…")  # it was open for that visit only
    entries = await desk.site.office.audit.page(action="case.unmasked", limit=10)
    (entry,) = entries
    assert entry.after == {"reason": "Menelepon balik soal lokasi"} and entry.object == (await desk.row(lamp)).code


async def test_a_reporters_data_are_erased_for_good_with_a_reason_on_record(desk: CaseSite) -> None:
    lamp, _, _ = await three(desk)
    other = await desk.arrived("Pohon tumbang di Medono.", source=Source.WHATSAPP, sender=SITI)
    async with desk.opened(f"aduan/{lamp}") as opened:
        page, dialog = opened.page, opened.page.get_by_role("dialog")
        reporter = page.get_by_role("region", name="Pelapor", exact=True)
        await reporter.get_by_role("button", name="Buka data pelapor").click()
        await dialog.get_by_label("Mengapa perlu dibuka?").fill("Mencocokkan permintaan")
        await dialog.get_by_role("button", name="Buka data pelapor").click()
        await expect(reporter).to_contain_text("Siti Aminah")
        await reporter.get_by_role("button", name="Hapus data pribadi pelapor").click()
        for text in ("nama, nomor, surel", "judul dan isi 2 aduannya", "Tidak dapat dibatalkan"):
            await expect(dialog).to_contain_text(text)
        assert await opened.faults() == []
        await dialog.get_by_role("button", name="Hapus selamanya").click()
        await expect(dialog.get_by_label("Mengapa dihapus?")).to_have_attribute("aria-invalid", "true")
        await expect(reporter).to_contain_text("Siti Aminah")
        await dialog.get_by_label("Mengapa dihapus?").fill("Permintaan pelapor")
        await dialog.get_by_role("button", name="Hapus selamanya").click()
        await expect(reporter).to_contain_text("Data pelapor sudah dihapus.")
        await expect(reporter.get_by_role("button")).to_have_count(0)
        words = page.get_by_role("region", name="Percakapan")
        await expect(words).to_contain_text("[dihapus atas permintaan]")
        await expect(words).not_to_contain_text("Lampu jalan")
        for secret in ("Siti", "Aminah", "1234567890"):
            assert secret not in await page.content()
        assert await opened.faults() == []
        await page.goto(f"{desk.base}/kerja/aduan/{other}")
        await expect(reporter).to_contain_text("Data pelapor sudah dihapus.")
        await expect(page.get_by_text("Pohon tumbang")).to_have_count(0)
    (entry,) = await desk.site.office.audit.page(action="reporter.erased", limit=10)
    assert entry.object == (await desk.row(lamp)).code
    assert (entry.after["reason"], entry.after["cases"]) == ("Permintaan pelapor", 2)


async def test_the_head_looks_and_changes_nothing(desk: CaseSite) -> None:
    lamp, _, _ = await three(desk)
    fire = await desk.arrived(FIRE)
    for path in ("aduan", f"aduan/{lamp}", f"aduan/{fire}"):
        async with desk.opened(path, Role.HEAD) as opened:
            page = opened.page
            await expect(
                page.get_by_text("Lampu jalan" if path != f"aduan/{fire}" else "kebakaran").first
            ).to_be_visible()
            for name in ("Verifikasi", "Serahkan ke 112", "Buka data pelapor", "Hapus data", "Ubah", "Tindakan lain"):
                await expect(page.get_by_role("button", name=name)).to_have_count(0)
            await expect(page.get_by_role("checkbox", name="Pilih aduan")).to_have_count(0)
            assert await opened.faults() == []


@pytest.mark.parametrize(("width", "language"), [(390, "id"), (390, "en"), (1366, "en")])
async def test_on_a_phone_and_in_english(desk: CaseSite, width: int, language: str) -> None:
    lamp, _, _ = await three(desk)
    await desk.photographed(lamp)
    await desk.arrived(FIRE)
    await desk.done(lamp, Act.FORWARDED, agencies=[{"id": desk.agencies["Dinas Pekerjaan Umum"], "name": "?"}])
    await desk.language(Role.COMPLAINTS, language)
    more, why = ("Tindakan lain", "Mengapa?") if language == "id" else ("More", "Why?")
    async with desk.opened("aduan", width=width, height=844) as opened:
        page = opened.page
        await expect(page.locator(".case-list > li")).to_have_count(4)
        await page.locator('[data-role="filters"] summary').click()
        if width == 390:
            await page.locator('[data-role="handover"] summary').click()
        assert await opened.faults() == []
        queue = await page.locator("body").inner_text()
        await row(page, lamp).get_by_role("link").click()
        await page.get_by_text(more, exact=True).click()
        for each in await page.get_by_text(why).all():
            await each.click()
        assert await opened.faults() == []
        case = await page.locator("body").inner_text()
    if language == "en":
        leftovers = (
            r"Aduan(?! )|Tenggat|Petugas(?! aduan)|Belum|Diteruskan|Kanal|Semua|Jenis|Saringan|hari|Pelapor|Mengapa"
        )
        assert re.findall(leftovers, queue.replace(RUBBISH, "")) == []
        assert re.findall(leftovers, case.replace("sejak Senin", "")) == []
    for text in (queue, case):
        assert re.findall(r"\b(?:due|do|act|status|class|key|tab|source|clock|urgent|file)_\w+", text) == []

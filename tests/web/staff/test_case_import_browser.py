"""A table of another system comes in through a real browser, twice, and is doubled by neither; a list goes out."""

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.async_api import Browser, Page, expect
from sqlalchemy import func, select

from lppl.accounts import Role
from lppl.cases.tables import arrivals, cases, enclosures
from lppl.config import Settings
from lppl.desk.sheets import as_csv
from lppl.intake.understanding import Understanding
from lppl.intake.values import Sender, Visibility
from tests.web.staff.case_site import CaseSite, case_site
from tests.web.staff.conftest import Clock

pytestmark = [pytest.mark.integration, pytest.mark.browser]

expect.set_options(timeout=15_000)
HEADER = ["Tracking ID", "Tanggal", "Nama Pelapor", "No HP", "Uraiannya", "Instansi", "Status"]
FORMULA = '=HYPERLINK("http://jahat.example";"klik")'
ROWS = [
    HEADER,
    ["71", "3 Jan 2026 09:05", "Siti Aminah", "0812 3456 7890", "Lampu jalan padam di Medono", "Dishub", "Proses"],
    ["72", "4 Jan 2026", "Budi Santoso", "", FORMULA, "", ""],
    ["73", "kemarin", "Tono", "", "Tanggalnya tidak terbaca", "", ""],
]  # fmt: skip
CHAT = """22/11/26 09.05 - Budi Santoso: Jalan berlubang di Medono
22/11/26 09.06 - Budi Santoso: IMG-1.jpg (file terlampir)
22/11/26 09.10 - Radio Batik: Terima kasih, kami teruskan.
"""


@pytest.fixture
async def desk(settings: Settings, clock: Clock, browser: Browser) -> AsyncIterator[CaseSite]:
    async with case_site(settings, clock, browser) as opened:
        yield opened


async def count(desk: CaseSite) -> int:
    """Return how many arrivals there are."""
    async with desk.reception.engine.connect() as connection:
        return int(await connection.scalar(select(func.count()).select_from(arrivals)) or 0)


async def choose(page: Page, path: Path) -> None:
    """Choose a file."""
    await page.locator('input[type="file"]').set_input_files(path)


async def understood(desk: CaseSite) -> None:
    """Have everything read."""
    reader = Understanding(
        desk.reception.engine, desk.reception.keyring, desk.store, desk.reception.files, desk.site.clock
    )
    async with desk.reception.engine.connect() as connection:
        numbers = list(await connection.scalars(select(arrivals.c.id)))
    for number in numbers:
        await reader.read(number)


async def test_a_table_comes_in_once_and_its_columns_are_remembered(desk: CaseSite, tmp_path: Path) -> None:
    file = tmp_path / "aduan.csv"
    await asyncio.to_thread(file.write_bytes, as_csv(ROWS))
    async with desk.opened("aduan-impor") as opened:
        page = opened.page
        assert await opened.faults() == []
        await choose(page, file)
        await expect(page.get_by_text("Ditebak dari judul kolom")).to_be_visible()
        column = page.get_by_label("Kolom E: Uraiannya")
        await expect(column).to_have_value("")
        assert "Aminah" not in await page.content() and "7890" not in (await page.content()).replace("***890", "")
        await page.get_by_role("button", name="Lihat hasilnya").click()
        await expect(page.get_by_role("alert")).to_contain_text("Pilih kolom yang berisi laporan")
        await column.select_option(label="Isi laporan")
        await page.get_by_role("button", name="Lihat hasilnya").click()
        await expect(page.get_by_role("heading", name="2 aduan terbaca")).to_be_visible()
        await expect(page.locator('[data-role="unread"]')).to_contain_text(
            'Baris 4: Baris ini tidak terbaca: tanggal "kemarin"'
        )
        assert "Aminah" not in await page.content()
        assert await opened.faults() == []
        async with page.expect_download() as waiting:
            await page.get_by_role("link", name="Unduh baris yang tidak terbaca").click()
        mend = await asyncio.to_thread((await (await waiting.value).path()).read_text, "utf-8-sig")
        assert [row[0] for row in csv.reader(io.StringIO(mend), delimiter=";")] == ["Baris", "4"]
        assert await count(desk) == 0, "looking keeps nothing"
        await page.get_by_role("button", name="Impor 2 aduan").click()
        await expect(page.locator('[data-role="kept"]')).to_contain_text("2 masuk, 0 sudah ada, 1 tidak terbaca")
        assert await count(desk) == 2

    await desk.language(Role.COMPLAINTS, "en")
    async with desk.opened("aduan-impor", width=390, height=844) as opened:
        page = opened.page
        await choose(page, file)
        await expect(page.get_by_text("Read as last time")).to_be_visible()
        await expect(page.get_by_label("Column E: Uraiannya")).to_have_value("isi")
        assert await opened.faults() == []
        await page.get_by_role("button", name="Look at the result").click()
        await expect(page.locator('[data-role="counts"]')).to_have_text(
            "0 are new · 2 are here already and are not doubled"
        )
        await expect(page.get_by_role("button", name="Nothing is new")).to_be_disabled()
        assert await opened.faults() == []
        grown = tmp_path / "lagi.csv"
        more = ["74", "5 Jan 2026", "Rudi", "", "Taman kota kotor", "", ""]
        await asyncio.to_thread(grown.write_bytes, as_csv([*ROWS, more]))
        await choose(page, grown)
        await page.get_by_role("button", name="Look at the result").click()
        await page.get_by_role("button", name="Import 1 cases").click()
        await expect(page.locator('[data-role="kept"]')).to_contain_text("1 came in, 2 were here already")
        assert await count(desk) == 3 and await opened.faults() == []

    await understood(desk)
    async with desk.opened("aduan-impor") as opened:
        async with opened.page.expect_download() as waiting:
            await opened.page.get_by_role("link", name="Excel (XLSX)").click()
        rows = await asyncio.to_thread(cells, await (await waiting.value).path())
    assert len(rows) == 4 and all(cell.data_type != "f" for row in rows for cell in row)
    texts = {str(row[12].value) for row in rows[1:]}
    assert FORMULA in texts and any("Instansi di sistem asal: Dishub; status: Proses" in text for text in texts)
    assert "Aminah" not in repr(texts)


async def test_an_exported_chat_comes_in_without_the_station(desk: CaseSite, tmp_path: Path) -> None:
    file = tmp_path / "WhatsApp Chat.zip"
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "#52775a").save(drawn, "JPEG")
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("_chat.txt", CHAT)
        packed.writestr("IMG-1.jpg", drawn.getvalue())
    async with desk.opened("aduan-impor", width=390, height=844) as opened:
        page = opened.page
        await choose(page, file)
        await page.get_by_label("Radio Batik (1)").check()
        assert await opened.faults() == []
        await page.get_by_role("button", name="Lihat hasilnya").click()
        await expect(page.get_by_role("heading", name="2 pesan terbaca")).to_be_visible()
        assert await opened.faults() == []
        await page.get_by_role("button", name="Impor 2 pesan").click()
        await expect(page.locator('[data-role="kept"]')).to_contain_text("2 masuk, 0 sudah ada")
        await choose(page, tmp_path / "WhatsApp Chat.zip")
        await page.get_by_label("Radio Batik (1)").check()
        await page.get_by_role("button", name="Lihat hasilnya").click()
        await expect(page.get_by_role("button", name="Tidak ada yang baru")).to_be_disabled()
    assert await count(desk) == 2
    await understood(desk)
    async with desk.reception.engine.connect() as connection:
        (kept,) = (await connection.execute(select(enclosures))).all()
        key = desk.reception.keyring.unwrapped(kept.wrapped)
        assert kept.word_id is not None and kept.state == "kept"
        assert b"".join(desk.reception.files.read(kept.id, key)) == drawn.getvalue()
        assert {row.source for row in await connection.execute(select(cases))} == {"whatsapp"}


def cells(path: Path) -> list[Any]:
    """Return the rows of a workbook's first sheet."""
    book = load_workbook(io.BytesIO(path.read_bytes()))
    assert book.active is not None
    return list(book.active.iter_rows())


async def test_a_list_goes_out_as_it_is_asked_for(desk: CaseSite) -> None:
    await desk.arrived("Lampu padam. Hubungi 081234567890.", sender=Sender(name="Siti", phone="+6281234567890"))
    await desk.arrived("=1+1 jalan rusak")
    await desk.arrived("Laporan rahasia tentang pungli", visibility=Visibility.SECRET)
    staff, head = await desk.site.logged_in(Role.COMPLAINTS), await desk.site.logged_in(Role.HEAD)

    async def listed(visitor: Any, query: str) -> list[list[str]]:
        answer = await visitor.get(f"/api/v1/cases/export?format=csv{query}")
        assert answer.status == 200 and answer.content_type == "text/csv", await answer.text()
        assert "attachment" in answer.headers["Content-Disposition"]
        text = (await answer.read()).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))

    all_of_them = await listed(staff, "")
    assert all_of_them[0][:2] == ["Kode", "Masuk"] and len(all_of_them) == 4
    assert all_of_them[1][1] == "2026-11-22 10:00", "the station's own time"
    assert "7890" not in repr(all_of_them) and "'=1+1 jalan rusak" in repr(all_of_them)
    assert [row[12] for row in await listed(staff, "&words=lampu")][1:] == ["Lampu padam. Hubungi [telepon]."]
    assert len(await listed(head, "")) == 3, "what is confidential is for the desk alone"
    assert len(await listed(staff, "&words=081234567890")) == 2
    assert (await staff.get("/api/v1/cases/export?format=pdf")).status == 422
    assert (await (await desk.site.logged_in(Role.ANNOUNCER)).get("/api/v1/cases/export")).status == 403
    events = await desk.site.office.audit.page(action="cases.exported")
    assert events[0].after == {"format": "csv", "query": {"words": "[telepon]"}, "count": 1}

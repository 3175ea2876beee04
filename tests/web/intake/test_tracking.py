"""Following a report by its code: from arrival to end, without a word of it, and not by guessing."""

import html
from datetime import timedelta

import pytest

from lppl.cases.case_store import Deed
from lppl.cases.desk_store import DeskStore
from lppl.cases.values import Act
from tests.web.intake.door import Door
from tests.web.intake.test_form import code_in, form, hardened, send

ALL_OF_IT = ("berlubang", "Siti", "Aminah", "0812", "62812", "Contoh.id", "Depan pasar")


async def asked(door: Door, code: str, status: int = 200, language: str = "id") -> str:
    async with door.client.get("/lapor/lacak", params={"kode": code, "lang": language}) as answer:
        assert answer.status == status
        hardened(answer)
        written = await answer.text()
        assert "<b>" not in written
        return html.unescape(written)


async def reported(door: Door, **changed: str) -> str:
    answer, _ = await send(door, form(**changed))
    return code_in(answer)


async def done(door: Door, number: int, *deeds: Deed) -> None:
    door.at += timedelta(hours=2)
    async with door.engine.begin() as connection:
        await door.store.append(connection, number, deeds, door.at)


async def test_a_report_is_followed_from_its_arrival_to_its_end(door: Door) -> None:
    code = await reported(door)
    page = await asked(door, code)
    assert "Diterima, menunggu dibaca petugas" in page and "Laporan diterima." in page
    (number,) = await door.understand()
    page = await asked(door, code.lower().replace("-", " "))  # as people write it
    assert f'<p class="code">{code}</p>' in page and "<strong>Baru</strong>" in page
    assert "Tenggat berikutnya" in page
    office = await DeskStore(door.engine).add_agency("Dinas <PU>", "", False)
    agencies = {"agencies": [{"id": office, "name": "Dinas <PU>"}], "note": "cepat ya, Bu Siti marah"}
    await done(door, number, Deed(Act.VERIFIED, {}), Deed(Act.FORWARDED, agencies))
    await done(door, number, Deed(Act.NOTED, {"text": "pelapor Siti galak"}))
    await done(door, number, Deed(Act.ANSWERED, {"agency": office, "text": "Lubang di rumah Siti ditambal."}))
    await done(door, number, Deed(Act.DONE, {}))
    page = await asked(door, code)
    assert "<strong>Selesai</strong>" in page and "Dinas <PU> sudah menjawab." in page
    assert "Tenggat berikutnya" not in page
    assert not any(word in page for word in (*ALL_OF_IT, "galak", "ditambal", "marah"))
    english = await asked(door, code, language="en")
    assert "<strong>Done</strong>" in english and "Forwarded to Dinas <PU>." in english and "Diteruskan" not in english


async def test_whoever_was_joined_with_another_sees_how_that_goes_on(door: Door) -> None:
    own, other = await reported(door), await reported(door, text="Jalan Merdeka rusak parah, motor jatuh.")
    one, two = await door.understand()
    await done(door, two, Deed(Act.VERIFIED, {}))
    await done(door, one, Deed(Act.MERGED, {"case": two}))
    await done(door, two, Deed(Act.JOINED, {"case": one}))
    await done(door, two, Deed(Act.DONE, {}))
    page = await asked(door, own)
    assert "Digabung dengan laporan lain" in page and "<strong>Selesai</strong>" in page
    assert page.count("Laporan diterima.") == 1 and "diperiksa dan lengkap" not in page
    assert other not in page


@pytest.mark.parametrize("typed", ["", "   "])
async def test_without_a_code_there_is_the_field(door: Door, typed: str) -> None:
    page = await asked(door, typed)
    assert 'name="kode"' in page and "Isi laporan dan nama tidak ditampilkan" in page


async def test_codes_are_not_found_by_trying(door: Door) -> None:
    code = await reported(door)
    for wrong in ("2222-2222", "<b>K7QF</b>", "x" * 500, "\x00", "K7QF-2M9"):
        assert "Tidak ada laporan dengan kode ini" in await asked(door, wrong, 404)
    for _ in range(15):
        await asked(door, "2222-3333", 404)
    page = await asked(door, code, 429)
    assert "Terlalu banyak kode yang tidak ada" in page and "Laporan diterima." not in page
    door.seconds += 601
    assert "Laporan diterima." in await asked(door, code)


async def test_records_that_are_away_are_said(door: Door) -> None:
    code = await reported(door)
    await door.lose_database()
    assert "Laporan belum dapat dibuka saat ini" in await asked(door, code, 503)
    door.station.intake.reception = None
    assert "Laporan belum dapat dibuka saat ini" in await asked(door, code, 503)

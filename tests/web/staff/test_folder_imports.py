"""Folders of the station's computer brought in: what may be looked at, what is taken, moved, stopped, refused."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from lppl.accounts import Role
from lppl.config import Settings, read_settings
from lppl.desk.folders import FolderDesk
from tests.station.service import eventually
from tests.web.staff.browsing import browsing
from tests.web.staff.conftest import Site, Visitor
from tests.web.staff.test_uploads import sound

API = "/api/v1/media-imports"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A disk with two recordings, a note, what is hidden, and links that lead away from it."""
    disk = tmp_path / "arsip"
    for name, seconds in (("Wayang/satu.wav", 1.0), ("Wayang/lama/dua.wav", 2.0)):
        file = disk / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(sound(seconds))
    (disk / "Wayang/catatan.txt").write_text("bukan lagu")
    (disk / ".rahasia").mkdir()
    (tmp_path / "luar").mkdir()
    (tmp_path / "luar/tiga.wav").write_bytes(sound(3.0))
    (disk / "Wayang/tiga.wav").symlink_to(tmp_path / "luar/tiga.wav")
    (disk / "keluar").symlink_to(tmp_path / "luar")
    return disk


@pytest.fixture
def settings(tmp_path: Path, archive: Path) -> Settings:
    text = 'demo = false\ndata_dir = "data"\nmedia_dir = "media"\nmin_free_gb = 0\nimport_dirs = ["arsip", "tiada"]\n'
    return read_settings(text, {}, base=tmp_path)


@pytest.fixture
def elsewhere(archive: Path) -> Iterator[Path]:
    """A folder on another file system, found through the archive's settings."""
    folder = Path(tempfile.mkdtemp(dir="/dev/shm"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def who(site: Site) -> Visitor:
    return await site.logged_in(Role.PROGRAMME)


async def look(who: Visitor, path: str, status: int = 200) -> Any:
    answer = await who.get("/api/v1/media-import-folders", params={"path": path})
    assert answer.status == status, await answer.text()
    return await answer.json()


async def brought(who: Visitor, path: Path, **more: str) -> Any:
    """Bring a folder in; return what came of it."""
    answer = await who.post(API, json={"path": str(path), **more})
    assert answer.status == 201, await answer.text()
    return await over(who)


async def over(who: Visitor) -> Any:
    told: list[Any] = []

    async def ended() -> bool:
        told[:] = await (await who.get(API)).json()
        return told[0]["state"] not in ("dilihat", "berjalan")

    await eventually(ended, "the import is over", 20)
    return told[0]


def lying(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


async def test_only_what_the_settings_allow_is_shown(who: Visitor, archive: Path, settings: Settings) -> None:
    assert (await look(who, ""))["folders"] == [str(archive)], "a disk that is not there is left out"
    assert await look(who, str(archive)) == {
        "path": str(archive), "parent": "", "folders": [str(archive / "Wayang")], "files": 1,
    }  # fmt: skip
    inside = await look(who, str(archive / "Wayang"))
    assert inside["parent"] == str(archive) and inside["files"] == 3
    outside = (
        "/", "/etc", "arsip", ".", f"{archive}/..", f"{archive}/keluar", f"{archive}/Wayang/../../luar",
        f"{archive}/Wayang/satu.wav", f"{archive}/tiada", "\0", "x" * 3000,
        str(settings.media_dir), str(settings.data_dir),
    )  # fmt: skip
    for path in outside:
        await look(who, path, 404)
        assert (await who.post(API, json={"path": path})).status == 404, path
    assert (await who.post(API, json={"path": "\ud83d"})).status == 422


async def test_files_come_in_and_stay_where_they_are(
    who: Visitor, site: Site, archive: Path, settings: Settings
) -> None:
    made = await brought(who, archive / "Wayang", into="../budaya")
    assert (made["state"], made["files"], made["new"], made["done"]) == ("selesai", 2, 2, 2)
    assert lying(settings.media_dir) == {
        "budaya/Wayang/satu.wav": sound(1.0), "budaya/Wayang/lama/dua.wav": sound(2.0),
    }  # fmt: skip
    refused = {Path(f["path"]).name: f["reason"] for f in made["told"]}
    assert refused == {"catatan.txt": "no-sound-no-picture", "tiga.wav": "hostile"} and made["refused"] == 2
    assert (archive / "Wayang/satu.wav").exists() and made["reached"] == made["size"]
    (event,) = await site.office.audit.page(action="media.import")
    assert event.object == str(archive / "Wayang") and event.after["files"] == 2
    again = await brought(who, archive / "Wayang", into="budaya")
    assert (again["state"], again["new"], len(lying(settings.media_dir))) == ("selesai", 0, 2), "nothing twice"


async def test_files_are_moved(who: Visitor, archive: Path, settings: Settings) -> None:
    made = await brought(who, archive / "Wayang", how="pindahkan")
    assert made["new"] == 2 and set(lying(settings.media_dir)) == {"Wayang/satu.wav", "Wayang/lama/dua.wav"}
    assert sorted(p.name for p in (archive / "Wayang").rglob("*") if not p.is_dir()) == ["catatan.txt", "tiga.wav"]
    assert (archive.parent / "luar/tiga.wav").exists(), "what a link leads to is not ours to move"


async def test_the_stations_own_files_are_never_taken(who: Visitor, tmp_path: Path, site: Site) -> None:
    """A disk that holds media and data folders, too."""
    settings = site.office.settings.model_copy(update={"import_dirs": (tmp_path,)})
    site.office.__dict__["folders"] = FolderDesk(settings, site.office.audit)
    house = settings.data_dir / "house/ab/v720.wav"
    house.parent.mkdir(parents=True)
    house.write_bytes(sound(4.0))
    (settings.media_dir / "lagu.wav").write_bytes(sound(5.0))
    assert str(settings.data_dir) not in (await look(who, str(tmp_path)))["folders"]
    await look(who, str(house.parent), 404)
    made = await brought(who, tmp_path, how="pindahkan")
    assert made["state"] == "selesai" and house.exists() and (settings.media_dir / "lagu.wav").exists()
    assert not [name for name in lying(settings.media_dir) if "v720" in name]


async def test_from_another_disk_the_air_keeps_its_room(
    who: Visitor, site: Site, settings: Settings, elsewhere: Path
) -> None:
    if os.stat(elsewhere).st_dev == os.stat(settings.media_dir).st_dev:
        pytest.skip("no second file system here")
    (elsewhere / "satu.wav").write_bytes(sound(1.0))
    for free, state, there in ((90_000.0, "gagal", set()), (0.0, "selesai", {f"{elsewhere.name}/satu.wav"})):
        changed = settings.model_copy(update={"import_dirs": (elsewhere,), "min_free_gb": free})
        site.office.__dict__["folders"] = FolderDesk(changed, site.office.audit)
        made = await brought(who, elsewhere, how="pindahkan")
        assert made["state"] == state and set(lying(settings.media_dir)) == there
        assert ("Disk tidak cukup" in made["error"]) is (state == "gagal")
    assert not (elsewhere / "satu.wav").exists()


async def test_one_at_a_time_and_stopped(who: Visitor, site: Site, archive: Path, settings: Settings) -> None:
    for n in range(400):
        (archive / f"Wayang/{n}.wav").write_bytes(sound(0.01, 200 + n))
    first = await who.post(API, json={"path": str(archive / "Wayang")})
    assert first.status == 201
    second = await who.post(API, json={"path": str(archive)})
    assert second.status == 409 and "sedang berjalan" in (await second.json())["detail"]
    assert (await who.ask("DELETE", API)).status == 204
    made = await over(who)
    assert made["state"] == "dihentikan" and len(lying(settings.media_dir)) < 400
    assert not [*settings.media_dir.rglob("*.part")]
    assert (await brought(who, archive / "Wayang"))["state"] == "selesai"
    assert len(lying(settings.media_dir)) == 402
    settled = await site.office.folders.look(str(archive))
    assert settled.files == 1


async def test_who_may(site: Site, who: Visitor, archive: Path) -> None:
    announcer = await site.logged_in(Role.ANNOUNCER)
    for visitor, status in ((announcer, 403), (site.stranger(), 401)):
        assert (await visitor.get(API)).status == status
        assert (await visitor.get("/api/v1/media-import-folders")).status == status
        assert (await visitor.post(API, json={"path": str(archive)})).status == status
    assert (await (await who.get(API)).json()) == []
    page = await (await who.get("/kerja/materi")).text()
    assert 'data-do="server"' in page
    assert 'data-do="server"' not in await (await announcer.get("/kerja/materi")).text()


@pytest.mark.integration
@pytest.mark.browser
async def test_by_keyboard_on_the_page(browser: Browser, site: Site, archive: Path, settings: Settings) -> None:
    visitor, server = await site.logged_in(Role.PROGRAMME), site.client.server
    assert isinstance(server, TestServer)
    url = str(server.make_url("/kerja/materi"))
    async with browsing(browser, url, visitor.cookie) as opened:
        page = opened.page
        await page.get_by_role("button", name="Impor folder").press("Enter")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name=str(archive)).press("Enter")
        await dialog.get_by_role("button", name="Wayang").press("Enter")
        await expect(dialog.get_by_text("3 berkas langsung di folder ini")).to_be_visible()
        assert await opened.faults() == []
        path = dialog.get_by_label("Folder di komputer stasiun")
        await path.fill("/etc")
        await dialog.get_by_role("button", name="Mulai impor").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("tidak boleh diimpor")
        await expect(path).to_have_value("/etc")
        await path.fill(str(archive / "Wayang"))
        await dialog.get_by_role("button", name="Mulai impor").press("Enter")
        line = page.locator('[data-role="import"]')
        await expect(line).to_contain_text("2 dari 2 berkas, 2 baru")
        assert await opened.faults() == []
        await line.get_by_role("button", name="2 tidak dibawa masuk").click()
        await expect(dialog.get_by_text("catatan.txt")).to_be_visible()
        await dialog.get_by_role("button", name="Batal").click()
        await line.get_by_role("button", name="Singkirkan").click()
        await expect(line).to_have_count(0)
    assert len(lying(settings.media_dir)) == 2

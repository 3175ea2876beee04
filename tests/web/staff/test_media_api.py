"""The library by the API: lists, changes and undo, the bin, names, where used, playlists, and what is refused."""

import base64
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lppl.accounts import Role
from lppl.config import Settings, read_settings
from lppl.desk.materials import REST
from lppl.media import Profile
from lppl.plan_store import Kind
from lppl.quanta import Quanta
from lppl.records import AiredRow
from tests.lppl.planned_station import MATERIAL, asset_of, make_station
from tests.web.staff.conftest import Site, Visitor

API = "/api/v1/"
SONG = "musik/lagu-01.mp3"


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of a station with material, made once."""
    made = make_station(tmp_path_factory.mktemp("materi") / "stasiun", "Asia/Jakarta")
    assert made.database_file is not None
    with sqlite3.connect(made.database_file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return made.database_file


@pytest.fixture
def settings(tmp_path: Path, records: Path) -> Settings:
    made = read_settings('demo = false\ndata_dir = "data"\nmedia_dir = "media"\n', {}, base=tmp_path)
    assert made.database_file is not None
    made.data_dir.mkdir()
    shutil.copyfile(records, made.database_file)
    return made


@pytest.fixture
async def who(site: Site, settings: Settings) -> Visitor:
    """Programme staff of a station with material."""
    for path in MATERIAL:
        file = settings.media_dir / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(path.encode())
    return await site.logged_in(Role.PROGRAMME)


async def told(who: Visitor, method: str, path: str, status: int = 200, **more: Any) -> Any:
    answer = await who.ask(method, API + path, **more)
    assert answer.status == status, await answer.text()
    return await answer.json() if status != 204 else None


async def titles(who: Visitor, query: str) -> list[str]:
    return [i["title"] for i in (await told(who, "GET", f"media?{query}"))["items"]]


async def test_lists(who: Visitor) -> None:
    whole = await told(who, "GET", "media?limit=200")
    assert whole["total"] == len(MATERIAL) == len(whole["items"])
    assert await titles(who, "words=promo-3") == ["Promo 3"]
    longest = await titles(who, "folder=spot&sort=durasi&down=true")
    assert longest[0] == "ILM Siaga Banjir" and sorted(longest[1:]) == ["Spot Batik 1", "Spot Batik 2"]
    assert await titles(who, "kind=video") == []
    assert (await told(who, "GET", "media?bare=true"))["total"] == len(MATERIAL)
    assert (await told(who, "GET", "media?unused=true&limit=1&offset=3"))["total"] == len(MATERIAL)
    for rubbish in ("words=%00", "group=%F0%9F", "folder=..%2F..", "words=%25_%2F", "folder=%00"):
        assert (await told(who, "GET", f"media?{rubbish}"))["total"] == 0
    for wrong in ("limit=0", "limit=x", "sort=umur", "category=lain", "x=1", "rights_until=1"):
        await told(who, "GET", f"media?{wrong}", 422)
    facets = await told(who, "GET", "media-facets")
    assert facets["folders"]["lagu/wajib"] == 1 and facets["binned"] == 0


async def test_many_are_changed_at_once_and_back(who: Visitor, site: Site) -> None:
    songs = (await told(who, "GET", "media-ids?folder=musik"))["assets"]
    assert len(songs) == 24
    given = {"category": "hiburan", "age": "SU", "group": "gold", "last_day": "2026-12-01", "hours": [[18000, 32400]]}
    done = await told(who, "POST", "media-bulk", json={"assets": songs, "fields": given})
    assert done["changed"] == 24
    assert (await told(who, "GET", "media?category=hiburan&age=SU&group=gold&bare=false"))["total"] == 24
    assert (await told(who, "GET", "media?rights_until=2026-11-30"))["total"] == 0
    assert (await told(who, "GET", "media?rights_until=2026-12-01"))["total"] == 24
    assert (await told(who, "GET", "media-facets"))["groups"] == ["gold"]
    await told(who, "POST", "media-changes", json=done["undo"])
    assert (await told(who, "GET", "media?category=hiburan"))["total"] == 0
    (undone, did) = (await site.office.audit.page(action="media.change"))[:2]
    assert did.object == "24 materi" and did.after[songs[0]]["group"] == "gold"
    assert undone.after[songs[0]]["category"] is None


async def test_what_cannot_be_is_said_at_the_field_and_nothing_changes(who: Visitor) -> None:
    at = f"media/{asset_of(SONG)}"
    wrong = {
        "cue_out_ms": ({"cue_out_ms": 10_000_000}, "di luar berkas"),
        "intro_ms": ({"cue_in_ms": 5000, "intro_ms": 5000}, "harus sesudah titik mulai"),
        "last_day": ({"first_day": "2026-12-02", "last_day": "2026-12-01"}, "hak siar berakhir sebelum mulai"),
        "hours": ({"hours": [[5, 5]]}, "jam di luar hari"),
        "weight": ({"weight": 0}, "paling kecil 1"),
        "title": ({"title": "   "}, "tidak boleh kosong"),
        "titel": ({"titel": "x"}, "tidak dikenal"),
        "category": ({"category": "lain"}, "harus salah satu dari"),
    }
    for field, (given, said) in wrong.items():
        problem = await told(who, "PATCH", at, 422, json=given)
        assert {e["field"]: e["detail"] for e in problem["errors"]}[field].startswith(said), problem
    changes = [{"asset": asset_of(p), "fields": {"cue_out_ms": 100_000}} for p in (SONG, "spot/batik-1.mp3")]
    await told(who, "POST", "media-changes", 422, json={"changes": changes})
    assert (await told(who, "GET", at))["details"]["cue_out_ms"] is None, "all or none"


async def test_titles_of_strangers(who: Visitor) -> None:
    at = f"media/{asset_of(SONG)}"
    given = {"title": "<b>Desa\u202e3pm</b>\u0007\0", "note": "satu\ndua\u200b"}
    found = await told(who, "PATCH", at, json=given)
    assert found["title"] == "<b>Desa3pm</b>" and found["details"]["note"] == "satu\ndua"
    assert await titles(who, "words=desa3pm") == ["<b>Desa3pm</b>"]
    page = await who.get(f"/kerja/materi/{asset_of(SONG)}")
    assert page.status == 200 and "<b>Desa" not in await page.text()


async def test_the_bin(who: Visitor, site: Site, settings: Settings) -> None:
    asset, radio = asset_of(SONG), settings.channels[1]
    library, profile = site.office.library, settings.profile(radio)
    planning = site.office.planning
    await planning.store.save_document(
        Kind.PLAYLIST, "pagi", {"id": "pagi", "title": "Pagi", "items": [SONG]}, site.clock.at
    )
    warned = await told(who, "POST", "media-warnings", json={"assets": [asset]})
    assert [(u["place"], u["name"]) for u in warned["uses"]] == [("daftar", "pagi")]
    assert (await told(who, "POST", "media-bin", json={"assets": [asset]}))["count"] == 1
    assert asset not in (await library.shelf(profile)).materials, "it airs no more"
    assert "Lagu 1" not in await titles(who, "words=lagu%201") and (settings.media_dir / SONG).exists()
    assert [i["id"] for i in (await told(who, "GET", "media-bin/list"))["items"]] == [asset]
    assert (await told(who, "POST", "media-bin/restore", json={"assets": [asset]}))["count"] == 1
    assert asset in (await library.shelf(profile)).materials
    await told(who, "POST", "media-bin", 404, json={"assets": ["0" * 40]})


async def test_emptying_the_bin_keeps_what_aired(who: Visitor, site: Site, settings: Settings) -> None:
    never, once = asset_of(SONG), asset_of("musik/lagu-02.mp3")
    library, house = site.office.library, settings.data_dir / "house"
    profile: Profile = settings.profile(settings.channels[1])
    sets = {name: house / name[:2] / name / profile.recipe for name in (never, once)}
    for folder in sets.values():
        folder.mkdir(parents=True)
        (folder / "a128.mp4").write_bytes(b"x")
    row = AiredRow("radio", Quanta(5), Quanta(9), once, profile.house(once), "item", "Lagu 2", "")
    await library.record_aired([row])
    await told(who, "POST", "media-bin", json={"assets": [never, once]})
    site.clock.at += REST + timedelta(minutes=1)
    assert (await told(who, "POST", "media-bin/empty", json={}))["count"] == 2
    assert not (settings.media_dir / SONG).exists() and not (settings.media_dir / "musik/lagu-02.mp3").exists()
    assert not sets[never].exists() and sets[once].exists(), "what aired can be watched and proved"
    assert (await told(who, "GET", "media-bin/list"))["total"] == 0
    uses = await told(who, "GET", f"media/{once}/uses")
    assert uses["times_aired"] == 1 and uses["aired"][0]["channel"] == "radio"


async def test_content_that_comes_again_leaves_the_bin(who: Visitor, site: Site) -> None:
    asset = asset_of(SONG)
    await told(who, "POST", "media-bin", json={"assets": [asset]})
    await site.office.library.add_asset(asset, 1001, "Lagu", site.clock.at)
    assert (await told(who, "GET", f"media/{asset}"))["removed"] is None


async def test_names(who: Visitor, settings: Settings) -> None:
    at = f"media/{asset_of(SONG)}/move"
    moved = await told(who, "POST", at, json={"path": SONG, "to": "../lama/Lagu: Satu"})
    assert moved["path"] == "lama/Lagu_ Satu.mp3"
    assert (settings.media_dir / moved["path"]).read_text() == SONG and not (settings.media_dir / SONG).exists()
    assert (await told(who, "GET", f"media/{asset_of(SONG)}"))["paths"] == [moved["path"]]
    assert await titles(who, "words=lama%20satu") == ["Lagu 1"]
    taken = {"path": moved["path"], "to": "musik/lagu-02.mp3"}
    assert "sudah ada" in (await told(who, "POST", at, 409, json=taken))["detail"]
    await told(who, "POST", at, 404, json={"path": "musik/lagu-02.mp3", "to": "x.mp3"})
    outside = settings.media_dir / "luar"
    outside.symlink_to("/tmp")
    answer = await who.post(API + at, json={"path": moved["path"], "to": "luar/x.mp3"})
    assert answer.status == 409 and not Path("/tmp/x.mp3").exists()


async def test_playlists_and_rotations(who: Visitor) -> None:
    made = await told(
        who, "POST", "playlists", 201, json={"title": "Musik Pagi", "items": ["/musik//lagu-01.mp3".lstrip("/")]}
    )
    assert made["id"] == "musik-pagi" and made["items"] == ["musik/lagu-01.mp3"]
    again = {"title": "Musik Pagi", "items": ["musik/lagu-02.mp3", "folder:kabar"]}
    assert (await told(who, "PUT", "playlists/musik-pagi", json=again))["items"] == again["items"]
    for items, field in ((["../x.mp3"], "items.0"), (["playlist:lain"], "items.0"), (["playlist:musik-pagi"], "items")):
        problem = await told(who, "PUT", "playlists/musik-pagi", 422, json={"title": "x", "items": items})
        assert problem["errors"][0]["field"] == field
    other = await told(who, "POST", "playlists", 201, json={"title": "Dua", "items": ["playlist:musik-pagi"]})
    assert "masih dipakai" in (await told(who, "DELETE", "playlists/musik-pagi", 409))["detail"]
    await told(who, "PUT", "playlists/musik-pagi", 422, json={"title": "x", "items": ["playlist:dua"]})
    await told(who, "DELETE", f"playlists/{other['id']}", 204)
    await told(who, "DELETE", "playlists/musik-pagi", 204)
    await told(who, "GET", "playlists/musik-pagi", 404)
    rotation = await told(who, "POST", "rotations", 201, json={"title": "Campur", "folders": ["musik"]})
    await told(who, "PUT", "rotations/campur", json={"title": "Campur", "folders": ["musik", "."], "clock": ["gold"]})
    problem = await told(who, "PUT", "rotations/campur", 422, json={"title": "x", "folders": ["../.."]})
    assert problem["errors"][0]["field"].startswith("folders")
    assert [r["id"] for r in await told(who, "GET", "rotations")] == [rotation["id"]]
    await told(who, "DELETE", "rotations/campur", 204)
    folder = await told(who, "POST", "playlist-imports/folder", 201, json={"folder": "kabar", "title": "Kabar"})
    assert folder["items"][9:11] == ["kabar/episode-10.mp3", "kabar/episode-11.mp3"]
    await told(who, "POST", "playlist-imports/folder", 404, json={"folder": "../..", "title": "x"})


async def test_foreign_playlists_are_matched(who: Visitor) -> None:
    rows = ("#EXTM3U", "D:\\Siaran\\musik\\lagu-01.mp3", "kabar/EPISODE-02.MP3", "#EXTINF:219,Penyanyi 3 - Lagu 3")
    text = "\n".join((*rows, "x/lain.mp3", "hilang.mp3"))
    body = {"content": base64.b64encode(text.encode()).decode()}
    found = await told(who, "POST", "playlist-imports/file", json=body)
    assert [(r["path"], r["how"]) for r in found["rows"]] == [
        ("musik/lagu-01.mp3", "jalur"),
        ("kabar/episode-02.mp3", "jalur"),
        ("musik/lagu-03.mp3", "judul"),
        ("", "tidak"),
    ]
    assert found["format"] == "M3U" and found["found"] == 3
    for data in (b"", b"\0\1\2", b"<!DOCTYPE x [<!ENTITY a 'b'>]><playlist/>", b"<html>", b"#EXTM3U\n"):
        body = {"content": base64.b64encode(data).decode()}
        await told(who, "POST", "playlist-imports/file", 409, json=body)
    await told(who, "POST", "playlist-imports/file", 422, json={"content": "bukan base64 !"})


async def test_who_may(site: Site, who: Visitor) -> None:
    viewer, stranger = await site.logged_in(Role.VIEWER), site.stranger()
    asset = asset_of(SONG)
    for path in ("media", "media-ids", "media-facets", "media-progress", "media-refused", f"media/{asset}"):
        assert (await viewer.get(API + path)).status == 200 and (await stranger.get(API + path)).status == 401, path
    operator = await site.logged_in(Role.OPERATOR)
    assert (await operator.ask("PATCH", f"{API}media/{asset}", json={"note": "x"})).status == 200
    for visitor, status in ((viewer, 403), (stranger, 401)):
        assert (await visitor.ask("PATCH", f"{API}media/{asset}", json={"note": "x"})).status == status
        assert (await visitor.post(f"{API}media-bin", json={"assets": [asset]})).status == status
        assert (await visitor.get(f"{API}uploads")).status == status
    assert (await operator.post(f"{API}playlists", json={"title": "x"})).status == 403

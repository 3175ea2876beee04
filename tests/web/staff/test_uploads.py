"""Uploads by the tus protocol: whole, interrupted, damaged, hostile, by the wrong person."""

import asyncio
import base64
import hashlib
import io
import math
import struct
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.accounts import Role
from lppl.config import Settings
from lppl.desk import uploads as desk
from lppl.desk.uploads import LIFE, UploadDesk
from lppl.file_names import LONGEST, safe_folder, safe_name, safe_path
from lppl.uploads import UploadState
from streaming.folder import ignored
from tests.station.service import eventually
from tests.web.staff.conftest import Site, Visitor
from web.staff.visit import csrf_of

TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = TUS | {"Content-Type": "application/offset+octet-stream"}


def sound(seconds: float = 1.0, pitch: float = 440) -> bytes:
    """Return a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        count = int(8000 * seconds)
        file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(n * pitch / 1273))) for n in range(count)))
    return out.getvalue()


def said(**pairs: str) -> str:
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())


async def begin(who: Visitor, size: int, name: str = "Lagu.wav", **more: str) -> str:
    headers = TUS | {"Upload-Length": str(size), "Upload-Metadata": said(filename=name, **more)}
    answer = await who.post("/api/v1/tus", headers=headers)
    assert answer.status == 201, await answer.text()
    return "/api/v1/" + answer.headers["Location"]


async def send(who: Visitor, where: str, offset: int, data: bytes, **more: str) -> tuple[int, str]:
    headers = CHUNK | {"Upload-Offset": str(offset)} | {k.replace("_", "-"): v for k, v in more.items()}
    answer = await who.ask("PATCH", where, data=data, headers=headers)
    return answer.status, answer.headers.get("Upload-Offset", "")


async def offset(who: Visitor, where: str) -> str:
    return (await who.ask("HEAD", where, headers=TUS)).headers.get("Upload-Offset", "")


async def test_a_file_in_pieces_lands_under_a_safe_name(site: Site, settings: Settings) -> None:
    who, data = await site.logged_in(Role.PROGRAMME), sound()
    where = await begin(who, len(data), "..\\..\\Lagu: <b>Desa</b>.wav", folder="../musik/baru")
    assert await offset(who, where) == "0"
    assert await send(who, where, 0, data[:5000]) == (204, "5000")
    assert await offset(who, where) == "5000"
    assert await send(who, where, 4000, data[4000:]) == (409, "5000")
    assert await send(who, where, 5000, data[5000:]) == (204, str(len(data)))
    placed = settings.media_dir / "musik/baru/Lagu_ _b_Desa_" / "b_.wav"
    assert placed.read_bytes() == data
    assert not [*(settings.data_dir / "uploads").iterdir()]
    assert (await site.office.audit.page())[0].action == "media.upload"
    assert (await send(who, where, len(data), b"x"))[0] == 404, "it is over"


async def test_never_over_another_file(site: Site, settings: Settings) -> None:
    who, one, two = await site.logged_in(Role.PROGRAMME), sound(1), sound(1, 220)
    for data in (one, two, one):
        await send(who, await begin(who, len(data)), 0, data)
    lying = {p.name: p.read_bytes() for p in settings.media_dir.iterdir()}
    assert lying == {"Lagu.wav": one, "Lagu (2).wav": two}, "the same content is not kept twice"


async def test_what_is_no_media_is_refused_with_a_sentence(site: Site, settings: Settings) -> None:
    who = await site.logged_in(Role.OPERATOR)
    for data, word in ((b"#EXTM3U\nhttp://jahat.example/\n" * 9, "bukan media"), (b"\0" * 4000, "rusak")):
        where = await begin(who, len(data), "lagu.mp3")
        assert (await send(who, where, 0, data))[0] == 204
        upload = await site.office.uploads.store.get(where.rpartition("/")[2])
        assert upload is not None and upload.state == "refused" and word in upload.told
    assert not [*settings.media_dir.iterdir()] and not [*(settings.data_dir / "uploads").iterdir()]


async def test_an_empty_file_is_refused(site: Site) -> None:
    who = await site.logged_in(Role.OPERATOR)
    where = await begin(who, 0, "kosong.mp3")
    await offset(who, where)

    async def refused() -> bool:
        (upload,) = await site.office.uploads.store.of(who.account.id if who.account else 0, site.clock.at)
        return upload.state == "refused" and "kosong" in upload.told.casefold()

    await eventually(refused, "the empty file is refused", 20)


async def test_after_a_kill_only_what_was_synced_counts(site: Site, settings: Settings) -> None:
    who, data = await site.logged_in(Role.PROGRAMME), sound()
    where = await begin(who, len(data))
    await send(who, where, 0, data[:6000])
    (partial,) = (settings.data_dir / "uploads").iterdir()
    with partial.open("ab") as file:
        file.write(b"written, never synced, never counted")
    site.office.__dict__["uploads"] = UploadDesk(settings, site.office.uploads.store, site.office.audit)
    assert await offset(who, where) == "6000"
    assert (await send(who, where, 6000, data[6000:]))[0] == 204
    assert (settings.media_dir / "Lagu.wav").read_bytes() == data


async def test_a_whole_file_is_taken_up_after_a_kill(site: Site, settings: Settings) -> None:
    who, data = await site.logged_in(Role.PROGRAMME), sound()
    where = await begin(who, len(data))
    (partial,) = (settings.data_dir / "uploads").iterdir()
    partial.write_bytes(data)
    store = site.office.uploads.store
    await store.reached(where.rpartition("/")[2], len(data), site.clock.at)
    assert await offset(who, where) == str(len(data))

    async def placed() -> bool:
        return (settings.media_dir / "Lagu.wav").exists()

    await eventually(placed, "the file is put into the media folder", 20)


async def test_a_file_that_was_being_examined_at_a_kill_is_taken_up_by_the_pages_look(
    site: Site, settings: Settings
) -> None:
    who, data = await site.logged_in(Role.PROGRAMME), sound()
    name = (await begin(who, len(data))).rpartition("/")[2]
    (partial,) = (settings.data_dir / "uploads").iterdir()
    partial.write_bytes(data)
    store = site.office.uploads.store
    await store.reached(name, len(data), site.clock.at)
    await store.become(name, UploadState.CHECKING, site.clock.at)

    async def done() -> bool:
        (upload,) = await (await who.get("/api/v1/uploads")).json()
        return bool(upload["state"] == "done")

    await eventually(done, "the file is put into the media folder", 20)
    assert (settings.media_dir / "Lagu.wav").read_bytes() == data


async def test_a_broken_connection_leaves_what_had_come(site: Site, settings: Settings) -> None:
    who, data = await site.logged_in(Role.PROGRAMME), sound() * 100
    where = await begin(who, len(data))
    url = site.client.make_url(where)
    _, writer = await asyncio.open_connection(url.host, url.port)
    headers = {
        **CHUNK, "Upload-Offset": "0", "Content-Length": str(len(data)), "Host": f"{url.host}:{url.port}",
        "Cookie": f"lppl={who.cookie}", "X-CSRF-Token": csrf_of(who.cookie),
    }  # fmt: skip
    head = f"PATCH {where} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
    writer.write(head.encode() + data[:1_300_000])
    await writer.drain()
    (partial,) = (settings.data_dir / "uploads").iterdir()

    async def written() -> bool:
        return partial.stat().st_size >= 1_000_000

    await eventually(written, "a piece is on disk", 20)
    assert (await send(who, where, 0, data[:9]))[0] == 423, "somebody is writing"
    writer.close()

    async def came() -> bool:
        return int(await offset(who, where)) >= 1_000_000

    await eventually(came, "what came before the break counts", 20)
    reached = int(await offset(who, where))
    assert (await send(who, where, reached, data[reached:]))[0] == 204


async def test_a_damaged_piece_is_asked_for_again(site: Site) -> None:
    who, data = await site.logged_in(Role.PROGRAMME), sound()
    where = await begin(who, len(data))
    wrong = "sha1 " + base64.b64encode(hashlib.sha1(b"lain").digest()).decode()
    right = "sha256 " + base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert (await send(who, where, 0, data, Upload_Checksum=wrong))[0] == 460
    assert await offset(who, where) == "0"
    assert (await send(who, where, 0, data, Upload_Checksum="md5 " + wrong[5:]))[0] == 400
    assert (await send(who, where, 0, data, Upload_Checksum=right))[0] == 204


async def test_more_than_announced_is_refused(site: Site) -> None:
    who, data = await site.logged_in(Role.PROGRAMME), sound()
    where = await begin(who, 100)
    assert (await send(who, where, 0, data))[0] == 413


async def test_the_disk_is_left_to_the_air(site: Site, settings: Settings) -> None:
    who = await site.logged_in(Role.PROGRAMME)
    site.office.__dict__["uploads"] = UploadDesk(
        settings.model_copy(update={"min_free_gb": 90_000.0}), site.office.uploads.store, site.office.audit
    )
    answer = await who.post("/api/v1/tus", headers=TUS | {"Upload-Length": "5", "Upload-Metadata": said(filename="a")})
    assert answer.status == 413 and "Disk tidak cukup" in (await answer.json())["detail"]
    huge = await who.post("/api/v1/tus", headers=TUS | {"Upload-Length": str(10**15)})
    assert huge.status == 413


async def test_a_media_disk_that_is_away_is_said(site: Site, settings: Settings) -> None:
    settings.media_dir.rmdir()
    who = await site.logged_in(Role.PROGRAMME)
    answer = await who.post("/api/v1/tus", headers=TUS | {"Upload-Length": "5", "Upload-Metadata": said(filename="a")})
    assert answer.status == 409 and "Folder materi" in (await answer.json())["detail"]


async def test_only_whom_it_belongs_to(site: Site) -> None:
    who, other = await site.logged_in(Role.PROGRAMME), await site.logged_in(Role.OPERATOR)
    where = await begin(who, 100)
    assert (await other.ask("HEAD", where, headers=TUS)).status == 404
    assert (await other.ask("DELETE", where, headers=TUS)).status == 404
    assert (await site.stranger().ask("HEAD", where, headers=TUS)).status == 401
    announcer = await site.logged_in(Role.ANNOUNCER)
    assert (await announcer.post("/api/v1/tus", headers=TUS | {"Upload-Length": "5"})).status == 403
    forged = await who.post("/api/v1/tus", headers=TUS | {"Upload-Length": "5", "X-CSRF-Token": "0"})
    assert forged.status == 403
    assert (await who.ask("DELETE", where, headers=TUS)).status == 204
    assert (await who.ask("HEAD", where, headers=TUS)).status == 404


async def test_what_nobody_goes_on_with_is_given_up(site: Site, settings: Settings) -> None:
    who = await site.logged_in(Role.PROGRAMME)
    where = await begin(who, 100)
    site.clock.at += LIFE * 1.1
    who = await site.logged_in(Role.PROGRAMME)
    await begin(who, 100)
    assert len([*(settings.data_dir / "uploads").iterdir()]) == 1
    assert (await send(who, where, 0, b"x"))[0] == 404
    store, name = site.office.uploads.store, where.rpartition("/")[2]
    assert await store.get(name) is not None
    site.clock.at += LIFE * 1.1
    await begin(await site.logged_in(Role.PROGRAMME), 100)
    assert await store.get(name) is None, "what is long over is not kept"


async def test_the_protocol_says_what_it_understands(site: Site) -> None:
    who = await site.logged_in(Role.PROGRAMME)
    answer = await who.ask("OPTIONS", "/api/v1/tus")
    assert answer.headers["Tus-Version"] == "1.0.0" and "checksum" in answer.headers["Tus-Extension"]
    assert (await who.post("/api/v1/tus", headers={"Upload-Length": "1"})).status == 412
    for length in ("", "-1", "1e3", "٣", "9" * 30):
        assert (await who.post("/api/v1/tus", headers=TUS | {"Upload-Length": length})).status == 400, length


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("lagu\u202e3pm.exe", "lagu3pm.exe"),
        ("CON.mp3", "_CON.mp3"),
        (".tersembunyi.mp3", "tersembunyi.mp3"),
        ("unduhan.mp3.crdownload", "unduhan.mp3"),
        ("nol\0baris\n.mp3", "nol_baris_.mp3"),
        ("..", "berkas"),
        ("", "berkas"),
    ],
)
def test_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.lists(st.text(), max_size=12))
def test_every_name_is_one_that_the_library_reads_and_stays_inside(parts: list[str]) -> None:
    path = safe_path(parts)
    assert not path.is_absolute() and path.parts and ".." not in path.parts
    for part in path.parts:
        assert not ignored(part) or part.casefold() in ("thumbs.db", "desktop.ini"), part
        assert len(part.encode()) <= LONGEST and "/" not in part
    assert ".." not in safe_folder("/".join(parts)).parts


def test_what_is_waited_for_is_less_than_a_proxy_waits() -> None:
    assert desk.SAID_S < 30


def test_sound_is_a_file(tmp_path: Path) -> None:
    assert sound().startswith(b"RIFF")

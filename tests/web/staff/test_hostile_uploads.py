"""Files that mean harm, sent as uploads: a cover that unpacks to gigabytes, a tag of a gigabyte."""

import asyncio
import resource
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from mutagen.id3 import APIC
from mutagen.mp4 import MP4, MP4Cover
from mutagen.wave import WAVE

from lppl.accounts import Role
from lppl.config import Settings
from lppl.uploads import Upload
from streaming.covers import CoverRefused, make_cover
from tests.station.service import eventually
from tests.streaming.test_covers import bomb
from tests.web.staff.conftest import Site
from tests.web.staff.test_uploads import begin, send, sound

pytestmark = pytest.mark.integration

GIGABYTE = 1 << 30
MOST_KB = 400_000
"""What reading such a tag may take, the interpreter with it."""
READ = """
import sys
from pathlib import Path
from lppl.tags import read_tags
title = read_tags(Path(sys.argv[1])).title
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(title, status["VmHWM"].split()[0], sep="|")  # ru_maxrss would count what the parent had when it forked
"""


async def whole(site: Site, where: str) -> Upload:
    """Return an upload when it is known what became of it."""
    name, found = where.rpartition("/")[2], list[Upload]()
    who = await site.logged_in(Role.PROGRAMME)

    async def over() -> bool:
        await asyncio.sleep(0.5)  # as often as a page may ask
        assert (await who.get("/api/v1/uploads")).status == 200  # as the page looks
        upload = await site.office.uploads.store.get(name)
        found[:] = [upload] if upload is not None else []
        return bool(found) and found[0].state not in ("receiving", "checking")

    await eventually(over, "the upload is over")
    return found[0]


async def test_a_bomb_of_a_cover_is_no_picture_and_the_sound_airs(
    site: Site, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "bom.wav"
    file.write_bytes(sound())
    tagged = WAVE(file)
    tagged.add_tags()
    tagged.tags.add(APIC(type=3, mime="image/png", desc="", data=bomb()))
    tagged.save()
    who = await site.logged_in(Role.PROGRAMME)
    where = await begin(who, file.stat().st_size, "Bom.wav")
    assert (await send(who, where, 0, file.read_bytes()))[0] == 204
    assert (await whole(site, where)).state == "done"
    with pytest.raises(CoverRefused, match="30000 x 30000"):
        await make_cover(settings.media_dir / "Bom.wav", tmp_path / "sampul.jpg")
    assert not (tmp_path / "sampul.jpg").exists()


def with_a_huge_cover(path: Path) -> None:
    """Write an M4A whose cover says it is a gigabyte, and is: zeros, which take no room on disk."""
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=1", str(path)], check=True)
    file = MP4(path)
    file["\xa9nam"], file["covr"] = "Lagu Besar", [MP4Cover(b"\x89PNG" + bytes(60))]
    file.save(padding=lambda _info: 0)
    data = bytearray(path.read_bytes())
    assert data[-8:] == b"\0\0\0\x08free"  # what mutagen leaves behind the tags
    at, end = 0, len(data) - 8
    for name in (b"moov", b"udta", b"meta", b"ilst", b"covr", b"data"):
        while data[at + 4 : at + 8] != name:
            at += struct.unpack_from(">I", data, at)[0]
        struct.pack_into(">I", data, at, end - at + GIGABYTE)  # each is the last of what is around it
        at += 12 if name == b"meta" else 8
    path.write_bytes(data[:end])
    with path.open("ab") as grown:
        grown.truncate(end + GIGABYTE)


@pytest.mark.soak
async def test_a_tag_of_a_gigabyte_costs_nobody_the_memory(site: Site, settings: Settings) -> None:
    who = await site.logged_in(Role.PROGRAMME)
    size = len(sound())
    where = await begin(who, size, "Besar.m4a")
    (partial,) = (settings.data_dir / "uploads").iterdir()
    await asyncio.to_thread(with_a_huge_cover, made := partial.with_name("besar.m4a"))
    made.rename(partial)
    store, name = site.office.uploads.store, where.rpartition("/")[2]
    await store._update(name, size=partial.stat().st_size, received=partial.stat().st_size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    upload = await whole(site, where)
    assert upload.state == "done", upload.told
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KB
    argv = [sys.executable, "-c", READ, str(settings.media_dir / "Besar.m4a")]
    said = await asyncio.to_thread(subprocess.run, argv, check=True, capture_output=True, text=True, timeout=60)
    title, took = said.stdout.strip().split("|")
    assert title == "Besar" and int(took) < MOST_KB

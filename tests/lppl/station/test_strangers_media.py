"""Strangers' pictures, videos and sounds are made anew: nothing hidden comes along, nothing hostile gets out."""

import asyncio
import io
import json
import os
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from lppl import process
from lppl.errors import ProcessFailed
from lppl.intake import content, redrawing
from lppl.intake.content import Judged
from lppl.intake.values import Kind
from lppl.station import strangers_commands as commands
from lppl.station import strangers_media
from lppl.station.strangers_commands import Limits
from lppl.station.strangers_media import SAFE, SENTENCES, SMALL, NotMadeSafe, Safe, judged_file, made_safe

pytestmark = pytest.mark.integration

SECRET = b"RAHASIA-3371"
MAGELANG = (-7.4797, 110.2177)


def ffmpeg(*options: str | Path) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, options)], check=True)


def probed(path: Path) -> dict[str, object]:
    argv = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters", str(path)]
    return dict(json.loads(subprocess.run(argv, check=True, capture_output=True).stdout))


def put(folder: Path, data: bytes, name: str = "received") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


async def made(source: Path, judged: Judged | None = None) -> Safe:
    """Make `source` safe in a folder beside it; check that nothing but what was made is left."""
    folder = source.parent / "made"
    folder.mkdir()
    before = source.read_bytes()
    found = judged or judged_file(source)
    assert isinstance(found, Judged)
    try:
        safe = await made_safe(source, found, folder)
    except NotMadeSafe as error:
        assert list(folder.iterdir()) == []
        assert str(error) == " / ".join(SENTENCES[error.reason])
        raise
    finally:
        assert source.read_bytes() == before
    assert sorted(folder.iterdir()) == sorted(safe.parts.values())
    return safe


async def refused(source: Path, judged: Judged | None = None) -> str:
    with pytest.raises(NotMadeSafe) as caught:
        await made(source, judged)
    assert not caught.value.again
    return caught.value.reason


# --- pictures ----------------------------------------------------------------------------------------------


def photo(kind: str = "JPEG") -> bytes:
    """A photograph that lies on its side and tells where it was taken, by whom, and more."""
    picture = Image.new("RGB", (60, 40), "red")
    picture.paste("blue", (0, 0, 30, 40))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # to be turned clockwise
    exif[ExifTags.Base.Artist] = SECRET.decode()
    south, east = (7, 28, 46.92), (110, 13, 3.72)
    exif[ExifTags.IFD.GPSInfo] = {1: "S", 2: south, 3: "E", 4: east, 29: "2026:11:22"}
    out = io.BytesIO()
    hidden = {"exif": exif, "icc_profile": b"ICC" + SECRET, "xmp": b"<x:xmpmeta>" + SECRET}
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    more = {"pnginfo": text} if kind == "PNG" else {"comment": SECRET} if kind == "JPEG" else {}
    picture.save(out, kind, **hidden, **more)
    return out.getvalue()


def markers(jpeg: bytes) -> set[int]:
    """Return the segments of a JPEG before its pixels."""
    found, at = set(), 2
    while jpeg[at + 1] != 0xDA:
        found.add(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
async def test_a_photograph_loses_all_but_its_pixels(tmp_path: Path, kind: str) -> None:
    data = photo(kind)
    assert SECRET in data
    safe = await made(put(tmp_path, data))
    assert (safe.kind, safe.content_type) == (Kind.PICTURE, "image/jpeg")
    assert (safe.width, safe.height) == (40, 60)
    assert safe.gps == pytest.approx(MAGELANG, abs=1e-4)
    for path in safe.parts.values():
        bytes_ = path.read_bytes()
        assert SECRET not in bytes_ and b"Exif" not in bytes_ and b"ICC" not in bytes_ and b"xmp" not in bytes_
        assert markers(bytes_) <= {0xE0, 0xDB, 0xC0, 0xC4}  # JFIF, tables, frame: no Exif, no profile, no comment
        with Image.open(path) as picture:
            assert not picture.getexif()
        assert path.stat().st_mode & 0o077 == 0
    with Image.open(safe.parts[SAFE]) as picture:
        top, bottom = picture.convert("RGB").getpixel((20, 10)), picture.convert("RGB").getpixel((20, 50))
    assert isinstance(top, tuple) and isinstance(bottom, tuple)
    assert top[2] > 200 > 60 > top[0] and bottom[0] > 200 > 60 > bottom[2]  # upright: what was left is up


async def test_large_pictures_become_small_and_small_ones_stay(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (5000, 1000), "green").save(out, "JPEG")
    safe = await made(put(tmp_path, out.getvalue()))
    assert (safe.width, safe.height) == (2048, 410)
    with Image.open(safe.parts[SMALL]) as small:
        assert small.size == (320, 64)


async def test_of_a_moving_picture_the_first_is_kept_on_white(tmp_path: Path) -> None:
    first, second = Image.new("RGBA", (30, 20), (0, 0, 0, 0)), Image.new("RGBA", (30, 20), "red")
    out = io.BytesIO()
    first.save(out, "GIF", save_all=True, append_images=[second], comment=SECRET)
    safe = await made(put(tmp_path, out.getvalue()))
    with Image.open(safe.parts[SAFE]) as picture:
        assert getattr(picture, "n_frames", 1) == 1
        assert picture.convert("RGB").getpixel((15, 10)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
async def test_every_kind_of_pixel(tmp_path: Path, mode: str) -> None:
    picture = Image.new("I;16", (16, 16), 0x8000) if mode == "I;16" else Image.new("L", (16, 16), 128).convert(mode)
    out = io.BytesIO()
    picture.save(out, "PNG")
    safe = await made(put(tmp_path, out.getvalue()))
    with Image.open(safe.parts[SAFE]) as drawn:
        level = drawn.convert("L").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert level == pytest.approx(128, abs=8)


async def test_what_was_glued_to_a_picture_stays_behind(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.effect_noise((90, 60), 80).save(out, "JPEG")
    safe = await made(put(tmp_path, out.getvalue() + b"<html><script>alert(1)</script>"))
    assert b"<script" not in safe.parts[SAFE].read_bytes()


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (png(60_000, 60_000, b"\0\0\0\0"), "too-large"),
        (png(100, 100, b"\0\0\0\0"), "damaged"),
        (photo("PNG")[:-40], "damaged"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(100), "damaged"),
        (photo("GIF")[:6] + struct.pack("<HH", 65_000, 65_000) + photo("GIF")[10:], "too-large"),
        (b"RIFF\xff\0\0\0WEBPVP8 " + bytes(80), "damaged"),
    ],
)
async def test_bombs_and_damaged_pictures_are_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    assert await refused(put(tmp_path, data)) == reason


async def test_a_photograph_cut_off_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.effect_noise((400, 300), 80).save(out, "JPEG")
    assert await refused(put(tmp_path, out.getvalue()[:8000])) == "damaged"


async def test_only_the_decoder_of_the_judged_type_is_tried(tmp_path: Path) -> None:
    assert await refused(put(tmp_path, photo("PNG")), content.JPEG) == "damaged"


async def test_coordinates_that_are_none_are_no_hint() -> None:
    for gps in ({}, {2: (0, 0, 0), 4: (0, 0, 0)}, {2: (91, 0, 0), 4: (1, 0, 0)}, {2: "x", 4: None}):
        exif = Image.Exif()
        exif[ExifTags.IFD.GPSInfo] = gps
        assert redrawing.gps_of(exif) is None


async def test_heic_that_cannot_be_decoded_is_kept_as_a_file(tmp_path: Path) -> None:
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\x08mdat" * 9
    assert await made(put(tmp_path, data)) == Safe(Kind.FILE)


async def test_documents_are_left_as_they_are(tmp_path: Path) -> None:
    assert await made(put(tmp_path, b"%PDF-1.4\n" + bytes(40))) == Safe(Kind.FILE)


# --- videos and sounds -------------------------------------------------------------------------------------

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=192x144:r=10:d=1")
SOUND = ("-f", "lavfi", "-i", "sine=d=1:r=16000")
TAGS = ("-metadata", f"comment={SECRET.decode()}", "-metadata", "location=-07.4797+110.2177/", "-metadata:s", "title=x")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", ("-c:v", "libx264", "-preset", "ultrafast", "-movflags", "use_metadata_tags")),
        ("a.webm", ("-c:v", "libvpx", "-deadline", "realtime")),
        ("a.mkv", ("-c:v", "mpeg4")),
        ("a.ogv", ("-c:v", "libtheora")),
    ],
)
async def test_a_video_becomes_one_that_every_browser_plays(
    tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    chapters = put(tmp_path, b";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle=" + SECRET, "chapters")
    source = tmp_path / name
    ffmpeg(*PICTURE, *SOUND, "-i", chapters, "-map", "0", "-map", "1", "-map_chapters", "2", *options, *TAGS, source)
    assert SECRET in source.read_bytes()
    safe = await made(source)
    assert (safe.kind, safe.content_type, safe.cut) == (Kind.VIDEO, "video/mp4", False)
    assert (safe.width, safe.height) == (192, 144)
    assert safe.duration_s == pytest.approx(1, abs=0.2)
    data = safe.parts[SAFE].read_bytes()
    assert SECRET not in data and b"7.4797" not in data and b"Lavf" not in data
    assert data.index(b"moov") < data.index(b"mdat")
    found = probed(safe.parts[SAFE])
    streams = found["streams"]
    assert isinstance(streams, list)
    assert [s["codec_name"] for s in streams] == ["h264", "aac"] and found["chapters"] == []
    with Image.open(safe.parts[SMALL]) as poster:
        assert poster.format == "JPEG" and poster.size == (192, 144)
    assert SECRET not in safe.parts[SMALL].read_bytes()


async def test_a_large_upright_video_fits_and_stands(tmp_path: Path) -> None:
    lying, source = tmp_path / "lying.mp4", tmp_path / "turned.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=red:s=1920x1080:r=5:d=0.4", "-preset", "ultrafast", lying)
    if _turns():
        ffmpeg("-display_rotation:v:0", "90", "-i", lying, "-c", "copy", source)
    else:
        ffmpeg("-i", lying, "-c", "copy", "-metadata:s:v", "rotate=90", source)
    safe = await made(source)
    assert (safe.width, safe.height) == (720, 1280)
    with Image.open(safe.parts[SMALL]) as poster:
        assert poster.size == (360, 640)


def _turns() -> bool:
    """Tell whether ffmpeg is of release 6 or newer, which sets a rotation by an option and not by a tag."""
    said = subprocess.run(["ffmpeg", "-hide_banner", "-h", "full"], capture_output=True, check=True).stdout
    return b"-display_rotation" in said


def amr() -> bytes:
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * 60


@pytest.mark.parametrize("name", ["a.amr", "a.ogg", "a.opus", "a.mp3", "a.m4a", "a.aac", "a.wav", "a.flac", "a.mp4"])
async def test_a_sound_becomes_one_that_every_browser_plays(tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    if name == "a.amr":
        source.write_bytes(amr())
    else:
        codec = ("-c:a", "libopus") if name == "a.opus" else ()
        ffmpeg(*SOUND, "-t", "1.2", *codec, "-metadata", f"artist={SECRET.decode()}", source)
    safe = await made(source)
    assert (safe.kind, safe.content_type) == (Kind.SOUND, "audio/mp4")  # also a video without pictures
    assert safe.duration_s == pytest.approx(1.2 if name == "a.amr" else 1, abs=0.15)
    assert SECRET not in safe.parts[SAFE].read_bytes()
    streams = probed(safe.parts[SAFE])["streams"]
    assert isinstance(streams, list)
    assert [(s["codec_name"], s["channels"]) for s in streams] == [("aac", 1)]


async def test_a_cover_is_no_video(tmp_path: Path) -> None:
    cover, source = put(tmp_path, photo(), "cover.jpg"), tmp_path / "a.mp3"
    ffmpeg(*SOUND, "-i", cover, "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic", source)
    safe = await made(source)
    assert safe.kind is Kind.SOUND and set(safe.parts) == {SAFE}


async def test_ten_hours_in_a_few_bytes_are_refused(tmp_path: Path) -> None:
    plain, source = tmp_path / "plain.m4a", tmp_path / "long.m4a"
    ffmpeg(*SOUND, plain)
    ffmpeg("-i", plain, "-c", "copy", "-bsf:a", "setts=ts=TS*36000", source)
    assert source.stat().st_size < 20_000
    assert await refused(source) == "too-long"


async def test_a_long_sound_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "SOUND_S", 2.0)
    source = tmp_path / "a.flac"
    ffmpeg("-f", "lavfi", "-i", "sine=d=4", source)
    safe = await made(source)
    assert safe.cut and safe.duration_s == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
async def test_a_video_cut_off_is_refused_or_shown_as_far_as_it_goes(tmp_path: Path, name: str) -> None:
    whole = tmp_path / name
    ffmpeg(*PICTURE, whole)
    data = whole.read_bytes()
    source = put(tmp_path, data[: len(data) * 3 // 4])
    if name == "a.mp4":  # its index stands at its end
        assert await refused(source) == "damaged"
    else:
        safe = await made(source)
        assert safe.duration_s is not None and safe.duration_s < 1


async def test_noise_behind_a_signature_is_refused(tmp_path: Path) -> None:
    for number, head in enumerate([b"OggS\0", b"fLaC", b"\0\0\0\x18ftypisom", b"\x1aE\xdf\xa3\x93\x42\x82\x84webm"]):
        folder = tmp_path / str(number)
        folder.mkdir()
        source = put(folder, head + bytes(range(256)) * 40)
        assert await refused(source, content.judge(head + bytes(64), 9999)) in ("damaged", "nothing")  # type: ignore[arg-type]


async def test_codecs_that_no_telephone_writes_are_not_decoded(tmp_path: Path) -> None:
    source = tmp_path / "a.mkv"
    ffmpeg(*PICTURE, "-c:v", "snow", "-strict", "experimental", source)
    assert await refused(source) == "unsupported"


# --- what points elsewhere ---------------------------------------------------------------------------------


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file that a list points at, and that can be played."""
    path = tmp_path / "target.ts"
    ffmpeg(*PICTURE, *SOUND, "-c:v", "mpeg2video", path)
    return path


@pytest.mark.parametrize("judged", [content.MP4, content.WEBM, content.OGG, content.MP3, content.AAC, content.WAV])
async def test_a_list_by_another_name_opens_nothing(tmp_path: Path, target: Path, judged: Judged) -> None:
    script = put(tmp_path, f"ffconcat version 1.0\nfile '{target}'\n".encode(), "list.avi")
    # an ffmpeg that nothing restrains goes where the list points
    subprocess.run(["ffprobe", "-v", "error", "-safe", "0", str(script)], check=True)
    assert await refused(script, judged) in ("damaged", "nothing")


async def test_lists_are_not_judged_as_media(tmp_path: Path, target: Path) -> None:
    lists = (f"#EXTM3U\n#EXTINF:1,\n{target}\n", f"ffconcat version 1.0\nfile '{target}'\n", f"file '{target}'\n")
    for text in lists:
        assert judged_file(put(tmp_path, text.encode(), "a.mp4")) == content.Refused("list")


async def test_a_list_behind_a_real_beginning_opens_nothing(tmp_path: Path, target: Path) -> None:
    head = b"\0\0\0\x18ftypisom\0\0\0\0isommp42"
    source = put(tmp_path, head + f"\n#EXTM3U\n#EXTINF:1,\n{target}\n".encode())
    assert await refused(source) == "damaged"


async def test_a_film_whose_pictures_lie_in_another_file_opens_nothing(tmp_path: Path, target: Path) -> None:
    source = tmp_path / "a.mov"
    ffmpeg(*PICTURE, "-c:v", "mpeg4", source)
    # QuickTime's data reference "self-contained", made to one of an alias outside
    data = source.read_bytes().replace(b"\0\0\0\x0curl \0\0\0\x01", b"\0\0\0\x0curl \0\0\0\x00")
    assert data != source.read_bytes()
    safe = await made(put(tmp_path, data))
    assert safe.kind is Kind.VIDEO  # from its own bytes


async def test_subtitles_stay_behind(tmp_path: Path) -> None:
    words = put(tmp_path, b"1\n00:00:00,000 --> 00:00:01,000\n<img src=file:///etc/passwd>" + SECRET + b"\n", "a.srt")
    source = tmp_path / "a.mkv"
    ffmpeg(*PICTURE, "-i", words, "-map", "0", "-map", "1", "-c:v", "libx264", "-preset", "ultrafast", source)
    safe = await made(source)
    assert SECRET not in safe.parts[SAFE].read_bytes()
    streams = probed(safe.parts[SAFE])["streams"]
    assert isinstance(streams, list) and len(streams) == 1


# --- the children ------------------------------------------------------------------------------------------


async def limited(script: str, limits: Limits) -> ProcessFailed:
    with pytest.raises(ProcessFailed) as caught:
        await process.run(commands.confined(["python3", "-c", script], limits))
    return caught.value


async def test_children_are_held_to_their_limits(tmp_path: Path) -> None:
    spinning = await limited("while True: pass", Limits(1, 1 << 30, 0))
    assert commands.why(spinning.returncode, spinning.stderr) == "too-complex"
    hungry = await limited("bytearray(1 << 29)", Limits(10, 1 << 28, 0))
    assert "MemoryError" in hungry.stderr
    writing = await limited(f"open({str(tmp_path / 'x')!r}, 'wb').write(bytes(99999))", Limits(10, 1 << 30, 1000))
    assert "File too large" in writing.stderr and commands.why(1, writing.stderr) == "too-complex"


async def test_the_one_who_draws_is_held_to_its_limits() -> None:
    script = "from lppl.intake.redrawing import limit; limit(); bytearray(2 << 30)"
    with pytest.raises(ProcessFailed, match="MemoryError"):
        await process.run([strangers_media.sys.executable, "-c", script])


async def test_children_do_not_see_what_this_service_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LPPL_REDIS_URL", "redis://:rahasia@host")
    said = await process.run(commands.bare(["env"], os.environ))
    assert b"rahasia" not in said and b"PATH=" in said
    assert b"rahasia" in await process.run(["env"])


async def test_without_tools_and_without_room_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = put(tmp_path, photo())
    with pytest.raises(NotMadeSafe) as caught:
        await made_safe(source, content.JPEG, tmp_path / "nowhere")
    assert (caught.value.reason, caught.value.again) == ("disk", True)
    monkeypatch.setattr(strangers_media, "TOOLS", ("no-such-program",))
    with pytest.raises(NotMadeSafe) as caught:
        await made_safe(source, content.JPEG, tmp_path)
    assert (caught.value.reason, caught.value.again) == ("tools", True)
    assert list(tmp_path.iterdir()) == [source]


async def test_who_is_too_slow_is_ended_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strangers_media, "PICTURE_PATIENCE_S", 0.001)
    source = put(tmp_path, photo())
    with pytest.raises(NotMadeSafe) as caught:
        await made_safe(source, content.JPEG, tmp_path)
    assert (caught.value.reason, caught.value.again) == ("too-slow", True)
    assert list(tmp_path.iterdir()) == [source]


async def test_who_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=6", "-preset", "ultrafast", source)
    folder = tmp_path / "made"
    folder.mkdir()
    task = asyncio.create_task(made_safe(source, content.MP4, folder))
    while not list(folder.glob(".making.*/*")):
        assert not task.done()
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "said", "reason"),
    [
        (-9, "", "too-complex"),
        (-11, "", "damaged"),
        (1, "moov atom not found", "damaged"),
        (1, "x: Cannot allocate memory", "too-complex"),
        (255, "Exiting normally, received signal 24.", "too-complex"),
        (1, "Codec (snow) not on whitelist 'aac'", "unsupported"),
        (1, "av_interleaved_write_frame(): No space left on device", "disk"),
    ],
)
def test_what_a_failure_means(code: int, said: str, reason: str) -> None:
    assert commands.why(code, said) == reason
    assert reason in SENTENCES

"""Every kind of file a station may be handed, made for real and probed for real."""

import asyncio
import os
import socket
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lppl.errors import MediaRefused
from lppl.media import Facts
from streaming.conform import DEMUXERS
from streaming.probe import examine, probe, probe_argv
from streaming.sniff import SENTENCES

pytestmark = pytest.mark.integration

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2")
SOUND = ("-f", "lavfi", "-i", "sine=f=440:r=44100:d=2")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p")
KEY = ("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb",
       "-encryption_kid", "a7e61c373e219033c21091fa607bf3b8")  # fmt: skip


def make(path: Path, *arguments: str) -> Path:
    """Run ffmpeg; the output is `path`."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, f"file:{path}"], check=True)
    return path


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one ordinary clip, ``biasa.mp4``: 2 s, 160x120, mono 44.1 kHz."""
    folder = tmp_path_factory.mktemp("probe")
    make(folder / "biasa.mp4", *PICTURE, *SOUND, *H264, "-c:a", "aac")
    return folder


async def reason_of(path: Path, root: Path | None = None, **options: float) -> str:
    """Return why `path` is refused; fails when it is not."""
    with pytest.raises(MediaRefused) as caught:
        await probe(path, root=root, **options)
    assert len(caught.value.indonesian) > 20
    assert len(caught.value.english) > 20
    assert caught.value.reason in SENTENCES
    return caught.value.reason


# --- accepted --------------------------------------------------------------------------------------------

GOOD: dict[str, tuple[tuple[str, ...], Callable[[Facts], object]]] = {
    "8-kanal.mkv": (
        ("-f", "lavfi", "-i", "anullsrc=cl=7.1:r=48000:d=1", "-c:a", "flac"),
        lambda f: f.audio and f.audio.channels == 8 and f.video is None,
    ),
    "10-bit.mkv": (
        (*PICTURE, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le"),
        lambda f: f.video and f.video.pix_fmt == "yuv420p10le" and f.audio is None,
    ),
    "hdr.mkv": (
        (*PICTURE, *H264, "-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc"),
        lambda f: f.video and f.video.transfer == "smpte2084",
    ),
    "ganjil.mkv": (
        ("-f", "lavfi", "-i", "testsrc=s=161x91:r=15:d=1", "-c:v", "ffv1"),
        lambda f: f.video and (f.video.width, f.video.height, f.video.fps) == (161, 91, 15.0),
    ),
    "anamorfik.mpg": (
        ("-f", "lavfi", "-i", "testsrc2=s=720x576:r=25:d=1,setsar=16/15,setfield=tff", *SOUND, "-t", "1", "-c:v",
         "mpeg2video", "-flags", "+ildct+ilme", "-c:a", "mp2", "-f", "vob"),
        lambda f: f.video and f.video.interlaced and f.video.sar == "16:15",
    ),
    "negatif.mkv": (
        (*PICTURE, *SOUND, *H264, "-c:a", "aac", "-output_ts_offset", "-0.5", "-avoid_negative_ts", "disabled"),
        lambda f: abs(f.duration_s - 2.0) < 0.1,
    ),
    "mulai-100.ts": (
        (*PICTURE, *SOUND, *H264, "-c:a", "aac", "-output_ts_offset", "100"),
        lambda f: abs(f.start_s - 101.4) < 0.2 and abs(f.duration_s - 2.0) < 0.1,
    ),
    "suara.mp3": ((*SOUND, "-c:a", "libmp3lame"), lambda f: abs(f.duration_s - 2.0) < 0.1 and f.format == "mp3"),
    "vbr-tanpa-kepala.mp3": (
        (*SOUND, "-c:a", "libmp3lame", "-q:a", "9", "-write_xing", "0"),
        lambda f: abs(f.duration_s - 2.0) < 0.1,
    ),
    "mentah.aac": ((*SOUND, "-c:a", "aac", "-f", "adts"), lambda f: abs(f.duration_s - 2.0) < 0.1),
    "suara.opus": ((*SOUND, "-c:a", "libopus"), lambda f: f.audio and f.audio.codec == "opus"),
    "suara.ogg": ((*SOUND, "-c:a", "libvorbis"), lambda f: f.audio and f.audio.sample_rate == 44_100),
    "suara.flac": ((*SOUND, "-c:a", "flac"), lambda f: f.audio and f.audio.channels == 1),
    "suara.wav": ((*SOUND,), lambda f: abs(f.duration_s - 2.0) < 0.01),
    "suara.aiff": ((*SOUND,), lambda f: f.format == "aiff"),
    "suara.wma": ((*SOUND, "-c:a", "wmav2"), lambda f: f.audio and f.audio.codec == "wmav2"),
    "lama.avi": (
        (*PICTURE, *SOUND, "-c:v", "mpeg4", "-c:a", "libmp3lame"),
        lambda f: f.video and f.video.codec == "mpeg4" and abs(f.duration_s - 2.0) < 0.1,
    ),
    "web.webm": (
        (*PICTURE, *SOUND, "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"),
        lambda f: f.format == "matroska" and f.video and f.video.codec == "vp8",
    ),
    "pendek.wav": (("-f", "lavfi", "-i", "sine=d=0.1",), lambda f: abs(f.duration_s - 0.1) < 0.01),
    "satu-gambar.mp4": ((*PICTURE, "-frames:v", "1", *H264), lambda f: abs(f.duration_s - 0.04) < 0.01),
    "gambar-jarang.mp4": (
        (*PICTURE, "-vf", "select='not(mod(n,7))+lt(n,9)'", "-vsync", "vfr", *H264),
        lambda f: f.video and f.duration_s > 1.8,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
async def test_accepted(base: Path, name: str) -> None:
    arguments, holds = GOOD[name]
    facts = await probe(make(base / name, *arguments))
    assert holds(facts), facts


async def test_an_ordinary_clip(base: Path) -> None:
    facts = await probe(base / "biasa.mp4")
    assert facts.video is not None
    assert facts.audio is not None
    assert (facts.format, facts.notes, facts.video.rotation) == ("mov", (), 0)
    assert (facts.video.width, facts.video.height, facts.video.fps) == (160, 120, 25.0)
    assert facts.video.interlaced is False
    assert (facts.audio.channels, facts.audio.sample_rate) == (1, 44_100)
    assert abs(facts.video.duration_s - 2.0) < 0.001
    assert abs(facts.audio.duration_s - 2.0) < 0.05


async def test_an_extension_proves_nothing(base: Path) -> None:
    wrong = base / "sebenarnya-mp4.mp3"
    wrong.write_bytes((base / "biasa.mp4").read_bytes())
    assert (await probe(wrong)).format == "mov"


@pytest.mark.parametrize("tag", [90, 180, 270])
async def test_a_turned_picture(base: Path, tag: int) -> None:
    """A white corner, top left, is where the facts say once ffmpeg has turned the picture upright."""
    corner = "color=black:s=64x48:r=25:d=0.2,drawbox=0:0:8:8:white:fill"
    flat = make(base / "sudut.mp4", "-f", "lavfi", "-i", corner, *H264)
    path = make(base / f"putar{tag}.mp4", "-i", str(flat), "-c", "copy", "-metadata:s:v:0", f"rotate={tag}")
    facts = await probe(path)
    assert facts.video is not None
    decode = ["ffmpeg", "-v", "error", "-i", str(path), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    pixels = subprocess.run(decode, check=True, capture_output=True).stdout
    width = 48 if facts.video.rotation in (90, 270) else 64
    rows = [pixels[at : at + width] for at in range(0, len(pixels), width)]
    white = {90: rows[2][-3], 180: rows[-3][-3], 270: rows[-3][2]}
    assert white.pop(facts.video.rotation) > 200
    assert max(white.values()) < 60


async def test_cover_art_is_no_picture(base: Path) -> None:
    cover = make(base / "sampul.png", *PICTURE, "-frames:v", "1")
    song = make(
        base / "bersampul.mp3",
        *SOUND,
        "-i",
        str(cover),
        "-map",
        "0",
        "-map",
        "1",
        "-c:v",
        "copy",
        "-disposition:v",
        "attached_pic",
    )
    facts = await probe(song)
    assert facts.video is None
    assert facts.audio is not None


async def test_the_home_language_is_chosen(base: Path) -> None:
    path = make(
        base / "bahasa.mkv", *SOUND, "-f", "lavfi", "-i", "sine=d=2", "-map", "0", "-map", "1", "-c:a", "aac",
        "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ind", "-disposition:a:0", "default",
    )  # fmt: skip
    facts = await probe(path)
    assert facts.audio is not None
    assert facts.audio.index == 1


async def test_container_tags_come_with_the_facts(base: Path) -> None:
    path = make(base / "tag.mkv", *SOUND, "-c:a", "flac", "-metadata", "title=Judul", "-metadata", "artist=Artis")
    probed = await examine(path)
    assert (probed.tags["title"], probed.tags["artist"]) == ("Judul", "Artis")


@pytest.mark.parametrize(
    "name", [b"-x.mp4", b"http:evil.mp4", b"a:b|c.mp4", b"dua\nbaris.mp4", b"\xe9\xff.mp4", b"%05d.mp4", b"file:x.mp4"]
)
async def test_odd_names(base: Path, name: bytes) -> None:
    path = base / os.fsdecode(name)
    path.write_bytes((base / "biasa.mp4").read_bytes())
    assert (await probe(path)).format == "mov"


# --- cut short -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("potong.mp4", ("-c", "copy", "-movflags", "+faststart")),
        ("potong.mkv", ("-c", "copy")),
        ("potong-flac.flac", ("-vn", "-c:a", "flac")),
        ("potong-xing.mp3", ("-vn", "-c:a", "libmp3lame")),
    ],
)
async def test_a_truncated_file_is_as_long_as_what_is_there(base: Path, name: str, arguments: tuple[str, ...]) -> None:
    long = make(base / f"panjang-{name}", "-stream_loop", "4", "-i", str(base / "biasa.mp4"), *arguments)
    whole = await probe(long)
    cut = base / name
    cut.write_bytes(long.read_bytes()[: long.stat().st_size // 2])
    facts = await probe(cut)
    assert whole.notes == ()
    assert 3.0 < facts.duration_s < 7.0 < whole.duration_s
    assert any("terpotong" in note for note in facts.notes), facts.notes


async def test_a_truncated_mp4_without_its_index_is_refused(base: Path) -> None:
    data = (base / "biasa.mp4").read_bytes()
    cut = base / "tanpa-indeks.mp4"
    cut.write_bytes(data[: len(data) // 2])
    assert await reason_of(cut) == "truncated"


async def test_a_truncated_transport_stream(base: Path) -> None:
    whole = make(base / "utuh.ts", "-stream_loop", "4", "-i", str(base / "biasa.mp4"), "-c", "copy")
    cut = base / "potong.ts"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2 + 77])
    assert 3.0 < (await probe(cut)).duration_s < 7.0


async def test_joined_recordings_are_as_long_as_their_content(base: Path) -> None:
    part = make(base / "bagian.ts", "-i", str(base / "biasa.mp4"), "-c", "copy")
    later = make(base / "nanti.ts", "-i", str(base / "biasa.mp4"), "-c", "copy", "-output_ts_offset", "5000")
    joined = base / "sambungan.ts"
    joined.write_bytes(part.read_bytes() + later.read_bytes())
    facts = await probe(joined)
    assert 3.5 < facts.duration_s < 4.6
    assert any("melompat" in note for note in facts.notes)


async def test_a_big_trusted_file_is_not_read_to_the_end(base: Path) -> None:
    """36 MB of WAV: only its last seconds are asked for, and the answer is exact."""
    path = make(base / "besar.wav", "-f", "lavfi", "-i", "anoisesrc=r=48000:d=190", "-ac", "2")
    assert path.stat().st_size > 32 << 20
    facts = await probe(path)
    assert abs(facts.duration_s - 190.0) < 0.01
    cut = base / "besar-potong.wav"
    with path.open("rb") as source, cut.open("wb") as target:
        target.write(source.read(33 << 20))
    short = await probe(cut)
    assert 170 < short.duration_s < 182
    path.unlink()
    cut.unlink()


async def test_ten_hours_are_accepted_and_the_limit_is_a_setting(base: Path) -> None:
    path = make(
        base / "sepuluh-jam.flac",
        "-f",
        "lavfi",
        "-i",
        "anullsrc=r=8000:cl=mono:d=36000",
        "-c:a",
        "flac",
        "-frame_size",
        "65535",
    )
    assert abs((await probe(path)).duration_s - 36_000) < 1
    assert await reason_of(path, max_hours=9.5) == "too-long"


# --- refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("kosong.mp4", b"", "empty"),
        ("nol.mp4", bytes(200_000), "damaged"),
        ("web.mp3", b"<!DOCTYPE html><html><body>404 Not Found</body></html>", "no-sound-no-picture"),
        ("naskah.mp4", "Naskah berita pagi, Pekalongan é".encode(), "no-sound-no-picture"),
        ("terjemahan.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHalo\n", "no-sound-no-picture"),
        ("foto.mp4", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20, "no-sound-no-picture"),
        ("dokumen.mp3", b"PK\x03\x04" + bytes(range(256)) * 20, "unsupported"),
        ("daftar.mp4", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "hostile"),
        ("bom.mp4", b"\xef\xbb\xbf#EXTM3U\nhttp://127.0.0.1/\n", "hostile"),
        ("utf16.mp4", "#EXTM3U\nhttp://127.0.0.1/\n".encode("utf-16"), "hostile"),
        ("skrip.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n", "hostile"),
        ("skrip2.mp4", b"file '/etc/passwd'\n", "hostile"),
        ("dash.mp4", b'<?xml version="1.0"?>\n<!-- x -->\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011">', "hostile"),
        ("sdp.mp4", b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nm=audio 5004 RTP/AVP 96\r\n", "hostile"),
        ("pls.mp3", b"[playlist]\nFile1=http://127.0.0.1/\n", "hostile"),
        ("m3u-polos.mp3", b"# lagu\nhttp://127.0.0.1/a.mp3\n", "hostile"),
    ],
)
async def test_refused(base: Path, name: str, content: bytes, reason: str) -> None:
    path = base / name
    path.write_bytes(content)
    assert await reason_of(path) == reason


async def test_a_still_image_and_an_animation_are_no_programme(base: Path) -> None:
    assert await reason_of(make(base / "diam.png", *PICTURE, "-frames:v", "1")) == "no-sound-no-picture"
    assert await reason_of(make(base / "diam.bmp", *PICTURE, "-frames:v", "1")) == "no-sound-no-picture"
    assert await reason_of(make(base / "gerak.gif", *PICTURE, "-t", "0.2")) == "no-sound-no-picture"


async def test_subtitles_only_and_cover_only(base: Path) -> None:
    text = base / "teks.srt"
    text.write_text("1\n00:00:00,100 --> 00:00:01,000\nHalo\n")
    only = make(base / "teks.mkv", "-i", str(text), "-c:s", "srt")
    assert await reason_of(only) == "no-sound-no-picture"
    cover = make(base / "kulit.png", *PICTURE, "-frames:v", "1")
    album = make(
        base / "kulit.mp4", *PICTURE, "-i", str(cover), "-map", "1", "-c", "copy", "-disposition:v", "attached_pic"
    )
    assert await reason_of(album) == "no-sound-no-picture"


async def test_encrypted(base: Path) -> None:
    locked = make(base / "kunci.mp4", "-i", str(base / "biasa.mp4"), "-c", "copy", *KEY)
    assert await reason_of(locked) == "encrypted"
    fragmented = make(
        base / "kunci-frag.mp4",
        "-i",
        str(base / "biasa.mp4"),
        "-c",
        "copy",
        "-movflags",
        "empty_moov+frag_keyframe",
        *KEY,
    )
    assert await reason_of(fragmented) == "encrypted"


async def test_a_scrambled_transport_stream(base: Path) -> None:
    data = bytearray(make(base / "jernih.ts", *PICTURE, *H264).read_bytes())
    for at in range(0, len(data), 188):
        if struct.unpack_from(">H", data, at + 1)[0] & 0x1FFF >= 0x100:
            data[at + 3] |= 0x80
    path = base / "acak.ts"
    path.write_bytes(data)
    assert await reason_of(path) == "encrypted"


async def test_not_files(base: Path) -> None:
    os.mkfifo(base / "pipa.mp3")
    (base / "gantung.mp3").symlink_to(base / "tidak-ada")
    (base / "putar.mp3").symlink_to(base / "putar.mp3")
    assert await reason_of(base / "pipa.mp3") == "not-a-file"
    assert await reason_of(base) == "not-a-file"
    assert await reason_of(Path("/dev/zero")) == "not-a-file"
    assert await reason_of(base / "gantung.mp3") == "unreadable"
    assert await reason_of(base / "putar.mp3") == "unreadable"


async def test_a_link_must_stay_in_the_media_folder(base: Path, tmp_path: Path) -> None:
    link = tmp_path / "keluar.mp4"
    link.symlink_to(base / "biasa.mp4")
    assert await reason_of(link, root=tmp_path) == "hostile"
    assert (await probe(link, root=base)).format == "mov"


async def test_five_gigabytes_of_nothing(base: Path) -> None:
    path = base / "kosong-besar.mp4"
    with path.open("wb") as file:
        file.truncate(5 << 30)
    assert await reason_of(path) == "damaged"
    path.unlink()


# --- hostile content behind the first wall ---------------------------------------------------------------


@pytest.fixture
def listener() -> object:
    """A listening socket; whether anybody connects is the question."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def _nobody_came(server: socket.socket) -> bool:
    try:
        server.accept()
    except BlockingIOError:
        return True
    return False


@pytest.mark.parametrize("name", ["daftar.mp4", "daftar.ts", "daftar.mp3", "daftar.m3u8"])
@pytest.mark.parametrize("lead", [b"", b"\n", b"\x00", b"ID3\x04\0\0\0\0\0\0"])
async def test_a_playlist_never_makes_us_connect(
    tmp_path: Path, listener: socket.socket, name: str, lead: bytes
) -> None:
    port = listener.getsockname()[1]
    path = tmp_path / name
    path.write_bytes(
        lead + b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n"
        b"#EXTINF:1,\nhttp://127.0.0.1:%d/a.ts\n#EXT-X-ENDLIST\n" % port
    )
    await reason_of(path)
    assert _nobody_came(listener)


async def test_the_second_wall_alone_holds_too(tmp_path: Path, listener: socket.socket) -> None:
    """ffprobe as we start it refuses a playlist by itself, without our look at the content."""
    path = tmp_path / "daftar.m3u8"
    path.write_bytes(
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:%d/a.ts\n" % listener.getsockname()[1]
    )
    argv = probe_argv(path, ["-show_format"])
    result = await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True)
    assert result.returncode != 0
    assert "whitelist" in result.stderr
    assert _nobody_came(listener)


def test_no_demuxer_on_the_list_opens_other_files() -> None:
    forbidden = {"hls", "concat", "dash", "sdp", "rtsp", "image2", "lavfi", "tty", "imf", "webm_dash_manifest", "fbdev"}
    assert not forbidden & set(DEMUXERS.split(","))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.sampled_from(
        [
            b"",
            b"ID3\x04",
            b"\0\0\0\x20ftypisom",
            b"\x1aE\xdf\xa3",
            b"RIFF\0\0\0\0WAVE",
            b"OggS",
            b"fLaC",
            b"G",
            b"\xff\xfb\x90",
        ]
    ),
    body=st.binary(min_size=1, max_size=3000),
)
def test_rubbish_is_refused_or_read_and_nothing_else(tmp_path: Path, head: bytes, body: bytes) -> None:
    path = tmp_path / "acak.bin"
    path.write_bytes(head + body)
    try:
        facts = asyncio.run(probe(path))
    except MediaRefused as why:
        assert why.reason in SENTENCES
    else:
        assert facts.duration_s > 0


async def test_bits_flipped_in_a_real_file(base: Path, tmp_path: Path) -> None:
    good = (base / "biasa.mp4").read_bytes()
    for seed in range(8):
        data = bytearray(good)
        for n in range(40):
            at = (seed * 7919 + n * 104_729) % len(data)
            data[at] ^= 0xFF
        path = tmp_path / "rusak.mp4"
        path.write_bytes(data)
        try:
            facts = await probe(path)
        except MediaRefused as why:
            assert why.reason in SENTENCES
        else:
            assert 0 < facts.duration_s < 24 * 3600

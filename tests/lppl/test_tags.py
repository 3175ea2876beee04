"""Tags: real files of every container, and everything that strangers write into them."""

import subprocess
import wave
from pathlib import Path

import mutagen
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen import id3

from lppl.media import Tags
from lppl.tags import MAX_CHARS, clean, read_tags, title_from_name


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("01_Lagu-Daerah.mp3", "Lagu Daerah"),
        ("07. Jaranan.flac", "Jaranan"),
        ("(12) Gundul-Gundul Pacul.mp3", "Gundul-Gundul Pacul"),
        ("Siaran - Pagi.mp4", "Siaran - Pagi"),
        ("1945.mp3", "1945"),
        ("17 Agustus.mp3", "17 Agustus"),
        ("03 Lir-ilir.mp3", "Lir-ilir"),
        ("jam-06.mp4", "Jam 06"),
        ("berita_2026-11-22.mp4", "Berita 2026 11 22"),
        ("tanpa akhiran", "Tanpa akhiran"),
        ("Vol. 3 Campursari", "Vol. 3 Campursari"),
        ("___.mp3", "___"),
        (".mp3", "Mp3"),
        ("\u202e3pm.exe\u202c.mp3", "3pm.exe"),
        ("baris\ndua.mp3", "Baris dua"),
        ("lagu-\udce9.mp3", "Lagu ?"),
    ],
)
def test_titles_from_names(name: str, title: str) -> None:
    assert title_from_name(name) == title


@pytest.mark.parametrize(
    ("dirty", "tidy"),
    [
        ("  Bengawan\t Solo \n", "Bengawan Solo"),
        ("Gesang\0Waldjinah\0", "Gesang / Waldjinah"),
        ("a\u202eb\u200fc\u2066d\ufeff", "abcd"),
        ("bel\x07 esc\x1b[31m", "bel esc[31m"),
        ("e\u0301", "é"),
        ("ꦗꦮ 日本", "ꦗꦮ 日本"),
        ("\udcff\ue000x", "x"),
        ("", ""),
    ],
)
def test_cleaning(dirty: str, tidy: str) -> None:
    assert clean(dirty) == tidy


@given(st.text(max_size=600))
def test_clean_text_is_short_one_line_and_stays_clean(text: str) -> None:
    tidy = clean(text)
    assert len(tidy) <= MAX_CHARS
    assert tidy == " ".join(tidy.split())
    assert tidy.encode("utf-8").decode("utf-8") == tidy == clean(tidy)
    assert "\u202e" not in tidy


def test_a_megabyte_of_text_is_cut() -> None:
    assert len(clean("x" * 5_000_000)) == MAX_CHARS


def _silence(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(3200))
    return path


def _id3_wav(path: Path, *frames: id3.Frame) -> Path:
    file = mutagen.File(_silence(path))
    file.add_tags()
    for frame in frames:
        file.tags.add(frame)
    file.save()
    return path


def test_id3_in_full(tmp_path: Path) -> None:
    path = _id3_wav(
        tmp_path / "a.wav",
        id3.TIT2(encoding=3, text=["Judul"]),
        id3.TPE1(encoding=3, text=["Artis", "Kedua"]),
        id3.TALB(encoding=1, text=["Album"]),
        id3.TDRC(encoding=3, text=["1975-08-17"]),
        id3.TCON(encoding=3, text=["Keroncong"]),
        id3.TSRC(encoding=3, text=["id-a12-34-56789"]),
        id3.TXXX(encoding=3, desc="replaygain_track_gain", text=["-7.25 dB"]),
        id3.APIC(encoding=3, mime="image/png", type=3, desc="", data=b"x"),
    )
    assert read_tags(path) == Tags("Judul", "Artis / Kedua", "Album", "1975", "Keroncong", "IDA123456789", -7.25, True)


def test_hostile_tags_are_tamed(tmp_path: Path) -> None:
    path = _id3_wav(
        tmp_path / "02_Nama.wav",
        id3.TIT2(encoding=3, text=["\u202e\u200b\x00"]),
        id3.TPE1(encoding=3, text=["<script>\x1b" + "y" * 2_000_000]),
        id3.TDRC(encoding=3, text=["entah"]),
        id3.TSRC(encoding=3, text=["bukan isrc"]),
        id3.TXXX(encoding=3, desc="REPLAYGAIN_TRACK_GAIN", text=["1e99 dB 999999"]),
    )
    tags = read_tags(path)
    assert tags.title == "Nama"
    assert tags.artist.startswith("<script>yyy")
    assert len(tags.artist) == MAX_CHARS
    assert (tags.year, tags.isrc, tags.replaygain_db) == ("", "", 1.0)


def test_tags_of_the_container_fill_in(tmp_path: Path) -> None:
    tags = read_tags(_silence(tmp_path / "a.wav"), {"title": "Dari Info", "artist": "Artis\0", "date": "2001-01"})
    assert (tags.title, tags.artist, tags.year) == ("Dari Info", "Artis", "2001")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("suffix", "codec"),
    [("mp3", "libmp3lame"), ("m4a", "aac"), ("flac", "flac"), ("ogg", "libvorbis"), ("opus", "libopus"),
     ("aiff", "pcm_s16be"), ("wma", "wmav2"), ("mp4", "aac")],
)  # fmt: skip
def test_every_container(tmp_path: Path, suffix: str, codec: str) -> None:
    path = tmp_path / f"x.{suffix}"
    sine = ["-f", "lavfi", "-i", "sine=d=0.2:r=48000"]
    subprocess.run(["ffmpeg", "-v", "error", *sine, "-c:a", codec, str(path)], check=True)
    file = mutagen.File(path)
    if suffix in ("mp3", "aiff"):
        if file.tags is None:
            file.add_tags()
        file.tags.add(id3.TIT2(encoding=3, text=["Lir-ilir"]))
        file.tags.add(id3.TPE1(encoding=3, text=["Sunan"]))
    else:
        names = {"m4a": ("\xa9nam", "\xa9ART"), "mp4": ("\xa9nam", "\xa9ART"), "wma": ("Title", "Author")}
        title, artist = names.get(suffix, ("title", "artist"))
        file[title], file[artist] = "Lir-ilir", "Sunan"
    file.save()
    tags = read_tags(path)
    assert (tags.title, tags.artist) == ("Lir-ilir", "Sunan")


def test_what_cannot_be_read_has_its_name(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "tidak-ada.mp3"):
        assert read_tags(path) == Tags(title_from_name(path.name))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.sampled_from(
        [b"ID3\x04\0\0\0\0\x0f\x7f", b"\0\0\0\x20ftypM4A ", b"fLaC", b"OggS\0\2", b"RIFF\0\1\0\0WAVE",
         b"FORM\0\0\1\0AIFF",
         b"0&\xb2u\x8ef\xcf\x11\xa6\xd9\0\xaa\0b\xcel", b"\xff\xfb\x90\0", b"MAC ", b"APETAGEX"]
    ),
    body=st.binary(max_size=400),
    suffix=st.sampled_from(["mp3", "m4a", "flac", "ogg", "opus", "wav", "aiff", "wma", "ape", "xyz"]),
)  # fmt: skip
def test_damage_never_raises(tmp_path: Path, head: bytes, body: bytes, suffix: str) -> None:
    path = tmp_path / f"rusak.{suffix}"
    path.write_bytes(head + body)
    assert read_tags(path).title

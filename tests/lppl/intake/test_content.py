"""What strangers' bytes are: by content only, two kinds at once are none, and nothing makes the judge fall over."""

import io
import struct
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from lppl.intake import content
from lppl.intake.content import Judged, Refused, handed_out, judge
from lppl.intake.mpeg_sound import look
from lppl.intake.values import Kind

SCRIPT = b"<html><script>alert(1)</script></html>"


def judged(data: bytes) -> Judged | Refused:
    """Judge a whole file as callers do: its head, and its tail."""
    return judge(data[: content.HEAD], len(data), data[-content.TAIL :])


def picture(kind: str, mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.effect_noise((96, 64), 60).convert(mode).save(out, kind)
    return out.getvalue()


def zipped(*names: str, first: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        if first:
            file.writestr(zipfile.ZipInfo("mimetype"), first)
        for name in names:
            file.writestr(name, f"<isi {name}/>" * 50)
    return out.getvalue()


def boxed(major: bytes, *compatible: bytes) -> bytes:
    brands = major + b"\0\0\0\0" + b"".join(compatible)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + b"\0\0\0\x08mdat" * 4


DOCX = zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml")
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n%%EOF\n"
GIF = picture("GIF", "P")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (picture("JPEG"), content.JPEG),
        (picture("PNG"), content.PNG),
        (GIF, content.GIF),
        (picture("WEBP"), content.WEBP),
        (picture("AVIF"), content.AVIF),
        (boxed(b"heic", b"mif1", b"heic"), content.HEIC),
        (boxed(b"mif1", b"avif", b"miaf"), content.AVIF),
        (boxed(b"mif1", b"miaf"), content.HEIC),
        (boxed(b"isom", b"mp42"), content.MP4),
        (boxed(b"xyzw", b"iso6"), content.MP4),
        (boxed(b"3gp4", b"isom"), content.THREEGP),
        (boxed(b"qt  "), content.MOV),
        (boxed(b"M4A ", b"mp42"), content.M4A),
        (b"\0\0\0\x08wide\0\0\0\x10mdat" + bytes(8), content.MOV),
        (b"#!AMR\n" + (b"\x3c" + bytes(31)) * 5, content.AMR),
        (b"#!AMR-WB\n" + (b"\x44" + bytes(60)) * 5, content.AMR_WB),
        (PDF, content.PDF),
        (DOCX, content.DOCX),
        (zipped("xl/workbook.xml", "[Content_Types].xml"), content.XLSX),
        (zipped("content.xml", first=content.ODT.content_type.encode()), content.ODT),
        (zipped("content.xml", first=content.ODS.content_type.encode()), content.ODS),
        ("Jalan berlubang di Jl. Pemuda, sudah ½ tahun.\n".encode(), content.TEXT),
        ("\ufeffNama;NIK\r\n".encode(), content.TEXT),
        ("Lampu mati".encode("utf-16"), content.TEXT),
        (b"harga < 3 dan > 1; <3 Magelang", content.TEXT),
        (b"For free, bukan kotak film", content.TEXT),
    ],
)
def test_what_is_known(data: bytes, expected: Judged) -> None:
    assert judged(data) == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (SCRIPT, "active"),
        (b"halo\n" + SCRIPT, "active"),
        (b"<?xml version='1.0'?><a/>", "active"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='a()'/>", "active"),
        ("<HTML>".encode("utf-16"), "active"),
        (b"\xff\xfa<script >\x00\x01", "active"),
        (b"#!/bin/sh\nrm -rf /\n", "program"),
        (b"@echo off\r\nformat c:\r\n", "program"),
        (b"[InternetShortcut]\r\nURL=file://evil/\r\n", "program"),
        (b"MZ\x90\0" + bytes(100), "program"),
        (b"\x7fELF\x02\x01\x01" + bytes(60), "program"),
        (b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(60), "program"),
        (zipped("a.txt"), "archive"),
        (zipped("AndroidManifest.xml", "classes.dex"), "archive"),
        (zipped("[Content_Types].xml", "a/b.xml"), "archive"),
        (b"Rar!\x1a\x07\x01\0" + bytes(40), "archive"),
        (b"\x1f\x8b\x08\0" + bytes(40), "archive"),
        (zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "macros"),
        (zipped("content.xml", "Basic/script-lc.xml", first=content.ODT.content_type.encode()), "macros"),
        (zipped("[Content_Types].xml", "word/document.xml", "word/embeddings/x.exe"), "macros"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "macros"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "list"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "list"),
        (b"file '/etc/passwd'\n", "list"),
        (b"RIFF\x10\0\0\0AVI LIST" + bytes(40), "unknown"),
        (b"BM" + bytes(60), "unknown"),
        (bytes(4096), "unknown"),
        ("caf\u00e9".encode("latin-1"), "unknown"),
        (b"teks \x1b[2J\x00", "unknown"),
        (b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + b"bukan suara", "unknown"),
        (b"\x1aE\xdf\xa3\x93\x42\x82\x84evil" + bytes(40), "unknown"),
    ],
)
def test_what_is_refused_and_why(data: bytes, reason: str) -> None:
    found = judged(data)
    assert isinstance(found, Refused)
    assert found.reason == reason
    assert found.indonesian and found.english and found.indonesian != found.english


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a/*" + GIF[8:] + b"*/=1;alert(1)",
        b"GIF89a=1;" + GIF[9:],
        b"\xff\xd8\xff\xe0/*" + picture("JPEG")[6:],
        picture("JPEG")[:20] + SCRIPT + picture("JPEG"),
        picture("PNG") + zipped("a.js"),
        picture("JPEG") + zipped("a.js") + b"akhir",
        GIF[:13] + b"%PDF-1.4" + GIF[13:],
        PDF + zipped("a.exe"),
        PDF + SCRIPT,
        b"RIFF/*\0\0WAVEfmt " + bytes(60),
    ],
)
def test_two_kinds_at_once_are_none(data: bytes) -> None:
    found = judged(data)
    assert isinstance(found, Refused)
    assert found.reason == "mixed"


def test_a_zip_glued_to_a_large_picture_is_found_by_its_tail() -> None:
    large = picture("JPEG") + bytes(3 * content.HEAD)
    assert judged(large) == content.JPEG
    assert judged(large + zipped("a.js")) == Refused("mixed")


def test_a_large_document_is_known_by_its_index() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/media/image1.jpeg", bytes(4 * content.HEAD))
        file.writestr("word/document.xml", "<document/>")
    assert judged(out.getvalue()) == content.DOCX


def test_html_behind_a_picture_does_not_make_it_another() -> None:
    assert judged(picture("JPEG") + SCRIPT) == content.JPEG  # what is shown is drawn anew


def test_text_may_be_cut_in_a_character_but_not_broken() -> None:
    long = "é".encode() * content.HEAD
    assert judge(long[: content.HEAD - 1], len(long), long[-content.TAIL :]) == content.TEXT
    assert judge(long[:-1], len(long) - 1) == Refused("unknown")
    assert judge(b"teks saja", 10**6, b"\0\0lalu program") == Refused("unknown")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.mp3", content.MP3), ("a.mp2", content.MP3), ("a.aac", content.AAC), ("a.ogg", content.OGG),
        ("a.opus", content.OGG), ("a.flac", content.FLAC), ("a.wav", content.WAV), ("a.m4a", content.M4A),
        ("v.mp4", content.MP4), ("v.mov", content.MOV), ("v.3gp", content.THREEGP), ("v.webm", content.WEBM),
        ("v.mkv", content.MKV), ("v.ogv", content.OGV),
    ],
)  # fmt: skip
def test_what_ffmpeg_writes(tmp_path: Path, name: str, expected: Judged) -> None:
    source = "sine=d=0.4:r=44100" if name.startswith("a") else "testsrc2=d=0.3:s=176x144:r=25"
    options = {"v.3gp": ["-c:v", "h263"], "v.ogv": ["-c:v", "libtheora"], "v.webm": ["-c:v", "libvpx"]}.get(name, [])
    path = tmp_path / name
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, *options, str(path)], check=True)
    data = path.read_bytes()
    assert judged(data) == expected
    if name == "a.mp3":
        bare = data[10 + int.from_bytes(data[6:10], "big") :]  # behind a tag shorter than 128 bytes
        assert data.startswith(b"ID3") and judged(bare) == content.MP3


@given(st.binary(max_size=600), st.integers(-5, 10**12), st.binary(max_size=200))
@example(b"ID3", 3, b"")
@example(b"ID3\4\0\0\x7f\x7f\x7f\x7f", 10, b"")
@example(b"PK\3\4", 4, b"PK\5\6")
@example(b"\xff\xfe\x00\xd8", 4, b"")
@example(b"\xff\xf1\x50\x80", 4, b"")
def test_no_bytes_make_it_fall_over(head: bytes, size: int, tail: bytes) -> None:
    assert isinstance(judge(head, size, tail), Judged | Refused)
    look(head, size)


SIGNATURES = [
    b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF", b"\x1aE\xdf\xa3", b"OggS\0", b"ID3\x03\0\0",
    b"\xff\xfb\x90\x64", b"\xff\xf1\x50", b"%PDF-1.4", b"PK\3\4", b"\0\0\0\x18ftyp", b"\xfe\xff", b"\xef\xbb\xbf",
]  # fmt: skip


@given(st.sampled_from(SIGNATURES), st.binary(max_size=300))
def test_no_bytes_behind_a_signature_make_it_fall_over(signature: bytes, rest: bytes) -> None:
    data = signature + rest
    found = judge(data, len(data))
    assert isinstance(found, Judged | Refused)
    if isinstance(found, Refused):
        assert found.indonesian
    else:
        assert found.extension.startswith(".") and found.kind in Kind


def test_an_original_leaves_only_to_be_saved() -> None:
    headers = handed_out('x"\r\nSet-Cookie: a=b;.html', content.JPEG)
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert headers["Content-Disposition"].endswith('.jpg"')
    assert not any(c in headers["Content-Disposition"] for c in "\r\n")
    assert headers["Content-Disposition"].count('"') == 2
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert handed_out("ADU-7-1", None)["Content-Disposition"] == 'attachment; filename="ADU-7-1.bin"'
    assert handed_out("..", None)["Content-Disposition"] == 'attachment; filename="berkas.bin"'

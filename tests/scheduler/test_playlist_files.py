"""Playlists of other programs: formats, paths of other computers, encodings, and what is refused."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.playlist_files import MOST_BYTES, MOST_ROWS, PlaylistUnreadable, Row, plain_path, read_playlist

XSPF = '<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>{}</trackList></playlist>'


@pytest.mark.parametrize(
    ("said", "path", "address"),
    [
        ("C:\\Musik\\Lagu.mp3", "Musik/Lagu.mp3", False),
        ("file:///C:/Musik/Lagu%20A.mp3", "Musik/Lagu A.mp3", False),
        ("file://localhost/x/y.mp3", "x/y.mp3", False),
        ("file://[x/Lagu #1.mp3", "Lagu #1.mp3", False),
        ("\\\\server\\siaran\\x.mp3", "server/siaran/x.mp3", False),
        ("../musik/./a.mp3", "musik/a.mp3", False),
        ("../../../etc/passwd", "etc/passwd", False),
        ("http://radio.example/live", "http://radio.example/live", True),
    ],
)
def test_paths(said: str, path: str, address: bool) -> None:
    assert plain_path(said) == (path, address)


@pytest.mark.parametrize(
    ("data", "kind", "row"),
    [
        (b"musik/a.mp3\r\n", "M3U", Row("musik/a.mp3")),
        (
            b"\xef\xbb\xbf#EXTM3U\n#EXTINF:193 tvg-id=x,Waldjinah - Walang Kekek\na.mp3",
            "M3U",
            Row("a.mp3", "Walang Kekek", "Waldjinah", 193.0),
        ),
        ("#EXTM3U\nlagu-é.mp3".encode("cp1252"), "M3U", Row("lagu-é.mp3")),
        ("#EXTM3U\nlagu-é.mp3".encode("utf-16"), "M3U", Row("lagu-é.mp3")),
        (b"[playlist]\nFile2=b.mp3\nTitle2=B\nLength2=-1\nNumberOfEntries=1", "PLS", Row("b.mp3", "B")),
        (
            XSPF.format(
                "<track><location>file:///m/a%20b.mp3</location><creator>C</creator><title>T</title>"
                "<duration>12000</duration></track>"
            ).encode(),
            "XSPF",
            Row("m/a b.mp3", "T", "C", 12.0),
        ),
    ],
)
def test_formats(data: bytes, kind: str, row: Row) -> None:
    assert read_playlist(data) == (kind, (row,))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"#EXTM3U\n",
        b"\0" * 50,
        b"<html><body>404</body></html>",
        b'<!DOCTYPE lolz [<!ENTITY lol "lol">]>' + XSPF.format("&lol;").encode(),
        XSPF.format("<track>").encode(),
        b"a.mp3\n" * (MOST_ROWS + 1),
        b"a" * (MOST_BYTES + 1),
    ],
)
def test_refused(data: bytes) -> None:
    with pytest.raises(PlaylistUnreadable):
        read_playlist(data)


@pytest.mark.parametrize(
    "data",
    [
        b"#EXTINF:" + b"1" * 4_000_000,
        b"#EXTINF:1" + b" " * 4_000_000,
        b"[playlist]\nFile1" + b" " * 4_000_000,
        b"<a>" * 1_300_000,
        b"<playlist>" + b"<a>" * 550_000 + b"</a>" * 550_000 + b"</playlist>",
        b"<playlist>" + b"<track/>" * 500_000 + b"</playlist>",
        b"<playlist>" + b"<x/>" * 1_000_000 + b"</playlist>",
    ],
    ids=["digits", "blanks", "key", "open", "deep", "tracks", "elements"],
)
def test_what_means_harm_is_refused_at_once(data: bytes) -> None:
    """A pattern or a parser that is busy for seconds lets nothing else run, not even the air."""
    began = time.thread_time()
    with pytest.raises(PlaylistUnreadable):
        read_playlist(data)
    assert time.thread_time() - began < 2


@given(st.binary(max_size=400))
def test_nothing_else_is_ever_raised(data: bytes) -> None:
    try:
        _, rows = read_playlist(data)
    except PlaylistUnreadable:
        return
    assert all(".." not in row.path.split("/") for row in rows if not row.address)

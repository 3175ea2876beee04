"""Playlists as text, tag by tag."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.quanta import Quanta, starting
from streaming.hls import (
    AudioGroup,
    DateRange,
    ListedSegment,
    MediaPlaylist,
    MultivariantPlaylist,
    Variant,
    date_time,
    decimal,
    quoted,
)

Q = Quanta(5_600_000_004)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Berita", '"Berita"'),
        ('kata "kutip"', '"kata \u201dkutip\u201d"'),
        ("dua\nbaris\r\x85\u2028lagi", '"dua baris \x85 lagi"'),
        ("", '""'),
        ("a,b=c", '"a,b=c"'),
    ],
)
def test_quoted_strings_hold_no_quote_and_no_line(text: str, expected: str) -> None:
    assert quoted(text) == expected


@given(st.integers(0, 2 * 10**10))
def test_date_times_are_exact(q: int) -> None:
    text = date_time(Quanta(q))
    assert text.endswith("Z")
    assert datetime.fromisoformat(text) == starting(Quanta(q))
    assert len(text.rpartition(".")[2]) == 4


@pytest.mark.parametrize(("value", "text"), [(3.84, "3.84"), (0.32, "0.32"), (10.0, "10"), (0.0, "0"), (2.24, "2.24")])
def test_decimals(value: float, text: str) -> None:
    assert decimal(value) == text


def test_a_media_playlist() -> None:
    segments = [
        ListedSegment("7.m4s", Q, 12, "i1.mp4"),
        ListedSegment("8.m4s", Quanta(Q + 12), 10, "i1.mp4"),
        ListedSegment("9.m4s", Quanta(Q + 22), 14, "i2.mp4", 2),
        ListedSegment("10.m4s", Quanta(Q + 36), 12, "i2.mp4", 0, True),
        ListedSegment("11.m4s", Quanta(Q + 60), 12, "i2.mp4"),
    ]
    ranges = [DateRange("tv-1", Q, 'Wayang "Kulit"', "Seni", "item", 22), DateRange("tv-2", Q, "Lagu", "", "filler")]
    assert MediaPlaylist(7, 5, segments, ranges, 3).text().splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-TARGETDURATION:5",
        "#EXT-X-MEDIA-SEQUENCE:7",
        "#EXT-X-DISCONTINUITY-SEQUENCE:3",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-DATERANGE:ID="tv-1",CLASS="id.lppl.item",START-DATE="{date_time(Q)}",DURATION=7.04,'
        'X-TITLE="Wayang \u201dKulit\u201d",X-KIND="item",X-PROGRAMME="Seni"',
        f'#EXT-X-DATERANGE:ID="tv-2",CLASS="id.lppl.item",START-DATE="{date_time(Q)}",X-TITLE="Lagu",X-KIND="filler"',
        '#EXT-X-MAP:URI="i1.mp4"',
        f"#EXT-X-PROGRAM-DATE-TIME:{date_time(Q)}",
        "#EXTINF:3.84000,",
        "7.m4s",
        "#EXTINF:3.20000,",
        "8.m4s",
        "#EXT-X-DISCONTINUITY",
        "#EXT-X-DISCONTINUITY",
        '#EXT-X-MAP:URI="i2.mp4"',
        f"#EXT-X-PROGRAM-DATE-TIME:{date_time(Quanta(Q + 22))}",
        "#EXTINF:4.48000,",
        "9.m4s",
        "#EXT-X-GAP",
        "#EXTINF:3.84000,",
        "10.m4s",
        f"#EXT-X-PROGRAM-DATE-TIME:{date_time(Quanta(Q + 60))}",
        "#EXTINF:3.84000,",
        "11.m4s",
    ]


def test_iframes_and_emptiness() -> None:
    text = MediaPlaylist(0, 5, [], iframes_only=True).text()
    assert "#EXT-X-I-FRAMES-ONLY" in text
    assert "DISCONTINUITY" not in text
    assert text.endswith("\n")


def test_a_multivariant_playlist() -> None:
    groups = [AudioGroup("a128", "a128/live.m3u8", "Bahasa Indonesia", "id")]
    variants = [
        Variant("v720/live.m3u8", 3_000_000, 2_500_000, "avc1.64001f,mp4a.40.2", (1280, 720), "a128"),
        Variant("a64/live.m3u8", 70_000, 66_000, "mp4a.40.2"),
        Variant("v720/iframes.m3u8", 900_000, 450_000, "avc1.64001f", (1280, 720), iframes=True),
    ]
    assert MultivariantPlaylist(groups, variants).text().splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a128",NAME="Bahasa Indonesia",LANGUAGE="id",'
        'DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a128/live.m3u8"',
        '#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2500000,CODECS="avc1.64001f,mp4a.40.2",'
        'RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO="a128"',
        "v720/live.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=70000,AVERAGE-BANDWIDTH=66000,CODECS="mp4a.40.2"',
        "a64/live.m3u8",
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=450000,CODECS="avc1.64001f",'
        'RESOLUTION=1280x720,URI="v720/iframes.m3u8"',
    ]

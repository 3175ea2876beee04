"""Caption files of any make, cut to what aired, as WebVTT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.quanta import Quanta
from streaming.captions import Aired, Cue, cues_of, webvtt, within

SRT = (
    "\ufeff1\r\n00:00:01,500 --> 00:00:04,000\r\nSelamat pagi,\r\n<i>Pekalongan</i>\r\n\r\n"
    "2\r\n00:01:00,000 --> 00:01:02,000 X1:1\r\n- Apa?\r\n"
)
VTT = """WEBVTT - judul

NOTE catatan
00:99

STYLE
::cue { color: red }

satu
00:01.500 --> 00:04.000 line:0
Selamat <c.kuning>pagi</c> & <script>alert(1)</script>

01:00:00.000 --> 01:00:02.000
Satu jam
"""


def test_subrip_and_webvtt() -> None:
    assert cues_of(SRT.encode()) == (
        Cue(1500, 4000, "Selamat pagi,\n<i>Pekalongan</i>"), Cue(60_000, 62_000, "- Apa?"),
    )  # fmt: skip
    assert cues_of(VTT.encode()) == (
        Cue(1500, 4000, "Selamat pagi &amp; alert(1)"), Cue(3_600_000, 3_602_000, "Satu jam"),
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_what_editors_write(encoding: str) -> None:
    data = "1\n00:00:01,000 --> 00:00:02,000\nBéla\n".encode(encoding)
    assert cues_of(data) == (Cue(1000, 2000, "Béla"),)


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda t: t.encode(errors="ignore")))
def test_rubbish_is_left_out(data: bytes) -> None:
    text = webvtt(cues_of(b"1\n00:00:01,000 --> 00:00:02,000\n" + data))
    assert text.startswith("WEBVTT\n")
    assert text.count("-->") <= 1 + data.count(b"-->")
    assert "<script" not in text


def test_cut_to_what_aired_and_moved_there() -> None:
    cues = [Cue(0, 900, "a"), Cue(900, 1300, "b"), Cue(3000, 9000, "c"), Cue(20_000, 21_000, "d")]
    # quanta 3 to 13 of the asset (960 to 4160 ms) are shown from quantum 100 of the span on
    assert within(cues, Aired(Quanta(100), 10, Quanta(3))) == [
        Cue(32_000, 32_340, "b"), Cue(34_040, 35_200, "c"),
    ]  # fmt: skip


def test_written_with_the_streams_time() -> None:
    assert webvtt([Cue(3_600_001, 3_661_002, "Halo")], 90_000) == (
        "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:90000,LOCAL:00:00:00.000\n\n01:00:00.001 --> 01:01:01.002\nHalo\n"
    )

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake.charsets import decoded
from lppl.intake.dates import moment, writes_month_first

WIB = ZoneInfo("Asia/Jakarta")
AT = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
DAY = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-22T09:05:00+07:00", "2026-11-22T02:05:00Z", "2026-11-22 09:05", "2026-11-22 09:05:00.000",
        "22/11/2026 09:05", "22-11-2026 9.05", "22.11.2026 09.05.00", "22/11/26 09:05", "22/11/2026, 09.05.00",
        "22 November 2026 09.05", "Minggu, 22 November 2026 pukul 09.05 WIB", "22 Nov 2026 10.05 WITA",
        "22 Nopember 2026 11.05 WIT", "22-Nov-26 9:05 AM", "Nov 22, 2026 9:05 am", "2026-11-22 02:05 GMT",
        "2026-11-22 12:05 GMT+10", "20261122090500", "1795313100", "1795313100000", "46348.3784722222",
        "46348,3784722222", "  22/11/2026   09:05 ",
    ],
)  # fmt: skip
def test_a_time_however_it_is_written(written: str) -> None:
    assert moment(written, WIB) == AT


@pytest.mark.parametrize(
    "written", ["2026-11-22", "22/11/2026", "22 Nov 2026", "Minggu, 22 November 2026", "22-Nov-26", "46348", "20261122"]
)
def test_a_day_is_its_midnight(written: str) -> None:
    assert moment(written, WIB) == DAY


@pytest.mark.parametrize(
    ("written", "month"),
    [("3 Agu 2026", 8), ("3 Agt 2026", 8), ("3 Mei 2026", 5), ("3 Okt 2026", 10), ("3 Des 2026", 12)],
)
def test_months_as_they_are_shortened(written: str, month: int) -> None:
    found = moment(written, WIB)
    assert found is not None and found.astimezone(WIB).date().isoformat() == f"2026-{month:02}-03"


@pytest.mark.parametrize(
    "written",
    ["", "kemarin", "31/02/2026", "22/13/2026", "22/11/2026 24:00", "22/11/2026 13:05 PM", "22/11/1826", "8 Agu, 08:45",
     "22 Foo 2026", "2026-11-22 09:05 +99:00", "9999999999999", "123"],
)  # fmt: skip
def test_what_is_no_time(written: str) -> None:
    assert moment(written, WIB) is None


def test_whether_the_month_stands_first_is_told_by_the_whole_column() -> None:
    assert writes_month_first(["11/22/2026 09:05", "11/05/2026"])
    assert not writes_month_first(["22/11/2026", "11/22/2026"])
    assert not writes_month_first(["05/11/2026", "x", ""])
    assert moment("11/22/2026 09:05", WIB, month_first=True) == AT


@given(st.text() | st.text(alphabet="0123456789 -/.:,TZ+WIBNovAMP"))
def test_no_text_raises(written: str) -> None:
    found = moment(written, WIB)
    assert found is None or (found.utcoffset() == timedelta(0) and 1989 <= found.year <= 2100)


@given(
    st.binary(max_size=200), st.text(max_size=20) | st.sampled_from(["utf-16", "big5", "iso-2022-jp", "gbk", "ucs2"])
)
def test_no_bytes_raise(data: bytes, charset: str) -> None:
    decoded(data, charset).encode()


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        (b"\xff\xfeA\x00", "", "A"),
        (b"\xef\xbb\xbfA", "latin-1", "A"),
        (b"\x93A\x94", "ISO-8859-1", "“A”"),
        (b"\x00A\xd8", "utf-16be", "A\ufffd"),
        ("日本".encode("shift_jis"), "Shift_JIS", "日本"),
        (b"\\x41", "unicode_escape", "\\x41"),
    ],
)
def test_what_bytes_say(data: bytes, charset: str, text: str) -> None:
    assert decoded(data, charset) == text

import json
import time
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake.gathering import damaged, gathered, unknown
from lppl.intake.json_shapes import DAMAGED, ENCODING, cleaned, coordinates, items, load, mapping, text, when
from lppl.intake.values import Intake, Source, Unread
from tests.lppl.intake.mutations import ANYTHING
from tests.lppl.intake.parsed_checks import NOW


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"a":1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b"[" * 64 + b"]" * 64, None),
        (b"[" * 66 + b"]" * 66, DAMAGED),
        (b"[" * 5_000 + b"]" * 5_000, DAMAGED),
        (b"", DAMAGED),
        (b"{", DAMAGED),
        (b"[NaN]", DAMAGED),
        (b"[-Infinity]", DAMAGED),
        (b"[1e999]", [float("inf")]),
        (b"9" * 5_000, DAMAGED),
        ('{"a":"é"}'.encode("latin-1"), ENCODING),
        ('{"a":1}'.encode("utf-16"), ENCODING),
        ('{"a":1}'.encode("utf-16-le"), DAMAGED),
        (b'"\xed\xa0\x80"', ENCODING),
    ],
)
def test_load(body: bytes, found: object) -> None:
    if found is None:
        assert not isinstance(load(body), Unread)
    else:
        assert load(body) == found


@pytest.mark.parametrize(
    ("written", "most", "kept"),
    [
        ("a\0b\x07c\x7fd", 9, "abcd"),
        ("a\r\nb\rc\u2028d", 9, "a\nb\nc\nd"),
        ("a\tb", 9, "a\tb"),
        ("a\ud83d", 9, "a"),
        ("\U0001f64f", 9, "\U0001f64f"),
        ("e\u0301", 9, "\u00e9"),
        ("abcdef", 3, "abc"),
    ],
)
def test_cleaned(written: str, most: int, kept: str) -> None:
    assert cleaned(written, most) == kept


@given(st.text(st.characters(exclude_categories=()), max_size=200), st.integers(0, 50))
def test_what_is_cleaned_stays_so_and_can_be_written(written: str, most: int) -> None:
    found = cleaned(written, most)
    assert cleaned(found, most) == found and len(found) <= most
    assert found.encode() is not None and "\0" not in found


def test_a_tower_of_marks_is_cut() -> None:
    begun = time.process_time()
    found = cleaned("a" + "\u0301\u0323" * 200_000, 20_000)
    assert time.process_time() - begun < 1
    assert sum(map(bool, map(unicodedata.combining, found))) <= 30


def test_getters_take_anything_for_what_it_is() -> None:
    value = {"a": "x\0", "n": 7, "f": 1.5, "t": True, "m": {"k": 1}, "l": [1], "big": 10**5000, "none": None}
    assert [text(value, key, 9) for key in ("a", "n", "f", "t", "m", "big", "none", "gone")] == ["x", "7", *[""] * 6]
    assert (mapping(value, "m"), mapping(value, "l"), mapping([], "m")) == ({"k": 1}, {}, {})
    assert (items(value, "l"), items(value, "m"), items(None, "l"), items("abc", "l")) == ([1], (), (), ())


DAY = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (1795313100, DAY),
        ("1795313100", DAY),
        (1795313100000, DAY),
        ("1795313100250", DAY + timedelta(milliseconds=250)),
        (1795313100.0, DAY),
        ("2026-11-22T09:05:00+07:00", DAY),
        ("2026-11-22T02:05:00+0000", DAY),
        ("2026-11-22T02:05:00Z", DAY),
        ("2026-11-22T09:05:00", NOW),
        (0, NOW),
        (-5, NOW),
        (True, NOW),
        (10**400, NOW),
        (float("inf"), NOW),
        ("9" * 400, NOW),
        ("²", NOW),
        ("", NOW),
        ("9999-12-31T23:59:59-23:59", NOW),
        ("0001-01-01T00:00:00+23:59", NOW),
        (None, NOW),
        ([], NOW),
    ],
)
def test_when(value: object, found: datetime) -> None:
    assert when(value, NOW) == found


@given(ANYTHING)
def test_no_value_makes_a_getter_raise(value: object) -> None:
    assert when(value, NOW).utcoffset() == timedelta(0)
    for key in ("", "a"):
        text(value, key, 5), mapping(value, key), items(value, key), coordinates(value, key, key)
    again = load(json.dumps(value).encode())
    assert again in (value, DAMAGED) or "\\ud800" in json.dumps(value)


@pytest.mark.parametrize(
    ("north", "east", "found"),
    [
        (-6.8898, 109.6646, (-6.8898, 109.6646)),
        (0, 0, (0.0, 0.0)),
        (90, -180, (90.0, -180.0)),
        (90.1, 0, None),
        (0, 181, None),
        (True, 0, None),
        ("1", 2, None),
        (None, 2, None),
        (float("nan"), 2, None),
        (float("inf"), 2, None),
        (10**400, 2, None),
    ],
)
def test_coordinates(north: object, east: object, found: tuple[float, float] | None) -> None:
    assert coordinates({"latitude": north, "longitude": east}) == found


def test_gathered_counts_each_part_and_stops_reading() -> None:
    word, other = (Intake(Source.WEB, key, NOW, "a") for key in "12")
    found = gathered([word, None, word, damaged("x"), other])
    assert (found.intakes, found.unread, found.ignored) == ((word, other), (damaged("x"),), 2)
    parts = iter([word, damaged("x"), None, other, damaged("never read")])
    found = gathered(parts, 2)
    assert [u.reason for u in found.unread] == ["damaged", "too-large"] and found.ignored == 1
    assert list(parts) == [damaged("never read")]


def test_a_type_is_shown_without_signs_that_could_do_harm() -> None:
    assert unknown("X", "<b>poll\n").english.endswith(": bpoll.")

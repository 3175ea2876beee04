"""Texts, times, dates and amounts in both languages."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from web.words import LANGUAGES, WORDS, clock_text, date_text, volume_text, zone_text

JAKARTA = ZoneInfo("Asia/Jakarta")


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_every_text_exists_in_both_languages_with_the_same_blanks() -> None:
    indonesian, english = (WORDS[language] for language in LANGUAGES)
    assert indonesian.keys() == english.keys()
    for key, text in indonesian.items():
        assert text
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", english[key])), key


@pytest.mark.parametrize(
    ("instant", "zone", "clock", "short", "date"),
    [
        ("2026-11-22T15:00", "Asia/Jakarta", "22.00", "WIB", "Minggu, 22 November 2026"),
        ("2026-12-31T17:05", "Asia/Jakarta", "00.05", "WIB", "Jumat, 1 Januari 2027"),
        ("2026-08-17T02:59:59", "Asia/Makassar", "10.59", "WITA", "Senin, 17 Agustus 2026"),
        ("2028-02-29T14:59", "Asia/Jayapura", "23.59", "WIT", "Selasa, 29 Februari 2028"),
    ],
)
def test_times_and_dates(instant: str, zone: str, clock: str, short: str, date: str) -> None:
    where = ZoneInfo(zone)
    assert clock_text(ms(instant), where, "id") == clock
    assert zone_text(ms(instant), where) == short
    assert date_text(ms(instant), where, "id") == date


def test_english_times_and_dates() -> None:
    assert clock_text(ms("2026-11-22T15:00"), JAKARTA, "en") == "22:00"
    assert date_text(ms("2026-11-22T15:00"), JAKARTA, "en") == "Sunday, 22 November 2026"


@pytest.mark.parametrize(
    ("bps", "indonesian", "english"),
    [
        (64_000, "29 MB per jam", "29 MB per hour"),
        (728_000, "328 MB per jam", "328 MB per hour"),
        (2_628_000, "1,2 GB per jam", "1.2 GB per hour"),
    ],
)
def test_amounts(bps: int, indonesian: str, english: str) -> None:
    assert volume_text(bps, "id") == indonesian
    assert volume_text(bps, "en") == english

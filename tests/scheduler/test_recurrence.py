"""On which days entries occur: against `dateutil` counted from the beginning, seasons, exceptions, words both ways."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from time import process_time

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler import day_rule
from scheduler.hijri import HijriTable, in_ramadan
from scheduler.recurrence import Recurrence, Season, dates, is_endless, parse_words, pattern, rank, words

MONDAY = date(2026, 11, 23)
TABLE = HijriTable()


def never(_: date) -> bool:
    """No Ramadan."""
    return False


def ramadan(day: date) -> bool:
    """Ramadan by the official starts of 1447."""
    return in_ramadan(day, TABLE)


def shown(
    recurrence: Recurrence, first: str, last: str, in_ramadan: Callable[[date], bool] = never, limit: int = 9
) -> str:
    """Return days as month-day, the year left out."""
    found = dates(recurrence, date.fromisoformat(first), date.fromisoformat(last), in_ramadan)
    return " ".join(f"{day:%m-%d}" for day in found[:limit])


@pytest.mark.parametrize(
    ("first", "rule", "span", "expected"),
    [
        ("2026-02-03", "", "2026-01-01 2026-12-31", "02-03"),
        ("2026-02-03", "", "2026-02-04 2026-12-31", ""),
        ("2026-02-03", "FREQ=WEEKLY;BYDAY=MO,WE", "2026-02-01 2026-02-16", "02-04 02-09 02-11 02-16"),
        ("2026-02-03", "FREQ=WEEKLY", "2026-02-01 2026-02-20", "02-03 02-10 02-17"),
        ("2026-02-03", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "2026-02-01 2026-03-31", "02-07 02-21 03-07 03-21"),
        ("2016-02-03", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "2026-02-01 2026-02-28", "02-07 02-21"),
        ("2026-01-01", "FREQ=MONTHLY;BYDAY=1FR", "2026-01-01 2026-04-30", "01-02 02-06 03-06 04-03"),
        ("2026-01-01", "FREQ=MONTHLY;BYDAY=-1SU", "2026-01-01 2026-03-31", "01-25 02-22 03-29"),
        ("2026-01-31", "FREQ=MONTHLY", "2026-01-01 2026-05-31", "01-31 03-31 05-31"),
        ("2024-01-31", "FREQ=MONTHLY;INTERVAL=2", "2026-01-01 2026-12-31", "01-31 03-31 05-31 07-31"),
        ("2024-02-29", "FREQ=YEARLY", "2025-01-01 2032-12-31", "02-29 02-29"),
        ("2026-12-30", "FREQ=DAILY", "2026-12-29 2027-01-02", "12-30 12-31 01-01 01-02"),
        ("2026-01-01", "FREQ=DAILY;INTERVAL=3;COUNT=3", "2026-01-02 2026-12-31", "01-04 01-07"),
        ("2026-01-01", "FREQ=DAILY;UNTIL=20260103", "2025-01-01 2026-12-31", "01-01 01-02 01-03"),
        ("2020-08-17", "FREQ=YEARLY", "2026-01-01 2026-12-31", "08-17"),
        ("2026-01-01", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-01 2026-03-01", "01-30 02-27"),
        ("2026-01-01", "rrule: freq=weekly; byday=mo;", "2026-01-01 2026-01-13", "01-05 01-12"),
        ("2026-06-01", "FREQ=DAILY", "2026-01-01 2026-05-31", ""),
        ("2026-06-01", "FREQ=DAILY", "2026-07-02 2026-07-01", ""),
    ],
)
def test_a_rule_means_its_days(first: str, rule: str, span: str, expected: str) -> None:
    """Also over the end of a year, on leap days, and with a beginning years ago."""
    assert shown(Recurrence(first=date.fromisoformat(first), rule=rule), *span.split()) == expected


def test_a_range_exceptions_and_additions_bound_the_days() -> None:
    """An added day stands even outside the range; an excluded one never."""
    recurrence = Recurrence(
        first=MONDAY,
        last=MONDAY + timedelta(days=3),
        rule="FREQ=DAILY",
        excluded=(MONDAY + timedelta(days=1), date(2026, 12, 2)),
        added=(date(2026, 12, 1), date(2026, 12, 2), MONDAY),
    )
    assert shown(recurrence, "2026-11-01", "2026-12-31") == "11-23 11-25 11-26 12-01"
    assert shown(recurrence, "2026-11-24", "2026-11-30") == "11-25 11-26"


@pytest.mark.parametrize(
    ("season", "span", "expected"),
    [
        (Season.RAMADAN, "2026-02-17 2026-02-20", "02-19 02-20"),
        (Season.RAMADAN, "2026-03-19 2026-03-22", "03-19 03-20"),
        (Season.OUTSIDE_RAMADAN, "2026-02-17 2026-02-20", "02-17 02-18"),
        (Season.OUTSIDE_RAMADAN, "2026-03-19 2026-03-22", "03-21 03-22"),
        (Season.ALWAYS, "2026-02-18 2026-02-19", "02-18 02-19"),
    ],
)
def test_a_season_begins_and_ends_with_the_month(season: Season, span: str, expected: str) -> None:
    """1 Ramadan 1447 is 19 February 2026, 1 Syawal 21 March."""
    recurrence = Recurrence(first=date(2020, 1, 1), rule="FREQ=DAILY", season=season)
    assert shown(recurrence, *span.split(), ramadan) == expected


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ("FREQ=HOURLY", "HOURLY"),
        ("FREQ=MINUTELY;INTERVAL=5", "MINUTELY"),
        ("FREQ=DAILY;BYHOUR=6", "BYHOUR"),
        ("FREQ=DAILY;TZID=Asia/Jakarta", "TZID"),
        ("DTSTART=20260101;FREQ=DAILY", "DTSTART"),
        ("DTSTART:20260101T060000\nRRULE:FREQ=DAILY", "DTSTART"),
        ("setiap hari", "SETIAPHARI"),
        ("BYDAY=MO", "FREQ="),
        ("FREQ=DAILY;FREQ=DAILY", "ganda"),
        ("FREQ=DAILY;COUNT=0", "COUNT=0"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL=-1"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "COUNT atau UNTIL"),
        ("FREQ=DAILY;UNTIL=20261231T000000Z", "UNTIL=20261231T000000Z"),
        ("FREQ=DAILY;UNTIL=20261332", "UNTIL=20261332"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY=1MO"),
        ("FREQ=MONTHLY;BYDAY=6MO", "BYDAY=6MO"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY=0MO"),
        ("FREQ=MONTHLY;BYDAY=1FR,MO", "mencampur"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY=XX"),
        ("FREQ=WEEKLY;WKST=XX", "WKST=XX"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32"),
        ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH=-1"),
        ("FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO", "BYWEEKNO"),
        ("FREQ=DAILY;INTERVAL=2;BYDAY=MO", "WEEKLY"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "tidak ada hari"),
        ("FREQ=MONTHLY;BYDAY=1FR;BYMONTHDAY=20", "tidak ada hari"),
        ("FREQ=YEARLY;BYEASTER=1", "BYEASTER"),
    ],
)
def test_rubbish_is_refused_in_a_sentence(rule: str, word: str) -> None:
    """What is no rule of whole days, or of no day at all; the sentence stands in both languages."""
    with pytest.raises(ValidationError) as refused:
        Recurrence(first=MONDAY, rule=rule)
    sentence = refused.value.errors()[0]["msg"]
    assert word in sentence
    assert "aturan pengulangan: " in sentence and " / recurrence rule: " in sentence


def test_a_range_ends_after_it_begins() -> None:
    """A day earlier is a slip."""
    with pytest.raises(ValidationError, match="lebih awal"):
        Recurrence(first=MONDAY, last=MONDAY - timedelta(days=1), rule="FREQ=DAILY")


@pytest.mark.parametrize(
    ("rule", "last", "season", "endless", "wins"),
    [
        ("", None, Season.ALWAYS, False, 2),
        ("", None, Season.RAMADAN, False, 2),
        ("FREQ=DAILY", None, Season.ALWAYS, True, 0),
        ("FREQ=DAILY", None, Season.RAMADAN, True, 1),
        ("FREQ=DAILY", MONDAY + timedelta(days=61), Season.ALWAYS, False, 1),
        ("FREQ=DAILY", MONDAY + timedelta(days=62), Season.ALWAYS, False, 0),
        ("FREQ=DAILY;UNTIL=20261231", None, Season.ALWAYS, False, 1),
        ("FREQ=DAILY;UNTIL=20271231", None, Season.ALWAYS, False, 0),
        ("FREQ=DAILY;COUNT=62", None, Season.ALWAYS, False, 1),
        ("FREQ=DAILY;COUNT=63", None, Season.ALWAYS, False, 0),
        ("FREQ=WEEKLY;COUNT=9", None, Season.ALWAYS, False, 1),
        ("FREQ=WEEKLY;COUNT=10", None, Season.ALWAYS, False, 0),
    ],
)
def test_specials_go_before_the_ordinary_grid(
    rule: str, last: date | None, season: Season, endless: bool, wins: int
) -> None:
    """Once before a short range or a season, these before the rest; what never ends can be told."""
    recurrence = Recurrence(first=MONDAY, last=last, rule=rule, season=season)
    assert (is_endless(recurrence), rank(recurrence)) == (endless, wins)


# --- against dateutil, counted from the beginning -----------------------------------------------------

CODES = st.lists(st.sampled_from(day_rule.WEEKDAYS), min_size=1, max_size=7, unique=True).map(",".join)
NTHS = st.sampled_from(["1FR", "-1SU", "2MO,4MO", "5SA", "-2WE"])
MONTHS = st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True).map(lambda m: ",".join(map(str, m)))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Draw what a grid may hold."""
    kind = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={kind}"]
    interval = draw(st.integers(1, 5))
    if interval > 1:
        parts.append(f"INTERVAL={interval}")
    match kind:
        case "WEEKLY":
            parts += draw(st.sampled_from([[], [f"BYDAY={draw(CODES)}"]]))
            parts += draw(st.sampled_from([[], ["WKST=SU"], ["WKST=WE"]]))
        case "MONTHLY":
            by = [[], [f"BYDAY={draw(NTHS)}"], [f"BYMONTHDAY={draw(st.sampled_from(['1,15', '31', '-1']))}"]]
            parts += draw(st.sampled_from([*by, ["BYDAY=MO,TU,WE,TH,FR", "BYSETPOS=-1"]]))
        case "YEARLY":
            # leap days every second, third ... year are seldom or never
            leap = [["BYMONTH=2", "BYMONTHDAY=29"]] if interval == 1 else []
            choices = [[], *leap, ["BYDAY=20MO"], ["BYYEARDAY=1,-1"]]
            parts += draw(st.sampled_from([*choices, ["BYWEEKNO=1,53"], ["BYMONTH=11", "BYDAY=4TH"]]))
    if kind in ("DAILY", "WEEKLY") and draw(st.booleans()):
        parts.append(f"BYMONTH={draw(MONTHS)}")
    parts += draw(st.sampled_from([[], [], [f"COUNT={draw(st.integers(1, 500))}"], ["UNTIL=20270315"]]))
    return ";".join(parts)


@given(rules(), st.dates(date(2009, 1, 1), date(2027, 12, 31)), st.dates(date(2025, 1, 1), date(2028, 12, 31)))
def test_moving_the_beginning_forward_changes_no_day(rule: str, first: date, day: date) -> None:
    """Every rule gives what `dateutil` gives when it counts from the first day on."""
    last = day + timedelta(days=200)
    text = rule if "WKST" in rule else f"{rule};WKST=MO"
    plain = rrulestr(text, dtstart=datetime.combine(first, time()))
    expected = plain.between(datetime.combine(day, time()), datetime.combine(last, time()), inc=True)
    assert dates(Recurrence(first=first, rule=rule), day, last, never) == tuple(moment.date() for moment in expected)


@given(rules(), st.dates(date(2020, 1, 1), date(2027, 12, 31)), st.dates(date(2026, 1, 1), date(2028, 6, 30)))
def test_a_span_cut_in_two_has_the_same_days(rule: str, first: date, cut: date) -> None:
    """Days are sorted, each once, and do not depend on the span that is asked for."""
    recurrence = Recurrence(first=first, rule=rule, added=(cut, first), season=Season.OUTSIDE_RAMADAN)
    start, end = date(2026, 1, 1), date(2028, 6, 30)
    whole = dates(recurrence, start, end, ramadan)
    assert list(whole) == sorted(set(whole))
    assert dates(recurrence, start, cut, ramadan) + dates(recurrence, cut + timedelta(days=1), end, ramadan) == whole


def test_a_year_of_a_full_grid_is_quick() -> None:
    """Sixty entries that began up to sixteen years ago; processor time, nothing cached."""
    kinds = ("DAILY", "WEEKLY;BYDAY=MO,TU,WE,TH,FR", "WEEKLY;INTERVAL=2", "MONTHLY;BYDAY=1FR", "DAILY;INTERVAL=3")
    entries = [
        Recurrence(first=date(2010, 1, 1) + timedelta(days=37 * n), rule=f"FREQ={kinds[n % 5]}") for n in range(60)
    ]
    day_rule._year.cache_clear()
    began = process_time()
    count = sum(len(dates(entry, date(2026, 6, 1), date(2027, 5, 31), never)) for entry in entries)
    assert count > 60 * 12
    assert process_time() - began < 0.2


# --- in words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule", "said"),
    [
        ("setiap hari", "FREQ=DAILY", "setiap hari"),
        ("daily", "FREQ=DAILY", "setiap hari"),
        ("senin-jumat", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "setiap Senin sampai Jumat"),
        ("hari kerja", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "setiap Senin sampai Jumat"),
        ("senin, rabu", "FREQ=WEEKLY;BYDAY=MO,WE", "setiap Senin dan Rabu"),
        ("Senin, Rabu, dan Ahad", "FREQ=WEEKLY;BYDAY=MO,WE,SU", "setiap Senin, Rabu dan Minggu"),
        ("akhir pekan", "FREQ=WEEKLY;BYDAY=SA,SU", "setiap Sabtu dan Minggu"),
        ("setiap minggu", "FREQ=WEEKLY;BYDAY=SU", "setiap Minggu"),
        ("jumat pertama", "FREQ=MONTHLY;BYDAY=1FR", "Jumat pertama setiap bulan"),
        ("Jum’at terakhir setiap 2 bulan", "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR", "Jumat terakhir setiap 2 bulan"),
        ("sabtu kedua dan sabtu keempat", "FREQ=MONTHLY;BYDAY=2SA,4SA", "Sabtu kedua dan Sabtu keempat setiap bulan"),
        ("setiap 2 minggu sabtu", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "setiap 2 minggu pada Sabtu"),
        ("setiap 2 minggu", "FREQ=WEEKLY;INTERVAL=2", "setiap 2 minggu pada Senin"),
        (
            "setiap 2 minggu pada senin sampai minggu",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR,SA,SU",
            "setiap 2 minggu pada Senin sampai Minggu",
        ),
        ("setiap 3 hari", "FREQ=DAILY;INTERVAL=3", "setiap 3 hari"),
        ("setiap bulan", "FREQ=MONTHLY", "tanggal 23 setiap bulan"),
        ("tanggal 1 dan 15", "FREQ=MONTHLY;BYMONTHDAY=1,15", "tanggal 1 dan 15 setiap bulan"),
        ("hari terakhir setiap bulan", "FREQ=MONTHLY;BYMONTHDAY=-1", "hari terakhir setiap bulan"),
        ("17 agustus", "FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=17", "setiap 17 Agustus"),
        (
            "setiap 5 tahun pada 17 Agustus",
            "FREQ=YEARLY;INTERVAL=5;BYMONTH=8;BYMONTHDAY=17",
            "setiap 5 tahun pada 17 Agustus",
        ),
        ("senin pada bulan juli", "FREQ=WEEKLY;BYDAY=MO;BYMONTH=7", "setiap Senin pada bulan Juli"),
        ("setiap hari sebanyak 5 kali", "FREQ=DAILY;COUNT=5", "setiap hari sebanyak 5 kali"),
        ("freq=yearly;byweekno=20", "FREQ=YEARLY;BYWEEKNO=20", "menurut aturan FREQ=YEARLY;BYWEEKNO=20"),
    ],
)
def test_words_and_rules_say_the_same(text: str, rule: str, said: str) -> None:
    """What staff write is read, and read back to them in one form, which is read again."""
    recurrence = parse_words(text, MONDAY)
    assert (recurrence.rule, pattern(recurrence)) == (rule, said)
    again = parse_words(words(recurrence), date(2020, 1, 1))
    assert again.first == MONDAY
    span = MONDAY, date(2031, 12, 31)
    assert dates(again, *span, never) == dates(recurrence, *span, never)


@pytest.mark.parametrize(
    ("recurrence", "said"),
    [
        (Recurrence(first=date(2026, 11, 22)), "hanya Minggu, 22 November 2026"),
        (
            Recurrence(first=date(2026, 11, 22), added=(date(2026, 11, 25),)),
            "hanya Minggu, 22 November 2026 dan Rabu, 25 November 2026",
        ),
        (
            Recurrence(
                first=MONDAY,
                last=date(2026, 12, 31),
                rule="FREQ=WEEKLY;BYDAY=MO,WE",
                excluded=(date(2026, 12, 7), date(2026, 12, 9)),
                added=(date(2026, 12, 8),),
            ),
            "setiap Senin dan Rabu mulai 23 November 2026 sampai 31 Desember 2026 juga 8 Desember 2026 "
            "kecuali 7 Desember 2026 dan 9 Desember 2026",
        ),
        (
            Recurrence(first=MONDAY, rule="FREQ=DAILY", season=Season.RAMADAN),
            "setiap hari selama Ramadan mulai 23 November 2026",
        ),
        (
            Recurrence(first=MONDAY, rule="FREQ=DAILY", season=Season.OUTSIDE_RAMADAN),
            "setiap hari di luar Ramadan mulai 23 November 2026",
        ),
    ],
)
def test_a_sentence_says_all(recurrence: Recurrence, said: str) -> None:
    """Range, season and exceptions; and the sentence is read as what it was made from."""
    assert words(recurrence) == said
    assert parse_words(said, date(2020, 1, 1)) == recurrence


@pytest.mark.parametrize("text", ["2026-11-22", "22 November 2026", "Minggu, 22 november 2026", "hanya 2026-11-22"])
def test_a_date_is_once(text: str) -> None:
    """A date by itself stands for itself, whatever first day the caller names."""
    assert parse_words(text, MONDAY) == Recurrence(first=date(2026, 11, 22))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("senen", 'maksudnya "senin"?'),
        ("", "senin-jumat"),
        ("2026-02-30", "bukan tanggal yang ada"),
        ("setiap 2 hari senin", "pakai FREQ=WEEKLY"),
        ("freq=hourly", "HOURLY"),
        ("jumat pertama, senin", "tidak dikenal"),
        ("1 januari, 2 februari", "tidak dikenal"),
    ],
)
def test_words_that_mean_nothing_are_refused(text: str, word: str) -> None:
    """The sentence names the word, and what it may have meant."""
    with pytest.raises(ValueError, match="/") as refused:
        parse_words(text, MONDAY)
    assert word in str(refused.value)
    assert not isinstance(refused.value, ValidationError)


@example("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=WE", date(2020, 1, 1), Season.ALWAYS)
@given(rules(), st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.sampled_from(Season))
def test_every_recurrence_can_be_said_and_read_again(rule: str, first: date, season: Season) -> None:
    """Nothing is lost on the way through words, nor through JSON."""
    recurrence = Recurrence(first=first, rule=rule, season=season)
    again = parse_words(words(recurrence), date(1990, 1, 1))
    span = date(2020, 1, 1), date(2029, 12, 31)
    assert dates(again, *span, ramadan) == dates(recurrence, *span, ramadan)
    assert Recurrence.model_validate_json(recurrence.model_dump_json()) == recurrence

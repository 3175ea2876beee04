"""Fixed events: azan and imsak, the anthem, signals and idents, day by day; clock changes; official tables read."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lppl.media import ChannelKind
from lppl.programme import Category
from scheduler.fixed import (
    Anthem,
    AnthemMode,
    ClockEvent,
    Dated,
    Event,
    FixedEvents,
    Ident,
    PrayerEvent,
    TimeSignal,
    default_fixed,
    occurrences,
    parse_official,
)
from scheduler.hijri import HijriTable
from scheduler.prayer import Official, Place, Prayer
from scheduler.prayer_table import PrayerTableInvalid
from scheduler.recurrence import Season

PEKALONGAN = Place(-6.888, 109.675, ZoneInfo("Asia/Jakarta"))
BERLIN = Place(52.52, 13.405, ZoneInfo("Europe/Berlin"))
TROMSO = Place(69.65, 18.96, ZoneInfo("Europe/Oslo"))
HIJRI = HijriTable()
RAMADAN_DAY = date(2026, 2, 19)
RADIO, TV = default_fixed(ChannelKind.RADIO), default_fixed(ChannelKind.TV)


def of(*events: Event) -> FixedEvents:
    """Return a channel's fixed events."""
    return FixedEvents.model_validate({"events": events})


def on(event: Event, day: date, place: Place = PEKALONGAN) -> tuple[Dated, ...]:
    """Return what one event does on a day."""
    return occurrences(of(event), day, place, HIJRI)


def clocks(found: tuple[Dated, ...], place: Place = PEKALONGAN) -> str:
    """Return local times, the day's number before the time where it is another day than the first one's."""
    local = [one.instant.astimezone(place.zone) for one in found]
    return " ".join(t.strftime("%H:%M" if t.date() == local[0].date() else "%d/%H:%M") for t in local)


# --- prayers -----------------------------------------------------------------------------------------


def test_azan_and_imsak_follow_the_published_times() -> None:
    """The Ministry's row of Pekalongan for 1 March 2025, which is the first day of Ramadan 1446."""
    found = [one for one in occurrences(RADIO, date(2025, 3, 1), PEKALONGAN, HIJRI) if one.priority == 10]
    assert [(clocks((one,)), one.title, one.path, one.key) for one in found] == [
        ("04:21", "Imsak", "azan/imsak.mp3", "imsak@2025-03-01"),
        ("04:31", "Azan Subuh", "azan/subuh.mp3", "azan-subuh@2025-03-01"),
        ("11:57", "Azan Zuhur", "azan/dzuhur.mp3", "azan-dzuhur@2025-03-01"),
        ("14:59", "Azan Asar", "azan/ashar.mp3", "azan-ashar@2025-03-01"),
        ("18:04", "Azan Magrib", "azan/maghrib.mp3", "azan-maghrib@2025-03-01"),
        ("19:13", "Azan Isya", "azan/isya.mp3", "azan-isya@2025-03-01"),
    ]
    assert all(one.hard and one.instant.tzinfo is UTC for one in found)


@pytest.mark.parametrize(
    ("day", "airs"), [("2026-02-18", False), ("2026-02-19", True), ("2026-03-20", True), ("2026-03-21", False)]
)
def test_imsak_airs_in_ramadan_only(day: str, airs: bool) -> None:
    """From the first of Ramadan to the day before Syawal, by the official table."""
    titles = [one.title for one in occurrences(TV, date.fromisoformat(day), PEKALONGAN, HIJRI)]
    assert ("Imsak" in titles, "Azan Magrib" in titles) == (airs, True)


@pytest.mark.parametrize(
    ("offset_s", "title", "expected", "said"),
    [
        (0, "", "18:07", "Azan Magrib"),
        (-600, "", "17:57", "Menjelang Azan Magrib"),
        (300, "", "18:12", "Sesudah Azan Magrib"),
        (-60, "Doa berbuka", "18:06", "Doa berbuka"),
    ],
)
def test_an_event_may_lie_before_or_after_a_prayer(offset_s: int, title: str, expected: str, said: str) -> None:
    """By seconds; its title says so unless staff gave one."""
    event = PrayerEvent(id="magrib", prayer=Prayer.MAGHRIB, offset_s=offset_s, title=title, items=("a.mp3",))
    (found,) = on(event, RAMADAN_DAY)
    assert (clocks((found,)), found.title) == (expected, said)


def test_the_official_table_wins_and_corrections_move_what_is_computed() -> None:
    """The table's subuh stands; magrib is computed, and a minute later."""
    official: Official = {RAMADAN_DAY: {Prayer.SUBUH: time(4, 40)}}
    found = occurrences(TV, RAMADAN_DAY, PEKALONGAN, HIJRI, official, {Prayer.MAGHRIB: 1, Prayer.SUBUH: 9})
    times = {one.series: clocks((one,)) for one in found if one.priority == 10}
    assert (times["imsak"], times["azan-subuh"], times["azan-maghrib"]) == ("04:30", "04:40", "18:08")
    assert clocks(on(PrayerEvent(id="x", prayer=Prayer.SUBUH, items=("a.mp3",)), RAMADAN_DAY)) == "04:29"


def test_a_prayer_that_a_day_has_not_has_no_event() -> None:
    """At midsummer in Tromsø the sun does not set."""
    series = {one.series for one in occurrences(TV, date(2026, 6, 21), TROMSO, HIJRI)}
    assert "azan-maghrib" not in series and "azan-dzuhur" in series


# --- anthem ------------------------------------------------------------------------------------------


def test_a_station_that_never_closes_plays_the_anthem_at_six_and_midnight() -> None:
    """24.00 belongs to the day that it ends, also on the last of the year."""
    anthem = Anthem(id="lagu", opening="lagu/indonesia-raya.mp3", items=("a.mp3", "b.mp3", "c.mp3"))
    found = on(anthem, date(2026, 12, 31))
    assert clocks(found) == "06:00 01/00:00"
    assert [(one.title, one.key) for one in found] == [
        ("Indonesia Raya", "lagu.buka@2026-12-31"),
        ("Lagu wajib nasional", "lagu.tutup@2026-12-31"),
    ]
    assert found[0].path == "lagu/indonesia-raya.mp3"
    closing = [on(anthem, date(2026, 12, 28) + timedelta(days=n))[1].path for n in range(6)]
    assert Counter(closing) == {"a.mp3": 2, "b.mp3": 2, "c.mp3": 2} and closing[:3] == closing[3:]


def test_a_station_that_closes_says_when() -> None:
    """Indonesia Raya at sign-on, a national song at sign-off, at its own times."""
    anthem = Anthem(
        id="lagu",
        mode=AnthemMode.SIGN_ON_OFF,
        opens="04.30",  # type: ignore[arg-type]
        closes="23.30",  # type: ignore[arg-type]
        opening="buka.mp3",
        folder="lagu/wajib",
    )
    found = on(anthem, RAMADAN_DAY)
    assert clocks(found) == "04:30 23:30"
    assert [one.file(["lagu/wajib/x.mp3"]) for one in found] == ["buka.mp3", "lagu/wajib/x.mp3"]
    with pytest.raises(ValidationError, match="jam tutup"):
        Anthem(id="lagu", mode=AnthemMode.SIGN_ON_OFF, opens=16_200, opening="buka.mp3", folder="lagu")


# --- signals, idents, clock events -------------------------------------------------------------------


def test_who_goes_first_at_one_instant() -> None:
    """Azan before anthem before time signal before ident, in whatever order they are listed."""
    azan = PrayerEvent(id="azan", prayer=Prayer.DZUHUR, items=("azan.mp3",))
    noon = {RAMADAN_DAY: {Prayer.DZUHUR: time(12)}}
    anthem = Anthem(id="lagu", opening="raya.mp3", opens=43_200, closes=86_400, items=("wajib.mp3",))
    signal = TimeSignal(id="pip", items=("pip.mp3",), hours=(12,))
    clock = ClockEvent(id="doa", times=(43_200,), items=("doa.mp3",))
    ident = Ident(id="ident", items=("ident.mp3",), hours=(12,))
    found = occurrences(of(ident, clock, signal, anthem, azan), RAMADAN_DAY, PEKALONGAN, HIJRI, noon)
    assert [one.series for one in found] == ["azan", "lagu.buka", "pip", "doa", "ident", "lagu.tutup"]
    assert [one.priority for one in found[:5]] == sorted({one.priority for one in found[:5]})


def test_a_time_signal_ends_on_the_hour_or_begins_there() -> None:
    """How long the pip is, only the rundown knows: the event says which of its ends is meant."""
    pip = TimeSignal(id="pip", items=("pip.mp3",), hours=(18, 6))
    found = on(pip, RAMADAN_DAY)
    assert (clocks(found), [one.align_end for one in found]) == ("06:00 18:00", [True, True])
    begins = on(pip.model_copy(update={"align_end": False}), RAMADAN_DAY)
    assert [one.align_end for one in begins] == [False, False]


def test_idents_take_turns_through_the_day() -> None:
    """Of files, and of what lies in a folder; an empty folder gives nothing."""
    ident = Ident(id="ident", items=("a.mp3", "b.mp3", "c.mp3"), minutes=(30, 0), hours=(6, 7))
    found = on(ident, RAMADAN_DAY)
    assert clocks(found) == "06:00 06:30 07:00 07:30"
    assert found[0].key == "ident.0600@2026-02-19" and not found[0].hard
    paths = [one.path for one in (*found, *on(ident, RAMADAN_DAY + timedelta(days=1)))]
    assert all(a != b for a, b in pairwise(paths)) and set(paths) == {"a.mp3", "b.mp3", "c.mp3"}
    folder = on(Ident(id="ident", folder="ident", hours=(6, 7)), RAMADAN_DAY)
    files = [one.file(["ident/1.mp3", "ident/2.mp3"]) for one in folder]
    assert sorted(map(str, files)) == ["ident/1.mp3", "ident/2.mp3"]
    assert folder[0].file([]) is None


def test_clock_events_have_days_seasons_and_the_hour_in_their_path() -> None:
    """Words as staff write them; 24.00 is the next day's hour 00."""
    event = ClockEvent.model_validate(
        {
            "id": "jam",
            "times": ["06.30", "24.00"],
            "days": "senin-jumat",
            "items": ["jam/{hh}.mp3"],
            "season": "luar-ramadan",
            "category": "berita",
        }
    )
    found = on(event, date(2026, 11, 23))
    assert [(one.path, one.key) for one in found] == [
        ("jam/06.mp3", "jam.0630@2026-11-23"),
        ("jam/00.mp3", "jam.2400@2026-11-23"),
    ]
    assert found[0].category is Category.NEWS
    assert on(event, date(2026, 11, 22)) == on(event, RAMADAN_DAY) == ()


@pytest.mark.parametrize(
    ("day", "place", "expected"),
    [
        # 29 March 2026, 02.00: clocks go to 03.00; both times mean the first instant after it
        ("2026-03-29", BERLIN, "00:30:00 01:00:00 01:00:01"),
        # 25 October 2026: 02.15 and 02.45 come twice; the first is meant
        ("2026-10-25", BERLIN, "00:15:00 00:45:00 02:00:01"),
        ("2026-03-29", PEKALONGAN, "19:15:00 19:45:00 20:00:01"),
        ("2028-02-29", PEKALONGAN, "19:15:00 19:45:00 20:00:01"),
    ],
)
def test_clock_changes_neither_double_nor_lose_an_event(day: str, place: Place, expected: str) -> None:
    """Times in UTC of 02.15, 02.45 and 03.00.01, and of 01.30 before the gap."""
    times = (5400, 8100, 9900, 10_801) if expected.startswith("00:30") else (8100, 9900, 10_801)
    found = on(ClockEvent(id="x", times=times, items=("x.mp3",)), date.fromisoformat(day), place)
    assert " ".join(f"{one.instant:%H:%M:%S}" for one in found) == expected
    assert len({one.key for one in found}) == len(found)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "jam", "id": "x", "times": ["06.00"]}, "salah satu"),
        ({"kind": "jam", "id": "x", "times": ["06.00"], "items": ["a.mp3"], "folder": "b"}, "salah satu"),
        ({"kind": "jam", "id": "x", "times": ["25.00"], "items": ["a.mp3"]}, "tidak dikenal"),
        ({"kind": "jam", "id": "x", "times": [86_401], "items": ["a.mp3"]}, "tanda kutip"),
        ({"kind": "jam", "id": "x", "times": [], "items": ["a.mp3"]}, "at least 1"),
        ({"kind": "jam", "id": "x", "times": ["06.00"], "items": ["{xx}.mp3"]}, "jam setempat"),
        ({"kind": "jam", "id": "x", "times": ["06.00"], "items": ["../a.mp3"]}, "di dalam folder media"),
        ({"kind": "jam", "id": "x", "times": ["06.00"], "items": ["a.mp3"], "days": "senen"}, "senin"),
        ({"kind": "jam", "id": "x", "times": ["06.00"], "items": ["a.mp3"], "days": [7]}, "hari"),
        ({"kind": "ident", "id": "x", "minutes": [60], "items": ["a.mp3"]}, "59"),
        ({"kind": "salat", "id": "x", "prayer": "tahajud", "items": ["a.mp3"]}, "imsak"),
    ],
)
def test_a_wrong_event_is_refused(values: dict[str, object], words: str) -> None:
    """With a sentence that names what is wrong."""
    with pytest.raises(ValidationError, match=words):
        FixedEvents.model_validate({"events": [values]})


def test_an_id_stands_once() -> None:
    """It names the occurrences."""
    ident = Ident(id="ident", items=("a.mp3",))
    with pytest.raises(ValidationError, match="ganda: ident"):
        of(ident, ident)


@pytest.mark.parametrize("fixed", [RADIO, TV])
def test_the_default_of_a_channel_is_kept_as_json(fixed: FixedEvents) -> None:
    """Azan, imsak, anthem and ident; the same after reading."""
    assert FixedEvents.model_validate_json(fixed.model_dump_json()) == fixed
    assert {event.kind for event in fixed.events} >= {"salat", "lagu", "ident"}


@given(
    st.dates(date(2020, 1, 1), date(2040, 12, 31)),
    st.sampled_from([PEKALONGAN, BERLIN, TROMSO]),
    st.sampled_from([RADIO, TV]),
)
def test_a_day_is_the_same_whenever_it_is_asked_for(day: date, place: Place, fixed: FixedEvents) -> None:
    """In order, with keys of their own, each near its day; and no key comes again on the next."""
    found = occurrences(fixed, day, place, HIJRI)
    assert found == occurrences(fixed, day, place, HijriTable())
    assert [one.instant for one in found] == sorted(one.instant for one in found)
    keys = [one.key for one in found]
    tomorrow = [one.key for one in occurrences(fixed, day + timedelta(days=1), place, HIJRI)]
    assert len(set(keys + tomorrow)) == len(keys) + len(tomorrow)
    midnight = datetime.combine(day, time(), place.zone)
    assert all(abs(one.instant - midnight) <= timedelta(hours=28) for one in found)


def test_a_season_is_a_property_of_any_event() -> None:
    """A sahur signal of Ramadan only."""
    signal = TimeSignal(id="sahur", items=("pip.mp3",), hours=(3,), season=Season.RAMADAN)
    assert len(on(signal, RAMADAN_DAY)) == 1 and not on(signal, RAMADAN_DAY - timedelta(days=1))


# --- official tables ---------------------------------------------------------------------------------

FULL = "tanggal,imsak,subuh,terbit,dhuha,dzuhur,ashar,maghrib,isya\n"
ROW = {
    Prayer.IMSAK: time(4, 19),
    Prayer.SUBUH: time(4, 29),
    Prayer.TERBIT: time(5, 43),
    Prayer.DHUHA: time(6, 10),
    Prayer.DZUHUR: time(11, 59),
    Prayer.ASHAR: time(15, 8),
    Prayer.MAGHRIB: time(18, 7),
    Prayer.ISYA: time(19, 17),
}


@pytest.mark.parametrize(
    "text",
    [
        FULL + "2026-02-19,04:19,04:29,05:43,06:10,11:59,15:08,18:07,19:17\n",
        FULL + "19/02/2026,04.19,04.29,05.43,06.10,11.59,15.08,18.07,19.17",
        "\ufeff\n" + FULL.replace(",", "; ") + "19-02-2026;4.19;4.29;5.43;6.10;11.59;15.08;18.07;19.17\r\n\r\n;;;\n",
        FULL.replace(",", "\t").upper() + "19/02/2026\t04:19\t04:29\t05:43\t06:10\t11:59\t15:08\t18:07\t19:17",
        '"Tgl","Imsyak","Shubuh","Syuruq","Duha","Zuhur","Asar","Magrib","Isya’"\n'
        '"19/02/2026","04:19","04:29","05:43","06:10","11:59","15:08","18:07","19:17"',
    ],
)
def test_a_table_is_read_however_a_spreadsheet_saves_it(text: str) -> None:
    """Commas, semicolons, tabs, quotes, a byte-order mark, empty lines, three ways to write a date."""
    assert parse_official(text) == {RAMADAN_DAY: ROW}


def test_a_table_may_leave_prayers_out() -> None:
    """Columns in any order, empty cells, hyphens, a row that ends early: the rest is computed."""
    table = parse_official("maghrib,tanggal,isya\n18.07,2026-02-19,-\n,2026-02-20,19.17\n18.06,2026-02-21\n")
    assert table == {
        date(2026, 2, 19): {Prayer.MAGHRIB: time(18, 7)},
        date(2026, 2, 20): {Prayer.ISYA: time(19, 17)},
        date(2026, 2, 21): {Prayer.MAGHRIB: time(18, 6)},
    }


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("", ["tabel kosong"]),
        (FULL, ["tabel tidak memuat satu hari pun"]),
        ("subuh,isya\n04.29,19.17", ['baris 1: kolom "tanggal" tidak ada']),
        ("tanggal,magrb,isya,isya\n", ['baris 1: kolom "magrb" tidak dikenal; maksudnya "magrib"?', "baris 1: kolom"]),
        (
            "\ntanggal,imsak,subuh\n2026-02-30,04.19,04.29\n\n2026-02-19,04.39,04.29\n2026-02-19,4.99,24.00,1\n",
            [
                'baris 3: tanggal "2026-02-30" tidak dikenal',
                "baris 5: subuh 04.29 tidak sesudah imsak 04.39",
                "baris 6: 4 kolom, seharusnya 3",
                'baris 6: imsak: jam "4.99" tidak dikenal',
                "baris 6: subuh: 24.00 bukan waktu salat",
                "baris 6: 2026-02-19 sudah ada di baris 5",
            ],
        ),
    ],
)
def test_every_mistake_of_a_table_is_told_with_its_line(text: str, mistakes: list[str]) -> None:
    """All at once, so that staff mend the file once."""
    with pytest.raises(PrayerTableInvalid) as refused:
        parse_official(text)
    told = refused.value.mistakes
    assert len(told) == len(mistakes)
    assert all(one.startswith(expected) for one, expected in zip(told, mistakes, strict=True))


@given(st.text(alphabet='tanglimsk,;\t\n"0123456789/-.: \x00é', max_size=200))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    """Whatever is pasted: a table, or its mistakes."""
    try:
        parse_official("tanggal,imsak\n" + text)
    except PrayerTableInvalid as refused:
        assert refused.mistakes

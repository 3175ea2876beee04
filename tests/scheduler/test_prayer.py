"""Prayer times: the Ministry's rows to the minute, another astronomer's sun, the order of a day, places near the poles.

`ephem` (VSOP87 in full, C) knows nothing of our arithmetic. Asked for pressure 0 and the sun's centre it leaves out
refraction and semidiameter as the rule does, but not parallax: it sees the sun from the ground, up to 8.8
arcseconds lower than from the Earth's centre, for which its horizon is lowered here.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from math import atan, cos, degrees, inf, nan, radians, tan
from types import MappingProxyType
from zoneinfo import ZoneInfo

import ephem
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.prayer import EVENING, KEMENAG, MORNING, Place, Prayer, Rule, Times, instants, published

WIB, WITA, WIT = (ZoneInfo(f"Asia/{city}") for city in ("Jakarta", "Makassar", "Jayapura"))
PEKALONGAN = Place(-6.888, 109.675, WIB)
STATIONS = {
    "Sabang": Place(5.894, 95.319, WIB),
    "Pekalongan": PEKALONGAN,
    "Denpasar": Place(-8.650, 115.217, WITA),
    "Makassar": Place(-5.147, 119.432, WITA),
    "Jayapura": Place(-2.533, 140.717, WIT),
    "Merauke": Place(-8.467, 140.333, WIT),
}
TROMSO = Place(69.65, 18.96, ZoneInfo("Europe/Oslo"))
PARALLAX_DEG = 8.794 / 3600
LATER = dict.fromkeys(Prayer, 1)
DELAYED = tuple(prayer for prayer, margin in KEMENAG.margin_minutes.items() if margin > 0)

days = st.dates(date(2025, 1, 1), date(2034, 12, 31))


@st.composite
def places(draw: st.DrawFn, south_deg: float, north_deg: float) -> Place:
    """Anywhere between two latitudes, with the clocks of its longitude."""
    longitude_deg = draw(st.floats(-180, 180))
    return Place(draw(st.floats(south_deg, north_deg)), longitude_deg, timezone(timedelta(hours=longitude_deg // 15)))


def shown(times: Times) -> str:
    """Write times as the Ministry's tables do, a hyphen where there is none."""
    return " ".join(f"{t:%H:%M}" if t else "-" for t in times.values())


def whole(times: Times) -> dict[Prayer, datetime]:
    """Return the times of a day that has all of them."""
    assert None not in times.values()
    return {prayer: t for prayer, t in times.items() if t}


@pytest.mark.parametrize(
    ("day", "row"),
    [
        (date(2025, 3, 1), "04:21 04:31 11:57 14:59 18:04 19:13"),
        (date(2025, 3, 3), "04:21 04:31 11:57 14:57 18:03 19:12"),
        (date(2025, 3, 5), "04:21 04:31 11:56 14:58 18:02 19:11"),
    ],
)
def test_the_ministrys_rows_are_met_to_the_minute(day: date, row: str) -> None:
    times = published(PEKALONGAN, day)
    assert shown({p: t for p, t in times.items() if p not in (Prayer.TERBIT, Prayer.DHUHA)}) == row
    assert {t.date() for t in whole(times).values()} == {day}
    assert {t.tzinfo for t in whole(times).values()} == {WIB}


def test_a_fixed_offset_is_as_good_as_a_zone() -> None:
    fixed = Place(PEKALONGAN.latitude_deg, PEKALONGAN.longitude_deg, timezone(timedelta(hours=7)))
    assert published(fixed, date(2025, 3, 1)) == published(PEKALONGAN, date(2025, 3, 1))


def by_ephem(place: Place, day: date) -> dict[Prayer, datetime]:
    """Return the instants of a day by ephem's own search."""
    sun, observer = ephem.Sun(), ephem.Observer()
    observer.pressure, observer.elevation = 0, 0
    observer.lat, observer.lon = radians(place.latitude_deg), radians(place.longitude_deg)
    observer.date = datetime.combine(day, time(6), place.zone).astimezone(UTC).replace(tzinfo=None)
    noon = observer.next_transit(sun)
    observer.date = noon
    sun.compute(observer)
    shadow = KEMENAG.ashar_shadow + tan(abs(observer.lat - sun.g_dec))  # g_dec: apparent, of the date
    found = {Prayer.DZUHUR: noon}
    for prayer, altitude_deg in {**KEMENAG.altitude_deg, Prayer.ASHAR: degrees(atan(1 / shadow))}.items():
        observer.date = noon
        observer.horizon = radians(altitude_deg - PARALLAX_DEG * cos(radians(altitude_deg)))
        search = observer.previous_rising if prayer in MORNING else observer.next_setting
        found[prayer] = search(sun, use_center=True)
    return {prayer: moment.datetime().replace(tzinfo=UTC) for prayer, moment in found.items()}


def test_within_a_second_of_another_astronomers_sun_for_ten_years() -> None:
    """The rule needs minutes; a whole second would already be an error in the arithmetic."""
    worst_s: dict[Prayer, float] = defaultdict(float)
    for n, place in enumerate(STATIONS.values()):
        for ordinal in range(date(2025, 1, 1).toordinal() + n, date(2035, 1, 1).toordinal(), 11):
            day = date.fromordinal(ordinal)
            ours = whole(instants(place, day))
            for prayer, theirs in by_ephem(place, day).items():
                worst_s[prayer] = max(worst_s[prayer], abs(ours[prayer] - theirs).total_seconds())
            assert ours[Prayer.SUBUH] - ours[Prayer.IMSAK] == timedelta(minutes=10)
    assert set(worst_s) == set(Prayer) - {Prayer.IMSAK}
    assert max(worst_s.values()) < 1, worst_s


@given(places(-12, 12), days)
def test_a_day_keeps_its_order(place: Place, day: date) -> None:
    for times in (instants(place, day), published(place, day)):
        assert tuple(times) == tuple(Prayer)
        ordered = list(whole(times).values())
        assert all(a < b for a, b in pairwise(ordered))


@given(places(-12, 12), days)
def test_rounding_never_takes_from_the_margin_nor_adds_a_minute(place: Place, day: date) -> None:
    exact, times = whole(instants(place, day)), whole(published(place, day))
    for prayer in DELAYED:
        added = times[prayer] - exact[prayer] - timedelta(minutes=KEMENAG.margin_minutes[prayer])
        assert timedelta() <= added < timedelta(minutes=1)
    taken = exact[Prayer.TERBIT] - times[Prayer.TERBIT] - timedelta(minutes=2)
    assert timedelta() <= taken < timedelta(minutes=1)
    assert times[Prayer.SUBUH] - times[Prayer.IMSAK] == timedelta(minutes=10)
    assert all(t.second == t.microsecond == 0 for t in times.values())


@given(places(-11, 6), days)
def test_the_times_move_little_from_day_to_day(place: Place, day: date) -> None:
    """Ashar moves faster than the sun: its shadow turns round when the sun passes the zenith, up to 70 s."""
    today, tomorrow = (whole(instants(place, day + timedelta(days=n))) for n in (0, 1))
    for prayer in Prayer:
        moved = abs(tomorrow[prayer] - today[prayer] - timedelta(days=1))
        assert moved < timedelta(seconds=72 if prayer is Prayer.ASHAR else 60)


@given(places(-90, 90), days)
def test_on_all_the_earth_an_altitude_is_reached_or_there_is_no_time(place: Place, day: date) -> None:
    times = instants(place, day)
    noon = whole({Prayer.DZUHUR: times[Prayer.DZUHUR]})[Prayer.DZUHUR]
    for prayer, altitude_deg in KEMENAG.altitude_deg.items():
        found = times[prayer]
        if found:
            assert abs(noon - found) <= timedelta(hours=12)
            assert altitude_by_ephem(place, found) == pytest.approx(altitude_deg, abs=0.01)
        else:
            midnight = noon - timedelta(hours=12) * (1 if prayer in MORNING else -1)
            ends = altitude_by_ephem(place, midnight), altitude_by_ephem(place, noon)
            assert ends[0] > altitude_deg - 0.01 or ends[1] < altitude_deg + 0.01
    assert shown(published(place, day)).count("-") == list(times.values()).count(None)


def altitude_by_ephem(place: Place, instant: datetime) -> float:
    observer = ephem.Observer()
    observer.pressure, observer.date = 0, instant.replace(tzinfo=None)
    observer.lat, observer.lon = radians(place.latitude_deg), radians(place.longitude_deg)
    return degrees(ephem.Sun(observer).alt)


@pytest.mark.parametrize(
    ("place", "day", "missing"),
    [
        (TROMSO, date(2026, 6, 21), {Prayer.IMSAK, Prayer.SUBUH, Prayer.TERBIT, *EVENING}),  # no night
        (TROMSO, date(2026, 12, 21), {Prayer.TERBIT, Prayer.DHUHA, Prayer.ASHAR, Prayer.MAGHRIB}),  # no day
        (TROMSO, date(2026, 3, 20), set()),
        (Place(90, 0, UTC), date(2026, 6, 21), set(Prayer) - {Prayer.DZUHUR}),
        (Place(-90, 0, UTC), date(2026, 6, 21), set(Prayer) - {Prayer.DZUHUR}),
        (Place(51.5, -0.1, ZoneInfo("Europe/London")), date(2026, 6, 21), {Prayer.IMSAK, Prayer.SUBUH, Prayer.ISYA}),
    ],
)
def test_what_the_sun_does_not_reach_has_no_time(place: Place, day: date, missing: set[Prayer]) -> None:
    for times in (instants(place, day), published(place, day), published(place, day, correction_minutes=LATER)):
        assert {prayer for prayer, t in times.items() if t is None} == missing


@pytest.mark.parametrize(
    ("hours", "expected"), [(14, "2026-08-17 12:37"), (-10, "2026-08-17 12:37"), (0, "2026-08-17 22:37")]
)
def test_noon_is_the_one_nearest_to_twelve_on_the_places_clocks(hours: int, expected: str) -> None:
    kiritimati = Place(1.9, -157.4, timezone(timedelta(hours=hours)))  # UTC+14: its clocks are a day ahead of its sun
    noon = published(kiritimati, date(2026, 8, 17))[Prayer.DZUHUR]
    assert str(noon)[:16] == expected


def test_corrections_move_one_prayer_each_and_imsak_goes_with_subuh() -> None:
    moved = {Prayer.SUBUH: 2, Prayer.DZUHUR: -1, Prayer.ISYA: 60}
    times = published(PEKALONGAN, date(2025, 3, 1), correction_minutes=moved)
    assert shown(times) == "04:23 04:33 05:43 06:11 11:56 14:59 18:04 20:13"
    times = published(PEKALONGAN, date(2025, 3, 1), correction_minutes={**moved, Prayer.IMSAK: -3})
    assert shown(times) == "04:20 04:33 05:43 06:11 11:56 14:59 18:04 20:13"


def test_an_official_table_wins_on_its_days_and_is_not_corrected() -> None:
    row = {p: time(4 + n, n) for n, p in enumerate(Prayer)}
    official = {date(2025, 3, 1): row}
    times = published(PEKALONGAN, date(2025, 3, 1), correction_minutes=LATER, official=official)
    assert shown(times) == "04:00 05:01 06:02 07:03 08:04 09:05 10:06 11:07"
    assert whole(times)[Prayer.ISYA] == datetime(2025, 3, 1, 11, 7, tzinfo=WIB)
    assert published(PEKALONGAN, date(2025, 3, 3), official=official) == published(PEKALONGAN, date(2025, 3, 3))


def test_what_an_official_row_leaves_out_is_computed_and_imsak_goes_with_its_subuh() -> None:
    official = {date(2025, 3, 1): {Prayer.SUBUH: time(4, 40), Prayer.ISYA: time(19, 20)}}
    times = published(PEKALONGAN, date(2025, 3, 1), correction_minutes=LATER, official=official)
    assert shown(times) == "04:31 04:40 05:44 06:12 11:58 15:00 18:05 19:20"


def test_an_official_row_gives_times_where_the_sun_gives_none() -> None:
    day = date(2026, 6, 21)
    times = published(TROMSO, day, official={day: {Prayer.SUBUH: time(2, 30)}})
    assert [str(times[p])[:16] for p in (Prayer.IMSAK, Prayer.SUBUH)] == ["2026-06-21 02:20", "2026-06-21 02:30"]
    assert times[Prayer.ISYA] is None


def test_another_rule_is_a_value() -> None:
    hanafi = Rule(
        altitude_deg={**KEMENAG.altitude_deg, Prayer.SUBUH: -18.0},
        margin_minutes=dict.fromkeys(KEMENAG.margin_minutes, 0),
        ashar_shadow=2.0,
        imsak_before_subuh_minutes=15,
    )
    times, usual = (
        whole(published(PEKALONGAN, date(2025, 3, 1), hanafi)),
        whole(published(PEKALONGAN, date(2025, 3, 1))),
    )
    assert times[Prayer.SUBUH] - times[Prayer.IMSAK] == timedelta(minutes=15)
    assert times[Prayer.SUBUH] > usual[Prayer.SUBUH]
    assert usual[Prayer.MAGHRIB] - times[Prayer.MAGHRIB] == timedelta(minutes=2)
    assert timedelta(hours=1) < times[Prayer.ASHAR] - usual[Prayer.ASHAR] < timedelta(minutes=75)


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg", "word"),
    [(90.1, 0, "lintang"), (nan, 0, "lintang"), (0, -180.1, "bujur"), (0, inf, "longitude")],
)
def test_a_place_off_the_earth_is_refused(latitude_deg: float, longitude_deg: float, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Place(latitude_deg, longitude_deg, WIB)


@pytest.mark.parametrize(
    ("altitude_deg", "margin_minutes", "ashar_shadow", "word"),
    [
        ({Prayer.SUBUH: -20.0}, KEMENAG.margin_minutes, 1.0, "ihtiyat"),
        (KEMENAG.altitude_deg, {**KEMENAG.margin_minutes, Prayer.IMSAK: 0}, 1.0, "ihtiyat"),
        ({**KEMENAG.altitude_deg, Prayer.ISYA: nan}, KEMENAG.margin_minutes, 1.0, "-90"),
        (KEMENAG.altitude_deg, KEMENAG.margin_minutes, 0.0, "shadow"),
    ],
)
def test_a_rule_that_no_sun_can_follow_is_refused(
    altitude_deg: MappingProxyType[Prayer, float],
    margin_minutes: MappingProxyType[Prayer, int],
    ashar_shadow: float,
    word: str,
) -> None:
    with pytest.raises(ValueError, match=word):
        Rule(altitude_deg, margin_minutes, ashar_shadow, imsak_before_subuh_minutes=10)

"""Prayer times of a place and day by the rule of Indonesia's Ministry of Religion (Kemenag).

Pure arithmetic: it knows no clock, no file and no network. What airs at these times (azan, imsak, the
break before maghrib) is the schedule's business; the sun's place is `scheduler.sun`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from math import hypot, inf, isfinite, pi, radians, sin, tan
from types import MappingProxyType

from scheduler.sun import sun_at

MINUTE = timedelta(minutes=1)
HALF_DAY = timedelta(hours=12)
SINE_TOLERANCE = 1e-8
"""How near a search comes to the sine of an altitude: 0.2 ms where the sun rises steeply."""


class Prayer(StrEnum):
    """The times that a station announces, in the order of a day in Indonesia."""

    IMSAK = "imsak"
    SUBUH = "subuh"
    TERBIT = "terbit"
    DHUHA = "dhuha"
    DZUHUR = "dzuhur"
    ASHAR = "ashar"
    MAGHRIB = "maghrib"
    ISYA = "isya"


MORNING = (Prayer.SUBUH, Prayer.TERBIT, Prayer.DHUHA)
EVENING = (Prayer.MAGHRIB, Prayer.ISYA)

Times = dict[Prayer, datetime | None]
"""All eight times of a day, in order; None where the sun does not reach the altitude on that day."""
Official = Mapping[date, Mapping[Prayer, time]]
"""A published table: local clock times by day. A row may leave prayers out."""
NO_CORRECTION: Mapping[Prayer, int] = MappingProxyType({})
NO_TABLE: Official = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Place:
    """Where the times hold: degrees north and east, and the zone of its clocks (offsets of whole minutes).

    Raises ValueError for coordinates that are not on Earth.
    """

    latitude_deg: float
    longitude_deg: float
    zone: tzinfo

    def __post_init__(self) -> None:
        for name, word, value, limit in (
            ("lintang", "latitude", self.latitude_deg, 90),
            ("bujur", "longitude", self.longitude_deg, 180),
        ):
            if not (isfinite(value) and abs(value) <= limit):
                raise ValueError(
                    f"{name} harus antara -{limit} dan {limit} derajat, bukan {value} / "
                    f"{word} must be between -{limit} and {limit} degrees, not {value}"
                )


@dataclass(frozen=True, slots=True)
class Rule:
    """What an authority lays down; nothing of it is a constant elsewhere.

    `altitude_deg` is the altitude of the sun's centre without refraction, for the prayers that have one. Ashar
    begins when a shadow is `ashar_shadow` lengths longer than at noon. A margin (ihtiyat) that delays is added and
    the sum rounded up to the minute; a negative one is taken off and the rest rounded down.

    Raises ValueError for a rule that leaves a prayer out or asks what no sun can do.
    """

    altitude_deg: Mapping[Prayer, float]
    margin_minutes: Mapping[Prayer, int]
    ashar_shadow: float
    imsak_before_subuh_minutes: int

    def __post_init__(self) -> None:
        if set(self.altitude_deg) != {*MORNING, *EVENING} or set(self.margin_minutes) != set(Prayer) - {Prayer.IMSAK}:
            raise ValueError(
                "aturan waktu salat harus memuat tinggi dan ihtiyat setiap waktu / "
                "a rule of prayer times must hold every altitude and every margin"
            )
        if not (all(abs(a) < 90 for a in self.altitude_deg.values()) and 0 < self.ashar_shadow < inf):
            raise ValueError(
                "tinggi matahari harus antara -90 dan 90 derajat, dan bayangan asar di atas 0 / "
                "sun altitudes must be between -90 and 90 degrees, and the shadow of ashar above 0"
            )


# With these the Ministry's published times for Pekalongan in March 2025 are met to the minute, except terbit and
# dhuha, which were in none of the rows: docs/decisions/prayer.md.
KEMENAG = Rule(
    altitude_deg=MappingProxyType(
        {
            Prayer.SUBUH: -20.0,
            Prayer.TERBIT: -1.0,
            Prayer.DHUHA: 4.5,
            Prayer.MAGHRIB: -1.0,
            Prayer.ISYA: -18.0,
        }
    ),
    margin_minutes=MappingProxyType(
        {
            Prayer.SUBUH: 2,
            Prayer.TERBIT: -2,
            Prayer.DHUHA: 2,
            Prayer.DZUHUR: 3,
            Prayer.ASHAR: 2,
            Prayer.MAGHRIB: 2,
            Prayer.ISYA: 2,
        }
    ),
    ashar_shadow=1.0,
    imsak_before_subuh_minutes=10,
)


def instants(place: Place, day: date, rule: Rule = KEMENAG) -> Times:
    """Return the unrounded UTC instants, without margins, of the solar day whose noon is nearest to 12.00 of `day`.

    At high latitudes subuh can fall on the day before and isya on the day after. Raises OverflowError at the
    ends of the calendar.
    """
    noon = _transit(place, datetime.combine(day, time(12), place.zone).astimezone(UTC))
    found: Times = {Prayer.DZUHUR: noon, Prayer.ASHAR: _ashar(place, noon, rule.ashar_shadow)}
    for prayer, altitude_deg in rule.altitude_deg.items():
        midnight = noon - HALF_DAY if prayer in MORNING else noon + HALF_DAY
        found[prayer] = _crossing(place, sin(radians(altitude_deg)), midnight, noon)
    found[Prayer.IMSAK] = _imsak(found[Prayer.SUBUH], rule)
    return {prayer: found[prayer] for prayer in Prayer}


def published(
    place: Place,
    day: date,
    rule: Rule = KEMENAG,
    *,
    correction_minutes: Mapping[Prayer, int] = NO_CORRECTION,
    official: Official = NO_TABLE,
) -> Times:
    """Return the times as a station publishes them: whole minutes in the place's zone, margins included.

    What `official` has for the day wins, and stands uncorrected; imsak then follows its subuh. What it leaves out is
    computed, and `correction_minutes` are added to it after rounding. Raises OverflowError at the ends of the calendar.
    """
    times = instants(place, day, rule)
    for prayer, margin in rule.margin_minutes.items():
        times[prayer] = _local(_rounded(times[prayer], margin), correction_minutes.get(prayer, 0), place.zone)
    row = {prayer: datetime.combine(day, clock, place.zone) for prayer, clock in official.get(day, {}).items()}
    times |= row
    times[Prayer.IMSAK] = _local(_imsak(times[Prayer.SUBUH], rule), correction_minutes.get(Prayer.IMSAK, 0), place.zone)
    return times | row


def _imsak(subuh: datetime | None, rule: Rule) -> datetime | None:
    return None if subuh is None else subuh.astimezone(UTC) - rule.imsak_before_subuh_minutes * MINUTE


def _rounded(instant: datetime | None, margin_minutes: int) -> datetime | None:
    """Add the margin and round in its direction to the whole minute."""
    if instant is None:
        return None
    moved = instant + margin_minutes * MINUTE
    whole = moved.replace(second=0, microsecond=0)
    return whole + MINUTE if margin_minutes >= 0 and whole < moved else whole


def _local(instant: datetime | None, correction_minutes: int, zone: tzinfo) -> datetime | None:
    return None if instant is None else (instant + correction_minutes * MINUTE).astimezone(zone)


def _transit(place: Place, near: datetime) -> datetime:
    """Return when the sun passes the meridian, the time nearest to `near`."""
    for _ in range(3):  # each step leaves less than a thousandth of what was wrong
        near -= HALF_DAY * (sun_at(near).hour_angle_rad(radians(place.longitude_deg)) / pi)
    return near


def _ashar(place: Place, noon: datetime, shadow_lengths: float) -> datetime | None:
    """Return when a shadow is `shadow_lengths` longer than it was at noon; None where noon has none to measure."""
    zenith_distance_rad = abs(radians(place.latitude_deg) - sun_at(noon).declination_rad)
    if zenith_distance_rad >= pi / 2:
        return None
    sine = 1 / hypot(1, shadow_lengths + tan(zenith_distance_rad))  # the shadow's length is the altitude's cotangent
    return _crossing(place, sine, noon + HALF_DAY, noon)


def _crossing(place: Place, sine: float, midnight: datetime, noon: datetime) -> datetime | None:
    """Return when, between midnight and noon, the sine of the sun's altitude is `sine`; None if at no time.

    False position by the Illinois rule: the root stays enclosed, also where the sun only just reaches the altitude.
    """
    latitude_rad, longitude_rad = radians(place.latitude_deg), radians(place.longitude_deg)

    def excess(instant: datetime) -> float:
        return sun_at(instant).sine_of_altitude(latitude_rad, longitude_rad) - sine

    low, high = excess(midnight), excess(noon)
    if low >= 0 or high < 0:
        return None
    guess, side = noon, 0
    while abs(value := excess(guess)) > SINE_TOLERANCE:
        if value < 0:
            midnight, low, high = guess, value, high / 2 if side < 0 else high
            side = -1
        else:
            noon, high, low = guess, value, low / 2 if side > 0 else low
            side = 1
        guess = midnight + (noon - midnight) * (low / (low - high))
    return guess

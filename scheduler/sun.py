"""Where the sun stands: its declination and hour angle, in plain arithmetic.

After J. Meeus, Astronomical Algorithms (2nd ed., 1998), chapters 22, 25 and 28: the Earth's longitude from the largest
terms of VSOP87 (P. Bretagnon and G. Francou, 1988; there in appendix III), a constant aberration, the two largest
terms of nutation. From 2025 to 2034 right ascension is within 5 arcseconds of the full theory, which is 0.3 s of
time, and declination within 2. Refraction and parallax are left out: the altitudes of prayer times include them.
"""

from datetime import UTC, datetime, timedelta
from math import asin, atan2, cos, pi, radians, sin
from typing import NamedTuple

J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MILLENNIUM = 365_250 * DAY
ARCSECOND = radians(1 / 3600)
DYNAMICAL_AHEAD = timedelta(seconds=69)
"""Dynamical less universal time, 2025 to 2034 within 2 s; a minute of error would be 0.2 s in the times."""

# The Earth's heliocentric longitude, 1e-8 rad: amplitude, phase in rad, rad per millennium; times 1, t and t squared.
CONSTANT = (
    (175_347_046, 0.0, 0.0),
    (3_341_656, 4.6692568, 6283.0758500),
    (34_894, 4.6261, 12566.1517),
    (3_497, 2.7441, 5753.3849),
    (3_418, 2.8289, 3.5231),
    (3_136, 3.6277, 77713.7715),
    (2_676, 4.4181, 7860.4194),
    (2_343, 6.1352, 3930.2097),
    (1_324, 0.7425, 11506.7698),
    (1_273, 2.0371, 529.6910),
    (1_199, 1.1096, 1577.3435),
    (990, 5.233, 5884.927),
    (902, 2.045, 26.298),
    (857, 3.508, 398.149),
    (780, 1.179, 5223.694),
    (753, 2.533, 5507.553),
)
LINEAR = ((628_331_966_747, 0.0, 0.0), (206_059, 2.678235, 6283.0758500), (4_303, 2.6351, 12566.1517))
SQUARE = ((52_919, 0.0, 0.0), (8_720, 1.0721, 6283.0758))


class Sun(NamedTuple):
    """The apparent sun as the whole Earth sees it; both angles in radians."""

    declination_rad: float
    greenwich_hour_angle_rad: float
    """How far it has moved on from the meridian of Greenwich, from -pi to pi."""

    def hour_angle_rad(self, longitude_rad: float) -> float:
        """Return how far it has moved on from the meridian of an eastern longitude, from -pi to pi."""
        return _within_half_turn(self.greenwich_hour_angle_rad + longitude_rad)

    def sine_of_altitude(self, latitude_rad: float, longitude_rad: float) -> float:
        """Return the sine of the height of its centre above the true horizon of a place (Meeus, 13.6)."""
        level = cos(latitude_rad) * cos(self.declination_rad) * cos(self.greenwich_hour_angle_rad + longitude_rad)
        return sin(latitude_rad) * sin(self.declination_rad) + level


def sun_at(instant: datetime) -> Sun:
    """Return the sun at a UTC instant."""
    universal = instant - J2000
    t = (universal + DYNAMICAL_AHEAD) / MILLENNIUM
    node = radians(125.04452 - 19341.36261 * t)
    mean = _mean_longitude_rad(t)
    nutation = (-17.20 * sin(node) - 1.32 * sin(2 * mean)) * ARCSECOND
    obliquity = (84381.448 - 468.15 * t + 9.20 * cos(node) + 0.57 * cos(2 * mean)) * ARCSECOND
    geometric = _series(CONSTANT, t) + (_series(LINEAR, t) + _series(SQUARE, t) * t) * t + pi
    longitude = geometric + nutation - 20.4898 * ARCSECOND
    right_ascension = atan2(cos(obliquity) * sin(longitude), cos(longitude))
    mean_sun = _mean_longitude_rad(universal / MILLENNIUM) - radians(0.0057183)  # it keeps universal time
    equation_of_time = mean_sun - right_ascension + nutation * cos(obliquity)
    return Sun(
        asin(sin(obliquity) * sin(longitude)), _within_half_turn(universal / DAY % 1 * 2 * pi + equation_of_time)
    )


def _mean_longitude_rad(t: float) -> float:
    return radians(280.4664567 + 360007.6982779 * t + 0.03032028 * t * t)


def _series(terms: tuple[tuple[int, float, float], ...], t: float) -> float:
    return 1e-8 * sum(amplitude * cos(phase + speed * t) for amplitude, phase, speed in terms)


def _within_half_turn(angle_rad: float) -> float:
    return (angle_rad + pi) % (2 * pi) - pi

"""The sun's place beside `ephem`, which computes VSOP87 in full."""

from datetime import UTC, datetime, timedelta
from math import degrees, pi

import ephem

from scheduler.sun import sun_at

SIX_SECONDS_OF_ARC, TWO_SECONDS_OF_ARC = 6 / 3600, 2 / 3600  # at 15 to a second of time


def test_within_seconds_of_arc_of_the_full_theory_for_ten_years() -> None:
    greenwich, theirs = ephem.Observer(), ephem.Sun()
    greenwich.lat = greenwich.lon = 0
    for hours in range(0, 10 * 8766, 101):
        instant = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        greenwich.date = instant.replace(tzinfo=None)
        theirs.compute(greenwich)
        ours = sun_at(instant)
        turned = ours.greenwich_hour_angle_rad - (greenwich.sidereal_time() - theirs.g_ra)
        assert abs(degrees((turned + pi) % (2 * pi) - pi)) < SIX_SECONDS_OF_ARC, instant
        assert abs(degrees(ours.declination_rad - theirs.g_dec)) < TWO_SECONDS_OF_ARC, instant


def test_the_hour_angle_goes_from_the_lower_meridian_to_the_lower_meridian() -> None:
    sun = sun_at(datetime(2025, 3, 1, 12, tzinfo=UTC))  # the equation of time is -12 min
    assert -0.06 < sun.hour_angle_rad(0) < -0.05
    assert abs(sun.hour_angle_rad(pi) - (sun.hour_angle_rad(0) + pi)) < 1e-12
    assert abs(sun.hour_angle_rad(-pi) - sun.hour_angle_rad(pi)) < 1e-12

"""How long and how big each row of a bench is: the full size, and a toy size to see that it works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Lengths in seconds, unless their names say otherwise."""

    material_s: int = 60
    radio_s: int = 600
    rounds: int = 2
    """Alternations of a comparison of two programs."""
    air_s: float = 40.0
    peer_s: float = 30.0
    channels: tuple[int, ...] = (200, 400)
    channels_s: float = 42.0
    starts: int = 3
    days: int = 30
    base_day: int = 2
    viewers: int = 500
    viewers_s: float = 60.0
    nginx_s: float = 20.0
    closed_loop_s: float = 8.0
    settle_s: float = 12.0
    """After a start the library is read and hours are planned; what is measured is being on air."""
    day_cells: int = 22_500
    """Cells of a simulated day."""
    rundown_items: int = 20_000
    rundown_days: int = 7
    rundown_year_days: int = 365
    assets: int = 100_000
    """Assets of the library that is searched, and that pages of staff list."""
    pages_days: int = 365
    """Days that those pages look back on."""
    intakes: tuple[int, ...] = (300, 600)
    """Reports per second that citizens send."""
    intakes_s: float = 30.0
    cases: int = 1_000_000
    cases_postgres: int = 200_000
    questions: int = 100
    """How often each question about cases is asked."""
    small: bool = False
    """Two tiny pictures instead of the ordinary ladder."""
    together: bool = False
    """All rows at once: quick, and the figures mean nothing."""


FULL = Scale()
TOY = Scale(
    material_s=4, radio_s=10, rounds=1, air_s=4.0, peer_s=2.0, channels=(2,), channels_s=8.0, starts=1, days=3,
    base_day=1, viewers=4, viewers_s=8.0, nginx_s=4.0, closed_loop_s=0.5, settle_s=1.0, day_cells=1000,
    rundown_items=1000, rundown_year_days=8, assets=1000, pages_days=5, intakes=(20,),
    intakes_s=6.0, cases=2000, cases_postgres=1000, questions=2, small=True, together=True,
)  # fmt: skip

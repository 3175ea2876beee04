"""All addresses of the intake, in one list."""

from collections.abc import Callable

from lppl.intake.opening import Intake
from lppl.phone.calls import Calls
from lppl.rates import RATES, MemoryRates, Rates
from web.audience.pages import Pages
from web.intake.addresses import Address, Desk, Station
from web.intake.calls import Announcements
from web.intake.form import Form
from web.intake.hooks import Hooks
from web.intake.open311 import Open311
from web.intake.tracking import Tracking


def addresses(pages: Pages, station: Callable[[], Station | None]) -> list[Address]:
    """Return them. `station` gives None before the records are first looked for."""
    before = MemoryRates(RATES)

    def intake() -> Intake:
        found = station()
        return found.intake if found is not None else Intake()

    def rates() -> Rates:
        found = station()
        return found.rates if found is not None else before

    def calls() -> Calls:
        found = station()
        return found.calls if found is not None else Calls()

    desk = Desk(intake, rates, calls)
    parts = (Form(pages, desk), Tracking(pages, desk), Hooks(desk), Announcements(desk), Open311(desk))
    return [address for part in parts for address in part.addresses()]

"""What of the intake is open: nothing before the records and the keys are there, and then everything at once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lppl.cases.case_store import CaseStore
from lppl.cases.town_map import TownMap
from lppl.errors import LpplError
from lppl.intake.channels import Channel, Tried
from lppl.intake.reception import Reception


class IntakeClosed(LpplError):
    """Words cannot be kept just now; `why`: for staff, without secrets."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            f"Aduan belum dapat dibuka: {why or 'layanan sedang mulai'}",
            f"Cases cannot be opened yet: {why or 'the service is starting'}",
        )


@dataclass
class Intake:
    """Filled in by the composition root once it is open. `failure`: why it is not."""

    reception: Reception | None = None
    store: CaseStore | None = None
    probe: Callable[[Channel], Awaitable[Tried]] | None = None
    """Tries a channel."""
    failure: str = ""
    centre: tuple[float, float] | None = None
    """Latitude and longitude of the station's town."""
    _map: TownMap | None = None

    @property
    def town_map(self) -> TownMap | None:
        """Return the map on which people show where something is; None while the records are not open."""
        if self._map is None and self.reception is not None:
            self._map = TownMap(self.reception.engine)
        return self._map

    @property
    def open_reception(self) -> Reception:
        """Return the reception. Raises IntakeClosed."""
        if self.reception is None:
            raise IntakeClosed(self.failure)
        return self.reception

    @property
    def open_store(self) -> CaseStore:
        """Return the store of cases. Raises IntakeClosed."""
        if self.store is None:
            raise IntakeClosed(self.failure)
        return self.store

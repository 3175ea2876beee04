"""Everything staff work with: the desks that pages and the API call. Made by the composition root.

While the records are away, or not open yet, no desk is to be had, and :class:`DatabaseAway` says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from lppl.account_store import AccountStore
from lppl.audience import LiveCount
from lppl.audit import AuditLog
from lppl.cases.town_map import TownMap
from lppl.config import Settings
from lppl.desk.case_exports import CaseExports
from lppl.desk.case_imports import CaseImports
from lppl.desk.case_lists import CaseLists
from lppl.desk.cases import CaseDesk
from lppl.desk.control import ControlDesk
from lppl.desk.control_room import ControlRoom, Sight
from lppl.desk.dashboard import DashboardDesk, Health
from lppl.desk.day import DayDesk
from lppl.desk.documents import DocumentDesk
from lppl.desk.editing import EditingDesk
from lppl.desk.figures import Figures
from lppl.desk.folders import FolderDesk
from lppl.desk.grids import GridDesk
from lppl.desk.held_sheets import HeldSheets
from lppl.desk.lists import ListDesk
from lppl.desk.materials import MediaDesk
from lppl.desk.people import PeopleDesk
from lppl.desk.planning import PlanningDesk
from lppl.desk.settings import SettingsDesk
from lppl.desk.takedowns import TakedownDesk
from lppl.desk.triage import TriageDesk
from lppl.desk.uploads import UploadDesk
from lppl.errors import DatabaseAway
from lppl.events import Bus
from lppl.incidents import Incidents
from lppl.intake.opening import Intake
from lppl.intake.reception import Reception
from lppl.library import Library
from lppl.rates import Rates
from lppl.sealing import Seal
from lppl.takedowns import Takedowns
from lppl.uploads import UploadStore
from lppl.webhooks import Webhooks


def wall_clock() -> datetime:
    """Return the machine's clock as aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Office:
    """The desks of a station. `now`: aware UTC, by the air clock where there is one."""

    settings: Settings
    opened: Callable[[], Library | None]
    bus: Bus
    seal: Seal
    now: Callable[[], datetime] = wall_clock
    again: Callable[[], None] | None = None
    """Starts the service anew, where that can be done."""
    live: Callable[[], Sequence[LiveCount]] = tuple
    """Who listens now, as this process knows it."""
    health: Callable[[], Health | None] = lambda: None
    """How the station is; None where nobody knows."""
    sight: Sight | None = None
    """What is seen of the air; None where there is none."""
    intake: Callable[[], Intake] = Intake
    """What takes citizens' words in."""
    rates: Rates | None = None
    """Counts tries together with other processes; None: each by itself."""

    @property
    def library(self) -> Library:
        """The records of the library. Raises DatabaseAway."""
        library = self.opened()
        if library is None:
            raise DatabaseAway
        return library

    @cached_property
    def planning(self) -> PlanningDesk:
        """The weekly grid, running orders, logs. Raises DatabaseAway, as all desks do."""
        return PlanningDesk(self.settings, self.library)

    @cached_property
    def grids(self) -> GridDesk:
        """The weekly grid as staff change it."""
        return GridDesk(self.planning, self.audit, self.bus)

    @cached_property
    def documents(self) -> DocumentDesk:
        """Programmes, rules of channels, the Hijri calendar."""
        return DocumentDesk(self.planning, self.audit, self.bus)

    @cached_property
    def figures(self) -> Figures:
        """What aired, added up by day."""
        return Figures(self.planning)

    @cached_property
    def takedowns(self) -> TakedownDesk:
        """What of the past may not be watched."""
        return TakedownDesk(self.planning, self.audit, Takedowns(self.library.engine))

    @cached_property
    def dashboard(self) -> DashboardDesk:
        """The head's figures."""
        return DashboardDesk(self.planning, self.figures, self.live, self.health)

    @cached_property
    def materials(self) -> MediaDesk:
        """The library."""
        return MediaDesk(self.planning, self.audit, self.bus)

    @cached_property
    def lists(self) -> ListDesk:
        """Playlists and rotations."""
        return ListDesk(self.planning, self.audit, self.bus)

    @cached_property
    def uploads(self) -> UploadDesk:
        """Files on their way into the media folder."""
        return UploadDesk(self.settings, UploadStore(self.library.engine), self.audit)

    @cached_property
    def folders(self) -> FolderDesk:
        """Folders of this computer on their way into the media folder."""
        return FolderDesk(self.settings, self.audit)

    @cached_property
    def days(self) -> DayDesk:
        """Running orders, a day at a time."""
        return DayDesk(self.planning)

    @cached_property
    def editing(self) -> EditingDesk:
        """Running orders changed by hand."""
        return EditingDesk(self.days, self.audit, self.bus)

    @cached_property
    def control_room(self) -> ControlRoom:
        """The air now: what it does, and orders."""
        desk = ControlDesk(self.settings, self.planning.store)
        return ControlRoom(desk, self.audit, Incidents(self.library.engine), self.bus, self.sight)

    @cached_property
    def audit(self) -> AuditLog:
        """Who changed what."""
        return AuditLog(self.library.engine)

    @cached_property
    def people(self) -> PeopleDesk:
        """Accounts, logins, tokens."""
        return PeopleDesk(AccountStore(self.library.engine), self.audit, self.seal, self.rates)

    @cached_property
    def set_up(self) -> SettingsDesk:
        """What pages set, and starting anew."""
        return SettingsDesk(self.settings, self.audit, self.again)

    @cached_property
    def held_sheets(self) -> HeldSheets:
        """Tables of other programs that somebody is bringing in."""
        return HeldSheets()

    @property
    def reception(self) -> Reception:
        """Where citizens' words are kept. Raises IntakeClosed, DatabaseAway."""
        return self.intake().open_reception

    @property
    def cases(self) -> CaseDesk:
        """Citizens' cases. Raises IntakeClosed, DatabaseAway."""
        intake = self.intake()
        return CaseDesk(intake.open_reception, intake.open_store, self.audit, self.bus)

    @cached_property
    def case_lists(self) -> CaseLists:
        """What the complaint desk sets for itself."""
        return CaseLists(self.library.engine, self.bus, self.settings.station.place)

    @cached_property
    def case_imports(self) -> CaseImports:
        """Complaints of other systems that somebody is bringing in."""
        return CaseImports(self.library.engine, self.audit, self.settings.station.zone, self.now)

    @property
    def case_exports(self) -> CaseExports:
        """Lists of cases as files. Raises IntakeClosed, DatabaseAway."""
        return CaseExports(self.cases, self.library.engine, self.audit, self.settings.station.zone)

    @cached_property
    def town_map(self) -> TownMap:
        """The map on which people show where something is."""
        return TownMap(self.library.engine)

    @cached_property
    def triage(self) -> TriageDesk:
        """Help with sorting cases."""
        return TriageDesk(self.library.engine, self.case_lists, self.town_map)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Who is told of what happens."""
        return Webhooks(self.library.engine, self.seal)

"""What a channel aired on two days, made up for the tests of log, figures and dashboard."""

from datetime import date, datetime, timedelta

from lppl.config import Settings
from lppl.desk.office import Office
from lppl.journal import Commit, Entry, JournalWriter
from lppl.plan_store import Kind as Document
from lppl.programme import Category, Programme, SpotKind
from lppl.quanta import Quanta, at_or_after
from lppl.station.work import index_row
from scheduler.agenda import day_bounds
from scheduler.spots import SpotOrder
from tests.scheduler.aired import entry, off
from tests.web.staff.conftest import NOW

SATURDAY = date(2026, 11, 21)
SUNDAY = date(2026, 11, 22)
MINUTE = 188
KOPI = SpotOrder(
    id="kopi", advertiser="Kopi Kajen", assets=("spot/kopi.mp3",), first=SATURDAY, last=SUNDAY, times_a_day=2
)
BANJIR = KOPI.model_copy(update={"id": "banjir", "advertiser": "BPBD", "kind": SpotKind.ILM})
NEWS = Programme(id="kabar", title="Kabar Kota", category=Category.NEWS, local=True)
SONGS = Programme(id="lagu", title="Lagu", local=False)


def day_of(settings: Settings, day: date, until: datetime | None = None) -> list[Entry]:
    """Return a day of a channel: news, songs, spots of both orders, an outage."""
    start, end = day_bounds(day, settings.station.zone)
    end = min(end, at_or_after(until)) if until else end
    found: list[Entry] = []
    at, turn = start, 0
    while at < end:
        length = min((10 * MINUTE, 30 * MINUTE, 94, 94, 5 * MINUTE)[turn % 5], end - at)
        more = (
            {"programme_id": "kabar", "programme": "Kabar Kota"},
            {"programme_id": "lagu", "programme": "Lagu"},
            {"order": "kopi", "category": "iklan"},
            {"order": "banjir", "category": "iklan"},
            {"category": "kebudayaan"},
        )[turn % 5]
        is_off = turn == 7
        made = off(at, length) if is_off else entry(f"Materi {turn % 9}", at, length, number=turn, **more)
        found.append(made)
        at, turn = Quanta(at + length), turn + 1
    return found


async def lay_down(office: Office) -> list[Entry]:
    """Have tv air two days, Sunday up to now: indexed up to 8.00, the rest in the journal alone. Return the entries."""
    settings = office.settings
    entries = [*day_of(settings, SATURDAY), *day_of(settings, SUNDAY, NOW)]
    until = at_or_after(NOW - timedelta(hours=2))
    writer = JournalWriter(settings.data_dir / "journal", reserve=1 << 12)
    for e in entries:
        writer.append([e.item, Commit("tv", e.item.start, e.length)], e.item.start)
    writer.close()
    library = office.library
    await library.record_aired([index_row(e) for e in entries if e.end <= until])
    for kind, document in ((Document.PROGRAMME, NEWS), (Document.PROGRAMME, SONGS)):
        await office.planning.save(kind, document.id, document, NOW)
    for order in (KOPI, BANJIR):
        await office.planning.save(Document.ORDER, order.id, order, NOW)
    return entries

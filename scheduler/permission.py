"""Whether an item may air at an instant at all: its rights, its day-parts, and what people left out."""

from zoneinfo import ZoneInfo

from lppl.media import Material
from lppl.quanta import Quanta, starting
from scheduler.fill import Admits
from scheduler.plan import Plan


def may_air(plan: Plan, slot: str, q: Quanta, zone: ZoneInfo) -> Admits:
    """Return a predicate: do rights, day-parts and people's skips let an item of the occurrence `slot` air at `q`?"""
    skipped = plan.skips.get(slot, frozenset()) if slot else frozenset()
    local = starting(q).astimezone(zone)
    day, second = local.date(), local.hour * 3600 + local.minute * 60 + local.second

    def may(material: Material) -> bool:
        d = material.details
        if material.asset in skipped:
            return False
        if (d.first_day and day < d.first_day) or (d.last_day and day > d.last_day):
            return False
        return not d.hours or any(a <= second < b if a < b else second >= a or second < b for a, b in d.hours)

    return may

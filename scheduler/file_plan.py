"""A schedule file as a plan: what airs until the first grid of a channel is published."""

from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from lppl.quanta import Quanta, at_or_after, starting
from scheduler.agenda import instant
from scheduler.plan import Content, Fixed, Folder, Listed, Plan, Rotating, Start, Strip, Weekdays
from scheduler.schedule import At, Block, Schedule


def plan_of(schedule: Schedule, zone: ZoneInfo) -> Plan:
    """Return the plan that a schedule file describes in the station's `zone`."""
    strips = tuple(_strip(number, block) for number, block in enumerate(schedule.block))

    @lru_cache(maxsize=800)
    def fixed_of(day: date) -> tuple[Fixed, ...]:
        found = (_fixed(number, at, day, zone) for number, at in enumerate(schedule.at) if day.weekday() in at.days)
        return tuple(event for events in found for event in events)

    return Plan(strips=strips, daily=(lambda day, _: fixed_of(day),) if schedule.at else (), filler=schedule.filler)


def _strip(number: int, block: Block) -> Strip:
    return Strip(
        key=f"blok-{number + 1}",
        programme=block.programme,
        on=Weekdays(block.days),
        start_s=block.start,
        until_s=block.until,
        content=_content(block),
        begins=Start.HARD if block.hard else Start.NOT_BEFORE,
        where=block.where,
    )


def _content(block: Block) -> Content:
    if block.rotation:
        return Rotating(block.rotation)
    if block.folder is not None:
        return Folder(block.folder, block.repeat)
    return Listed(block.items, block.repeat)


def _fixed(number: int, at: At, day: date, zone: ZoneInfo) -> tuple[Fixed, ...]:
    found: dict[Quanta, Fixed] = {}  # two clock times that a change leaps over are one start
    for second in at.seconds:
        start = at_or_after(instant(day, second, zone))
        if start not in found:
            hour = starting(start).astimezone(zone).hour
            path = at.item.replace("{hh}", f"{hour:02}")
            found[start] = Fixed(start, f"at-{number + 1}", path, at.hard, at.programme or "", at.where)
    return tuple(found.values())

"""The guide of one channel as iCalendar (RFC 5545), to subscribe to in a calendar."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from scheduler.exports.characters import legible
from scheduler.guide import GuideChannel, GuideEntry

PRODUCT = "-//LPPL//Pola Acara//ID"
HOST = "lppl.invalid"
"""What makes our ids unlike those of others (3.8.4.7); a station gives its own host name."""


def ical(
    channel: GuideChannel,
    entries: Iterable[GuideEntry],
    zone: ZoneInfo,
    stamp: datetime,
    modified: datetime | None = None,
    host: str = HOST,
) -> bytes:
    """Return the entries of `channel` as one calendar, times in `zone`, which it defines.

    `stamp` (aware) is when the calendar is made, `modified` when the guide last changed, else the same. An id is the
    same in every edition as long as the grid knows the occurrence, so that calendars move what moved.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", legible(channel.name))
    calendar.add("x-wr-timezone", str(zone))
    for entry in entries:
        if entry.channel == channel.id:
            calendar.add_component(_event(entry, channel, zone, stamp, modified or stamp, host))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(
    e: GuideEntry, channel: GuideChannel, zone: ZoneInfo, stamp: datetime, modified: datetime, host: str
) -> Event:
    event = Event()
    event.add("uid", f"{legible(e.uid)}@{host}")
    event.add("dtstamp", stamp)
    event.add("last-modified", modified)
    event.add("dtstart", e.start.replace(microsecond=0).astimezone(zone))
    event.add("dtend", e.end.replace(microsecond=0).astimezone(zone))
    event.add("summary", legible(e.title))
    said = [e.description, f"Penyiar: {e.presenter}" if e.presenter else "", f"Klasifikasi: {e.age.label}"]
    event.add("description", legible("\n".join(line for line in said if line)))
    event.add("categories", [e.category.label])
    event.add("location", legible(channel.name))
    event.add("transp", "TRANSPARENT")  # it makes nobody busy
    return event

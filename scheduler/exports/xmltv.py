"""The guide as XMLTV, for set-top boxes, Kodi and the EPG of a multiplex.

Follows xmltv.dtd of the XMLTV project: elements in its order, times as ``YYYYMMDDhhmmss +hhmm``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from scheduler.exports.characters import legible
from scheduler.exports.epg_json import picture_address
from scheduler.guide import GuideChannel, GuideEntry

GENERATOR = "LPPL"
RATING_SYSTEM = "KPI"


def xmltv(
    station: str,
    channels: Sequence[GuideChannel],
    entries: Iterable[GuideEntry],
    zone: ZoneInfo,
    made: datetime,
    pictures: str = "",
) -> bytes:
    """Return the guide of `channels` as an XMLTV document (UTF-8); entries of other channels are left out.

    `made` is aware. `pictures` is the address below which programmes' pictures are served; empty: none are named.
    """
    root = ElementTree.Element(
        "tv", {"date": _time(made, zone), "source-info-name": legible(station), "generator-info-name": GENERATOR}
    )
    for channel in channels:
        element = ElementTree.SubElement(root, "channel", {"id": channel.id})
        _text(element, "display-name", channel.name, lang="id")
        if channel.icon:
            ElementTree.SubElement(element, "icon", {"src": legible(channel.icon)})
    known = {channel.id for channel in channels}
    for entry in entries:
        if entry.channel in known:
            _programme(root, entry, zone, picture_address(pictures, entry.picture))
    return bytes(ElementTree.tostring(root, "utf-8", xml_declaration=True))


def _programme(root: ElementTree.Element, e: GuideEntry, zone: ZoneInfo, picture: str) -> None:
    """Add one programme; the order of what it holds is the DTD's."""
    times = {"start": _time(e.start, zone), "stop": _time(e.end, zone)}
    element = ElementTree.SubElement(root, "programme", times | {"channel": e.channel})
    _text(element, "title", e.title, lang="id")
    if e.description:
        _text(element, "desc", e.description, lang="id")
    if e.presenter:
        _text(ElementTree.SubElement(element, "credits"), "presenter", e.presenter)
    if not e.is_rerun:  # when a programme that airs again was finished, nobody has noted
        _text(element, "date", f"{e.start.astimezone(zone):%Y%m%d}")
    _text(element, "category", e.category.label, lang="id")
    if e.language:
        _text(element, "language", e.language)
    if picture:
        ElementTree.SubElement(element, "icon", {"src": legible(picture)})
    if e.is_rerun:
        ElementTree.SubElement(element, "previously-shown")
    _text(ElementTree.SubElement(element, "rating", {"system": RATING_SYSTEM}), "value", e.age.value)


def _text(parent: ElementTree.Element, tag: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, tag, attributes).text = legible(text)


def _time(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y%m%d%H%M%S %z")

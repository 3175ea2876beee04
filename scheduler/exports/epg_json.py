"""The guide as JSON: a stable shape for apps and other people's pages.

::

    {"format": "lppl-epg", "version": 1,
     "station": "LPPL Kota Batik", "zone": "Asia/Jakarta", "generated": "2026-11-22T22:00:00+07:00",
     "channels": [{"id": "tv", "name": "Batik TV", "icon": "https://...", "programmes": [
        {"id": "tv.kabar@2026-11-22", "programme": "kabar", "title": "Kabar Pekalongan", "description": "...",
         "category": "berita", "category_name": "Berita & Informasi", "age": "SU", "language": "id",
         "start": "2026-11-22T18:00:00+07:00", "end": "2026-11-22T18:30:00+07:00",
         "presenter": "Sari", "picture": "https://...", "live": true, "rerun": false, "aired": false}]}]}

Keys are never taken away within a version, others may be added; text is empty where nothing is known. `id` stays the
same when a programme moves. `aired` is true from its start on: what happened, no longer what was planned.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from scheduler.exports.characters import legible
from scheduler.guide import GuideChannel, GuideEntry

FORMAT, VERSION = "lppl-epg", 1


def epg_json(
    station: str,
    channels: Sequence[GuideChannel],
    entries: Iterable[GuideEntry],
    zone: ZoneInfo,
    made: datetime,
    pictures: str = "",
) -> str:
    """Return the guide of `channels` as JSON text; entries of other channels are left out.

    `made` is aware. `pictures` is the address below which programmes' pictures are served; empty: none are named.
    """
    programmes: dict[str, list[dict[str, object]]] = {channel.id: [] for channel in channels}
    for entry in entries:
        if entry.channel in programmes:
            programmes[entry.channel].append(_programme(entry, zone, pictures))
    document = {
        "format": FORMAT,
        "version": VERSION,
        "station": legible(station),
        "zone": str(zone),
        "generated": _instant(made, zone),
        "channels": [
            {"id": c.id, "name": legible(c.name), "icon": c.icon, "programmes": programmes[c.id]} for c in channels
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def picture_address(pictures: str, path: str) -> str:
    """Return where the picture at `path` is served below `pictures`; empty when either is."""
    return f"{pictures.rstrip('/')}/{quote(path.lstrip('/'))}" if pictures and path else ""


def _programme(e: GuideEntry, zone: ZoneInfo, pictures: str) -> dict[str, object]:
    return {
        "id": legible(e.uid),
        "programme": e.programme_id,
        "title": legible(e.title),
        "description": legible(e.description),
        "category": e.category.value,
        "category_name": e.category.label,
        "age": e.age.value,
        "language": e.language,
        "start": _instant(e.start, zone),
        "end": _instant(e.end, zone),
        "presenter": legible(e.presenter),
        "picture": picture_address(pictures, e.picture),
        "live": e.is_live,
        "rerun": e.is_rerun,
        "aired": e.aired,
    }


def _instant(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")

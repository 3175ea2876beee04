"""Captions of the past: which sidecar file lies beside the medium of what aired, read and kept for a while.

A caption file lies beside its medium under the same name: ``berita.mp4`` has ``berita.vtt`` or ``berita.srt``, or with
a language ``berita.id.vtt``. It may come later than the broadcast; nothing of it is stored elsewhere.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from lppl.config import Settings
from lppl.journal import Entry
from lppl.media import AssetId
from lppl.quanta import Quanta
from streaming.captions import MOST_BYTES, Aired, Cue, cues_of, within
from streaming.past import Past, Recent
from streaming.span import Span

if TYPE_CHECKING:
    from lppl.library import Library

ENDINGS = (".vtt", ".id.vtt", ".srt", ".id.srt")
LOOKED_S = 60.0
"""How long it is remembered where an asset lies, and whether it has captions."""
KEEP_ASSETS = 2000
KEEP_CUES = 200_000


class Captions:
    """Finds captions for spans of the past. `library` gives the records; None while they are not open."""

    def __init__(self, settings: Settings, past: Past, library: "Callable[[], Library | None]") -> None:
        self._media, self._past, self._library = settings.media_dir, past, library
        self._paths: Recent[tuple[AssetId, str], tuple[float, Path | None]] = Recent(KEEP_ASSETS)
        self._cues: Recent[tuple[Path, int, int], tuple[Cue, ...]] = Recent(KEEP_CUES)
        self._lock = Lock()

    async def of(self, channel: str, span: Span) -> Sequence[Cue]:
        """Return the captions of [span), in milliseconds from its start; none while the records are away."""
        from sqlalchemy.exc import SQLAlchemyError

        found: list[Cue] = []
        for entry in await asyncio.to_thread(self._past.entries, channel, span.start, span.end):
            try:
                path = await self._beside(entry)
            except (SQLAlchemyError, OSError):
                return ()
            if path is not None:
                start, end = max(entry.item.start, span.start), min(entry.end, span.end)
                into = Quanta(entry.item.in_point + start - entry.item.start)
                shown = Aired(Quanta(start - span.start), end - start, into)
                found += within(await asyncio.to_thread(self._read, path), shown)
        return found

    async def _beside(self, entry: Entry) -> Path | None:
        """Return the caption file of what an entry aired."""
        item = entry.item
        library = self._library()
        if library is None or item.asset is None or item.house is None:
            return None
        key = item.asset, item.house
        known = self._paths.get(key)
        if known is None or monotonic() - known[0] > LOOKED_S:
            known = monotonic(), await self._look(library, item.asset, AssetId(item.house.partition(".")[0]))
            self._paths.put(key, known)
        return known[1]

    async def _look(self, library: "Library", asset: AssetId, own: AssetId) -> Path | None:
        from lppl.derived import Variant
        from lppl.records import BUILTIN, disk_path

        if own != asset and not isinstance(await library.derived(own), Variant):
            return None  # a crossfade or a faded end: a few seconds of its own timing
        found = await library.asset(asset)
        paths = [self._media / disk_path(p) for p in (found.paths if found else ()) if not p.startswith(BUILTIN)]
        beside = [path.with_suffix(ending) for path in paths for ending in ENDINGS]
        return await asyncio.to_thread(lambda: next((p for p in beside if p.is_file()), None))

    def _read(self, path: Path) -> tuple[Cue, ...]:
        """Return the cues of a file; none when it cannot be read. Blocking."""
        try:
            with self._lock:  # several people watch, each read in a thread of its own
                stat = path.stat()
                key = path, stat.st_mtime_ns, stat.st_size
                known = self._cues.get(key)
                if known is None:
                    with path.open("rb") as file:
                        known = cues_of(file.read(MOST_BYTES))
                    self._cues.put(key, known, len(known) + 1)
                return known
        except OSError:
            return ()

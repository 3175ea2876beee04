"""One channel as HLS: which segments are out, and the playlists that list them.

Fed with journal records (by playout in the same process, or by following the journal's files) and with the air
clock's ticks; makes playlists when somebody asks, once for each new segment.
"""

import contextlib
import gzip
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from lppl.errors import HouseFileDamaged
from lppl.journal import Entry, Item, Record
from lppl.media import LEAN, Profile, VideoRung
from lppl.quanta import CELL, GOP, Quanta, cell_of, cell_start
from lppl.rundown import Kind
from streaming.hls import DateRange, ListedSegment, MediaPlaylist, MultivariantPlaylist
from streaming.house import HouseStore
from streaming.ladder import codec_of, multivariant, target_duration
from streaming.packager import Body, Packager, Slate
from streaming.timeline import NextGop, Segment, Timeline, due

LIVE_SEGMENTS = 10
"""Segments in the live playlist: 38 s; at least 6, at most about 15 (RFC 8216bis 6.2.2; reload cost)."""
PREROLL_CELLS = LIVE_SEGMENTS


class UnknownRendition(KeyError):
    """No rendition or playlist of that name."""


@dataclass(frozen=True)
class Document:
    """A playlist ready to be sent, plain and gzipped, with its entity tag."""

    text: bytes
    gzipped: bytes
    etag: str

    @classmethod
    def of(cls, text: str) -> "Document":
        """Pack a playlist."""
        data = text.encode()
        return cls(data, gzip.compress(data, 6, mtime=0), f'"{hashlib.blake2b(data, digest_size=10).hexdigest()}"')


def gop_finder(profile: Profile, store: HouseStore) -> NextGop:
    """Return how the timelines of channels of `profile` find cuts.

    Where GOPs begin is known without opening a file, but for what was live: conformed ones last 6 quanta.
    """

    def next_gop(item: Item, q: int) -> Quanta | None:
        if item.kind is Kind.LIVE and item.house is not None:
            with contextlib.suppress(HouseFileDamaged):  # then the slate stands in, cut as if it were conformed
                return store.get(item.house).next_gop(q)
        return Quanta(-(-q // GOP) * GOP) if profile.video else Quanta(q)

    return next_gop


@dataclass
class _Published:
    """A segment that is out, with what its playlists need."""

    segment: Segment
    joins: int
    """Discontinuity sequence number: joins that had to be marked before it, ever; the same in all renditions."""
    inits: dict[str, str] = field(default_factory=dict)


class ChannelStream:
    """The HLS side of one channel. Not thread-safe: one event loop."""

    def __init__(
        self,
        channel: str,
        profile: Profile,
        store: HouseStore,
        slate: Slate,
        dvr_cells: int,
        *,
        mark_joins: bool = False,
        lean: Profile | None = None,
    ) -> None:
        self.channel, self.profile = channel, profile
        self._store, self._dvr_cells, self._mark_joins = store, max(dvr_cells, LIVE_SEGMENTS), mark_joins
        self.packager = Packager(store, slate, lean, profile.audio[-1].name)
        self._next_gop = gop_finder(profile, store)
        self.timeline = Timeline(self._next_gop)
        self._published: list[_Published] = []
        self.behind = 0
        """How many segments were due and not there when last published: above 0 while playout is away."""
        self._inits: dict[str, bytes] = {}
        self._init_ids: dict[tuple[str, str], str] = {}
        """(rendition, format of an item) -> id of its init segment: a long DVR opens no file to know it."""
        self._documents: dict[str, Document] = {}
        self._lean_offered: bool | None = None
        lean_names = (LEAN.name,) if lean is not None else ()
        self.names = (*(r.name for r in profile.video), *(r.name for r in profile.audio), *lean_names)
        self._target = target_duration(profile)

    # --- what comes in ---

    def load(self, entries: Iterable[Entry]) -> None:
        """Start from the journal's past."""
        self.timeline = Timeline(self._next_gop, entries)

    def apply(self, records: Iterable[Record]) -> None:
        """Take records of this channel that are on disk now."""
        self.timeline.apply(records)

    def publish(self, now: Quanta) -> list[Segment]:
        """Publish every segment that is due at `now` and committed; return the new ones."""
        if self._published:
            number = self._published[-1].segment.number + 1
        elif self.timeline.start is not None:
            number = max(cell_of(Quanta(self.timeline.start + CELL - 1)), due(now) - self._dvr_cells)
        else:
            return []
        if number < due(now) - self._dvr_cells:
            # off the air for longer than the DVR reaches: nobody is shown each cell of it
            self._published.clear()
            number = due(now) - self._dvr_cells
        out = []
        while number <= due(now):
            segment = self.timeline.segment(number, self._published[-1].segment.end if self._published else None)
            if segment is None:
                break
            out.append(segment)
            self._append(segment)
            number += 1
        self.behind = due(now) + 1 - number
        if out:
            self._documents.clear()
            self._lean_offered = None
            # a removed segment stays fetchable as long as the longest playlist that held it
            oldest = cell_start(self._published[-1].segment.number - self._dvr_cells - 2 * LIVE_SEGMENTS)
            self.timeline.forget_before(oldest)
            while self._published and self._published[0].segment.end <= oldest:
                self._published.pop(0)
        return out

    def _append(self, segment: Segment) -> None:
        # counted in the journal, so that a restart and a second server say the same
        item = segment.pieces[0].item
        joins = item.number if self._mark_joins else item.format_changes
        if self._published:
            joins = max(joins, self._published[-1].joins)
        published = _Published(segment, joins)
        for name in self.names:
            published.inits[name] = self._init_id(name, segment)
        self._published.append(published)

    def _init_id(self, name: str, segment: Segment) -> str:
        piece = segment.pieces[0]
        known = self._init_ids.get((name, piece.item.format))
        if known is not None:
            return known
        data = self.packager.init_of(name, piece)
        identity = hashlib.blake2b(data, digest_size=5).hexdigest()
        self._inits.setdefault(f"{name}-{identity}", data)
        if piece.item.format and self.packager.readable(name, piece):  # else it is the slate's, for this once
            self._init_ids[name, piece.item.format] = identity
        return identity

    # --- what goes out ---

    @property
    def newest(self) -> Segment | None:
        """The newest segment that is out."""
        return self._published[-1].segment if self._published else None

    def init(self, name: str) -> bytes:
        """Return the init segment ``<rendition>-<hash>``. Raises UnknownRendition."""
        if name not in self._inits:
            raise UnknownRendition(name)
        return self._inits[name]

    def body(self, rendition: str, number: int, *, iframe: bool = False) -> Body:
        """Return a published segment's bytes. Raises UnknownRendition when it is not out or no longer kept."""
        if rendition not in self.names or (iframe and rendition not in {r.name for r in self.profile.video}):
            raise UnknownRendition(rendition)
        if not self._published:
            raise UnknownRendition(str(number))
        i = number - self._published[0].segment.number
        if not 0 <= i < len(self._published) or self._published[i].segment.gap:
            raise UnknownRendition(str(number))
        segment = self._published[i].segment
        return self.packager.iframe(rendition, segment) if iframe else self.packager.segment(rendition, segment)

    def document(self, name: str) -> Document:
        """Return a playlist by its path below ``/hls/<channel>/``, without ``.m3u8``. Raises UnknownRendition.

        ``master``, ``audio``, ``dvr``, ``dvr-audio``: multivariant;
        ``<rendition>/live|dvr|iframes|dvr-iframes``: media.
        """
        found = self._documents.get(name)
        if found is None:
            found = self._documents[name] = Document.of(self._render(name))
        return found

    def _render(self, name: str) -> str:
        if name in ("master", "audio", "dvr", "dvr-audio"):
            return self._multivariant(name).text()
        rendition, _, kind = name.partition("/")
        if rendition not in self.names or kind not in ("live", "dvr", "iframes", "dvr-iframes"):
            raise UnknownRendition(name)
        iframes = kind.endswith("iframes")
        if iframes and rendition not in {r.name for r in self.profile.video}:
            raise UnknownRendition(name)
        return self._media(rendition, self._dvr_window() if "dvr" in kind else self._live_window(), iframes).text()

    @property
    def lean_offered(self) -> bool:
        """Whether the leanest sound is worth offering: it is there for most of what the live playlist holds.

        Asked of the disk once for each segment that comes out, not by each visitor.
        """
        if self._lean_offered is None:
            self._lean_offered = self._mostly_lean()
        return self._lean_offered

    def _mostly_lean(self) -> bool:
        pieces = [p for each in self._live_window() for p in each.segment.pieces] if LEAN.name in self.names else []
        lean = sum(p.length for p in pieces if self.packager.lean(p))
        return 2 * lean > sum(p.length for p in pieces)

    @property
    def oldest(self) -> Quanta | None:
        """The start of the oldest segment in the DVR playlist; None before the first."""
        window = self._dvr_window()
        return window[0].segment.start if window else None

    def _live_window(self) -> list[_Published]:
        window = self._published[-LIVE_SEGMENTS:]
        # after a long outage the live window begins anew: it never lists time that was off the air
        gap = next((i for i in range(len(window), 0, -1) if window[i - 1].segment.gap), 0)
        return window[gap:]

    def _dvr_window(self) -> list[_Published]:
        return self._published[-self._dvr_cells :]

    def _media(self, rendition: str, window: list[_Published], iframes: bool) -> MediaPlaylist:
        segments = [
            ListedSegment(
                f"{'i' if iframes else ''}{p.segment.number}.m4s",
                p.segment.start,
                p.segment.length,
                f"../init/{rendition}-{p.inits[rendition]}.mp4",
                p.joins - before.joins,
                p.segment.gap,
            )
            for before, p in zip(window[:1] + window[:-1], window, strict=True)
        ]
        first = window[0] if window else None
        removed = first.joins if first else 0
        ranges = () if iframes else self._ranges(window)
        number = first.segment.number if first else 0
        return MediaPlaylist(number, self._target, segments, ranges, removed, iframes)

    def _ranges(self, window: Sequence[_Published]) -> Sequence[DateRange]:
        if not window:
            return ()
        entries = self.timeline.between(window[0].segment.start, window[-1].segment.end)
        newest = self.timeline.entries[-1].item if self.timeline.entries else None
        return [
            DateRange(
                e.item.id,
                e.item.start,
                e.item.title,
                e.item.programme,
                e.item.kind.value,
                # an item has ended when another has begun; until then its end may still move
                e.length if e.item != newest and e.end <= window[-1].segment.end else None,
            )
            for e in entries
            if e.item.kind not in (Kind.OFF, Kind.PREROLL)
        ]

    def _multivariant(self, name: str) -> MultivariantPlaylist:
        kind, iframes = ("dvr", "dvr-iframes") if "dvr" in name else ("live", "iframes")
        alone = name.endswith("audio")
        profile = self.profile
        if self.lean_offered and (alone or not profile.video):  # a picture is worth better sound than that
            profile = replace(profile, audio=(*profile.audio, LEAN))
        return multivariant(profile, self._video_codec, kind, iframes, sound_alone=alone)

    def _video_codec(self, rung: VideoRung) -> str:
        """RFC 6381 name of what is on air; of the slate before anything is."""
        if self._published:
            piece = self._published[-1].segment.pieces[0]
            data = self.packager.init_of(rung.name, piece)
        else:
            data = self.packager.slate_init(rung.name)
        return codec_of(data)

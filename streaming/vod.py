"""Catch-up: a span of a channel's past as HLS that has ended, made from the journal, exactly from its first picture.

What was off the air is left out, and what may not be shown (:class:`lppl.withheld.Withheld`) or is no longer on disk
is cut out: those stretches are joined by EXT-X-DISCONTINUITY. A segment is named by what it holds, ``<start>-<end>`` in
quanta, whoever lists it, so that one name means the same bytes for ever; each is judged anew when it is asked for.
"""

import asyncio
import contextlib
import hashlib
import math
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from threading import Lock

import structlog

from lppl.errors import LpplError
from lppl.media import HouseId, Profile
from lppl.quanta import Quanta, seconds
from lppl.withheld import Withheld
from streaming.channel import Document, UnknownRendition, gop_finder
from streaming.heads import Archive, Heads
from streaming.hls import DateRange, ListedSegment, MediaPlaylist
from streaming.ladder import codec_of, multivariant, target_duration
from streaming.packager import Body, Packager, Slate
from streaming.past import Past, Recent
from streaming.span import Absence, NotShown, Shown, Span, cuts, shown
from streaming.timeline import Piece, Segment, Timeline

log = structlog.get_logger(__name__)

KEEP_PLANS = 60_000
"""Segments of the spans that are kept in memory: two and a half of the longest, or a hundred programmes."""
KEEP_TEXT = 24 << 20
"""Bytes of playlists that are kept in memory."""
KINDS = ("vod", "iframes")
CAPTIONS = "teks"
"""The playlist of captions, and where its WebVTT files lie."""
MOST_WAITING = 16
"""Requests that may wait for work to be done; more are told to come again."""


class Busy(LpplError):
    """More is asked for than can be made; come again in some seconds."""

    def __init__(self) -> None:
        super().__init__("Terlalu banyak permintaan; coba lagi sebentar.", "Too many requests; try again soon.")


class Turns:
    """Lets one work at a time and a few wait. Raises Busy to the others."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._lock, self._most, self._inside = asyncio.Lock(), most, 0

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for the turn and hold it."""
        if self._inside > self._most:
            raise Busy
        self._inside += 1
        try:
            async with self._lock:
                yield
        finally:
            self._inside -= 1


@dataclass(frozen=True)
class _Listed:
    """One segment of a plan."""

    span: Span
    marked: bool
    """A discontinuity stands before it, in all renditions."""
    inits: tuple[str, ...]
    """Name of its init segment in each rendition."""


@dataclass(frozen=True)
class _Plan:
    """One span as it is shown: what its playlists need."""

    span: Span
    """As it was asked for, but for what is not published yet."""
    segments: tuple[_Listed, ...]
    ranges: tuple[DateRange, ...]
    codecs: dict[str, str] = field(default_factory=dict)


class CatchUp:
    """The past of one channel. Use it from one event loop; what blocks runs in threads.

    `published` returns the end of what may be shown now; nothing after it is ever listed.
    """

    def __init__(
        self,
        channel: str,
        profile: Profile,
        past: Past,
        archive: Archive,
        slate: Slate,
        published: Callable[[], Quanta],
        *,
        mark_joins: bool = False,
    ) -> None:
        self.channel, self.profile = channel, profile
        self._past, self._archive, self._published, self._mark_joins = past, archive, published, mark_joins
        self._next_gop = gop_finder(profile, archive)
        self._heads = Heads(archive, profile)
        self._packager = Packager(archive, slate)
        self._packaging = Lock()
        self._planning, self._encoding = Turns(), Turns()
        self._plans: Recent[tuple[Span, Withheld], _Plan] = Recent(KEEP_PLANS)
        self._documents: Recent[tuple[Span, Withheld, str], Document] = Recent(KEEP_TEXT)
        self._init_hashes: dict[tuple[str, str], str] = {}
        self.pictures = frozenset(r.name for r in profile.video)
        self.names = (*(r.name for r in profile.video), *(a.name for a in profile.audio))

    # --- playlists ---

    async def document(self, span: Span, name: str, withheld: Withheld, *, captioned: bool = False) -> Document:
        """Return a playlist by its path below ``vod/<span>/``, without ``.m3u8``.

        ``master``, ``audio``: multivariant; ``<rendition>/vod|iframes``: media; ``teks``: captions, which ``master``
        names when the span is `captioned`. What lies in the future is left out.
        Raises UnknownRendition; NotShown when nothing of the span can be watched.
        """
        rendition, _, kind = name.partition("/")
        if name not in ("master", "audio", CAPTIONS) and (
            kind not in KINDS or rendition not in (self.pictures if kind == "iframes" else self.names)
        ):
            raise UnknownRendition(name)
        span = Span(span.start, min(span.end, self._published()))
        if span.end <= span.start:
            raise NotShown(Absence.OFF_AIR)
        key = span, withheld, f"{name}+" if captioned else name
        found = self._documents.get(key)
        if found is None:
            plan, lasting = await self._plan(span, withheld)
            found = await asyncio.to_thread(self._render, plan, name, captioned)
            if lasting:
                self._documents.put(key, found, len(found.text) + len(found.gzipped))
        return found

    def _render(self, plan: _Plan, name: str, captioned: bool) -> Document:
        if name == CAPTIONS:
            return Document.of(_captions(plan).text())
        if name in ("master", "audio"):
            # with the span as it is now: what is published in between must not make the renditions differ
            base = f"../{plan.span}/"
            codecs = plan.codecs
            playlist = multivariant(
                self.profile, lambda rung: codecs[rung.name], *KINDS, sound_alone=name == "audio", base=base,
                captions=f"{base}{CAPTIONS}.m3u8" if captioned else "",
            )  # fmt: skip
            return Document.of(playlist.text())
        rendition, _, kind = name.partition("/")
        iframes = kind == "iframes"
        at = self.names.index(rendition)
        listed = [
            ListedSegment(
                f"../../{rendition}/{'i' if iframes else ''}{s.span}.m4s",
                s.span.start,
                s.span.end - s.span.start,
                f"../../{rendition}/{s.inits[at]}.mp4",
                int(s.marked),
            )
            for s in plan.segments
        ]
        ranges = () if iframes else plan.ranges
        target = target_duration(self.profile)
        return Document.of(MediaPlaylist(0, target, listed, ranges, iframes_only=iframes, ended=True).text())

    async def _plan(self, span: Span, withheld: Withheld) -> tuple[_Plan, bool]:
        """Return the plan, and whether it stays so until something else is withheld."""
        async with self._planning.turn():  # one at a time: who asks for the same waits and finds it made
            found = self._plans.get((span, withheld))
            if found is not None:
                return found, True
            timeline, part = await asyncio.to_thread(self._look, span, withheld)
            if not part.stretches:
                raise NotShown(max(part.absences))
            first = part.stretches[0]
            head = await self._head(timeline, first.start) if first.start == span.start else None
            plan = await asyncio.to_thread(self._lay_out, timeline, span, part.stretches, head)
            # what is lost may be made again, and the journal may still be written: those are looked at anew
            lasting = Absence.LOST not in part.absences and (timeline.end or 0) > span.end
            if lasting:
                self._plans.put((span, withheld), plan, len(plan.segments))
            return plan, lasting

    def _look(self, span: Span, withheld: Withheld) -> tuple[Timeline, Shown]:
        # one more quantum, so that the last item is known to have ended
        entries = self._past.entries(self.channel, span.start, Quanta(span.end + 1))
        known: dict[HouseId, bool] = {}

        def there(house: HouseId) -> bool:
            if house not in known:
                known[house] = self._archive.there(house)
            return known[house]

        return Timeline(self._next_gop, entries), shown(entries, span, withheld, there)

    @staticmethod
    def _partial(timeline: Timeline, start: Quanta) -> Piece | None:
        """Return what lies from `start` to the next key frame; None where there is one."""
        key = timeline.cut(start)
        entry = timeline.at(start)
        if entry is None or key == start:
            return None
        end = min(key if key is not None else entry.end, entry.end)
        return timeline.pieces(start, Quanta(end))[0]

    async def _head(self, timeline: Timeline, start: Quanta) -> Piece | None:
        """Return the head of what begins inside a GOP; None where it begins with a key frame, or cannot be made."""
        partial = await asyncio.to_thread(self._partial, timeline, start)
        if partial is None or partial.item.house is None:
            return None
        try:
            async with self._encoding.turn():
                head = await self._heads.made(
                    partial.item.house, partial.in_point, Quanta(partial.in_point + partial.length)
                )
        except Busy:
            raise
        except (LpplError, OSError, ValueError) as error:  # TimeoutError, too; it then begins with the next key frame
            log.warning("head_not_made", channel=self.channel, start=start, reason=str(error))
            return None
        # its item has no format: what opens decoders is read from the head itself
        return replace(partial, item=replace(partial.item, house=head, format=""), in_point=Quanta(0))

    def _lay_out(self, timeline: Timeline, span: Span, stretches: Sequence[Span], head: Piece | None) -> _Plan:
        segments: list[_Listed] = []
        firsts: dict[tuple[str, str], Quanta] = {}
        before: tuple[object, ...] = ()
        codecs: dict[str, str] = {}
        for stretch in stretches:
            headed = head if head is not None and head.air == stretch.start else None
            key = Quanta(headed.air + headed.length) if headed else timeline.cut(stretch.start)
            if key is None or (key >= stretch.end and not headed):
                continue  # no key frame lies in it
            stretch = Span(stretch.start if headed else key, stretch.end)
            for a, b in pairwise(cuts(timeline, stretch, Quanta(min(key, stretch.end)))):
                piece = timeline.pieces(a, Quanta(a + 1))[0]
                item = piece.item
                hashes = [
                    self._init_hash(name, headed if headed and a == headed.air and name in self.pictures else piece)
                    for name in self.names
                ]
                now = (item.number if self._mark_joins else item.format_changes, hashes)
                marked = bool(segments) and (segments[-1].span.end != a or now != before)
                before = now
                inits = tuple(
                    f"init-{h}-{firsts.setdefault((n, h), a)}" for n, h in zip(self.names, hashes, strict=True)
                )
                segments.append(_Listed(Span(a, b), marked, inits))
                if not codecs:
                    first = headed or piece
                    codecs = {name: codec_of(self._packager.init_of(name, first)) for name in self.pictures}
        if not segments:
            raise NotShown(Absence.TAKEN_DOWN)
        return _Plan(span, tuple(segments), self._ranges(timeline, stretches), codecs)

    def _init_hash(self, name: str, piece: Piece) -> str:
        known = self._init_hashes.get((name, piece.item.format))
        if known is None:
            known = hashlib.blake2b(self._packager.init_of(name, piece), digest_size=5).hexdigest()
            if piece.item.format and self._packager.readable(name, piece):
                self._init_hashes[name, piece.item.format] = known
        return known

    @staticmethod
    def _ranges(timeline: Timeline, stretches: Sequence[Span]) -> tuple[DateRange, ...]:
        running = timeline.entries[-1].item
        found = {}
        for stretch in stretches:
            for e in timeline.between(stretch.start, stretch.end):
                i = e.item
                length = e.length if i is not running else None
                found[i.id] = DateRange(i.id, i.start, i.title, i.programme, i.kind.value, length)
        return tuple(found.values())

    # --- bytes ---

    async def body(self, rendition: str, span: Span, withheld: Withheld, *, iframe: bool = False) -> Body:
        """Return a segment's bytes. Raises UnknownRendition; NotShown when any of it may not be watched."""
        if rendition not in (self.pictures if iframe else self.names) or span.end > self._published():
            raise UnknownRendition(rendition)
        timeline, part = await asyncio.to_thread(self._look, span, withheld)
        refused = part.absences - {Absence.LOST}
        if refused:
            raise NotShown(max(refused))
        head: Piece | None = None
        if rendition in self.pictures:
            partial = await asyncio.to_thread(self._partial, timeline, span.start)
            if partial is not None:
                if span.end > partial.air + partial.length:
                    raise UnknownRendition(str(span))
                head = await self._head(timeline, span.start)
                if head is None:
                    raise NotShown(Absence.LOST)
        return await asyncio.to_thread(self._package, timeline, rendition, span, head, iframe=iframe)

    def _package(self, timeline: Timeline, rendition: str, span: Span, head: Piece | None, *, iframe: bool) -> Body:
        length = span.end - span.start
        pieces = timeline.pieces(span.start, span.end) if head is None else (replace(head, length=length),)
        # the packager keeps bodies by number: here one that no other segment has
        segment = Segment(span.start << 5 | length, span.start, length, pieces)
        with self._packaging:
            if iframe:
                return self._packager.iframe(rendition, segment)
            return self._packager.segment(rendition, segment)

    async def init(self, rendition: str, identity: str, at: Quanta) -> bytes:
        """Return the init segment with the hash `identity` of what airs at `at`. Raises UnknownRendition."""
        if rendition not in self.names or at >= self._published():
            raise UnknownRendition(rendition)
        entries = await asyncio.to_thread(self._past.entries, self.channel, at, Quanta(at + 1))
        timeline = Timeline(self._next_gop, entries)
        if not entries or entries[0].item.house is None:
            raise UnknownRendition(identity)
        head = await self._head(timeline, at) if rendition in self.pictures else None
        piece = head or timeline.pieces(at, Quanta(at + 1))[0]
        data = await asyncio.to_thread(self._packager.init_of, rendition, piece)
        if hashlib.blake2b(data, digest_size=5).hexdigest() != identity:
            raise UnknownRendition(identity)
        return data


def _captions(plan: _Plan) -> MediaPlaylist:
    """Return the playlist of captions: one file for each stretch between discontinuities, which stand as everywhere."""
    listed: list[ListedSegment] = []
    runs: list[list[_Listed]] = []
    for segment in plan.segments:
        if segment.marked or not runs:
            runs.append([])
        runs[-1].append(segment)
    for run in runs:
        span = Span(run[0].span.start, run[-1].span.end)
        marks = int(run[0].marked)
        listed.append(ListedSegment(f"../{CAPTIONS}/{span}.vtt", span.start, span.end - span.start, "", marks))
    longest = max(s.length for s in listed)
    return MediaPlaylist(0, math.ceil(seconds(longest)), listed, ended=True)

"""A segment's bytes: a box header made now, and the samples' bytes as slices of house files.

The header is some hundred bytes; the media bytes go from the file to the socket without passing through this
process. When a committed house file cannot be read any more, the slate's samples stand in, from memory: a segment
that was announced is always delivered.
"""

import struct
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lppl.errors import HouseFileDamaged
from lppl.media import LEAN, Profile
from lppl.quanta import Quanta
from streaming.fmp4 import AudioTrack, VideoTrack, fragment_header, held_fragment_header, init_segment
from streaming.house import HouseSet, HouseStore, Rendition, Span
from streaming.timeline import Piece, Segment

KEEP_BODIES = 512


@dataclass(frozen=True, slots=True)
class FileSlice:
    """Bytes [offset, offset + length) of a house file; holding the rendition keeps the file open."""

    rendition: Rendition
    offset: int
    length: int


@dataclass(frozen=True)
class Body:
    """What is sent for one segment of one rendition."""

    parts: tuple[bytes | FileSlice, ...]
    substituted: bool = False
    """True when something stands in, the slate or richer sound than named: then it must not be cached."""

    @cached_property
    def length(self) -> int:
        """Bytes in all."""
        return sum(len(p) if isinstance(p, bytes) else p.length for p in self.parts)

    def readable(self) -> bool:
        """Tell whether every file that it is cut from still has its full length."""
        files = {id(p.rendition): p.rendition for p in self.parts if isinstance(p, FileSlice)}
        return all(r.readable() for r in files.values())

    def cut(self, start: int, end: int) -> tuple[bytes | FileSlice, ...]:
        """Return the parts of the byte range [start, end)."""
        out: list[bytes | FileSlice] = []
        at = 0
        for part in self.parts:
            size = len(part) if isinstance(part, bytes) else part.length
            a, b = max(start, at) - at, min(end, at + size) - at
            if a < b:
                out.append(part[a:b] if isinstance(part, bytes) else FileSlice(part.rendition, part.offset + a, b - a))
            at += size
        return tuple(out)

    def read(self) -> bytes:
        """Return all bytes (for tests and for clients that cannot be sent slices). Raises HouseFileDamaged."""
        return b"".join(
            p if isinstance(p, bytes) else p.rendition.read(Span(b"", p.length, ((p.offset, p.length),)))
            for p in self.parts
        )


class Slate:
    """The last fallback, held in memory: its renditions' samples by quantum."""

    def __init__(self, house_set: HouseSet) -> None:
        self.quanta = house_set.quanta
        self.renditions: Mapping[str, Rendition] = house_set.renditions
        self._data = {name: r.samples(Quanta(0), r.quanta) for name, r in house_set.renditions.items()}

    def samples(self, rendition: str, start: int, count: int) -> list[bytes]:
        """Return the samples of quanta [start, start + count), within one round of the loop."""
        per = self.renditions[rendition].per_quantum
        return self._data[rendition][start * per : (start + count) * per]


class Packager:
    """Makes segments of one channel.

    With `lean`, the profile of the leanest sound, there is one more rendition, :data:`lppl.media.LEAN`: from the set of
    its own where that is there, else with the bytes of `instead`, the leanest of the item's own set.
    """

    def __init__(self, store: HouseStore, slate: Slate, lean: Profile | None = None, instead: str = "") -> None:
        self._store, self._slate, self._lean, self._instead = store, slate, lean, instead
        self._bodies: OrderedDict[tuple[str, int, bool], Body] = OrderedDict()
        self.substitutions = 0
        """How often the slate stood in for a file that could not be read."""

    def segment(self, name: str, segment: Segment) -> Body:
        """Return the body of `segment` in rendition `name`. Raises KeyError for an unknown rendition."""
        return self._cached((name, segment.number, False), segment)

    def iframe(self, name: str, segment: Segment) -> Body:
        """Return the segment's first picture alone, shown for the whole segment."""
        return self._cached((name, segment.number, True), segment)

    def _cached(self, key: tuple[str, int, bool], segment: Segment) -> Body:
        body = self._bodies.get(key)
        if body is None or not body.readable():
            body = self._iframe(key[0], segment) if key[2] else self._segment(key[0], segment)
            if not body.substituted:
                self._bodies[key] = body
                while len(self._bodies) > KEEP_BODIES:
                    self._bodies.popitem(last=False)
        return body

    def _rendition(self, name: str, piece: Piece) -> Rendition:
        if piece.item.house is None:
            raise HouseFileDamaged("-", "off air")
        whole = self._store.get(piece.item.house)
        found = whole.renditions.get(self._own(name))
        if found is None:
            raise HouseFileDamaged(str(piece.item.house), f"no rendition {name}")
        return self._leanest(piece, whole, found) if self._own(name) != name else found

    def _own(self, name: str) -> str:
        """Return the rendition of the channel's own sets that has the picture or sound of `name`."""
        return self._instead if self._lean is not None and name == LEAN.name else name

    def _leanest(self, piece: Piece, whole: HouseSet, own: Rendition) -> Rendition:
        """Return the leanest sound of a piece, or `own`. A crossfade or a faded end is shorter than its asset."""
        asset = piece.item.asset
        assert self._lean is not None and asset is not None
        try:
            lean = self._store.get(self._lean.house(asset))
        except HouseFileDamaged:
            return own
        found = lean.renditions.get(LEAN.name)
        fits = found is not None and lean.quanta == whole.quanta and _config(found) == _config(own)
        return found if found is not None and fits else own

    def lean(self, piece: Piece) -> bool:
        """Tell whether the leanest sound of a piece is there."""
        try:
            return self._lean is not None and self._rendition(LEAN.name, piece).info.name == LEAN.name
        except HouseFileDamaged:
            return False

    def readable(self, name: str, piece: Piece) -> bool:
        """Tell whether the house file of `piece` in rendition `name` can be opened."""
        try:
            self._rendition(name, piece)
        except HouseFileDamaged:
            return False
        return True

    def init_of(self, name: str, piece: Piece) -> bytes:
        """Return the init segment that `piece` needs in rendition `name`."""
        own = self._own(name)
        try:
            found = self._rendition(own, piece)
        except HouseFileDamaged:
            found = self._slate.renditions[own]
        if own == name:
            return found.init
        return init_segment(AudioTrack(LEAN.bitrate, _config(found)))  # the same for whatever stands in

    def _segment(self, name: str, segment: Segment) -> Body:
        parts: list[bytes | FileSlice] = []
        substituted = False
        init = self.init_of(name, segment.pieces[0])
        for i, piece in enumerate(segment.pieces):
            # Parameter sets can only change where a segment starts: until then the last picture is held.
            following = segment.pieces[i + 1] if i + 1 < len(segment.pieces) else None
            hold = segment.end - following.air if following and self.init_of(name, following) != init else 0
            try:
                parts += self._slices(name, piece, hold)
                substituted |= self._own(name) != name and not self.lean(piece)
            except HouseFileDamaged:
                parts += self._substitute(name, piece, piece.length + hold)
                substituted = True
            if hold:
                break
        return Body(tuple(parts), substituted)

    @staticmethod
    def _span(rendition: Rendition, piece: Piece, count: int) -> Span:
        """Return the first `count` quanta of a piece. Raises HouseFileDamaged when the file has them no more."""
        try:
            return rendition.span(piece.in_point, count)
        except ValueError as error:  # made again, shorter than when it was committed
            raise HouseFileDamaged(str(rendition.path), str(error)) from error

    def _slices(self, name: str, piece: Piece, hold: int) -> Sequence[bytes | FileSlice]:
        rendition = self._rendition(name, piece)
        span = self._span(rendition, piece, piece.length)
        if not rendition.readable():
            raise HouseFileDamaged(str(rendition.path), "cut short")
        video = isinstance(rendition.track, VideoTrack)
        if hold:
            head = held_fragment_header(piece.air, rendition.track, span.sizes, span.payload, hold)
        else:
            head = fragment_header(piece.air, rendition.ticks_per_quantum, span.sizes, span.payload, video=video)
        return [head, *(FileSlice(rendition, offset, length) for offset, length in span.slices)]

    def _substitute(self, name: str, piece: Piece, length: int) -> list[bytes | FileSlice]:
        """The slate in the place of `piece`, for `length` quanta, round after round."""
        self.substitutions += 1
        rendition = self._slate.renditions[self._own(name)]
        out: list[bytes | FileSlice] = []
        done = 0
        while done < length:
            count = min(self._slate.quanta, length - done)
            samples = self._slate.samples(self._own(name), 0, count)
            sizes = struct.pack(f">{len(samples)}I", *map(len, samples))
            data = b"".join(samples)
            video = isinstance(rendition.track, VideoTrack)
            out += [fragment_header(piece.air + done, rendition.ticks_per_quantum, sizes, len(data), video=video), data]
            done += count
        return out

    def _iframe(self, name: str, segment: Segment) -> Body:
        piece = segment.pieces[0]
        substituted = False
        try:
            rendition = self._rendition(name, piece)
            span = self._span(rendition, piece, 1)
            if not rendition.readable():
                raise HouseFileDamaged(str(rendition.path), "cut short")
            sizes = span.sizes[:4]
            (size,) = struct.unpack(">I", sizes)
            data: bytes | FileSlice = FileSlice(rendition, span.slices[0][0], size)
        except HouseFileDamaged:
            rendition = self._slate.renditions[self._own(name)]
            data = self._slate.samples(self._own(name), 0, 1)[0]
            size, sizes, substituted = len(data), struct.pack(">I", len(data)), True
        ticks = segment.length * rendition.ticks_per_quantum
        head = fragment_header(segment.start, rendition.ticks_per_quantum, sizes, size, video=True, duration=ticks)
        return Body((head, data), substituted)

    def aac(self, name: str, piece: Piece) -> list[bytes]:
        """Return the raw AAC frames of a piece; the slate's when it cannot be read."""
        try:
            rendition = self._rendition(name, piece)
            return rendition.split(self._span(rendition, piece, piece.length))
        except HouseFileDamaged:
            self.substitutions += 1
            frames: list[bytes] = []
            for done in range(0, piece.length, self._slate.quanta):
                frames += self._slate.samples(self._own(name), 0, min(self._slate.quanta, piece.length - done))
            return frames

    def slate_init(self, name: str) -> bytes:
        """Return the slate's init segment of a rendition."""
        return init_segment(self._slate.renditions[name].track)


def _config(rendition: Rendition) -> bytes:
    """Return what a decoder of sound is set up with."""
    track = rendition.track
    return track.asc if isinstance(track, AudioTrack) else b""

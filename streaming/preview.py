"""One house set as HLS that has ended: what staff listen to or watch before it airs, in the very bytes that would air.

Pure but for the house files, which are only cut. Segment n begins with the first key frame of cell n of the item.
"""

from lppl.quanta import CELL, Quanta, seconds
from streaming.fmp4 import VideoTrack, fragment_header
from streaming.hls import AudioGroup, ListedSegment, MediaPlaylist, MultivariantPlaylist, Variant
from streaming.house import HouseSet, Rendition, RenditionInfo
from streaming.ladder import AUDIO_OVERHEAD, LANGUAGE, LANGUAGE_NAME, VIDEO_OVERHEAD
from streaming.packager import Body, FileSlice


def master(found: HouseSet) -> str:
    """Return the multivariant playlist: ``<rendition>.m3u8`` of each rendition, beside it."""
    by_rate = sorted((r.info for r in found.renditions.values()), key=lambda i: -i.average)
    pictures = [info for info in by_rate if isinstance(info.track, VideoTrack)]
    sounds = [info for info in by_rate if info not in pictures]
    if not pictures:
        alone = [Variant(_uri(s), _peak(s), _average(s), s.track.codec) for s in sounds]
        return MultivariantPlaylist((), alone).text()
    groups = [AudioGroup(s.name, _uri(s), LANGUAGE_NAME, LANGUAGE) for s in sounds]
    variants = []
    for n, picture in enumerate(pictures):
        assert isinstance(picture.track, VideoTrack)
        sound = sounds[0] if n < (len(pictures) + 1) // 2 else sounds[-1]
        variants.append(
            Variant(
                _uri(picture),
                _peak(picture) + _peak(sound),
                _average(picture) + _average(sound),
                f"{picture.track.codec},{sound.track.codec}",
                (picture.track.width, picture.track.height),
                sound.name,
            )
        )
    return MultivariantPlaylist(groups, variants).text()


def _uri(info: RenditionInfo) -> str:
    return f"{info.name}.m3u8"


def _overhead(info: RenditionInfo) -> int:
    return VIDEO_OVERHEAD if isinstance(info.track, VideoTrack) else AUDIO_OVERHEAD


def _peak(info: RenditionInfo) -> int:
    return info.peak + _overhead(info)


def _average(info: RenditionInfo) -> int:
    return info.average + _overhead(info)


def media(found: HouseSet, name: str) -> str:
    """Return the playlist of rendition `name`: its init segment and segments lie below ``<name>/``."""
    init = f"{name}/init.mp4"
    cells = range(-(-found.quanta // CELL))
    listed = [
        ListedSegment(f"{name}/{n}.m4s", start, end - start, init)
        for n in cells
        for start, end in (bounds(found, n),)
        if start < end
    ]
    # 4.4.3.1: no EXTINF, rounded to whole seconds, is longer
    target = max(round(seconds(s.length)) for s in listed)
    return MediaPlaylist(0, max(1, target), listed, ended=True).text()


def bounds(found: HouseSet, number: int) -> tuple[Quanta, Quanta]:
    """Return where segment `number` begins and ends, in quanta of the item; the same where there is no such segment."""

    def first(cell: int) -> Quanta:
        key = found.next_gop(min(cell * CELL, found.quanta)) if cell else Quanta(0)
        return found.quanta if key is None else key

    return first(number), first(number + 1)


def segment(found: HouseSet, rendition: Rendition, number: int) -> Body | None:
    """Return the bytes of a segment; None where there is no such segment. Raises HouseFileDamaged."""
    start, end = bounds(found, number)
    if start >= end:
        return None
    span = rendition.span(start, end - start)
    video = isinstance(rendition.track, VideoTrack)
    head = fragment_header(start, rendition.ticks_per_quantum, span.sizes, span.payload, video=video)
    return Body((head, *(FileSlice(rendition, offset, length) for offset, length in span.slices)))

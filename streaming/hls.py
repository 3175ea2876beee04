"""HLS playlists as values, each tag with its own text (RFC 8216bis; section numbers beside the tags).

Pure: from segments and renditions to text. Which segments are listed is decided in streaming/channel.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lppl.quanta import Quanta, seconds, starting

VERSION = 7
"""EXT-X-MAP in a playlist that is not I-frames only needs 6; we also use what 7 added (4.4.1.2)."""


def quoted(text: str) -> str:
    """Return a quoted-string: without line feeds and double quotes (4.2)."""
    clean = "".join(" " if c < " " or c in "\x7f\u2028\u2029" else c for c in text).replace('"', "\u201d")
    return f'"{clean}"'


def date_time(q: Quanta) -> str:
    """Return an air time as ISO 8601 with milliseconds."""
    return starting(q).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def decimal(value: float) -> str:
    """Return seconds with as many decimals as a quantum needs."""
    return f"{value:.5f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class DateRange:
    """EXT-X-DATERANGE (4.4.5.1): one item of the rundown. Its attributes never change once it was listed."""

    id: str
    start: Quanta
    title: str
    programme: str
    kind: str
    duration: int | None = None
    """Quanta; only once the item has ended."""

    def text(self) -> str:
        """Return the tag."""
        out = f'#EXT-X-DATERANGE:ID={quoted(self.id)},CLASS="id.lppl.item",START-DATE="{date_time(self.start)}"'
        if self.duration is not None:
            out += f",DURATION={decimal(seconds(self.duration))}"
        out += f',X-TITLE={quoted(self.title)},X-KIND="{self.kind}"'
        return out + (f",X-PROGRAMME={quoted(self.programme)}" if self.programme else "")


@dataclass(frozen=True, slots=True)
class ListedSegment:
    """One segment's lines."""

    uri: str
    start: Quanta
    length: int
    init_uri: str
    discontinuities: int = 0
    """Tags before it; more than one where an item of another kind was too short to begin a segment of its own."""
    gap: bool = False


@dataclass(frozen=True, slots=True)
class MediaPlaylist:
    """A media playlist (4.4.3)."""

    sequence: int
    target_duration: int
    segments: Sequence[ListedSegment]
    ranges: Sequence[DateRange] = ()
    discontinuity_sequence: int = 0
    iframes_only: bool = False
    ended: bool = False
    """Everything there will ever be is listed."""

    def text(self) -> str:
        """Return the playlist."""
        out = [
            "#EXTM3U",
            f"#EXT-X-VERSION:{VERSION}",
            f"#EXT-X-TARGETDURATION:{self.target_duration}",
            f"#EXT-X-MEDIA-SEQUENCE:{self.sequence}",
        ]
        if self.ended:
            out.append("#EXT-X-PLAYLIST-TYPE:VOD")  # 4.4.3.5
        if self.discontinuity_sequence:
            out.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{self.discontinuity_sequence}")  # 4.4.3.3
        if self.iframes_only:
            out.append("#EXT-X-I-FRAMES-ONLY")  # 4.4.3.6
        out.append("#EXT-X-INDEPENDENT-SEGMENTS")  # 4.4.2.1
        out += [r.text() for r in self.ranges]
        init = None
        follows: Quanta | None = None
        for s in self.segments:
            out += ["#EXT-X-DISCONTINUITY"] * s.discontinuities  # 4.4.4.3
            if s.init_uri and s.init_uri != init:
                out.append(f'#EXT-X-MAP:URI="{s.init_uri}"')  # 4.4.4.5
                init = s.init_uri
            if s.gap:
                out.append("#EXT-X-GAP")  # 4.4.4.7
            if s.start != follows or s.discontinuities:
                out.append(f"#EXT-X-PROGRAM-DATE-TIME:{date_time(s.start)}")  # 4.4.4.6
            out.append(f"#EXTINF:{seconds(s.length):.5f},")  # 4.4.4.1
            out.append(s.uri)
            follows = Quanta(s.start + s.length)
        if self.ended:
            out.append("#EXT-X-ENDLIST")  # 4.4.3.4
        return "\n".join(out) + "\n"


@dataclass(frozen=True, slots=True)
class AudioGroup:
    """EXT-X-MEDIA of one audio rendition (4.4.6.1)."""

    group: str
    uri: str
    name: str
    language: str

    def text(self) -> str:
        """Return the tag."""
        return (
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{self.group}",NAME={quoted(self.name)},LANGUAGE="{self.language}",'
            f'DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="{self.uri}"'
        )


@dataclass(frozen=True, slots=True)
class SubtitleGroup:
    """EXT-X-MEDIA of captions as WebVTT (4.4.6.1)."""

    group: str
    uri: str
    name: str
    language: str

    def text(self) -> str:
        """Return the tag."""
        return (
            f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="{self.group}",NAME={quoted(self.name)},LANGUAGE="{self.language}",'
            f'DEFAULT=NO,AUTOSELECT=YES,URI="{self.uri}"'
        )


@dataclass(frozen=True, slots=True)
class Variant:
    """EXT-X-STREAM-INF, or with `iframes` EXT-X-I-FRAME-STREAM-INF (4.4.6.2, 4.4.6.3). Rates in bit/s."""

    uri: str
    bandwidth: int
    average: int
    codecs: str
    resolution: tuple[int, int] | None = None
    audio: str | None = None
    iframes: bool = False
    subtitles: str | None = None

    def text(self) -> str:
        """Return the tag, and the URI on its line."""
        attributes = [f"BANDWIDTH={self.bandwidth}", f"AVERAGE-BANDWIDTH={self.average}", f'CODECS="{self.codecs}"']
        if self.resolution:
            attributes.append(f"RESOLUTION={self.resolution[0]}x{self.resolution[1]}")
        if self.iframes:
            return f'#EXT-X-I-FRAME-STREAM-INF:{",".join(attributes)},URI="{self.uri}"'
        if self.resolution:
            attributes.append("FRAME-RATE=25.000")
        if self.audio:
            attributes.append(f'AUDIO="{self.audio}"')
        if self.subtitles:
            attributes.append(f'SUBTITLES="{self.subtitles}"')
        return f"#EXT-X-STREAM-INF:{','.join(attributes)}\n{self.uri}"


@dataclass(frozen=True, slots=True)
class MultivariantPlaylist:
    """The master playlist (4.4.6)."""

    audio: Sequence[AudioGroup | SubtitleGroup]
    variants: Sequence[Variant]

    def text(self) -> str:
        """Return the playlist."""
        out = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
        out += [a.text() for a in self.audio]
        out += [v.text() for v in self.variants]
        return "\n".join(out) + "\n"

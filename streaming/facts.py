"""From ffprobe's answer to the facts of a source: which streams to use, and what conforming must know. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lppl.media import AudioFacts, Facts, VideoFacts
from streaming.durations import Ends

Stream = Mapping[str, Any]

HOME_LANGUAGES = ("ind", "jav", "id", "jv", "sun", "su", "may", "ms")
"""Indonesian first, then the region's own: what a local audience listens to when there is a choice."""
UNUSABLE_PICTURE = ("attached_pic", "timed_thumbnails", "still_image")
ASIDE = ("comment", "visual_impaired", "hearing_impaired", "descriptions")


@dataclass(frozen=True, slots=True)
class Choice:
    """The streams that will be broadcast."""

    video: Stream | None
    audio: Stream | None
    notes: tuple[str, ...] = ()

    @property
    def streams(self) -> tuple[Stream, ...]:
        """Both of them, as far as they are there."""
        return tuple(s for s in (self.video, self.audio) if s is not None)


def choose(streams: Sequence[Stream]) -> Choice:
    """Pick the picture and the sound of a file; each is None when there is none of use."""
    videos = [s for s in streams if s.get("codec_type") == "video" and _usable_picture(s)]
    audios = [s for s in streams if s.get("codec_type") == "audio" and _usable_sound(s)]
    return Choice(
        max(videos, key=lambda s: _flag(s, "default"), default=None),  # the first of equals
        max(audios, key=_sound_rank, default=None),
    )


def _flag(stream: Stream, name: str) -> bool:
    return bool(stream.get("disposition", {}).get(name))


def _known(stream: Stream) -> bool:
    return stream.get("codec_name", "unknown") not in ("unknown", "none")


def _usable_picture(stream: Stream) -> bool:
    sized = int(stream.get("width") or 0) > 0 and int(stream.get("height") or 0) > 0
    return _known(stream) and sized and not any(_flag(stream, name) for name in UNUSABLE_PICTURE)


def _usable_sound(stream: Stream) -> bool:
    return _known(stream) and int(stream.get("channels") or 0) > 0 and _rate(stream) > 0


def _rate(stream: Stream) -> int:
    text = str(stream.get("sample_rate", ""))
    return int(text) if text.isdigit() else 0


def _sound_rank(stream: Stream) -> tuple[bool, int, bool, int]:
    language = str(stream.get("tags", {}).get("language", "")).lower()
    home = len(HOME_LANGUAGES) - HOME_LANGUAGES.index(language) if language in HOME_LANGUAGES else 0
    aside = any(_flag(stream, name) for name in ASIDE)
    return not aside, home, _flag(stream, "default"), int(stream["channels"])


def facts_of(form: Mapping[str, Any], chosen: Choice, ends: Ends) -> Facts:
    """Return the facts of the chosen streams, whose true ends are `ends`."""
    first = min((ends.start(s["index"]) for s in chosen.streams), default=0.0)
    start = _finite(form.get("start_time"), first)
    lengths = {s["index"]: max(0.0, ends.end(s["index"]) - start) for s in chosen.streams}
    duration = max(lengths.values(), default=0.0)
    notes = list(chosen.notes)
    claimed = _finite(form.get("duration"), 0.0)
    jumps = any(ends.jumps(s["index"]) for s in chosen.streams)
    if jumps:
        notes.append("Penunjuk waktu di dalam berkas melompat; panjangnya dihitung dari isinya.")
    elif claimed - duration > max(1.0, claimed / 100):
        notes.append(f"Berkas terpotong: terbaca {_comma(duration)} dari {_comma(claimed)} detik.")
    return Facts(
        format=str(form.get("format_name", "")).split(",")[0],
        start_s=start,
        duration_s=duration,
        video=_video(chosen.video, lengths[chosen.video["index"]], ends) if chosen.video else None,
        audio=_audio(chosen.audio, lengths[chosen.audio["index"]]) if chosen.audio else None,
        notes=tuple(notes),
    )


def _video(stream: Stream, duration: float, ends: Ends) -> VideoFacts:
    fps = _ratio(stream.get("avg_frame_rate")) or _ratio(stream.get("r_frame_rate"))
    if not fps and duration:
        fps = ends.streams[stream["index"]].packets / duration
    sar = str(stream.get("sample_aspect_ratio", "1:1"))
    return VideoFacts(
        index=int(stream["index"]),
        codec=str(stream["codec_name"]),
        width=int(stream["width"]),
        height=int(stream["height"]),
        rotation=rotation_of(stream),
        fps=round(fps, 3),
        interlaced=stream.get("field_order") in ("tt", "bb", "tb", "bt"),
        pix_fmt=str(stream.get("pix_fmt", "")),
        sar=sar if _ratio(sar.replace(":", "/")) else "1:1",
        transfer=str(stream.get("color_transfer", "")),
        duration_s=duration,
        matrix=str(stream.get("color_space", "")),
    )


def _audio(stream: Stream, duration: float) -> AudioFacts:
    return AudioFacts(int(stream["index"]), str(stream["codec_name"]), int(stream["channels"]), _rate(stream), duration)


def rotation_of(stream: Stream) -> int:
    """Return by how many degrees (0, 90, 180, 270) the picture must be turned clockwise to stand upright."""
    for side in stream.get("side_data_list", []):
        if "rotation" in side:
            return round(-_finite(side["rotation"], 0.0) / 90) * 90 % 360
    return round(_finite(stream.get("tags", {}).get("rotate"), 0.0) / 90) * 90 % 360


def _ratio(text: object) -> float:
    try:
        return float(Fraction(str(text)))
    except (ValueError, ZeroDivisionError, OverflowError):
        return 0.0


def _finite(text: object, otherwise: float) -> float:
    try:
        value = float(str(text))
    except ValueError:
        return otherwise
    return value if math.isfinite(value) else otherwise


def _comma(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")

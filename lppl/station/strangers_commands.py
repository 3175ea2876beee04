"""The command lines that make strangers' videos and sounds anew, and what their answers mean. Pure.

Each names one demuxer and a short list of decoders: of the hundreds that ffmpeg has, old ones are where its holes are.
"""

import math
import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEMUXERS = {
    "video/mp4": "mov", "video/3gpp": "mov", "video/quicktime": "mov", "audio/mp4": "mov", "image/heic": "mov",
    "video/webm": "matroska", "video/matroska": "matroska", "video/ogg": "ogg", "audio/ogg": "ogg",
    "audio/mpeg": "mp3", "audio/aac": "aac", "audio/amr": "amr", "audio/amr-wb": "amr", "audio/wav": "wav",
    "audio/flac": "flac",
}  # fmt: skip
"""The one demuxer for each judged type. None of them opens other files (mov only with ``enable_drefs``, off)."""
PICTURES = frozenset(("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "h263", "mjpeg", "theora"))
SOUNDS = frozenset(
    (
        "aac", "mp3", "mp2", "opus", "vorbis", "flac", "alac", "amr_nb", "amr_wb", "speex", "ac3", "eac3", "gsm_ms",
        "pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_alaw", "pcm_mulaw",
        "adpcm_ima_wav", "adpcm_ms", "adpcm_ima_qt",
    )
)  # fmt: skip
"""Codecs that telephones, messengers and small cameras write."""
DECODERS = ",".join(
    sorted(
        PICTURES | SOUNDS
        | {"libdav1d", "libaom-av1", "libvpx", "libvpx-vp9", "mp3float", "mp2float", "libopus", "libvorbis", "libspeex"}
        | {"amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb", "png"}
        | {"ass", "ssa", "srt", "subrip", "webvtt", "text", "mov_text"}
    )
)  # fmt: skip
"""As ffmpeg names them. Covers (png) and words are never used, but ffprobe opens a decoder for all that is there."""

VIDEO_S, SOUND_S, LONGEST_S = 600.0, 3600.0, 3 * 3600.0
"""Of a video and of a sound so much is made; what claims to be longer than the last is not opened."""
MOST_PIXELS = 40_000_000
MOST_STREAMS = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process may use: seconds of a processor, bytes of memory, bytes of a file."""

    cpu_s: int
    memory: int
    file: int


PROBING = Limits(60, 1 << 30, 0)
ENCODING = Limits(1800, 2 << 30, 256 << 20)
POSTER = Limits(60, 1 << 30, 16 << 20)


@dataclass(frozen=True, slots=True)
class Streams:
    """What is used of a file: indices of its picture and its sound, and the seconds that it claims to last."""

    picture: int | None
    sound: int | None
    claimed_s: float | None
    width: int | None = None
    height: int | None = None
    unsupported: bool = False
    """It has a picture or a sound in a codec that is not decoded."""
    count: int = 0


def bare(argv: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """Return `argv` with nothing of this service's environment but where programs and their libraries are."""
    kept = [f"{name}={environment[name]}" for name in ("PATH", "LD_LIBRARY_PATH") if environment.get(name)]
    return ["env", "-i", *kept, "LANG=C.UTF-8", *argv]


def confined(argv: Sequence[str], limits: Limits) -> list[str]:
    """Return `argv` with limits that hold for all that it starts."""
    return [
        "prlimit", f"--cpu={limits.cpu_s}", f"--as={limits.memory}", f"--fsize={limits.file}", "--core=0",
        "--nofile=64", "--", *argv,
    ]  # fmt: skip


def _input(source: Path, demuxer: str) -> list[str]:
    """Options that stand before an input; its name can be neither an option nor another protocol."""
    return [
        "-protocol_whitelist", "file", "-f", demuxer,
        # beneath the demuxer named above, another may open what it finds inside: only itself
        "-format_whitelist", demuxer,
        "-codec_whitelist", DECODERS, "-max_streams", str(MOST_STREAMS), "-max_pixels", str(MOST_PIXELS),
        # each thread of a decoder holds pictures of its own, against the limit of memory
        "-threads", "1", "-i", f"file:{source.absolute()}",
    ]  # fmt: skip


def probe(source: Path, demuxer: str) -> list[str]:
    """Ask what is in a file: few fields, so that the answer is short whatever its tags hold."""
    entries = "format=duration:stream=index,codec_type,codec_name,width,height,duration:stream_disposition=attached_pic"
    return ["ffprobe", "-hide_banner", "-v", "error", "-of", "json", "-show_entries", entries, *_input(source, demuxer)]


def _ffmpeg(source: Path, demuxer: str) -> list[str]:
    # no single piece of memory above 256 MB: what asks for that is no telephone's video
    quiet = ["ffmpeg", "-hide_banner", "-nostdin", "-v", "error", "-max_alloc", str(256 << 20)]
    return [*quiet, *_input(source, demuxer)]


CLEAN = [
    # nothing of what was written beside picture and sound, nor what wrote this
    "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-fflags", "+bitexact", "-flags:v", "+bitexact",
    "-flags:a", "+bitexact", "-movflags", "+faststart", "-f", "mp4", "-y",
]  # fmt: skip
_SCALE = (
    # square pixels first, then into 1280x720 or, upright, 720x1280; H.264 with 4:2:0 wants even sides
    "scale='min(max(iw*if(sar,sar,1),2),8192)':ih,setsar=1,"
    "scale='if(gte(iw,ih),min(1280,iw),min(720,iw))':'if(gte(iw,ih),min(720,ih),min(1280,ih))'"
    ":force_original_aspect_ratio=decrease:force_divisible_by=2,format=yuv420p"
)


def video(source: Path, demuxer: str, streams: Streams, target: Path) -> list[str]:
    """Make a video that any browser plays: H.264 and AAC in MP4."""
    sound: list[str] = []
    if streams.sound is not None:
        sound = [
            "-map", f"0:{streams.sound}", "-c:a", "aac", "-b:a", "96k", "-ac", "2", "-ar", "48000",
            "-af", "aresample=async=1:first_pts=0",
        ]  # fmt: skip
    return [
        *_ffmpeg(source, demuxer), "-map", f"0:{streams.picture}",
        # one rate: a file may claim a thousand pictures a second
        "-vf", f"fps=30,{_SCALE}", "-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-profile:v", "main",
        "-maxrate", "2M", "-bufsize", "4M", "-g", "60", "-threads", "2",
        "-a53cc", "0",  # captions that ride inside pictures stay behind
        *sound, "-t", f"{VIDEO_S:g}", *CLEAN, f"file:{target}",
    ]  # fmt: skip


def sound(source: Path, demuxer: str, streams: Streams, target: Path) -> list[str]:
    """Make a sound that any browser plays: AAC, mono, enough for speech."""
    return [
        *_ffmpeg(source, demuxer), "-map", f"0:{streams.sound}", "-vn", "-c:a", "aac", "-b:a", "48k", "-ac", "1",
        "-ar", "32000", "-t", f"{SOUND_S:g}", *CLEAN, f"file:{target}",
    ]  # fmt: skip


def still(source: Path, demuxer: str, at_s: float, target: Path, longest: int) -> list[str]:
    """Take one picture at `at_s` as a JPEG whose longer side has at most `longest` pixels."""
    size = f"scale='min({longest},iw)':'min({longest},ih)':force_original_aspect_ratio=decrease,format=yuvj420p"
    seek = ["-ss", f"{at_s:.3f}"] if at_s else []
    start, end = (argv := _ffmpeg(source, demuxer)).index("-i"), len(argv)
    return [
        *argv[:start], *seek, *argv[start:end], "-map", "0:v:0", "-frames:v", "1", "-vf", size, "-c:v", "mjpeg",
        "-q:v", "3", "-map_metadata", "-1", "-flags:v", "+bitexact", "-f", "image2", "-update", "1", "-y",
        f"file:{target}",
    ]  # fmt: skip


def streams_of(answer: Mapping[str, Any]) -> Streams:
    """Return what ffprobe's answer says is to be used: the first picture and the first sound that can be decoded."""
    found = [s for s in answer.get("streams", ()) if not s.get("disposition", {}).get("attached_pic")]
    pictures = [s for s in found if s.get("codec_type") == "video" and s.get("width") and s.get("height")]
    sounds = [s for s in found if s.get("codec_type") == "audio"]
    picture = next((s for s in pictures if s.get("codec_name") in PICTURES), None)
    heard = next((s for s in sounds if s.get("codec_name") in SOUNDS), None)
    lengths = [_seconds(s.get("duration")) for s in (answer.get("format", {}), picture or {}, heard or {})]
    return Streams(
        int(picture["index"]) if picture else None,
        int(heard["index"]) if heard else None,
        max((length for length in lengths if length is not None), default=None),
        int(picture["width"]) if picture else None,
        int(picture["height"]) if picture else None,
        bool(pictures and picture is None) or bool(sounds and heard is None),
        len(found),
    )


def _seconds(text: object) -> float | None:
    try:
        value = float(str(text))
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def why(returncode: int, stderr: str) -> str:
    """Return the reason that a failure of ffmpeg or ffprobe means."""
    said = stderr.lower()
    ended = (-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGXFSZ)
    if returncode in ended or f"received signal {signal.SIGXCPU:d}" in said:
        return "too-complex"
    if "cannot allocate memory" in said or "file too large" in said or "picture size" in said:
        return "too-complex"
    if "no space left" in said or "permission denied" in said or "read-only file system" in said:
        return "disk"
    unsupported = re.search(r"codec \(\w+\) not on whitelist|decoder \S* ?not found|could not find codec", said)
    return "unsupported" if unsupported else "damaged"

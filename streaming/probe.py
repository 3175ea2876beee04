"""Asks ffprobe what a file is, and turns the answer into facts or a refusal that a person understands.

ffprobe runs with only the file protocol, only the demuxers a station needs, and limits on processor, memory,
output and time. Containers lie about their length, so the packets' own times decide; nothing is decoded but
the first seconds, to see that it can be.
"""

import asyncio
import contextlib
import json
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from lppl.errors import MediaRefused, ProcessFailed
from lppl.media import Facts
from lppl.process import started
from streaming.conform import DEMUXERS
from streaming.durations import Ends, parse_packets
from streaming.facts import Choice, choose, facts_of
from streaming.sniff import ONLY, look, refusal

MAX_HOURS = 24.0
SHORTEST_S = 0.02
"""Half a picture; whatever is longer is padded to one quantum."""
SMALL = 32 * 1024 * 1024
"""Files up to this size have all their packets looked at; it costs less than asking twice."""
TAIL_S = 10.0
TRUST_S = 1.0
UNINDEXED = frozenset(
    ("mpegts", "mpeg", "aac", "ac3", "eac3", "mp3", "amr", "dts", "h264", "hevc", "m4v", "mpegvideo", "flv", "loas")
)
"""Formats whose stated length is a guess, or that may be recordings joined end to end."""
CPU_S = 600
MEMORY = 4 << 30
HEADER_TIMEOUT_S = 90.0
WALK_TIMEOUT_S = 3600.0
MAX_ANSWER = 8 << 20


@dataclass(frozen=True, slots=True)
class Probed:
    """Facts, and the tags that the container itself carries (lower-case keys)."""

    facts: Facts
    tags: Mapping[str, str]


class _TooMuch(Exception):
    """ffprobe said more than any real file makes it say."""


@cache
def _limits() -> tuple[str, ...]:
    if not shutil.which("prlimit"):
        return ()
    return ("prlimit", f"--cpu={CPU_S}", f"--as={MEMORY}", "--fsize=0", "--core=0", "--")


def probe_argv(path: Path, options: Sequence[str]) -> list[str]:
    """Return the command line for `path`; the name can be neither an option nor another protocol."""
    return [
        *_limits(), "ffprobe", "-v", "warning", "-hide_banner",
        "-protocol_whitelist", "file", "-format_whitelist", DEMUXERS,
        # one thread: the look at the first pictures then needs little memory
        "-threads", "1", *options, f"file:{path.absolute()}",
    ]  # fmt: skip


async def _ffprobe(path: Path, options: Sequence[str], take: Callable[[bytes], None], timeout: float) -> str:
    """Run ffprobe, hand its output to `take`, and return what it complained about.

    Raises ProcessFailed, TimeoutError, and what `take` raises.
    """
    async with started(probe_argv(path, options), idle=True) as child, asyncio.timeout(timeout):
        stdout = child.process.stdout
        errors = asyncio.create_task(child.watch_stderr())
        try:
            while stdout is not None and (data := await stdout.read(1 << 18)):
                take(data)
            await errors
            code = await child.process.wait()
        finally:
            errors.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await errors
        complaints = "\n".join(child.tail)
        if code != 0:
            raise ProcessFailed("ffprobe", code, complaints)
        return complaints


async def _answer(path: Path, options: Sequence[str]) -> tuple[dict[str, Any], str]:
    """Return ffprobe's JSON answer and its complaints. Raises MediaRefused."""
    parts: list[bytes] = []

    def take(data: bytes) -> None:
        parts.append(data)
        if sum(map(len, parts)) > MAX_ANSWER:
            raise _TooMuch

    try:
        complaints = await _ffprobe(path, ["-of", "json", *options], take, HEADER_TIMEOUT_S)
        return json.loads(b"".join(parts).decode("utf-8", "replace")), complaints
    except (TimeoutError, _TooMuch, RecursionError) as error:
        raise refusal("too-complex") from error
    except ValueError as error:
        raise refusal("damaged") from error
    except ProcessFailed as error:
        raise why_not(error) from error


def why_not(error: ProcessFailed) -> MediaRefused:
    """Return the refusal that ffprobe's failure means. Pure."""
    said = error.stderr.lower()
    if error.returncode in (-signal.SIGKILL, -signal.SIGXCPU) or "cannot allocate memory" in said:
        return refusal("too-complex")
    if "permission denied" in said or "input/output error" in said or "no such file" in said:
        return refusal("unreadable")
    if "not on whitelist" in said:
        return refusal("unsupported")
    if "moov atom not found" in said:
        return refusal("truncated")
    return refusal("damaged" if "invalid data" in said or error.returncode < 0 else "unknown")


async def examine(path: Path, *, root: Path | None = None, max_hours: float = MAX_HOURS) -> Probed:
    """Return what `path` holds. `root`: the media folder that links must not leave.

    Raises MediaRefused, whose `reason` is one of :data:`streaming.sniff.SENTENCES`.
    """
    info = await asyncio.to_thread(look, path, root)
    answer, complaints = await _answer(path, ["-show_format", "-show_streams"])
    form = answer.get("format", {})
    streams = answer.get("streams", [])
    if _is_locked(streams, complaints):
        raise refusal("encrypted")
    chosen = choose(streams)
    if chosen.video is None and chosen.audio is None:
        raise _nothing_usable(streams)
    chosen = await _decodable(path, chosen)
    ends = await _ends(path, info.st_size, form, chosen)
    facts = facts_of(form, chosen, ends)
    if facts.duration_s < SHORTEST_S:
        raise refusal("too-short" if ends.packets else "damaged")
    if facts.duration_s > max_hours * 3600:
        hours = f"{max_hours:g}"
        raise refusal("too-long", hours=(hours.replace(".", ","), hours))
    tags = {str(k).lower(): str(v) for k, v in {**_stream_tags(chosen), **form.get("tags", {})}.items()}
    return Probed(facts, tags)


async def probe(path: Path, *, root: Path | None = None, max_hours: float = MAX_HOURS) -> Facts:
    """Return the facts of `path`. Raises MediaRefused."""
    return (await examine(path, root=root, max_hours=max_hours)).facts


def _is_locked(streams: Sequence[Mapping[str, Any]], complaints: str) -> bool:
    kinds = [str(s.get("side_data_type", "")) for stream in streams for s in stream.get("side_data_list", [])]
    return any("Encryption" in kind for kind in kinds) or "DRM protected" in complaints


def _stream_tags(chosen: Choice) -> Mapping[str, Any]:
    """Ogg keeps its tags on the stream."""
    return chosen.audio.get("tags", {}) if chosen.audio and not chosen.video else {}


def _nothing_usable(streams: Sequence[Mapping[str, Any]]) -> MediaRefused:
    kinds = {stream.get("codec_type") for stream in streams}
    if any(stream.get("disposition", {}).get("attached_pic") for stream in streams):
        return refusal("no-sound-no-picture", what=ONLY["cover"])
    if kinds & {"video", "audio"}:
        return refusal("unsupported")
    return refusal("no-sound-no-picture", what=ONLY["subtitle"])


async def _decodable(path: Path, chosen: Choice) -> Choice:
    """Keep the streams of which something can be decoded. Raises MediaRefused when that is none."""
    counts: dict[int, int] = {}
    complaints = ""
    # A recording that starts between key frames shows nothing at first: look further before giving up.
    for interval in ("%+2", "%+20"):
        options = ["-count_frames", "-read_intervals", interval, "-show_entries", "stream=index,nb_read_frames"]
        answer, complaints = await _answer(path, options)
        counts = {s["index"]: _number(s.get("nb_read_frames")) for s in answer.get("streams", [])}
        if all(counts.get(stream["index"], 0) for stream in chosen.streams):
            return chosen
    kept = chosen
    if chosen.video and not counts.get(chosen.video["index"], 0):
        kept = replace(kept, video=None, notes=(*kept.notes, "Gambar tidak terbaca; hanya suara yang dipakai."))
    if chosen.audio and not counts.get(chosen.audio["index"], 0):
        kept = replace(kept, audio=None, notes=(*kept.notes, "Suara tidak terbaca; hanya gambar yang dipakai."))
    if not kept.streams:
        lacking = "no decoder" in complaints.lower() or "unsupported codec" in complaints.lower()
        raise refusal("unsupported" if lacking else "damaged")
    return kept


def _number(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isdigit() else 0


async def _ends(path: Path, size: int, form: Mapping[str, Any], chosen: Choice) -> Ends:
    """Return where each stream ends: from the last packets where the container can be trusted, else from all."""
    claimed = _seconds(form.get("duration"))
    start = _seconds(form.get("start_time")) or 0.0
    name = str(form.get("format_name", "")).split(",")[0]
    if size > SMALL and name not in UNINDEXED and claimed and claimed > 2 * TAIL_S:
        with contextlib.suppress(ProcessFailed):
            tail = await _packets(path, ["-read_intervals", f"{start + claimed - TAIL_S:.3f}%"])
            tail.known_start = start
            if all(abs(tail.end(s["index"]) - start - claimed) < TRUST_S for s in chosen.streams):
                return tail
    try:
        return await _packets(path, [])
    except ProcessFailed as error:
        raise why_not(error) from error


async def _packets(path: Path, options: Sequence[str]) -> Ends:
    """Read packets' times, without decoding. Raises ProcessFailed, MediaRefused."""
    entries = "packet=stream_index,pts_time,dts_time,duration_time"
    ends = Ends()
    rest = b""

    def take(data: bytes) -> None:
        nonlocal rest
        *lines, rest = (rest + data).split(b"\n")
        parse_packets(lines, ends)

    try:
        await _ffprobe(path, [*options, "-show_entries", entries, "-of", "csv=p=0"], take, WALK_TIMEOUT_S)
    except TimeoutError as error:
        raise refusal("too-complex") from error
    parse_packets([rest], ends)
    return ends


def _seconds(text: object) -> float | None:
    try:
        return float(str(text))
    except ValueError:
        return None

"""Makes what strangers sent fit to be looked at: pictures, videos and sounds are decoded and encoded anew.

The original is never touched and never shown. Decoders run in processes of their own: idle, without this service's
environment (it may hold passwords), and with limits on processor, memory, files and time. ffmpeg gets the one demuxer
that the judged type needs, so that a playlist or script called ``.mp4`` is no media and opens nothing else. What is
made holds no metadata: no place, no name, no camera. Raises only :class:`NotMadeSafe`.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lppl import process
from lppl.errors import LpplError, ProcessFailed
from lppl.intake import content, redrawing
from lppl.intake.content import Judged, Refused
from lppl.intake.values import Kind
from lppl.station import strangers_commands as commands
from lppl.station.strangers_commands import Streams

SAFE, SMALL = "safe", "small"
"""The names of what is made: the form to look at or listen to, and a small still of it."""
POSTER_LONGEST = 640
TOOLS = ("prlimit", "ffmpeg", "ffprobe")
PICTURE_PATIENCE_S = 300.0
PATIENCE_S = 7200.0
"""By the clock: children are idle, and wait while the air is busy. The real limit is what they use of a processor."""
PROBE_PATIENCE_S = 300.0

SENTENCES = {
    "damaged": (
        "Isi berkas rusak atau terpotong sehingga tidak dapat dibuka. Minta pengirim mengirimnya lagi.",
        "The file is damaged or cut off and cannot be opened. Ask the sender to send it again.",
    ),
    "too-large": (
        "Gambar ini mengaku lebih besar daripada foto mana pun; tidak dibuka demi keamanan.",
        "This picture claims to be larger than any photograph; it is not opened, for safety.",
    ),
    "too-long": (
        "Rekaman ini mengaku lebih panjang daripada 3 jam; tidak dibuka. Minta bagian yang penting saja.",
        "This recording claims to be longer than 3 hours; it is not opened. Ask for the part that matters.",
    ),
    "too-complex": (
        "Membuka berkas ini memakan memori atau prosesor terlalu banyak; tidak dibuka demi keamanan.",
        "Opening this file takes too much memory or processor; it is not opened, for safety.",
    ),
    "unsupported": (
        "Rekaman ini memakai sandi (codec) yang tidak didukung. Minta pengirim mengirimnya sebagai MP4 atau MP3.",
        "This recording uses a codec that is not supported. Ask the sender for MP4 or MP3.",
    ),
    "nothing": (
        "Berkas tidak berisi gambar maupun suara.",
        "The file holds neither pictures nor sound.",
    ),
    "too-slow": (
        "Mesin sedang terlalu sibuk untuk membuka berkas ini; akan dicoba lagi.",
        "The machine is too busy to open this file just now; it will be tried again.",
    ),
    "disk": (
        "Disk stasiun menolak menyimpan berkas; periksa ruang dan izinnya. Akan dicoba lagi.",
        "The station's disk refuses to keep the file; look at its space and rights. It will be tried again.",
    ),
    "tools": (
        "ffmpeg, ffprobe, atau prlimit (util-linux) tidak terpasang; pasang dahulu. Akan dicoba lagi.",
        "ffmpeg, ffprobe or prlimit (util-linux) is not installed; install it. It will be tried again.",
    ),
}
"""What people read for each reason, Indonesian and English."""
AGAIN = frozenset(("too-slow", "disk", "tools"))
"""Reasons that say nothing of the file: another time it may go."""


class NotMadeSafe(LpplError):
    """A file cannot be shown; it stays as it came, sealed. `again`: another try may go better."""

    def __init__(self, reason: str) -> None:
        self.reason, self.again = reason, reason in AGAIN
        super().__init__(*SENTENCES[reason])


@dataclass(frozen=True, slots=True)
class Safe:
    """What was made. `kind` may differ from what was judged: a video without pictures is a sound.

    `parts`: files in the caller's folder, by :data:`SAFE` and :data:`SMALL`; none for a document, or a picture that
    this machine cannot decode: those are only handed out. `gps`: degrees of latitude and longitude that a picture
    carried, for the sealed record only. `cut`: it goes on, but only its beginning was made.
    """

    kind: Kind
    content_type: str = content.BYTES
    parts: Mapping[str, Path] = field(default_factory=dict)
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    gps: tuple[float, float] | None = None
    cut: bool = False


def judged_file(path: Path) -> Judged | Refused:
    """Return what a file is by its bytes. Blocking. Raises OSError."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(content.HEAD)
        file.seek(max(0, size - content.TAIL))
        return content.judge(head, size, file.read(content.TAIL))


async def made_safe(source: Path, judged: Judged, folder: Path) -> Safe:
    """Make `source` fit to be looked at, in `folder`, which exists; what has the same name there is replaced.

    The files are not synced: they are to be sealed, and removed. On any error nothing is left. Raises NotMadeSafe.
    """
    if judged.kind is Kind.FILE:
        return Safe(Kind.FILE)
    try:
        # here and not in a thread: whoever is cancelled meanwhile would not know what to remove
        work = Path(tempfile.mkdtemp(dir=folder, prefix=".making."))
    except OSError:
        raise NotMadeSafe("disk") from None
    try:
        made = await _made(source, judged, work)
        parts = _handed_over(made.parts, folder)
    except OSError:
        raise NotMadeSafe("disk") from None
    finally:
        # shielded: a service that stops leaves nothing either
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, work, ignore_errors=True))
    return replace(made, parts=parts)


def _handed_over(parts: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Move what was made into the caller's folder: all of it or nothing. Raises OSError."""
    moved: dict[str, Path] = {}
    try:
        for name, path in parts.items():
            path.chmod(0o600)
            moved[name] = path.replace(folder / path.name)
    except OSError:
        for path in moved.values():
            path.unlink(missing_ok=True)
        raise
    return moved


async def _made(source: Path, judged: Judged, work: Path) -> Safe:
    if judged is content.HEIC:
        return await _heic(source, work)
    if judged.kind is Kind.PICTURE:
        return await _picture(source, judged.content_type, work)
    demuxer = commands.DEMUXERS[judged.content_type]
    streams = await _streams(source, demuxer)
    if streams.claimed_s is not None and streams.claimed_s > commands.LONGEST_S:
        raise NotMadeSafe("too-long")
    if judged.kind is Kind.VIDEO and streams.picture is not None:
        return await _video(source, demuxer, streams, work)
    if streams.sound is not None:
        return await _sound(source, demuxer, streams, work)
    raise NotMadeSafe("unsupported" if streams.unsupported else "nothing")


async def _picture(source: Path, content_type: str, work: Path) -> Safe:
    target, small = work / f"{SAFE}.jpg", work / f"{SMALL}.jpg"
    argv = [sys.executable, "-X", "utf8", "-m", redrawing.__name__, content_type, str(source), str(target), str(small)]
    try:
        said = json.loads(await _run(argv, PICTURE_PATIENCE_S))
    except ValueError:
        raise NotMadeSafe("damaged") from None
    if reason := said.get("refused"):
        if reason == "unsupported":
            return Safe(Kind.FILE)
        raise NotMadeSafe(reason)
    gps = said["gps"]
    return Safe(
        Kind.PICTURE, "image/jpeg", {SAFE: target, SMALL: small}, said["width"], said["height"],
        gps=(gps[0], gps[1]) if gps else None,
    )  # fmt: skip


async def _heic(source: Path, work: Path) -> Safe:
    """HEIC: shown where this machine's ffmpeg decodes it whole, else only handed out.

    Most telephones cut such a picture into tiles; where ffmpeg knows only tiles, one of them is not the picture.
    """
    demuxer, whole = commands.DEMUXERS["image/heic"], work / "whole.jpg"
    try:
        streams = await _streams(source, demuxer)
        if streams.picture is None or streams.count != 1:
            return Safe(Kind.FILE)
        argv = commands.still(source, demuxer, 0, whole, redrawing.LONGEST)
        await _run(commands.confined(argv, commands.POSTER), PICTURE_PATIENCE_S)
        if not await asyncio.to_thread(whole.exists):
            return Safe(Kind.FILE)
    except NotMadeSafe as error:
        if error.again:
            raise
        return Safe(Kind.FILE)
    return await _picture(whole, "image/jpeg", work)


async def _video(source: Path, demuxer: str, streams: Streams, work: Path) -> Safe:
    target, poster = work / f"{SAFE}.mp4", work / f"{SMALL}.jpg"
    argv = commands.video(source, demuxer, streams, target)
    await _run(commands.confined(argv, commands.ENCODING), PATIENCE_S)
    made = await _streams(target, "mov")
    if made.picture is None or not made.claimed_s:
        raise NotMadeSafe("damaged")
    argv = commands.still(target, "mov", min(1.0, made.claimed_s / 3), poster, POSTER_LONGEST)
    await _run(commands.confined(argv, commands.POSTER), PICTURE_PATIENCE_S)
    parts = {SAFE: target} | ({SMALL: poster} if await asyncio.to_thread(poster.exists) else {})
    cut = _is_cut(streams, made.claimed_s, commands.VIDEO_S)
    return Safe(Kind.VIDEO, "video/mp4", parts, made.width, made.height, made.claimed_s, cut=cut)


async def _sound(source: Path, demuxer: str, streams: Streams, work: Path) -> Safe:
    target = work / f"{SAFE}.m4a"
    argv = commands.sound(source, demuxer, streams, target)
    await _run(commands.confined(argv, commands.ENCODING), PATIENCE_S)
    made = await _streams(target, "mov")
    if made.sound is None or not made.claimed_s:
        raise NotMadeSafe("damaged")
    cut = _is_cut(streams, made.claimed_s, commands.SOUND_S)
    return Safe(Kind.SOUND, "audio/mp4", {SAFE: target}, duration_s=made.claimed_s, cut=cut)


def _is_cut(source: Streams, made_s: float, most_s: float) -> bool:
    """Tell whether it goes on behind what was made. Formats without a length say only that it was long enough."""
    return made_s > most_s - 0.5 and (source.claimed_s is None or source.claimed_s > most_s + 0.5)


async def _streams(source: Path, demuxer: str) -> Streams:
    argv = commands.confined(commands.probe(source, demuxer), commands.PROBING)
    try:
        answer: Any = json.loads(await _run(argv, PROBE_PATIENCE_S))
    except ValueError:
        raise NotMadeSafe("damaged") from None
    return commands.streams_of(answer)


async def _run(argv: Sequence[str], patience_s: float) -> bytes:
    """Run a child idle and without our environment; return what it said. Raises NotMadeSafe."""
    if not all(shutil.which(program) for program in TOOLS):
        raise NotMadeSafe("tools")
    try:
        return await process.run(commands.bare(argv, os.environ), idle=True, timeout=patience_s)
    except ProcessFailed as error:
        raise NotMadeSafe(commands.why(error.returncode, error.stderr)) from None
    except TimeoutError:
        raise NotMadeSafe("too-slow") from None

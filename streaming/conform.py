"""Conform: one source file becomes all renditions of one house set, once.

Three steps: *analyse* (decode the sound: loudness, true peak, exact length, silence at the end), *encode*
(picture in parts of whole GOPs, so that a kill loses at most one part; sound beside it), *finish* (write house
files and rename the set into place). The source is decoded once for all rungs. A variant of an item, with graphics
burnt in, is made the same way.
"""

import asyncio
import contextlib
import shutil
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import ffmpeg

from lppl import durable, process
from lppl.errors import HouseFileDamaged, ProcessFailed
from lppl.media import AssetId, ChannelKind, Facts, Profile, Tags, VideoRung
from lppl.quanta import AAC_FRAMES, FRAMES, GOP, Quanta, seconds
from streaming.commands import DEMUXERS, audio_argv, opened, reporting, stereo, video_argv
from streaming.fmp4 import AudioTrack, VideoTrack, read_track
from streaming.graphics import Graphics, draw
from streaming.house import HouseSet, RenditionInfo, RenditionWriter, SetInfo, folder_of, gop_grid
from streaming.loudness import SILENCE_DB, SILENCE_S, Gain, Sound, gain_of, length_of, parse_analysis

__all__ = ["DEMUXERS", "Conformed", "conform"]

STALL_S = 900.0
"""An ffmpeg that makes no progress for this long is stopped, so that the queue goes on. Idle work may have to wait
long for a busy processor."""
PART = Quanta(300 * GOP)
"""Picture is encoded in parts of 9.6 minutes; what a kill can cost."""
LAST_PART_S = 10.0
"""No part begins so near to the last picture: a source's stated end may be late."""


@dataclass(frozen=True, slots=True)
class Conformed:
    """The result, for the library's records."""

    quanta: Quanta
    lufs: float | None
    gain_db: float
    peak_limited: bool
    notes: tuple[str, ...]


async def analyse(source: Path, facts: Facts, *, idle: bool = True) -> Sound:
    """Decode the sound once and measure it. Raises ProcessFailed or ValueError when nothing can be decoded."""
    graph = (
        stereo(opened(source), facts)
        .filter("ebur128", peak="true", framelog="verbose")
        .filter("silencedetect", noise=f"{SILENCE_DB}dB", duration=SILENCE_S)
    )
    argv = ffmpeg.output(graph, "-", format="null").compile()
    said: list[str] = []
    silences: deque[str] = deque(maxlen=4)  # only the last counts; a long quiet file has a million
    out = await process.run(
        reporting(argv, "info"),
        idle=idle,
        on_stderr=lambda line: (silences if "silence_" in line else said).append(line),
        timeout=STALL_S + 2 * facts.duration_s,
    )
    return parse_analysis([*silences, *said], out.decode())


async def _encode(argv: Sequence[str], on_time: Callable[[float], None], *, idle: bool) -> None:
    """Run one ffmpeg and report seconds done. Raises ProcessFailed, also when it stands still for STALL_S."""
    loop = asyncio.get_running_loop()
    async with process.started(argv, idle=idle) as child:

        async def follow(patience: asyncio.Timeout) -> None:
            furthest = 0.0
            async for line in child.lines():
                key, _, value = line.partition("=")
                if key == "out_time_us" and value.lstrip("-").isdigit():
                    done = max(0.0, int(value) / 1e6)
                    on_time(done)
                    if done > furthest:
                        furthest = done
                        patience.reschedule(loop.time() + STALL_S)

        try:
            async with asyncio.timeout(STALL_S) as patience:
                await asyncio.gather(follow(patience), child.watch_stderr())
                code = await child.process.wait()
        except TimeoutError:
            raise ProcessFailed(argv[0], -1, f"tidak maju selama {STALL_S:.0f} s / no progress") from None
    if code:
        raise ProcessFailed(argv[0], code, "\n".join(child.tail))


def parts_of(quanta: Quanta, video_end_s: float, part: Quanta = PART) -> list[tuple[Quanta, int]]:
    """Split an item into parts (start, length); what lies after the last frame belongs to the last part."""
    starts = [0]
    while starts[-1] + part < quanta and seconds(starts[-1] + part) < video_end_s - LAST_PART_S:
        starts.append(starts[-1] + part)
    return [(Quanta(a), b - a) for a, b in zip(starts, [*starts[1:], quanta], strict=True)]


async def conform(
    source: Path,
    facts: Facts,
    tags: Tags,
    asset: AssetId,
    profile: Profile,
    house: Path,
    work: Path,
    on_progress: Callable[[float], None],
    still: Callable[[Tags, Path], Awaitable[None]] | None = None,
    urgent: bool = False,
    part: Quanta = PART,
    graphics: Graphics | None = None,
    frozen: bool = False,
) -> Conformed:
    """Make the house set of `asset` under `profile` below the folder `house`.

    `work` keeps finished parts between runs; `still` draws a title card for an item without picture on TV. `urgent`
    work (slate and ident) is not idled; `part`, whole GOPs, is what a kill can cost. With `graphics`, which are burnt
    into every picture, `asset` is the derived id of the variant. The picture of a `frozen` item, a `still`, is encoded
    for one GOP and repeated: it is there in a second however long the sound is. An existing whole set is kept.
    Raises ProcessFailed, HouseFileDamaged, OSError; MediaRefused or LpplError when the logo cannot be used.
    """
    house_id = profile.house(asset)
    folder = folder_of(house, house_id)
    if folder.exists():
        with contextlib.suppress(HouseFileDamaged):
            return _result(await asyncio.to_thread(lambda: HouseSet(folder).info))  # opens every file of it
        await asyncio.to_thread(shutil.rmtree, folder)
    idle = not urgent
    parts_folder = work / house_id
    await asyncio.to_thread(parts_folder.mkdir, parents=True, exist_ok=True)
    layers = await draw(graphics, profile.video, parts_folder, idle=idle) if graphics and profile.video else None
    sound = await analyse(source, facts, idle=idle) if facts.audio else None
    picture = profile.kind is ChannelKind.TV
    quanta = length_of(facts, sound, picture=picture)
    gain = gain_of(sound, profile.target_lufs, profile.ceiling_dbtp) if sound else Gain(0.0, False)
    meter = _Meter(quanta, picture, on_progress)
    async with asyncio.TaskGroup() as group:
        if profile.video:
            card = None
            if facts.video is None:
                card = parts_folder / "still.png"
                if still is None:
                    raise ValueError("an item without picture needs a still")
                await still(tags, card)
            command = partial(video_argv, source, facts, profile, still=card, layers=layers)
            end_s = facts.video.duration_s if facts.video else seconds(quanta)
            parts = [(Quanta(0), min(GOP, quanta))] if frozen else parts_of(quanta, end_s, part)
            group.create_task(_encode_video(command, parts, profile.video, parts_folder, meter, idle=idle))
        # beside a picture every core is busy: the sound is decoded once; alone, each rendition has a core of its own
        for rungs in [profile.audio] if profile.video else [[rung] for rung in profile.audio]:
            outputs = [parts_folder / f"{rung.name}.mp4" for rung in rungs]
            argv = audio_argv(source, facts, gain, profile.ceiling_dbtp, quanta, rungs, outputs)
            group.create_task(_encode(argv, meter.audio, idle=idle))
    info = SetInfo(
        house_id, profile.kind, quanta, {}, tags.title, tags.artist, tags.album, facts.video is not None,
        sound.lufs if sound else None, gain.db, gain.limit, (*facts.notes, *gain.notes),
    )  # fmt: skip
    info = await asyncio.to_thread(_finish, info, profile, parts_folder, folder, frozen=frozen)
    on_progress(1.0)
    return _result(info)


def _result(info: SetInfo) -> Conformed:
    return Conformed(info.quanta, info.lufs, info.gain_db, info.peak_limited, info.notes)


class _Meter:
    """Turns seconds encoded into one figure between 0 and 1."""

    def __init__(self, quanta: Quanta, picture: bool, report: Callable[[float], None]) -> None:
        self._total, self._picture, self._report = seconds(quanta), picture, report

    def audio(self, done_s: float) -> None:
        if not self._picture:
            self._report(min(0.99, done_s / self._total))

    def video(self, before_s: float, done_s: float) -> None:
        self._report(min(0.99, (before_s + done_s) / self._total))


def _part_path(folder: Path, rung: VideoRung, start: Quanta) -> Path:
    return folder / f"{rung.name}.{start:08d}.mp4"


async def _encode_video(
    command: Callable[[tuple[Quanta, int], Sequence[Path]], list[str]],
    parts: Sequence[tuple[Quanta, int]],
    rungs: Sequence[VideoRung],
    folder: Path,
    meter: _Meter,
    *,
    idle: bool,
) -> None:
    """Encode the parts that are not there yet; each is renamed into place when whole."""
    for start, length in parts:
        done = [_part_path(folder, rung, start) for rung in rungs]
        if await asyncio.to_thread(_all_there, done):
            continue
        beside = [path.with_suffix(".tmp") for path in done]
        argv = command((start, length), beside)
        await _encode(argv, partial(meter.video, seconds(start)), idle=idle)
        await asyncio.to_thread(_accept_parts, beside, done)


def _all_there(paths: Sequence[Path]) -> bool:
    return all(p.exists() for p in paths)


def _accept_parts(beside: Sequence[Path], done: Sequence[Path]) -> None:
    for a, b in zip(beside, done, strict=True):
        durable.sync_file(a)
        a.rename(b)
    durable.sync_folder(done[0].parent)


def _finish(info: SetInfo, profile: Profile, parts: Path, folder: Path, *, frozen: bool = False) -> SetInfo:
    """Write the house files from the encoded parts and rename the set into place. Blocking."""
    starts = sorted({Quanta(int(p.name.split(".")[1])) for p in parts.glob("*.*.mp4")})
    quanta = info.quanta
    with durable.new_folder(folder) as beside:
        renditions: dict[str, RenditionInfo] = {}
        for rung in profile.video:
            encoded = [(start, _part_path(parts, rung, start)) for start in starts]
            if frozen:
                encoded = [(Quanta(start), encoded[0][1]) for start in range(0, quanta, GOP)]
            renditions[rung.name] = _finish_video(beside, encoded, rung, quanta)
        for audio in profile.audio:
            with (parts / f"{audio.name}.mp4").open("rb") as f:
                samples = read_track(f)
                writer = RenditionWriter(beside, audio.name, AudioTrack(audio.bitrate, samples.asc))
                for at in range(0, quanta, PART):
                    # sample 0 is the encoder's priming
                    writer.add(f, samples, 1 + at * AAC_FRAMES, min(PART, quanta - at))
                renditions[audio.name] = writer.close()
        info = SetInfo(**{n: getattr(info, n) for n in SetInfo.__slots__ if n != "renditions"}, renditions=renditions)
        (beside / "set.json").write_bytes(info.to_json())
    shutil.rmtree(parts)
    return info


def _finish_video(beside: Path, parts: Sequence[tuple[Quanta, Path]], rung: VideoRung, quanta: Quanta) -> RenditionInfo:
    """Write one rendition from its encoded parts: (start, file) in order."""
    writer: RenditionWriter | None = None
    ends = [start for start, _ in parts[1:]] + [quanta]
    for (start, path), end in zip(parts, ends, strict=True):
        with path.open("rb") as f:
            samples = read_track(f)
            if writer is None:
                writer = RenditionWriter(beside, rung.name, VideoTrack(rung.width, rung.height, samples.avcc))
            elif samples.avcc != writer.track.avcc:  # type: ignore[union-attr]
                raise ValueError(f"{rung.name}: the encoder changed its parameters between parts")
            expected = tuple(g * FRAMES for g in gop_grid(end - start))
            if samples.sync != expected:
                raise ValueError(f"{rung.name}: key frames at {samples.sync} instead of {expected}")
            writer.add(f, samples, 0, Quanta(end - start))
    assert writer
    return writer.close()

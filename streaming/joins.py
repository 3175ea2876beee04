"""Renders the short pieces that are made ahead: a crossfade of radio, the faded end of an item that is trimmed.

The air is only splices of encoded packets. An AAC packet overlaps the one before it by half, so a splice is exact where
both neighbours were encoded from the same sound for one frame after it. Hence each piece is encoded with run-in and
run-out, of which only the span itself is kept, and at both ends of a join only one item sounds, for `HOLD` samples.

Sound is mixed once, uncompressed, and measured; then each rendition is encoded from that.
"""

import asyncio
import contextlib
import math
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import ffmpeg

from lppl import durable, process
from lppl.derived import Join, Tail, derived_id
from lppl.errors import HouseFileDamaged
from lppl.media import AssetId, AudioFacts, ChannelKind, Facts, HouseId, Profile, Tags, VideoFacts, VideoRung
from lppl.quanta import AAC_FRAMES, FRAMES, QUANTUM_MS, Quanta, seconds
from streaming.commands import Stream, audio_argv, matrix_of, opened, picture_chain, reporting, rung_chain, stereo
from streaming.commands import video_argv as encoding
from streaming.conform import LAST_PART_S, STALL_S, Conformed
from streaming.fmp4 import AUDIO_SAMPLE, AudioTrack, VideoTrack, read_track
from streaming.house import HouseSet, RenditionInfo, RenditionWriter, SetInfo, folder_of, gop_grid, read_set
from streaming.loudness import Gain, Sound, parse_analysis

RUN = 2
"""Quanta of run-in and run-out: the encoder's rate control and its choice of windows settle within some frames, the
limiter within a few times its release of 80 ms."""
SAMPLES = AAC_FRAMES * AUDIO_SAMPLE
"""Samples in a quantum."""
HOLD = 2 * AUDIO_SAMPLE
"""For so long only one item sounds at each end of a join: one frame of overlap, and one in which the encoder may look
ahead to choose its windows. Measured with ffmpeg's encoder: with less, an attack makes a packet that does not fit."""
EDGE = AUDIO_SAMPLE // 2
"""An item enters or leaves over 11 ms at least, so that nothing clicks."""
SEEK_S = 10.0
"""Picture is sought so much early: an unindexed file is entered at about the wanted place only."""
WHOLE = 25
"""Quanta in eight seconds. The grid of frames is laid from a whole second, an exact time in nearly every format: else
a frame that lies between two pictures could show the other one than it does in the whole item."""


@dataclass(frozen=True, slots=True)
class Original:
    """The file that an asset was conformed from, and what probing found in it."""

    path: Path
    facts: Facts


Still = Callable[[Tags, Path], Awaitable[None]]
"""Draws the title card of an item without picture."""


async def render(
    specification: Join | Tail,
    sources: Mapping[AssetId, Original],
    profile: Profile,
    house: Path,
    work: Path,
    still: Still | None = None,
    urgent: bool = False,
) -> Conformed:
    """Make the house set of `specification` under `profile` below the folder `house`, from the `sources` it names.

    The sets of its assets must be there: their gain and limiter are used again. An existing whole set is kept. `still`
    is needed for the tail of an item without picture on TV. Raises ValueError when the specification does not fit the
    sets or the profile, KeyError for a missing source, ProcessFailed, TimeoutError, HouseFileDamaged, OSError.
    """
    house_id = profile.house(derived_id(specification))
    folder = folder_of(house, house_id)
    if folder.exists():
        with contextlib.suppress(HouseFileDamaged):
            return _result(await asyncio.to_thread(lambda: HouseSet(folder).info))  # opens every file of it
        await asyncio.to_thread(shutil.rmtree, folder)
    items = await asyncio.to_thread(_items, specification, sources, profile, house)
    async with _bench(work / house_id) as bench:
        if isinstance(specification, Join):
            info = await _join(specification, items, house_id, profile, bench, idle=not urgent)
        else:
            info = await _tail(specification, items[0], house_id, profile, bench, still, idle=not urgent)
        info = await asyncio.to_thread(_finish, info, profile, bench, folder)
    return _result(info)


def _result(info: SetInfo) -> Conformed:
    return Conformed(info.quanta, info.lufs, info.gain_db, info.peak_limited, info.notes)


@dataclass(frozen=True, slots=True)
class _Item:
    """One asset as it airs: its file, and what its own set says."""

    original: Original
    info: SetInfo


def _items(
    specification: Join | Tail, sources: Mapping[AssetId, Original], profile: Profile, house: Path
) -> tuple[_Item, ...]:
    """Return what `specification` is made from, in its order. Blocking."""
    if isinstance(specification, Tail):
        spans = [(specification.asset, specification.at)]
    elif profile.kind is ChannelKind.RADIO:
        spans = [(specification.before, specification.before_at), (specification.after, specification.after_at)]
    else:
        raise ValueError("a join is for radio only")
    items = []
    for name, at in spans:
        asset = AssetId(name)
        info = read_set(folder_of(house, profile.house(asset)))
        if at + specification.length > info.quanta:
            raise ValueError(f"[{at}, {at + specification.length}) of {asset}, which has {info.quanta} quanta")
        items.append(_Item(sources[asset], info))
    return tuple(items)


@contextlib.asynccontextmanager
async def _bench(folder: Path) -> AsyncIterator[Path]:
    """Lend an empty folder, which is gone afterwards: a piece is made too quickly to go on with a half one."""

    def empty() -> None:
        shutil.rmtree(folder, ignore_errors=True)

    await asyncio.to_thread(empty)
    await asyncio.to_thread(folder.mkdir, parents=True)
    try:
        yield folder
    finally:
        await asyncio.shield(asyncio.to_thread(empty))


# --- sound -------------------------------------------------------------------------------------------


def levelled(stream: Stream, gain: Gain, ceiling_dbtp: float) -> Stream:
    """Gain and limiter as :func:`streaming.commands.audio_argv` applies them to a whole item."""
    if gain.db:
        stream = stream.filter("volume", f"{gain.db}dB", precision="float")
    if gain.limit:
        stream = (
            stream.filter("aresample", 192000)
            .filter(
                "alimiter", limit=f"{10 ** ((ceiling_dbtp - 0.7) / 20):.4f}", attack=5, release=80, level=0, latency=1
            )
            .filter("aresample", 48000)
        )
    return stream


def _cut(stream: Stream, start: int, end: int) -> Stream:
    return stream.filter("atrim", start_sample=start, end_sample=end).filter("asetpts", "PTS-STARTPTS")


def excerpt(original: Original, gain: Gain, ceiling_dbtp: float, first: int, count: int) -> Stream:
    """Return quanta [first, first + count) of an item's sound as its house set has it, silence outside the item.

    The file is decoded from its beginning: no seek is exact to the sample in every format.
    """
    start = max(0, first) * SAMPLES
    stream = _cut(stereo(opened(original.path), original.facts), start, (first + count) * SAMPLES)
    stream = levelled(stream, gain, ceiling_dbtp)
    if first < 0:
        stream = stream.filter("adelay", f"{-first * SAMPLES}S", all=1)
    return _cut(stream.filter("apad"), 0, count * SAMPLES)


def _faded(stream: Stream, direction: str, start: int, length: int) -> Stream:
    """Fade by a quarter of a sine, so that two crossing fades keep the power; silent beyond. In samples."""
    return stream.filter("afade", type=direction, start_sample=start, nb_samples=length, curve="qsin")


def join_sound(join: Join, before: Stream, after: Stream) -> Stream:
    """Mix two excerpts of RUN + join + RUN quanta: run-in of `before` alone, run-out of `after` alone."""
    start, end = RUN * SAMPLES, (RUN + join.length) * SAMPLES
    if fade := min(join.fade_out, join.length) * SAMPLES:
        before = _faded(before, "out", end - fade, fade)
    if fade := min(join.fade_in, join.length) * SAMPLES:
        after = _faded(after, "in", start, fade)
    before = _faded(before, "out", end - HOLD - EDGE, EDGE)
    after = _faded(after, "in", start + HOLD, EDGE)
    return ffmpeg.filter([before, after], "amix", inputs=2, normalize=0)


def _gain(info: SetInfo) -> Gain:
    return Gain(info.gain_db, info.peak_limited)


async def _mixed(sound: Stream, out: Path, longest_s: float, *, idle: bool) -> Sound:
    """Write `sound` to `out` as it is, and measure it."""
    measured = sound.filter("ebur128", peak="true", framelog="verbose")
    argv = ffmpeg.output(measured, str(out), acodec="pcm_f32le", format="wav", fflags="+bitexact").compile()
    said: list[str] = []
    progress = await process.run(
        reporting(argv, "info"), idle=idle, on_stderr=said.append, timeout=STALL_S + 2 * longest_s
    )
    return parse_analysis(said, progress.decode())


async def _encode_sound(
    wav: Path | None, length: int, limit: bool, profile: Profile, bench: Path, *, idle: bool
) -> None:
    """Encode what lies in `wav` (None: silence) with its run-in and run-out, one file a rendition."""
    quanta = Quanta(RUN + length + RUN)
    facts = Facts("wav", 0.0, seconds(quanta), None, AudioFacts(0, "pcm_f32le", 2, 48_000, seconds(quanta)))
    outputs = [bench / f"{rung.name}.mp4" for rung in profile.audio]
    argv = audio_argv(wav, facts, Gain(0.0, limit), profile.ceiling_dbtp, quanta, profile.audio, outputs)
    await process.run(argv, idle=idle, timeout=STALL_S)


async def _join(
    join: Join, items: Sequence[_Item], house_id: HouseId, profile: Profile, bench: Path, *, idle: bool
) -> SetInfo:
    ceiling = profile.ceiling_dbtp
    count = RUN + join.length + RUN
    excerpts = [
        excerpt(item.original, _gain(item.info), ceiling, at - RUN, count)
        if item.original.facts.audio
        else ffmpeg.input("anullsrc=r=48000:cl=stereo", format="lavfi", t=seconds(count))["a"]
        for item, at in zip(items, (join.before_at, join.after_at), strict=True)
    ]
    wav = bench / "mix.wav"
    longest_s = sum(item.original.facts.duration_s for item in items)
    mixed = await _mixed(join_sound(join, *excerpts), wav, longest_s, idle=idle)
    # both keep under the ceiling, their sum need not; see streaming.loudness.gain_of for the half decibel
    limit = mixed.peak_dbtp > ceiling - 0.5
    await _encode_sound(wav, join.length, limit, profile, bench, idle=idle)
    before, after = (item.info for item in items)
    note = f"Puncak dibatasi pada {ceiling:.1f} dBTP."
    return replace(
        after,
        house=house_id,
        quanta=Quanta(join.length),
        peak_limited=before.peak_limited or after.peak_limited or limit,
        notes=(*after.notes, note) if limit and note not in after.notes else after.notes,
    )


async def _tail(
    tail: Tail, item: _Item, house_id: HouseId, profile: Profile, bench: Path, still: Still | None, *, idle: bool
) -> SetInfo:
    original, info = item.original, item.info
    wav: Path | None = None
    if original.facts.audio:
        wav = bench / "tail.wav"
        sound = excerpt(original, _gain(info), profile.ceiling_dbtp, tail.at - RUN, RUN + tail.length + RUN)
        sound = _faded(sound, "out", RUN * SAMPLES, tail.length * SAMPLES)
        await _mixed(sound, wav, original.facts.duration_s, idle=idle)
    await _encode_sound(wav, tail.length, False, profile, bench, idle=idle)
    if profile.video:
        card = None
        if original.facts.video is None:
            if still is None:
                raise ValueError("an item without picture needs a still")
            card = bench / "still.png"
            await still(Tags(info.title, info.artist, info.album), card)
        await _encode_picture(tail, original, profile, bench, card, idle=idle)
    return replace(info, house=house_id, quanta=Quanta(tail.length))


# --- picture -----------------------------------------------------------------------------------------


def fading_argv(tail: Tail, original: Original, rung: VideoRung, card: Path | None, out: Path) -> list[str]:
    """Return the ffmpeg command that writes the tail's frames in `rung`'s size, faded to black, without loss.

    The frames lie on the grid of the whole item, as :func:`streaming.commands.video_argv` lays it; the last is black.
    """
    frames, skip, matrix = tail.length * FRAMES, 0, None
    if card:
        stream = ffmpeg.input(f"file:{card}", protocol_whitelist="file", format="image2", loop=1, framerate=25)["v"]
    else:
        video = original.facts.video
        assert video
        # where the sound goes on after the last picture, that picture is held
        latest = math.floor((video.duration_s - LAST_PART_S) * 1000 / QUANTUM_MS)
        first = max(0, min(tail.at, latest)) // WHOLE * WHOLE
        skip = (tail.at - first) * FRAMES
        early = seconds(first) - SEEK_S
        seek = {"ss": f"{early:.3f}", "noaccurate_seek": None} if early > 0 else {}
        stream = opened(original.path, copyts=None, start_at_zero=None, **seek)[str(video.index)]
        stream = picture_chain(stream, original.facts, seconds(first))
        matrix = matrix_of(video)
    stream = stream.filter("setpts", "PTS-STARTPTS").filter("tpad", stop=-1, stop_mode="clone")
    stream = stream.filter("trim", start_frame=skip, end_frame=skip + frames).filter("setpts", "PTS-STARTPTS")
    stream = rung_chain(stream, rung, matrix).filter("format", "yuv420p")
    # the frame after the last step of the fade is the first black one
    stream = stream.filter("fade", type="out", start_frame=0, nb_frames=frames - 1)
    made = ffmpeg.output(stream, str(out), vcodec="ffv1", format="nut", **{"frames:v": frames})
    return reporting(made.compile(overwrite_output=True))


async def _encode_picture(
    tail: Tail, original: Original, profile: Profile, bench: Path, card: Path | None, *, idle: bool
) -> None:
    """Encode the tail's picture to one MP4 a rung, exactly as a whole item is encoded."""
    top, faded = profile.video[0], bench / "faded.nut"
    await process.run(fading_argv(tail, original, top, card, faded), idle=idle, timeout=STALL_S)
    length_s = seconds(tail.length)
    video = VideoFacts(0, "ffv1", top.width, top.height, 0, 25.0, False, "yuv420p", "1:1", "bt709", length_s, "bt709")
    outputs = [bench / f"{rung.name}.mp4" for rung in profile.video]
    facts = Facts("nut", 0.0, length_s, video, None)
    argv = encoding(faded, facts, profile, (Quanta(0), tail.length), outputs, None)
    await process.run(argv, idle=idle, timeout=STALL_S)


# --- the set -----------------------------------------------------------------------------------------


def _finish(info: SetInfo, profile: Profile, bench: Path, folder: Path) -> SetInfo:
    """Write the house files from what was encoded, run-in and run-out left out, and rename the set. Blocking."""
    with durable.new_folder(folder) as beside:
        renditions: dict[str, RenditionInfo] = {}
        for rung in profile.video:
            with (bench / f"{rung.name}.mp4").open("rb") as f:
                samples = read_track(f)
                if samples.sync != tuple(g * FRAMES for g in gop_grid(info.quanta)):
                    raise ValueError(f"{rung.name}: key frames at {samples.sync}")
                writer = RenditionWriter(beside, rung.name, VideoTrack(rung.width, rung.height, samples.avcc))
                writer.add(f, samples, 0, info.quanta)
            renditions[rung.name] = writer.close()
        for audio in profile.audio:
            with (bench / f"{audio.name}.mp4").open("rb") as f:
                samples = read_track(f)
                writer = RenditionWriter(beside, audio.name, AudioTrack(audio.bitrate, samples.asc))
                # sample 0 is the encoder's priming
                writer.add(f, samples, 1 + RUN * AAC_FRAMES, info.quanta)
            renditions[audio.name] = writer.close()
        info = replace(info, renditions=renditions)
        (beside / "set.json").write_bytes(info.to_json())
    return info

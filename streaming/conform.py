"""Conform: one source file becomes all renditions of one house set, once.

Three steps: *analyse* (decode the sound: loudness, true peak, exact length, silence at the end), *encode*
(picture in parts of whole GOPs, so that a kill loses at most one part; sound beside it), *finish* (write house
files and rename the set into place). The source is decoded once for all rungs. ffmpeg is told which demuxers
and protocols it may use, because a stranger may have sent the file.
"""

import asyncio
import contextlib
import math
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import ffmpeg

from lppl import durable, process
from lppl.errors import HouseFileDamaged, ProcessFailed
from lppl.media import AssetId, AudioRung, ChannelKind, Facts, Profile, Tags, VideoRung
from lppl.quanta import AAC_FRAMES, FRAMES, GOP, Quanta, covering, seconds
from streaming.fmp4 import AudioTrack, VideoTrack, read_track
from streaming.house import RenditionInfo, RenditionWriter, SetInfo, folder_of, gop_grid, read_set

PART = Quanta(300 * GOP)
"""Picture is encoded in parts of 9.6 minutes; what a kill can cost."""

DEMUXERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dts,dv,eac3,flac,flv,gxf,h264,hevc,ivf,m4v,matroska,mov,mp3,mpeg,mpegts,"
    "mpegvideo,mxf,nut,ogg,rm,tta,w64,wav,webm,wv"
)
"""What ffmpeg may open. No playlist, manifest, script, image sequence or device is among them."""

SILENCE_DB = -50
MAX_GAIN_DB = 24.0
UNMEASURED_LUFS = -69.0
"""ebur128 answers -70 for silence and for what is shorter than its 400 ms block."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What analysis found."""

    lufs: float | None
    peak_dbtp: float
    duration_s: float
    silent_from_s: float
    """Start of the silence in which the sound ends; its duration when it does not."""


@dataclass(frozen=True, slots=True)
class Gain:
    """How loudness is met."""

    db: float
    limit: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conformed:
    """The result, for the library's records."""

    quanta: Quanta
    lufs: float | None
    gain_db: float
    peak_limited: bool
    notes: tuple[str, ...]


def _input(source: Path, **options: object) -> object:
    """Open `source` by a name that ffmpeg cannot take for an option or another protocol."""
    return ffmpeg.input(f"file:{source}", protocol_whitelist="file", format_whitelist=DEMUXERS, **options)


# --- analysis ----------------------------------------------------------------------------------------


def parse_analysis(stderr: Sequence[str], progress: str) -> Sound:
    """Read what ffmpeg's ebur128, silencedetect and -progress said. Raises ValueError when there is nothing."""
    times = re.findall(r"out_time_us=(\d+)", progress)
    if not times:
        raise ValueError("no sound was decoded")
    duration = int(times[-1]) / 1e6
    text = "\n".join(stderr)
    summary = text[text.rfind("Integrated loudness:") :]
    loudness = re.search(r"I:\s+(-?[\d.]+) LUFS", summary)
    peak = re.search(r"Peak:\s+(-?[\d.]+|-inf) dBFS", summary)
    lufs = float(loudness[1]) if loudness else -70.0
    starts = re.findall(r"silence_start: (-?[\d.]+)", text)
    ends = re.findall(r"silence_end: (-?[\d.]+)", text)
    silent_from = duration
    # the last silence reaches the end when it has no end, or ends where the sound does
    if starts and (len(ends) < len(starts) or float(ends[-1]) >= duration - 0.01):
        silent_from = max(0.0, float(starts[-1]))
    return Sound(
        lufs if lufs > UNMEASURED_LUFS else None,
        float(peak[1]) if peak and peak[1] != "-inf" else -120.0,
        duration,
        silent_from,
    )


def length_of(facts: Facts, sound: Sound | None, *, picture: bool) -> Quanta:
    """Return the item's length: padded to a whole quantum, unless the last partial one is silent."""
    ends = [sound.duration_s] if sound else []
    if picture and facts.video:
        ends.append(facts.video.duration_s)
    end = max(ends, default=0.0)
    whole = math.floor(end / seconds(1) + 1e-6)
    if whole >= 1 and sound and sound.silent_from_s <= seconds(whole):
        return Quanta(whole)
    return Quanta(max(1, covering(max(0.0, end - 1e-4))))


def gain_of(sound: Sound, target_lufs: float, ceiling_dbtp: float) -> Gain:
    """Return the gain to `target_lufs`, with a limiter when peaks would pass the ceiling."""
    if sound.lufs is None:
        return Gain(0.0, False, ("Kenyaringan tidak terukur (senyap atau terlalu pendek).",))
    db = target_lufs - sound.lufs
    notes: tuple[str, ...] = ()
    if db > MAX_GAIN_DB:
        notes = (f"Suara sangat pelan ({sound.lufs:.1f} LUFS); dinaikkan hanya {MAX_GAIN_DB:.0f} dB.",)
        db = MAX_GAIN_DB
    # AAC coding itself can raise peaks by about a decibel: limit a little before the ceiling is reached
    limit = sound.peak_dbtp + db > ceiling_dbtp - 0.5
    if limit:
        notes += (f"Puncak dibatasi pada {ceiling_dbtp:.1f} dBTP.",)
    return Gain(round(db, 2), limit, notes)


def _stereo(source: object, facts: Facts) -> object:
    """House sampling: 48 kHz stereo float from the item's first instant, holes filled with silence."""
    assert facts.audio
    return (
        source[str(facts.audio.index)]  # type: ignore[index]
        .filter("aresample", 48000, **{"async": 1, "first_pts": 0})
        .filter("aformat", sample_fmts="fltp", channel_layouts="stereo")
    )


async def analyse(source: Path, facts: Facts) -> Sound:
    """Decode the sound once and measure it. Raises ProcessFailed or ValueError when nothing can be decoded."""
    graph = (
        _stereo(_input(source), facts)
        .filter("ebur128", peak="true", framelog="verbose")  # type: ignore[attr-defined]
        .filter("silencedetect", noise=f"{SILENCE_DB}dB", duration=0.02)
    )
    argv = ffmpeg.output(graph, "-", format="null", progress="pipe:1").compile()
    lines: list[str] = []
    out = await process.run(
        [argv[0], "-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", *argv[1:]], idle=True, on_stderr=lines.append
    )
    return parse_analysis(lines, out.decode())


# --- encoding ----------------------------------------------------------------------------------------

X264 = {
    "keyint": GOP * FRAMES, "min-keyint": GOP * FRAMES, "scenecut": 0, "open-gop": 0, "ref": 2, "bframes": 0,
    "weightp": 1, "8x8dct": 1, "cabac": 1, "force-cfr": 1,
}  # fmt: skip
"""What goes into SPS and PPS, pinned so that every item and preset gives the same avcC; no B-frames, so that
any item can end at any quantum by dropping samples."""

LEVELS = ((240, "2.1"), (480, "3.0"), (720, "3.1"), (1080, "4.0"))
"""Largest height of each H.264 level used, at 25 fps and two reference frames."""


def level_of(rung: VideoRung) -> str:
    """Return the H.264 level written into the SPS; it depends on the size only, never on the encoder's guess."""
    return next((level for height, level in LEVELS if rung.height <= height), "5.1")


def picture_chain(stream: object, facts: Facts, start_s: float) -> object:
    """25 fps progressive BT.709 frames of the source, beginning exactly at `start_s`."""
    assert facts.video
    v = facts.video
    if v.interlaced:
        stream = stream.filter("bwdif", mode="send_frame", deint="interlaced")  # type: ignore[attr-defined]
    stream = stream.filter("fps", 25, start_time=f"{start_s:.6f}")  # type: ignore[attr-defined]
    if v.transfer in ("smpte2084", "arib-std-b67"):  # HDR: to linear light, down to SDR, to BT.709
        stream = (
            stream.filter("zscale", transfer="linear", npl=100)
            .filter("format", "gbrpf32le")
            .filter("zscale", primaries="bt709")
            .filter("tonemap", "hable", desat=0)
            .filter("zscale", transfer="bt709", matrix="bt709", range="tv")
        )
    return stream


def rung_chain(stream: object, rung: VideoRung) -> object:
    """Fit into the rung's frame with bars, square pixels."""
    w, h = rung.width, rung.height
    return (
        stream.filter("scale", "trunc(iw*sar/2)*2", "ih", flags="bicubic", out_color_matrix="bt709", out_range="tv")  # type: ignore[attr-defined]
        .filter("scale", w, h, force_original_aspect_ratio="decrease", force_divisible_by=2, flags="bicubic")
        .filter("pad", w, h, "(ow-iw)/2", "(oh-ih)/2")
        .filter("setsar", 1)
    )


def _video_options(rung: VideoRung, preset: str) -> dict[str, object]:
    x264 = X264 | ({"chroma-qp-offset": 2} if preset in ("medium", "slow", "slower", "veryslow") else {})
    return {
        "vcodec": "libx264", "preset": preset, "profile:v": "high", "level": level_of(rung), "pix_fmt": "yuv420p",
        # capped quality: simple pictures stay small, hard ones stay under the cap; the buffer bounds a segment's peak
        "crf": 21, "maxrate": rung.bitrate, "bufsize": round(rung.bitrate * 0.8),
        "x264-params": ":".join(f"{k}={v}" for k, v in x264.items()),
        "flags": "+bitexact", "fflags": "+bitexact", "map_metadata": -1, "format": "mp4",
    }  # fmt: skip


def video_argv(
    source: Path, facts: Facts, profile: Profile, part: tuple[Quanta, int], outputs: Sequence[Path], still: Path | None
) -> list[str]:
    """Return the ffmpeg command that encodes `part` (start, length in quanta) to one MP4 a rung.

    With `still` the picture is that image, for an item that has none.
    """
    start, length = part
    frames = length * FRAMES
    if still:
        stream = ffmpeg.input(f"file:{still}", protocol_whitelist="file", format="image2", loop=1, framerate=25)["v"]
    else:
        assert facts.video
        # Timestamps stay absolute, so that `fps` lays the same grid whichever part is encoded, also for a source
        # with a variable frame rate; decoding starts at the key frame before the part.
        seek = {"ss": f"{seconds(start):.3f}", "noaccurate_seek": None} if start else {}
        stream = _input(source, copyts=None, start_at_zero=None, **seek)[str(facts.video.index)]  # type: ignore[index]
        stream = picture_chain(stream, facts, seconds(start))
        # the last picture is held when the sound goes on, or when frames are missing
        stream = stream.filter("setpts", "PTS-STARTPTS").filter("tpad", stop=-1, stop_mode="clone")
    made = []
    for i, (rung, path) in enumerate(zip(profile.video, outputs, strict=True)):
        stream = rung_chain(stream, rung) if i == 0 else stream.filter("scale", rung.width, rung.height, flags="bicubic").filter("setsar", 1)
        last = i == len(profile.video) - 1
        both = None if last else stream.filter_multi_output("split")
        this = stream if both is None else both[0]
        this = this.filter("format", "yuv420p").filter(
            "setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709"
        )
        made.append(ffmpeg.output(this, str(path), **{"frames:v": frames}, **_video_options(rung, profile.preset)))
        if both is not None:
            stream = both[1]
    argv = ffmpeg.merge_outputs(*made).compile(overwrite_output=True)
    return [argv[0], "-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning", "-progress", "pipe:1", *argv[1:]]


def audio_argv(
    source: Path | None, facts: Facts, gain: Gain, ceiling_dbtp: float, quanta: Quanta, rung: AudioRung, output: Path
) -> list[str]:
    """Return the ffmpeg command that encodes one audio rendition; without `source`, silence."""
    # one frame of priming comes first, and one more than needed keeps the last one whole
    frames = quanta * AAC_FRAMES + 2
    if source and facts.audio:
        stream = _stereo(_input(source), facts)
        if gain.db:
            stream = stream.filter("volume", f"{gain.db}dB", precision="float")  # type: ignore[attr-defined]
        if gain.limit:
            # the limiter sees true peaks because it works on the oversampled signal
            limit = 10 ** ((ceiling_dbtp - 0.7) / 20)
            stream = (
                stream.filter("aresample", 192000)  # type: ignore[attr-defined]
                .filter("alimiter", limit=f"{limit:.4f}", attack=5, release=80, level=0, latency=1)
                .filter("aresample", 48000)
            )
        stream = stream.filter("apad")  # type: ignore[attr-defined]
    else:
        stream = ffmpeg.input("anullsrc=r=48000:cl=stereo", format="lavfi")
    argv = ffmpeg.output(
        stream, str(output), acodec="aac", audio_bitrate=rung.bitrate, ar=48000, ac=2,
        **{"frames:a": frames}, flags="+bitexact", fflags="+bitexact", map_metadata=-1, format="mp4",
    ).compile(overwrite_output=True)  # fmt: skip
    return [argv[0], "-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning", "-progress", "pipe:1", *argv[1:]]


async def _encode(argv: Sequence[str], on_time: Callable[[float], None]) -> None:
    """Run one ffmpeg and report seconds done. Raises ProcessFailed."""
    async with process.started(argv, idle=True) as child:

        async def follow() -> None:
            async for line in child.lines():
                key, _, value = line.partition("=")
                if key == "out_time_us" and value.lstrip("-").isdigit():
                    on_time(max(0.0, int(value) / 1e6))

        await asyncio.gather(follow(), child.watch_stderr())
        code = await child.process.wait()
    if code:
        raise ProcessFailed(argv[0], code, "\n".join(child.tail))


def parts_of(quanta: Quanta, video_end_s: float) -> list[tuple[Quanta, int]]:
    """Split an item into parts (start, length); what lies after the last frame belongs to the last part."""
    starts = [0]
    while starts[-1] + PART < quanta and seconds(starts[-1] + PART) < video_end_s - 10:
        starts.append(starts[-1] + PART)
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
    still: Callable[[Tags, Path], None] | None = None,
) -> Conformed:
    """Make the house set of `asset` under `profile` below the folder `house`.

    `work` keeps finished parts between runs; `still` draws a title card (run in a thread) for an item without
    picture on TV. An existing whole set is kept. Raises ProcessFailed, HouseFileDamaged or OSError.
    """
    house_id = profile.house(asset)
    folder = folder_of(house, house_id)
    if folder.exists():
        with contextlib.suppress(HouseFileDamaged):
            return _result(await asyncio.to_thread(read_set, folder))
        await asyncio.to_thread(shutil.rmtree, folder)
    sound = await analyse(source, facts) if facts.audio else None
    picture = profile.kind is ChannelKind.TV
    quanta = length_of(facts, sound, picture=picture)
    gain = gain_of(sound, profile.target_lufs, profile.ceiling_dbtp) if sound else Gain(0.0, False)
    parts_folder = work / house_id
    await asyncio.to_thread(parts_folder.mkdir, parents=True, exist_ok=True)
    meter = _Meter(quanta, picture, on_progress)
    async with asyncio.TaskGroup() as group:
        if profile.video:
            card = None
            if facts.video is None:
                card = parts_folder / "still.png"
                if still is None:
                    raise ValueError("an item without picture needs a still")
                await asyncio.to_thread(still, tags, card)
            group.create_task(_encode_video(source, facts, profile, quanta, parts_folder, card, meter))
        for rung in profile.audio:
            output = parts_folder / f"{rung.name}.mp4"
            argv = audio_argv(source, facts, gain, profile.ceiling_dbtp, quanta, rung, output)
            group.create_task(_encode(argv, meter.audio))
    info = SetInfo(
        house_id, profile.kind, quanta, {}, tags.title, tags.artist, tags.album, facts.video is not None,
        sound.lufs if sound else None, gain.db, gain.limit, (*facts.notes, *gain.notes),
    )  # fmt: skip
    info = await asyncio.to_thread(_finish, info, profile, parts_folder, folder)
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

    def video(self, done_s: float) -> None:
        self._report(min(0.99, done_s / self._total))


def _part_path(folder: Path, rung: VideoRung, start: Quanta) -> Path:
    return folder / f"{rung.name}.{start:08d}.mp4"


async def _encode_video(
    source: Path, facts: Facts, profile: Profile, quanta: Quanta, folder: Path, still: Path | None, meter: _Meter
) -> None:
    """Encode the parts that are not there yet; each is renamed into place when whole."""
    for start, length in parts_of(quanta, facts.video.duration_s if facts.video else seconds(quanta)):
        done = [_part_path(folder, rung, start) for rung in profile.video]
        if await asyncio.to_thread(lambda paths=done: all(p.exists() for p in paths)):
            continue
        beside = [path.with_suffix(".tmp") for path in done]
        argv = video_argv(source, facts, profile, (start, length), beside, still)
        await _encode(argv, lambda s, base=seconds(start): meter.video(base + s))  # type: ignore[misc]
        await asyncio.to_thread(_accept_parts, beside, done)


def _accept_parts(beside: Sequence[Path], done: Sequence[Path]) -> None:
    for a, b in zip(beside, done, strict=True):
        durable.sync_file(a)
        a.rename(b)
    durable.sync_folder(done[0].parent)


def _finish(info: SetInfo, profile: Profile, parts: Path, folder: Path) -> SetInfo:
    """Write the house files from the encoded parts and rename the set into place. Blocking."""
    starts = sorted({Quanta(int(p.name.split(".")[1])) for p in parts.glob("*.*.mp4")})
    quanta = info.quanta
    with durable.new_folder(folder) as beside:
        renditions: dict[str, RenditionInfo] = {}
        for rung in profile.video:
            renditions[rung.name] = _finish_video(beside, parts, rung, starts, quanta)
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


def _finish_video(beside: Path, parts: Path, rung: VideoRung, starts: Sequence[Quanta], quanta: Quanta) -> RenditionInfo:
    writer: RenditionWriter | None = None
    for start, end in zip(starts, [*starts[1:], quanta], strict=True):
        with _part_path(parts, rung, start).open("rb") as f:
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

"""The ffmpeg commands that make renditions: what is decoded, how it is scaled, which encoder options are pinned.

Pure: values in, argument lists out (built with ffmpeg-python). ffmpeg is told which demuxers and protocols it may use,
because a stranger may have sent the file.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ffmpeg

from lppl.media import AudioRung, Facts, Profile, VideoFacts, VideoRung
from lppl.quanta import AAC_FRAMES, FRAMES, GOP, Quanta, seconds
from streaming.graphics import Layer
from streaming.loudness import Gain

Stream = Any
"""A node of ffmpeg-python's filter graph; the library has no types."""

DEMUXERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dts,dv,eac3,flac,flv,gxf,h264,hevc,ivf,m4v,matroska,mov,mp3,mpeg,mpegts,"
    "mpegvideo,mxf,nut,ogg,rm,tta,w64,wav,webm,wv"
)
"""What ffmpeg may open. No playlist, manifest, script, image sequence or device is among them."""


def opened(source: Path, **options: object) -> Stream:
    """Open `source` by a name that ffmpeg cannot take for an option or another protocol."""
    return ffmpeg.input(f"file:{source}", protocol_whitelist="file", format_whitelist=DEMUXERS, **options)


def reporting(argv: Sequence[str], loglevel: str = "warning") -> list[str]:
    """Return an ffmpeg command that asks nothing, says only what matters, and tells its progress on standard output."""
    quiet = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", loglevel, "-progress", "pipe:1"]
    return [argv[0], *quiet, *argv[1:]]


def stereo(source: Stream, facts: Facts) -> Stream:
    """House sampling: 48 kHz stereo float from the item's first instant, holes filled with silence."""
    assert facts.audio
    return (
        source[str(facts.audio.index)]
        .filter("aresample", 48000, **{"async": 1, "first_pts": 0})
        .filter("aformat", sample_fmts="fltp", channel_layouts="stereo")
    )


X264 = {
    "keyint": GOP * FRAMES, "min-keyint": GOP * FRAMES, "scenecut": 0, "open-gop": 0, "ref": 2, "bframes": 0,
    "weightp": 1, "8x8dct": 1, "cabac": 1, "force-cfr": 1, "chromaloc": 0,
}  # fmt: skip
"""What goes into SPS and PPS, pinned so that every item and preset gives the same avcC; no B-frames, so that
any item can end at any quantum by dropping samples."""

LEVELS = ((240, "2.1"), (480, "3.0"), (720, "3.1"), (1080, "4.0"))
"""Largest height of each H.264 level used, at 25 fps and two reference frames."""


def level_of(rung: VideoRung) -> str:
    """Return the H.264 level written into the SPS; it depends on the size only, never on the encoder's guess."""
    return next((level for height, level in LEVELS if rung.height <= height), "5.1")


HDR_TRANSFERS = ("smpte2084", "arib-std-b67")
"""PQ and HLG."""


def picture_chain(stream: Stream, facts: Facts, start_s: float) -> Stream:
    """25 fps progressive BT.709 frames of the source, beginning exactly at `start_s`."""
    assert facts.video
    v = facts.video
    if v.interlaced:
        stream = stream.filter("bwdif", mode="send_frame", deint="interlaced")
    stream = stream.filter("fps", 25, start_time=f"{start_s:.6f}")
    if v.transfer in HDR_TRANSFERS:  # to linear light, down to SDR, to BT.709
        stream = (
            stream.filter("zscale", transfer="linear", npl=100)
            .filter("format", "gbrpf32le")
            .filter("zscale", primaries="bt709")
            .filter("tonemap", "hable", desat=0)
            .filter("zscale", transfer="bt709", matrix="bt709", range="tv")
        )
    return stream


MATRICES = {
    "bt709": "bt709", "smpte170m": "bt601", "bt470bg": "bt601", "fcc": "fcc", "smpte240m": "smpte240m",
    "bt2020nc": "bt2020", "bt2020c": "bt2020",
}  # fmt: skip
"""The scaler's name of each matrix that ffprobe may report."""
HD_LINES = 720
"""A file that does not name its matrix is taken as BT.709 from this height on, as BT.601 below (as players do)."""


def matrix_of(video: VideoFacts) -> str:
    """Return the scaler's name of the matrix of the frames that `picture_chain` gives."""
    if video.transfer in HDR_TRANSFERS:
        return "bt709"
    return MATRICES.get(video.matrix) or ("bt709" if min(video.width, video.height) >= HD_LINES else "bt601")


def rung_chain(stream: Stream, rung: VideoRung, matrix: str | None) -> Stream:
    """Fit into the rung's frame with bars, square pixels, BT.709: in one pass, because each costs a whole frame.

    `matrix` is that of the source (None: RGB). When it is left to the scaler's guess, BT.601 for whatever is not
    marked, HD pictures change colour, and each frame goes through RGB for half the encoder's time.
    """
    w, h = rung.width, rung.height
    wide = f"gt(dar,{w}/{h})"
    known = {"in_color_matrix": matrix} if matrix else {}
    return (
        stream.filter(
            "scale",
            f"if({wide},{w},max(2,2*trunc({h}*dar/2)))",
            f"if({wide},max(2,2*trunc({w}/dar/2)),{h})",
            flags="bicubic",
            **known,
            out_color_matrix="bt709",
            out_range="tv",
        )
        .filter("pad", w, h, "(ow-iw)/2", "(oh-ih)/2")
        .filter("setsar", 1)
    )


def burnt_in(stream: Stream, layers: Sequence[Layer], start: Quanta) -> Stream:
    """Lay `layers` over yuv420p BT.709 frames whose first is that of quantum `start` of the item.

    Each picture is read and converted once and then held; what does not stand any more costs nothing.
    """
    for layer in layers:
        left = None if layer.until is None else (layer.until - start) * FRAMES
        if left is not None and left <= 0:
            continue
        picture = (
            ffmpeg.input(f"file:{layer.path}", protocol_whitelist="file", format="png_pipe")["v"]
            .filter("scale", out_color_matrix="bt709", out_range="tv")
            .filter("format", "yuva420p")
            .filter("setpts", "0")
        )
        held = {"eval": "init", "eof_action": "repeat", "format": "yuv420"}
        if left is not None:
            held["enable"] = f"lt(n,{left})"
        stream = ffmpeg.filter([stream, picture], "overlay", layer.x, layer.y, **held)
    return stream


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
    source: Path,
    facts: Facts,
    profile: Profile,
    part: tuple[Quanta, int],
    outputs: Sequence[Path],
    still: Path | None,
    layers: Sequence[Sequence[Layer]] | None = None,
) -> list[str]:
    """Return the ffmpeg command that encodes `part` (start, length in quanta) to one MP4 a rung.

    With `still` the picture is that image, for an item that has none. `layers` are burnt in, those of each rung.
    """
    start, length = part
    frames = length * FRAMES
    matrix: str | None = None
    if still:
        stream = ffmpeg.input(f"file:{still}", protocol_whitelist="file", format="image2", loop=1, framerate=25)["v"]
    else:
        assert facts.video
        # Timestamps stay absolute, so that `fps` lays the same grid whichever part is encoded, also for a source
        # with a variable frame rate; decoding starts at the key frame before the part.
        seek = {"ss": f"{seconds(start):.3f}", "noaccurate_seek": None} if start else {}
        stream = opened(source, copyts=None, start_at_zero=None, **seek)[str(facts.video.index)]
        stream = picture_chain(stream, facts, seconds(start))
        matrix = matrix_of(facts.video)
        # the last picture is held when the sound goes on, or when frames are missing
        stream = stream.filter("setpts", "PTS-STARTPTS").filter("tpad", stop=-1, stop_mode="clone")
    made = []
    over: Sequence[Sequence[Layer]] = layers or [()] * len(profile.video)
    for i, (rung, path, above) in enumerate(zip(profile.video, outputs, over, strict=True)):
        stream = (
            rung_chain(stream, rung, matrix)
            if i == 0
            else stream.filter("scale", rung.width, rung.height, flags="bicubic").filter("setsar", 1)
        )
        last = i == len(profile.video) - 1
        both = None if last else stream.filter_multi_output("split")
        this = stream if both is None else both[0]
        this = this.filter("format", "yuv420p").filter(
            "setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709"
        )
        # after the split: each rung is drawn for its own size, and none sees what is burnt into a larger one
        this = burnt_in(this, above, start)
        made.append(ffmpeg.output(this, str(path), **{"frames:v": frames}, **_video_options(rung, profile.preset)))
        if both is not None:
            stream = both[1]
    argv = ffmpeg.merge_outputs(*made).compile(overwrite_output=True)
    return reporting(argv)


LEAN_MOST = 40_000
"""Bit/s; up to this a rendition is mono, in both channels so that decoders need not change where it is not there."""
LEAN_CUTOFF_HZ = 8_000
"""Left to itself the encoder drops all above 4 kHz at such rates. Measured beside 64 kbit/s (mean difference of levels
by band, speech and gamelan): 10 dB instead of 7 from 1 to 4 kHz, 10 instead of 8 from 4 to 8 kHz."""


def _encoded(stream: Stream, rung: AudioRung, frames: int, output: Path) -> Stream:
    """Encode `frames` AAC frames of `stream`."""
    more: dict[str, object] = {}
    if rung.bitrate <= LEAN_MOST:
        stream = stream.filter("pan", "stereo|c0<c0+c1|c1<c0+c1")
        more = {"cutoff": LEAN_CUTOFF_HZ}
    return ffmpeg.output(
        stream, str(output), acodec="aac", audio_bitrate=rung.bitrate, **more, ar=48000, ac=2,
        **{"frames:a": frames}, flags="+bitexact", fflags="+bitexact", map_metadata=-1, format="mp4",
    )  # fmt: skip


def audio_argv(
    source: Path | None,
    facts: Facts,
    gain: Gain,
    ceiling_dbtp: float,
    quanta: Quanta,
    rungs: Sequence[AudioRung],
    outputs: Sequence[Path],
) -> list[str]:
    """Return the ffmpeg command that encodes one MP4 a rung, decoding once; without `source`, silence."""
    # one frame of priming comes first, and one more than needed keeps the last one whole
    frames = quanta * AAC_FRAMES + 2
    if source and facts.audio:
        stream = stereo(opened(source), facts)
        if gain.db:
            stream = stream.filter("volume", f"{gain.db}dB", precision="float")
        if gain.limit:
            # the limiter sees true peaks because it works on the oversampled signal
            limit = 10 ** ((ceiling_dbtp - 0.7) / 20)
            stream = (
                stream.filter("aresample", 192000)
                .filter("alimiter", limit=f"{limit:.4f}", attack=5, release=80, level=0, latency=1)
                .filter("aresample", 48000)
            )
        stream = stream.filter("apad")
    else:
        stream = ffmpeg.input("anullsrc=r=48000:cl=stereo", format="lavfi")
    split = stream.filter_multi_output("asplit") if len(rungs) > 1 else None
    made = [
        _encoded(split[i] if split else stream, rung, frames, output)
        for i, (rung, output) in enumerate(zip(rungs, outputs, strict=True))
    ]
    return reporting(ffmpeg.merge_outputs(*made).compile(overwrite_output=True))

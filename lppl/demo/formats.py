"""The unlike file formats of the demo's television clips, chosen to be as varied as what stations receive.

Pure: each format says how a scene is drawn and how ffmpeg writes it. :func:`turned` edits bytes.
"""

import struct
from dataclasses import dataclass

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", "-pix_fmt", "yuv420p")


@dataclass(frozen=True, slots=True)
class Format:
    """How a clip is made: square-pixel size in which it is drawn, frame rate, last filter, codecs."""

    suffix: str
    size: tuple[int, int]
    fps: str
    video: tuple[str, ...]
    audio: tuple[str, ...]
    finish: str = "null"
    encoders: tuple[str, ...] = ()
    """Encoders that not every ffmpeg has; a clip is left out where one is missing."""
    upright: bool = False
    """A telephone held upright: the picture lies on its side and the file says so."""


HD25 = Format(".mp4", (1280, 720), "25", X264, ("-c:a", "aac", "-b:a", "128k", "-ar", "48000"))
FULL_HD = Format(".mp4", (1920, 1080), "30", X264, ("-c:a", "aac", "-b:a", "96k", "-ac", "1", "-ar", "44100"))
PAL = Format(
    ".mpg",
    (768, 576),
    "50",  # drawn with 50 movements a second, so that the two fields of a frame really differ
    # ilme+ildct: estimate motion and transform by field; -bf 2: as tape and DVD machines did
    ("-c:v", "mpeg2video", "-b:v", "4500k", "-g", "12", "-bf", "2", "-flags", "+ilme+ildct", "-f", "vob"),
    ("-c:a", "mp2", "-b:a", "192k", "-ar", "48000"),
    # 768 square pixels become 720 pixels of 16:15; two pictures are woven into one, upper field first
    "scale=720:576,interlace=scan=tff:lowpass=complex,setsar=16/15",
)
FILM = Format(
    ".avi",
    (848, 480),
    "24",
    ("-c:v", "mpeg4", "-vtag", "XVID", "-q:v", "4", "-g", "120"),
    ("-c:a", "libmp3lame", "-b:a", "128k", "-ar", "44100"),
)
WEB = Format(
    ".webm",
    (640, 360),
    "25",
    ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-b:v", "700k"),
    ("-c:a", "libopus", "-b:a", "96k"),
    encoders=("libvpx-vp9", "libopus"),
)
TEN_BIT = Format(
    ".mkv",
    (1280, 720),
    "25",
    (
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-crf",
        "26",
        "-pix_fmt",
        "yuv420p10le",
        "-x265-params",
        "log-level=none",
    ),
    ("-c:a", "libvorbis", "-b:a", "128k", "-ar", "44100"),
    encoders=("libx265",),
)
SPORT = Format(
    ".ts",
    (1280, 720),
    "50",
    (*X264, "-bf", "2", "-g", "100"),
    ("-c:a", "ac3", "-b:a", "192k", "-ar", "48000"),
)
NTSC = Format(
    ".mov",
    (854, 480),
    "30000/1001",
    (*X264,),
    ("-c:a", "pcm_s16be", "-ar", "32000"),
    "scale=720:480,setsar=32/27",
)
CINEMA = Format(
    ".mkv",
    (1280, 534),
    "24000/1001",
    (*X264, "-bf", "3"),
    ("-c:a", "aac", "-b:a", "256k", "-ac", "6", "-ar", "48000"),
)
WEBCAM = Format(
    ".avi",
    (640, 480),
    "15",
    ("-c:v", "mjpeg", "-q:v", "6", "-pix_fmt", "yuvj420p"),
    ("-c:a", "pcm_s16le", "-ac", "1", "-ar", "22050"),
    "scale=out_range=pc",  # JPEG uses the full range of values
)
SILENT = Format(".mp4", (1280, 720), "25", X264, ())
PHONE = Format(
    ".mp4",
    (720, 1280),
    "30",
    # vfr keeps the frames' own times; fine time bases of encoder and track keep them exact
    (*X264, "-fps_mode", "vfr", "-enc_time_base", "1:90000", "-video_track_timescale", "90000"),
    ("-c:a", "aac", "-b:a", "96k", "-ac", "1", "-ar", "44100"),
    # A telephone drops a frame now and then, films at half the rate when it is dark (here from 6 to 9 s), and
    # its frame times waver by some milliseconds. transpose=cclock lays the upright picture on its side.
    "select='if(between(t,6,9),mod(n,2),mod(n*n,11))',settb=1/90000,setpts='PTS+300*(1+sin(N*1.7))',transpose=cclock",
    upright=True,
)


def turned(movie: bytes) -> bytes:
    """Return an MP4 whose first track says: turn me 90 degrees clockwise to show me.

    Writes the display matrix of ISO/IEC 14496-12 8.3.2 (`tkhd`): the options of ffmpeg for this changed between
    its versions. Raises ValueError where there is no track header.
    """
    at = movie.find(b"tkhd")
    if at < 0:
        raise ValueError("no tkhd")
    # after the name: version and flags, two times, id, reserved, duration, 8 reserved, layer ... volume
    matrix = at + 4 + 4 + (3 * 8 + 8 if movie[at + 4] == 1 else 5 * 4) + 8 + 8
    width, height = struct.unpack_from(">II", movie, matrix + 36)
    if not width or not height:
        raise ValueError("the first track has no picture")
    one, minus_one = 0x00010000, 0xFFFF0000
    values = struct.pack(">9I", 0, one, 0, minus_one, 0, 0, height, 0, 0x40000000)
    return movie[:matrix] + values + movie[matrix + 36 :]

"""Slate and ident: what every channel can air before it has anything else.

Both are kept under a name that holds a digest of the words on them, so a second start finds them, and a
changed name makes new ones. They are not made at idle priority: the channel waits for them.
"""

import asyncio
import hashlib
import re
from pathlib import Path

from lppl import quanta
from lppl.demo import cards
from lppl.demo.making import Order, Tools, bench, encode, speak, work
from lppl.demo.scenes import ROOM, Layer, Scene, mapped, music_only, tags, voice_over
from lppl.media import ChannelKind

SIZE = (1280, 720)
SLATE = quanta.seconds(12)
IDENT = quanta.seconds(30)
RADIO_IDENT = quanta.seconds(25)
LOOK = 1
"""Raised when slate or ident are made differently, so that stations make them again."""

CHORD = (564, 846, 1128, 1410, 1692, 2256)
"""The slate's chord (2:3:4:5:6:8 on 147 Hz) in cycles per 3.84 s: whole, so its end meets its beginning."""

EXACT_SOUND = ("-c:a", "pcm_s16le", "-ar", "48000", "-ac", "2")
"""Uncompressed: no encoder delay, so lengths are exact and a loop has no seam."""
REPEATABLE = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact")
"""No version strings and dates: the same words give the same bytes, thus the same asset."""


async def make_slate(
    folder: Path, station: str, channel: str, kind: ChannelKind, *, tools: Tools | None = None
) -> Path:
    """Make, or find, the slate of a channel: exactly 3.84 s (12 quanta) that loop without a seam.

    TV: a still card with a soft steady chord at about -20 LUFS (.mov, 720p25). Radio: a soft music bed
    (.flac, 48 kHz stereo, no picture). `channel` is its name as people know it. Raises ProcessFailed, OSError.
    """
    out = folder / _name("slate", kind, (station, channel))
    if await asyncio.to_thread(out.is_file):
        return out
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    tools = tools or Tools.find()
    about = tags(title="Mohon tunggu sebentar", artist=channel, album=station)
    async with bench() as desk:
        if kind is ChannelKind.RADIO:
            await work([("bed", {"out": str(desk / "bed.wav"), "seconds": SLATE, "peak": 0.32})], idle=False)
            await encode(tools, ["-i", str(desk / "bed.wav"), "-c:a", "flac", *REPEATABLE, *about], out, idle=False)
            return out
        card = desk / "card.png"
        await work([("slate", {"out": str(card), "size": SIZE, "station": station, "channel": channel})], idle=False)
        await encode(tools, [*_slate_arguments(card), *about], out, idle=False)
    return out


def _slate_arguments(card: Path) -> list[str]:
    still = Scene(SIZE, "25", SLATE, card, period=1, step=0)
    return [
        *still.inputs(),
        "-f", "lavfi", "-i", _chord(),
        "-filter_complex", still.graph(),
        *mapped(["[v]", "1:a"]),
        "-t", str(SLATE),
        "-c:v", "libx264", "-preset", "ultrafast", "-tune", "stillimage", "-crf", "12",
        *EXACT_SOUND, *REPEATABLE,
    ]  # fmt: skip


def _chord() -> str:
    """Return an aevalsrc graph: the odd and the even partials swell in turn, once in 3.84 s."""
    wave = [f"{0.097 / (1 + i * 0.55):.4f}*sin(2*PI*{n}*t/{SLATE})" for i, n in enumerate(CHORD)]
    sides = [
        "+".join(
            f"(0.82+0.18*sin(2*PI*t/{SLATE}+{phase + side}))*({'+'.join(wave[first::2])})"
            for first, phase in ((0, 0.0), (1, 3.1))
        )
        for side in (0.0, 0.9)  # a little apart, left and right
    ]
    return f"aevalsrc='{'|'.join(sides)}':s=48000:d={SLATE}"


async def make_ident(
    folder: Path, station: str, channel: str, place: str, kind: ChannelKind, *, tools: Tools | None = None
) -> Path:
    """Make, or find, the ident of a channel.

    TV: 9.6 s (30 quanta, .mov, 720p25) of moving batik with the channel's name, the place and a chime.
    Radio: 8 s or a little more (whole quanta, .flac) of chime with the spoken name; the chime alone where
    espeak-ng is missing. Raises ProcessFailed, OSError.
    """
    tools = tools or Tools.find()
    out = folder / _name("ident", kind, (station, channel, place, "suara" if tools.espeak else "nada"))
    if await asyncio.to_thread(out.is_file):
        return out
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    about = tags(title=f"Tanda pengenal {channel}", artist=channel, album=station)
    async with bench() as desk:
        if kind is ChannelKind.RADIO:
            await _radio_ident(tools, desk, f"{channel}. {place}.", about, out)
        else:
            chime: Order = ("chime", {"out": str(desk / "chime.wav"), "seconds": IDENT})
            above = station if station != channel else "Lembaga Penyiaran Publik Lokal"
            await asyncio.gather(  # drawing and composing, side by side
                work([chime], idle=False), work(ident_orders(desk, SIZE, channel, above, place), idle=False)
            )
            scene = ident_scene(desk, SIZE, "25", IDENT)
            graph = f"{scene.graph()};{music_only(len(scene.layers) + 1, IDENT)}"
            await encode(tools, [
                *scene.inputs(), "-i", str(desk / "chime.wav"), "-filter_complex", graph, *mapped(["[v]", "[a]"]),
                "-t", str(IDENT), "-c:v", "libx264", "-preset", "ultrafast", "-crf", "19",
                *EXACT_SOUND, *REPEATABLE, *about,
            ], out, idle=False)  # fmt: skip
    return out


async def _radio_ident(tools: Tools, desk: Path, words: str, about: list[str], out: Path) -> None:
    spoken = await speak(tools, words, desk / "voice.wav", idle=False)
    seconds = max(RADIO_IDENT, quanta.seconds(quanta.covering(3.6 + spoken + 1.2)))
    await work([("chime", {"out": str(desk / "chime.wav"), "seconds": seconds})], idle=False)
    voice = ["-i", str(desk / "voice.wav")] if spoken else []
    graph = voice_over(1, 0, seconds, 3.6, 0.45) if spoken else f"[0:a]{ROOM},atrim=end={seconds}[a]"
    await encode(tools, [
        "-i", str(desk / "chime.wav"), *voice, "-filter_complex", graph, *mapped(["[a]"]),
        # 24-bit would be the default after filters; 16 bits are plenty
        "-c:a", "flac", "-sample_fmt", "s16", "-ar", "48000", *REPEATABLE, *about,
    ], out, idle=False)  # fmt: skip


def ident_orders(desk: Path, size: tuple[int, int], name: str, above: str, below: str) -> list[Order]:
    """Return the drawings that :func:`ident_scene` needs in `desk`."""
    unit = min(size) / 720
    return [
        ("ground", {"out": str(desk / "ground.png"), "size": size, "pattern": "parang"}),
        ("rosette", {"out": str(desk / "rosette.png"), "side": round(300 * unit)}),
        ("title", {"out": str(desk / "title.png"), "size": size, "name": name, "above": above, "below": below}),
        ("frieze", {"out": str(desk / "frieze.png"), "width": size[0], "height": round(30 * unit) * 2}),
    ]


def ident_scene(desk: Path, size: tuple[int, int], fps: str, seconds: float) -> Scene:
    """Return the ident as a scene: parang slides, the medallion turns, the name appears."""
    w, h = size
    unit = min(size) / 720
    side, band = round(300 * unit), round(30 * unit) * 2
    return Scene(
        size, fps, seconds, desk / "ground.png", cards.period("parang", size),
        (
            Layer(desk / "frieze.png", 0, h - band, slides=band - 8, width=w),
            Layer(desk / "rosette.png", (w - side) // 4 * 2, round(h * 0.06) // 2 * 2, turns=38.4),
            Layer(desk / "title.png", appears=0.6),
        ),
    )  # fmt: skip


def _name(what: str, kind: ChannelKind, words: tuple[str, ...]) -> str:
    """Return a file name that changes with what is written on the card."""
    digest = hashlib.blake2b("\0".join((str(LOOK), *words)).encode(), digest_size=4).hexdigest()
    readable = re.sub(r"[^a-z0-9]+", "-", words[1].lower()).strip("-")[:40] or "kanal"
    return f"{what}-{readable}-{digest}{'.flac' if kind is ChannelKind.RADIO else '.mov'}"

"""Making one file of the demo station: a card with a voice, a clock, a piece of music, an announcement.

A :class:`Workshop` keeps what several files share (beds of music, the time signal) in its own folder.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

from lppl import durable, process, quanta
from lppl.demo import cards, texts
from lppl.demo.builtin import ident_orders, ident_scene
from lppl.demo.formats import HD25, Format, turned
from lppl.demo.making import QUIET, Order, Tools, encode, speak, work
from lppl.demo.scenes import ROOM, Layer, Scene, mapped, music_only, tags, voice_over
from lppl.demo.texts import Notice

YEAR = "2026"
CLOCK = quanta.seconds(30)


@dataclass(slots=True)
class Workshop:
    """What is needed to make files: programs, the station's words, a folder of our own."""

    tools: Tools
    desk: Path
    station: str
    tv: str
    radio: str
    place: str
    zone: str
    encoders: frozenset[str] = frozenset()
    shared: dict[str, Path] = field(default_factory=dict)

    async def once(self, name: str, make: Callable[[Path], Awaitable[None]]) -> Path:
        """Return the shared file `name` of the desk, made at its first use."""
        if name not in self.shared:
            path = self.desk / name
            await make(path)
            self.shared[name] = path
        return self.shared[name]

    async def music(self, piece: str) -> Path:
        """Return a piece of music as a wave file."""
        return await self.once(f"{piece}.wav", lambda out: work([("piece", {"out": str(out), "name": piece})]))

    async def chime(self, seconds: float, *, rising: bool = True) -> Path:
        """Return the station's call as a wave file."""
        order: Order = ("chime", {"seconds": seconds, "rising": rising})
        name = f"chime-{seconds}-{rising}.wav"
        return await self.once(name, lambda out: work([(order[0], {**order[1], "out": str(out)})]))

    def picture(self, name: str) -> Path:
        """Return a path on the desk for a drawing that the next clip may overwrite."""
        return self.desk / name


async def known_encoders(tools: Tools) -> frozenset[str]:
    """Return the names of ffmpeg's encoders. Raises ProcessFailed, OSError."""
    listed = await process.run([tools.ffmpeg, *QUIET, "-encoders"], idle=True)
    rows = (line.split() for line in listed.decode("utf-8", "replace").splitlines())
    return frozenset(row[1] for row in rows if len(row) > 2 and len(row[0]) == 6)


async def film(
    shop: Workshop, scene: Scene, form: Format, sound: list[str], graph: str, title: str, genre: str, out: Path
) -> None:
    """Encode a scene with its sound (`graph` ends in the pad [a]; empty for a silent clip)."""
    pictures = scene.graph(form.finish)
    about = tags(title=title, artist=shop.tv, album=shop.station, date=YEAR, genre=genre)
    arguments = [
        *scene.inputs(), *sound,
        "-filter_complex", ";".join(part for part in (pictures, graph) if part),
        *mapped(["[v]", "[a]"] if graph else ["[v]"]),
        "-t", str(scene.seconds), *form.video, *form.audio, *about,
    ]  # fmt: skip
    if not form.upright:
        await encode(shop.tools, arguments, out)
        return
    lying = shop.picture(f"lying{form.suffix}")
    await encode(shop.tools, arguments, lying)

    await asyncio.to_thread(lambda: durable.write_file(out, turned(lying.read_bytes())))


async def notice_clip(shop: Workshop, notice: Notice, form: Format, pattern: str, piece: str, out: Path) -> None:
    """Make an announcement for television: a card over a sliding ground, a voice over music."""
    ground, layer, voice = shop.picture("ground.png"), shop.picture("card.png"), shop.picture("voice.wav")
    foot = f"{shop.tv} · {shop.place}"
    await work([
        ("ground", {"out": str(ground), "size": form.size, "pattern": pattern}),
        ("card", {"out": str(layer), "size": form.size, "label": notice.label, "title": notice.title,
                  "lines": notice.lines, "footer": foot}),
    ])  # fmt: skip
    spoken = await speak(shop.tools, notice.speech, voice) if form.audio else 0.0
    seconds = quanta.seconds(quanta.covering(max(20.0 if form.audio else 12.0, spoken + 4.0)))
    scene = Scene(form.size, form.fps, seconds, ground, cards.period(pattern, form.size), (Layer(layer, appears=0.4),))
    sound, graph = [], ""
    if form.audio:
        bed = await shop.music(piece)
        sound = ["-i", str(bed), *(["-i", str(voice)] if spoken else [])]
        graph = voice_over(3, 2, seconds, 1.5) if spoken else music_only(2, seconds)
    await film(shop, scene, form, sound, graph, notice.title, notice.label, out)


async def atmosphere(
    shop: Workshop, pattern: str, piece: str | None, seconds: float, form: Format, title: str, out: Path
) -> None:
    """Make a quiet clip: batik that slides, the channel's name, music."""
    ground, name = shop.picture("ground.png"), shop.picture("title.png")
    await work([
        ("ground", {"out": str(ground), "size": form.size, "pattern": pattern}),
        ("title", {"out": str(name), "size": form.size, "name": shop.tv, "above": title, "below": shop.place}),
    ])  # fmt: skip
    scene = Scene(form.size, form.fps, seconds, ground, cards.period(pattern, form.size), (Layer(name, appears=0.8),))
    sound = ["-i", str(await shop.music(piece) if piece else await shop.chime(seconds))] if form.audio else []
    await film(shop, scene, form, sound, music_only(2, seconds) if form.audio else "", title, "Sisipan", out)


async def bumper(shop: Workshop, form: Format, above: str, out: Path) -> None:
    """Make a bumper in the manner of the ident."""
    seconds = quanta.seconds(24)
    await work(ident_orders(shop.desk, form.size, shop.tv, above, shop.place))
    scene = ident_scene(shop.desk, form.size, form.fps, seconds)
    sound = ["-i", str(await shop.chime(seconds))]
    await film(shop, scene, form, sound, music_only(4, seconds), f"{above} · {shop.tv}", "Bumper", out)


async def clock_clip(shop: Workshop, hour: int, out: Path) -> None:
    """Make the studio clock that is right when it starts exactly on the hour `hour`."""

    async def sound(path: Path) -> None:
        chime = await shop.chime(CLOCK, rising=False)
        arguments = ["-i", str(chime), "-filter_complex", music_only(0, CLOCK), "-map", "[a]", *HD25.audio]
        await encode(shop.tools, arguments, path)

    async def ground(path: Path) -> None:
        await work([("ground", {"out": str(path), "size": HD25.size, "pattern": "mendung", "shade": 0.2})])

    encoded, sky = await shop.once("clock.m4a", sound), await shop.once("clock.png", ground)
    layers = shop.picture("clock")
    await asyncio.to_thread(layers.mkdir, exist_ok=True)
    count = ceil(CLOCK)  # one picture a second
    await work([("clock", {"folder": str(layers), "size": HD25.size, "hour": hour, "count": count,
                           "channel": shop.tv, "zone": shop.zone})])  # fmt: skip
    scene = Scene(
        HD25.size, HD25.fps, CLOCK, sky, cards.period("mendung", HD25.size),
        (Layer(layers / "%02d.png", sequence=True),),
    )  # fmt: skip
    about = tags(
        title=f"Pukul {hour:02d}.00 {shop.zone}".strip(), artist=shop.tv, album="Jam", date=YEAR, genre="Penanda waktu"
    )
    await encode(shop.tools, [
        *scene.inputs(), "-i", str(encoded), "-filter_complex", scene.graph(), *mapped(["[v]", "2:a"]),
        "-t", str(CLOCK), *HD25.video, "-c:a", "copy", *about,
    ], out)  # fmt: skip


async def test_card(shop: Workshop, form: Format, out: Path) -> None:
    """Make the moving test picture with a tone of 1 kHz at -18 dBFS, left and right in turn."""
    seconds = quanta.seconds(48)
    picture, mark = shop.picture("test.png"), shop.picture("mark.png")
    side = min(form.size) // 6 // 2 * 2
    await work([
        ("test_picture", {"out": str(picture), "size": form.size, "channel": shop.tv}),
        ("rosette", {"out": str(mark), "side": side}),
        ("frieze", {"out": str(shop.picture("frieze.png")), "width": form.size[0], "height": 48}),
    ])  # fmt: skip
    layers = (
        Layer(shop.picture("frieze.png"), 0, round(form.size[1] * 0.76) // 2 * 2, slides=40, width=form.size[0]),
        Layer(mark, (form.size[0] - side) // 2, round(form.size[1] * 0.62) // 2 * 2 - side, turns=4.0),
    )
    scene = Scene(form.size, form.fps, seconds, picture, 1, layers, step=0)
    tone = "aevalsrc='0.126*sin(2*PI*1000*t)*lt(mod(t,4),3)|0.126*sin(2*PI*1000*t)*gt(mod(t,4),1)':s=48000"
    title = f"Gambar uji {shop.tv}"
    await film(shop, scene, form, ["-f", "lavfi", "-i", tone], "[3:a]anull[a]", title, "Uji siaran", out)


SOUNDS: dict[str, tuple[str, ...]] = {
    ".flac": ("-c:a", "flac", "-sample_fmt", "s16", "-ar", "44100"),
    ".ogg": ("-c:a", "libvorbis", "-q:a", "5", "-ar", "44100"),
    ".mp3": ("-c:a", "libmp3lame", "-b:a", "96k", "-ac", "1", "-ar", "44100", "-id3v2_version", "3"),
    ".m4a": ("-c:a", "aac", "-b:a", "128k", "-ar", "44100"),
    ".opus": ("-c:a", "libopus", "-b:a", "96k"),
}
COVERS = frozenset({".flac", ".mp3", ".m4a"})
"""Formats into which ffmpeg can put a cover."""


async def song(shop: Workshop, piece: str, title: str, pattern: str, seconds: float | None, out: Path) -> None:
    """Make a piece of music for radio, with tags and, where the format has one, a cover."""
    wave = await shop.music(piece)
    picture = ["-i", str(shop.picture("cover.jpg"))] if out.suffix in COVERS else []
    artist = "Karawitan Demo"
    if picture:
        await work([("cover", {"out": str(shop.picture("cover.jpg")), "side": 600, "pattern": pattern,
                               "title": title, "artist": artist})])  # fmt: skip
    graph = music_only(0, seconds, 1.0) if seconds else f"[0:a]{ROOM},alimiter=limit=0.84:level=disabled[a]"
    cover = ["-map", "1:v", "-c:v", "copy", "-disposition:v", "attached_pic"] if picture else []
    about = tags(title=title, artist=artist, album=f"Musik {shop.radio}", date=YEAR, genre="Karawitan")
    await encode(shop.tools, [
        "-i", str(wave), *picture, "-filter_complex", graph, "-map", "[a]", *cover, *SOUNDS[out.suffix], *about,
    ], out)  # fmt: skip


async def talk(shop: Workshop, words: str, title: str, genre: str, music: Path, delay: float, out: Path) -> None:
    """Make a spoken item for radio over `music`; the music alone where no speech can be made."""
    voice = shop.picture("voice.wav")
    spoken = await speak(shop.tools, words, voice)
    seconds = quanta.seconds(quanta.covering(max(6.0, delay + spoken + 2.0)))
    graph = voice_over(1, 0, seconds, delay, 0.4) if spoken else music_only(0, seconds)
    about = tags(title=title, artist=shop.radio, album=shop.station, date=YEAR, genre=genre)
    await encode(shop.tools, [
        "-i", str(music), *(["-i", str(voice)] if spoken else []), "-filter_complex", graph, "-map", "[a]",
        *SOUNDS[out.suffix], *about,
    ], out)  # fmt: skip


async def time_signal(shop: Workshop, hour: int, out: Path) -> None:
    """Make the spoken time signal of radio: a gong exactly on the hour, then the words."""
    words = texts.time_signal(hour, shop.zone)
    title = f"Pukul {hour:02d}.00 {shop.zone}".strip()
    await talk(shop, words, title, "Penanda waktu", await shop.chime(CLOCK, rising=False), 3.2, out)

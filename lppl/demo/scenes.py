"""ffmpeg filter graphs: a sliding ground, layers of drawing over it, a voice over a bed of music.

Pure: paths and numbers in, arguments out. Pictures are read once and repeated inside the graph (``loop``):
``-loop 1`` in front of an input would decode the same PNG again for every frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layer:
    """A drawing over the ground, with its top left corner at (x, y) pixels, both even.

    `slides` is the period in pixels of an opaque band that slides, `turns` makes it rotate that many seconds
    for a full turn, `sequence` says that `picture` is a pattern with one picture a second.
    """

    picture: Path
    x: int = 0
    y: int = 0
    appears: float = 0.0
    slides: int = 0
    width: int = 0
    turns: float = 0.0
    sequence: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A moving picture: `ground` is wider than `size` by `period`, and slides `step` pixels a frame."""

    size: tuple[int, int]
    fps: str
    seconds: float
    ground: Path
    period: int
    layers: tuple[Layer, ...] = ()
    step: int = 2

    @property
    def matrix(self) -> str:
        """The colour matrix that players assume for this size."""
        return "bt709" if min(self.size) >= 720 else "bt601"

    def inputs(self) -> list[str]:
        """Return the input arguments: the ground, then the layers, in order."""
        arguments = ["-framerate", self.fps, "-i", str(self.ground)]
        for layer in self.layers:
            arguments += ["-framerate", "1" if layer.sequence else self.fps, "-i", str(layer.picture)]
        return arguments

    def graph(self, finish: str = "null", first: int = 0) -> str:
        """Return the filter graph from inputs `first`... to the pad [v]; `finish` is applied at the end."""
        w, h = self.size
        chains = [
            f"[{first}:v]{self._plane('yuv420p')},{self._held()},"
            f"crop={w}:{h}:x='mod({self.step}*n,{self.period})':y=0[s0]"
        ]
        for i, layer in enumerate(self.layers, 1):
            chains.append(f"[{first + i}:v]{self._layer(layer)}[l{i}]")
            chains.append(f"[s{i - 1}][l{i}]overlay={layer.x}:{layer.y}:format=yuv420:shortest=0[s{i}]")
        # setparams only labels the frames: the conversion above already used this matrix
        label = "bt709" if self.matrix == "bt709" else "bt470bg"
        chains.append(
            f"[s{len(self.layers)}]setparams=range=tv:color_primaries={label}:colorspace={label}:"
            f"color_trc={'bt709' if label == 'bt709' else 'smpte170m'},{finish}[v]"
        )
        return ";".join(chains)

    def _plane(self, pixels: str) -> str:
        return f"scale=out_color_matrix={self.matrix}:out_range=tv,format={pixels}"

    def _held(self) -> str:
        """Repeat one picture for ever, with frame times of its own."""
        return f"loop=-1:1:0,setpts=N/({self.fps})/TB"

    def _layer(self, layer: Layer) -> str:
        if layer.sequence:
            # fps repeats each second's picture, so the hands tick exactly on the second
            return f"{self._plane('yuva420p')},fps={self.fps}"
        if layer.slides:
            travel = f"{layer.slides}-mod({self.step}*n,{layer.slides})"
            return f"{self._plane('yuv420p')},{self._held()},crop={layer.width}:ih:x='{travel}':y=0"
        if layer.turns:
            turned = f"rotate=a='2*PI*t/{layer.turns}':c=none"
            return f"format=rgba,{self._held()},{turned},{self._plane('yuva420p')}{self._fade(layer)}"
        return f"{self._plane('yuva420p')},{self._held()}{self._fade(layer)}"

    def _fade(self, layer: Layer) -> str:
        return f",fade=in:st={layer.appears}:d=0.6:alpha=1" if layer.appears else ""


ROOM = "aecho=0.9:0.85:31|47|73|113:0.16|0.13|0.10|0.07"
"""A small hall: four early reflections (ms, share)."""

CLEAR_VOICE = "highpass=f=110,equalizer=f=3000:t=q:w=1.2:g=3,acompressor=threshold=0.2:ratio=3:makeup=2"
"""Takes the boom out of espeak-ng's voice, lifts its consonants, evens it out."""


def voice_over(voice: int, music: int, seconds: float, delay: float, under: float = 0.3) -> str:
    """Mix the voice of input `voice` over the music of input `music`, which goes down to `under` meanwhile.

    The result, on the pad [a], is 48 kHz stereo and exactly `seconds` long.
    """
    ms = round(delay * 1000)
    return (
        f"[{voice}:a]aresample=48000,{CLEAR_VOICE},pan=stereo|c0=c0|c1=c0,adelay={ms}|{ms}[speech];"
        f"[{music}:a]{ROOM},volume='if(lt(t,{max(0.0, delay - 0.3)}),0.8,{under})':eval=frame[bed];"
        # normalize=0: amix must not halve what it adds up
        f"[speech][bed]amix=inputs=2:duration=longest:normalize=0,{_length(seconds)}[a]"
    )


def music_only(music: int, seconds: float, gain: float = 0.8) -> str:
    """Bring the music of input `music` to the pad [a], exactly `seconds` long."""
    return f"[{music}:a]{ROOM},volume={gain},{_length(seconds)}[a]"


def _length(seconds: float) -> str:
    """Pad or cut to exactly `seconds`, with a short fade at the end, and never over full scale."""
    start = max(0.0, seconds - 0.8)
    return f"apad,atrim=end={seconds},afade=t=out:st={start:.3f}:d=0.8,alimiter=limit=0.84:level=disabled"


def tags(**values: str) -> list[str]:
    """Return ffmpeg arguments that write tags; empty values are left out."""
    return [part for key, value in values.items() if value for part in ("-metadata", f"{key}={value}")]


def mapped(pads: Sequence[str]) -> list[str]:
    """Return ffmpeg arguments that choose graph pads or inputs for the file, in order."""
    return [part for pad in pads for part in ("-map", pad)]

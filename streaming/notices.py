"""A break-in made into a house set: its card, an attention tone, and the voice that is heard.

Made in seconds: somebody waits for it with a hand on the button. The card is drawn by a child
process (:mod:`streaming.notice_drawing`); the sound is mixed once and then conformed like any other.
"""

import asyncio
import json
import shutil
import sys
from pathlib import Path

import ffmpeg

from lppl import process
from lppl.demo.making import Tools, speak
from lppl.demo.scenes import CLEAR_VOICE
from lppl.derived import Notice, derived_id
from lppl.media import AudioFacts, Facts, Profile, Tags
from lppl.quanta import covering, seconds
from streaming.commands import Stream, opened, reporting, stereo
from streaming.conform import STALL_S, Conformed, conform
from streaming.probe import probe

TONE_S = 1.92
BEFORE_VOICE_S = 0.4
AFTER_VOICE_S = 1.2
LONGEST_VOICE_S = 300.0
SILENT_S = 9.6
"""How long a break-in without a voice is: the tone, then a quiet hum, so that it is never taken for dead air."""
TONE = "0.32*sin(2*PI*if(lt(mod(t,0.48),0.24),740,988)*t)*min(1,60*min(mod(t,0.24),0.24-mod(t,0.24)))"
"""Two notes in turn, four times, each with soft edges. It resembles no official warning signal."""
HUM = "0.02*sin(2*PI*196*t)+0.012*sin(2*PI*294*t)"
VOICE_LUFS = -18
SIZE = (1280, 720)
SYNTHETIC = "Suara sintetis."
ORNAMENTS = " -–—=*#~_|"


async def render_notice(
    notice: Notice,
    voice: Path | None,
    profile: Profile,
    house: Path,
    work: Path,
    tools: Tools | None = None,
    *,
    urgent: bool = True,
) -> Conformed:
    """Make the house set of `notice` under `profile`; `voice`: the file of its recording. An existing set is kept.

    What is not `urgent`, because it is made ahead, only has the time that nothing else wants.
    Without espeak-ng nothing is read aloud. Raises ProcessFailed, MediaRefused for a recording that cannot be read,
    HouseFileDamaged, OSError.
    """
    tools = tools or Tools.find()
    name = derived_id(notice)
    bench = work / f"{profile.house(name)}.notice"
    await asyncio.to_thread(shutil.rmtree, bench, ignore_errors=True)
    await asyncio.to_thread(bench.mkdir, parents=True)
    try:
        wav = bench / "sound.wav"
        length_s, synthetic = await _sound(notice, voice, bench, wav, tools, idle=not urgent)
        facts = Facts(
            "wav", 0.0, length_s, None, AudioFacts(0, "pcm_s16le", 2, 48_000, length_s),
            (SYNTHETIC,) if synthetic else (),
        )  # fmt: skip

        async def card(_tags: Tags, out: Path) -> None:
            await draw(notice, out, synthetic=synthetic, idle=not urgent)

        tags = Tags(notice.headline, artist=notice.source or notice.station)
        return await conform(
            wav, facts, tags, name, profile, house, work, lambda _: None, still=card, urgent=urgent, frozen=True
        )  # fmt: skip
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, bench, ignore_errors=True))


def text_of(notice: Notice) -> str:
    """Return what a voice reads: the label, the headline, the lines, the source; each a sentence.

    Dashes and stars around a text are for the eye; espeak-ng would take those at its beginning for options.
    """
    parts = [notice.label.strip(ORNAMENTS).capitalize(), notice.headline, *notice.lines]
    if notice.source:
        parts.append(f"Sumber: {notice.source}")
    said = [part for text in parts if (part := text.strip(ORNAMENTS))]
    return " ".join(part if part[-1] in ".!?" else f"{part}." for part in said)


async def _sound(
    notice: Notice, voice: Path | None, bench: Path, out: Path, tools: Tools, *, idle: bool
) -> tuple[float, bool]:
    """Mix the sound of `notice`; return its length in seconds, whole quanta, and whether a synthetic voice reads."""
    spoken: Stream | None = None
    voice_s, synthetic = 0.0, False
    if voice is not None:
        facts = await probe(voice)
        if facts.audio is not None:
            voice_s = min(facts.duration_s, LONGEST_VOICE_S)
            spoken = stereo(opened(voice), facts)
    elif notice.spoken and (text := text_of(notice)):
        voice_s = await speak(tools, text, bench / "voice.wav", idle=idle)
        synthetic = voice_s > 0
        if synthetic:
            spoken = _synthetic(bench / "voice.wav")
    delay_s = (TONE_S if notice.tone else 0.0) + BEFORE_VOICE_S
    length_s = seconds(covering(delay_s + voice_s + AFTER_VOICE_S)) if spoken is not None else SILENT_S
    await process.run(_mixed(notice, spoken, delay_s, length_s, out), idle=idle, timeout=STALL_S)
    return length_s, synthetic


def _synthetic(path: Path) -> Stream:
    stream = opened(path)["a"].filter("aresample", 48_000)
    for step in CLEAR_VOICE.split(","):
        name, _, options = step.partition("=")
        stream = stream.filter(name, **dict(pair.split("=", 1) for pair in options.split(":")))
    return stream.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")


def _mixed(notice: Notice, spoken: Stream | None, delay_s: float, length_s: float, out: Path) -> list[str]:
    """Return the ffmpeg command that writes tone, hum and voice into one wave file of exactly `length_s`."""
    parts = []
    if notice.tone:
        tone = ffmpeg.input(f"aevalsrc='{TONE}|{TONE}':s=48000:d={TONE_S}", format="lavfi")
        parts.append(tone.filter("apad", whole_dur=length_s))
    if spoken is None:
        parts.append(ffmpeg.input(f"aevalsrc='{HUM}|{HUM}':s=48000:d={length_s}", format="lavfi")["a"])
    else:
        level = spoken.filter("loudnorm", I=VOICE_LUFS, TP=-2, LRA=7).filter("aresample", 48_000)
        # loudnorm forgets the layout
        level = level.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")
        parts.append(level.filter("adelay", f"{round(delay_s * 1000)}", all=1))
    mixed = ffmpeg.filter(parts, "amix", inputs=len(parts), normalize=0) if len(parts) > 1 else parts[0]
    mixed = mixed.filter("apad").filter("atrim", end=length_s)
    made = ffmpeg.output(mixed, str(out), acodec="pcm_s16le", ar=48_000, ac=2, format="wav", fflags="+bitexact")
    return reporting(made.compile(overwrite_output=True))


async def draw(notice: Notice, out: Path, *, synthetic: bool, idle: bool = False, size: tuple[int, int] = SIZE) -> None:
    """Draw the card of `notice` in a child process. Raises ProcessFailed."""
    order = {"out": str(out), "size": size, "notice": notice.model_dump(mode="json"), "synthetic": synthetic}
    home = str(Path(__file__).parents[1])  # the child finds this very package wherever it was imported from
    code = f"import sys; sys.path.insert(0, {home!r}); from streaming.notice_drawing import main; main(sys.argv[1])"
    await process.run([sys.executable, "-c", code, json.dumps(order)], idle=idle)

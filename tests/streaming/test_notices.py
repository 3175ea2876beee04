"""A break-in's card and sound, made by the real tools: whole, loud enough, readable, marked where a machine speaks."""

import subprocess
from pathlib import Path

import pytest
from PIL import Image

from lppl.break_in import BreakIn, notice_of
from lppl.demo.look import font
from lppl.demo.making import Tools
from lppl.derived import Notice, derived_id
from lppl.media import AudioRung, ChannelKind, Profile, VideoRung
from lppl.quanta import FRAMES, GOP
from streaming.house import HouseSet, folder_of, gop_grid
from streaming.notice_drawing import RED, SMALLEST, WHITE, card, fitted, wrapped
from streaming.notices import SILENT_S, SYNTHETIC, TONE_S, draw, render_notice, text_of

TV = Profile(ChannelKind.TV, (VideoRung("v180", 320, 180, 300_000), VideoRung("v90", 160, 90, 80_000)),
             (AudioRung("a64", 64_000),), -16.0, -1.5, "ultrafast")  # fmt: skip
RADIO = Profile(ChannelKind.RADIO, (), (AudioRung("a64", 64_000),), -16.0, -1.5, "ultrafast")
SILENT = BreakIn(id="rob", headline="Rob di Panjang", lines=("Jauhi pantai.",), source="BPBD", spoken=False)
NO_VOICE = Tools()
"""A machine without espeak-ng."""


def made(house: Path, notice: Notice, profile: Profile) -> HouseSet:
    return HouseSet(folder_of(house, profile.house(derived_id(notice))))


def decoded(path: Path) -> str:
    """Decode a file; return what ffmpeg complains of."""
    argv = ["ffmpeg", "-v", "warning", "-xerror", "-i", str(path), "-f", "null", "-"]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stderr


async def test_a_silent_notice_is_a_whole_set_that_never_sounds_dead(tmp_path: Path) -> None:
    notice = notice_of(SILENT, "TV Uji")
    result = await render_notice(notice, None, TV, tmp_path / "house", tmp_path / "work")
    found = made(tmp_path / "house", notice, TV)
    assert result.quanta == found.quanta == round(SILENT_S / 0.32)
    assert result.notes == ()
    for rendition in found.renditions.values():
        assert decoded(rendition.path) == ""
    frames = ["ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"]
    counted = subprocess.run([*frames, str(found.renditions["v180"].path)], capture_output=True, text=True, check=True)
    assert int(counted.stdout) == found.quanta * FRAMES
    assert [found.next_gop(q) for q in range(0, found.quanta, GOP)] == gop_grid(found.quanta)
    loud = ["ffmpeg", "-hide_banner", "-i", str(found.renditions["a64"].path), "-af", "silencedetect=n=-60dB:d=0.5"]
    heard = subprocess.run([*loud, "-f", "null", "-"], capture_output=True, text=True, check=True).stderr
    assert "silence_start" not in heard
    assert not list((tmp_path / "work").iterdir()), "nothing is left behind"
    again = await render_notice(notice, None, TV, tmp_path / "house", tmp_path / "work")
    assert again == result, "what is there is kept"


@pytest.mark.skipif(Tools.find().espeak is None, reason="no synthetic voice on this machine")
async def test_a_synthetic_voice_reads_the_text_and_is_marked(tmp_path: Path) -> None:
    notice = notice_of(SILENT.model_copy(update={"spoken": True, "label": "--- PENTING ---"}), "Radio Uji")
    result = await render_notice(notice, None, RADIO, tmp_path / "house", tmp_path / "work")
    assert SYNTHETIC in result.notes
    assert made(tmp_path / "house", notice, RADIO).quanta * 0.32 > TONE_S + 3
    mute = await render_notice(notice, None, RADIO, tmp_path / "without", tmp_path / "work", NO_VOICE)
    assert SYNTHETIC not in mute.notes
    assert mute.quanta == round(SILENT_S / 0.32)


async def test_a_recording_is_heard_after_the_tone(tmp_path: Path) -> None:
    voice = tmp_path / "suara.wav"
    tone = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=300:d=5", str(voice)]
    subprocess.run(tone, check=True)
    notice = notice_of(SILENT.model_copy(update={"voice": "suara.wav", "voice_asset": "a" * 40}), "Radio Uji")
    result = await render_notice(notice, voice, RADIO, tmp_path / "house", tmp_path / "work")
    assert 5 + TONE_S < result.quanta * 0.32 < 5 + TONE_S + 2.5
    assert result.lufs is not None and abs(result.lufs + result.gain_db - RADIO.target_lufs) < 1.5


def test_what_is_read_is_made_of_sentences() -> None:
    said = text_of(notice_of(SILENT, "Radio Uji"))
    assert said == "Sela darurat. Rob di Panjang. Jauhi pantai. Sumber: BPBD."
    framed = SILENT.model_copy(
        update={"label": "--- PENTING ---", "headline": "*** Rob ***", "lines": ("-", "- Awas!")}
    )
    assert text_of(notice_of(framed, "Radio Uji")) == "Penting. Rob. Awas! Sumber: BPBD."


async def test_the_card_is_red_with_large_letters_and_carries_the_mark(tmp_path: Path) -> None:
    notice = notice_of(SILENT, "TV Uji")
    for name, synthetic in (("plain", False), ("marked", True)):
        await draw(notice, tmp_path / f"{name}.png", synthetic=synthetic)
    plain, marked = (Image.open(tmp_path / f"{name}.png").convert("RGB") for name in ("plain", "marked"))
    assert plain.size == (1280, 720)
    colours = [plain.getpixel((x, 300)) for x in range(1200, 1280)]
    assert all(isinstance(c, tuple) and c[0] > 2 * c[1] and c[0] > 2 * c[2] for c in colours)
    assert plain.tobytes() != marked.tobytes()
    foot = (0, 600, 1280, 700)
    assert plain.crop((0, 0, 1280, 590)).tobytes() == marked.crop((0, 0, 1280, 590)).tobytes()
    assert plain.crop(foot).tobytes() != marked.crop(foot).tobytes()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (426, 240)])
def test_too_much_text_is_set_smaller_and_cut_short_but_stays_in_the_frame(size: tuple[int, int]) -> None:
    lines = ["Kelurahan Panjang Wetan dan Bandengan: air laut masuk ke permukiman warga." * 3] * 8
    picture = card(size, "STOP PRESS", "A" * 120, lines, "BMKG " * 30, "TV " * 60, synthetic=True)
    assert picture.size == size
    edge = round(size[0] * 0.04)
    left = [picture.getpixel((x, y)) for x in (edge // 2,) for y in range(size[1] // 4, size[1] * 3 // 4)]
    assert WHITE not in left and all(isinstance(c, tuple) and c[0] <= RED[0] for c in left)
    unit = min(size) / 720
    found = fitted("A" * 120, lines, unit, (size[0] * 0.88, size[1] * 0.6))
    assert found[-1].text.endswith("…")
    smallest = min(float(getattr(line.face, "size", 0)) for line in found)
    assert smallest >= round(46 * (SMALLEST - 0.04) * unit)


def test_a_word_longer_than_the_line_is_broken() -> None:
    face = font(40)
    lines = wrapped("A" * 100 + " akhir", face, 300)
    assert all(face.getlength(line) <= 300 for line in lines)
    assert "".join(lines).replace(" ", "") == "A" * 100 + "akhir"

"""What is said: made once, kept, and never a reason not to answer the phone."""

import array
import math
import shutil
from pathlib import Path

import pytest

from lppl.demo.making import Tools
from lppl.intake.codes import ALPHABET
from lppl.phone.audiosocket import FRAME_BYTES
from lppl.phone.hearing import level_dbfs
from lppl.phone.menu import Prompt
from lppl.phone.prompts import LOUDNESS_DBFS, SIGNS, WORDS, levelled, quiet, ready, substitutes, tone
from tests.lppl.phone.exchange import PROMPTS


def test_there_are_words_for_all_that_can_be_said_and_all_that_a_code_holds() -> None:
    assert set(WORDS) == set(Prompt)
    assert set(ALPHABET) <= set(SIGNS)
    assert "direkam" in WORDS[Prompt.NOTICE]
    assert "dilindungi" in WORDS[Prompt.NOTICE]
    assert "satu satu dua" in WORDS[Prompt.EMERGENCY]


@pytest.mark.parametrize(("hz", "seconds", "dbfs"), [(425, 0.5, -20), (1000, 0.4, -20), (300, 1.0, -40)])
def test_a_tone_is_as_loud_and_long_as_asked_for(hz: float, seconds: float, dbfs: float) -> None:
    pcm = tone(hz, seconds, dbfs)
    assert len(pcm) == seconds * 16_000
    assert level_dbfs(pcm, 1) == pytest.approx(dbfs, abs=0.5)
    assert abs(array.array("h", pcm)[1]) < 500, "it begins without a click"


def test_sound_is_brought_to_its_level_and_never_cut() -> None:
    soft = tone(500, 1.0, -50)
    assert level_dbfs(levelled(soft), 1) == pytest.approx(LOUDNESS_DBFS, abs=0.1)
    peaky = array.array("h", [10] * 7999 + [30_000]).tobytes()
    samples = array.array("h", levelled(peaky))
    assert max(samples) == math.floor(0.9 * 32767)
    assert levelled(bytes(100)) == bytes(FRAME_BYTES)
    assert levelled(b"") == b""


def test_a_code_is_spelled_sign_by_sign_twice() -> None:
    spelled = PROMPTS.spelled("k7-x")
    assert spelled == b"".join(
        (PROMPTS.signs["K"], quiet(0.06), PROMPTS.signs["7"], quiet(0.06), quiet(0.4), PROMPTS.signs["X"], quiet(0.06))
    )
    sound = PROMPTS.sound(Prompt.CODE, "K7-X")
    assert sound == PROMPTS.sounds[Prompt.CODE] + spelled + PROMPTS.again + spelled + PROMPTS.farewell
    assert PROMPTS.sound(Prompt.CODE) == PROMPTS.sounds[Prompt.CODE]
    assert PROMPTS.spelled("Ñ?") == quiet(0.4) * 2, "what has no name is a rest"


async def test_without_a_voice_there_are_tones(tmp_path: Path) -> None:
    for tools in (Tools(espeak=None), Tools(espeak=str(tmp_path / "missing")), Tools(espeak=shutil.which("false"))):
        prompts = await ready(tmp_path, tools)
        assert prompts == substitutes()
    assert all(level_dbfs(prompts.sound(prompt, "K7")) > -30 for prompt in Prompt)
    assert list(tmp_path.iterdir()) == []


def speaker(folder: Path) -> Tools:
    """A voice that counts how often it speaks, and an ffmpeg that copies: what is kept is the subject here."""
    folder.mkdir()
    espeak, ffmpeg = folder / "espeak", folder / "ffmpeg"
    espeak.write_text(
        f'#!/bin/sh\necho x >> {folder}/count\nprintf "RIFF$(date +%N)" > /dev/null\ncp {folder}/w "${{10}}"\n'
    )
    ffmpeg.write_text("#!/bin/sh\nhead -c 3200 /dev/zero | tr '\\\\0' '\\\\021'\n")
    (folder / "w").write_bytes(
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0"
    )
    for script in (espeak, ffmpeg):
        script.chmod(0o755)
    return Tools(str(ffmpeg), str(espeak))


async def test_each_sentence_is_spoken_once_and_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    tools, kept = speaker(tmp_path / "bin"), tmp_path / "prompts"
    count = tmp_path / "bin" / "count"
    first = await ready(kept, tools)
    made = len(count.read_text().split())
    assert made == len(list(kept.iterdir())) == len({*WORDS.values(), *SIGNS.values()}) + 2
    assert await ready(kept, tools) == first
    assert len(count.read_text().split()) == made
    victims = sorted(kept.iterdir())
    victims[0].write_bytes(b"half")
    victims[1].write_bytes(b"")
    assert await ready(kept, tools) == first
    assert len(count.read_text().split()) == made + 2


async def test_a_disk_that_keeps_nothing_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "prompts").write_text("in the way")
    prompts = await ready(tmp_path / "prompts" / "x", speaker(tmp_path / "bin"))
    assert prompts.sounds[Prompt.NOTICE] != substitutes().sounds[Prompt.NOTICE]


@pytest.mark.integration
@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
async def test_real_prompts_are_speech_of_the_right_length_and_level(tmp_path: Path) -> None:
    prompts = await ready(tmp_path)
    assert prompts != substitutes()
    for prompt, words in WORDS.items():
        sound = prompts.sounds[prompt]
        assert len(sound) % FRAME_BYTES == 0
        seconds = len(sound) / 16_000
        assert 1.2 < len(words.split()) / seconds < 3.2, prompt
        assert -26 < level_dbfs(sound) < -17, prompt
        assert max(abs(sample) for sample in array.array("h", sound)) < 32_700
    assert len(set(prompts.signs.values())) == len(SIGNS), "no two signs sound the same"
    assert all(0.4 < len(sound) / 16_000 < 1.6 for sound in prompts.signs.values())
    assert 15 < len(prompts.sound(Prompt.CODE, "K7QF-2M9X")) / 16_000 < 40

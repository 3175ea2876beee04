"""The leanest sound conformed for real: as long as the channel's own set, as loud, mono, and about 32 kbit/s."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from lppl.media import LEAN, AssetId, AudioRung, ChannelKind, Profile, Tags
from streaming.conform import conform
from streaming.fmp4 import AudioTrack
from streaming.house import HouseSet, folder_of
from streaming.probe import probe

pytestmark = pytest.mark.integration
RADIO = Profile(ChannelKind.RADIO, (), (AudioRung("a64", 64_000),), -16.0, -1.5, "veryfast")
ASSET = AssetId("a" * 40)


def decoded(path: Path) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-ac", "2", "-ar", "48000", "-"]
    raw = subprocess.run(argv, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.float32).reshape(-1, 2)


async def test_mono_as_long_and_as_loud(tmp_path: Path) -> None:
    source = tmp_path / "dua.flac"
    noise = "anoisesrc=d=12:c=pink:r=48000:a=0.3:seed=1[a];sine=700:d=12:r=48000[b];[a][b]amerge=inputs=2[s]"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-filter_complex", noise, "-map", "[s]", "-ac", "2", str(source)], check=True
    )
    facts = await probe(source)
    sets = {}
    for profile in (RADIO, RADIO.lean):
        house, work = tmp_path / "house", tmp_path / "work"
        await conform(source, facts, Tags("Dua"), ASSET, profile, house, work, lambda _: None, urgent=True)
        sets[profile.recipe] = HouseSet(folder_of(house, profile.house(ASSET)))
    whole, lean = sets[RADIO.recipe], sets[RADIO.lean.recipe]
    assert whole.quanta == lean.quanta
    rung, own = lean.renditions[LEAN.name], whole.renditions["a64"]
    assert isinstance(rung.track, AudioTrack)
    assert isinstance(own.track, AudioTrack)
    assert rung.track.asc == own.track.asc
    assert 30_000 < rung.info.average < 34_000
    sound, stereo = decoded(rung.path), decoded(own.path)
    assert (sound[:, 0] - sound[:, 1]).std() < 0.25 * sound.std()
    assert (stereo[:, 0] - stereo[:, 1]).std() > 0.5 * stereo.std()
    middle = stereo.mean(axis=1)
    level = 20 * np.log10(sound[:, 0].std() / middle.std())
    assert abs(level) < 1.0

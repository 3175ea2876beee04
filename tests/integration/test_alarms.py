"""A silent item on the real service: heard from its profile, told to other processes, put on record, and over again."""

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.station.service import LADDER, Home, Service, eventually

pytestmark = [pytest.mark.integration, pytest.mark.long]

RADIO = """
[[channels]]
id = "radio"
name = "Radio Uji"
kind = "radio"
silence_s = 3
"""


def sound(home: Home, name: str, source: str) -> None:
    path = home.media / name
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-t", "9.6", str(path)], check=True)


def air(home: Home, *names: str) -> None:
    path = home.schedule("radio")
    path.parent.mkdir(parents=True, exist_ok=True)
    items = ", ".join(f'"{name}"' for name in names)
    block = f'[[block]]\nprogramme = "Uji"\nstart = "00.00"\nend = "24.00"\nitems = [{items}]\nrepeat = true\n'
    path.write_text(block)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "station")
    home.folder.mkdir()
    head = f'demo = false\ndata_dir = "data"\nmedia_dir = "media"\nport = {home.port}\nmin_free_gb = 0\n'
    (home.folder / "lppl.toml").write_text(head + LADDER + RADIO)
    sound(home, "sunyi.flac", "anoisesrc=a=0.0002:r=48000,volume=-10dB")
    sound(home, "gending.flac", "sine=f=440:r=48000")
    return home


def alarms(home: Home) -> list[list[Any]]:
    try:
        found: list[list[Any]] = json.loads((home.data / "state" / "alarms.json").read_bytes())
    except (OSError, ValueError):
        return []
    return found


def incidents(home: Home) -> list[tuple[str, str, bool]]:
    """Return (channel, kind, ended) of each."""
    with closing(sqlite3.connect(f"file:{home.data / 'lppl.db'}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT channel, kind, ended FROM incidents ORDER BY id").fetchall()
    return [(channel, kind, ended is not None) for channel, kind, ended in rows]


@pytest.mark.soak
async def test_a_silent_item_is_an_alarm_until_sound_airs_again(home: Home) -> None:
    air(home, "sunyi.flac", "gending.flac")
    service = await Service.start(home)
    try:
        await service.on_air()

        async def silent() -> bool:
            return [a[:2] for a in alarms(home)] == [["radio", "silence"]]

        async def over() -> bool:
            return not alarms(home)

        async def recorded(ended: bool) -> bool:
            return ("radio", "silence", ended) in incidents(home)

        await eventually(silent, "the alarm of silence")
        assert "Radio Uji" in alarms(home)[0][2] and "unyi" in alarms(home)[0][2]
        await eventually(lambda: recorded(False), "its incident")
        await eventually(over, "sound again")
        await eventually(lambda: recorded(True), "the end of its incident")
    finally:
        await service.close()

"""A planned station for the tests of commands: made once, copied for each test."""

import os
import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.lppl.planned_station import Station, make_station, zone_without_midnight


@pytest.fixture(scope="session")
def planned_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station with material recorded, to be copied and never used itself."""
    folder = tmp_path_factory.mktemp("planned") / "station"
    make_station(folder, zone_without_midnight())
    return folder


@pytest.fixture
def station(
    planned_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Station:
    """A fresh station in its own folder, whose commands are run in this process."""
    folder = tmp_path / "station"
    shutil.copytree(planned_template, folder)
    settings = (folder / "lppl.toml").read_text().replace(str(planned_template), str(folder))
    (folder / "lppl.toml").write_text(settings)
    for name in [name for name in os.environ if name.startswith("LPPL_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    zone = settings.partition('zone = "')[2].partition('"')[0]
    return Station(folder, ZoneInfo(zone), capsys)

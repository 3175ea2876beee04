"""The station's logo stays what it was while its file is away."""

from pathlib import Path

import pytest

from lppl.config import Settings
from lppl.station.graphics import LARGEST, keep_logo
from streaming.rendering import LOGOS


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "media").mkdir()
    return Settings(data_dir=tmp_path / "data", media_dir=tmp_path / "media")


def test_a_logo_is_kept_under_its_content_and_a_new_one_beside_it(settings: Settings) -> None:
    file = settings.media_dir / "logo.png"
    names = []
    for data in (b"satu", b"dua", b"satu"):
        file.write_bytes(data)
        names.append(keep_logo(settings, "logo.png"))
        assert (settings.data_dir / LOGOS / f"{names[-1]}.png").read_bytes() == data
    assert names[0] == names[2] != names[1]


def test_while_its_file_is_away_the_last_logo_stays(settings: Settings) -> None:
    file = settings.media_dir / "logo.png"
    assert keep_logo(settings, "logo.png") == ""
    file.write_bytes(b"satu")
    name = keep_logo(settings, "logo.png")
    file.unlink()
    assert keep_logo(settings, "logo.png") == name
    assert keep_logo(settings, "lain.png") == ""


def test_what_is_far_too_large_is_no_logo(settings: Settings) -> None:
    (settings.media_dir / "logo.png").write_bytes(bytes(LARGEST + 1))
    assert keep_logo(settings, "logo.png") == ""

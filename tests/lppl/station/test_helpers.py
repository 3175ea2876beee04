"""What the station's helpers do when something goes wrong: none of it may reach the air, none of it is final."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lppl.config import Settings
from lppl.media import AssetId, HouseId, Material, Shelf
from lppl.quanta import Quanta
from lppl.rundown import Kind
from lppl.station.nightly import tidy_journal
from lppl.station.records import Records
from lppl.station.work import restricted
from playout.items import stands_in


def shelf(**paths: tuple[str, ...]) -> Shelf:
    return Shelf({AssetId(a): Material(HouseId(f"{a}.x"), AssetId(a), a, Quanta(1), paths=p) for a, p in paths.items()})


def test_a_channel_airs_only_its_folders() -> None:
    whole = shelf(a=("tv/berita/1.mp4",), b=("radio/2.mp3",), c=("radio/3.mp3", "tv/3.mp3"), d=("tvlama/4.mp4",))

    found = restricted(whole, ("tv",))

    assert {a: m.paths for a, m in found.materials.items()} == {"a": ("tv/berita/1.mp4",), "c": ("tv/3.mp3",)}
    assert restricted(whole, ()) is whole


@pytest.mark.parametrize("error", [TimeoutError(), OSError(), OSError("a\nb")])
def test_a_database_that_says_nothing_is_away_all_the_same(error: OSError) -> None:
    records = Records(Settings())

    records.failed(error)

    assert records.failure is not None
    assert records.failure.startswith(type(error).__name__)
    assert "\n" not in records.failure


def test_no_password_of_a_database_is_shown() -> None:
    records = Records(Settings())

    records.failed(OSError("cannot reach postgresql://lppl:rahasia@db/lppl"))

    assert records.failure is not None
    assert "rahasia" not in records.failure


async def test_retention_counts_from_the_newest_file_whatever_the_clock_says(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    # the machine's clock is years ahead of these, as after a wrong setting
    newest = datetime(2020, 6, 1, 12, tzinfo=UTC)
    ages = (timedelta(0), timedelta(days=399), timedelta(days=400), timedelta(days=401))
    for age in ages:
        (folder / f"{newest - age:%Y-%m-%dT%H}.jnl").touch()

    await tidy_journal(Settings(data_dir=tmp_path))

    assert sorted(p.stem for p in folder.iterdir()) == sorted(f"{newest - age:%Y-%m-%dT%H}" for age in ages[:3])


@pytest.mark.parametrize(
    ("running", "coming", "expected"),
    [
        (Kind.SLATE, ["item"], "slate"),
        (Kind.IDENT, ["ident", "slate"], "ident"),
        (Kind.IDENT, [], "ident"),
        (Kind.IDENT, ["ident", "item"], None),  # closes a gap before a hard start
        (Kind.ITEM, ["ident"], None),
        (Kind.PREROLL, ["ident"], None),
        (None, [], None),
    ],
)
def test_a_station_with_nothing_to_air_says_so(running: Kind | None, coming: list[str], expected: str | None) -> None:
    assert stands_in(running, coming) == expected

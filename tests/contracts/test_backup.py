"""A station's records come back whole from a backup, whichever database holds them."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lppl.backup import BackupDamaged, ProgramMissing, TargetNotEmpty, create_backup, restore_backup
from lppl.config import Settings, read_settings
from lppl.database import migrate, open_database
from lppl.library import Library
from lppl.media import AssetId

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SONG, TALK = AssetId("a" * 40), AssetId("b" * 40)


def station(folder: Path, url: str) -> Settings:
    return read_settings(f'database_url = "{url}"\ndata_dir = "{folder}"\nmedia_dir = "{folder / "media"}"', {})


async def known(settings: Settings, *add: AssetId) -> set[AssetId]:
    """Add assets to the records, and return those that are there."""
    engine = open_database(settings.database_url)
    library = Library(engine)
    for asset in add:
        await library.add_asset(asset, 1, asset, NOW)
    there = {asset for asset in (SONG, TALK) if await library.asset(asset)}
    await engine.dispose()
    return there


async def test_records_come_back(database_url: str, tmp_path: Path) -> None:
    settings = station(tmp_path / "data", database_url)
    await migrate(settings.database_url)
    assert await known(settings, SONG) == {SONG}
    archive = await create_backup(settings, tmp_path / "b.tar.gz")
    await known(settings, TALK)
    (settings.data_dir / "keys").mkdir(parents=True)
    with pytest.raises(TargetNotEmpty):
        await restore_backup(archive, settings)
    assert await known(settings) == {SONG, TALK}
    await restore_backup(archive, settings, force=True)
    assert await known(settings) == {SONG}
    await migrate(settings.database_url)
    assert await known(settings, TALK) == {SONG, TALK}


@pytest.mark.integration
async def test_a_server_with_records_is_not_written_over_by_way_of_an_empty_folder(
    database_url: str, tmp_path: Path
) -> None:
    settings = station(tmp_path / "data", database_url)
    await migrate(settings.database_url)
    archive = await create_backup(settings, tmp_path / "b.tar.gz")
    await known(settings, SONG)
    if settings.database_file is None:
        with pytest.raises(TargetNotEmpty):
            await restore_backup(archive, settings, into=tmp_path / "new")
        assert not (tmp_path / "new").exists()
        with pytest.raises(BackupDamaged, match="database_url"):
            await restore_backup(archive, station(tmp_path / "other", "sqlite:///x.db"))
    else:
        await restore_backup(archive, settings, into=tmp_path / "new")
    assert await known(settings) == {SONG}


async def test_without_its_programs_a_server_cannot_be_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = station(tmp_path, "postgresql://lppl:rahasia@127.0.0.1:9/lppl")
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path))
    with pytest.raises(ProgramMissing) as raised:
        await create_backup(settings, tmp_path / "b.tar.gz")
    assert "apt install" in str(raised.value)
    assert [p.name for p in tmp_path.iterdir()] == []

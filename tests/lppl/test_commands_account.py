"""``lppl account``: the first link, adding somebody, a new link, a lost second factor."""

import asyncio
from pathlib import Path

import pytest

from lppl.account_store import AccountStore
from lppl.accounts import Role
from lppl.commands.app import run
from lppl.config import load_settings
from lppl.database import migrate, open_database


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A station with records and nobody in them."""
    (tmp_path / "lppl.toml").write_text('demo = false\ndata_dir = "data"\nport = 8123\n')
    monkeypatch.setenv("LPPL_CONFIG", str(tmp_path / "lppl.toml"))
    (tmp_path / "data").mkdir()
    asyncio.run(migrate(load_settings().database_url))
    return tmp_path


def test_accounts_by_command(station: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["account", "link"]) == 0
    assert capsys.readouterr().out.startswith("http://localhost:8123/kerja/tautan/")
    assert run(["account", "add", "sari", "--name", "Sari", "--role", "admin"]) == 0
    assert "/kerja/tautan/" in capsys.readouterr().out
    assert run(["account", "add", "sari"]) == 1, "the login is taken"
    assert run(["account", "add", "Sari W"]) == 2
    assert run(["account", "add", "tono", "--name", "To\tno"]) == 2
    assert "karakter kendali" in capsys.readouterr().err
    assert run(["account", "add", "budi", "--role", "raja"]) == 2
    capsys.readouterr()
    assert run(["account", "list"]) == 0
    assert "tanpa sandi" in capsys.readouterr().out
    assert run(["account", "link", "sari"]) == 0
    assert run(["account", "link", "siapa"]) == 1
    assert "yang ada: sari" in capsys.readouterr().err


def test_a_lost_second_factor(station: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from datetime import UTC, datetime

    async def with_factor() -> bool:
        engine = open_database(load_settings().database_url)
        store = AccountStore(engine)
        found = await store.credentials("sari")
        if found is None:
            number = await store.add("sari", "Sari", Role.ADMIN, "", "id", datetime.now(UTC))
            assert number is not None
            await store.change(number, totp="x")
            found = await store.credentials("sari")
        await engine.dispose()
        return bool(found and found.totp)

    assert asyncio.run(with_factor())
    assert run(["account", "reset-2fa", "sari"]) == 0
    assert not asyncio.run(with_factor())

"""The ``lppl`` command as a process: its words, its exit codes, one sentence for every trouble."""

import asyncio
import math
import os
import sqlite3
import sys
import wave
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.commands.settings_text import as_toml
from lppl.config import Output, Settings, read_settings
from lppl.database import migrate
from lppl.durable import sole_owner

GUIDE = Path(__file__).parents[2] / "docs" / "panduan" / "operasi.md"
MP3 = (b"ID3\x03\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x64").ljust(4000, b"\x01")


async def lppl(folder: Path, *words: str, code: int = 0, **variables: str) -> tuple[str, str]:
    """Run the command in `folder`; return what it printed and what it said beside."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LPPL_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lppl", *words, env=clean | {"LPPL_DEMO": "0"} | variables, cwd=folder,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode == code, f"{process.returncode}\n{out.decode()}\n{err.decode()}"
    assert b"Traceback" not in err
    return out.decode(), err.decode()


async def test_help_names_every_command_indonesian_first(tmp_path: Path) -> None:
    out, _ = await lppl(tmp_path, "--help")
    for name in ("serve", "media", "doctor", "backup", "restore", "bench", "version", "config"):
        assert f"\n  {name} " in out
    assert "Mengudara sampai dihentikan" in out
    out, _ = await lppl(tmp_path, "serve", "--help")
    assert "--only" in out and "air, web, worker" in " ".join(out.split())


@pytest.mark.parametrize(
    "words",
    [
        ("siar",),
        ("media", "add"),
        ("media", "add", "x", "--to", "../luar"),
        ("media", "list", "--state", "salah"),
        ("media", "list", "--limit", "0"),
        ("restore",),
        ("serve", "--only", "radio"),
    ],
)
async def test_wrong_words_are_exit_code_2(tmp_path: Path, words: Sequence[str]) -> None:
    _, err = await lppl(tmp_path, *words, code=2)
    assert err


@pytest.mark.parametrize("words", [("config", "check"), ("doctor",), ("serve",), ("media", "list"), ("backup",)])
async def test_wrong_settings_are_exit_code_2_and_say_what_was_meant(tmp_path: Path, words: Sequence[str]) -> None:
    _, err = await lppl(tmp_path, *words, code=2, LPPL_PRT="8080")
    assert "LPPL_PORT" in err


async def test_version_and_config(tmp_path: Path) -> None:
    out, _ = await lppl(tmp_path, "version")
    assert out.startswith("LPPL")
    (tmp_path / "lppl.toml").write_text('redis_url = "redis://:rahasia@127.0.0.1/0"\n')
    out, _ = await lppl(tmp_path, "config", "check")
    assert "lppl.toml" in out
    out, _ = await lppl(tmp_path, "config", "show", LPPL_DATABASE_URL="postgresql://u:sandi@db/lppl")
    assert "rahasia" not in out and "sandi" not in out and "***@db/lppl" in out


async def test_media_is_added_and_what_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "Lagu").mkdir()
    (tmp_path / "Lagu" / "a.mp3").write_bytes(MP3)
    (tmp_path / "Lagu" / "sampul.txt").write_text("teks")
    _, err = await lppl(tmp_path, "media", "add", "Lagu", "--to", "musik")
    assert (tmp_path / "media" / "musik" / "Lagu" / "a.mp3").read_bytes() == MP3
    assert "1 ditambahkan" in err and "1 dilewati" in err and "sampul.txt" in err
    _, err = await lppl(tmp_path, "media", "add", "Lagu/a.mp3", "tiada.mp3", "--to", "musik/Lagu", code=1)
    assert "0 ditambahkan" in err and "1 sudah ada" in err and "1 ditolak" in err and "tiada.mp3" in err


async def test_media_is_refused_before_the_disk_hurts_the_air(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(MP3)
    _, err = await lppl(tmp_path, "media", "add", "a.mp3", code=1, LPPL_MIN_FREE_GB="100000")
    assert "min_free_gb" in err and list((tmp_path / "media").iterdir()) == []
    await lppl(tmp_path, "media", "add", "a.mp3", "--link", LPPL_MIN_FREE_GB="100000")  # takes no room


async def test_records_that_are_not_there_stay_away(tmp_path: Path) -> None:
    for words in (("media", "list"), ("media", "add", "a.mp3", "--wait")):
        (tmp_path / "a.mp3").write_bytes(MP3)
        _, err = await lppl(tmp_path, *words, code=1)
        assert "lppl serve" in err
    assert not (tmp_path / "data").exists()


async def test_damaged_records_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "lppl.db").write_bytes(b"bukan basis data" * 100)
    _, err = await lppl(tmp_path, "media", "list", code=1)
    assert "lppl doctor" in err and len(err.splitlines()) == 1
    _, err = await lppl(tmp_path, "backup", code=1)
    assert len(err.splitlines()) == 1


async def _records(folder: Path) -> None:
    (folder / "data" / "state").mkdir(parents=True)
    await migrate(f"sqlite+aiosqlite:///{folder / 'data' / 'lppl.db'}")


async def test_an_empty_library_is_listed(tmp_path: Path) -> None:
    await _records(tmp_path)
    out, err = await lppl(tmp_path, "media", "list", "--search", "x", "--state", "refused")
    assert "Judul / Title" in out and "0 dari 0" in err


async def test_records_of_an_older_release_are_left_to_the_service(tmp_path: Path) -> None:
    await _records(tmp_path)
    with closing(sqlite3.connect(tmp_path / "data" / "lppl.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.commit()
    _, err = await lppl(tmp_path, "media", "list", code=1)
    assert "lppl serve" in err


async def test_backup_and_restore(tmp_path: Path) -> None:
    await _records(tmp_path)
    out, _ = await lppl(tmp_path, "backup")
    file = out.strip()
    assert (tmp_path / file).is_file()
    _, err = await lppl(tmp_path, "restore", file, code=1)
    assert "--force" in err
    out, _ = await lppl(tmp_path, "restore", file, "--into", "baru")
    assert (tmp_path / out.strip() / "lppl.db").is_file()
    _, err = await lppl(tmp_path, "restore", "tiada.tar.gz", "--into", "lain", code=1)
    assert "tiada.tar.gz" in err


async def test_a_restore_refuses_while_the_service_runs(tmp_path: Path) -> None:
    await _records(tmp_path)
    out, _ = await lppl(tmp_path, "backup")
    with sole_owner(tmp_path / "data" / "state" / "air.lock"):
        _, err = await lppl(tmp_path, "restore", out.strip(), "--force", code=1)
    assert "air" in err and (tmp_path / "data" / "lppl.db").exists()


async def test_serve_stays_clear_of_what_is_slow_to_load(tmp_path: Path) -> None:
    """The fast path must not pull in the command line's libraries, nor the database's."""
    code = (
        "import sys; from lppl.__main__ import main; import lppl.config, lppl.station; "
        "code = main(['serve', '--only', 'x']); "
        "slow = {'typer', 'click', 'sqlalchemy', 'alembic'} & set(sys.modules); print(code, sorted(slow))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert out.decode() == "2 []\n"


# --- settings as text --------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1, max_size=30)
NAMES = st.text(st.characters(categories=("L", "M", "N", "P", "S")), min_size=1, max_size=30)


@given(TEXTS, NAMES, st.booleans(), st.integers(1, 65535), st.floats(0.05, 24), st.sampled_from(["a", "b/c", "d e"]))
def test_settings_shown_are_the_settings_read(
    text: str, name: str, demo: bool, port: int, hours: float, folder: str
) -> None:
    start = read_settings(as_toml(read_settings(None, {})), {})
    changed = start.model_copy(
        update={
            "station": start.station.model_copy(update={"name": name}),
            "outputs": (Output(channel="tv", device=text),),
            "demo": demo,
            "port": port,
            "dvr_hours": hours,
            "channels": (start.channels[0].model_copy(update={"folders": (folder,)}), *start.channels[1:]),
        }
    )
    again = read_settings(as_toml(changed), {})
    assert again.model_dump() == changed.model_dump()


def test_secrets_are_shown_only_when_asked_for() -> None:
    settings = read_settings('redis_url = "redis://:rahasia@r/0"\ntrusted_proxies = ["10.0.0.0/8"]', {})
    assert "rahasia" not in as_toml(settings)
    assert read_settings(as_toml(settings, secrets=True), {}).model_dump() == settings.model_dump()


# --- the guide ---------------------------------------------------------------------------------------------


def test_the_guide_names_every_setting_and_its_example_is_valid() -> None:
    text = GUIDE.read_text()
    assert [name for name in Settings.model_fields if f"`{name}`" not in text] == []
    settings = read_settings(text.split("```toml\n")[1].split("```")[0], {})
    assert [c.id for c in settings.channels] == ["tv", "radio"] and settings.outputs[0].device == "hw:1,0"


# --- with the real service ---------------------------------------------------------------------------------


def tone(path: Path) -> None:
    """Write one second of a 440 Hz tone."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(
            b"".join(round(9000 * math.sin(n * 0.3456)).to_bytes(2, "little", signed=True) for n in range(8000))
        )


@pytest.mark.integration
async def test_added_media_is_followed_until_it_is_ready_or_refused(tmp_path: Path) -> None:
    (tmp_path / "lppl.toml").write_text(
        'demo = false\nmin_free_gb = 0\n[[channels]]\nid = "radio"\nname = "Radio"\nkind = "radio"\n'
    )
    tone(tmp_path / "nada.wav")
    (tmp_path / "rusak.mp3").write_bytes(MP3)
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LPPL_")}
    service = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lppl", "serve", "--only", "worker", env=clean, cwd=tmp_path,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert service.stderr is not None
        async with asyncio.timeout(120):
            async for line in service.stderr:
                if b"database_open" in line:
                    break
            _, err = await lppl(tmp_path, "media", "add", "nada.wav", "rusak.mp3", "--wait", code=1)
        assert "✓ nada.wav: siap siar" in err and "✗ rusak.mp3" in err
        out, _ = await lppl(tmp_path, "media", "list")
        assert all(word in out for word in ("Nada", "✓ siap", "LUFS"))
        out, _ = await lppl(tmp_path, "media", "list", "--state", "refused")
        assert "Rusak" in out and "Nada" not in out and "ditolak" in out
    finally:
        service.terminate()
        await service.communicate()
    assert service.returncode == 0

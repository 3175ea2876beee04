"""Doctor: each check against what it is meant to find, in environments that are really broken."""

import asyncio
import json
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from lppl.config import Settings, read_settings
from lppl.database import HEAD, migrate
from lppl.doctor import (
    FILTERS,
    HDR_FILTERS,
    Check,
    State,
    check_clock,
    check_disk,
    check_encoders,
    check_filters,
    check_folder,
    check_fonts,
    check_program,
    check_speech,
    gb_per_hour,
    kernel_synchronised,
    listed,
    major_version,
    worst,
)
from lppl.durable import sole_owner
from lppl.media import ChannelKind
from lppl.reach import check_database, check_port, check_redis, lock_held, occupied, running


def station(folder: Path, text: str = "", **variables: str) -> Settings:
    """Return the settings of a station whose files lie in `folder`."""
    own = {"LPPL_DATA_DIR": str(folder / "data"), "LPPL_MEDIA_DIR": str(folder / "media"), "LPPL_DEMO": "0"}
    return read_settings(text, own | variables)


def program(path: Path, says: str, code: int = 0) -> str:
    """Write a program that prints `says`, whatever it is asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{says}\nEND\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


def is_bilingual(check: Check) -> bool:
    return " / " in check.remedy


# --- programs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "major"),
    [
        ("ffmpeg version 5.1.9-0+deb12u1 Copyright (c)", 5),
        ("ffmpeg version n7.0.2 Copyright", 7),
        ("ffprobe version 4.4.2-0ubuntu0.22.04.1", 4),
        ("ffmpeg version 10.0", 10),
        ("ffmpeg version N-112345-gabcdef", None),
        ("ffmpeg version 2024-01-01-git-abc", None),
        ("", None),
    ],
)
def test_major_version(text: str, major: int | None) -> None:
    assert major_version(text) == major


def test_listed_reads_old_and_new_tables() -> None:
    table = " V..... = Video\n ------\n V....D libx264              libx264 H.264\n A....D aac                  AAC\n"
    table += (
        " T.C aap               AA->A      Affine\n TS bwdif             V->V       Deinterlace\n .. color  |->V x\n"
    )
    assert listed(table) == {"libx264", "aac", "aap", "bwdif", "color"}


@pytest.mark.parametrize(
    ("says", "state"),
    [
        ("ffmpeg version 5.1.2 Copyright", State.OK),
        ("ffmpeg version 4.4.2 Copyright", State.FAIL),
        ("ffmpeg version N-1-g2 Copyright", State.WARN),
    ],
)
async def test_a_program_is_judged_by_its_version(tmp_path: Path, says: str, state: State) -> None:
    check = await check_program("ffmpeg", program(tmp_path / "ffmpeg", says))
    assert check.state is state and says.split(" C")[0] in check.detail


async def test_a_program_that_is_missing_or_crashes_fails(tmp_path: Path) -> None:
    missing = await check_program("ffprobe", str(tmp_path / "none"))
    crashing = await check_program("ffprobe", program(tmp_path / "ffprobe", "ffprobe version 6.0", code=127))
    assert (missing.state, crashing.state) == (State.FAIL, State.FAIL)
    assert "apt install ffmpeg" in missing.remedy


async def test_encoders_that_lack_are_named(tmp_path: Path) -> None:
    without = program(tmp_path / "ffmpeg", " A....D aac    AAC")
    check = await check_encoders(without)
    assert check.state is State.FAIL and "libx264" in check.detail and "aac" not in check.detail
    assert (await check_encoders(str(tmp_path / "none"))).state is State.FAIL


async def test_filters_that_lack_are_named_and_hdr_ones_cost_only_hdr(tmp_path: Path) -> None:
    def table(names: tuple[str, ...]) -> str:
        return "\n".join(f" T.C {name}    V->V   x" for name in names)

    whole = program(tmp_path / "a", table(FILTERS + HDR_FILTERS))
    no_hdr = program(tmp_path / "b", table(FILTERS))
    poor = program(tmp_path / "c", table(FILTERS[1:]))
    assert (await check_filters(whole)).state is State.OK
    hdr = await check_filters(no_hdr)
    assert hdr.state is State.WARN and "zscale" in hdr.detail
    lacking = await check_filters(poor)
    assert lacking.state is State.FAIL and FILTERS[0] in lacking.detail


@pytest.mark.parametrize(("demo", "state"), [("1", State.WARN), ("0", State.OK)])
def test_speech_is_missed_only_by_the_demo(tmp_path: Path, demo: str, state: State) -> None:
    assert check_speech(station(tmp_path, LPPL_DEMO=demo), str(tmp_path)).state is state


def test_speech_is_found(tmp_path: Path) -> None:
    program(tmp_path / "espeak-ng", "")
    check = check_speech(station(tmp_path, LPPL_DEMO="1"), str(tmp_path))
    assert check.state is State.OK and "ada /" in check.detail


def test_fonts_missing_is_a_warning(tmp_path: Path) -> None:
    check = check_fonts((tmp_path,))
    assert check.state is State.WARN and "fonts-dejavu-core" in check.remedy


# --- disk and folders --------------------------------------------------------------------------------------


def test_an_hour_of_the_default_ladder_takes_two_gigabytes(tmp_path: Path) -> None:
    settings = station(tmp_path)
    assert gb_per_hour(settings, ChannelKind.TV) == pytest.approx(2.1, abs=0.1)
    assert gb_per_hour(settings, ChannelKind.RADIO) == pytest.approx(0.086, abs=0.001)


def test_a_full_disk_fails(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free / 1e9
    check = check_disk(station(tmp_path, f"min_free_gb = {free + 50:.0f}"))
    assert check.state is State.FAIL and "min_free_gb" in check.detail and is_bilingual(check)


def test_a_disk_with_little_room_warns_and_tells_hours(tmp_path: Path) -> None:
    # an audio rung at its highest and a ladder of 8 x 40 Mbit/s: 144 GB an hour
    ladder = "".join(f'[[ladder]]\nname = "v{n}"\nwidth = 1280\nheight = 720\nbitrate = "40M"\n' for n in range(8))
    free = shutil.disk_usage(tmp_path).free / 1e9
    check = check_disk(station(tmp_path, f"min_free_gb = {max(0.0, free - 100):.3f}\n{ladder}"))
    assert check.state is State.WARN and "jam tv" in check.detail


def test_a_disk_with_room_is_fine(tmp_path: Path) -> None:
    settings = station(tmp_path, 'min_free_gb = 0\n[[channels]]\nid = "r"\nname = "R"\nkind = "radio"')
    check = check_disk(settings)
    assert check.state is State.OK and "jam radio" in check.detail and "jam tv" not in check.detail


def test_folders(tmp_path: Path) -> None:
    there, file = tmp_path / "there", tmp_path / "file"
    there.mkdir()
    file.write_text("x")
    assert check_folder("data_dir", there).state is State.OK
    assert check_folder("data_dir", tmp_path / "a" / "b").state is State.OK
    assert not (tmp_path / "a").exists()  # a doctor does not operate
    assert list(there.iterdir()) == []
    wrong = check_folder("data_dir", file)
    assert wrong.state is State.FAIL and is_bilingual(wrong)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    closed = Path("/proc/self")  # nobody, not even root, can write there
    assert check_folder("data_dir", closed).state is State.FAIL
    assert check_folder("media_dir", closed, needed=False).state is State.WARN
    assert check_folder("data_dir", closed / "data").state is State.FAIL


# --- clock -------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "synchronised", "state"),
    [
        (NOW, True, State.OK),
        (NOW, None, State.OK),
        (NOW, False, State.WARN),
        (datetime(1970, 1, 1, 0, 5, tzinfo=UTC), True, State.FAIL),
        (datetime(2026, 1, 1, tzinfo=UTC) - timedelta(seconds=1), False, State.FAIL),
    ],
)
def test_clock(now: datetime, synchronised: bool | None, state: State) -> None:
    check = check_clock(now, synchronised)
    assert check.state is state and bool(check.remedy) is (state is not State.OK)


def test_the_kernel_says_what_timedatectl_shows() -> None:
    assert kernel_synchronised() in (True, False, None)
    adjusted = Path("/run/systemd/timesync/synchronized")
    if adjusted.exists():
        assert kernel_synchronised() is True


# --- port --------------------------------------------------------------------------------------------------


@pytest.fixture
async def answering() -> AsyncIterator[Callable[[Any], Awaitable[int]]]:
    """Give a function that starts a server whose /healthz answers a value; it returns the port."""
    runners: list[web.AppRunner] = []

    async def start(body: Any) -> int:
        async def healthz(_: web.Request) -> web.Response:
            return web.json_response(body)

        app = web.Application()
        app.router.add_get("/healthz", healthz)
        runner = web.AppRunner(app)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return int(runner.addresses[0][1])

    yield start
    for runner in runners:
        await runner.cleanup()


async def test_a_free_port(tmp_path: Path) -> None:
    assert (await check_port(station(tmp_path, LPPL_PORT="0"))).state is State.OK


async def test_a_port_of_another_program_fails(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        assert occupied("127.0.0.1", other.getsockname()[1]) is not None
        other.listen()
        accepting = asyncio.create_task(_hang_up(other))
        check = await check_port(station(tmp_path, LPPL_PORT=str(other.getsockname()[1])))
        accepting.cancel()
    assert check.state is State.FAIL and "program lain" in check.detail and "LPPL_PORT" in check.remedy


async def _hang_up(server: socket.socket) -> None:
    server.setblocking(False)
    connection, _ = await asyncio.get_running_loop().sock_accept(server)
    connection.close()


async def test_a_web_server_that_is_not_ours_fails(tmp_path: Path, answering: Callable[[Any], Awaitable[int]]) -> None:
    for body in ({"hello": 1}, ["status", "channels"]):
        port = await answering(body)
        assert (await check_port(station(tmp_path, LPPL_PORT=str(port)))).state is State.FAIL


@pytest.mark.parametrize(("status", "state"), [("ok", State.OK), ("degraded", State.WARN), ("off-air", State.FAIL)])
async def test_our_own_running_service_is_asked(
    tmp_path: Path, answering: Callable[[Any], Awaitable[int]], status: str, state: State
) -> None:
    settings = station(tmp_path, LPPL_PORT=str(await answering({"status": status, "channels": []})))
    (settings.data_dir / "state").mkdir(parents=True)
    with sole_owner(settings.data_dir / "state" / "air.lock"):
        check = await check_port(settings)
    assert check.state is state and status in check.detail
    assert (await check_port(settings)).detail.endswith("has another data folder")


async def test_a_host_that_is_not_here(tmp_path: Path) -> None:
    check = await check_port(station(tmp_path, LPPL_HOST="192.0.2.1", LPPL_PORT="8080"))
    assert check.state is State.FAIL and "host" in check.remedy


def test_a_well_service_needs_no_remedy() -> None:
    assert running("a:1", {"status": "ok", "channels": []}, ours=True).remedy == ""


def test_lock_held_sees_a_lock_without_taking_it(tmp_path: Path) -> None:
    path = tmp_path / "air.lock"
    assert not lock_held(path)
    with sole_owner(path):
        assert lock_held(path)
        assert not lock_held(path, tmp_path / "no-locks")
    assert path.exists() and not lock_held(path)


# --- records and Redis -------------------------------------------------------------------------------------


async def test_no_database_yet_is_fine_and_stays_none(tmp_path: Path) -> None:
    settings = station(tmp_path)
    assert (await check_database(settings)).state is State.OK
    assert not settings.data_dir.exists()


async def _made(folder: Path) -> Settings:
    settings = station(folder)
    settings.data_dir.mkdir()
    await migrate(settings.database_url)
    return settings


async def test_a_whole_database_is_fine(tmp_path: Path) -> None:
    check = await check_database(await _made(tmp_path))
    assert check.state is State.OK and HEAD in check.detail


@pytest.mark.parametrize(("version", "state"), [("0000", State.WARN), ("9999", State.FAIL)])
async def test_a_database_of_another_release(tmp_path: Path, version: str, state: State) -> None:
    settings = await _made(tmp_path)
    with closing(sqlite3.connect(settings.data_dir / "lppl.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.commit()
    check = await check_database(settings)
    assert check.state is state and version in check.detail


async def test_a_damaged_database_fails_and_names_the_backup(tmp_path: Path) -> None:
    settings = await _made(tmp_path)
    path = settings.data_dir / "lppl.db"
    with path.open("r+b") as file:  # pages in the middle, the head stays
        file.seek(4096)
        file.write(os.urandom(8 * 4096))
    check = await check_database(settings)
    assert check.state is State.FAIL and "lppl restore" in check.remedy
    path.write_bytes(b"not a database at all" * 100)
    check = await check_database(settings)
    assert check.state is State.FAIL and "rusak" in check.detail


async def test_a_database_server_that_is_away_fails_without_its_password(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    settings = station(tmp_path, LPPL_DATABASE_URL=f"postgresql://lppl:rahasia@127.0.0.1:{port}/lppl")
    check = await check_database(settings)
    assert check.state is State.FAIL
    assert "rahasia" not in check.detail + check.remedy and "127.0.0.1" in check.detail


async def test_redis(tmp_path: Path) -> None:
    assert await check_redis(station(tmp_path)) is None
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    check = await check_redis(station(tmp_path, LPPL_REDIS_URL=f"redis://:rahasia@127.0.0.1:{port}/0"))
    assert check is not None and check.state is State.FAIL
    assert "rahasia" not in check.detail


@pytest.mark.integration
async def test_a_redis_that_answers(tmp_path: Path) -> None:
    server = shutil.which("redis-server")
    assert server, "scripts/system test installs redis-server"
    path = tmp_path / "redis.sock"
    process = await asyncio.create_subprocess_exec(
        server, "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            if b"ready to accept" in line.lower():
                break
        check = await check_redis(station(tmp_path, LPPL_REDIS_URL=f"unix://{path}"))
        assert check is not None and check.state is State.OK
    finally:
        process.terminate()
        await process.communicate()


# --- all together ------------------------------------------------------------------------------------------


def test_the_worst_state_counts() -> None:
    fine, odd, bad = Check("a", State.OK, "x"), Check("b", State.WARN, "x", "y"), Check("c", State.FAIL, "x", "y")
    assert worst([]) is State.OK
    assert worst([fine, odd]) is State.WARN
    assert worst([odd, bad, fine]) is State.FAIL


async def doctor(folder: Path, *words: str, **variables: str) -> tuple[int, str]:
    """Run ``lppl doctor`` on the station in `folder` as a process of its own; return its exit code and output."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LPPL_")}
    own = {"LPPL_DATA_DIR": str(folder / "data"), "LPPL_MEDIA_DIR": str(folder / "media"), "LPPL_PORT": "0"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lppl", "doctor", *words, env=clean | own | variables, cwd=folder,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode is not None
    assert err == b"", err.decode()
    return process.returncode, out.decode()


@pytest.mark.integration
async def test_without_programs_everything_that_needs_them_fails_with_a_remedy(tmp_path: Path) -> None:
    code, out = await doctor(tmp_path, "--json", PATH=str(tmp_path))
    found = {c["name"]: c for c in json.loads(out)["checks"]}
    assert code == 1 and json.loads(out)["state"] == "fail"
    for name in ("ffmpeg", "ffprobe", "encoders", "filters", "house-format"):
        assert found[name]["state"] == "fail" and found[name]["remedy"]
    assert found["espeak-ng"]["state"] == "warn"
    assert found["database"]["state"] == found["data_dir"]["state"] == "ok"
    assert not (tmp_path / "data").exists()


@pytest.mark.integration
async def test_on_a_good_machine_nothing_fails(tmp_path: Path) -> None:
    code, out = await doctor(tmp_path, "--json")
    failed = {c["name"] for c in json.loads(out)["checks"] if c["state"] == "fail"}
    assert failed <= {"pages"}  # which are built only where Node.js is
    assert code == (1 if failed else 0)
    found = {c["name"]: c for c in json.loads(out)["checks"]}
    assert found["house-format"]["state"] == "ok"


@pytest.mark.integration
async def test_the_table_says_what_to_do_about_a_wrong_schedule(tmp_path: Path) -> None:
    (tmp_path / "data" / "schedule").mkdir(parents=True)
    (tmp_path / "data" / "schedule" / "radio.toml").write_text('[[block]]\nprogramme = "Pagi"\nstart = "25:00"\n')
    code, out = await doctor(tmp_path)
    assert code == 1
    assert "✗ gagal" in out and "schedule:radio" in out and "baris 3" in out and "→ perbaiki" in out

"""The log: one line an event, JSON for machines, and no secret whatever way it comes in."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lppl.log import masked, without_secrets
from lppl.masking import MASK


def test_everything_inside_is_cleaned_and_the_rest_is_left_as_it_is() -> None:
    value = {"urls": ["redis://:p@h", ("x", 1)], "n": 3, "ok": None, "in": {"api_key": "k", "name": "batik"}}
    assert masked(value) == {
        "urls": [f"redis://:{MASK}@h", ["x", 1]], "n": 3, "ok": None, "in": {"api_key": MASK, "name": "batik"},
    }  # fmt: skip


@pytest.mark.parametrize("key", ["password", "db_passwd", "client_secret", "Authorization", "set_cookie", "ApiKey"])
def test_values_under_telling_names_are_masked(key: str) -> None:
    assert without_secrets(None, "info", {key: "rahasia", "event": "x"}) == {key: MASK, "event": "x"}


# --- as the service configures it, in a process of its own ------------------------------------------------

PROGRAM = """
import asyncio, logging, sys
import structlog
from lppl.config import read_settings
from lppl.log import configure_log

configure_log(read_settings(None, {"LPPL_LOG_JSON": sys.argv[1], "LPPL_LOG_LEVEL": sys.argv[2]}))
log = structlog.get_logger("x")
log.debug("teliti", n=1)
log.info("mulai", url="redis://:rahasia@h/0", token="rahasia", judul="Gambang Sêmarang")
logging.getLogger("pustaka").info("ramai")
logging.getLogger("pustaka").warning("alamat %s", "http://u:rahasia@h/")
try:
    raise ValueError("di http://u:rahasia@h/")
except ValueError:
    log.exception("gagal")
"""


def logged(json_lines: bool, level: str = "info") -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(int(json_lines)), level], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""  # standard output belongs to people
    return done.stderr


def test_json_lines_hold_every_event_and_no_secret() -> None:
    text = logged(True)
    lines: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    assert [(e["level"], e["event"]) for e in lines] == [
        ("info", "mulai"),
        ("warning", f"alamat http://u:{MASK}@h/"),
        ("error", "gagal"),
    ]
    assert "rahasia" not in text
    assert lines[0]["judul"] == "Gambang Sêmarang" and lines[0]["token"] == MASK
    assert all(e["timestamp"].endswith("Z") for e in lines)  # machines compare across zones
    assert "ValueError" in lines[2]["exception"]


def test_lines_for_people_hold_no_secret_and_no_colour_in_a_pipe() -> None:
    text = logged(False)
    assert "mulai" in text and "Gambang Sêmarang" in text and "ValueError" in text
    assert "rahasia" not in text and "\x1b" not in text


def test_the_level_decides() -> None:
    assert "teliti" in logged(True, "debug") and "ramai" not in logged(True, "debug")
    quiet = logged(True, "error")
    assert "gagal" in quiet and "mulai" not in quiet and "alamat" not in quiet


async def test_the_service_logs_its_stop(tmp_path: Path) -> None:
    """The log is set up before the first event, and reaches standard error while the service runs."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LPPL_")}
    own = {"LPPL_DEMO": "0", "LPPL_LOG_JSON": "1"}
    own["LPPL_DATABASE_URL"] = f"sqlite:///{tmp_path}/file/lppl.db"
    (tmp_path / "file").write_text("in the way of a folder")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lppl", "serve", "--only", "worker", env=clean | own, cwd=tmp_path,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    first = json.loads(await process.stderr.readline())
    process.terminate()
    _, rest = await process.communicate()
    assert (first["event"], first["level"]) == ("database_away", "error")
    assert json.loads(rest.splitlines()[-1])["event"] == "stopping"
    assert process.returncode == 0

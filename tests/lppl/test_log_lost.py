"""A log that cannot be written is let go: whoever logs goes on."""

import subprocess
import sys
from pathlib import Path

import pytest

LOGS = """
import logging, structlog
from lppl.config import Settings
from lppl.log import configure_log
configure_log(Settings(log_json={json}))
structlog.get_logger().error("journal_not_durable", detail="kata " * 20_000)
logging.getLogger("library").warning("trouble")
try:
    raise ValueError("x")
except ValueError:
    structlog.get_logger().exception("helper_failed")
print("went on")
"""


@pytest.mark.parametrize("json", [True, False])
def test_a_full_disk_under_the_log_stops_nothing(json: bool) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run([sys.executable, "-c", LOGS.format(json=json)], stdout=subprocess.PIPE, stderr=full)
    assert ran.stdout == b"went on\n"

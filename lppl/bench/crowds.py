"""Sends crowds of simulated viewers, each in a process of its own."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from lppl import process
from lppl.bench.crowd import Orders
from lppl.bench.machine import on_core
from lppl.bench.service import NotMeasured

SLACK_S = 60.0


async def send(orders: Orders, core: int | None = None) -> dict[str, Any]:
    """Carry out `orders` in a child process and return its summary. Raises NotMeasured."""
    argv = on_core([sys.executable, "-m", "lppl.bench.crowd"], core)
    async with process.started(argv, stdin=True) as child:
        assert child.process.stdin is not None and child.process.stdout is not None
        child.process.stdin.write(orders.to_json().encode())
        child.process.stdin.close()
        try:
            async with asyncio.timeout(orders.seconds + SLACK_S):
                out, _, code = await asyncio.gather(
                    child.process.stdout.read(), child.watch_stderr(), child.process.wait()
                )
        except TimeoutError:
            raise NotMeasured("the viewers did not come to an end") from None
    if code:
        raise NotMeasured(f"the viewers failed: {' / '.join(list(child.tail)[-3:])}")
    found: dict[str, Any] = json.loads(out)
    return found


def renditions(home: Path) -> tuple[list[str], list[str]]:
    """Return the names of the picture and sound renditions that a station's settings give its channels."""
    from lppl.config import load_settings

    settings = load_settings(home / "lppl.toml", {})
    profile = settings.profile(settings.channels[0])
    return [r.name for r in profile.video], [r.name for r in profile.audio]

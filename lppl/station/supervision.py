"""Keeps the station's helpers running: whatever goes wrong in one of them never reaches the air."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0
HEALTHY_S = 60.0
"""After this long without a fault the pause begins short again."""


async def supervised(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run `run` for ever, again after every fault, with growing pauses; each fault is logged."""
    loop = asyncio.get_running_loop()
    pause = FIRST_PAUSE_S
    while True:
        began = loop.time()
        try:
            await run()
            return
        except Exception:
            log.exception("helper_failed", helper=name, again_in_s=pause)
        if loop.time() - began > HEALTHY_S:
            pause = FIRST_PAUSE_S
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE_S, pause * 2)

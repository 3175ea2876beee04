"""Starting the service anew by itself, so that new settings hold: the same command, in the same process, on the air.

Every process of the station follows: who asks leaves a mark beside the other state, the others look for it. The
journal reaches past the moment, so that the air and the live window go on where they were.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

LOOK_S = 2.0
MARK = "restart"


class Restarts:
    """Whether this process is to begin again. `stop` is set when it is to end for that."""

    def __init__(self, data_dir: Path, stop: asyncio.Event) -> None:
        self._mark, self._stop = data_dir / "state" / MARK, stop
        self._known = self._stamp()
        self._ended = False
        self.wanted = False

    def ask(self) -> None:
        """Start every process of the station anew. Raises OSError when the others cannot be told."""
        self._mark.touch()
        self._begin()

    async def watch(self, rest: Callable[[float], float] = float) -> None:
        """Follow when another process asks; a look is one stat call of a local file, after a `rest` of the clock."""
        while not self._stop.is_set():
            await asyncio.sleep(rest(LOOK_S))
            if self._stamp() != self._known:
                self._begin()
        await asyncio.Event().wait()  # until the station takes everything down

    def end(self) -> None:
        """End for good, also when this process was about to begin again."""
        self._ended, self.wanted = True, False
        self._stop.set()

    def _begin(self) -> None:
        if self._ended:
            return
        log.info("starting_anew")
        self.wanted = True
        self._stop.set()

    def _stamp(self) -> int | None:
        try:
            return self._mark.stat().st_mtime_ns
        except OSError:
            return None


def begin_again() -> None:
    """Become a new run of the same command. Does not return."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - the very command that runs

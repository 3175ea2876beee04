"""The one place that starts child processes.

Each child gets its own process group, no standard input, and a bounded tail of its standard error. It is
stopped by terminate, wait, kill. With `idle` it runs only when nothing else wants the processor or the
disk, so that work on files can never delay the air.
"""

import asyncio
import contextlib
import os
import shutil
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import cache

from lppl.errors import ProcessFailed

STDERR_LINES = 60
STOP_AFTER_S = 5.0


@cache
def _idle_prefix() -> tuple[str, ...]:
    """Scheduling class idle for processor and disk, first in line for the memory killer: what util-linux has."""
    prefix: list[str] = []
    if shutil.which("choom"):
        # a service unit protects the station from the memory killer; work on files does not inherit that
        prefix += ["choom", "-n", "500", "--"]
    if shutil.which("chrt"):
        prefix += ["chrt", "--idle", "0"]
    elif shutil.which("nice"):
        prefix += ["nice", "-n", "19"]
    if shutil.which("ionice"):
        prefix += ["ionice", "-c", "3"]
    return tuple(prefix)


def command_line(argv: Sequence[str], *, idle: bool) -> list[str]:
    """Return `argv` as it is really started."""
    return [*_idle_prefix(), *argv] if idle else list(argv)


class Child:
    """A running child process; use :func:`started` to get one."""

    def __init__(self, program: str, process: asyncio.subprocess.Process) -> None:
        self.program = program
        self.process = process
        self.tail: deque[str] = deque(maxlen=STDERR_LINES)

    async def lines(self) -> AsyncIterator[str]:
        """Yield standard output line by line, undecodable bytes replaced."""
        assert self.process.stdout is not None
        async for raw in self.process.stdout:
            yield raw.decode("utf-8", "replace").rstrip("\n")

    async def watch_stderr(self, on_line: Callable[[str], None] | None = None) -> None:
        """Keep the tail of standard error until it closes; call `on_line` for each line."""
        assert self.process.stderr is not None
        while True:
            try:
                raw = await self.process.stderr.readline()
            except ValueError:  # a line longer than the reader's limit: keep reading, it is only a log
                continue
            if not raw:
                return
            line = raw.decode("utf-8", "replace").rstrip("\n")
            self.tail.append(line)
            if on_line:
                on_line(line)

    async def stop(self) -> None:
        """Terminate the child's group, wait, then kill it; returns once it is gone."""
        for sig in (signal.SIGTERM, signal.SIGKILL):
            if self.process.returncode is not None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, sig)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), STOP_AFTER_S)


@contextlib.asynccontextmanager
async def started(
    argv: Sequence[str],
    *,
    idle: bool = False,
    stdin: bool = False,
    limit: int = 1 << 20,
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[Child]:
    """Start `argv`; on leaving the block, for whatever reason, the child is gone.

    `env` is added to the environment: the place for secrets, which an argument list would show to everybody.
    """
    process = await asyncio.create_subprocess_exec(
        *command_line(argv, idle=idle),
        stdin=asyncio.subprocess.PIPE if stdin else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        limit=limit,
        env=None if env is None else {**os.environ, **env},
    )
    child = Child(argv[0], process)
    try:
        yield child
    finally:
        await asyncio.shield(child.stop())


async def run(
    argv: Sequence[str],
    *,
    idle: bool = False,
    on_stderr: Callable[[str], None] | None = None,
    timeout: float | None = None,
    env: Mapping[str, str] | None = None,
) -> bytes:
    """Run to the end and return standard output. Raises ProcessFailed, or TimeoutError after `timeout` s."""
    async with started(argv, idle=idle, env=env) as child:
        assert child.process.stdout is not None
        async with asyncio.timeout(timeout):
            out, _, code = await asyncio.gather(
                child.process.stdout.read(), child.watch_stderr(on_stderr), child.process.wait()
            )
    if code != 0:
        raise ProcessFailed(child.program, code, "\n".join(child.tail))
    return out

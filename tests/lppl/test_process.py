"""Child processes: none outlives its block, none can flood us, and each says why it failed."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import pytest

from lppl import process
from lppl.errors import ProcessFailed

PYTHON = sys.executable


def alive(pid: int) -> bool:
    """Tell whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_output_is_returned() -> None:
    assert await process.run([PYTHON, "-c", "print('halo')"]) == b"halo\n"


async def test_failure_tells_program_code_and_the_end_of_what_it_said() -> None:
    script = "import sys\nfor n in range(500): print('line', n, file=sys.stderr)\nsys.exit(3)"
    with pytest.raises(ProcessFailed) as raised:
        await process.run([PYTHON, "-c", script])
    assert raised.value.returncode == 3
    assert raised.value.program == PYTHON
    assert raised.value.stderr.splitlines() == [f"line {n}" for n in range(440, 500)]
    assert "line 499" in str(raised.value)


async def test_lines_of_stderr_are_handed_on() -> None:
    lines: list[str] = []
    await process.run([PYTHON, "-c", "import sys; print('a\\nb', file=sys.stderr)"], on_stderr=lines.append)
    assert lines == ["a", "b"]


async def test_a_line_without_end_on_stderr_does_no_harm() -> None:
    script = "import sys; sys.stderr.write('x' * 3_000_000 + '\\nend\\n'); print('done')"
    lines: list[str] = []
    assert await process.run([PYTHON, "-c", script], on_stderr=lines.append) == b"done\n"
    assert lines[-1] == "end"


async def test_bytes_that_are_no_text_are_replaced() -> None:
    async with process.started([PYTHON, "-c", "import sys; sys.stdout.buffer.write(b'a\\xff\\nb')"]) as child:
        assert [line async for line in child.lines()] == ["a\ufffd", "b"]


async def test_it_has_no_input_to_wait_for() -> None:
    assert await process.run([PYTHON, "-c", "import sys; print(repr(sys.stdin.read()))"]) == b"''\n"


async def test_a_timeout_ends_it_and_its_children() -> None:
    script = "import subprocess; p = subprocess.Popen(['sleep', '600']); print(p.pid, flush=True); p.wait()"
    async with process.started([PYTHON, "-c", script]) as child:
        grandchild = int(await anext(child.lines()))
        assert alive(grandchild)
    assert child.process.returncode is not None
    for _ in range(500):
        if not alive(grandchild):
            break
        await asyncio.sleep(0.01)  # the kernel takes the group down one by one
    assert not alive(grandchild)
    with pytest.raises(TimeoutError):
        await process.run(["sleep", "600"], timeout=0.05)


async def test_cancelling_ends_it() -> None:
    pids: list[int] = []

    async def work() -> None:
        async with process.started(["sleep", "600"]) as child:
            pids.append(child.process.pid)
            await child.process.wait()

    task = asyncio.create_task(work())
    while not pids:
        await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    assert not alive(pids[0])


async def test_a_missing_program_is_an_os_error() -> None:
    with pytest.raises(FileNotFoundError):
        await process.run(["/nowhere/program"])


async def test_idle_work_gives_way() -> None:
    script = "import os; print(os.sched_getscheduler(0), os.nice(0))"
    out = (await process.run([PYTHON, "-c", script], idle=True)).split()
    assert int(out[0]) == os.SCHED_IDLE or int(out[1]) == 19
    assert process.command_line(["a"], idle=False) == ["a"]

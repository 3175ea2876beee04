"""What a bench ran on: machine, versions, date; and what processes cost, read from /proc. Linux only."""

import contextlib
import os
import platform
import re
import shutil
import socket
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PATH = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/sbin:/bin"


def find(program: str) -> str | None:
    """Return where `program` lies, also in the folders of administrators; None when it is not installed."""
    return shutil.which(program) or shutil.which(program, path=PATH)


def facts() -> dict[str, Any]:
    """Return machine, versions and date. Blocking: asks ffmpeg and nginx."""
    packages = {}
    for name in ("lppl", "aiohttp"):
        with contextlib.suppress(PackageNotFoundError):
            packages[name] = version(name)
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            "load_before": [round(x, 2) for x in os.getloadavg()],
        },
        "versions": {
            "python": platform.python_version(),
            **packages,
            "ffmpeg": _said(["ffmpeg", "-version"], r"version (\S+)"),
            "nginx": _said(["nginx", "-v"], r"nginx/(\S+)"),
        },
    }


def _processor() -> str:
    with contextlib.suppress(OSError):
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        if found:
            return found[1].strip()
    return platform.processor() or platform.machine()


def _said(argv: list[str], pattern: str) -> str | None:
    program = find(argv[0])
    if program is None:
        return None
    done = subprocess.run([program, *argv[1:]], capture_output=True, text=True, timeout=20, check=False)
    found = re.search(pattern, done.stdout + done.stderr)
    return found[1] if found else None


def cpu_seconds(pid: int) -> float:
    """Return the processor time of all threads of a process, user and system.

    The scheduler's own account has nanoseconds where it exists; /proc/PID/stat counts ticks of 10 ms. Threads that
    ended are only in the latter, so the greater of the two is right to within a tick. Raises OSError when it is gone.
    """
    exact = 0.0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            exact += int((task / "schedstat").read_text().split()[0]) / 1e9
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return exact if exact > ticks - 0.02 else ticks


def children(pid: int) -> list[int]:
    """Return the child processes of `pid`."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += map(int, (task / "children").read_text().split())
    return found


def resident_mb(pid: int | str = "self") -> float:
    """Return the resident memory of a process in MB (10^6 bytes)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses at the moment."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def on_core(argv: list[str], core: int | None) -> list[str]:
    """Return `argv` pinned to one core, where there is a taskset and more than one core."""
    taskset = find("taskset")
    if core is None or taskset is None or (os.cpu_count() or 1) <= core:
        return argv
    return [taskset, "-c", str(core), *argv]

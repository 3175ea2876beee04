"""Fixtures of the whole suite: the station's material, made once, and the long jobs that run beside the tests.

A test that takes the outcome of a long job is run last; the jobs begin when the tests have been collected, and only
those that a collected test needs.
"""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.station.background import JOBS, Outcome, outcome_of
from tests.station.material import lay_out, prepare
from tests.station.service import Home, eventually

settings.register_profile("lppl", deadline=None)  # how long an example takes says nothing on a busy machine
settings.load_profile("lppl")

ROOT = Path(__file__).parents[1]
LONGEST_S = 1200.0

Outcomes = Callable[[str], Awaitable[Outcome]]


class Background:
    """The process of the long jobs, and the folder of what all tests of a run share.

    A run may be spread over several workers (pytest-xdist): whichever is first starts the jobs, and the process that
    began the run ends them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, jobs: list[str]) -> None:
        """Start `jobs` unless another worker has."""
        with (self.folder / "begin").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._pid.exists():
                return
            with (self.folder / "log").open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "tests.station.background", str(self.folder), *jobs],
                    cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
            process.returncode = 0  # it is not waited for here: another worker may
            self._pid.write_text(str(process.pid))

    @property
    def _pid(self) -> Path:
        return self.folder / "pid"

    def _over(self, patience: float = 0.0) -> bool:
        """Tell whether the process has ended, waiting `patience` seconds for that; it may be another worker's child."""
        try:
            process = os.pidfd_open(int(self._pid.read_text()))
        except ProcessLookupError:
            return True
        try:
            return bool(select.select([process], [], [], patience)[0])
        finally:
            os.close(process)

    async def outcome(self, job: str) -> Outcome:
        """Wait for `job` and return what it left. Fails the test when it went wrong."""

        async def over() -> bool:
            return self._over() or outcome_of(self.folder, job) is not None

        await eventually(over, f"the end of {job}", LONGEST_S)
        found = outcome_of(self.folder, job)
        if found is None or found.failure:
            pytest.fail(f"{job}:\n{found.failure if found else (self.folder / 'log').read_text()[-3000:]}")
        return found

    def close(self) -> None:
        """End what still runs, and remove everything."""
        if self._pid.exists() and not self._over():
            pid = int(self._pid.read_text())
            with contextlib.suppress(ProcessLookupError):
                # asked first, so that it stops the services and browsers that it has started
                os.kill(pid, signal.SIGINT)
                if not self._over(patience=30):
                    os.killpg(pid, signal.SIGKILL)
        subprocess.run(["rm", "-rf", str(self.folder)], check=False)


BACKGROUND = pytest.StashKey[Background]()


def _jobs_of(item: pytest.Item) -> list[str]:
    mark = item.get_closest_marker("background")
    return [str(name) for name in mark.args] if mark else []


def _worker(config: pytest.Config) -> dict[str, Any] | None:
    """Return what the run told this process as one of its workers; None in the process that began the run."""
    return getattr(config, "workerinput", None)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"background(job): judges a long job ({', '.join(JOBS)}); run last")
    worker = _worker(config)
    folder = Path(worker["folder"] if worker else tempfile.mkdtemp(prefix="lppl-tests-"))
    if worker is None and (shared := os.environ.get("TEST_STATION")):
        (folder / "house").symlink_to(shared)  # runs one after another share the station's material
    config.stash[BACKGROUND] = Background(folder)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the run's folder is."""
    node.workerinput["folder"] = str(node.config.stash[BACKGROUND].folder)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """When only tests are wanted that run alone, leave out files that mark none: reading in all of them takes long."""
    if not config.option.markexpr.startswith("alone and ") or not collection_path.match("test_*.py"):
        return None
    return True if b"mark.alone" not in collection_path.read_bytes() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)  # stable: everything else keeps its order


def _turn(item: pytest.Item) -> int:
    """Return when a test comes: what needs the station's material once it has been made, what needs the jobs last.

    Of those on a real service the long ones are first, so that no worker ends alone with one.
    """
    if _jobs_of(item):
        return 3
    if item.get_closest_marker("long"):
        return 1
    return 2 if "template" in getattr(item, "fixturenames", ()) else 0


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.option.collectonly:
        return
    needed = {job for item in session.items for job in _jobs_of(item)}
    if needed or any("template" in getattr(item, "fixturenames", ()) for item in session.items):
        session.config.stash[BACKGROUND].begin(sorted(needed))


def pytest_unconfigure(config: pytest.Config) -> None:
    if BACKGROUND in config.stash and _worker(config) is None:
        config.stash[BACKGROUND].close()


@pytest.fixture(scope="session")
def background(pytestconfig: pytest.Config) -> Background:
    """The long jobs of this session."""
    return pytestconfig.stash[BACKGROUND]


@pytest.fixture(scope="session")
def outcome(background: Background) -> Outcomes:
    """Wait for a long job and return what it left."""
    return background.outcome


@pytest.fixture(scope="session")
def template(background: Background) -> Path:
    """A station with a ready library, to be laid out and never run itself."""
    return prepare(background.folder / "house")


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Iterator[Home]:
    """A fresh station of this test's own, with a ready library, not started."""
    yield lay_out(template, tmp_path / "station")

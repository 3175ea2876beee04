"""Fixtures of the whole suite: the station's material, made once, and the long jobs that run beside the tests.

A test that takes the outcome of a long job is run last; the jobs begin when the tests have been collected, and only
those that a collected test needs.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.station.background import JOBS, Outcome, outcome_of
from tests.station.material import lay_out, prepare
from tests.station.service import Home, eventually

ROOT = Path(__file__).parents[1]
LONGEST_S = 1200.0

Outcomes = Callable[[str], Awaitable[Outcome]]


class Background:
    """The process of the long jobs."""

    def __init__(self, jobs: list[str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lppl-tests-"))
        self.jobs = jobs
        self._process: subprocess.Popen[bytes] | None = None
        if jobs:
            with (self.folder / "log").open("wb") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "tests.station.background", str(self.folder), *jobs],
                    cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip

    async def outcome(self, job: str) -> Outcome:
        """Wait for `job` and return what it left. Fails the test when it went wrong."""

        async def over() -> bool:
            ended = self._process is None or self._process.poll() is not None
            return ended or outcome_of(self.folder, job) is not None

        await eventually(over, f"the end of {job}", LONGEST_S)
        found = outcome_of(self.folder, job)
        if found is None or found.failure:
            pytest.fail(f"{job}:\n{found.failure if found else (self.folder / 'log').read_text()[-3000:]}")
        return found

    def close(self) -> None:
        """End what still runs, and remove everything."""
        if self._process is not None and self._process.poll() is None:
            # asked first, so that it stops the services and browsers that it has started
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
        subprocess.run(["rm", "-rf", str(self.folder)], check=False)


BACKGROUND = pytest.StashKey[Background]()


def _jobs_of(item: pytest.Item) -> list[str]:
    mark = item.get_closest_marker("background")
    return [str(name) for name in mark.args] if mark else []


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"background(job): judges a long job ({', '.join(JOBS)}); run last")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # stable: everything else keeps its order; while the material is being made, other tests have the time
    items.sort(key=lambda item: 2 if _jobs_of(item) else int("template" in getattr(item, "fixturenames", ())))


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.option.collectonly:
        return
    needed = {job for item in session.items for job in _jobs_of(item)}
    if needed or any("template" in getattr(item, "fixturenames", ()) for item in session.items):
        session.config.stash[BACKGROUND] = Background(sorted(needed))


def pytest_unconfigure(config: pytest.Config) -> None:
    if BACKGROUND in config.stash:
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

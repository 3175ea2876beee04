"""When will what is to be rendered be ready: the queue, its speed, and the air times at which it is needed. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapreplace

from lppl.quanta import Quanta, starting


@dataclass(frozen=True, slots=True)
class Waiting:
    """One job of the queue, in the order in which they are done; `needed` is None when no plan waits for it."""

    title: str
    duration_s: float
    needed: Quanta | None


@dataclass(frozen=True, slots=True)
class Late:
    """A job that will not be ready in time."""

    title: str
    ready: datetime
    needed: datetime


def forecast(queue: Iterable[Waiting], speed: float, workers: int, now: datetime) -> tuple[datetime, tuple[Late, ...]]:
    """Return when the queue will be empty, and what comes too late.

    `speed`: seconds of material that one of `workers` (at least 1) makes in a second, above 0.
    """
    free = [now] * workers
    late: list[Late] = []
    for job in queue:
        # one worker does the whole of a job
        at = free[0] + timedelta(seconds=job.duration_s / speed)
        heapreplace(free, at)
        if job.needed is not None and at > starting(job.needed):
            late.append(Late(job.title, at, starting(job.needed)))
    return max(free), tuple(late)

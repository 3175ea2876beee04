"""Follows what becomes of files that were added: found, examined, conformed, or refused; from the records alone."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lppl.errors import LpplError
from lppl.library import Library
from lppl.records import Asset, AssetState, Job, JobState, LibraryFile

GRACE_S = 8.0
"""An examined file without a job is asked about this long: jobs follow the examination at once."""
UNATTENDED_S = 20.0
"""So long a service may be away before waiting is given up."""


class Outcome(StrEnum):
    """How a file ended."""

    READY = "ready"
    REFUSED = "refused"
    FAILED = "failed"
    UNWANTED = "unwanted"
    """It can be broadcast, but no channel's schedule names it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a file is: `share` 0..1 of the conforming, `outcome` once it is over, and a sentence."""

    path: str
    share: float
    sentence: str
    outcome: Outcome | None = None


class Unattended(LpplError):
    """Nobody works on the media folder."""

    def __init__(self) -> None:
        super().__init__(
            "Berkas sudah di folder materi, tetapi layanan tidak berjalan; jalankan `lppl serve`, lalu lihat "
            "`lppl media list`.",
            "The files are in the media folder, but the service is not running; start it with `lppl serve`.",
        )


def standing_of(path: str, file: LibraryFile | None, asset: Asset | None, waited_s: float) -> Standing:
    """Return how far `path` is, `waited_s` seconds after it was first seen examined without jobs. Pure."""
    if file is None:
        return Standing(path, 0.0, "menunggu ditemukan layanan / waiting to be found")
    refusal = file.refusal or (asset.refusal if asset else None)
    if refusal is not None:
        return Standing(path, 1.0, f"{refusal.indonesian} / {refusal.english}", Outcome.REFUSED)
    if asset is None or asset.state is AssetState.NEW:
        return Standing(path, 0.0, "diperiksa / being examined")
    failed = [j for j in asset.jobs if j.state is JobState.FAILED]
    if failed:
        error = failed[0].error
        return Standing(
            path, 1.0, f"{error.indonesian} / {error.english}" if error else "gagal / failed", Outcome.FAILED
        )
    waiting = [j for j in asset.jobs if j.state is not JobState.DONE]
    if waiting:
        return Standing(path, _share(asset.jobs), _under_way(waiting))
    if asset.sets:
        return Standing(path, 1.0, "siap siar / ready", Outcome.READY)
    if asset.jobs or waited_s < GRACE_S:
        return Standing(path, 0.0, "diperiksa / being examined")
    return Standing(
        path, 1.0, "layak siar, tetapi tidak ada jadwal yang memakainya / no schedule names it", Outcome.UNWANTED
    )


def _share(jobs: Sequence[Job]) -> float:
    return sum(1.0 if j.state is JobState.DONE else j.progress for j in jobs) / len(jobs)


def _under_way(waiting: Sequence[Job]) -> str:
    if any(j.state is JobState.RUNNING for j in waiting):
        return "disiapkan / being conformed"
    tried = next((j for j in waiting if j.error), None)
    if tried is not None and tried.error is not None:
        return f"akan dicoba lagi: {tried.error.indonesian} / will be tried again"
    return "antre / queued"


class Follower:
    """Asks the records about some paths. `now` is a monotonic clock in seconds; `attended` tells whether anybody works.

    The whole list of files is read only when it has changed.
    """

    def __init__(
        self, library: Library, paths: Sequence[str], now: Callable[[], float], attended: Callable[[], bool]
    ) -> None:
        self._library, self._paths, self._now, self._attended = library, paths, now, attended
        self._counter: int | None = None
        self._files: dict[str, LibraryFile] = {}
        self._jobless: dict[str, float] = {}
        self._over: dict[str, Standing] = {}
        self._left_alone: float | None = None

    async def look(self) -> list[Standing]:
        """Return how far each path is, in their order. Raises Unattended, SQLAlchemyError, OSError."""
        counter = await self._library.file_counter()
        if counter != self._counter:
            known = await self._library.files()
            self._files = {p: known[p] for p in self._paths if p in known}
            self._counter = counter
        found = [self._over.get(path) or await self._standing(path) for path in self._paths]
        self._over |= {s.path: s for s in found if s.outcome is not None}
        self._mind_service(found)
        return found

    async def _standing(self, path: str) -> Standing:
        file = self._files.get(path)
        asset = await self._library.asset(file.asset) if file is not None and file.asset is not None else None
        waited = 0.0
        if asset is not None and asset.state is AssetState.READY and not asset.jobs:
            waited = self._now() - self._jobless.setdefault(path, self._now())
        return standing_of(path, file, asset, waited)

    def _mind_service(self, found: Sequence[Standing]) -> None:
        if self._attended() or all(s.outcome for s in found):
            self._left_alone = None
            return
        if self._left_alone is None:
            self._left_alone = self._now()
        if self._now() - self._left_alone >= UNATTENDED_S:
            raise Unattended


async def followed(follower: Follower, pause: Callable[[], Awaitable[object]]) -> AsyncIterator[list[Standing]]:
    """Yield how far each path is, again and again until all are over, with `pause` between."""
    while True:
        found = await follower.look()
        yield found
        if all(s.outcome for s in found):
            return
        await pause()

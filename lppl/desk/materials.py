"""The library as staff work with it: lists, one item, what they know of many, names, the bin.

A file is only ever moved or removed within the media folder; what aired keeps its house sets, since the past is
watched and proved by them.
"""

import asyncio
import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import structlog
from pydantic import ValidationError

from lppl import durable, journal
from lppl.audit import Actor, AuditLog
from lppl.config import ChannelSettings
from lppl.desk.errors import FieldsRefused
from lppl.desk.planning import PlanningDesk
from lppl.errors import LpplError, NotThere
from lppl.events import Bus, LibraryChanged, PlanChanged
from lppl.file_names import safe_path
from lppl.media import AssetId, ChannelKind, HouseId
from lppl.media_list import Listed, MediaList, Sort, Sought
from lppl.media_store import MediaStore
from lppl.mistakes import said
from lppl.programme import NO_DETAILS, Details
from lppl.quanta import Quanta
from lppl.records import (
    BUILTIN,
    Asset,
    AssetState,
    FileStamp,
    Job,
    JobRequest,
    JobState,
    LibraryFile,
    Refusal,
    disk_path,
)
from lppl.tags import clean
from scheduler.words import DAY_S
from streaming.folder import stamp_of
from streaming.house import folder_of

log = structlog.get_logger(__name__)

REST = timedelta(hours=1)
"""A house set goes with the emptied bin only when it has been there so long: no plan can name it any more."""
JOURNAL_BACK = Quanta(11_250)
"""The index may lag behind the journal: its last hour is looked at, too."""
TAGS = ("title", "artist", "album")
CUES = ("cue_in_ms", "intro_ms", "outro_ms", "cue_out_ms")
CUE_WORDS = {
    "cue_in_ms": ("titik mulai", "cue in"),
    "intro_ms": ("akhir intro", "end of the intro"),
    "outro_ms": ("awal outro", "begin of the outro"),
    "cue_out_ms": ("titik akhir", "cue out"),
}


class NoMedia(NotThere):
    """There is no such asset."""

    def __init__(self) -> None:
        super().__init__("Materi itu tidak ada.", "There is no such item.")


class NameTaken(LpplError):
    """A file of that name lies in the media folder already."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} sudah ada; pilih nama lain.", f"{path} is there already; choose another name.")


@dataclass(frozen=True, slots=True)
class OnChannel:
    """How far an asset is for one channel. `house` when it can air; `progress` 0..1 while it is being conformed."""

    channel: str
    house: HouseId | None
    state: JobState | None
    progress: float
    error: Refusal | None


@dataclass(frozen=True, slots=True)
class Item:
    """An asset with what staff know of it."""

    asset: Asset
    details: Details
    removed: datetime | None
    channels: tuple[OnChannel, ...]

    @property
    def has_picture(self) -> bool:
        """Whether it is moving pictures."""
        return self.asset.facts is not None and self.asset.facts.video is not None

    @property
    def length_s(self) -> float:
        """Its length in seconds; 0 while nobody has looked."""
        return self.asset.facts.duration_s if self.asset.facts is not None else 0.0


class MediaDesk:
    """What staff do with material. `now` is aware UTC, an `actor` who does it."""

    def __init__(self, planning: PlanningDesk, audit: AuditLog, bus: Bus) -> None:
        self.planning, self.library, self._audit, self._bus = planning, planning.library, audit, bus
        self.store, self.list = MediaStore(planning.library.engine), MediaList(planning.library.engine)
        self._facets: tuple[int, tuple[str, ...], Mapping[str, int]] | None = None
        self._media_dir, self._house = planning.settings.media_dir, planning.settings.data_dir / "house"

    # ---- looking ----

    async def page(
        self, sought: Sought, sort: Sort = Sort.TITLE, *, down: bool = False, offset: int = 0, limit: int = 50
    ) -> tuple[tuple[Item, ...], int]:
        """Return one page of a list, and how many there are in all."""
        listed: Listed = await self.list.page(sought, sort, down=down, offset=offset, limit=limit)
        return await self.items(listed.ids), listed.total

    async def items(self, ids: Sequence[AssetId]) -> tuple[Item, ...]:
        """Return those of `ids` that there are, in their order."""
        found = await self.library.assets(ids)
        details, removed = await self.planning.store.details(ids), await self.store.removed(ids)
        return tuple(
            Item(a, details.get(a.id, NO_DETAILS), removed.get(a.id), self._channels(a))
            for name in ids
            if (a := found.get(name)) is not None and a.state is not AssetState.DERIVED
        )

    async def facets(self) -> tuple[tuple[str, ...], Mapping[str, int], Mapping[str, int]]:
        """Return groups, folders with how many files, and counts of the bin and of refused files.

        Groups and folders are found anew only when something has changed.
        """
        counter = await self.library.change_counter()
        if self._facets is None or self._facets[0] != counter:
            self._facets = counter, await self.list.groups(), await self.list.folders()
        return self._facets[1], self._facets[2], await self.list.summary()

    async def item(self, asset: AssetId) -> Item:
        """Return one. Raises NoMedia."""
        found = await self.items([asset])
        if not found:
            raise NoMedia
        return found[0]

    def _channels(self, asset: Asset) -> tuple[OnChannel, ...]:
        return tuple(self._on(channel, asset) for channel in self.planning.settings.channels)

    def _on(self, channel: ChannelSettings, asset: Asset) -> OnChannel:
        recipe = self.planning.settings.profile(channel).recipe
        house = next((s.house for s in asset.sets if s.recipe == recipe), None)
        job: Job | None = next((j for j in asset.jobs if j.profile.recipe == recipe), None)
        if house is not None or job is None:
            return OnChannel(channel.id, house, None, 0.0, None)
        return OnChannel(channel.id, None, job.state, job.progress, job.error)

    # ---- what staff know ----

    async def change(
        self, changes: Mapping[AssetId, Mapping[str, Any]], actor: Actor, now: datetime
    ) -> dict[AssetId, dict[str, Any]]:
        """Change fields of assets, all or none: of their details, and `title`, `artist`, `album`.

        Return what the fields were, in the same shape, so that a change is undone by changing back. Raises NoMedia,
        FieldsRefused.
        """
        items = {i.asset.id: i for i in await self.items([*changes])}
        if len(items) != len(changes):
            raise NoMedia
        changes = {name: {key: _text(key, value) for key, value in fields.items()} for name, fields in changes.items()}
        made = {name: _changed(items[name], fields) for name, fields in changes.items()}
        before = {name: _as_they_were(items[name], fields) for name, fields in changes.items()}
        kept = {name: details for name, details in made.items() if details != items[name].details}
        tags = {name: {key: fields[key] for key in TAGS if key in fields} for name, fields in changes.items()}
        names = {name: replace(items[name].asset.tags, **given) for name, given in tags.items() if given}
        if kept or names:
            await self.store.change(kept, names, now)
        titles = [i.asset.tags.title for i in items.values()]
        what = titles[0] if len(titles) == 1 else f"{len(titles)} materi"
        after = {name: _plain(fields) for name, fields in changes.items()}
        await self._audit.record(
            actor, "media.change", now, object=what, before={n: _plain(b) for n, b in before.items()}, after=after
        )
        self._tell(actor)
        return before

    def _tell(self, actor: Actor) -> None:
        self._bus.publish(LibraryChanged())
        self._bus.publish(PlanChanged("", "media", actor.name))

    async def again(self, asset: AssetId, actor: Actor, now: datetime) -> int:
        """Have an asset conformed again where that had ended; return for how many channels. Raises NoMedia.

        What no channel airs was never conformed: it is, for one channel that it suits, to be heard and seen before.
        """
        item = await self.item(asset)
        count = await self.library.jobs.again(asset, now)
        if not count and not any(c.house for c in item.channels):
            count = await self.library.jobs.enqueue(self._suiting(item.asset), now)
        await self._audit.record(actor, "media.again", now, object=item.asset.tags.title)
        self._bus.publish(LibraryChanged())
        return count

    def _suiting(self, asset: Asset) -> list[JobRequest]:
        if asset.facts is None:
            return []
        settings, picture = self.planning.settings, asset.facts.video is not None
        channel = max(settings.channels, key=lambda c: (c.kind is ChannelKind.TV) is picture)
        return [JobRequest(asset.id, settings.profile(channel), asset.facts.duration_s)]

    # ---- names ----

    async def move(self, asset: AssetId, path: str, to: str, actor: Actor, now: datetime) -> str:
        """Give a file of an asset another place in the media folder; return its path as it is then.

        Raises NoMedia, NameTaken; LpplError where the disk refuses.
        """
        item = await self.item(asset)
        if path not in item.asset.paths or path.startswith(BUILTIN):
            raise NoMedia
        wanted = safe_path(to.replace("\\", "/").split("/"))
        if wanted.suffix.casefold() != PurePosixPath(path).suffix.casefold():
            wanted = wanted.with_name(wanted.name + PurePosixPath(path).suffix)
        if str(wanted) == path:
            return path
        try:
            stamp = await asyncio.to_thread(_renamed, self._media_dir, disk_path(path), wanted)
        except OSError as error:
            raise LpplError(
                f"Berkas tidak dapat dipindahkan ({error.strerror}); periksa izin folder materi.",
                f"The file cannot be moved ({error.strerror}); check the permissions of the media folder.",
            ) from error
        await self.store.move(path, LibraryFile(str(wanted), stamp, asset), item.asset.tags)
        await self._audit.record(actor, "media.move", now, object=item.asset.tags.title, before=path, after=str(wanted))
        self._tell(actor)
        return str(wanted)

    # ---- the bin ----

    async def put_away(self, ids: Sequence[AssetId], actor: Actor, now: datetime) -> int:
        """Put assets into the bin: they air no more, their files stay. Return how many. Raises NoMedia."""
        titles = await self._titles(ids)
        count = await self.store.put_away(ids, now)
        await self._audit.record(actor, "media.bin", now, object=_listed(titles), after=sorted(titles.values())[:200])
        self._tell(actor)
        return count

    async def take_back(self, ids: Sequence[AssetId], actor: Actor, now: datetime) -> int:
        """Take assets out of the bin: they may air at once. Raises NoMedia."""
        titles = await self._titles(ids)
        count = await self.store.take_back(ids)
        await self._audit.record(actor, "media.restore", now, object=_listed(titles))
        self._tell(actor)
        return count

    async def _titles(self, ids: Sequence[AssetId]) -> dict[AssetId, str]:
        titles = await self.store.titles(ids)
        if len(titles) != len(set(ids)):
            raise NoMedia
        return titles

    async def empty(self, ids: Sequence[AssetId] | None, actor: Actor, now: datetime) -> int:
        """Remove the files of what is in the bin (of `ids`), and house sets that never aired; return how many assets.

        What cannot be removed stays in the bin. Raises LpplError when that is all of it.
        """
        binned = await self.store.binned(now)
        wanted = frozenset(binned if ids is None else ids)
        chosen = [name for name in binned if name in wanted]
        aired = await asyncio.to_thread(_in_journal, self.planning.settings.data_dir / "journal", now)
        done: list[str] = []
        failed: list[str] = []
        for item in await self.items(chosen):
            if not await self.store.removed([item.asset.id]):
                continue  # somebody has taken it back meanwhile
            try:
                await self._remove(item, aired, now)
            except (OSError, LpplError) as error:
                log.warning("file_not_removed", title=item.asset.tags.title, reason=str(error))
                failed.append(item.asset.tags.title)
            else:
                done.append(item.asset.tags.title)
        if done:
            await self._audit.record(actor, "media.remove", now, object=f"{len(done)} materi", before=done[:200])
            self._tell(actor)
        if failed and not done:
            listed = ", ".join(failed[:5])
            raise LpplError(
                f"Berkas tidak dapat dihapus ({listed}); periksa izin folder materi.",
                f"Files cannot be removed ({listed}); check the permissions of the media folder.",
            )
        return len(done)

    async def _remove(self, item: Item, aired: frozenset[HouseId], now: datetime) -> None:
        paths = [p for p in item.asset.paths if not p.startswith(BUILTIN)]
        await asyncio.to_thread(_unlinked, self._media_dir, [disk_path(p) for p in paths])
        houses: list[HouseId] = []
        if item.removed is not None and item.removed <= now - REST:
            kept = aired | await self.store.aired_houses(item.asset.id)
            houses = [s.house for s in item.asset.sets if s.house not in kept]
        # first the records: what they do not name, nobody plans
        await self.store.forget(paths, houses)
        await asyncio.to_thread(_house_removed, [folder_of(self._house, house) for house in houses])


# ---- pure -----------------------------------------------------------------------------------------------


def _changed(item: Item, fields: Mapping[str, Any]) -> Details:
    """Return the details with `fields` changed. Raises FieldsRefused."""
    if "title" in fields and not str(fields["title"]).strip():
        raise FieldsRefused({"title": ("tidak boleh kosong", "must not be empty")})
    ours = {key: value for key, value in fields.items() if key not in TAGS}
    try:
        details = Details.model_validate({**item.details.model_dump(), **ours})
    except ValidationError as error:
        raise FieldsRefused({".".join(map(str, e["loc"])): said(e) for e in error.errors()}) from None
    if wrong := mistakes(details, item.length_s, ours):
        raise FieldsRefused(wrong)
    return details


def mistakes(details: Details, length_s: float, given: Mapping[str, Any] | None = None) -> dict[str, tuple[str, str]]:
    """Return what of details contradicts itself or the file, by field; what was not `given` is not complained of."""
    wrong: dict[str, tuple[str, str]] = {}
    before: str | None = None
    for name in CUES:
        at = getattr(details, name)
        if at is None:
            continue
        if length_s and at > length_s * 1000 + 100:
            end = f"{length_s:.1f}"
            wrong[name] = (f"di luar berkas ({end.replace('.', ',')} detik)", f"outside the file ({end} s)")
        elif before is not None and at <= getattr(details, before):
            indonesian, english = CUE_WORDS[before]
            wrong[name] = (f"harus sesudah {indonesian}", f"must be after the {english}")
        before = name
    if details.first_day and details.last_day and details.last_day < details.first_day:
        wrong["last_day"] = ("hak siar berakhir sebelum mulai", "the rights end before they begin")
    for opens, closes in details.hours:
        if not (0 <= opens <= DAY_S and 0 <= closes <= DAY_S) or opens == closes:
            wrong["hours"] = ("jam di luar hari", "hours outside the day")
    if given is None:
        return wrong
    spans = (frozenset(CUES), frozenset(("first_day", "last_day")), frozenset(("hours",)))
    touched = {name for span in spans if span & given.keys() for name in span}
    return {name: said for name, said in wrong.items() if name in touched}


def _text(key: str, value: Any) -> Any:
    """Return what was typed without control and direction marks; notes keep their lines."""
    if not isinstance(value, str):
        return value
    if key == "note":
        return "\n".join(clean(line) for line in value.splitlines())
    return clean(value)


def _as_they_were(item: Item, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: getattr(item.asset.tags if key in TAGS else item.details, key) for key in fields}


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as JSON can hold them."""
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in fields.items()}


def _listed(titles: Mapping[AssetId, str]) -> str:
    return next(iter(titles.values())) if len(titles) == 1 else f"{len(titles)} materi"


# ---- on disk; blocking ----------------------------------------------------------------------------------


def _inside(root: Path, path: Path) -> Path:
    if not path.parent.resolve().is_relative_to(root.resolve()):
        raise LpplError("Folder itu di luar folder materi.", "That folder lies outside the media folder.")
    return path


def _renamed(root: Path, old: str, new: PurePosixPath) -> FileStamp:
    """Rename a file below `root`, never over another. Raises NameTaken, NoMedia; OSError."""
    source, target = _inside(root, root / old), root / new
    target.parent.mkdir(parents=True, exist_ok=True)
    _inside(root, target)
    if not source.exists():
        raise NoMedia
    try:
        os.link(source, target)
    except FileExistsError:
        raise NameTaken(str(new)) from None
    except OSError:  # FAT and some network folders know no second name
        if os.path.lexists(target):
            raise NameTaken(str(new)) from None
        source.rename(target)
    else:
        source.unlink()
    durable.sync_folder(target.parent)
    return stamp_of(target.stat())


def _unlinked(root: Path, paths: Sequence[str]) -> None:
    for path in paths:
        _inside(root, root / path).unlink(missing_ok=True)


def _house_removed(folders: Sequence[Path]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()


def _in_journal(folder: Path, now: datetime) -> frozenset[HouseId]:
    """Return the house sets that the journal's last hour names: its index may not know them yet."""
    since = Quanta(int(now.timestamp() * 1000) // 320 - JOURNAL_BACK)
    found = journal.read(folder, since)
    return frozenset(e.item.house for entries in found.values() for e in entries if e.item.house is not None)

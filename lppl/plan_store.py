"""The store of what staff lay down: documents, grid versions, edits of running orders, details of assets.

Documents are JSON here; what they mean is the scheduler's. Every change raises the counter ``plan``, which others poll
cheaply. Any number of processes may use it at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from lppl.database import READS
from lppl.errors import LpplError
from lppl.media import AssetId
from lppl.programme import Details
from lppl.quanta import Quanta
from lppl.stores import chunked, counted, counter, upsert
from lppl.tables import aired, asset_details, asset_files, documents, grid_versions, planned_days, rundown_edits
from lppl.webhooks import Hook, put_out

PLAN = "plan"
A_DAY = 270_000
"""In quanta."""
_CUES = ("cue_in_ms", "intro_ms", "outro_ms", "cue_out_ms")
Json = Mapping[str, Any]


class Kind(StrEnum):
    """What a document is; the id names it within its kind."""

    PROGRAMME = "programme"
    PLAYLIST = "playlist"
    ROTATION = "rotation"
    ORDER = "order"
    CHANNEL = "channel"
    HIJRI = "hijri"
    PRAYER_TABLE = "prayer_table"
    RULE_BOOK = "rule_book"
    BREAK_IN = "break_in"
    SETUP = "setup"
    """How far setting the station up has come."""
    IMPORT = "import"
    """How staff read tables of other programs: columns by the headings that they have."""


class VersionState(StrEnum):
    """What became of a version of the grid; the newest published one is in force."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class GridVersion:
    """One version of a channel's grid. `findings` are those that it was published over, `reason` says why.

    `revision` is another number whenever its document became another one; no two documents of a channel share one.
    """

    channel: str
    number: int
    state: VersionState
    document: Json
    base: int | None
    note: str
    reason: str
    findings: Sequence[str]
    author: str
    created: datetime
    published: datetime | None
    revision: int = 0


class Superseded(LpplError):
    """Somebody else changed a grid since it was looked at; `current` is what stands now, None when nothing does."""

    def __init__(self, current: GridVersion | None) -> None:
        self.current = current
        who = current.author if current else ""
        super().__init__(
            f"Pola acara ini sudah diubah {who or 'orang lain'}. Lihat perubahannya, lalu gabungkan atau ulangi.",
            f"{who or 'Somebody else'} has changed this grid. Look at the changes, then merge them or try again.",
        )


@dataclass(frozen=True, slots=True)
class EditRow:
    """One edit of a running order; `withdrawn` when it was taken back."""

    id: int
    channel: str
    at: Quanta
    document: Json
    author: str
    made: datetime
    withdrawn: datetime | None


Check = Callable[[Sequence[EditRow]], None]
"""Looks at the edits that are there before another is added, and raises when it must not be."""
Look = Callable[[Json | None], None]
"""Looks at a document before it is replaced, and raises when it must not be."""


class PlanStore:
    """Records of planning."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**READS)

    async def change_counter(self) -> int:
        """Return a number that differs whenever anything here has changed; one row is read."""
        async with self._reading.connect() as connection:
            return await counter(connection, PLAN)

    # ---- documents ----

    async def documents(self, kind: Kind) -> dict[str, Json]:
        """Return the documents of a kind by id, in the order of their ids."""
        query = select(documents.c.id, documents.c.document).where(documents.c.kind == kind).order_by(documents.c.id)
        async with self._reading.connect() as connection:
            return {row.id: row.document for row in await connection.execute(query)}

    async def save_document(
        self, kind: Kind, name: str, document: Json, now: datetime, look: Look | None = None
    ) -> Json | None:
        """Add or replace a document; return what it was.

        `look` is given what it is, None where there is none, and may raise: nothing is kept then. Nobody changes it
        meanwhile.
        """
        values = {"kind": kind, "id": name, "document": dict(document), "updated": now}
        which = select(documents.c.document).where(documents.c.kind == kind, documents.c.id == name)
        async with self._engine.begin() as connection:
            await counted(connection, PLAN)  # whoever has changed this row is alone until the end of the transaction
            before: Json | None = await connection.scalar(which)
            if look is not None:
                look(before)
            statement = upsert(connection, documents).values(values)
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["kind", "id"], set_={"document": dict(document), "updated": now}
                )
            )
            return before

    async def remove_document(self, kind: Kind, name: str) -> bool:
        """Remove a document; tell whether it was there."""
        async with self._engine.begin() as connection:
            result = await connection.execute(delete(documents).where(documents.c.kind == kind, documents.c.id == name))
            await counted(connection, PLAN)
            return bool(result.rowcount)

    # ---- grid versions ----

    async def draft(self, channel: str) -> GridVersion | None:
        """Return the draft of a channel, the newest; None when there is none."""
        return await self._newest(channel, VersionState.DRAFT)

    async def in_force(self, channel: str) -> GridVersion | None:
        """Return the published version that is in force; None before the first."""
        return await self._newest(channel, VersionState.PUBLISHED)

    async def version(self, channel: str, number: int) -> GridVersion | None:
        """Return one version, or None."""
        query = select(grid_versions).where(grid_versions.c.channel == channel, grid_versions.c.number == number)
        async with self._reading.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
            return None if row is None else _version(row)

    async def versions(self, channel: str, limit: int = 50) -> tuple[GridVersion, ...]:
        """Return the versions of a channel, the newest first."""
        query = select(grid_versions).where(grid_versions.c.channel == channel)
        query = query.order_by(grid_versions.c.number.desc()).limit(limit)
        async with self._reading.connect() as connection:
            return tuple(_version(row) for row in await connection.execute(query))

    async def _newest(self, channel: str, state: VersionState) -> GridVersion | None:
        async with self._reading.connect() as connection:
            return await _newest_of(connection, channel, state)

    async def save_draft(
        self,
        channel: str,
        document: Json,
        author: str,
        now: datetime,
        *,
        note: str = "",
        base: int | None = None,
        expected: int | None = None,
    ) -> GridVersion:
        """Keep a grid as the draft of its channel: a new version, or the present draft with another content.

        `expected`: the revision that was looked at (of the draft, else of what is in force, 0 for nothing); raises
        Superseded, and keeps nothing, when it is another by now. None: keep it whatever stands there.
        """
        async with self._engine.begin() as connection:
            revision = await _raised(connection)
            draft = await _newest_of(connection, channel, VersionState.DRAFT)
            if expected is not None:
                await _check_revision(connection, channel, draft, expected)
            number = draft.number if draft else None
            values = {
                "document": dict(document), "note": note, "author": author, "created": now, "revision": revision,
            }  # fmt: skip
            if number is None:
                number = await _next_number(connection, channel)
                fresh: dict[str, object] = {
                    "state": VersionState.DRAFT,
                    "base": base,
                    "reason": "",
                    "findings": [],
                    "published": None,
                }
                await connection.execute(
                    grid_versions.insert().values(channel=channel, number=number, **values, **fresh)
                )
            else:
                which = (grid_versions.c.channel == channel, grid_versions.c.number == number)
                await connection.execute(update(grid_versions).where(*which).values(**values))
        found = await self.version(channel, number)
        assert found is not None
        return found

    async def discard_draft(self, channel: str, *, expected: int | None = None) -> bool:
        """Remove the draft; tell whether there was one. `expected` as in save_draft."""
        async with self._engine.begin() as connection:
            await counted(connection, PLAN)
            if expected is not None:
                draft = await _newest_of(connection, channel, VersionState.DRAFT)
                await _check_revision(connection, channel, draft, expected)
            result = await connection.execute(
                delete(grid_versions).where(
                    grid_versions.c.channel == channel, grid_versions.c.state == VersionState.DRAFT
                )
            )
            return bool(result.rowcount)

    async def publish(
        self,
        channel: str,
        number: int,
        author: str,
        now: datetime,
        *,
        reason: str = "",
        findings: Sequence[str] = (),
        expected: int | None = None,
    ) -> None:
        """Put a version in force, with the findings that it was published over and why. `expected` as in save_draft."""
        async with self._engine.begin() as connection:
            await counted(connection, PLAN)
            if expected is not None:
                draft = await _newest_of(connection, channel, VersionState.DRAFT)
                await _check_revision(connection, channel, draft, expected)
            await connection.execute(
                update(grid_versions)
                .where(grid_versions.c.channel == channel, grid_versions.c.number == number)
                .values(
                    state=VersionState.PUBLISHED, published=now, author=author, reason=reason, findings=list(findings)
                )
            )
            told = {"channel": channel, "version": number, "author": author, "reason": reason}
            await put_out(connection, Hook.GRID_PUBLISHED, told, now)

    async def withdraw(self, channel: str, number: int, reason: str) -> bool:
        """Take a published version back; the one before it is in force again. Tell whether it was published."""
        async with self._engine.begin() as connection:
            result = await connection.execute(
                update(grid_versions)
                .where(
                    grid_versions.c.channel == channel,
                    grid_versions.c.number == number,
                    grid_versions.c.state == VersionState.PUBLISHED,
                )
                .values(state=VersionState.WITHDRAWN, reason=reason)
            )
            await counted(connection, PLAN)
            return bool(result.rowcount)

    # ---- edits ----

    async def add_edit(
        self, channel: str, at: Quanta, document: Json, author: str, now: datetime, check: Check | None = None
    ) -> int:
        """Keep an edit of a running order; return its number.

        `check` is given the edits from a day before `at` on, with those taken back, and may raise: nothing is kept
        then. Nobody adds or takes back another meanwhile.
        """
        async with self._engine.begin() as connection:
            await counted(connection, PLAN)  # whoever has changed this row is alone until the end of the transaction
            if check is not None:
                check(await self._edits(connection, channel, Quanta(at - A_DAY), withdrawn=True))
            result = await connection.execute(
                rundown_edits.insert()
                .values(channel=channel, at=at, document=dict(document), author=author, made=now)
                .returning(rundown_edits.c.id)
            )
            return int(result.scalar_one())

    async def keep_order(
        self, channel: str, order: str, at: Quanta, document: Json, author: str, made: datetime
    ) -> int:
        """Keep the edit that an operator's order is; doing it again replaces the document. Return its number."""
        c = rundown_edits.c
        # it may begin a little later than it was going to
        which = (c.channel == channel, c.at >= at - A_DAY, c.document["ordered"].as_string() == order)
        async with self._engine.begin() as connection:
            await counted(connection, PLAN)  # first, as in add_edit: numbers show in the order in which they are given
            number = await connection.scalar(select(rundown_edits.c.id).where(*which))
            values = {"at": at, "document": dict(document)}
            if number is None:
                insert = rundown_edits.insert().values(channel=channel, author=author, made=made, **values)
                number = (await connection.execute(insert.returning(rundown_edits.c.id))).scalar_one()
            else:
                await connection.execute(update(rundown_edits).where(rundown_edits.c.id == number).values(**values))
            return int(number)

    async def withdraw_edit(self, channel: str, number: int, now: datetime) -> bool:
        """Take an edit back; tell whether it was in force."""
        async with self._engine.begin() as connection:
            result = await connection.execute(
                update(rundown_edits)
                .where(
                    rundown_edits.c.channel == channel,
                    rundown_edits.c.id == number,
                    rundown_edits.c.withdrawn.is_(None),
                )
                .values(withdrawn=now)
            )
            await counted(connection, PLAN)
            return bool(result.rowcount)

    async def edits(self, channel: str, since: Quanta, *, withdrawn: bool = False) -> tuple[EditRow, ...]:
        """Return the edits about air times from `since` on, oldest first; with `withdrawn` also those taken back."""
        async with self._reading.connect() as connection:
            return await self._edits(connection, channel, since, withdrawn=withdrawn)

    async def _edits(
        self, connection: AsyncConnection, channel: str, since: Quanta, *, withdrawn: bool
    ) -> tuple[EditRow, ...]:
        query = select(rundown_edits).where(rundown_edits.c.channel == channel, rundown_edits.c.at >= since)
        if not withdrawn:
            query = query.where(rundown_edits.c.withdrawn.is_(None))
        return tuple(
            EditRow(r.id, r.channel, Quanta(r.at), r.document, r.author, r.made, r.withdrawn)
            for r in await connection.execute(query.order_by(rundown_edits.c.id))
        )

    # ---- what was planned ----

    async def keep_day(self, channel: str, day: str, document: Sequence[Json], now: datetime) -> bool:
        """Keep the running order of a local day as planned, once; tell whether it was not kept before."""
        async with self._engine.begin() as connection:
            statement = upsert(connection, planned_days).values(
                channel=channel, day=day, document=[dict(line) for line in document], made=now
            )
            result = await connection.execute(statement.on_conflict_do_nothing().returning(planned_days.c.day))
            return result.first() is not None

    async def kept_day(self, channel: str, day: str) -> Sequence[Json] | None:
        """Return the running order of a day as it was planned, or None."""
        query = select(planned_days.c.document).where(planned_days.c.channel == channel, planned_days.c.day == day)
        async with self._reading.connect() as connection:
            found = await connection.scalar(query)
            return None if found is None else list(found)

    async def forget_days(self, before: str) -> int:
        """Let go of the running orders of days before the day `before`; tell how many there were."""
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(planned_days).where(planned_days.c.day < before))).rowcount

    # ---- details of assets ----

    async def details(self, assets: Sequence[AssetId]) -> dict[AssetId, Details]:
        """Return the details of those assets that have some."""
        found: dict[AssetId, Details] = {}
        async with self._reading.connect() as connection:
            for some in chunked(assets):
                query = select(asset_details).where(asset_details.c.asset_id.in_(some))
                for row in await connection.execute(query):
                    found[AssetId(row.asset_id)] = Details.model_validate(row.document)
        return found

    async def save_details(self, asset: AssetId, details: Details, now: datetime) -> None:
        """Add or replace the details of an asset."""
        async with self._engine.begin() as connection:
            await _save_details(connection, asset, details, now)
            await counted(connection, PLAN)
            await counted(connection, "library")

    async def propose_cues(self, found: Mapping[AssetId, Details], now: datetime) -> None:
        """Keep cue points that were found in the sound; where a person has set any, theirs stay, all of them."""
        async with self._engine.begin() as connection:
            for asset, proposed in found.items():
                # locked: what a person saves meanwhile must not be lost
                query = select(asset_details.c.document).where(asset_details.c.asset_id == asset).with_for_update()
                known = Details.model_validate(await connection.scalar(query) or {})
                by_hand = any(getattr(known, name) is not None for name in _CUES)
                cues = known if by_hand else proposed
                merged = known.model_copy(update={"cues_sought": True} | {name: getattr(cues, name) for name in _CUES})
                await _save_details(connection, asset, merged, now)
            await counted(connection, PLAN)
            await counted(connection, "library")

    # ---- spots that aired ----

    async def spot_airings(self, channel: str, since: Quanta) -> Sequence[tuple[str, str, Quanta, Quanta]]:
        """Return (order, path, start, length) of the spots that aired from `since` on, oldest first."""
        query = (
            select(aired.c.order_id, func.min(asset_files.c.path), aired.c.start, aired.c.length)
            .join(asset_files, asset_files.c.asset_id == aired.c.asset_id, isouter=True)
            .where(aired.c.channel == channel, aired.c.order_id != "", aired.c.start >= since)
            .group_by(aired.c.channel, aired.c.start, aired.c.order_id, aired.c.length)
            .order_by(aired.c.start)
        )
        async with self._reading.connect() as connection:
            return [
                (order, path or "", Quanta(start), Quanta(length))
                for order, path, start, length in await connection.execute(query)
            ]


async def _save_details(connection: AsyncConnection, asset: AssetId, details: Details, now: datetime) -> None:
    document = details.model_dump(mode="json", exclude_defaults=True)
    statement = upsert(connection, asset_details).values(asset_id=asset, document=document, updated=now)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["asset_id"], set_={"document": document, "updated": now})
    )


async def _newest_of(connection: AsyncConnection, channel: str, state: VersionState) -> GridVersion | None:
    query = select(grid_versions).where(grid_versions.c.channel == channel, grid_versions.c.state == state)
    # what was published again later goes before what has a higher number
    order = (grid_versions.c.published.desc(), grid_versions.c.number.desc())
    row = (await connection.execute(query.order_by(*order).limit(1))).one_or_none()
    return None if row is None else _version(row)


async def _raised(connection: AsyncConnection) -> int:
    """Raise the counter, which lets nobody else change plans until the transaction ends; return it."""
    await counted(connection, PLAN)
    return await counter(connection, PLAN)


async def _check_revision(connection: AsyncConnection, channel: str, draft: GridVersion | None, expected: int) -> None:
    """Raise Superseded when what people work on is not the revision that they looked at."""
    current = draft or await _newest_of(connection, channel, VersionState.PUBLISHED)
    if (current.revision if current else 0) != expected:
        raise Superseded(current)


async def _next_number(connection: AsyncConnection, channel: str) -> int:
    query = select(func.max(grid_versions.c.number)).where(grid_versions.c.channel == channel)
    return int(await connection.scalar(query) or 0) + 1


def _version(row: Row[Any]) -> GridVersion:
    return GridVersion(
        row.channel,
        row.number,
        VersionState(row.state),
        row.document,
        row.base,
        row.note,
        row.reason,
        tuple(row.findings),
        row.author,
        row.created,
        row.published,
        row.revision,
    )

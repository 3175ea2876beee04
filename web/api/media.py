"""Operations on material: lists, one item, changes of many, the bin, uploads, imports. Thin: the desk does it."""

import asyncio
from datetime import timedelta
from typing import Any

from lppl.accounts import Right
from lppl.desk.media_use import Use, coming, read_plans, uses_of
from lppl.media import AssetId
from lppl.quanta import Quanta, at_or_after, seconds, starting
from web.api.media_models import (
    MOST,
    AiringOut,
    AssetsGiven,
    BulkGiven,
    ChangedOut,
    Changes,
    ComingOut,
    CountOut,
    EmptyGiven,
    FacetsOut,
    Fields,
    Filter,
    IdsOut,
    ImportGiven,
    ImportOut,
    ItemOut,
    ListGiven,
    ListOut,
    MoveGiven,
    OneAsset,
    PathOut,
    RefusedFileOut,
    RefusedGiven,
    ServerFolderGiven,
    ServerFolderOut,
    UploadOut,
    UseOut,
    UsesOut,
    WarningOut,
    WholeItemOut,
    asset_ids,
)
from web.api.operations import Operations
from web.staff.visit import Visit

operations = Operations("materi")
SHOWN_FOR = timedelta(hours=12)
"""Uploads that are over are told of for so long."""


@operations.get("/media", Right.VIEW, "Daftar materi / A list of the library")
async def media(visit: Visit, params: ListGiven) -> ListOut:
    """Return a page."""
    items, total = await visit.office.materials.page(
        params.sought, params.sort, down=params.down, offset=params.offset, limit=params.limit
    )
    return ListOut(items=[ItemOut.of(i) for i in items], total=total)


@operations.get("/media-ids", Right.VIEW, f"Semua yang cocok, paling banyak {MOST} / All that match")
async def ids(visit: Visit, params: Filter) -> IdsOut:
    """Return ids."""
    found = await visit.office.materials.list.page(params.sought, params.sort, down=params.down, limit=MOST)
    return IdsOut(assets=[*found.ids], total=found.total)


@operations.get("/media-facets", Right.VIEW, "Kelompok dan folder / Groups and folders")
async def facets(visit: Visit) -> FacetsOut:
    """Return what lists can be filtered by."""
    groups, folders, counts = await visit.office.materials.facets()
    return FacetsOut(groups=[*groups], folders=dict(folders), binned=counts["binned"], refused=counts["refused"])


@operations.get("/media-progress", Right.VIEW, "Kemajuan penyiapan / What is being conformed, and how far it is")
async def progress(visit: Visit) -> dict[str, float]:
    """Return progress (0..1) by asset."""
    return {str(name): round(done, 3) for name, done in (await visit.office.materials.store.progress()).items()}


@operations.get("/media-refused", Right.VIEW, "Berkas yang ditolak / Files that could not become items")
async def refused(visit: Visit, params: RefusedGiven) -> list[RefusedFileOut]:
    """Return paths and why."""
    found = await visit.office.library.refused_files(params.limit, params.offset)
    refusals = [(file.path, file.refusal) for file in found if file.refusal is not None]
    return [
        RefusedFileOut(path=path, reason=why.reason, detail=why.indonesian, english=why.english)
        for path, why in refusals
    ]


@operations.post("/media-changes", Right.MEDIA, "Ubah banyak materi satu per satu / Change many, each its own way")
async def changes(visit: Visit, body: Changes) -> ChangedOut:
    """Change fields; what comes back undoes it."""
    wanted = {AssetId(c.asset): c.fields.named() for c in body.changes}
    return _changed(await visit.office.materials.change(wanted, visit.actor, visit.now))


@operations.post("/media-bulk", Right.MEDIA, "Ubah banyak materi dengan isian yang sama / The same fields for many")
async def bulk(visit: Visit, body: BulkGiven) -> ChangedOut:
    """Change fields; what comes back undoes it."""
    fields = body.fields.named()
    wanted = dict.fromkeys(asset_ids(body.assets), fields)
    return _changed(await visit.office.materials.change(wanted, visit.actor, visit.now))


@operations.post("/media-warnings", Right.VIEW, "Apa yang memakai materi ini / What hangs on some items", asks=True)
async def warnings(visit: Visit, body: AssetsGiven) -> WarningOut:
    """Return what names them and when they air next."""
    wanted, planning = asset_ids(body.assets), visit.office.planning
    items = await visit.office.materials.items(wanted)
    paths = [path for item in items for path in item.asset.paths]
    plans = await read_plans(planning)
    uses = await asyncio.to_thread(uses_of, paths, plans)
    lines = await coming(planning, wanted, at_or_after(visit.now), 20)
    return WarningOut(
        uses=[UseOut(**_use(u)) for u in uses if u.direct][:50],
        coming=[ComingOut(channel=c.channel, start=starting(c.start), programme=c.programme) for c in lines],
    )


@operations.get("/media-bin/list", Right.VIEW, "Isi kotak buang / What is in the bin")
async def binned(visit: Visit, params: ListGiven) -> ListOut:
    """Return a page of the bin."""
    return await media(visit, params.model_copy(update={"binned": True}))


@operations.post("/media-bin", Right.MEDIA, "Masukkan ke kotak buang / Put into the bin")
async def put_away(visit: Visit, body: AssetsGiven) -> CountOut:
    """They air no more; their files stay."""
    count = await visit.office.materials.put_away(asset_ids(body.assets), visit.actor, visit.now)
    return CountOut(count=count)


@operations.post("/media-bin/restore", Right.MEDIA, "Kembalikan dari kotak buang / Take out of the bin")
async def restore(visit: Visit, body: AssetsGiven) -> CountOut:
    """They may air again."""
    count = await visit.office.materials.take_back(asset_ids(body.assets), visit.actor, visit.now)
    return CountOut(count=count)


@operations.post("/media-bin/empty", Right.MEDIA, "Kosongkan kotak buang / Empty the bin")
async def empty(visit: Visit, body: EmptyGiven) -> CountOut:
    """Remove files; what aired keeps its house sets."""
    chosen = asset_ids(body.assets) or None
    return CountOut(count=await visit.office.materials.empty(chosen, visit.actor, visit.now))


@operations.get("/media/{asset}", Right.VIEW, "Satu materi / One item")
async def item(visit: Visit, params: OneAsset) -> WholeItemOut:
    """Return everything known of it."""
    return WholeItemOut.of(await visit.office.materials.item(AssetId(params.asset)))


@operations.patch("/media/{asset}", Right.MEDIA, "Ubah satu materi / Change one item")
async def change(visit: Visit, params: OneAsset, body: Fields) -> WholeItemOut:
    """Change the named fields."""
    asset = AssetId(params.asset)
    if fields := body.named():
        await visit.office.materials.change({asset: fields}, visit.actor, visit.now)
    return WholeItemOut.of(await visit.office.materials.item(asset))


@operations.get("/media/{asset}/uses", Right.VIEW, "Di mana dipakai / Where it is used")
async def uses(visit: Visit, params: OneAsset) -> UsesOut:
    """Return what names it, when it airs next, when it aired."""
    office, asset = visit.office, AssetId(params.asset)
    found = await office.materials.item(asset)
    plans = await read_plans(office.planning)
    named = await asyncio.to_thread(uses_of, found.asset.paths, plans)
    lines = await coming(office.planning, [asset], at_or_after(visit.now))
    aired, total = await office.materials.store.airings(asset)
    return UsesOut(
        uses=[UseOut(**_use(u)) for u in named[:200]],
        coming=[ComingOut(channel=c.channel, start=starting(c.start), programme=c.programme) for c in lines],
        aired=[
            AiringOut(
                channel=a.channel, start=starting(Quanta(a.start)), seconds=round(seconds(Quanta(a.length)), 2),
                programme=a.programme,
            )
            for a in aired
        ],
        times_aired=total,
    )  # fmt: skip


@operations.post("/media/{asset}/move", Right.MEDIA, "Ganti nama atau pindahkan berkas / Rename or move a file")
async def move(visit: Visit, params: OneAsset, body: MoveGiven) -> PathOut:
    """Give a file another place in the media folder."""
    to = await visit.office.materials.move(AssetId(params.asset), body.path, body.to, visit.actor, visit.now)
    return PathOut(path=to)


@operations.post("/media/{asset}/again", Right.MEDIA, "Siapkan (lagi) / Conform it (again)")
async def again(visit: Visit, params: OneAsset) -> CountOut:
    """Queue its jobs that had ended; what no channel airs is conformed for one that it suits."""
    count = await visit.office.materials.again(AssetId(params.asset), visit.actor, visit.now)
    return CountOut(count=count)


@operations.get("/uploads", Right.MEDIA, "Unggahan saya / My uploads; they come in by tus at /api/v1/tus")
async def uploads(visit: Visit) -> list[UploadOut]:
    """Return what is under way, and what was lately."""
    found = await visit.office.uploads.mine(visit.actor, visit.now)
    fresh = visit.now - SHOWN_FOR
    told = [u.told.partition("\n") for u in found]
    return [
        UploadOut(
            id=u.id, path=u.path, size=u.size, received=u.received, state=u.state.value, made=u.made, detail=said[0],
            english=said[2],
        )
        for u, said in zip(found, told, strict=True)
        if u.state in ("receiving", "checking") or u.seen >= fresh
    ]  # fmt: skip


@operations.get("/media-import-folders", Right.MEDIA, "Folder di komputer stasiun / Folders of the station's computer")
async def server_folders(visit: Visit, params: ServerFolderGiven) -> ServerFolderOut:
    """Return what is in a folder; of none, the folders that may be brought in."""
    found = await visit.office.folders.look(params.path)
    return ServerFolderOut(path=found.path, parent=found.parent, folders=[*found.folders], files=found.files)


@operations.get("/media-imports", Right.MEDIA, "Impor folder yang terakhir / The latest import of a folder")
async def imports(visit: Visit) -> list[ImportOut]:
    """Return it, if there was any since the service began."""
    latest = visit.office.folders.latest
    return [] if latest is None else [ImportOut.of(latest)]


@operations.post("/media-imports", Right.MEDIA, "Impor folder komputer stasiun / Bring in a folder", status=201)
async def bring_in(visit: Visit, body: ImportGiven) -> ImportOut:
    """Begin to bring it into the media folder, with its name and all that is in it."""
    desk = visit.office.folders
    return ImportOut.of(await desk.begin(body.path, body.into, body.how, visit.actor, visit.now))


@operations.delete("/media-imports", Right.MEDIA, "Hentikan impor folder / Stop bringing in a folder")
async def stop_import(visit: Visit) -> None:
    """Stop; what is in stays."""
    visit.office.folders.stop()


def _use(use: Use) -> dict[str, Any]:
    return {name: getattr(use, name) for name in Use.__slots__}


def _changed(before: dict[AssetId, dict[str, Any]]) -> ChangedOut:
    undo = {"changes": [{"asset": name, "fields": fields} for name, fields in before.items()]}
    return ChangedOut(changed=len(before), undo=undo)

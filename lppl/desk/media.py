"""The planning desk's work on material: what staff know of it beyond its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lppl.desk.errors import FieldsRefused
from lppl.desk.materials import mistakes
from lppl.desk.planning import PlanningDesk
from lppl.errors import LpplError
from lppl.media import AssetId
from lppl.media_store import MediaStore
from lppl.programme import NO_DETAILS, Details
from lppl.records import BUILTIN


@dataclass(frozen=True, slots=True)
class Known:
    """An asset at a path, and what staff know of it."""

    path: str
    asset: AssetId
    details: Details


async def known(desk: PlanningDesk, paths: Sequence[str]) -> tuple[Known, ...]:
    """Return the assets at `paths` in the media folder, of folders all that lies below. Raises LpplError."""
    files = {p: f.asset for p, f in (await desk.library.files()).items() if f.asset and not p.startswith(BUILTIN)}
    found: dict[str, AssetId] = {}
    for path in paths:
        wanted = path.strip().strip("/")
        mine = {p: a for p, a in files.items() if p == wanted or p.startswith(f"{wanted}/") or wanted in ("", ".")}
        if not mine:
            raise LpplError(
                f"Materi {path} tidak dikenal. Lihat `lppl media list`; berkas baru perlu beberapa detik.",
                f"No media at {path}; see `lppl media list`.",
            )
        found |= mine
    details = await desk.store.details(sorted(set(found.values())))
    return tuple(Known(p, a, details.get(a, NO_DETAILS)) for p, a in sorted(found.items()))


async def set_details(
    desk: PlanningDesk, paths: Sequence[str], changes: Mapping[str, Any], now: datetime
) -> tuple[Known, ...]:
    """Change fields of the details of what lies at `paths`, all or none. Raises LpplError, ValidationError."""
    there = await known(desk, paths)
    made = [Known(k.path, k.asset, Details.model_validate({**k.details.model_dump(), **changes})) for k in there]
    assets = await desk.library.assets([k.asset for k in made])
    for each in made:
        facts = assets[each.asset].facts
        if wrong := mistakes(each.details, facts.duration_s if facts is not None else 0.0, changes):
            said = {f"{each.path}: {name}": sentences for name, sentences in wrong.items()}
            raise FieldsRefused(said)
    await MediaStore(desk.library.engine).change({k.asset: k.details for k in made}, {}, now)
    return tuple(made)

"""The planning desk's work on material: what staff know of it beyond its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lppl.desk.planning import PlanningDesk
from lppl.errors import LpplError
from lppl.media import AssetId
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
    """Change the named fields of the details of what lies at `paths`. Raises LpplError, ValidationError."""
    there = await known(desk, paths)
    made = [Known(k.path, k.asset, Details.model_validate({**k.details.model_dump(), **changes})) for k in there]
    for each in made:
        await _check_cues(desk, each)
    for each in {k.asset: k for k in made}.values():
        await desk.store.save_details(each.asset, each.details, now)
    return tuple(made)


async def _check_cues(desk: PlanningDesk, each: Known) -> None:
    """Refuse cue points behind the end of the file. Raises LpplError."""
    asset = await desk.library.asset(each.asset)
    length_ms = asset.facts.duration_s * 1000 if asset is not None and asset.facts is not None else None
    d = each.details
    points = [p for p in (d.cue_in_ms, d.intro_ms, d.outro_ms, d.cue_out_ms) if p is not None]
    if length_ms is not None and points and max(points) > length_ms + 100:
        raise LpplError(
            f"{each.path} hanya {length_ms / 1000:.1f} detik; titik {max(points) / 1000:.1f} detik di luar berkas.",
            f"{each.path} lasts {length_ms / 1000:.1f} s only; a point at {max(points) / 1000:.1f} s lies outside.",
        )

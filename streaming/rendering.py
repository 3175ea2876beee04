"""Renders what is derived from other assets: crossfades, faded tails, items with graphics burnt in."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from lppl.derived import Specification, Variant, derived_id
from lppl.errors import LpplError
from lppl.media import AssetId, Profile, Tags
from streaming.conform import Conformed, conform
from streaming.graphics import Graphics
from streaming.joins import Original, render

LOGOS = "graphics"
"""Folder below the data folder: each logo under the hash of its bytes, so that a variant can always be made again."""


class LogoMissing(LpplError):
    """The file of a logo is not there."""

    def __init__(self, logo: str) -> None:
        self.logo = logo
        super().__init__(
            "Berkas logo stasiun tidak ada; taruh kembali di folder materi, atau ubah aturan kanal.",
            "The file of the station's logo is missing; put it back, or change the channel's rules.",
        )


async def render_derived(
    specification: Specification,
    sources: Mapping[AssetId, tuple[Original, Tags]],
    profile: Profile,
    house: Path,
    work: Path,
    on_progress: Callable[[float], None],
    *,
    logos: Path,
    still: Callable[[Tags, Path], Awaitable[None]],
) -> Conformed:
    """Make the house set of `specification` from the `sources` that it names. An existing whole set is kept.

    Raises ProcessFailed, HouseFileDamaged, LogoMissing, OSError, and ValueError where the specification does not fit.
    """
    if not isinstance(specification, Variant):
        originals = {asset: original for asset, (original, _) in sources.items()}
        return await render(specification, originals, profile, house, work, still)
    original, tags = sources[AssetId(specification.asset)]
    logo = logos / f"{specification.logo}.png" if specification.logo else None
    if logo is not None and not logo.exists():
        raise LogoMissing(specification.logo)
    graphics = Graphics.of(specification, logo)
    name = derived_id(specification)
    return await conform(
        original.path, original.facts, tags, name, profile, house, work, on_progress, still, graphics=graphics
    )

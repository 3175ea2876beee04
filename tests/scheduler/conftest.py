"""Shelves and materials for the scheduler's tests; nothing here touches a disk."""

import hashlib
from collections.abc import Callable

import pytest

from lppl.media import AssetId, HouseId, Material, Shelf
from lppl.quanta import Quanta

MakeMaterial = Callable[..., Material]
MakeShelf = Callable[..., Shelf]


@pytest.fixture
def material() -> MakeMaterial:
    """Make material at a path with a length in quanta; the asset follows from the path."""

    def make(path: str, quanta: int = 100, *more: str) -> Material:
        asset = AssetId(hashlib.blake2b(path.encode(), digest_size=20).hexdigest())
        return Material(HouseId(f"{asset}.t"), asset, path, Quanta(quanta), paths=(path, *more))

    return make


@pytest.fixture
def shelf(material: MakeMaterial) -> MakeShelf:
    """Make a shelf from path=length pairs."""

    def make(lengths: dict[str, int]) -> Shelf:
        materials = [material(path, quanta) for path, quanta in lengths.items()]
        return Shelf({m.asset: m for m in materials})

    return make

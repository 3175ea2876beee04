"""What may not be watched of a channel's past, as a value; :mod:`lppl.takedowns` keeps what it is made from."""

from collections.abc import Mapping
from dataclasses import dataclass

from lppl.media import AssetId
from lppl.quanta import Quanta


@dataclass(frozen=True, slots=True)
class Withheld:
    """What may not be watched of one channel's past, as it is now: a key of what was made from it, too."""

    spans: tuple[tuple[Quanta, Quanta], ...] = ()
    """Taken down: [start, end) each, by start."""
    assets: frozenset[AssetId] = frozenset()
    """Assets whose rights do not allow it."""

    @classmethod
    def of(cls, spans: tuple[tuple[Quanta, Quanta], ...], catch_up: Mapping[AssetId, bool]) -> "Withheld":
        """Return what `catch_up` (asset -> allowed; what is not named is allowed) and the takedowns withhold."""
        return cls(tuple(sorted(spans)), frozenset(asset for asset, allowed in catch_up.items() if not allowed))

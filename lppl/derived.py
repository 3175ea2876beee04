"""Material made from material: what is rendered ahead so that the air needs no encoder.

A derived asset has no file of its own: its *specification* says what it is made from, and its id is the hash of the
specification, so that the same wish is rendered once. Its house set is an ordinary one.
"""

import hashlib
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from lppl.media import AssetId
from lppl.programme import AgeClass, Document


class Join(Document):
    """A crossfade of radio: the last quanta of one item mixed with the first of the next. Lengths in quanta.

    ``[before_at, before_at + length)`` of the house set of `before` sounds together with ``[after_at, after_at +
    length)`` of that of `after`; `before` fades out over `fade_out`, at the end of the join, `after` fades in over
    `fade_in`, at its start (0: full level at once). Equal power.
    """

    kind: Literal["join"] = "join"
    before: str
    after: str
    before_at: Annotated[int, Field(ge=0)]
    after_at: Annotated[int, Field(ge=0)]
    length: Annotated[int, Field(ge=1, le=125)]
    fade_out: Annotated[int, Field(ge=0, le=125)]
    fade_in: Annotated[int, Field(ge=0, le=125)] = 0


class Tail(Document):
    """The end of an item that is trimmed to fit: `[at, at + length)` of its house set, faded to silence and black."""

    kind: Literal["tail"] = "tail"
    asset: str
    at: Annotated[int, Field(ge=0)]
    length: Annotated[int, Field(ge=1, le=32)]


class Variant(Document):
    """A whole TV item with graphics burnt in. `logo` is the asset-like hash of the logo's file; empty: none."""

    kind: Literal["variant"] = "variant"
    asset: str
    logo: str = ""
    age: AgeClass | None = None
    notice: bool = False
    """The parental notice at the start."""


class Notice(Document):
    """A break-in's card and sound (:mod:`lppl.break_in`); of radio the sound. No plan wishes for it: it is made ahead
    or in the moment, by a lane of its own."""

    kind: Literal["notice"] = "notice"
    label: str
    headline: str
    lines: tuple[str, ...] = ()
    source: str = ""
    station: str = ""
    voice: str = ""
    """The asset of a recorded voice; empty: none."""
    path: str = ""
    """Where that lies in the media folder."""
    spoken: bool = False
    """A synthetic voice reads the text."""
    tone: bool = True


Specification = Join | Tail | Variant
SPECIFICATION: TypeAdapter[Specification] = TypeAdapter(Annotated[Specification, Field(discriminator="kind")])

DERIVED_VERSION = 1
"""Raised when rendering the same specification would give other bytes."""


def derived_id(specification: Specification | Notice) -> AssetId:
    """Return the id of what `specification` describes: 40 hex characters, as an asset's."""
    text = f"{DERIVED_VERSION}:{specification.model_dump_json()}"
    return AssetId(hashlib.blake2b(text.encode(), digest_size=20).hexdigest())


def sources_of(specification: Specification) -> tuple[AssetId, ...]:
    """Return the assets that it is made from."""
    if isinstance(specification, Join):
        return AssetId(specification.before), AssetId(specification.after)
    return (AssetId(specification.asset),)

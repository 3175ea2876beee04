"""What staff know of programmes and material, beyond what a file says of itself.

Values only: a *programme* (mata acara) is what the guide names; *details* are what staff add to an asset so that
rules can be watched. Legal facts behind age classes and categories: docs/decisions/pola-acara.md.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Category(StrEnum):
    """The five categories of the as-run log (log siaran)."""

    NEWS = "berita"
    EDUCATION = "pendidikan"
    CULTURE = "kebudayaan"
    ENTERTAINMENT = "hiburan"
    SUPPORT = "iklan"

    @property
    def label(self) -> str:
        """Its name in the log, Indonesian."""
        return _CATEGORY_LABELS[self]


_CATEGORY_LABELS = {
    Category.NEWS: "Berita & Informasi",
    Category.EDUCATION: "Pendidikan",
    Category.CULTURE: "Kebudayaan",
    Category.ENTERTAINMENT: "Hiburan",
    Category.SUPPORT: "Iklan & Penunjang",
}


class AgeClass(StrEnum):
    """Klasifikasi usia: P 2-6, A 7-12, R 13-17, D 18+, SU everybody."""

    P = "P"
    A = "A"
    R = "R"
    D = "D"
    SU = "SU"

    @property
    def label(self) -> str:
        """What is written on the screen: the letter and the age."""
        return {"P": "P 2-6", "A": "A 7-12", "R": "R 13-17", "D": "D 18+", "SU": "SU 2+"}[self.value]


Slug = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
"""A short name in addresses, commands and documents."""
Name = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(max_length=4000)]
Word = Annotated[str, StringConstraints(max_length=200)]


class Document(BaseModel):
    """A frozen value that is kept as JSON; unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Programme(Document):
    """Mata acara: what the weekly grid places and the guide names."""

    id: Slug
    title: Name
    description: Text = ""
    category: Category = Category.ENTERTAINMENT
    age: AgeClass = AgeClass.SU
    language: Word = "id"
    """BCP 47: ``id``, ``jv``, ``en``."""
    local: bool = True
    """Local content (muatan lokal)."""
    own: bool = True
    """The station's own production."""
    presenter: Word = ""
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")] = "#206bc4"
    picture: Word = ""
    """Path in the media folder, or empty."""
    audience: Word = ""
    default_length_s: Annotated[int, Field(ge=60, le=86_400)] = 3600
    censored: Word = ""
    """Number of the censorship pass (STLS) that covers the whole programme; empty when it has none or needs none."""


class SpotKind(StrEnum):
    """What a spot is: paid, or for the public."""

    COMMERCIAL = "niaga"
    ILM = "ilm"


class Product(StrEnum):
    """Products whose advertising has hours of its own."""

    ORDINARY = "biasa"
    CIGARETTES = "rokok"
    ADULT = "dewasa"


class Details(Document):
    """What staff know of one asset. Times in milliseconds from the asset's first sample; None: not set.

    Everything has a default that watches nothing, so that an asset without details airs like any other.
    """

    category: Category | None = None
    age: AgeClass | None = None
    language: Word = ""
    local: bool | None = None
    own: bool | None = None
    film: bool = False
    """A film or series that needs a censorship pass."""
    censored: Word = ""
    """Number of its censorship pass."""
    labelled: bool = False
    """It carries its age label already (burnt in, or spoken)."""
    speech: bool = False
    """Speech: no crossfade goes into it."""
    group: Word = ""
    """What category clocks call it: ``gold``, ``baru``, ``campursari``."""
    weight: Annotated[int, Field(ge=1, le=100)] = 1
    """How often in a rotation: 2 airs about twice as often as 1."""
    hours: tuple[tuple[int, int], ...] = ()
    """Day-parts in which a rotation may choose it: local seconds after midnight [from, to); may pass midnight."""
    cue_in_ms: Annotated[int, Field(ge=0)] | None = None
    intro_ms: Annotated[int, Field(ge=0)] | None = None
    """Where the intro ends (the voice begins)."""
    outro_ms: Annotated[int, Field(ge=0)] | None = None
    """Where the outro begins: the next item may start here."""
    cue_out_ms: Annotated[int, Field(ge=0)] | None = None
    cues_sought: bool = False
    """Its cue points have been looked for in the sound: what is not set then stays so until a person sets it."""
    first_day: date | None = None
    last_day: date | None = None
    """Rights: the asset may air from `first_day` to `last_day`, both included."""
    catch_up: bool = True
    """Whether its rights allow watching it later."""
    note: Text = ""


NO_DETAILS = Details()

"""The rule book: every legal number as a dated value with its source, and which of them is in force on a day.

A station changes the book by adding a version with a later `since`, never by editing code. Marks in a source: [V] read
in a public source, [P] press quoting the official one, [M] from memory, to be confirmed. The reasons, and how to
change a rule: docs/decisions/aturan-siaran.md. Nothing here looks at a plan.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints, model_validator

from lppl.programme import AgeClass, Category, Document, Product, Slug
from scheduler.rules.defaults import DEFAULTS
from scheduler.words import DAY_S, clock, written


def _hours(value: object) -> tuple[int, int]:
    """Read ``"22.00-03.00"`` as seconds after local midnight; it may pass midnight. Raises ValueError."""
    first, dash, last = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not dash:
        if isinstance(value, list | tuple) and len(value) == 2:
            return _in_a_day(*(clock(part) if isinstance(part, str) else part for part in value))
        raise ValueError(f'tulis jam seperti "22.00-03.00", bukan {value!r} / write hours like "22.00-03.00"')
    return _in_a_day(clock(first), clock(last))


def _in_a_day(start: object, until: object) -> tuple[int, int]:
    if not (type(start) is int and type(until) is int and 0 <= start < DAY_S and 0 <= until <= DAY_S):
        raise ValueError("jam harus di antara 00.00 dan 24.00 / hours must lie between 00.00 and 24.00")
    if start == until:
        raise ValueError(
            "awal dan akhir jam sama; untuk sepanjang hari tulis 00.00-24.00 / "
            "hours begin and end at one time; for the whole day write 00.00-24.00"
        )
    return start, until


def hours_text(hours: Sequence[tuple[int, int]]) -> str:
    """Write hours as staff do: ``07.00-09.00, 15.00-18.00``."""
    return ", ".join(f"{written(start)}-{written(until)}" for start, until in hours)


Hours = Annotated[
    tuple[int, int],
    BeforeValidator(_hours),
    PlainSerializer(lambda hours: hours_text((hours,)), return_type=str),
]
"""Local seconds after midnight [from, until), from > until passes midnight; in documents ``22.00-03.00``."""
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
AtLeast = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Language = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z]{2,8}$")]
"""The first part of a BCP 47 tag: ``id``, ``jv``."""


class Dated(Document):
    """What is ruled from the local date `since` on, until a version of the same rule with a later date."""

    since: date
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    """Law, circular or house rule, for staff; findings cite it."""

    @property
    def subject(self) -> Hashable:
        """Tells rules of one list apart; versions of one rule have the same."""
        return None


class AgeHours(Dated):
    """When an age class may air. None: at any hour; an empty list: at none."""

    age: AgeClass
    hours: tuple[Hours, ...] | None

    @property
    def subject(self) -> Hashable:
        """The class."""
        return self.age


class ProductHours(Dated):
    """When a product may be advertised. None: at any hour; an empty list: at none."""

    product: Product
    hours: tuple[Hours, ...] | None

    @property
    def subject(self) -> Hashable:
        """The product."""
        return self.product


class Share(Dated):
    """A share in percent: the most or the least that is allowed; None: only reported."""

    percent: Percent | None


class Languages(Dated):
    """Languages that may air without a word; the least share of Indonesian in percent, None: only reported."""

    allowed: tuple[Language, ...]
    indonesian_percent: Percent | None = None


class Repetition(Dated):
    """How many hours lie at least between two starts of one asset. None: not watched."""

    hours: AtLeast | None
    programmes: dict[Slug, AtLeast | None] = Field(default_factory=dict)
    """Programmes with hours of their own."""
    shortest_s: AtLeast = 600
    """Assets shorter than this (songs, jingles, azan) are not watched: rotations keep their own separation."""


class CensorshipPass(Dated):
    """Whether a film needs its number of the censorship pass (STLS)."""

    needed: bool = True


class AgeLabel(Dated):
    """Which programmes of TV must show their age label throughout."""

    classes: tuple[AgeClass, ...] = tuple(AgeClass)
    except_categories: tuple[Category, ...] = (Category.SUPPORT,)


class Azan(Dated):
    """No advertising inside the azan."""

    ramadan_only: bool = True


class Sahur(Dated):
    """During these hours of Ramadan only `classes` air, and no advertising of `not_advertised`."""

    hours: tuple[Hours, ...]
    classes: tuple[AgeClass, ...]
    not_advertised: tuple[Product, ...] = (Product.CIGARETTES, Product.ADULT)


D = TypeVar("D", bound=Dated)


def in_force(versions: Iterable[D], day: date) -> tuple[D, ...]:
    """Return the newest version of each rule among `versions` that holds on `day`, in the order of their subjects."""
    newest: dict[Hashable, D] = {}
    for rule in sorted(versions, key=lambda rule: rule.since):
        if rule.since <= day:
            newest[rule.subject] = rule
    return tuple(newest.values())


def _only(versions: Iterable[D], day: date) -> D | None:
    return next(iter(in_force(versions, day)), None)


@dataclass(frozen=True, slots=True)
class Law:
    """What is in force on one day; None: not watched."""

    ages: dict[AgeClass, AgeHours]
    products: dict[Product, ProductHours]
    commercial: Share | None
    ilm: Share | None
    local: Share | None
    languages: Languages | None
    repetition: Repetition | None
    censorship: CensorshipPass | None
    label: AgeLabel | None
    azan: Azan | None
    sahur: Sahur | None
    grid: Dated | None


def _listed(name: str) -> Any:
    """Declare a list of the book that begins with its defaults."""
    return Field(default_factory=lambda: DEFAULTS[name], validate_default=True)


class RuleBook(Document):
    """Everything that is watched. A list that is left out has the defaults, an empty one is not watched.

    Raises ValidationError, among others for two versions of one rule that begin on one day.
    """

    age_hours: tuple[AgeHours, ...] = _listed("age_hours")
    product_hours: tuple[ProductHours, ...] = _listed("product_hours")
    commercial_share: tuple[Share, ...] = _listed("commercial_share")
    """The most that commercials may take of a day's airtime."""
    ilm_share: tuple[Share, ...] = _listed("ilm_share")
    """The least that public-service spots take of all advertising of a day."""
    local_share: tuple[Share, ...] = _listed("local_share")
    """The least that local content takes of a day's programmes."""
    languages: tuple[Languages, ...] = _listed("languages")
    repetition: tuple[Repetition, ...] = _listed("repetition")
    censorship: tuple[CensorshipPass, ...] = _listed("censorship")
    label: tuple[AgeLabel, ...] = _listed("label")
    azan: tuple[Azan, ...] = _listed("azan")
    sahur: tuple[Sahur, ...] = _listed("sahur")
    grid: tuple[Dated, ...] = _listed("grid")
    """Clashes and gaps of the weekly grid."""

    @model_validator(mode="after")
    def _one_version_a_day(self) -> "RuleBook":
        for name in type(self).model_fields:
            seen: set[tuple[Hashable, date]] = set()
            for rule in getattr(self, name):
                if (rule.subject, rule.since) in seen:
                    raise ValueError(
                        f"{name}: dua versi berlaku sejak {rule.since}; hapus salah satu / "
                        f"{name}: two versions begin on {rule.since}; remove one"
                    )
                seen.add((rule.subject, rule.since))
        return self

    def law(self, day: date) -> Law:
        """Return what is in force on the local date `day`."""
        return Law(
            ages={rule.age: rule for rule in in_force(self.age_hours, day)},
            products={rule.product: rule for rule in in_force(self.product_hours, day)},
            commercial=_only(self.commercial_share, day),
            ilm=_only(self.ilm_share, day),
            local=_only(self.local_share, day),
            languages=_only(self.languages, day),
            repetition=_only(self.repetition, day),
            censorship=_only(self.censorship, day),
            label=_only(self.label, day),
            azan=_only(self.azan, day),
            sahur=_only(self.sahur, day),
            grid=_only(self.grid, day),
        )

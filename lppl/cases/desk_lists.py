"""The desk's own lists, each with a default that holds until somebody keeps another: what they must look like.

The store keeps JSON; here it becomes values, and what is wrong with it is said field by field by pydantic.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from lppl.cases import policy
from lppl.cases.case_store import DeskRules
from lppl.cases.documents import Document, read
from lppl.cases.policy import Policies
from lppl.cases.triage import places
from lppl.cases.triage import rules as triage_rules
from lppl.cases.triage.default_rules import DEFAULT_RULES
from lppl.cases.triage.pekalongan import KELURAHAN
from lppl.cases.values import CaseClass
from lppl.cases.working_days import Calendar, Leave

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class _List(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LeaveDay(_List):
    """A day of collective leave (`free`), or a holiday on which this city works."""

    day: date
    name: Name
    free: bool = True


class LeaveDays(_List):
    """The station's own table over the national holidays."""

    days: Annotated[list[LeaveDay], Field(max_length=2000)] = []


class Categories(_List):
    """What a case may be about."""

    names: Annotated[list[Name], Field(max_length=200)] = []


class Reply(_List):
    """A text that is written again and again."""

    title: Name
    text: Text


class Replies(_List):
    """Saved replies."""

    replies: Annotated[list[Reply], Field(max_length=200)] = []


class Kelurahan(_List):
    """A place that words are looked for. Coordinates: both or neither, degrees."""

    name: Name
    kecamatan: Name
    aliases: Annotated[list[Name], Field(max_length=10)] = []
    everyday: Annotated[list[Name], Field(max_length=10)] = []
    """Those of its names that are also common words."""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None


class Places(_List):
    """The station's kecamatan and kelurahan."""

    kelurahan: Annotated[list[Kelurahan], Field(max_length=2000)] = []


class Keeping(_List):
    """For how many months personal data of closed cases is kept; 0 keeps it."""

    months: Annotated[int, Field(ge=0, le=600)] = 60


class Rule(_List):
    """Words that speak for a class, a category, an agency; any of the three may be empty."""

    words: Annotated[list[Name], Field(min_length=1, max_length=50)]
    category: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    agency: Annotated[str, StringConstraints(strip_whitespace=True, max_length=160)] = ""
    case_class: CaseClass | Literal[""] = ""


class Rules(_List):
    """The keyword rules."""

    rules: Annotated[list[Rule], Field(max_length=1000)] = []


@dataclass(frozen=True, slots=True)
class ListKind:
    """What a list must look like, and what it holds until somebody keeps another."""

    model: type[BaseModel]
    default: Mapping[str, Any]


OTHER = "Lainnya"
CATEGORIES = (*dict.fromkeys(rule.category for rule in DEFAULT_RULES if rule.category), OTHER)


def _written(rule: triage_rules.Rule) -> dict[str, Any]:
    """Return a rule as the list holds it."""
    case_class = rule.case_class.value if rule.case_class is not None else ""
    return {
        "words": list(rule.words), "category": rule.category, "agency": rule.agency, "case_class": case_class
    }  # fmt: skip


def rules_told(body: Mapping[str, Any]) -> tuple[triage_rules.Rule, ...]:
    """Return the keyword rules that the list holds."""
    return tuple(
        triage_rules.Rule(
            tuple(r["words"]), r["category"], r["agency"], CaseClass(r["case_class"]) if r["case_class"] else None
        )
        for r in body["rules"]
    )


def places_told(body: Mapping[str, Any]) -> tuple[places.Kelurahan, ...]:
    """Return the places that the list holds."""
    return tuple(
        places.Kelurahan(
            k["name"], k["kecamatan"], tuple(k["aliases"]), k.get("latitude"), k.get("longitude"), tuple(k["everyday"])
        )
        for k in body["kelurahan"]
    )


PEKALONGAN = {
    "kelurahan": [
        {"name": k.name, "kecamatan": k.kecamatan, "aliases": list(k.aliases), "everyday": list(k.everyday)}
        for k in KELURAHAN
    ]
}
"""An example, and what a station in Pekalongan begins with."""

LISTS: Mapping[str, ListKind] = {
    "categories": ListKind(Categories, {"names": list(CATEGORIES)}),
    "replies": ListKind(
        Replies,
        {
            "replies": [
                {
                    "title": "Minta dilengkapi",
                    "text": "Terima kasih atas laporan Anda. Mohon lengkapi: di mana tepatnya, sejak kapan, dan foto "
                    "bila ada.",
                },
                {
                    "title": "Sudah diteruskan",
                    "text": "Laporan Anda sudah kami teruskan kepada instansi yang berwenang. Kami kabari bila ada "
                    "tindak lanjut.",
                },
            ]
        },
    ),
    "places": ListKind(Places, {"kelurahan": []}),
    "rules": ListKind(Rules, {"rules": [_written(rule) for rule in DEFAULT_RULES]}),
    "leave": ListKind(LeaveDays, {"days": []}),
    "policies": ListKind(Policies, policy.DEFAULT.model_dump(mode="json")),
    "keeping": ListKind(Keeping, {"months": 60}),
}
"""Every list, by the name under which it is kept."""


def or_default(name: str, found: Document | None, town: str = "") -> Document:
    """Return a list as it holds: what was kept, else its default. `town`: the station's. Pure."""
    if found is not None:
        return found
    if name == "places" and "pekalongan" in town.casefold():
        return Document(0, PEKALONGAN)
    return Document(0, LISTS[name].default)


async def rules_of(connection: AsyncConnection, zone: ZoneInfo) -> DeskRules:
    """Return by what clocks are told now."""
    table = or_default("policies", await read(connection, "policies")).body
    days = LeaveDays.model_validate(or_default("leave", await read(connection, "leave")).body)
    leaves = [Leave(each.day, each.name, each.free) for each in days.days]
    return DeskRules(Policies.model_validate(table), Calendar(leaves), zone)

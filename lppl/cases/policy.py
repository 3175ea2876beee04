"""How long each duty may take, in working days: tables with a date since which they hold, and where they come from.

The policy in force on the day a case arrived holds for all of its life: a new decree does not make an old case late.
Everything may be set by the station; `own` names what no decree sets, so that nobody takes it for law.
"""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from lppl.cases.values import CaseClass

Days = Annotated[int, Field(ge=1, le=1000)]
Citation = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]

_NOT_DAYS = frozenset({"since", "source", "ppid_source", "own", "resolve_days"})


class Policy(BaseModel):
    """What holds since a day. All periods are working days. Invalid values raise pydantic's ValidationError."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: date
    source: Citation
    """The rule that complaints follow."""
    ppid_source: Citation
    """The rule that requests for public information follow."""
    verify_days: Days
    """From arrival until the desk has looked at it and given it on."""
    first_answer_days: Days
    """From when an agency was given a case until it answers the reporter."""
    resolve_days: Mapping[CaseClass, Days]
    """From arrival until the end, for every class."""
    ppid_extension: Days
    """More for PPID, once, with a written reason."""
    objection_days: Days
    auto_close_days: Days
    """After an answer, with no word from the reporter, it may be closed."""
    transfer_days: Days
    """How often somebody asks the receiver of a transferred case for news."""
    complete_days: Days
    """After so long without what was asked for it may be archived."""
    own: frozenset[str] = frozenset()
    """Names of the fields that the station set itself; of a class, ``resolve_days.<class>``."""

    @field_validator("resolve_days", mode="after")
    @classmethod
    def _every_class(cls, days: Mapping[CaseClass, int]) -> Mapping[CaseClass, int]:
        without = [c.value for c in CaseClass if c not in days]
        if without:
            listed = ", ".join(without)
            raise ValueError(f"belum ada jangka waktu untuk {listed} / no period yet for {listed}")
        return days

    @model_validator(mode="after")
    def _own_known(self) -> Self:
        known = {f"resolve_days.{c}" for c in CaseClass} | (set(type(self).model_fields) - _NOT_DAYS)
        if unknown := sorted(self.own - known):
            listed = ", ".join(unknown)
            raise ValueError(f"own: tidak dikenal: {listed} / own: unknown: {listed}")
        return self

    def basis(self, field: str, case_class: CaseClass) -> tuple[str, str]:
        """Return where a period comes from, in Indonesian and English. `field`: as in `own`."""
        if field in self.own:
            return "ketentuan stasiun", "the station's own rule"
        of_ppid = field in ("ppid_extension", "objection_days", f"resolve_days.{CaseClass.PPID}")
        source = self.ppid_source if of_ppid else self.source
        return source, source


class Policies(BaseModel):
    """All policies, oldest first; there is always one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: Annotated[tuple[Policy, ...], Field(min_length=1)]

    @field_validator("table", mode="after")
    @classmethod
    def _in_order(cls, table: tuple[Policy, ...]) -> tuple[Policy, ...]:
        ordered = tuple(sorted(table, key=lambda p: p.since))
        twice = [a.since for a, b in pairwise(ordered) if a.since == b.since]
        if twice:
            raise ValueError(f"dua ketentuan sejak {twice[0]} / two policies since {twice[0]}")
        return ordered

    def at(self, day: date) -> Policy:
        """Return the policy for a case that arrived on a (local) day; the oldest one holds for all days before it."""
        return next((p for p in reversed(self.table) if p.since <= day), self.table[0])


DEFAULT = Policies(
    table=(
        Policy(
            since=date(2019, 1, 1),
            source="PermenPANRB 62/2018, SP4N-LAPOR!",
            ppid_source="UU 14/2008 Pasal 22 dan 36",
            verify_days=3,
            first_answer_days=5,
            resolve_days={
                CaseClass.REQUEST: 5,
                CaseClass.PLAIN: 14,
                CaseClass.SUPERVISION: 60,
                CaseClass.ASPIRATION: 14,
                CaseClass.PPID: 10,
            },
            ppid_extension=7,
            objection_days=30,
            auto_close_days=10,
            transfer_days=14,
            complete_days=10,
            own=frozenset({f"resolve_days.{CaseClass.ASPIRATION}", "transfer_days", "complete_days"}),
        ),
    )
)
"""What holds until the station sets something else."""

"""Dated policies: which one holds, that they can be written and read again, and what is refused."""

from datetime import date

import pytest
from pydantic import ValidationError

from lppl.cases.life import CaseClass
from lppl.cases.policy import DEFAULT, Policies, Policy

FIRST = DEFAULT.table[0]


def test_the_default_is_the_national_rule() -> None:
    assert FIRST.resolve_days == {
        CaseClass.REQUEST: 5,
        CaseClass.PLAIN: 14,
        CaseClass.SUPERVISION: 60,
        CaseClass.ASPIRATION: 14,
        CaseClass.PPID: 10,
    }
    assert (FIRST.verify_days, FIRST.first_answer_days, FIRST.auto_close_days) == (3, 5, 10)
    assert (FIRST.ppid_extension, FIRST.objection_days) == (7, 30)


def test_every_period_says_where_it_comes_from() -> None:
    assert "62/2018" in FIRST.basis("verify_days", CaseClass.PPID)[0]
    assert "14/2008" in FIRST.basis("resolve_days.ppid", CaseClass.PPID)[1]
    assert "14/2008" in FIRST.basis("objection_days", CaseClass.PPID)[0]
    for own in ("transfer_days", "complete_days", "resolve_days.aspirasi"):
        assert FIRST.basis(own, CaseClass.ASPIRATION) == ("ketentuan stasiun", "the station's own rule")


def test_the_policy_of_a_day_is_the_newest_that_holds_by_then() -> None:
    newer = FIRST.model_copy(update={"since": date(2026, 7, 1), "verify_days": 2})
    policies = Policies(table=(newer, FIRST))
    assert policies.at(date(2026, 6, 30)) == FIRST
    assert policies.at(date(2026, 7, 1)) == newer
    assert policies.at(date(2010, 1, 1)) == FIRST  # before all of them: the oldest


def test_it_survives_being_written() -> None:
    assert Policies.model_validate_json(DEFAULT.model_dump_json()) == DEFAULT


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"verify_days": 0}, "greater than or equal to 1"),
        ({"resolve_days": {"ppid": 10}}, "belum ada jangka waktu untuk berkadar-pengawasan"),
        ({"source": " "}, "at least 1 character"),
        ({"own": ["verifikasi"]}, "tidak dikenal: verifikasi"),
        ({"auto_close": 10}, "Extra inputs"),
    ],
)
def test_a_wrong_policy_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Policy.model_validate({**FIRST.model_dump(), **change})


def test_two_policies_cannot_begin_on_one_day_and_none_is_too_few() -> None:
    with pytest.raises(ValidationError, match="dua ketentuan sejak 2019-01-01"):
        Policies(table=(FIRST, FIRST))
    with pytest.raises(ValidationError):
        Policies(table=())

"""What a token may do with cases: erasing needs the right to work them beside the right to open names."""

import pytest

from lppl.accounts import Right, Role
from lppl.audit import Actor
from tests.web.staff.conftest import Site


@pytest.mark.parametrize(
    ("scopes", "status"),
    [
        ((Right.PERSONAL,), 403),
        ((Right.CASES, Right.CASES_READ), 403),
        ((Right.PERSONAL, Right.CASES), 404),  # let in; there is no such case
    ],
)
async def test_erasing_a_reporter_needs_both_rights(site: Site, scopes: tuple[Right, ...], status: int) -> None:
    account = await site.account(Role.COMPLAINTS)
    who = Actor(account.id, account.name)
    _, token = await site.office.people.add_token(account, "uji", scopes, None, who, site.clock.at)
    told = await site.stranger().post(
        "/api/v1/cases/1/erase", json={"reason": "permintaan"}, headers={"Authorization": f"Bearer {token}"}
    )
    assert told.status == status

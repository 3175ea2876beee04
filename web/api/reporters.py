"""Reporters through the API: erasing one, for good."""

from aiohttp import web

from lppl.accounts import Right
from web.api.case_models import OfCase, UnmaskIn
from web.api.operations import Operations
from web.staff.visit import Visit

operations = Operations("Aduan")


class OfReporter(OfCase):
    """Which reporter."""


@operations.post("/reporters/{number}/erase", Right.PERSONAL, "Hapus data pribadi pelapor / Erase a reporter's data")
async def erase(visit: Visit, params: OfReporter, body: UnmaskIn) -> None:
    """Destroy the keys of a reporter and of all that they sent, for good; put on record with its reason."""
    if not visit.may(Right.CASES):  # a token may open names without being allowed to work cases
        raise web.HTTPForbidden
    await visit.office.cases.erase_reporter(params.number, body.reason, visit.actor, visit.now)

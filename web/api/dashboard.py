"""The dashboard through the API: the head's figures, and what is so at this moment."""

from lppl.accounts import Right
from lppl.desk.dashboard import Board, Present
from web.api.operations import Operations
from web.staff.visit import Visit

operations = Operations("Dasbor")


@operations.get("/dashboard", Right.REPORT, "Angka untuk pimpinan, paling lama semenit / The head's figures")
async def board(visit: Visit) -> Board:
    """Return hours on the air, incidents, listeners by hour, storage, the queue, the next days, jobs."""
    return await visit.office.dashboard.board(visit.now)


@operations.get("/dashboard/now", Right.REPORT, "Pendengar dan keadaan saat ini / Listeners and health now")
async def present(visit: Visit) -> Present:
    """Return who listens at this moment, by channel and quality, and how the station is."""
    return visit.office.dashboard.present()

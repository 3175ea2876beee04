"""Listening and watching before air, for everybody of the station who sees plans (:mod:`web.preview`)."""

from functools import partial

from aiohttp import web

from lppl.accounts import Right
from web.preview import ADDRESSES, Answer, Preview
from web.staff.visit import Route, Visit, get

PREFIX = "/kerja/pratinjau"


class PreviewPages:
    """The addresses below :data:`PREFIX`; what they need of the disk is opened when somebody first asks."""

    def __init__(self) -> None:
        self._preview: Preview | None = None

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [get(PREFIX + path, Right.VIEW, partial(self._answer, answer)) for path, answer in ADDRESSES]

    async def _answer(self, answer: Answer, visit: Visit) -> web.StreamResponse:
        if self._preview is None:
            self._preview = Preview.of(visit.office.settings.data_dir)
        return await answer(self._preview, visit.request, visit.params)

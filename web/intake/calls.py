"""``/masuk/telepon``: the exchange announces a call before it hands its sound over by AudioSocket."""

import time
from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import UUID

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from lppl.intake import signatures
from lppl.intake.channels import plain
from lppl.intake.values import Source
from lppl.limits import household
from lppl.phone.calls import CallRefused
from web.intake.addresses import Address, Desk, away, body_of, not_too_often
from web.intake.hooks import TOKEN_HEADER

FIELDS_LARGEST = 4_000


class Announcements:
    """Answers for the exchange."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def addresses(self) -> list[Address]:
        """Return them."""
        return [Address("POST", "/masuk/telepon", self.announced)]

    async def announced(self, request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
        """Expect a call: ``uuid``, ``caller``, ``line`` as a form, the token in a header or as ``token``."""
        address = household(request.remote or "")
        await not_too_often(self._desk, "forged", address)
        try:
            channel = await self._desk.reception.channels.get(Source.CALL)
        except (SQLAlchemyError, OSError):
            raise away() from None
        if not channel.ready:
            raise web.HTTPNotFound
        # read by itself: a character set that the exchange invents must not matter
        body = (await body_of(request, FIELDS_LARGEST)).decode("utf-8", "replace")
        given = dict(reversed(parse_qsl(body)))
        token = request.headers.get(TOKEN_HEADER, "") or given.get("token", "")
        if not signatures.shared(token, plain(channel.settings.token)):
            await self._desk.rates().count("forged", address)
            raise web.HTTPForbidden
        try:
            uuid = UUID(given.get("uuid", ""))
        except ValueError:
            raise web.HTTPBadRequest from None
        try:
            self._desk.calls().register(uuid, given.get("caller", ""), given.get("line", ""), time.monotonic())
        except CallRefused as error:
            raise web.HTTPConflict(text=str(error)) from None
        return web.Response(text="ok")

"""``/masuk/…``: where message channels and gateways hand over what people wrote.

Whoever calls proves it first: a signature over the body as it came, or a secret. Then the body is kept, durably, and
only then acknowledged; it is read afterwards. What is sent again is kept once.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from lppl.intake import signatures, telegram
from lppl.intake.channels import Channel, plain
from lppl.intake.values import Raw, Source
from lppl.limits import household
from web.intake.addresses import Address, Desk, away, body_of, not_too_often

log = structlog.get_logger(__name__)

META = {"whatsapp": Source.WHATSAPP, "messenger": Source.MESSENGER, "instagram": Source.INSTAGRAM}
FORM = "application/x-www-form-urlencoded"
TOKEN_HEADER = "X-LPPL-Token"  # noqa: S105 - a header's name


class Hooks:
    """Answers for the webhooks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def addresses(self) -> list[Address]:
        """Return them."""
        found = [Address("GET", f"/masuk/{name}", self.challenged) for name in META]
        found += [Address("POST", f"/masuk/{name}", self.meta) for name in META]
        return [
            *found,
            Address("POST", "/masuk/telegram", self.telegram),
            Address("GET", "/masuk/sms", self.sms),
            Address("POST", "/masuk/sms", self.sms),
            Address("POST", "/masuk/aplikasi", self.app),
            Address("GET", "/masuk/x", self.x_challenged),
            Address("POST", "/masuk/x", self.x),
        ]

    # --- Meta: WhatsApp, Messenger, Instagram ---

    async def challenged(self, request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
        """Echo Meta's challenge, if it knows the token."""
        await self._not_a_forger(request)
        channel = await self._channel(_source(request))
        echo = signatures.meta_challenge(request.query, plain(channel.settings.verify_token))
        if echo is None:
            await self._forged(request, channel.source)
        return web.Response(text=echo, headers={"X-Content-Type-Options": "nosniff"})

    async def meta(self, request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
        """Keep a batch of messages."""
        channel, body = await self._come_in(request, _source(request))
        header = request.headers.get("X-Hub-Signature-256", "")
        if not signatures.meta(body, header, plain(channel.settings.app_secret)):
            await self._forged(request, channel.source)
        return await self._kept(request, channel.source, body)

    # --- others ---

    async def telegram(self, request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
        """Keep an update of a bot."""
        channel, body = await self._come_in(request, Source.TELEGRAM)
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not signatures.shared(given, plain(channel.settings.webhook_secret)):
            await self._forged(request, Source.TELEGRAM)
        raw = self._raw(request, Source.TELEGRAM, body)
        update = telegram.last_update(raw)
        return await self._kept(request, Source.TELEGRAM, body, "" if update is None else f"update:{update}")

    async def sms(self, request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
        """Keep a message of a gateway: in the query, as a form, or as JSON."""
        if request.method == "HEAD":  # whoever only looks sends nothing, though a GET does
            raise web.HTTPMethodNotAllowed("HEAD", ["GET", "POST"])
        channel, body = await self._come_in(request, Source.SMS)
        token = request.headers.get(TOKEN_HEADER, "") or request.query.get("token", "")
        if not signatures.shared(token, plain(channel.settings.token)):
            await self._forged(request, Source.SMS)
        if request.method == "GET":
            given = parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True, encoding="latin-1")
            query = urlencode([(k, v) for k, v in given if k != "token"], encoding="latin-1")
            return await self._kept(request, Source.SMS, query.encode(), content_type=FORM)
        return await self._kept(request, Source.SMS, body)

    async def app(self, request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
        """Keep messages of another program, by our own signed JSON."""
        channel, body = await self._come_in(request, Source.APP)
        header = request.headers.get("LPPL-Signature", "")
        if not signatures.stamped(body, header, plain(channel.settings.secret), self._desk.reception.now()):
            await self._forged(request, Source.APP)
        return await self._kept(request, Source.APP, body)

    async def x_challenged(self, request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
        """Answer X's challenge."""
        channel = await self._channel(Source.X)
        answer = signatures.x_crc(request.query.get("crc_token", ""), plain(channel.settings.consumer_secret))
        if answer is None:
            raise web.HTTPBadRequest
        return web.json_response({"response_token": answer})

    async def x(self, request: web.Request, _params: Mapping[str, str]) -> web.StreamResponse:
        """Keep events of an account of X."""
        channel, body = await self._come_in(request, Source.X)
        header = request.headers.get("X-Twitter-Webhooks-Signature", "")
        if not signatures.x(body, header, plain(channel.settings.consumer_secret)):
            await self._forged(request, Source.X)
        return await self._kept(request, Source.X, body)

    # --- all of them ---

    async def _channel(self, source: Source) -> Channel:
        """Return a channel that takes words in. Raises HTTPNotFound while it is not set up."""
        try:
            channel = await self._desk.reception.channels.get(source)
        except (SQLAlchemyError, OSError):
            raise away() from None
        if not channel.ready:
            raise web.HTTPNotFound
        return channel

    async def _come_in(self, request: web.Request, source: Source) -> tuple[Channel, bytes]:
        """Return channel and body of a call."""
        await self._not_a_forger(request)
        return await self._channel(source), await body_of(request)

    async def _not_a_forger(self, request: web.Request) -> None:
        """Let a caller try. Raises HTTPTooManyRequests for an address that forged too often."""
        await not_too_often(self._desk, "forged", household(request.remote or ""))

    async def _forged(self, request: web.Request, source: Source) -> None:
        """Refuse a call that nobody vouches for. Raises HTTPForbidden."""
        await self._desk.rates().count("forged", household(request.remote or ""))
        log.warning("hook_forged", source=source.value, address=request.remote)
        raise web.HTTPForbidden

    def _raw(self, request: web.Request, source: Source, body: bytes, content_type: str = "") -> Raw:
        return Raw(source, body, content_type or request.headers.get("Content-Type", ""), self._desk.reception.now())

    async def _kept(
        self, request: web.Request, source: Source, body: bytes, key: str = "", content_type: str = ""
    ) -> web.StreamResponse:
        """Keep a body and acknowledge it."""
        try:
            await self._desk.reception.receive(self._raw(request, source, body, content_type), key)
        except (SQLAlchemyError, OSError) as error:
            log.error("hook_not_kept", source=source.value, reason=type(error).__name__)
            raise away() from None
        return web.Response(text="OK")


def _source(request: web.Request) -> Source:
    return META[request.path.rpartition("/")[2]]

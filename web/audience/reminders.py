"""``/pengingat``: reminders by web push, without an account: a browser's own push address is all that is known of it.

::

    GET    /pengingat/kunci    -> {"key": "<base64url>"}
    POST   /pengingat          {"subscription": {"endpoint": ..., "keys": {"p256dh": ..., "auth": ...}},
                                "language": "id", "channel": "tv", "uid": "<of the guide>"}      -> 201
    POST   /pengingat/daftar   {"endpoint": ...}     -> {"reminders": [{"channel", "programme", "start", "title"}]}
    DELETE /pengingat          {"endpoint": ..., "channel": ..., "programme": ..., "start": ...} -> 204

Without channel and start DELETE forgets the browser. Whoever knows an endpoint owns it: it is a secret of that browser.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from lppl.errors import LpplError
from lppl.limits import Limit
from web.audience.bodies import sent
from web.audience.pages import Pages
from web.audience.view import Reminding, Wish

MOST_BYTES = 4096
MOST_WISHES, WISHES_S = 600, 3600.0
"""So many reminders may come from one address, which a whole village may share; else one could take all the room."""
SERVICES = ("fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com")
"""The push services of the browsers that there are. The station sends to no other host: else anybody could make it
call addresses of its own network."""
NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
Body = TypeVar("Body", bound=BaseModel)


def trusted_service(endpoint: str) -> bool:
    """Tell whether `endpoint` is an address of a known push service. Pure."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    known = any(host == service or host.endswith(f".{service}") for service in SERVICES)
    return parts.scheme == "https" and port in (None, 443) and known and parts.username is None


def _key(length: int) -> AfterValidator:
    """Check that text is base64url of so many bytes."""

    def check(text: str) -> str:
        try:
            if len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) == length:
                return text
        except (binascii.Error, ValueError):
            pass
        raise ValueError("not a key")

    return AfterValidator(check)


class _Value(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


Endpoint = Annotated[str, Field(min_length=10, max_length=1024)]


class Keys(_Value):
    """The keys of a subscription (RFC 8291): a point of P-256, uncompressed, and 16 bytes."""

    p256dh: Annotated[str, Field(max_length=120), _key(65)]
    auth: Annotated[str, Field(max_length=40), _key(16)]


class Subscription(_Value):
    """What ``PushSubscription.toJSON()`` gives."""

    endpoint: Endpoint
    keys: Keys


class Asked(_Value):
    """A wish to be reminded."""

    subscription: Subscription
    language: Literal["id", "en"] = "id"
    channel: Annotated[str, Field(max_length=32)]
    uid: Annotated[str, Field(max_length=200)]


class Dropped(_Value):
    """What is to be forgotten."""

    endpoint: Endpoint
    channel: Annotated[str, Field(max_length=32)] = ""
    programme: Annotated[str, Field(max_length=64)] = ""
    start: AwareDatetime | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.channel) != (self.start is not None):
            raise ValueError("one reminder is named by its channel and its start")
        return self


class Known(_Value):
    """Whose reminders are asked for."""

    endpoint: Endpoint


class Reminders:
    """Answers below ``/pengingat``. `trusted` tells which push services are sent to."""

    def __init__(self, pages: Pages, desk: Reminding, trusted: Callable[[str], bool] = trusted_service) -> None:
        self._pages, self._desk, self._trusted = pages, desk, trusted
        self._wishes = Limit(MOST_WISHES, WISHES_S)

    def add(self, app: web.Application) -> None:
        """Register the addresses."""
        app.router.add_get("/pengingat/kunci", self.key)
        app.router.add_post("/pengingat", self.remind)
        app.router.add_delete("/pengingat", self.forget)
        app.router.add_post("/pengingat/daftar", self.listed)

    async def key(self, request: web.Request) -> web.Response:
        """Answer with the station's public key."""
        try:
            return web.json_response({"key": await self._desk.key()}, headers=NO_STORE)
        except LpplError as error:
            raise self._refused(request, error, 503) from None

    async def remind(self, request: web.Request) -> web.Response:
        """Remember one broadcast. 404 when the guide has none such, or it has begun; 422 for another push service.

        429 when its address asked for very many.
        """
        asked = await self._read(request, Asked)
        s = asked.subscription
        if not self._trusted(s.endpoint):
            raise self._problem("Layanan pemberitahuan peramban ini tidak dikenal. / Unknown push service.", 422)
        known = any(c.id == asked.channel for c in self._pages.view.channels)
        entry = await self._pages.view.named(asked.channel, asked.uid) if known else None
        if entry is None or entry.start <= self._pages.view.now:
            raise self._problem("Acara itu tidak ada atau sudah mulai. / No such programme to come.", 404)
        address = request.remote or ""
        if self._wishes.wait_s(address):
            raise self._problem("Terlalu banyak pengingat; coba lagi nanti. / Too many reminders; try later.", 429)
        self._wishes.count(address)
        wish = Wish(s.endpoint, s.keys.p256dh, s.keys.auth, asked.language)
        try:
            await self._desk.remind(wish, entry)
        except LpplError as error:
            raise self._refused(request, error, 503) from None
        return web.json_response({"start": entry.start.isoformat()}, status=201, headers=NO_STORE)

    async def forget(self, request: web.Request) -> web.Response:
        """Forget a reminder, or the browser."""
        dropped = await self._read(request, Dropped)
        try:
            await self._desk.forget(dropped.endpoint, dropped.channel, dropped.programme, dropped.start)
        except LpplError as error:
            raise self._refused(request, error, 503) from None
        return web.Response(status=204, headers=NO_STORE)

    async def listed(self, request: web.Request) -> web.Response:
        """Answer with what a browser will be reminded of."""
        known = await self._read(request, Known)
        try:
            found = await self._desk.remembered(known.endpoint)
        except LpplError as error:
            raise self._refused(request, error, 503) from None
        told = [
            {"channel": r.channel, "programme": r.programme, "start": r.start.isoformat(), "title": r.title}
            for r in found
        ]
        return web.json_response({"reminders": told}, headers=NO_STORE)

    async def _read(self, request: web.Request, kind: type[Body]) -> Body:
        try:
            return kind.model_validate(await sent(request, MOST_BYTES))
        except ValueError:
            raise self._problem("Permintaan tidak dapat dibaca. / The request cannot be read.", 400) from None

    def _refused(self, request: web.Request, error: LpplError, status: int) -> web.HTTPException:
        return self._problem(self._pages.sentence(error, request), status)

    @staticmethod
    def _problem(sentence: str, status: int) -> web.HTTPException:
        kinds: Mapping[int, type[web.HTTPException]] = {
            400: web.HTTPBadRequest, 404: web.HTTPNotFound, 422: web.HTTPUnprocessableEntity,
            429: web.HTTPTooManyRequests, 503: web.HTTPServiceUnavailable,
        }  # fmt: skip
        return kinds[status](text=json.dumps({"error": sentence}), content_type="application/json", headers=NO_STORE)

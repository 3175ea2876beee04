"""Webhooks through the API: who is told of what, what became of it, and a message to try."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from lppl.accounts import Right
from lppl.errors import NotThere
from lppl.settings import wrong
from lppl.webhooks import Hook, Message, Webhook, new_secret
from web.api.operations import Operations
from web.api.people import Number, Strict
from web.staff.visit import Visit

operations = Operations("Webhook")
FORBIDDEN = ("169.254.", "fe80:")
"""Link-local addresses: where clouds keep the keys of their machines."""


class NoWebhook(NotThere):
    """There is no such webhook."""

    def __init__(self) -> None:
        super().__init__("Webhook itu tidak ada.", "There is no such webhook.")


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    good = parts.scheme in ("http", "https") and host and parts.username is None and port != 0
    if not good or parts.fragment or host.startswith(FORBIDDEN) or not value.isprintable():
        raise wrong("tulis alamat utuh seperti https://contoh.go.id/kabar", "write a whole http(s):// address")
    return value


Url = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=True), AfterValidator(_address)]


class OfWebhook(Strict):
    """Which one."""

    number: Number


class WebhookIn(Strict):
    """Where to, and what is told."""

    url: Url
    events: Annotated[list[Hook], Field(min_length=1, max_length=20)]
    active: bool = True


class WebhookOut(BaseModel):
    """A webhook."""

    id: int
    url: str
    events: list[Hook]
    active: bool
    made: AwareDatetime
    author: str


class NewWebhookOut(WebhookOut):
    """A new webhook with its secret, shown this once."""

    secret: str


class MessageOut(BaseModel):
    """What became of a message; `not_before`: its next try, null once it is delivered or given up."""

    id: int
    event: str
    made: AwareDatetime
    attempts: int
    not_before: AwareDatetime | None
    delivered: AwareDatetime | None
    outcome: str


@operations.get("/webhooks", Right.ADMIN, "Semua webhook / All webhooks")
async def all(visit: Visit) -> list[WebhookOut]:
    """Return every webhook."""
    return [_out(hook) for hook in await visit.office.webhooks.all()]


@operations.post("/webhooks", Right.ADMIN, "Tambah webhook / Add a webhook", status=201)
async def add(visit: Visit, body: WebhookIn) -> NewWebhookOut:
    """Keep a webhook, and return its secret this once."""
    secret = new_secret()
    hooks = visit.office.webhooks
    number = await hooks.add(body.url, secret, body.events, visit.me.name, visit.now)
    if not body.active:
        await hooks.change(number, body.url, body.events, active=False)
    await visit.office.audit.record(
        visit.actor, "webhook.added", visit.now, object=str(number), after=body.model_dump(mode="json")
    )
    return NewWebhookOut(id=number, made=visit.now, author=visit.me.name, secret=secret, **body.model_dump())


@operations.put("/webhooks/{number}", Right.ADMIN, "Ubah webhook / Change a webhook")
async def change(visit: Visit, params: OfWebhook, body: WebhookIn) -> WebhookOut:
    """Change a webhook."""
    before = await _known(visit, params.number)
    await visit.office.webhooks.change(params.number, body.url, body.events, body.active)
    await visit.office.audit.record(
        visit.actor, "webhook.changed", visit.now, object=str(params.number),
        before=_out(before).model_dump(mode="json"), after=body.model_dump(mode="json"),
    )  # fmt: skip
    return _out(await _known(visit, params.number))


@operations.delete("/webhooks/{number}", Right.ADMIN, "Hapus webhook / Remove a webhook")
async def remove(visit: Visit, params: OfWebhook) -> None:
    """Remove a webhook with its messages."""
    before = await _known(visit, params.number)
    await visit.office.webhooks.remove(params.number)
    await visit.office.audit.record(
        visit.actor,
        "webhook.removed",
        visit.now,
        object=str(params.number),
        before=_out(before).model_dump(mode="json"),
    )


@operations.get("/webhooks/{number}/messages", Right.ADMIN, "Pesan yang dikirim / What was sent")
async def messages(visit: Visit, params: OfWebhook) -> list[MessageOut]:
    """Return the newest messages of a webhook."""
    await _known(visit, params.number)
    return [_message(m) for m in await visit.office.webhooks.messages(params.number)]


@operations.post("/webhooks/{number}/ping", Right.ADMIN, "Kirim pesan percobaan / Send a message to try", status=202)
async def ping(visit: Visit, params: OfWebhook) -> WebhookOut:
    """Put a message to try into the outbox."""
    known = await _known(visit, params.number)
    await visit.office.webhooks.tell(Hook.PING, {"author": visit.me.name}, visit.now, only=params.number)
    return _out(known)


async def _known(visit: Visit, number: int) -> Webhook:
    found = next((h for h in await visit.office.webhooks.all() if h.id == number), None)
    if found is None:
        raise NoWebhook
    return found


def _out(hook: Webhook) -> WebhookOut:
    return WebhookOut(
        id=hook.id, url=hook.url, events=list(hook.events), active=hook.active, made=hook.made, author=hook.author
    )


def _message(m: Message) -> MessageOut:
    return MessageOut(
        id=m.id, event=m.event, made=m.made, attempts=m.attempts, not_before=m.not_before, delivered=m.delivered,
        outcome=m.outcome,
    )  # fmt: skip

"""How each channel is set up, when it last worked, and what it last failed with; its secrets are sealed.

What can be set is declared here once, as a pydantic model for each channel; pages, the API and the adapters read it.
"""

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases.tables import intake_channels
from lppl.database import READS
from lppl.intake.keyring import KeyGone, Keyring
from lppl.intake.values import Source
from lppl.stores import upsert

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^(https?://\S+)?$")]
Secret = Annotated[SecretStr, Field(max_length=1000)]
NONE = SecretStr("")
REMEMBERED_S = 1.0
TOLD_EVERY = timedelta(minutes=1)
"""'Last worked' is written no oftener than this."""


class _SetUp(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NothingToSet(_SetUp):
    """Works as soon as it is switched on."""


class Call(_SetUp):
    """The phone line: where the exchange connects to, and from which networks it may."""

    host: Short = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 9092
    allowed: Annotated[list[Short], Field(max_length=32)] = ["127.0.0.0/8", "::1/128"]
    token: Secret = NONE
    calls: Annotated[int, Field(ge=1, le=64)] = 8
    longest_s: Annotated[int, Field(ge=30, le=1800)] = 300


class WhatsApp(_SetUp):
    """Meta's Cloud API."""

    phone_number_id: Short = ""
    access_token: Secret = NONE
    app_secret: Secret = NONE
    verify_token: Secret = NONE


class Telegram(_SetUp):
    """A bot; asked for messages, or told of them."""

    bot_token: Secret = NONE
    way: Literal["polling", "webhook"] = "polling"
    webhook_secret: Secret = NONE


class Sms(_SetUp):
    """A gateway that calls us for each message, and that we call for each answer."""

    token: Secret = NONE
    send_url: Address = ""
    """With ``{to}`` and ``{text}`` in it."""


class Email(_SetUp):
    """A mailbox that is read by IMAP over TLS, and answered by SMTP."""

    imap_host: Short = ""
    imap_port: Annotated[int, Field(ge=1, le=65535)] = 993
    user: Short = ""
    password: Secret = NONE
    folder: Short = "INBOX"
    smtp_host: Short = ""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 465
    sender: Short = ""


class Signed(_SetUp):
    """Programs that send our own signed JSON."""

    secret: Secret = NONE


class Open311(_SetUp):
    """Who may send by GeoReport v2; without a key anybody may read services, and nobody may send."""

    api_key: Secret = NONE


class Meta(_SetUp):
    """A page of Facebook, or an account of Instagram."""

    app_secret: Secret = NONE
    verify_token: Secret = NONE
    page_token: Secret = NONE


class X(_SetUp):
    """The Account Activity API."""

    consumer_secret: Secret = NONE
    access_token: Secret = NONE


MODELS: dict[Source, type[_SetUp]] = {
    Source.CALL: Call,
    Source.NOTE: NothingToSet,
    Source.WEB: NothingToSet,
    Source.EVENT: NothingToSet,
    Source.WHATSAPP: WhatsApp,
    Source.TELEGRAM: Telegram,
    Source.SMS: Sms,
    Source.EMAIL: Email,
    Source.TABLE: NothingToSet,
    Source.APP: Signed,
    Source.OPEN311: Open311,
    Source.MESSENGER: Meta,
    Source.INSTAGRAM: Meta,
    Source.X: X,
}
NEEDED: dict[Source, tuple[str, ...]] = {
    Source.CALL: ("token",),
    Source.WHATSAPP: ("phone_number_id", "access_token", "app_secret", "verify_token"),
    Source.TELEGRAM: ("bot_token",),
    Source.SMS: ("token",),
    Source.EMAIL: ("imap_host", "user", "password"),
    Source.APP: ("secret",),
    Source.OPEN311: ("api_key",),
    Source.MESSENGER: ("app_secret", "verify_token"),
    Source.INSTAGRAM: ("app_secret", "verify_token"),
    Source.X: ("consumer_secret",),
}
"""What has to be filled in before a channel can work."""
FROM_THE_START = frozenset({Source.NOTE, Source.WEB, Source.EVENT, Source.TABLE})


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as it is set up. `lacking`: which settings are still empty. `place`: how far it was read."""

    source: Source
    active: bool
    settings: Any
    place: str
    worked: datetime | None
    failed: datetime | None
    failure: str

    @property
    def lacking(self) -> tuple[str, ...]:
        """Return which needed settings are empty."""
        return tuple(name for name in NEEDED.get(self.source, ()) if not plain(getattr(self.settings, name)))

    @property
    def ready(self) -> bool:
        """Tell whether it takes words in."""
        return self.active and not self.lacking


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a test of a channel, in both languages."""

    worked: bool
    indonesian: str
    english: str


def plain(value: Any) -> Any:
    """Return a setting's value, secret or not."""
    return value.get_secret_value() if isinstance(value, SecretStr) else value


class Channels:
    """The store. What is read is remembered for a moment, since every message asks."""

    def __init__(self, engine: AsyncEngine, keyring: Keyring) -> None:
        self._engine, self._keyring = engine, keyring
        self._reading = engine.execution_options(**READS)
        self._told: dict[Source, datetime] = {}
        self._remembered: dict[Source, tuple[float, Channel]] = {}

    async def all(self) -> tuple[Channel, ...]:
        """Return every channel, in the order in which they are declared."""
        async with self._reading.connect() as connection:
            rows = {row.source: row for row in await connection.execute(select(intake_channels))}
        return tuple(self._channel(source, rows.get(source.value)) for source in MODELS)

    async def get(self, source: Source) -> Channel:
        """Return one channel, as it was at most :data:`REMEMBERED_S` ago: every message asks."""
        known = self._remembered.get(source)
        if known is not None and time.monotonic() < known[0]:
            return known[1]
        async with self._reading.connect() as connection:
            query = select(intake_channels).where(intake_channels.c.source == source.value)
            channel = self._channel(source, (await connection.execute(query)).one_or_none())
        self._remembered[source] = (time.monotonic() + REMEMBERED_S, channel)
        return channel

    async def keep(self, source: Source, active: bool, settings: _SetUp) -> None:
        """Keep how a channel is set up."""
        key = self._keyring.new()
        written = {name: plain(getattr(settings, name)) for name in type(settings).model_fields}
        values = {
            "active": active, "settings": key.seal(json.dumps(written).encode()), "wrapped": key.wrapped,
        }  # fmt: skip
        fresh = {"source": source.value, "place": "", "worked": None, "failed": None, "failure": "", **values}
        async with self._engine.begin() as connection:
            statement = upsert(connection, intake_channels).values(fresh)
            await connection.execute(statement.on_conflict_do_update(index_elements=["source"], set_=values))
        self._remembered.pop(source, None)

    async def worked(self, source: Source, now: datetime) -> None:
        """Put on record that a word came by it."""
        last = self._told.get(source)
        if last is not None and now - last < TOLD_EVERY:
            return
        self._told[source] = now
        await self._note(source, worked=now, failure="")

    async def failed(self, source: Source, why: str, now: datetime) -> None:
        """Put on record what it failed with; `why` must hold no secret."""
        self._told.pop(source, None)
        await self._note(source, failed=now, failure=why[:500])

    async def move(self, source: Source, place: str) -> None:
        """Put on record how far it was read."""
        await self._note(source, place=place)

    async def _note(self, source: Source, **values: Any) -> None:
        self._remembered.pop(source, None)
        async with self._engine.begin() as connection:
            one = update(intake_channels).where(intake_channels.c.source == source.value)
            if (await connection.execute(one.values(values))).rowcount:
                return
            fresh = {
                "source": source.value, "active": source in FROM_THE_START, "settings": None, "wrapped": None,
                "place": "", "worked": None, "failed": None, "failure": "", **values,
            }  # fmt: skip
            statement = upsert(connection, intake_channels).values(fresh)
            await connection.execute(statement.on_conflict_do_update(index_elements=["source"], set_=values))

    def _channel(self, source: Source, row: Any) -> Channel:
        model = MODELS[source]
        if row is None:
            return Channel(source, source in FROM_THE_START, model(), "", None, None, "")
        settings, failure = model(), row.failure
        if row.settings is not None:
            try:
                settings = model.model_validate_json(self._keyring.unwrapped(row.wrapped).opened(row.settings))
            except (KeyGone, ValueError):
                failure = (
                    "Pengaturan kanal tidak dapat dibuka; isi lagi. / The settings cannot be opened; set them anew."
                )
        return Channel(source, row.active, settings, row.place, row.worked, row.failed, failure)

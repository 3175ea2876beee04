"""What reporters are told by the channel they came by: that their word arrived, with its code; to call 112 at once.

The outbox is in the records: a message is sent by one process, tried again when it fails, and given up after a day.
"""

import asyncio
import json
import smtplib
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import quote

import aiohttp
import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases.tables import outgoing
from lppl.intake.channels import Channel, Channels, plain
from lppl.intake.keyring import KeyGone, Keyring
from lppl.intake.values import Source

log = structlog.get_logger(__name__)

GRAPH = "https://graph.facebook.com/v23.0"
TELEGRAM = "https://api.telegram.org"
X = "https://api.x.com"
HOLD = timedelta(minutes=2)
PAUSES = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200, 28_800))
TIMEOUT = aiohttp.ClientTimeout(total=20)

TEXTS: Mapping[str, str] = {
    "diterima": (
        "Terima kasih. Laporan Anda diterima {station} dengan kode {code}. Sebutkan kode ini bila menanyakan tindak "
        "lanjutnya. Data pribadi Anda disimpan tersandi dan hanya dipakai untuk menangani laporan ini."
    ),
    "darurat": (
        "DARURAT: telepon 112 SEKARANG (gratis, 24 jam). Pesan ini belum tentu langsung terbaca petugas. "
        "Laporan Anda juga kami catat dengan kode {code}."
    ),
}
SHORT: Mapping[str, str] = {
    "diterima": "{station}: laporan diterima, kode {code}.",
    "darurat": "DARURAT: telepon 112 SEKARANG (gratis, 24 jam). Laporan dicatat, kode {code}.",
}
"""For SMS: one message of 160 letters."""


class NotSent(Exception):
    """A message was not taken. `final`: trying again is of no use."""

    def __init__(self, why: str, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class ReporterMessages:
    """Sends what waits in the outbox. `bases`: other addresses of the services, for tests."""

    def __init__(
        self, engine: AsyncEngine, keyring: Keyring, channels: Channels, station: str, now: Callable[[], datetime],
        bases: Mapping[Source, str] | None = None,
    ) -> None:  # fmt: skip
        self._engine, self._keyring, self._channels = engine, keyring, channels
        self._station, self._now = station, now
        self._bases = {Source.TELEGRAM: TELEGRAM, Source.X: X, **(bases or {})}

    async def send(self, subject: str) -> None:
        """Send a message if its time has come. Raises SQLAlchemyError, OSError."""
        number, now = int(subject), self._now()
        async with self._engine.begin() as connection:
            free = (outgoing.c.id == number) & (outgoing.c.not_before <= now)
            held = update(outgoing).where(free).values(not_before=now + HOLD, attempts=outgoing.c.attempts + 1)
            if not (await connection.execute(held)).rowcount:
                return
            row = (await connection.execute(select(outgoing).where(outgoing.c.id == number))).one()
        values: dict[str, object] = {"not_before": None, "sent": now, "outcome": ""}
        try:
            message = json.loads(self._keyring.unwrapped(row.wrapped).opened(row.sealed))
            channel = await self._channels.get(Source(row.source))
            await self._sent(channel, row.kind, message)
        except KeyGone:
            values = {"not_before": None, "outcome": "dihapus / erased"}
        except (NotSent, aiohttp.ClientError, smtplib.SMTPException, OSError, TimeoutError) as error:
            final = getattr(error, "final", False) or row.attempts > len(PAUSES)
            pause = None if final else now + PAUSES[min(row.attempts - 1, len(PAUSES) - 1)]
            why = str(error) if isinstance(error, NotSent) else type(error).__name__
            values = {"not_before": pause, "outcome": why[:200]}
            log.warning("reporter_not_told", source=row.source, kind=row.kind, reason=why, final=final)
        async with self._engine.begin() as connection:
            await connection.execute(update(outgoing).where(outgoing.c.id == number).values(values))

    async def _sent(self, channel: Channel, kind: str, message: Mapping[str, str]) -> None:
        """Hand a message to its channel. Raises NotSent and what the line fails with."""
        if not channel.ready:
            raise NotSent("kanal tidak aktif / the channel is not active", final=True)
        texts = SHORT if channel.source is Source.SMS else TEXTS
        text = texts[kind].format(station=self._station, code=message["code"])
        to = message["to"]
        if channel.source is Source.EMAIL:
            await asyncio.to_thread(_mailed, channel, to, text, message["code"])
            return
        url, body, headers = self._request(channel, to, text)
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
            asked = session.get(url) if body is None else session.post(url, json=body, headers=headers)
            async with asked as response:
                if response.status >= 300:
                    final = 400 <= response.status < 500 and response.status not in (408, 429)
                    raise NotSent(f"HTTP {response.status}", final)

    def _request(self, channel: Channel, to: str, text: str) -> tuple[str, dict[str, object] | None, dict[str, str]]:
        """Return address, body and headers by which a service is told."""
        settings, source = channel.settings, channel.source
        base = self._bases.get(source, GRAPH)
        if source is Source.WHATSAPP:
            number = to.lstrip("+")
            whom = {"to": number} if number.isdigit() else {"recipient": to}  # people without a number have an id
            said: dict[str, object] = {
                "messaging_product": "whatsapp", **whom, "type": "text", "text": {"body": text}
            }  # fmt: skip
            return f"{base}/{quote(settings.phone_number_id)}/messages", said, _bearer(settings.access_token)
        if source is Source.TELEGRAM:
            return f"{base}/bot{plain(settings.bot_token)}/sendMessage", {"chat_id": to, "text": text}, {}
        if source in (Source.MESSENGER, Source.INSTAGRAM):
            said = {"recipient": {"id": to}, "messaging_type": "RESPONSE", "message": {"text": text}}
            return f"{base}/me/messages", said, _bearer(settings.page_token)
        if source is Source.X:
            address = f"{base}/2/dm_conversations/with/{quote(to)}/messages"
            return address, {"text": text}, _bearer(settings.access_token)
        if source is Source.SMS and settings.send_url:
            filled = settings.send_url.replace("{to}", quote(to)).replace("{text}", quote(text))
            return filled, None, {}
        raise NotSent("kanal tidak dapat menjawab / the channel cannot answer", final=True)


def _bearer(secret: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {plain(secret)}"}


def _mailed(channel: Channel, to: str, text: str, code: str) -> None:
    """Send an e-mail over TLS. Blocks. Raises SMTPException, OSError, NotSent."""
    settings = channel.settings
    if not settings.smtp_host:
        raise NotSent("SMTP belum diatur / SMTP is not set up", final=True)
    mail = EmailMessage()
    mail["From"], mail["To"] = settings.sender or settings.user, to
    mail["Subject"] = f"Laporan {code}"
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(text)
    context = ssl.create_default_context()
    with smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=20, context=context) as server:
        server.login(settings.user, plain(settings.password))
        server.send_message(mail)

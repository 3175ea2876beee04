"""Channels that are asked for words instead of telling them: a Telegram bot by long polling, a mailbox by IMAP.

What was received is kept first; only then the place up to which a channel was read moves on. Killed in between, the
same is received again, and known again by its key.
"""

import asyncio
import imaplib
import json
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import structlog
from sqlalchemy.exc import SQLAlchemyError

from lppl.intake import telegram
from lppl.intake.channels import Channel, plain
from lppl.intake.reception import Reception
from lppl.intake.values import Raw, Source

log = structlog.get_logger(__name__)

TELEGRAM = "https://api.telegram.org"
ASK_S = 25
"""Telegram answers at once when there is something, else after so long."""
MAIL_S = 30.0
IDLE_S = 15.0
"""How often a channel that is not set up is looked at again."""
PAUSES_S = (5.0, 15.0, 60.0, 300.0)
MAIL_LARGEST = 30_000_000
MAILS = 50
"""Messages taken in one visit to a mailbox."""
MAIL_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Mail:
    """A message in a mailbox, as it lies there. `body` None: too large to be fetched."""

    uid: int
    body: bytes | None


async def poll(
    reception: Reception, source: Source, once: Callable[[Channel], Awaitable[None]], every_s: float
) -> None:
    """Ask a channel again and again while it is set up; what it fails with is put on record, and it is asked less."""
    failures = 0
    while True:
        pause = every_s
        try:
            channel = await reception.channels.get(source)
            if not channel.ready or getattr(channel.settings, "way", "polling") != "polling":
                pause = IDLE_S
            else:
                await once(channel)
                failures = 0
        except (aiohttp.ClientError, imaplib.IMAP4.error, SQLAlchemyError, OSError, TimeoutError, ValueError) as error:
            pause = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
            failures += 1
            log.warning("poll_failed", source=source.value, reason=type(error).__name__)
            await _note(reception, source, error)
        await asyncio.sleep(pause)


async def _note(reception: Reception, source: Source, error: Exception) -> None:
    try:
        await reception.channels.failed(source, _said(error), reception.now())
    except (SQLAlchemyError, OSError):
        log.warning("channel_not_noted", source=source.value)


def _said(error: Exception) -> str:
    """Return what a failure is called on the page; never its own words, which may hold a token."""
    if isinstance(error, aiohttp.ClientResponseError):
        return f"HTTP {error.status}"
    if isinstance(error, imaplib.IMAP4.error):
        return "IMAP: ditolak / refused"
    return type(error).__name__


# --- Telegram ---


async def ask_telegram(reception: Reception, channel: Channel, *, base: str = TELEGRAM) -> None:
    """Ask a bot for what came since it was last asked, and keep it. Raises aiohttp.ClientError, SQLAlchemyError."""
    token = plain(channel.settings.bot_token)
    query = {"timeout": str(ASK_S), "offset": channel.place or "0"}
    timeout = aiohttp.ClientTimeout(total=ASK_S + 15)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(f"{base}/bot{token}/getUpdates", params=query) as response,
    ):
        response.raise_for_status()
        body = await response.read()
    raw = Raw(Source.TELEGRAM, body, "application/json", reception.now())
    last = telegram.last_update(raw)
    if last is None:
        if not _fine(body):
            raise ValueError("no answer of Telegram")
        return
    await reception.receive(raw)
    await reception.channels.move(Source.TELEGRAM, str(last + 1))


def _fine(body: bytes) -> bool:
    try:
        return json.loads(body).get("ok") is True
    except (ValueError, AttributeError, RecursionError):
        return False


# --- e-mail ---


async def ask_mailbox(reception: Reception, channel: Channel, *, context: ssl.SSLContext | None = None) -> None:
    """Fetch what came into a mailbox since it was last read, and keep it. Raises OSError, IMAP4.error."""
    validity, _, last = channel.place.partition(":")
    found_validity, mails = await asyncio.to_thread(_fetch, channel, validity, int(last or 0), context)
    for mail in mails:
        if mail.body is not None:
            raw = Raw(Source.EMAIL, mail.body, "message/rfc822", reception.now())
            await reception.receive(raw, f"{found_validity}:{mail.uid}")
        else:
            log.warning("mail_too_large", uid=mail.uid)
            why = f"Surel nomor {mail.uid} terlalu besar / e-mail {mail.uid} is too large"
            await reception.channels.failed(Source.EMAIL, why, reception.now())
        await reception.channels.move(Source.EMAIL, f"{found_validity}:{mail.uid}")


def _fetch(channel: Channel, validity: str, last: int, context: ssl.SSLContext | None) -> tuple[str, list[Mail]]:
    """Return the mailbox's validity and its messages after `last`. Blocks; changes nothing in the mailbox."""
    settings = channel.settings
    context = context or ssl.create_default_context()
    with imaplib.IMAP4_SSL(settings.imap_host, settings.imap_port, ssl_context=context, timeout=MAIL_TIMEOUT_S) as box:
        box.login(settings.user, plain(settings.password))
        status, _ = box.select(f'"{settings.folder}"', readonly=True)
        if status != "OK":
            raise imaplib.IMAP4.error("no such folder")
        found = str((box.response("UIDVALIDITY")[1] or [b"0"])[0] or b"0", "ascii", "replace")
        if found != validity:
            last = 0  # the mailbox was made anew: its numbers mean other messages; keys tell what came before
        answer = box.uid("SEARCH", f"UID {last + 1}:*")[1]
        uids = sorted({int(n) for n in (answer[0] or b"").split() if int(n) > last})[:MAILS]
        return found, [Mail(uid, _body(box, uid)) for uid in uids]


def _body(box: imaplib.IMAP4, uid: int) -> bytes | None:
    """Return a message's bytes; None when it is too large."""
    answer = box.uid("FETCH", str(uid), "(RFC822.SIZE)")[1]
    size = re.search(rb"RFC822\.SIZE (\d+)", answer[0] if answer and isinstance(answer[0], bytes) else b"")
    if size is not None and int(size[1]) > MAIL_LARGEST:
        return None
    parts = box.uid("FETCH", str(uid), "(BODY.PEEK[])")[1]
    return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), b"")

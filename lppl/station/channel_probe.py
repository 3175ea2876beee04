"""A test of a channel at staff's wish: does the other side know us, and would a word of it be kept?"""

import asyncio
import contextlib
import imaplib
import ssl
from collections.abc import Mapping

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from lppl.intake.channels import Channel, Tried, plain
from lppl.intake.reception import Reception
from lppl.intake.values import Source
from lppl.station.polling import MAIL_TIMEOUT_S
from lppl.station.reporter_messages import GRAPH, TELEGRAM

TIMEOUT = aiohttp.ClientTimeout(total=15)

FINE = ("Kanal siap: pihak seberang mengenali kita.", "The channel is ready: the other side knows us.")
OURS = (
    "Kanal siap menerima. Tidak ada pihak lain yang perlu ditanya; kirim satu pesan untuk mencobanya.",
    "The channel is ready to take words in. Nobody else has to be asked; send a message to try it.",
)
OFF = ("Kanal dimatikan.", "The channel is switched off.")


async def probe(reception: Reception, channel: Channel, bases: Mapping[Source, str] | None = None) -> Tried:
    """Try a channel; what it fails with is said, and put on record. Never raises for the other side's sake."""
    if channel.lacking:
        lacking = ", ".join(channel.lacking)
        return Tried(False, f"Belum diisi: {lacking}.", f"Not filled in yet: {lacking}.")
    if not channel.active:
        return Tried(False, *OFF)
    try:
        asked = await _asked(channel, bases or {})
    except (aiohttp.ClientError, imaplib.IMAP4.error, OSError, TimeoutError) as error:
        why = f"HTTP {error.status}" if isinstance(error, aiohttp.ClientResponseError) else type(error).__name__
        with contextlib.suppress(SQLAlchemyError, OSError):  # it is told below anyway
            await reception.channels.failed(channel.source, why, reception.now())
        said = f"Pihak seberang menolak atau tidak terjangkau ({why})."
        return Tried(False, said, f"Refused or out of reach ({why}).")
    return Tried(True, *(FINE if asked else OURS))


async def _asked(channel: Channel, bases: Mapping[Source, str]) -> bool:
    """Ask the other side whether it knows us; False when there is none to ask."""
    settings, source = channel.settings, channel.source
    if source is Source.EMAIL:
        await asyncio.to_thread(_logged_in, channel)
        return True
    if source is Source.TELEGRAM:
        await _get(f"{bases.get(source, TELEGRAM)}/bot{plain(settings.bot_token)}/getMe", {})
        return True
    if source is Source.WHATSAPP:
        headers = {"Authorization": f"Bearer {plain(settings.access_token)}"}
        await _get(f"{bases.get(source, GRAPH)}/{settings.phone_number_id}", headers)
        return True
    if source in (Source.MESSENGER, Source.INSTAGRAM) and plain(settings.page_token):
        await _get(f"{bases.get(source, GRAPH)}/me", {"Authorization": f"Bearer {plain(settings.page_token)}"})
        return True
    return False


async def _get(url: str, headers: Mapping[str, str]) -> None:
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session, session.get(url, headers=headers) as response:
        response.raise_for_status()


def _logged_in(channel: Channel) -> None:
    settings = channel.settings
    context = ssl.create_default_context()
    with imaplib.IMAP4_SSL(settings.imap_host, settings.imap_port, ssl_context=context, timeout=MAIL_TIMEOUT_S) as box:
        box.login(settings.user, plain(settings.password))
        box.select(f'"{settings.folder}"', readonly=True)

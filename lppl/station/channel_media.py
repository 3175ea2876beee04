"""Enclosures from the channels that keep them: an id is asked for an address, and the address for the bytes.

WhatsApp: Cloud API, "Get media URL" and "Download media" (an address serves for 5 minutes, an id from a webhook for 7
days). Telegram: Bot API, ``getFile`` (an address serves for an hour, files up to 20 MB). The token of either never
stands in an error or a log; Telegram's is part of its addresses, which therefore never leave this module.
"""

import asyncio
import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from yarl import URL

from lppl.station.fetching import (
    LATER,
    LONGEST_WAIT,
    UNWELCOME,
    Fetched,
    NeverThere,
    Outbound,
    TryAgain,
    fetch,
    refuse_status,
)

GRAPH = "https://graph.facebook.com"
GRAPH_VERSION = "v23.0"
WHATSAPP_HOSTS = frozenset((".fbsbx.com", ".fbcdn.net", ".whatsapp.net", ".facebook.com"))
"""Where WhatsApp's files lie; the token is shown to no other."""
TELEGRAM = "https://api.telegram.org"
MOST_ANSWER = 64 * 1024
NEW_ADDRESS = timedelta(seconds=5)

_ID = re.compile(r"[\w.:-]{1,250}", re.ASCII)
_TELEGRAM_TOKEN = re.compile(r"\d{1,20}:[\w-]{1,100}", re.ASCII)
_TELEGRAM_PATH = re.compile(r"(?!.*\.\.)[\w-][\w./ -]{0,250}", re.ASCII)
_GRAPH_AWAY = frozenset((1, 2, 4, 17, 32, 341, 368, 613, 80007, 130429, 131016, 131056, 133004))
"""Codes for too many questions and for a service that is away (Graph API, "Handling errors"; Cloud API, "Error codes").
"""
_GRAPH_RIGHTS = frozenset((0, 3, 10, 102, 190, 131005, 131031))
"""Codes for a token that expired or lacks a right; those from 200 to 299 too."""


async def whatsapp_media(
    out: Outbound,
    media_id: str,
    token: str,
    into: Path,
    *,
    most_bytes: int,
    base: str = GRAPH,
    version: str = GRAPH_VERSION,
    hosts: frozenset[str] = WHATSAPP_HOSTS,
) -> Fetched:
    """Download what a WhatsApp message holds to `into`; its checksum is compared.

    Raises TryAgain, NeverThere, DiskRefuses as :func:`lppl.station.fetching.fetch` does.
    """
    host = URL(base).host or ""
    if not _ID.fullmatch(media_id):
        raise NeverThere("id", host)
    headers = {"Authorization": f"Bearer {_header(token, host)}"}
    status, said = await _asked(out, URL(base) / version / media_id, headers)
    if status != 200:
        raise _graph_failure(said.get("error"), status, host)
    url, digest = said.get("url"), said.get("sha256")
    if not isinstance(url, str):
        raise TryAgain("answer", host)
    try:
        return await fetch(
            out, url, into, most_bytes=most_bytes, headers=headers, trusted_hosts=hosts, sha256=_hex(digest),
        )  # fmt: skip
    except NeverThere as error:
        if error.reason in ("404", "410"):  # the address served its time; the id gives another
            raise TryAgain(error.reason, error.host, NEW_ADDRESS) from None
        if error.reason == "host":  # they moved; the id serves for days, and a setting is quickly changed
            raise TryAgain("host", error.host, LATER) from None
        raise


async def telegram_file(
    out: Outbound, token: str, file_id: str, into: Path, *, most_bytes: int, base: str = TELEGRAM
) -> Fetched:
    """Download what a Telegram message holds to `into`.

    Raises TryAgain, NeverThere, DiskRefuses as :func:`lppl.station.fetching.fetch` does.
    """
    host = URL(base).host or ""
    if not _TELEGRAM_TOKEN.fullmatch(token):
        raise TryAgain("credentials", host, LATER)
    if not _ID.fullmatch(file_id):
        raise NeverThere("id", host)
    asked = URL(base) / f"bot{token}" / "getFile"
    status, said = await _asked(out, asked.with_query(file_id=file_id), {})
    if status != 200 or said.get("ok") is not True:
        raise _telegram_failure(said, status, host)
    found = said.get("result")
    path = found.get("file_path") if isinstance(found, Mapping) else None
    if not isinstance(path, str) or not _TELEGRAM_PATH.fullmatch(path):
        raise TryAgain("answer", host)
    address = URL(base) / "file" / f"bot{token}" / path
    try:
        return await fetch(out, str(address), into, most_bytes=most_bytes, trusted_hosts=frozenset((host,)))
    except NeverThere as error:
        if error.reason in ("401", "403", "404", "410"):  # its hour is over; the id gives another address
            raise TryAgain(error.reason, error.host, NEW_ADDRESS) from None
        raise


async def _asked(out: Outbound, address: URL, headers: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
    """Return an API's answer and its status. Raises TryAgain, NeverThere."""
    address = out.checked(address, None)
    try:
        async with asyncio.timeout(out.patience.whole_s):
            return await _answer(out, address, headers)
    except TimeoutError:
        raise TryAgain("time", address.host or "") from None


async def _answer(out: Outbound, address: URL, headers: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
    host, body = address.host or "", b""
    async with out.get(address, headers) as answer:
        async for piece in answer.content.iter_chunked(MOST_ANSWER):
            body += piece
            if len(body) > MOST_ANSWER:
                raise TryAgain("answer", host)
        status = answer.status
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, Mapping) or status >= 500 or status == 429:
            refuse_status(answer, authorised=True)
            raise TryAgain("answer", host)
    return status, said


def _graph_failure(error: object, status: int, host: str) -> TryAgain | NeverThere:
    said = error if isinstance(error, Mapping) else {}
    code = number if isinstance(number := said.get("code"), int) else -1
    if said.get("is_transient") is True or code in _GRAPH_AWAY:
        return TryAgain("busy", host)
    if status in UNWELCOME or code in _GRAPH_RIGHTS or 200 <= code < 300:
        return TryAgain("credentials", host, LATER)
    return NeverThere(str(status), host)


def _telegram_failure(said: Mapping[str, Any], status: int, host: str) -> TryAgain | NeverThere:
    description = str(said.get("description", "")).lower()
    parameters = said.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, Mapping) else None
    if isinstance(seconds, int) and seconds >= 0:
        return TryAgain("429", host, min(timedelta(seconds=min(seconds, 10**6)), LONGEST_WAIT))
    if status in (401, 403, 404):  # 404: no such bot, or no such method; an unknown file is a 400
        return TryAgain("credentials", host, LATER)
    if "too big" in description:
        return NeverThere("too-large", host)
    return TryAgain("busy", host) if "temporarily" in description else NeverThere(str(status), host)


def _header(token: str, host: str) -> str:
    """Return a token that can stand in a header. Raises TryAgain."""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise TryAgain("credentials", host, LATER)
    return token


def _hex(digest: object) -> str | None:
    """Return a checksum as hex: the API writes it so, webhooks in base64. None when it is neither."""
    if not isinstance(digest, str):
        return None
    if re.fullmatch(r"[0-9a-fA-F]{64}", digest):
        return digest.lower()
    try:
        raw = base64.b64decode(digest, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw.hex() if len(raw) == 32 else None

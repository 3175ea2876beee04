"""Web push: the station's key pair, and the loop that sends reminders, each once.

A message is encrypted for the browser (RFC 8291) and signed with the station's key (VAPID, RFC 8292). What a push
service refuses for good is forgotten; what it refuses for now is tried again until shortly after the broadcast began.
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import structlog

from lppl.config import Settings
from lppl.reminders import Due, Reminders
from lppl.sealing import FOLDER, Seal, SealBroken, kept_once
from web.audience.words import PUSH
from web.words import clock_text

if TYPE_CHECKING:
    from py_vapid import Vapid02  # type: ignore[import-untyped]

    from lppl.library import Library

log = structlog.get_logger(__name__)

VAPID_FILE = "vapid.key"
EARLY = timedelta(minutes=5)
"""So long before its start a broadcast is reminded of."""
LATE = timedelta(minutes=5)
LOOK_S = 15.0
SEND_S = 10.0
AT_ONCE = 16
PRUNE = timedelta(hours=6)
GONE = (400, 401, 403, 404, 410, 413)
"""Answers after which a push service will never take a message for that subscription."""
AGAIN = (0, 408, 429)
"""Answers (0: none) that tell nothing of the subscription, as those from 500 on: the line or the service is away."""
CONTACT = "mailto:siaran@localhost.localdomain"
"""Told to push services where the station has no public address."""


def vapid_key(data_dir: Path, seal: Seal) -> "Vapid02":
    """Return the station's key pair, made once and kept sealed with mode 0600. Blocking. Raises SealBroken, OSError."""
    # imported late: what encrypts is needed when somebody subscribes
    from py_vapid import Vapid02

    fresh = Vapid02()
    fresh.generate_keys()
    made = seal.seal(fresh.private_pem().decode()).encode()
    kept = kept_once(data_dir / FOLDER / VAPID_FILE, made)
    return Vapid02.from_pem(seal.opened(kept.decode()).encode())


def public_key(vapid: "Vapid02") -> str:
    """Return the public key as browsers want it: an uncompressed point, base64url without padding."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


class PushSender:
    """Sends reminders. `opened` waits until the records are."""

    def __init__(
        self,
        settings: Settings,
        opened: Callable[[], Awaitable["Library"]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings, self._opened, self._now = settings, opened, now
        self._names = {c.id: c.name for c in settings.channels}
        self._pruned = datetime.min.replace(tzinfo=UTC)

    async def run(self) -> None:
        """Send what is due, for ever; with a key that cannot be read nothing, until the service begins anew."""
        library = await self._opened()
        try:
            seal = await asyncio.to_thread(Seal.of, self._settings.data_dir)
            vapid = await asyncio.to_thread(vapid_key, self._settings.data_dir, seal)
        except SealBroken as error:
            log.error("reminders_not_sent", reason=str(error))
            return
        store = Reminders(library.engine, seal)
        timeout = aiohttp.ClientTimeout(SEND_S)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                await self.send_due(store, vapid, session)
                await asyncio.sleep(LOOK_S)

    async def send_due(self, store: Reminders, vapid: "Vapid02", session: aiohttp.ClientSession) -> int:
        """Send every reminder that is due now; return how many were delivered. Raises SQLAlchemyError, OSError.

        What fails with one is raised when the others have been sent: they are claimed, and would be lost.
        """
        now = self._now()
        if now - self._pruned > PRUNE:
            await store.prune(now)
            self._pruned = now
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(due: Due) -> bool:
            async with turns:
                return await self._send(store, due, vapid, session, now)

        work = [one(d) for d in await store.due(now - LATE, now + EARLY)]
        ended = await asyncio.gather(*work, return_exceptions=True)
        if failures := [e for e in ended if isinstance(e, BaseException)]:
            for other in failures[1:]:
                log.error("reminder_not_sent", reason=type(other).__name__)  # its words may hold whose it was
            raise failures[0]
        return sum(e for e in ended if not isinstance(e, BaseException))

    async def _send(
        self, store: Reminders, due: Due, vapid: "Vapid02", session: aiohttp.ClientSession, now: datetime
    ) -> bool:
        if due.browser is None:
            await store.gone(due.subscription)
            return False
        if not await store.claim(due, now):
            return False
        status = await self._post(due, vapid, session)
        if status in GONE:
            await store.gone(due.subscription)
        elif 200 <= status < 300:
            await store.delivered(due.subscription)
        elif status in AGAIN or status >= 500:
            await store.put_back(due)
        else:
            await store.failed(due)
        return 200 <= status < 300

    async def _post(self, due: Due, vapid: "Vapid02", session: aiohttp.ClientSession) -> int:
        """Hand one message to its push service; return the answer's status, 0 for none."""
        from pywebpush import WebPushException, webpush_async  # type: ignore[import-untyped]

        assert due.browser is not None
        endpoint = due.browser.endpoint
        parts = urlsplit(endpoint)
        left = due.reminder.start + LATE - self._now()
        claims: dict[str, str | int] = {"sub": self._contact(), "aud": f"{parts.scheme}://{parts.netloc}"}
        try:
            answer = await webpush_async(
                {"endpoint": endpoint, "keys": dict(due.browser.keys)}, self._message(due), vapid, claims,
                ttl=max(30, round(left.total_seconds())), timeout=SEND_S, headers={"Urgency": "high"},
                aiohttp_session=session,
            )  # fmt: skip
            return answer.status if not isinstance(answer, str) else 0
        except WebPushException as error:
            log.info("push_refused", service=parts.hostname, status=error.status_code)
            return error.status_code or 400  # its keys are no keys: it can never be sent to
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            log.info("push_not_sent", service=parts.hostname, reason=type(error).__name__)
            return 400 if isinstance(error, ValueError) else 0

    def _contact(self) -> str:
        host = urlsplit(self._settings.public_url or "").hostname
        return f"https://{host}" if host else CONTACT

    def _message(self, due: Due) -> str:
        """Return what the service worker shows."""
        r = due.reminder
        assert due.browser is not None
        language = due.browser.language if due.browser.language in PUSH else "id"
        title, body = PUSH[language]
        ms = round(r.start.timestamp() * 1000)
        zone = self._settings.station.zone
        at = f"{clock_text(ms, zone, language)} {r.start.astimezone(zone):%Z}"
        text = body.format(time=at, channel=self._names.get(r.channel, r.channel))
        tag = f"{r.channel}-{ms}"
        return json.dumps(
            {"title": title.format(title=r.title[:120]), "body": text, "tag": tag, "url": f"./#name-{r.channel}"}
        )

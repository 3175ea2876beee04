"""What channels hand words to: kept durably, a hint given that they wait, the channel noted as working."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.intake.channels import Channels
from lppl.intake.files import SealedFiles
from lppl.intake.forgetting import forget_again
from lppl.intake.inbox import Inbox, KeptFile, Receipt
from lppl.intake.keyring import Keyring
from lppl.intake.keys_on_record import opened
from lppl.intake.reporters import Reporters
from lppl.intake.values import Raw
from lppl.intake.works import Hint, Rank, Task, Works

log = structlog.get_logger(__name__)


class Reception:
    """One of a process."""

    def __init__(
        self, engine: AsyncEngine, keyring: Keyring, works: Works, data_dir: Path, now: Callable[[], datetime]
    ) -> None:
        self.engine, self.keyring, self.works, self.now = engine, keyring, works, now
        self.writing = asyncio.Lock()
        self.inbox = Inbox(engine, keyring, self.writing)
        self.channels = Channels(engine, keyring)
        self.files = SealedFiles(data_dir)
        self.reporters = Reporters(keyring)

    @classmethod
    async def opened(
        cls, engine: AsyncEngine, keys_dir: Path, works: Works, data_dir: Path, now: Callable[[], datetime]
    ) -> "Reception":
        """Return the reception, its keyring made the first time, and never where records know another.

        Whoever was erased and is there again, since a backup was put back, is erased again first.

        Raises KeyringBroken, MasterMissing, OSError, SQLAlchemyError.
        """
        keyring = await opened(engine, keys_dir, now())
        made = cls(engine, keyring, works, data_dir, now)
        if back := await forget_again(made, now()):
            log.warning("erased_again", reporters=back)
        return made

    async def receive(
        self, raw: Raw, key: str = "", files: Sequence[KeptFile] = (), rank: Rank | None = None
    ) -> Receipt:
        """Keep what came by a channel; once this returns it is durable.

        `rank`: how soon it is read; None: by its words. Raises SQLAlchemyError, OSError.
        """
        receipt = await self.inbox.keep(raw, key, files, rank)
        if not receipt.again:
            await self.works.put([Hint(Task.UNDERSTAND, str(receipt.id), receipt.rank)])
        try:
            await self.channels.worked(raw.source, raw.received)
        except (SQLAlchemyError, OSError) as error:  # it is kept; this is only for show
            log.info("channel_not_noted", source=raw.source.value, reason=type(error).__name__)
        return receipt

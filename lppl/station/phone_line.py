"""The phone line of a running station: opened and closed as the channel is set up; calls are kept like every word.

It opens with the reception, and so never without keys. While the line is closed, what still lies is handed in.
"""

import asyncio
import contextlib
import hashlib
from ipaddress import ip_network
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from lppl.cases.tables import arrivals
from lppl.database import READS
from lppl.errors import DatabaseAway
from lppl.intake.channels import Channel
from lppl.intake.files import new_id
from lppl.intake.inbox import KeptFile
from lppl.intake.reception import Reception
from lppl.intake.values import Enclosure, Intake, Kind, Raw, Sender, Source
from lppl.intake.web_form import CONTENT_TYPE, written
from lppl.phone import prompts
from lppl.phone.call import SystemClock
from lppl.phone.calls import Calls
from lppl.phone.left_over import HandingIn
from lppl.phone.line import PhoneLine
from lppl.phone.recording import Disk, folder_of
from lppl.phone.values import CallTaken, LineSettings, Stage

log = structlog.get_logger(__name__)

LOOK_S = 15.0
"""How often it is looked whether the channel is set up differently."""
SAID = {
    Stage.EMERGENCY: "Keadaan darurat: penelepon menekan 9. Rekamannya menyusul.",
    Stage.MISSED: "Penelepon menutup telepon sebelum bicara; hubungi kembali.",
}


class PhoneDesk:
    """Keeps calls: the recording sealed in the files, the rest as a word of the channel."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    async def keep(self, call: CallTaken) -> str:
        """Return the tracking code once a call is durable; every stage of it has the same.

        Raises DatabaseAway, OSError.
        """
        reception = self._reception
        try:
            before = await self._code_of(call)
            files, enclosures = await self._sealed(call)
            intake = Intake(
                Source.CALL, _key(call, call.stage), call.began, _text(call),
                sender=Sender(phone=call.caller), wanted="" if call.pressed == "pengaduan" else call.pressed,
                enclosures=enclosures, answers=_key(call, Stage.EMERGENCY) if before else "",
            )  # fmt: skip
            raw = Raw(Source.CALL, written(intake), CONTENT_TYPE, reception.now())
            receipt = await reception.receive(raw, intake.key, files)
        except SQLAlchemyError:
            raise DatabaseAway from None
        if receipt.again:
            for file in files:
                await asyncio.to_thread(reception.files.remove, file.id)
        return before or receipt.code

    async def _code_of(self, call: CallTaken) -> str:
        """Return the code that the emergency of a call was given; "" when there was none."""
        if call.stage is Stage.EMERGENCY or not call.emergency:
            return ""
        key = hashlib.sha256(_key(call, Stage.EMERGENCY).encode()).hexdigest()
        query = select(arrivals.c.code).where(arrivals.c.source == Source.CALL.value, arrivals.c.key == key)
        async with self._reception.engine.execution_options(**READS).connect() as connection:
            return await connection.scalar(query) or ""

    async def _sealed(self, call: CallTaken) -> tuple[list[KeptFile], tuple[Enclosure, ...]]:
        if call.recording is None:
            return [], ()
        key, number = self._reception.keyring.new(), new_id()
        size = await asyncio.to_thread(self._reception.files.write, number, key, call.recording.wav())
        kept = KeptFile(number, Kind.SOUND, "audio/wav", size, key)
        return [kept], (Enclosure(Kind.SOUND, ref=number, name="telepon.wav", content_type="audio/wav", size=size),)


def _key(call: CallTaken, stage: Stage) -> str:
    return f"{call.uuid}:{stage.value}"


def _text(call: CallTaken) -> str:
    """Return what staff read of a call."""
    parts = [SAID[call.stage]] if call.stage in SAID else []
    if call.disturbed:
        parts.append("Rekaman terganggu: tidak lengkap.")
    if call.line:
        parts.append(f"Saluran: {call.line}")
    return "\n".join(parts)


async def keep_line(reception: Reception, calls: Calls, data_dir: Path) -> None:
    """Have the line open while its channel is set up, for ever."""
    desk, keyring, folder = PhoneDesk(reception), reception.keyring, folder_of(data_dir)
    disk = Disk(1)
    handing_in = HandingIn(folder, keyring, desk, disk, SystemClock(), LineSettings().keep_s)
    try:
        while True:
            channel = await _channel(reception)
            if channel is None or not channel.ready:
                if channel is not None:  # switched off: what was said before is still owed
                    await handing_in.once()
                await asyncio.sleep(LOOK_S)
                continue
            sounds = await prompts.ready(folder.with_name("prompts"))
            await _serve(reception, channel, PhoneLine(_settings(channel), calls, desk, keyring, folder, sounds))
    finally:
        disk.close()


async def _serve(reception: Reception, channel: Channel, line: PhoneLine) -> None:
    """Have the line open until its channel is set up differently."""
    serving = asyncio.create_task(line.run(), name="phone")
    try:
        await _until_changed(reception, channel, serving)
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await serving


async def _until_changed(reception: Reception, channel: Channel, serving: "asyncio.Task[None]") -> None:
    """Return once the channel is set up differently, or the line ended."""
    while True:
        done, _ = await asyncio.wait({serving}, timeout=LOOK_S)
        if done:
            error = serving.exception()
            why = f"{type(error).__name__}: {getattr(error, 'strerror', '') or ''}".strip(": ")
            log.error("phone.closed", reason=why)
            with contextlib.suppress(SQLAlchemyError, OSError):
                await reception.channels.failed(Source.CALL, why, reception.now())
            await asyncio.sleep(LOOK_S)
            return
        found = await _channel(reception)
        if found is not None and (found.active, found.settings) != (channel.active, channel.settings):
            return


async def _channel(reception: Reception) -> Channel | None:
    try:
        return await reception.channels.get(Source.CALL)
    except (SQLAlchemyError, OSError) as error:
        log.warning("phone.channel_unread", reason=type(error).__name__)
        return None


def _settings(channel: Channel) -> LineSettings:
    given = channel.settings
    networks = tuple(ip_network(each, strict=False) for each in given.allowed)
    return LineSettings(given.host, given.port, networks, given.calls, longest_s=float(given.longest_s))

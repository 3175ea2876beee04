"""The intake's door: a real application over a real reception on SQLite, what was kept behind it, a turned clock."""

import asyncio
import hashlib
import hmac
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import BaseModel
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.cases.case_store import CaseStore, DeskRules
from lppl.cases.policy import DEFAULT
from lppl.cases.tables import arrivals, enclosures
from lppl.cases.working_days import Calendar
from lppl.database import migrate, open_database
from lppl.intake.channels import MODELS
from lppl.intake.opening import Intake
from lppl.intake.reception import Reception
from lppl.intake.understanding import Understanding
from lppl.intake.values import Source
from lppl.intake.works import MemoryWorks
from lppl.phone.calls import Calls
from lppl.rates import RATES, MemoryRates
from tests.web.staff.pages import STATIC
from web.audience.pages import Pages
from web.intake.addresses import Desk
from web.intake.entrance import add_intake
from web.intake.form import Form
from web.static_files import FILES, StaticFiles

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Jakarta")
SECRET = "kunci-rahasia-stasiun"
SET_UP: dict[Source, dict[str, str]] = {
    Source.CALL: {"token": SECRET},
    Source.WHATSAPP: {
        "phone_number_id": "1", "access_token": "a", "app_secret": SECRET, "verify_token": "tanda-verifikasi",
    },
    Source.TELEGRAM: {"bot_token": "b", "way": "webhook", "webhook_secret": SECRET},
    Source.SMS: {"token": SECRET},
    Source.APP: {"secret": SECRET},
    Source.OPEN311: {"api_key": SECRET},
    Source.MESSENGER: {"app_secret": SECRET, "verify_token": "tanda-verifikasi"},
    Source.INSTAGRAM: {"app_secret": SECRET, "verify_token": "tanda-verifikasi"},
    Source.X: {"consumer_secret": SECRET},
}  # fmt: skip


@dataclass
class Station:
    """What the composition root gives the pages: here with clocks that the test turns."""

    intake: Intake
    rates: MemoryRates
    calls: Calls = field(default_factory=Calls)


@dataclass
class Door:
    """A station that words come to, and what has come. `at`: its clock; `seconds`: that of the limits."""

    client: TestClient[web.Request, web.Application]
    engine: AsyncEngine
    reception: Reception
    store: CaseStore
    station: Station
    database: Path
    data: Path
    at: datetime = NOON
    seconds: float = 0.0

    async def open_channel(self, source: Source, active: bool = True, /, **changed: str) -> None:
        """Set a channel up, with all that it needs."""
        model: type[BaseModel] = MODELS[source]
        settings = model.model_validate(SET_UP[source] | changed)
        await self.reception.channels.keep(source, active, settings)  # type: ignore[arg-type]

    async def kept(self) -> list[tuple[str, str, bytes]]:
        """Return source, content type and body of each arrival, in their order."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(arrivals).order_by(arrivals.c.id))
            return [
                (row.source, row.content_type, self.reception.keyring.unwrapped(row.wrapped).opened(row.body))
                for row in rows
            ]

    async def codes(self) -> list[str]:
        """Return what the senders were told, in the order of arrival."""
        async with self.engine.connect() as connection:
            return list(await connection.scalars(select(arrivals.c.code).order_by(arrivals.c.id)))

    async def understand(self) -> list[int]:
        """Have all that waits understood; return the cases that it became."""
        work = Understanding(self.engine, self.reception.keyring, self.store, self.reception.files, lambda: self.at)
        async with self.engine.connect() as connection:
            waiting = list(await connection.scalars(select(arrivals.c.id).where(arrivals.c.state == "waiting")))
        outcomes = [await work.read(number) for number in waiting]
        return [case for outcome in outcomes if outcome is not None for case in outcome.cases]

    async def files(self) -> tuple[dict[str, bytes], list[str]]:
        """Return what the records name, by id with its bytes, and the ids that lie on the disk."""
        async with self.engine.connect() as connection:
            rows = (await connection.execute(select(enclosures))).all()
        named = {
            row.id: b"".join(self.reception.files.read(row.id, self.reception.keyring.unwrapped(row.wrapped)))
            for row in rows
        }
        return named, sorted(path.name.partition(".raw")[0] for path in self.data.glob("enclosures/??/*"))

    async def lose_database(self) -> None:
        """Take the records away: their disk is gone."""
        await self.engine.dispose()
        await asyncio.to_thread(self.database.rename, self.database.with_name("away"))
        await asyncio.to_thread(self.database.mkdir)

    async def refuse_arrivals(self) -> None:
        """Let everything be read and no arrival be kept."""
        async with self.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE arrivals RENAME TO elsewhere"))


@asynccontextmanager
async def opened(
    folder: Path, template: Path, *, ready: bool = True, largest: int | None = None
) -> AsyncIterator[Door]:
    """Open a door in `folder`. `template`: records without anything. `largest`: bytes of a file of the form, for a form
    alone. `ready` False: the records have not been found yet."""
    database, data = folder / "lppl.db", folder / "data"
    await asyncio.to_thread(database.write_bytes, await asyncio.to_thread(template.read_bytes))
    data.mkdir()
    known = set(threading.enumerate())
    engine = open_database(f"sqlite+aiosqlite:///{database}")
    doors: list[Door] = []
    try:
        reception = await Reception.opened(
            engine, folder / "keys", MemoryWorks(), data, lambda: doors[0].at if doors else NOON
        )
        store = CaseStore(reception.keyring, DeskRules(DEFAULT, Calendar(), ZONE))
        rates = MemoryRates(RATES, lambda: doors[0].seconds if doors else 0.0)
        station = Station(Intake(reception if ready else None, store), rates)
        async with TestClient(TestServer(_application(station, largest))) as client:
            doors.append(Door(client, engine, reception, store, station, database, data))
            yield doors[0]
    finally:
        await engine.dispose()
        await asyncio.to_thread(_join, known)


def _join(known: set[threading.Thread]) -> None:
    """Wait for the threads of connections that could not be opened: each tells the loop of its end."""
    for thread in set(threading.enumerate()) - known:
        if "_connection_worker_thread" in thread.name:
            thread.join(5)


def _application(station: Station, largest: int | None) -> web.Application:
    known: Any = station  # concrete rates where the port is asked for
    view: Any = SimpleNamespace(station_name="Batik TV", place="Pekalongan", zone=ZONE, channels=(), now=NOON)
    app = web.Application(client_max_size=1 << 20)
    app[FILES] = StaticFiles(STATIC)
    if largest is None:
        add_intake(app, view, lambda: known)
        return app
    desk = Desk(lambda: station.intake, lambda: station.rates, lambda: station.calls)

    async def send(request: web.Request) -> web.StreamResponse:
        return await form.send(request, {})

    form = Form(Pages(view, app[FILES], None), desk, largest)
    app.router.add_post("/lapor", send)
    return app


async def make_template(folder: Path) -> Path:
    """Return records without anything in them."""
    path = folder / "template.db"
    await migrate(f"sqlite+aiosqlite:///{path}")
    return path


def meta_signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """Return the header by which Meta signs a body."""
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


async def statuses(door: Door, times: int, method: str, path: str, **more: Any) -> Sequence[int]:
    """Return what the same request is answered, so many times."""
    found = []
    for _ in range(times):
        async with door.client.request(method, path, **more) as answer:
            found.append(answer.status)
    return found


FIVE_MINUTES = timedelta(minutes=5)

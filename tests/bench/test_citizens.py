"""Citizens of a bench, and the city whose complaints are searched."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from lppl.bench.citizens import Sending, flood
from lppl.bench.city import City, rare_word
from lppl.bench.machine import free_port
from lppl.bench.row_intake import must_be_disk
from lppl.bench.service import NotMeasured
from lppl.cases.tables import cases
from lppl.cases.values import OPEN, Status
from lppl.intake.codes import read_code

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def test_each_report_is_its_own_and_from_an_address_of_its_own() -> None:
    came: list[tuple[str, str, str]] = []

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        came.append((request.headers["X-Forwarded-For"], str(form["token"]), str(form["text"])))
        if len(came) % 4 == 0:
            return web.Response(status=503)
        raise web.HTTPSeeOther("lapor/diterima")

    app = web.Application()
    app.router.add_post("/lapor", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        seen = await flood(Sending(f"http://127.0.0.1:{port}", 40, 0.5, first=70_000))
    finally:
        await runner.cleanup()
    assert seen["offered"] == len(came) == 20
    assert seen["acknowledged"] == 15
    assert seen["statuses"] == {"303": 15, "503": 5}
    assert len({address for address, _, _ in came}) == len({token for _, token, _ in came}) == 20
    assert {address for address, _, _ in came} >= {"10.1.17.112"}
    assert 0 < seen["ms"]["p50"] <= seen["ms"]["p99"] <= seen["ms"]["max"]


async def test_who_cannot_be_reached_has_acknowledged_nothing() -> None:
    seen = await flood(Sending(f"http://127.0.0.1:{free_port()}", 20, 0.2))
    assert seen["acknowledged"] == 0
    assert seen["statuses"] == {"ConnectionRefusedError": 4}


def test_a_city_is_always_the_same_and_its_codes_are_readable() -> None:
    city = City(3000, NOW, lambda number: number)
    names = [c.name for c in cases.columns]
    rows = [dict(zip(names, row, strict=True)) for row in city.cases()]
    assert [dict(zip(names, row, strict=True)) for row in city.cases()] == rows
    assert len({row["code"] for row in rows}) == 3000
    assert all(read_code(row["code"]) == row["code"] for row in rows)
    assert all(row["open"] == (Status(row["status"]) in OPEN) for row in rows)
    assert [row["id"] for row in rows if rare_word(city.rare) in row["search"].split()] == [city.rare]
    assert rows[-1]["arrived"] == NOW
    assert len(list(city.people())) == city.reporters


def test_what_lies_in_memory_is_not_measured() -> None:
    if not Path("/dev/shm").is_mount():
        pytest.skip("nothing here is in memory")
    with pytest.raises(NotMeasured, match="TMPDIR"):
        must_be_disk(Path("/dev/shm"))

"""The control room by the API where there is no air: who may, what is refused where, alarms, break-ins."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lppl.accounts import Role
from lppl.alarms import ActiveAlarm, AlarmKind
from lppl.clock import AirClock
from lppl.desk.control_room import told
from lppl.desk.office import Office
from lppl.incidents import Incident, Incidents
from lppl.media import AssetId, HouseId, Material
from lppl.orders import Kept, Ledger, State
from lppl.quanta import Quanta, at_or_after, covering, starting
from lppl.rundown import Kind, Line, lines_to_json
from lppl.station.alarms import alarms_file, to_json
from lppl.station.meters import Meters
from lppl.station.orders import given, inbox, write_ledger
from lppl.station.state import rundown_file
from streaming.levels import Level
from tests.web.staff.conftest import NOW, Clock, Site, served
from web.programme import Programme, ProgrammeItem

ROB = {"headline": "Rob di Panjang", "lines": ["Jauhi pantai."], "label": "STOP PRESS", "source": "BPBD"}
ORDERS: list[tuple[str, Any]] = [
    ("skip", {"item": "tv-1"}),
    ("hold", None),
    ("resume", None),
    ("fill", {"until": (NOW + timedelta(hours=1)).isoformat()}),
    ("break-in", {"prepared": "sela-darurat"}),
    ("break-in", {"text": ROB, "minutes": 5}),
    ("end-break-in", None),
]


def errors(said: Any) -> dict[str, str]:
    return {e["field"]: e["detail"] for e in said["errors"]}


@pytest.mark.parametrize(("act", "body"), ORDERS, ids=lambda value: value if isinstance(value, str) else "")
async def test_without_an_air_an_order_is_refused_at_once_and_leaves_nothing(site: Site, act: str, body: Any) -> None:
    operator = await site.logged_in(Role.OPERATOR)
    more = {} if body is None else {"json": body}
    answer = await operator.post(f"/api/v1/channels/tv/control/{act}", **more)
    said = await answer.json()
    assert answer.status == 503 and "peran air tidak menjawab" in said["detail"] and said["english"]
    assert not inbox(site.office.settings).exists(), "nothing was given to an air that is not there"
    assert [e for e in await site.office.audit.page() if e.action.startswith("air.")] == []


@pytest.mark.parametrize("role", [Role.ANNOUNCER, Role.PROGRAMME, Role.VIEWER])
async def test_who_only_watches_gives_no_orders(site: Site, role: Role) -> None:
    watcher = await site.logged_in(role)
    assert (await watcher.get("/api/v1/control")).status == 200
    assert (await watcher.get("/api/v1/break-ins")).status == 200
    for act, body in ORDERS:
        assert (await watcher.post(f"/api/v1/channels/tv/control/{act}", json=body)).status == 403
    assert (await watcher.post("/api/v1/break-ins", json=ROB)).status == 403
    assert (await watcher.post("/api/v1/alarms/1/acknowledge")).status == 403
    page = await (await watcher.get("/kerja/kendali")).text()
    assert "data-order" not in page and 'data-role="break-in"' not in page


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("channels/tv/control/fill", {"until": (NOW - timedelta(minutes=1)).isoformat()}, 422, "until"),
        ("channels/tv/control/fill", {"until": (NOW + timedelta(days=2)).isoformat()}, 422, "until"),
        ("channels/tv/control/fill", {"until": "nanti"}, 422, "until"),
        ("channels/tv/control/play", {"asset": "film/promo.mp4"}, 422, "asset"),
        ("channels/tv/control/play", {"asset": "0" * 40}, 404, None),
        ("channels/lain/control/skip", {}, 404, None),
        ("channels/tv/control/break-in", {}, 422, ""),
        ("channels/tv/control/break-in", {"prepared": "rob", "text": ROB}, 422, ""),
        ("channels/tv/control/break-in", {"text": ROB | {"headline": " \u202e "}}, 422, "text.headline"),
        ("channels/tv/control/break-in", {"prepared": "rob", "minutes": 0}, 422, "minutes"),
        ("break-ins", ROB | {"voice": "../rahasia.wav"}, 422, "voice"),
        ("break-ins", ROB | {"voice": "tidak/ada.wav"}, 422, "voice"),
        ("break-ins", ROB | {"voice": "é" * 200}, 422, "voice"),
        ("break-ins", ROB | {"repeats": 101}, 422, "repeats"),
        ("break-ins", ROB | {"lines": ["x"] * 9}, 422, "lines"),
        ("break-ins", ROB | {"name": "Rob Panjang"}, 422, "name"),
        ("break-ins", ROB | {"name": "sela-darurat"}, 422, "name"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    site: Site, path: str, body: Any, status: int, field: str | None
) -> None:
    operator = await site.logged_in(Role.OPERATOR)
    answer = await operator.post(f"/api/v1/{path}", json=body)
    said = await answer.json()
    assert answer.status == status and said["detail"] and said["english"]
    if field is not None:
        assert errors(said)[field]


async def test_a_prepared_break_in_lives_and_everything_is_noted(site: Site) -> None:
    operator = await site.logged_in(Role.OPERATOR)
    made = await operator.post("/api/v1/break-ins", json=ROB)
    assert made.status == 201 and (await made.json())["name"] == "rob-di-panjang"
    again = await operator.post("/api/v1/break-ins", json=ROB)
    assert (await again.json())["name"] == "rob-di-panjang-2", "a name of its own"
    changed = await operator.ask("PUT", "/api/v1/break-ins/rob-di-panjang", json=ROB | {"source": "BMKG"})
    assert (await changed.json())["source"] == "BMKG"
    first, *others = await (await operator.get("/api/v1/break-ins")).json()
    assert first["fixed"] and {b["name"]: b["source"] for b in others} == {
        "rob-di-panjang": "BMKG", "rob-di-panjang-2": "BPBD",
    }  # fmt: skip
    assert others[0]["ready"] == {"tv": False, "radio": False}, "nobody has rendered it yet"
    assert (await operator.ask("DELETE", "/api/v1/break-ins/rob-di-panjang-2")).status == 204
    assert (await operator.ask("DELETE", "/api/v1/break-ins/rob-di-panjang-2")).status == 404
    assert (await operator.ask("PUT", "/api/v1/break-ins/tidak-ada", json=ROB)).status == 404
    assert (await operator.ask("PUT", "/api/v1/break-ins/sela-darurat", json=ROB)).status == 409
    actions = [e.action for e in await site.office.audit.page() if e.action.startswith("break_in")]
    assert actions == ["break_in.remove", "break_in.save", "break_in.save", "break_in.save"]


async def test_an_alarm_is_acknowledged_once_by_the_first(site: Site) -> None:
    store = Incidents(site.office.library.engine)
    since = Quanta(at_or_after(NOW) - 100)
    alarm = ActiveAlarm("tv", AlarmKind.SILENCE, "Sunyi di TV: Film / Silence on TV: Film", since)
    await store.open("tv", "silence", alarm.detail, starting(since))
    file = alarms_file(site.office.settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(to_json([alarm]))
    operator, admin = await site.logged_in(Role.OPERATOR), await site.logged_in(Role.ADMIN)
    (listed,) = await (await operator.get("/api/v1/alarms")).json()
    assert listed["active"] and listed["acknowledged"] is None and listed["detail"] == alarm.detail
    path = f"/api/v1/alarms/{listed['number']}/acknowledge"
    assert (await operator.post(path)).status == 200
    site.clock.at += timedelta(minutes=1)
    assert (await (await admin.post(path)).json())["acknowledged_by"] == "Operator operator", "the first stays"
    (told_now,) = (await (await admin.get("/api/v1/control")).json())["alarms"]
    assert told_now["acknowledged_by"] == "Operator operator" and told_now["active"]
    assert (await operator.post("/api/v1/alarms/999/acknowledge")).status == 404
    assert [e.action for e in await site.office.audit.page()].count("alarm.acknowledge") == 1


class View:
    """A web role that sees a film of two minutes, then an azan."""

    def __init__(self, now_ms: int) -> None:
        self.meters = Meters(lambda _channel, _start, _end: (), Silent(), AirClock())
        self._now = now_ms

    def programme(self, channel_id: str, /) -> Programme:
        def item(name: str, start_s: int, end_s: int) -> ProgrammeItem:
            start, end = self._now + start_s * 1000, self._now + end_s * 1000
            return ProgrammeItem(f"{channel_id}-{name}", name, "", "", start, end, Kind.ITEM)

        items = (item("Kabar", -300, -60), item("Film", -60, 60), item("Azan", 60, 300), item("Wayang", 300, 900))
        return Programme(channel_id, items, "filler")


class Silent:
    """Levels of which nothing is known."""

    async def look(self, houses: Iterable[HouseId]) -> None:
        del houses

    def level(self, _house: HouseId, _q: int) -> Level | None:
        return None


async def test_what_airs_what_comes_and_what_begins_on_time(site: Site) -> None:
    settings, now = site.office.settings, at_or_after(NOW)
    azan = Material(HouseId("h"), AssetId("0" * 40), "Azan", Quanta(750))

    def line(start_s: int, hard: bool) -> Line:
        return Line(Quanta(now + covering(start_s)), Quanta(10), azan, Quanta(0), Kind.ITEM, "", hard, "")

    file = rundown_file(settings, "tv")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(lines_to_json([line(-60, True), line(30, False), line(60, True), line(900, True)]))
    sight = View(int(NOW.timestamp() * 1000))
    room = replace(site.office, sight=sight).control_room
    state = await room.state("tv", NOW)
    assert state.item is not None and state.item.title == "Film" and state.fallback == "filler"
    assert [i.title for i in state.coming] == ["Azan", "Wayang"]
    assert state.hard is not None and state.hard.start == now + covering(60)
    later = await room.state("tv", NOW + timedelta(seconds=120))
    assert later.hard is not None and later.hard.start == now + covering(900), "the next one, without reading again"
    file.write_bytes(lines_to_json([line(45, True)]))
    assert (hard := (await room.state("tv", NOW)).hard) is not None and hard.start == now + covering(45)
    assert (await room.state("radio", NOW)).hard is None
    assert (await room.state("tv", NOW + timedelta(hours=1))).item is None, "off the air"


async def test_an_order_is_noted_also_when_the_page_that_gave_it_has_gone(office: Office, clock: Clock) -> None:
    async with served(replace(office, sight=View(int(NOW.timestamp() * 1000))), clock) as site:
        sari = await site.logged_in(Role.OPERATOR)
        page = asyncio.create_task(sari.post("/api/v1/channels/tv/control/hold"))
        async with asyncio.timeout(30):
            while not (waiting := await asyncio.to_thread(given, office.settings)):
                await asyncio.sleep(0.01)
        page.cancel()
        await asyncio.wait({page})
        await asyncio.sleep(0.1)  # time for the service to see the line closed
        taken = Kept(order=waiting[0], state=State.ACCEPTED, taken=NOW)
        await asyncio.to_thread(write_ledger, office.settings, "tv", Ledger(kept=(taken,)))
        async with asyncio.timeout(30):
            while not (noted := [e for e in await office.audit.page() if e.action == "air.hold"]):
                await asyncio.sleep(0.01)
        assert sari.account is not None and [e.account_id for e in noted] == [sari.account.id]


def test_alarms_that_go_on_stand_before_those_that_are_over() -> None:
    on = ActiveAlarm("tv", AlarmKind.SILENCE, "Sunyi", Quanta(10))
    newer = ActiveAlarm("", AlarmKind.DISK, "Disk", Quanta(20))
    open_row = Incident(1, "tv", "silence", "Sunyi", NOW)
    past = Incident(2, "tv", "silence", "Sunyi", NOW, NOW + timedelta(minutes=1))
    found = told([on, newer], [open_row, past])
    assert [(a.kind, a.active, a.record) for a in found] == [
        ("disk", True, None), ("silence", True, open_row), ("silence", False, past),
    ]  # fmt: skip

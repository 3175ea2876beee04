"""Running orders through the API: a day in pages, each act by hand, two people at once, what is refused and why."""

import asyncio
import sys
from datetime import timedelta
from time import perf_counter
from types import FrameType
from typing import Any

import pytest

from lppl.accounts import Role
from lppl.quanta import Quanta, at_or_after
from lppl.rundown import Kind, lines_to_json
from lppl.station.planning import documents_of
from lppl.station.state import AirStatus, ChannelStatus, rundown_file, write_documents
from scheduler.agenda import day_bounds
from scheduler.rundown import compose
from tests.lppl.planned_station import asset_of, made_up
from tests.web.staff.conftest import NOW, Site, Visitor
from tests.web.staff.rundown_site import DAY, settings, template  # noqa: F401 - fixtures

AT = f"/api/v1/channels/radio/rundown/{DAY}"
TALK = asset_of("dialog/walikota.mp3")
NEWS_12 = asset_of("kabar/episode-12.mp3")


@pytest.fixture
async def sari(site: Site) -> Visitor:
    """Programme staff."""
    return await site.logged_in(Role.PROGRAMME, "sari")


@pytest.fixture
async def budi(site: Site) -> Visitor:
    """Another of them."""
    return await site.logged_in(Role.PROGRAMME, "budi")


async def told(visitor: Visitor, path: str = "", **query: object) -> Any:
    answer = await visitor.get(AT + path, params={k: str(v) for k, v in query.items()})
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def lines(visitor: Visitor) -> list[dict[str, Any]]:
    return list((await told(visitor, "/lines", count=500))["lines"])


async def line_at(visitor: Visitor, clock: str) -> dict[str, Any]:
    return next(x for x in await lines(visitor) if x["clock"][:8] == clock[:8])


async def change(visitor: Visitor, status: int = 201, **said: object) -> Any:
    answer = await visitor.post(f"{AT}/edits", json=said)
    assert answer.status == status, await answer.text()
    return await answer.json()


async def test_a_day_is_told_in_pages_without_gaps(sari: Visitor) -> None:
    day = await told(sari)
    first = await told(sari, "/lines", count=7)
    rest = await told(sari, "/lines", first=8, count=500)
    found = first["lines"] + rest["lines"]
    assert len(first["lines"]) == 7 and first["total"] == day["total"] == len(found)
    assert [x["number"] for x in found] == [*range(1, len(found) + 1)]
    ends = [round(a["seconds"] * 1000) for a in found]
    assert sum(ends) == pytest.approx(86_400_000, abs=600_000), "a whole day, and what reaches over midnight"
    news = next(x for x in found if x["programme"] == "Kabar Pagi")
    assert news["clock"] == "06.00.00" and news["hard"] and news["state"] == "siap" and not news["aired"]
    heading = next(h for h in day["headings"] if h["number"] == news["number"])
    slot = next(s for s in day["slots"] if s["slot"] == heading["slot"])
    assert slot["entry"] == "kabar" and slot["airs"] and -160 < slot["over_seconds"] < -100
    assert len(day["hours"]) == 24 and sum(day["hours"][6]["seconds"].values()) == pytest.approx(3600, abs=1)
    shares = {c["name"]: c["percent"] for c in day["categories"]}
    assert sum(shares.values()) == pytest.approx(100) and shares["hiburan"] > 90 and shares["berita"] > 1
    assert day["current"] is None and day["edits"] == []


async def test_of_today_what_runs_is_marked_and_nothing_committed_is_changed(site: Site, sari: Visitor) -> None:
    today = f"/api/v1/channels/radio/rundown/{NOW.date()}"
    day = await (await sari.get(today)).json()
    assert day["current"] == 1
    said = {"act": "sisip", "at": "08.00", "asset": TALK, "begins": "tepat"}
    answer = await sari.post(f"{today}/edits", json=said)
    assert answer.status == 409 and "sedang atau sudah tayang" in (await answer.json())["detail"]
    stop = at_or_after(NOW + timedelta(minutes=5))
    state = site.office.settings.data_dir / "state" / "air.json"
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_bytes(AirStatus({"radio": ChannelStatus(stop, None, (), (), None)}).to_json())
    answer = await sari.post(f"{today}/edits", json=said | {"at": "10.04.59"})
    assert answer.status == 409 and "mulai 10.05.0" in (await answer.json())["detail"]
    assert (await sari.post(f"{today}/edits", json=said | {"at": "10.05.02"})).status == 201


async def test_each_act_by_hand_and_its_undoing(site: Site, sari: Visitor) -> None:
    kept = await change(sari, act="sisip", at="12.00", asset=TALK, begins="tepat")
    assert kept["edit"]["author"] == "Penata acara sari" and "Dialog Wali Kota" in kept["edit"]["said"]
    put = await line_at(sari, "12.00.00")
    assert put["title"] == "Dialog Wali Kota" and put["edit"] == kept["edit"]["number"] and put["hard"]
    await change(sari, act="potong", line=put["id"], in_seconds=32, out_seconds=64)
    cut = await line_at(sari, "12.00.00")
    assert (cut["in_seconds"], cut["seconds"]) == (32, 32)
    await change(sari, act="pindah", line=cut["id"], to="15.00", begins="tepat")
    moved = await line_at(sari, "15.00.00")
    assert (moved["title"], moved["in_seconds"], moved["seconds"]) == ("Dialog Wali Kota", 32, 32)
    await change(sari, act="ganti", line=moved["id"], asset=NEWS_12)
    replaced = await line_at(sari, "15.00.00")
    assert replaced["title"] == "Kabar Pagi 12"
    await change(sari, act="tahan", line=replaced["id"], until="16.00")
    assert (await line_at(sari, "16.00.00"))["title"] == "Kabar Pagi 12"
    await change(sari, act="isi", at="20.00", until="20.05")
    assert (await line_at(sari, "20.05.00"))["kind"] == "item"
    song = next(x for x in await lines(sari) if x["clock"] > "21" and x["kind"] == "item")
    await change(sari, act="lewati", line=song["id"])
    assert song["id"] not in {x["id"] for x in await lines(sari)}

    day = await told(sari)
    assert [e["act"] for e in day["edits"]] == ["sisip", "potong", "pindah", "ganti", "tahan", "isi", "lewati"]
    for edit in day["edits"]:
        answer = await sari.ask("DELETE", f"/api/v1/channels/radio/rundown/edits/{edit['number']}")
        assert answer.status == 204
    assert all(x["edit"] == 0 for x in await lines(sari))
    again = await sari.ask("DELETE", f"/api/v1/channels/radio/rundown/edits/{day['edits'][0]['number']}")
    assert again.status == 409 and "sudah dicabut" in (await again.json())["detail"]
    assert all(e["withdrawn"] for e in await told(sari, "/edits"))
    events = await site.office.audit.page(limit=100)
    assert [e.action for e in events].count("rundown.withdraw") == 7 and events[0].before["author"]


# ---- two people -------------------------------------------------------------------------------------


async def test_the_second_of_two_is_told_who_did_what_and_may_go_on(sari: Visitor, budi: Visitor) -> None:
    seen = (await told(budi))["state"]
    song = (await lines(budi))[10]
    await change(sari, act="lewati", line=song["id"], seen=seen)
    met = await change(budi, 409, act="ganti", line=song["id"], asset=TALK, seen=seen)
    assert "Penata acara sari" in met["detail"] and "lewati" in met["detail"] and "skip" in met["english"]
    assert [e["author"] for e in met["theirs"]] == ["Penata acara sari"]
    assert song["title"] not in [x["title"] for x in met["now"] if x["clock"] == song["clock"]]
    assert "Dialog Wali Kota" in [x["title"] for x in met["mine"]]
    assert all(x["edit"] == 0 for x in await lines(budi)), "nothing was kept"
    await change(budi, act="ganti", line=song["id"], asset=TALK, seen=seen, accepts=met["state"])
    assert (await line_at(budi, song["clock"]))["title"] == "Dialog Wali Kota"


async def test_what_does_not_meet_goes_through(sari: Visitor, budi: Visitor) -> None:
    seen = (await told(budi))["state"]
    song, later = (await lines(budi))[10], (await lines(budi))[200]
    await change(sari, act="lewati", line=song["id"], seen=seen)
    await change(budi, act="sisip", at="18.00", asset=TALK, begins="tepat", seen=seen)
    assert later["title"] in [x["title"] for x in await lines(budi)]


async def test_a_withdrawal_is_a_change_too(sari: Visitor, budi: Visitor) -> None:
    kept = await change(sari, act="sisip", at="12.00", asset=TALK, begins="tepat")
    seen = (await told(budi))["state"]
    put = await line_at(budi, "12.00.00")
    assert (await sari.ask("DELETE", f"/api/v1/channels/radio/rundown/edits/{kept['edit']['number']}")).status == 204
    met = await change(budi, 409, act="pindah", line=put["id"], to="13.00", seen=seen)
    assert met["theirs"][0]["withdrawn"] is not None
    await change(budi, act="pindah", line=put["id"], to="13.00", begins="tepat", seen=seen, accepts=met["state"])
    assert (await line_at(budi, "13.00.00"))["title"] == "Dialog Wali Kota"


async def test_a_line_that_another_edit_moved_is_still_meant(sari: Visitor, budi: Visitor) -> None:
    seen = (await told(budi))["state"]
    before = await lines(budi)
    song = next(x for x in before if x["clock"] > "12.00" and x["kind"] == "item")
    await change(sari, act="sisip", at="08.00", asset=asset_of("sisipan/promo-6.mp3"), begins="tepat", seen=seen)
    await change(budi, act="lewati", line=song["id"], seen=seen)
    edit = (await told(budi))["edits"][-1]
    assert edit["act"] == "lewati" and song["title"] in edit["said"]


# ---- refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"act": "sisip", "at": "25.00", "asset": TALK}, "sisip.at"),
        ({"act": "sisip", "at": "06.15,9999", "asset": TALK}, "sisip.at"),
        ({"act": "sisip", "at": "06.15", "asset": "bukan"}, "sisip.asset"),
        ({"act": "sisip", "at": "06.15", "asset": TALK, "lagi": 1}, "sisip.lagi"),
        ({"act": "isi", "at": "06.15", "until": "06.10"}, "isi.until"),
        ({"act": "lewati", "line": "<b>"}, "lewati.line"),
        ({"act": "lewati", "line": "1.a", "seen": "9"}, "lewati.seen"),
        ({"act": "hapus"}, ""),
    ],
)
async def test_rubbish_is_said_at_the_field(sari: Visitor, said: dict[str, Any], field: str) -> None:
    problem = await change(sari, 422, **said)
    assert [e["field"] for e in problem["errors"]] == [field] and problem["errors"][0]["detail"]


async def test_what_cannot_be_done_is_said(site: Site, sari: Visitor) -> None:
    first = (await lines(sari))[3]
    cut = await change(sari, 422, act="potong", line=first["id"], in_seconds=0, out_seconds=99_999)
    assert cut["errors"][0]["field"] == "potong.out_seconds" and "di dalam materi" in cut["errors"][0]["detail"]
    assert (await change(sari, 404, act="lewati", line="1.x"))["detail"].startswith("Baris itu tidak ada")
    assert (await change(sari, 404, act="sisip", at="06.00", asset="0" * 40))["status"] == 404
    viewer = await site.logged_in(Role.VIEWER)
    assert (await viewer.get(AT)).status == 200
    assert (await viewer.post(f"{AT}/edits", json={"act": "lewati", "line": first["id"]})).status == 403
    for day, status in (("0001-01-01", 404), ("2027-03-01", 422), ("9999-12-31", 422), ("besok", 422)):
        assert (await sari.get(f"/api/v1/channels/radio/rundown/{day}")).status == status
    assert (await sari.get("/api/v1/channels/televisi/rundown/2026-11-23")).status == 404


async def test_an_order_of_the_control_room_is_not_taken_back_here(site: Site, sari: Visitor) -> None:
    store, at = site.office.planning.store, Quanta(at_or_after(NOW) + 9)
    document = {"act": "tahan", "at": at, "until": at + 500, "ordered": "1-a", "by": "Op"}
    number = await store.keep_order("radio", "1-a", at, document, "Op", NOW)
    answer = await sari.ask("DELETE", f"/api/v1/channels/radio/rundown/edits/{number}")
    assert answer.status == 409 and "Ruang Kendali" in (await answer.json())["detail"]


# ---- what goes with it ------------------------------------------------------------------------------


async def test_material_is_found_as_one_types(sari: Visitor) -> None:
    answer = await sari.get("/api/v1/channels/radio/material", params={"words": "penyanyi musik/lagu-1", "count": "2"})
    page = await answer.json()
    assert len(page["found"]) == 2 and page["next_offset"] == 2 and all(m["ready"] for m in page["found"])
    assert all("lagu-1" in m["path"] for m in page["found"])


async def test_findings_name_their_line(sari: Visitor) -> None:
    await change(sari, act="sisip", at="12.00", asset=TALK, begins="tepat")
    await change(sari, act="sisip", at="12.30", asset=NEWS_12, begins="tepat")
    found = await told(sari, "/findings")
    cut = next(f for f in found if f["rule"] == "item_cut")
    line = (await lines(sari))[cut["number"] - 1]
    assert line["title"] == cut["item"] and cut["remedy"] is not None


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
async def test_a_day_is_handed_out(sari: Visitor, form: str, begins: bytes) -> None:
    answer = await sari.get(f"{AT}/export", params={"form": form})
    body = await answer.read()
    assert answer.status == 200 and body.startswith(begins) and len(body) > 5_000
    assert f"rundown-radio-{DAY}.{form}" in answer.headers["Content-Disposition"]


async def test_pages_of_a_day_of_28000_lines_come_at_once(site: Site, sari: Visitor) -> None:
    """As the air role has told it: nothing is built, and each page is cut from what is in memory."""
    station, zone = site.office.settings, site.office.planning.zone
    start, end = day_bounds(DAY, zone)
    length = (end - start) // 28_000
    few = [made_up(f"sisipan/promo-{n}.mp3", Quanta(start + n * length), length * 0.32) for n in range(1, 7)]
    line = [few[n % 6] for n in range(28_200)]
    many = [x.__class__(Quanta(start + n * length), Quanta(length), x.material, Quanta(0), Kind.ITEM, "Uji", False, "")
            for n, x in enumerate(line)]  # fmt: skip
    (station.data_dir / "state").mkdir(parents=True, exist_ok=True)
    write_documents(station, "radio", await documents_of(site.office.planning.store, "radio", NOW))
    rundown_file(station, "radio").write_bytes(lines_to_json(many))
    assert (await told(sari))["total"] > 27_900
    began = perf_counter()
    for first in range(1, 28_000, 2_800):
        page = await told(sari, "/lines", first=first, count=100)
        assert [x["number"] for x in page["lines"]] == [*range(first, first + 100)]
    assert (perf_counter() - began) / 10 < 0.1


def builders() -> int:
    """Return how many threads build days just now."""

    def builds(frame: FrameType | None) -> bool:
        while frame is not None and frame.f_code is not compose.__code__:
            frame = frame.f_back
        return frame is not None

    return sum(builds(frame) for frame in sys._current_frames().values())


async def building() -> None:
    """Wait until days are being built."""
    async with asyncio.timeout(30):
        while not builders():
            await asyncio.sleep(0.001)


async def test_days_are_built_one_at_a_time_also_when_nobody_waits_for_them_any_more(site: Site) -> None:
    desk, at_once = site.office.planning, set()
    asked = []
    for _ in range(6):
        question = asyncio.create_task(desk.check("radio", None, NOW, timedelta(days=60)))
        asked.append(question)
        for _ in range(25):
            await asyncio.sleep(0.004)
            at_once.add(builders())
        question.cancel()
    asked.append(asyncio.create_task(desk.check("radio", None, NOW, timedelta(days=1))))
    while not asked[-1].done():
        await asyncio.sleep(0.004)
        at_once.add(builders())
    assert max(at_once) == 1
    assert not asked[-1].cancelled() and asked[-1].exception() is None


async def test_a_day_is_made_for_those_who_still_wait_and_anew_when_nobody_did(site: Site) -> None:
    days, far = site.office.days, DAY + timedelta(days=50)
    first, second = (asyncio.create_task(days.day("radio", far, NOW)) for _ in range(2))
    await building()
    first.cancel()
    assert (await second).date == far
    alone = asyncio.create_task(days.day("radio", DAY + timedelta(days=51), NOW))
    await building()
    alone.cancel()
    assert (await days.day("radio", DAY + timedelta(days=51), NOW)).lines
    assert first.cancelled() and alone.cancelled()

"""The log, shares, comparisons, proofs, takedowns and the audit log through the API, by role; figures by recount."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from lppl.accounts import Role
from lppl.audit import Actor
from lppl.desk.control_room import SAID
from lppl.desk.office import Office
from lppl.journal import Entry
from lppl.media import AssetId
from lppl.plan_store import Kind as Document
from lppl.programme import Category, Details
from lppl.quanta import seconds, starting
from lppl.records import FileStamp, LibraryFile
from lppl.rundown import line_to_json
from scheduler.agenda import day_bounds
from tests.scheduler.aired import line
from tests.web.staff.conftest import NOW, Site
from tests.web.staff.log_site import MINUTE, SATURDAY, SONGS, SUNDAY, lay_down
from web.staff.audit import DONE, WHAT


@pytest.fixture
async def past(office: Office) -> list[Entry]:
    """What tv aired."""
    return await lay_down(office)


def on(entries: Sequence[Entry], day: date, office: Office) -> list[tuple[Entry, int]]:
    """Return the entries of a day, each with how much of it lies there."""
    start, end = day_bounds(day, office.planning.zone)
    within = [(e, min(e.end, end) - max(e.item.start, start)) for e in entries]
    return [(e, n) for e, n in within if n > 0]


async def test_a_day_is_the_recount_of_the_journal(site: Site, past: list[Entry]) -> None:
    reader = await site.logged_in(Role.ANNOUNCER)
    for day in (SATURDAY, SUNDAY):
        answer = await reader.get(f"/api/v1/channels/tv/log?day={day}&limit=2000")
        assert answer.status == 200
        told = await answer.json()
        mine = on(past, day, site.office)
        assert [x["title"] for x in told["lines"]] == [e.item.title for e, _ in mine]
        assert [x["seconds"] for x in told["lines"]] == [round(seconds(n), 2) for _, n in mine]
        aired = sum(n for e, n in mine if e.item.house)
        assert told["totals"]["aired_seconds"] == pytest.approx(seconds(aired), abs=0.01)
        categories: Counter[str] = Counter()
        for e, n in mine:
            if e.item.house:
                categories[e.item.category or {"kabar": "berita", "lagu": "hiburan"}[e.item.programme_id]] += n
        for said in told["totals"]["categories"]:
            assert said["seconds"] == pytest.approx(seconds(categories[said["category"]]), abs=0.01)
            assert said["percent"] == pytest.approx(100 * categories[said["category"]] / aired, abs=0.11)
        assert sum(s["percent"] for s in told["totals"]["categories"]) == pytest.approx(100)


async def test_lines_are_filtered_and_paged(site: Site, past: list[Entry]) -> None:
    reader = await site.logged_in(Role.HEAD)
    base = f"/api/v1/channels/tv/log?day={SATURDAY}"
    news = await (await reader.get(f"{base}&category=berita&limit=2000")).json()
    assert (
        news["total"]
        == len(news["lines"])
        == len([e for e, _ in on(past, SATURDAY, site.office) if e.item.programme_id == "kabar"])
    )
    assert {x["category"] for x in news["lines"]} == {"berita"}
    (outage,) = (await (await reader.get(f"{base}&kind=off")).json())["lines"]
    assert outage["span"] == "" and outage["category"] is None
    whole = await (await reader.get(f"{base}&limit=2000")).json()
    parts = [await (await reader.get(f"{base}&offset={n}&limit=40")).json() for n in range(0, whole["total"], 40)]
    assert [x for p in parts for x in p["lines"]] == whole["lines"]
    found = await (await reader.get(f"{base}&words=MATERI+3+kota")).json()
    assert found["lines"] and all(x["title"] == "Materi 3" and x["programme"] == "Kabar Kota" for x in found["lines"])


async def test_shares_are_the_recount_and_beside_what_the_rules_ask(site: Site, past: list[Entry]) -> None:
    reader = await site.logged_in(Role.PROGRAMME)
    answer = await reader.get(f"/api/v1/channels/tv/log/shares?first={SATURDAY}&last={SUNDAY}")
    told = await answer.json()
    of = {order: sum(e.length for e in past if e.item.order == order) for order in ("kopi", "banjir")}
    aired = sum(e.length for e in past if e.item.house)
    rules = {r["rule"]: r for r in told["rules"]}
    assert rules["ad_share"]["percent"] == pytest.approx(100 * of["kopi"] / aired)
    assert rules["ad_share"]["limit"] == 15 and rules["ad_share"]["kept"] is True
    assert rules["ilm_share"]["percent"] == pytest.approx(100 * of["banjir"] / (of["kopi"] + of["banjir"]))
    news = sum(e.length for e in past if e.item.programme_id == "kabar" and e.item.house)
    songs = sum(e.length for e in past if e.item.programme_id == "lagu" and e.item.house)
    assert rules["local_share"]["percent"] == pytest.approx(100 * news / (news + songs))
    assert rules["local_share"]["limit"] is None and rules["local_share"]["kept"] is None
    assert [d["day"] for d in told["days"]] == [str(SATURDAY), str(SUNDAY)]
    assert sum(d["aired_seconds"] for d in told["days"]) == pytest.approx(seconds(aired), abs=0.02)
    # what staff say of an asset decides over its programme, and is seen without a restart
    songs_of = [e for e in past if e.item.programme_id == "lagu" and e.item.house]
    asset = AssetId(str(songs_of[0].item.asset))
    await site.office.library.add_asset(asset, 1000, "Lagu", NOW)
    await site.office.library.record_files([LibraryFile("lagu.mp3", FileStamp(1000, 1, 1, 1), asset)])
    await site.office.planning.store.save_details(asset, Details(local=True), NOW)
    site.clock.at += timedelta(minutes=11)
    again = await (await reader.get(f"/api/v1/channels/tv/log/shares?first={SATURDAY}&last={SUNDAY}")).json()
    local = news + sum(
        e.length for e in past if e.item.asset == asset and not e.item.order and e.item.programme_id != "kabar"
    )
    of_known = songs + news + sum(
        e.length for e in past if e.item.asset == asset and not e.item.order and not e.item.programme_id
    )  # fmt: skip
    share = {r["rule"]: r for r in again["rules"]}["local_share"]["percent"]
    assert share == pytest.approx(100 * local / of_known)


async def test_planned_against_aired_and_what_was_not_kept(site: Site, past: list[Entry]) -> None:
    reader = await site.logged_in(Role.OPERATOR)
    url = f"/api/v1/channels/tv/log/compared?day={SATURDAY}"
    missing = await reader.get(url)
    assert missing.status == 404 and "tidak tersimpan" in (await missing.json())["detail"]
    start = day_bounds(SATURDAY, site.office.planning.zone)[0]
    planned = [line("Materi 0", start, 10 * MINUTE), line("Yang Tidak Jadi", start + 10 * MINUTE, 30 * MINUTE)]
    await site.office.planning.store.keep_day("tv", str(SATURDAY), [line_to_json(x) for x in planned], NOW)
    told = await (await reader.get(url)).json()
    assert told["counts"]["sesuai"] == 1 and told["counts"]["diganti"] == 1
    first, second = told["differences"][:2]
    assert first["outcome"] == "sesuai" and first["aired"]["title"] == "Materi 0"
    assert second["planned"]["title"] == "Yang Tidak Jadi" and '"Materi 1"' in second["detail"]
    assert sum(told["counts"].values()) == len(told["differences"])


async def test_proof_of_airing(site: Site, past: list[Entry]) -> None:
    start = day_bounds(SATURDAY, site.office.planning.zone)[0]
    planned = [line("Kopi", start + 100 * n, 94, order="kopi") for n in range(5)]
    planned.append(line("Lain", start + 900, 94, order="banjir"))
    await site.office.planning.store.keep_day("tv", str(SATURDAY), [line_to_json(x) for x in planned], NOW)
    reader = await site.logged_in(Role.HEAD)
    told = await (await reader.get("/api/v1/orders/kopi/proof?limit=3")).json()
    spots = [e for e in past if e.item.order == "kopi"]
    assert (told["planned"], told["aired"], told["advertiser"]) == (5, len(spots), "Kopi Kajen")
    assert len(told["rows"]) == 3
    rest = await (await reader.get("/api/v1/orders/kopi/proof?offset=3&limit=5000")).json()
    starts = [datetime.fromisoformat(r["start"]) for r in (*told["rows"], *rest["rows"])]
    assert starts == [starting(e.item.start) for e in spots]
    assert (await reader.get("/api/v1/orders/tidak-ada/proof")).status == 404
    wrong = await reader.get("/api/v1/orders/kopi/proof?first=2026-11-22&last=2026-11-21")
    assert wrong.status == 422 and (await wrong.json())["errors"][0]["field"] == "last"


async def test_files(site: Site, past: list[Entry]) -> None:
    reader = await site.logged_in(Role.HEAD)
    day, span = f"day={SATURDAY}", f"first={SATURDAY}&last={SUNDAY}"
    for path in (f"channels/tv/log/file?{day}", f"channels/tv/log/shares/file?{span}", "orders/kopi/proof/file?"):
        for kind, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
            answer = await reader.get(f"/api/v1/{path}&format={kind}")
            assert answer.status == 200, path
            assert (await answer.read()).startswith(begins)
            assert f'.{kind}"' in answer.headers["Content-Disposition"]
    text = (await (await reader.get(f"/api/v1/channels/tv/log/file?{day}&format=csv")).read()).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 1 + len(on(past, SATURDAY, site.office))
    assert (await reader.get(f"/api/v1/channels/tv/log/file?{day}&format=doc")).status == 422


async def test_a_takedown_is_made_seen_and_lifted(site: Site, past: list[Entry]) -> None:
    staff, reader = await site.logged_in(Role.PROGRAMME), await site.logged_in(Role.OPERATOR)
    mine = on(past, SATURDAY, site.office)[3][0]
    body = {
        "start": starting(mine.item.start).isoformat(), "end": starting(mine.end).isoformat(),
        "reason": "Permintaan narasumber",
    }  # fmt: skip
    path = "/api/v1/channels/tv/takedowns"
    assert (await reader.post(path, json=body)).status == 403, "an operator publishes nothing"
    for change, field in (
        ({"end": body["start"]}, "end"),
        ({"reason": " "}, "reason"),
        ({"start": "kemarin"}, "start"),
    ):
        refused = await staff.post(path, json=body | change)
        assert refused.status == 422 and (await refused.json())["errors"][0]["field"] == field
    made = await staff.post(path, json=body)
    assert made.status == 201
    number = (await made.json())["number"]
    log = f"/api/v1/channels/tv/log?day={SATURDAY}"
    hidden = [x["title"] for x in (await (await reader.get(log)).json())["lines"] if x["withheld"]]
    assert hidden == [mine.item.title]
    assert (await staff.post(f"/api/v1/takedowns/{number}/lift")).status == 204
    assert (await staff.post(f"/api/v1/takedowns/{number}/lift")).status == 404
    assert not any(x["withheld"] for x in (await (await reader.get(log)).json())["lines"])
    (told,) = await (await reader.get("/api/v1/takedowns?channel=tv")).json()
    assert told["reason"] == "Permintaan narasumber" and told["lifted"] is not None
    lifted, made_at = await site.office.audit.page(limit=2)
    assert (lifted.action, made_at.action) == ("takedown.lift", "takedown.make")
    assert (lifted.channel, lifted.before) == ("tv", made_at.after)


async def test_the_audit_log_by_filter_page_and_file(site: Site) -> None:
    audit = site.office.audit
    sari, budi = Actor(None, "Sari"), Actor(None, "=Budi")
    for n in range(7):
        at = NOW - timedelta(days=n)
        await audit.record(sari if n % 2 else budi, "grid.publish" if n < 4 else "edit.add", at, object=f"objek {n}",
                           before={"judul": "A"}, after={"judul": "B", "sandi": "rahasia"})  # fmt: skip
    head = await site.logged_in(Role.HEAD)
    first = await (await head.get("/api/v1/audit?action=grid&limit=3")).json()
    assert len(first["events"]) == 3 and first["next"] == first["events"][-1]["number"]
    second = await (await head.get(f"/api/v1/audit?action=grid&limit=3&before={first['next']}")).json()
    assert len(second["events"]) == 1 and second["next"] is None
    assert second["events"][0]["after"] == {"judul": "B", "sandi": "***"}
    mine = await (await head.get("/api/v1/audit?actor=Sari")).json()
    assert {e["actor"] for e in mine["events"]} == {"Sari"} and len(mine["events"]) == 3
    one_day = await (await head.get("/api/v1/audit?first=2026-11-20&last=2026-11-20")).json()
    assert [e["object"] for e in one_day["events"]] == ["objek 2"]
    words = await (await head.get("/api/v1/audit/words")).json()
    assert words["actors"] == ["=Budi", str(head.account.name if head.account else ""), "Sari"]
    assert words["actions"] == ["edit.add", "grid.publish", "login"]
    text = (await (await head.get("/api/v1/audit/file?words=objek+6")).read()).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 2 and rows[1][2] == "'=Budi", "no spreadsheet takes a name for a formula"


def test_what_is_recorded_is_told_in_words() -> None:
    root = Path(__file__).parents[3]
    said = "".join(p.read_text() for p in (*root.glob("lppl/desk/*.py"), *root.glob("web/api/*.py")))
    actions = set(re.findall(r'(?:\.record|_told)\([^"]*"([a-z_]+\.[a-z_0-9]+)"', said))
    actions |= {
        *SAID.values(),
        *(f"{kind.value}.save" for kind in (Document.PROGRAMME, Document.CHANNEL, Document.HIJRI)),
    }
    actions |= {
        f"{kind.value}.{done}" for kind in (Document.PLAYLIST, Document.ROTATION) for done in ("save", "remove")
    }
    assert len(actions) > 40
    silent = {a for a in actions if a.partition(".")[0] not in WHAT or a.partition(".")[2] not in DONE}
    assert silent == set()


ROLES = {
    "/api/v1/channels/tv/log?day=2026-11-21": {
        Role.ADMIN, Role.PROGRAMME, Role.OPERATOR, Role.ANNOUNCER, Role.HEAD,
    },
    "/api/v1/dashboard/now": {Role.ADMIN, Role.PROGRAMME, Role.HEAD},
    "/api/v1/audit": {Role.ADMIN, Role.HEAD},
}  # fmt: skip


@pytest.mark.parametrize("path", ROLES)
async def test_by_role(site: Site, path: str) -> None:
    for role in Role:
        visitor = await site.logged_in(role)
        assert (await visitor.get(path)).status == (200 if role in ROLES[path] else 403), role
    assert (await site.stranger().get(path)).status == 401


async def test_figures_are_counted_once_and_again_when_they_change(site: Site, past: list[Entry]) -> None:
    figures, planning = site.office.figures, site.office.planning
    both = [await figures.days("tv", SATURDAY, SUNDAY, NOW) for _ in range(2)]
    assert both[0] == both[1] and both[0][0] is both[1][0], "a day that is over is kept"
    assert both[0][1] is not both[1][1], "today goes on"
    await planning.save(Document.PROGRAMME, "lagu", SONGS.model_copy(update={"category": Category.CULTURE}), NOW)
    (again,) = await figures.days("tv", SATURDAY, SATURDAY, NOW)
    culture = {s.category: s.length for s in again.totals.shares}[Category.CULTURE]
    assert culture > {s.category: s.length for s in both[0][0].totals.shares}[Category.CULTURE]


async def test_what_is_said_of_an_asset_counts_though_nothing_else_happens(site: Site, past: list[Entry]) -> None:
    figures, planning = site.office.figures, site.office.planning
    song = next(e for e in past if e.item.programme_id == "lagu" and e.item.house)
    asset = AssetId(str(song.item.asset))
    await planning.library.add_asset(asset, 1000, "Lagu", NOW)
    await planning.library.record_files([LibraryFile("lagu.mp3", FileStamp(1000, 1, 1, 1), asset)])
    (before,) = await figures.days("tv", SATURDAY, SATURDAY, NOW)
    await planning.store.save_details(asset, Details(local=True), NOW)
    (soon,) = await figures.days("tv", SATURDAY, SATURDAY, NOW + timedelta(minutes=1))
    assert soon is before, "sums are not made anew for each asset"
    (later,) = await figures.days("tv", SATURDAY, SATURDAY, NOW + timedelta(minutes=11))
    assert later.shares.local_percent != before.shares.local_percent

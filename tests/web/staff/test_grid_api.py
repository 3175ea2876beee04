"""The weekly grid by the API: entries changed for a day or for ever, two people at once, checking, publishing."""

from datetime import date
from typing import Any

import pytest

from lppl.accounts import Role
from tests.web.staff.conftest import Site, Visitor

MONDAY = date(2026, 11, 23)
GRID = "/api/v1/channels/radio/grid"
DRAFT = "/api/v1/channels/radio/draft"
DAILY = {"first": "2026-11-23", "rule": "FREQ=DAILY"}
WORKDAYS = {"first": "2026-11-23", "rule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}


class Desk:
    """Somebody at the grid, who remembers the revision that they looked at."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.revision = 0
        self.grid: dict[str, Any] = {"entries": [], "filler": []}

    async def ask(self, method: str, path: str, status: int = 200, **body: Any) -> Any:
        answer = await self.visitor.ask(method, path, **({"json": body} if body else {}))
        assert answer.status == status, await answer.text()
        found = None if status == 204 else await answer.json()
        if status < 300 and found and "grid" in found:
            self.revision, self.grid = found["revision"], found["grid"]
        return found

    async def look(self) -> Any:
        return await self.ask("GET", GRID)

    async def add(self, programme: str, on: dict[str, Any], start: str, minutes: int, **more: Any) -> str:
        entry = {"programme": programme, "on": on, "start": start, "length_s": minutes * 60}
        entry |= {"content": {"kind": "rotation", "folders": ["musik"]}} | more
        return str((await self.ask("POST", f"{DRAFT}/entries", 201, revision=self.revision, entry=entry))["entry"])

    async def change(self, entry: str, status: int = 200, **change: Any) -> Any:
        body = {"revision": self.revision, "change": change}
        return await self.ask("PATCH", f"{DRAFT}/entries/{entry}", status, **body)

    async def hours(self, first: date = MONDAY) -> dict[str, list[str]]:
        """Return who has what: ``{"kabar": ["23 06.00-06.30"]}``."""
        week = await self.ask("GET", f"{GRID}/week?first={first}")
        found: dict[str, list[str]] = {}
        for b in week["blocks"]:
            span = f"{b['start'][8:10]} {b['start'][11:16]}-{b['end'][11:16]}".replace(":", ".")
            found.setdefault(b["entry"], []).append(span)
        return found


@pytest.fixture
async def desk(site: Site) -> Desk:
    made = Desk(await site.logged_in(Role.PROGRAMME))
    for title in ("Kabar Pagi", "Musik Pilihan"):
        await made.ask("POST", "/api/v1/programmes", 201, title=title, colour="#0ca678")
    return made


async def test_entries_are_changed_on_a_day_from_a_day_on_and_always(desk: Desk) -> None:
    kabar = await desk.add("kabar-pagi", WORKDAYS, "06.00", 30)
    assert kabar == "kabar-pagi"
    await desk.change(kabar, scope="sekali", day="2026-11-24", to_day="2026-11-25", start=8 * 3600)
    found = await desk.hours()
    assert found[kabar] == ["23 06.00-06.30", "25 06.00-06.30", "26 06.00-06.30", "27 06.00-06.30"]
    assert found["kabar-pagi-24-11"] == ["25 08.00-08.30"]
    await desk.change(kabar, scope="seterusnya", day="2026-11-26", length_s=3600)
    assert (await desk.hours())["kabar-pagi-2"] == ["26 06.00-07.00", "27 06.00-07.00"]
    await desk.change("kabar-pagi-2", day="2026-11-27", to_day="2026-11-28")
    # from the next week on the new one holds: Mondays to Thursdays, and Saturdays in place of Fridays
    assert await desk.hours(date(2026, 11, 30)) == {
        "kabar-pagi-2": [f"{d} 06.00-07.00" for d in ("30", "01", "02", "03", "05")]
    }
    await desk.ask("DELETE", f"{DRAFT}/entries/kabar-pagi-2?revision={desk.revision}&scope=sekali&day=2026-12-05")
    assert len((await desk.hours(date(2026, 11, 30)))["kabar-pagi-2"]) == 4


async def test_a_day_that_follows_a_rule_is_not_moved_for_ever(desk: Desk) -> None:
    daily = await desk.add("kabar-pagi", DAILY, "06.00", 30)
    told = await desk.change(daily, 422, day="2026-11-24", to_day="2026-11-25")
    assert told["errors"][0]["field"] == "to_day"
    await desk.change(daily, 422, scope="sekali", day="2026-11-20", start=0)
    await desk.change(daily, 422, scope="sekali", start=0)
    await desk.change("tidak-ada", 404, start=0)


async def test_what_is_wrong_is_said_at_its_field(desk: Desk) -> None:
    entry = {"programme": "kabar-siang", "on": DAILY, "start": "25.00", "length_s": 0, "content": {"kind": "asset"}}
    told = await desk.ask("POST", f"{DRAFT}/entries", 422, revision=0, entry=entry)
    assert {e["field"] for e in told["errors"]} == {"entry.start", "entry.length_s", "entry.content.asset.path"}
    entry |= {"start": "06.00", "length_s": 60, "content": {"kind": "asset", "path": "a.mp3"}}
    told = await desk.ask("POST", f"{DRAFT}/entries", 422, revision=0, entry=entry)
    assert told["errors"][0]["field"] == "programme" and "kabar-pagi" in told["detail"]
    entry |= {"programme": "kabar-pagi", "content": {"kind": "playlist", "playlist": "x"}}
    told = await desk.ask("POST", f"{DRAFT}/entries", 422, revision=0, entry=entry)
    assert told["errors"][0]["field"] == "content.playlist"


async def test_the_second_of_two_is_told_who_was_first(desk: Desk, site: Site) -> None:
    kabar = await desk.add("kabar-pagi", DAILY, "06.00", 30)
    budi = Desk(await site.logged_in(Role.ADMIN, "budi"))
    await budi.look()
    await desk.change(kabar, start=7 * 3600)
    told = await budi.change(kabar, 409, start=8 * 3600)
    assert told["conflict"]["author"].startswith("Penata acara") and told["conflict"]["revision"] == desk.revision
    told = await budi.ask("PUT", DRAFT, 409, revision=budi.revision, grid=budi.grid)
    assert told["conflict"]["revision"] == desk.revision
    assert (await desk.look())["grid"]["entries"][0]["start"] == "07.00"
    await budi.look()
    await budi.change(kabar, start=8 * 3600)
    assert (await desk.look())["author"].startswith("Administrator")


async def test_clashes_are_found_before_anything_is_kept(desk: Desk) -> None:
    await desk.add("kabar-pagi", DAILY, "06.00", 30)
    music = await desk.add("musik-pilihan", DAILY, "07.00", 60)
    body: Any = {"change": {"entry": music, "change": {"scope": "semua", "start": 6 * 3600}}}
    found = (await desk.ask("POST", f"{GRID}/check", **body))["findings"]
    clash = next(f for f in found if f["rule"] == "clash")
    assert clash["severity"] == "berat" and clash["entry"] in (music, "kabar-pagi") and clash["at"]
    assert (await desk.hours())[music][0] == "23 07.00-08.00"


async def test_publishing_over_severe_findings_needs_a_reason_and_can_be_taken_back(desk: Desk, site: Site) -> None:
    async with site.office.bus.subscribe() as news:
        await desk.add("kabar-pagi", DAILY, "06.00", 60)
        await desk.add("musik-pilihan", DAILY, "06.30", 60)
        told = await desk.ask("POST", f"{DRAFT}/publish", 409, revision=desk.revision)
        assert told["findings"] and "alasan" in told["detail"]
        await desk.ask("POST", f"{DRAFT}/publish", 409, revision=desk.revision - 1, reason="sengaja")
        done = await desk.ask("POST", f"{DRAFT}/publish", revision=desk.revision, reason="sengaja")
        assert done["number"] == 1
        await desk.ask("POST", f"{DRAFT}/publish", 409, revision=desk.revision, reason="lagi")
        seen = [await anext(news) for _ in range(3)]
    assert [e.what for e in seen] == ["draft", "draft", "grid"]  # type: ignore[union-attr]
    await desk.look()
    await desk.change("kabar-pagi", start=5 * 3600)
    assert [c["entry"] for c in await desk.ask("GET", f"{GRID}/changes")] == ["kabar-pagi"]
    assert await desk.ask("DELETE", f"{DRAFT}?revision={desk.revision}", 204) is None
    assert (await desk.look())["state"] == "published"
    kept = await desk.ask("GET", f"{GRID}/versions")
    assert kept[0]["in_force"] and kept[0]["reason"] == "sengaja" and kept[0]["findings"]
    back = await desk.ask("POST", f"{GRID}/versions/1/withdraw", reason="keliru")
    assert back == {"number": None}
    acted = [e.action for e in await site.office.audit.page()]
    assert acted[:4] == ["grid.withdraw", "draft.discard", "draft.save", "grid.publish"]


async def test_a_week_is_copied_and_a_grid_goes_out_and_in_as_a_file(desk: Desk, site: Site) -> None:
    await desk.add("kabar-pagi", WORKDAYS, "06.00", 30)
    body: Any = {"revision": desk.revision, "source": "2026-11-24", "target": "2026-11-30"}
    assert (await desk.ask("POST", f"{DRAFT}/week-copies", 422, **body))["errors"][0]["field"] == "source"
    await desk.ask("POST", f"{DRAFT}/week-copies", **(body | {"source": "2026-11-23"}))
    assert len(desk.grid["entries"]) == 6
    answer = await desk.visitor.get(f"{GRID}/file")
    assert answer.content_type == "application/toml"
    text = await answer.text()
    told = await desk.ask("POST", f"{DRAFT}/file", 422, revision=desk.revision, text="[[entri]]\nx = 1\n")
    assert told["errors"][0]["field"] == "text"
    other = text.replace("Kabar Pagi", "Kabar Baru")
    done = await desk.ask("POST", f"{DRAFT}/file", revision=desk.revision, text=other)
    assert done["entries"] == 6 and done["documents"] == ["programme kabar-pagi"]
    saved = (await site.office.audit.page(action="programme.save"))[0]
    assert (saved.object, saved.before["title"], saved.after["title"]) == ("kabar-pagi", "Kabar Pagi", "Kabar Baru")
    done = await desk.ask("POST", f"{DRAFT}/file", revision=done["revision"], text=other)
    assert done["documents"] == [], "what says the same is left alone"
    await desk.ask("POST", f"{DRAFT}/schedule", 409, revision=done["revision"])


async def test_days_are_read_in_words_and_by_rfc_5545(desk: Desk) -> None:
    found = await desk.ask("POST", "/api/v1/days", words="jumat pertama", first="2026-11-22")
    assert found["on"]["rule"] == "FREQ=MONTHLY;BYDAY=1FR" and found["next"][0] == "2026-12-04"
    told = await desk.ask("POST", "/api/v1/days", 422, words="kapan-kapan", first="2026-11-22")
    assert told["errors"][0]["field"] == "words"


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/api/v1/programmes/kabar-pagi", {"title": "Kabar"}),
        ("/api/v1/channels/radio/rules", {"id": "radio", "separation_minutes": 20}),
    ],
)
async def test_who_was_overtaken_is_told_and_nothing_is_kept(desk: Desk, path: str, change: dict[str, Any]) -> None:
    seen = await desk.ask("GET", path)
    first = await desk.ask("PUT", path, **change, revision=seen["revision"])
    assert first["revision"] != seen["revision"]
    told = await desk.ask("PUT", path, 409, **change, revision=seen["revision"])
    assert told["overtaken"] and told["english"].startswith("Somebody else")
    assert await desk.ask("GET", path) == first
    again = await desk.ask("PUT", path, **change, revision=first["revision"])
    assert again == first, "what says the same is the same revision"
    assert await desk.ask("PUT", path, **change) == first, "who names none does not mind"


async def test_programmes_and_rules(desk: Desk, site: Site) -> None:
    listed = await desk.ask("GET", "/api/v1/programmes?words=pagi")
    assert listed["total"] == 1 and listed["programmes"][0]["id"] == "kabar-pagi"
    await desk.ask("PUT", "/api/v1/programmes/kabar-pagi", title="Kabar Pagi Ini", age="R")
    await desk.add("kabar-pagi", DAILY, "06.00", 30)
    assert (await desk.ask("DELETE", "/api/v1/programmes/kabar-pagi", 409))["detail"].startswith("Mata acara")
    await desk.ask("DELETE", "/api/v1/programmes/musik-pilihan", 204)
    usual = await desk.ask("GET", "/api/v1/channels/radio/usual-events")
    await desk.ask("PUT", "/api/v1/channels/radio/rules", id="radio", fixed=usual, separation_minutes=20)
    week = await desk.ask("GET", f"{GRID}/week?first=2026-11-23")
    titles = {f["title"] for f in week["fixed"]}
    assert {"Azan Magrib", "Indonesia Raya"} <= titles and len(week["fixed"]) == 7 * 7
    month = await desk.ask("PUT", "/api/v1/hijri/1448-09", first="2027-02-08")
    assert month["official"]
    await desk.ask("PUT", "/api/v1/hijri/1448-09", 422, first="2027-04-08")
    announcer = await site.logged_in(Role.ANNOUNCER)
    assert (await announcer.ask("PUT", "/api/v1/channels/radio/rules", json={"id": "radio"})).status == 403
    assert (await announcer.get("/api/v1/programmes")).status == 200

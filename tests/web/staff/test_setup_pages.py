"""Settings that pages keep, the walk, people and their own accounts: what the API answers, and what stays as it was."""

from pathlib import Path
from typing import Any

import pyotp
import pytest

from lppl.accounts import Right, Role
from lppl.config import Settings, load_settings, load_sources
from lppl.errors import SettingsInvalid
from lppl.plan_store import Kind
from tests.web.staff.conftest import PASSWORD, Site, Visitor


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings in a file, as the service reads them: pages read them anew."""
    file = tmp_path / "lppl.toml"
    file.write_text(
        'demo = false\ndata_dir = "data"\nmedia_dir = "media"\nmin_free_gb = 3\n[station]\nplace = "Kudus"\n'
    )
    for name in ("LPPL_DATA_DIR", "LPPL_MEDIA_DIR", "LPPL_DEMO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LPPL_CONFIG", str(file))
    return load_settings()


async def patch(who: Visitor, path: str, body: Any) -> tuple[int, Any]:
    answer = await who.ask("PATCH", f"/api/v1/{path}", json=body)
    return answer.status, await answer.json()


# ---- settings -------------------------------------------------------------------------------------


async def test_settings_are_kept_beneath_file_and_variables(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = await site.logged_in(Role.ADMIN)
    station = {
        "name": "LPPL Suara Kudus", "place": "Kudus", "zone": "Asia/Jakarta", "latitude": -6.8, "longitude": 110.84
    }  # fmt: skip
    status, said = await patch(admin, "settings", {"station": station, "dvr_hours": 4, "ladder": "hemat"})
    assert status == 200 and said["waiting"] and said["ladder"] == "hemat"
    assert said["locked"]["station.place"].endswith("lppl.toml") and "station.name" not in said["locked"]
    found = load_settings()
    assert (found.station.name, found.station.latitude, found.dvr_hours) == ("LPPL Suara Kudus", -6.8, 4)
    assert [r.name for r in found.ladder] == ["v480", "v360", "v240"]
    monkeypatch.setenv("LPPL_DVR_HOURS", "1")
    sources = load_sources()
    assert sources.settings.dvr_hours == 1 and sources.locked["dvr_hours"] == "LPPL_DVR_HOURS"
    event = (await site.office.audit.page(action="settings.changed"))[0]
    assert event.after["dvr_hours"] == 4 and event.before["dvr_hours"] == 2


async def test_what_a_file_sets_is_refused_and_nothing_is_written(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    station = {"name": "A", "place": "Demak", "zone": "Asia/Jakarta", "latitude": 0, "longitude": 0}
    status, said = await patch(admin, "settings", {"station": station, "min_free_gb": 9})
    assert status == 409 and "lppl.toml" in said["detail"]
    assert not (site.office.settings.data_dir / "station.toml").exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (
            {"station": {"name": "", "place": "x", "zone": "Asia/Jakarta", "latitude": 0, "longitude": 0}},
            "station.name",
        ),
        ({"station": {"name": "x", "place": "x", "zone": "Mars", "latitude": 99, "longitude": 0}}, "station.zone"),
        (
            {"station": {"name": "a\nb", "place": "x", "zone": "Asia/Jakarta", "latitude": 0, "longitude": 0}},
            "station.name",
        ),
        ({"channels": [{"id": "TV!", "name": "x", "kind": "tv"}]}, "channels.0.id"),
        ({"channels": [{"id": "tv", "name": "x\u202ey", "kind": "tv"}]}, "channels.0.name"),
        ({"channels": []}, "channels"),
        ({"dvr_hours": 99}, "dvr_hours"),
        ({"host": "0.0.0.0"}, "host"),
    ],
)
async def test_rubbish_is_said_at_its_field(site: Site, body: dict[str, Any], field: str) -> None:
    admin = await site.logged_in(Role.ADMIN)
    status, said = await patch(admin, "settings", body)
    assert status == 422 and field in [e["field"] for e in said["errors"]]


async def test_a_station_elsewhere_has_its_pages_too(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    station = {"name": "A", "place": "Kudus", "zone": "Asia/Singapore", "latitude": 1.3, "longitude": 103.8}
    status, said = await patch(admin, "settings", {"station": station})
    assert status == 200 and said["station"]["zone"] == "Asia/Singapore"
    for page in ("/kerja/pengaturan", "/kerja/mulai"):
        assert (await admin.get(page)).status == 200


async def test_values_that_do_not_go_together_are_refused_whole(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    twice = [{"id": "radio", "name": n, "kind": "radio"} for n in "ab"]
    status, said = await patch(admin, "settings", {"channels": twice})
    assert status == 422 and [e["field"] for e in said["errors"]] == ["channels"] and "dua kali" in said["detail"]
    status, said = await patch(admin, "settings", {"public_url": "bukan alamat"})
    assert status == 422 and [e["field"] for e in said["errors"]] == ["public_url"]
    status, said = await patch(admin, "settings", {"public_url": " https://siaran.example/ "})
    assert status == 200 and said["public_url"] == "https://siaran.example"
    status, said = await patch(admin, "settings", {"public_url": ""})
    assert status == 200 and said["public_url"] == ""
    assert load_settings() == site.office.settings


def test_a_broken_file_of_the_pages_is_told_with_all_others(tmp_path: Path, settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True)
    (settings.data_dir / "station.toml").write_text('port = 1\ndvr_hours = 99\n[station]\nnmae = "x"\n')
    with pytest.raises(SettingsInvalid) as error:
        load_settings()
    assert len(error.value.mistakes) == 3 and all("station.toml" in m for m in error.value.mistakes)


async def test_a_service_that_cannot_start_anew_says_so(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    assert (await admin.post("/api/v1/service/restart")).status == 409
    operator = await site.logged_in(Role.OPERATOR)
    assert (await operator.post("/api/v1/service/restart")).status == 403


# ---- the walk -------------------------------------------------------------------------------------


async def test_the_walk_can_be_left_and_taken_up_again(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    first = await (await admin.get("/api/v1/setup")).json()
    assert [s["step"] for s in first["steps"] if s["done"]] == ["contoh"], "there never was a demo here"
    await admin.post("/api/v1/setup/steps/stasiun")
    again = await (await admin.get("/api/v1/setup")).json()
    assert {s["step"] for s in again["steps"] if s["done"]} == {"stasiun", "contoh"} and not again["complete"]
    kept = (await site.office.planning.store.documents(Kind.SETUP))["walk"]
    assert kept["done"] == ["stasiun"], "what the station shows is not kept besides"
    assert (await admin.post("/api/v1/setup/steps/apa")).status == 422
    assert (await (await admin.post("/api/v1/setup/close")).json())["complete"]


async def test_no_week_without_material_and_no_farewell_without_a_week(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    made = await admin.ask("PUT", "/api/v1/setup/weeks/radio", json={"parts": {}})
    assert made.status == 409 and "Belum ada materi" in (await made.json())["detail"]
    gone = await admin.post("/api/v1/setup/demo/remove")
    assert gone.status == 409 and "terbitkan" in (await gone.json())["detail"]


async def test_a_first_week_becomes_the_draft(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    body = {"parts": {"musik": ["radio/musik"], "berita": ["radio/berita"]}, "relay": "RRI Pro 3"}
    made = await (await admin.ask("PUT", "/api/v1/setup/weeks/radio", json=body)).json()
    hours = {h["title"]: h for h in made["hours"]}
    assert hours["Kabar Pagi"]["folders"] == ["RRI Pro 3"] and hours["Kabar Kudus"]["folders"] == ["radio/berita"]
    assert hours["Dunia Anak"]["folders"] == ["radio/musik"], "the nearest kind takes its place"
    assert any("azan/subuh.mp3" in lack for lack in made["lacks"])
    draft = await site.office.planning.store.draft("radio")
    assert draft is not None and draft.revision == made["revision"]
    assert len(draft.document["entries"]) == len(made["hours"])


# ---- people ---------------------------------------------------------------------------------------


async def test_an_account_is_added_changed_and_set_back(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    body = {"login": "budi", "name": " Budi ", "role": "operator"}
    added = await admin.post("/api/v1/accounts", json=body)
    said = await added.json()
    assert added.status == 201 and said["account"]["name"] == "Budi"
    assert said["link"]["qr"].startswith("data:image/svg+xml") and "/kerja/tautan/" in said["link"]["url"]
    assert (await admin.post("/api/v1/accounts", json=body)).status == 409, "the login is taken"
    number = said["account"]["id"]
    status, changed = await patch(admin, f"accounts/{number}", {"role": "penyiar", "active": False})
    assert status == 200 and (changed["role"], changed["active"], changed["name"]) == ("penyiar", False, "Budi")
    assert (await patch(admin, "accounts/999", {"name": "x"}))[0] == 404
    status, wrong = await patch(admin, f"accounts/{number}", {"name": "Bu\u0000di", "agency": "Di\u2028nas"})
    assert status == 422 and [e["field"] for e in wrong["errors"]] == ["name", "agency"]
    assert (await admin.post(f"/api/v1/accounts/{number}/link")).status == 200
    assert (await (await admin.get("/kerja/petugas")).text()).count("budi") >= 1
    head = await site.logged_in(Role.HEAD)
    assert (await head.get("/kerja/petugas")).status == 403


async def test_sessions_are_seen_and_ended(site: Site) -> None:
    admin, operator = await site.logged_in(Role.ADMIN), await site.logged_in(Role.OPERATOR)
    assert operator.account is not None
    again = await site.logged_in(Role.OPERATOR)
    mine = await (await operator.get("/api/v1/me/sessions")).json()
    assert [s["this"] for s in mine].count(True) == 1 and len(mine) == 2
    assert (await operator.ask("DELETE", "/api/v1/me/sessions")).status == 204
    assert (await again.get("/api/v1/me")).status == 401, "the other session is over"
    number = operator.account.id
    (left,) = await (await admin.get(f"/api/v1/accounts/{number}/sessions")).json()
    assert (await admin.ask("DELETE", f"/api/v1/accounts/{number}/sessions/{left['id']}")).status == 204
    assert (await operator.get("/api/v1/me")).status == 401
    assert (await admin.ask("DELETE", f"/api/v1/accounts/{number}/sessions/{left['id']}")).status == 404


async def test_a_second_factor_by_its_picture(site: Site) -> None:
    who = await site.logged_in(Role.PROGRAMME)
    fresh = await (await who.post("/api/v1/me/second-factor/new")).json()
    assert fresh["qr"].startswith("data:image/svg+xml") and fresh["secret"] in fresh["uri"]
    wrong = await who.post("/api/v1/me/second-factor", json={"secret": fresh["secret"], "code": "000000"})
    assert wrong.status == 409
    code = pyotp.TOTP(fresh["secret"]).at(site.clock.at)
    assert (await who.post("/api/v1/me/second-factor", json={"secret": fresh["secret"], "code": code})).status == 204
    assert (await (await who.get("/api/v1/me")).json())["has_totp"]


async def test_a_token_holds_no_more_than_it_was_given_and_makes_no_other(site: Site) -> None:
    operator = await site.logged_in(Role.OPERATOR)
    body = {"name": "papan", "scopes": ["lihat", "kelola"], "days": 7}
    made = await (await operator.post("/api/v1/me/tokens", json=body)).json()
    (kept,) = await (await operator.get("/api/v1/me/tokens")).json()
    assert kept["scopes"] == [Right.VIEW.value], "nobody gives away what they have not"
    program = site.stranger()
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert (await program.get("/api/v1/me", headers=headers)).status == 200
    for path, given in (("me/tokens", body), ("me/password", {"old": PASSWORD, "new": PASSWORD})):
        assert (await program.post(f"/api/v1/{path}", json=given, headers=headers)).status == 403
    assert (await operator.ask("DELETE", f"/api/v1/me/tokens/{made['id']}")).status == 204
    assert (await program.get("/api/v1/me", headers=headers)).status == 401

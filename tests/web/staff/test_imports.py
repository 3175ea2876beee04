"""Tables brought in through the API, spot orders, and what the demo made going away again."""

import asyncio
import io
import os
from pathlib import Path

from lppl.accounts import Role
from lppl.demo import record
from lppl.desk.sheets import as_csv
from lppl.plan_store import Kind
from tests.web.staff.conftest import Site

FILE = {"Content-Type": "application/octet-stream"}
ORDER = {
    "id": "batik", "advertiser": "Batik Sekar", "assets": ["spot/batik.mp3"], "first": "2026-11-22",
    "last": "2026-12-22", "times_a_day": 4,
}  # fmt: skip


async def test_a_table_becomes_a_draft_and_its_columns_are_remembered(site: Site) -> None:
    staff = await site.logged_in(Role.PROGRAMME)
    rows = [["Slot", "Pukul", "Nama"], ["Senin", "06.00-07.00", "Kabar Pagi"], ["Snin", "07.00-08.00", "Apa"]]
    held = await (await staff.post("/api/v1/imports?name=a.csv", data=as_csv(rows), headers=FILE)).json()
    assert held["sheets"] == [{"name": "a.csv", "rows": 3, "columns": 3}]
    table = await (await staff.get(f"/api/v1/imports/{held['id']}/sheets/0")).json()
    assert table["grid"]["columns"] == {"mulai": 1}, "the other headings tell nothing"
    columns = table["grid"] | {"columns": {"hari": 0, "mulai": 1, "judul": 2}}
    body = {"channel": "radio", "columns": columns}
    seen = await (await staff.post(f"/api/v1/imports/{held['id']}/sheets/0/grid/preview", json=body)).json()
    assert [p["title"] for p in seen["programmes"]] == ["Kabar Pagi"]
    assert [(m["row"], m["column"]) for m in seen["mistakes"]] == [(2, 0)]
    assert await site.office.planning.store.draft("radio") is None, "looking keeps nothing"
    kept = await staff.post(f"/api/v1/imports/{held['id']}/sheets/0/grid", json=body)
    assert kept.status == 201 and (await kept.json())["entries"] == 1
    assert "kabar-pagi" in await site.office.planning.programmes()
    again = await (await staff.post("/api/v1/imports", data=as_csv(rows), headers=FILE)).json()
    table = await (await staff.get(f"/api/v1/imports/{again['id']}/sheets/0")).json()
    assert table["grid"]["columns"] == columns["columns"], "as it was read last time"


async def test_a_file_is_its_bearers_and_has_limits(site: Site) -> None:
    staff, other = await site.logged_in(Role.PROGRAMME), await site.logged_in(Role.ADMIN)
    held = await (await staff.post("/api/v1/imports", data=b"a;b\n1;2\n", headers=FILE)).json()
    assert (await other.get(f"/api/v1/imports/{held['id']}/sheets/0")).status == 404
    assert (await staff.get(f"/api/v1/imports/{held['id']}/sheets/3")).status == 404
    assert (await staff.post("/api/v1/imports", data=io.BytesIO(b"x" * 5_000_001), headers=FILE)).status == 413
    assert (await staff.post("/api/v1/imports", data=b"x", headers={"Content-Type": "image/png"})).status == 415
    assert (await staff.post("/api/v1/imports", data=b"PK\3\4broken", headers=FILE)).status == 422
    assert (await (await site.logged_in(Role.ANNOUNCER)).get("/kerja/impor")).status == 403
    sample = await staff.get("/api/v1/imports/samples/pola-acara.xlsx")
    assert sample.status == 200 and (await sample.read()).startswith(b"PK")


async def test_orders_are_kept_changed_and_removed(site: Site) -> None:
    staff = await site.logged_in(Role.PROGRAMME)
    both = await asyncio.gather(*(staff.post("/api/v1/orders", json=ORDER) for _ in range(2)))
    assert sorted(answer.status for answer in both) == [201, 409], "nobody's order is replaced unseen"
    wrong = await staff.post("/api/v1/orders", json=ORDER | {"id": "lain", "last": "2026-01-01", "times_a_day": 0})
    assert wrong.status == 422 and "times_a_day" in [e["field"] for e in (await wrong.json())["errors"]]
    changed = await staff.ask("PUT", "/api/v1/orders/batik", json=ORDER | {"times_a_day": 9})
    assert changed.status == 200 and (await changed.json())["times_a_day"] == 9
    (event,) = await site.office.audit.page(action="order.changed")
    assert (event.before["times_a_day"], event.after["times_a_day"]) == (4, 9)
    found = await (await staff.get("/api/v1/orders?words=SEKAR")).json()
    assert found["total"] == 1 and found["next"] is None
    assert (await (await staff.get("/api/v1/orders?words=tidak")).json())["total"] == 0
    assert (await staff.ask("DELETE", "/api/v1/orders/batik")).status == 204
    assert (await staff.ask("DELETE", "/api/v1/orders/batik")).status == 404
    assert await site.office.planning.store.documents(Kind.ORDER) == {}


def test_only_what_the_demo_made_is_removed(tmp_path: Path) -> None:
    data, media, schedules = tmp_path / "data", tmp_path / "media", tmp_path / "data" / "schedule"
    for path in (media / "tv" / "a.mp4", media / "tv" / "b.mp4", media / "radio" / "c.mp3", schedules / "tv.toml"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("demo")
    for path in media.rglob("*.mp*"):
        record.note_file(data, media, path, path)
    record.note_schedule(data, schedules / "tv.toml")
    (media / "tv" / "b.mp4").write_text("milik sendiri")
    os.utime(media / "tv" / "b.mp4", ns=(1, 1))
    record.ask(data)
    assert record.read(data).leaving and record.read(data).owns("tv/a.mp4")
    assert record.remove(data, media, schedules) == 2
    assert [p.relative_to(media).as_posix() for p in media.rglob("*")] == ["tv", "tv/b.mp4"], "what was put in stays"
    assert not (schedules / "tv.toml").exists() and record.read(data) == record.DemoRecord()

"""Webhooks through the API; and what all operations share: problem details, idempotency keys, tokens, the document."""

import hashlib
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from lppl.accounts import Right, Role
from lppl.tables import idempotent_answers
from tests.web.staff.conftest import Site, Visitor

HOOK = {"url": "https://kota.example/kabar", "events": ["silence.started"]}


async def bearer(site: Site, role: Role, *scopes: Right, life: timedelta | None = None) -> dict[str, str]:
    """Return the header of a personal token."""
    account = await site.account(role)
    _, token = await site.office.people.add_token(account, "uji", scopes, life, (await actor(site)), site.clock.at)
    return {"Authorization": f"Bearer {token}"}


async def actor(site: Site) -> Any:
    from tests.web.staff.conftest import COMMAND

    return COMMAND


async def test_a_webhook_lives(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    made = await admin.post("/api/v1/webhooks", json=HOOK)
    assert made.status == 201
    said = await made.json()
    assert said["secret"].startswith("whsec_") and said["url"] == HOOK["url"]
    (listed,) = await (await admin.get("/api/v1/webhooks")).json()
    assert "secret" not in listed, "shown once"
    later = await (await admin.post("/api/v1/webhooks", json=HOOK | {"active": False})).json()
    assert not later["active"] and not (await site.office.webhooks.all())[1].active
    await admin.ask("DELETE", f"/api/v1/webhooks/{later['id']}")
    path = f"/api/v1/webhooks/{listed['id']}"
    assert (await admin.post(f"{path}/ping")).status == 202
    (message,) = await (await admin.get(f"{path}/messages")).json()
    assert message["event"] == "ping" and message["attempts"] == 0
    changed = await admin.ask("PUT", path, json=HOOK | {"active": False})
    assert (await changed.json())["active"] is False
    assert (await admin.ask("DELETE", path)).status == 204
    assert (await admin.ask("DELETE", path)).status == 404
    actions = [e.action for e in await site.office.audit.page()]
    assert [a for a in actions if a.startswith("webhook")] == [
        "webhook.removed", "webhook.changed", "webhook.removed", "webhook.added", "webhook.added"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (HOOK | {"url": "ftp://kota.example/"}, "url"),
        (HOOK | {"url": "http://sari:sandi@kota.example/"}, "url"),
        (HOOK | {"url": "http://169.254.169.254/latest"}, "url"),
        (HOOK | {"url": "http://[FE80::1]/"}, "url"),
        (HOOK | {"url": "http://kota.example:99999/"}, "url"),
        (HOOK | {"events": []}, "events"),
        (HOOK | {"events": ["tidak.ada"]}, "events.0"),
        (HOOK | {"lain": 1}, "lain"),
        ({}, "url"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(site: Site, body: Any, field: str) -> None:
    admin = await site.logged_in(Role.ADMIN)
    answer = await admin.post("/api/v1/webhooks", json=body)
    assert answer.status == 422 and answer.content_type == "application/problem+json"
    said = await answer.json()
    assert field in [e["field"] for e in said["errors"]]
    assert all(e["detail"] and e["english"] for e in said["errors"])


async def test_bodies_that_are_no_json(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    for raw in (b"{", b"\xff\xfe", b"[1]", b"null", b'{"url": NaN}'):
        answer = await admin.post("/api/v1/webhooks", data=raw, headers={"Content-Type": "application/json"})
        assert answer.status == 422, raw
    assert (await admin.post("/api/v1/webhooks", data={"url": "x"})).status == 415
    large = await admin.post(
        "/api/v1/webhooks", data=io.BytesIO(b" " * (1 << 21)), headers={"Content-Type": "application/json"}
    )
    assert large.status == 413
    assert (await admin.get("/api/v1/webhooks/x/messages")).status == 422
    assert (await admin.get("/api/v1/tidak-ada")).status == 404
    refused = await admin.ask("PATCH", "/api/v1/webhooks")
    assert refused.status == 405 and refused.headers["Allow"] == "GET, HEAD, POST"


async def test_a_repeated_request_does_nothing_twice(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    key = {"Idempotency-Key": "abc"}
    first = await admin.post("/api/v1/webhooks", json=HOOK, headers=key)
    again = await admin.post("/api/v1/webhooks", json=HOOK, headers=key)
    assert await first.json() == await again.json() and again.headers["Idempotent-Replayed"] == "true"
    assert len(await site.office.webhooks.all()) == 1
    async with site.office.library.engine.connect() as connection:
        (row,) = await connection.execute(idempotent_answers.select())
    assert "whsec_" not in str(row), "the secret in the answer is sealed"
    other = await admin.post("/api/v1/webhooks", json=HOOK | {"events": ["ping"]}, headers=key)
    assert other.status == 409
    wrong = await admin.post("/api/v1/webhooks", json={}, headers={"Idempotency-Key": "lain"})
    right = await admin.post("/api/v1/webhooks", json=HOOK, headers={"Idempotency-Key": "lain"})
    assert (wrong.status, right.status) == (422, 201), "what was refused has not used the key up"


async def test_a_request_that_the_service_did_not_outlive_is_not_done_again(site: Site) -> None:
    admin = await site.logged_in(Role.ADMIN)
    assert admin.account is not None
    values = {"account_id": admin.account.id, "key": "putus", "made": site.clock.at}
    request = hashlib.sha256(b"POST /api/v1/webhooks\n" + json.dumps(HOOK).encode()).hexdigest()
    async with site.office.library.engine.begin() as connection:
        await connection.execute(insert(idempotent_answers).values(values | {"request": request}))
    for minutes, told in ((0, "masih dikerjakan"), (11, "lihat dulu hasilnya")):
        site.clock.at += timedelta(minutes=minutes)
        answer = await admin.post("/api/v1/webhooks", json=HOOK, headers={"Idempotency-Key": "putus"})
        assert answer.status == 409 and told in (await answer.json())["detail"]
    assert await (await admin.get("/api/v1/webhooks")).json() == []


async def test_tokens_carry_their_scopes_and_no_more(site: Site) -> None:
    stranger = site.stranger()
    right = await bearer(site, Role.ADMIN, Right.ADMIN)
    assert (await stranger.get("/api/v1/webhooks", headers=right)).status == 200
    assert (await stranger.post("/api/v1/webhooks", json=HOOK, headers=right)).status == 201, "no CSRF without a cookie"
    less = await bearer(site, Role.ADMIN, Right.VIEW)
    assert (await stranger.get("/api/v1/webhooks", headers=less)).status == 403
    never = await bearer(site, Role.OPERATOR, Right.ADMIN)
    assert (await stranger.get("/api/v1/webhooks", headers=never)).status == 403, "no more than the owner"
    short = await bearer(site, Role.ADMIN, Right.ADMIN, life=timedelta(hours=1))
    site.clock.at += timedelta(hours=2)
    over = await stranger.get("/api/v1/webhooks", headers=short)
    assert over.status == 401 and over.headers["WWW-Authenticate"].startswith("Bearer")
    assert (await stranger.get("/api/v1/webhooks", headers={"Authorization": "Bearer x"})).status == 401
    people, admin = site.office.people, await site.account(Role.ADMIN)
    for token in await people.tokens(admin):
        if token.revoked is None:
            await people.revoke(admin, token.id, await actor(site), site.clock.at)
    assert (await stranger.get("/api/v1/webhooks", headers=right)).status == 401


async def test_a_token_opens_no_page(site: Site) -> None:
    token = await bearer(site, Role.ADMIN, *Right)
    answer = await site.stranger().get("/kerja/akun", headers=token)
    assert answer.status in (403, 404) or "masuk" in answer.headers.get("Location", "")


async def test_the_page_and_the_documentation(site: Site) -> None:
    admin: Visitor = await site.logged_in(Role.ADMIN)
    page = await admin.get("/kerja/webhook")
    assert page.status == 200 and "Webhook" in await page.text()
    document = await (await site.stranger().get("/api/v1/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]["/webhooks/{number}"]) == {"put", "delete"}
    shown = await (await admin.get("/kerja/api")).text()
    for path in document["paths"]:
        assert f">{path}</code>" in shown

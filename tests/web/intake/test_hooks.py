"""Webhooks: kept before they are acknowledged, once, and only from who proves it."""

import asyncio
import base64
import gzip
import hashlib
import hmac
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse

from lppl import webhooks
from lppl.intake.values import Source
from tests.lppl.intake.test_whatsapp import TEXT, call
from tests.web.intake.door import FIVE_MINUTES, SECRET, Door, meta_signed, opened, statuses
from web.intake.addresses import LARGEST

BATCH = json.dumps(call(TEXT, TEXT | {"id": "wamid.B"})).encode()
UPDATE = {"update_id": 9001, "message": {"message_id": 7, "from": {"id": 5}, "chat": {"id": 5}, "date": 1, "text": "a"}}
ASKED = {"hub.mode": "subscribe", "hub.verify_token": "tanda-verifikasi", "hub.challenge": "1158201444"}
JSON = {"Content-Type": "application/json"}
META = [(Source.WHATSAPP, "whatsapp"), (Source.MESSENGER, "messenger"), (Source.INSTAGRAM, "instagram")]


async def post(door: Door, path: str, body: bytes, **headers: str) -> ClientResponse:
    async with door.client.post(path, data=io.BytesIO(body), headers=JSON | headers) as answer:
        await answer.read()
        return answer


def proofs(door: Door, body: bytes = b"{}") -> dict[str, tuple[Source, dict[str, str]]]:
    """Every webhook that is posted to, with the header by which a body is proved."""
    found: dict[str, tuple[Source, dict[str, str]]] = {
        f"/masuk/{name}": (source, meta_signed(body)) for source, name in META
    }
    return found | {
        "/masuk/telegram": (Source.TELEGRAM, {"X-Telegram-Bot-Api-Secret-Token": SECRET}),
        "/masuk/sms": (Source.SMS, {"X-LPPL-Token": SECRET}),
        "/masuk/aplikasi": (Source.APP, {"LPPL-Signature": webhooks.signature(SECRET, body, door.at)}),
        "/masuk/x": (Source.X, {"X-Twitter-Webhooks-Signature": x_signed(body)}),
    }


def x_signed(body: bytes) -> str:
    """Return X's signature of a body, as its documents say it is made."""
    return "sha256=" + base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()


WEBHOOKS = (
    "/masuk/whatsapp", "/masuk/messenger", "/masuk/instagram", "/masuk/telegram", "/masuk/sms", "/masuk/aplikasi",
    "/masuk/x",
)  # fmt: skip


# --- what is genuine ---


@pytest.mark.parametrize(("source", "name"), META)
async def test_meta_verifies_an_address(door: Door, source: Source, name: str) -> None:
    await door.open_channel(source)
    async with door.client.get(f"/masuk/{name}", params=ASKED) as answer:
        assert (answer.status, await answer.text()) == (200, "1158201444")
        assert (answer.content_type, answer.headers["X-Content-Type-Options"]) == ("text/plain", "nosniff")


@pytest.mark.parametrize(
    "changed",
    [{"hub.verify_token": "lain"}, {"hub.challenge": "<b>"}, {"hub.mode": "unsubscribe"}, {"hub.verify_token": ""}],
)
async def test_no_other_challenge_is_echoed(door: Door, changed: dict[str, str]) -> None:
    await door.open_channel(Source.WHATSAPP)
    async with door.client.get("/masuk/whatsapp", params=ASKED | changed) as answer:
        assert answer.status == 403
        assert "1158201444" not in await answer.text()


async def test_the_token_of_an_address_cannot_be_tried_for_ever(door: Door) -> None:
    await door.open_channel(Source.WHATSAPP)
    wrong = ASKED | {"hub.verify_token": "tebakan"}
    assert set(await statuses(door, 30, "GET", "/masuk/whatsapp", params=wrong)) == {403}
    assert await statuses(door, 1, "GET", "/masuk/whatsapp", params=ASKED) == [429]


async def test_a_signed_batch_is_kept_as_it_came_before_it_is_acknowledged_and_once(door: Door) -> None:
    await door.open_channel(Source.WHATSAPP)
    for _ in range(2):
        answer = await post(door, "/masuk/whatsapp", BATCH, **meta_signed(BATCH))
        assert answer.status == 200
        assert await door.kept() == [("whatsapp", "application/json", BATCH)]
    assert len(set(await door.understand())) == 1  # two messages of one person are one case
    worked = (await door.reception.channels.get(Source.WHATSAPP)).worked
    assert worked == door.at


@pytest.mark.parametrize("path", WEBHOOKS)
async def test_each_keeps_what_is_proved(door: Door, path: str) -> None:
    source, header = proofs(door)[path]
    await door.open_channel(source)
    assert (await post(door, path, b"{}", **header)).status == 200
    assert await door.kept() == [(source.value, "application/json", b"{}")]


async def test_telegrams_update_is_kept_once_though_written_otherwise(door: Door) -> None:
    await door.open_channel(Source.TELEGRAM)
    header = proofs(door)["/masuk/telegram"][1]
    bodies = [json.dumps(UPDATE).encode(), json.dumps(UPDATE, indent=1).encode()]
    others = [json.dumps(UPDATE | {"update_id": 9002}).encode(), b"{", b"{}"]  # what has no number is kept, too
    for body in (*bodies, *others):
        assert (await post(door, "/masuk/telegram", body, **header)).status == 200
    assert [body for _, _, body in await door.kept()] == [bodies[0], *others]


async def test_sms_in_the_query_keeps_its_bytes_and_not_the_token(door: Door) -> None:
    await door.open_channel(Source.SMS)
    query = f"token={SECRET}&from=%2B6281234567890&text=Caf%E9+rusak&charset=windows-1252&id=7"
    for path in (f"/masuk/sms?{query}", f"/masuk/sms?{query}"):
        async with door.client.get(path) as answer:
            assert answer.status == 200
    ((source, content_type, body),) = await door.kept()
    assert (source, content_type) == ("sms", "application/x-www-form-urlencoded")
    assert body == b"from=%2B6281234567890&text=Caf%E9+rusak&charset=windows-1252&id=7"


@pytest.mark.parametrize("where", ["header", "query"])
async def test_sms_as_a_form(door: Door, where: str) -> None:
    await door.open_channel(Source.SMS)
    path = f"/masuk/sms?token={SECRET}" if where == "query" else "/masuk/sms"
    header = {"X-LPPL-Token": SECRET} if where == "header" else {}
    async with door.client.post(path, data={"from": "0812", "text": "Banjir"}, headers=header) as answer:
        assert answer.status == 200
    assert await door.kept() == [("sms", "application/x-www-form-urlencoded", b"from=0812&text=Banjir")]


async def test_who_only_looks_sends_no_sms(door: Door) -> None:
    await door.open_channel(Source.SMS)
    assert await statuses(door, 1, "HEAD", f"/masuk/sms?token={SECRET}&from=1&text=a") == [405]
    assert await door.kept() == []


@pytest.mark.parametrize(
    ("after", "status"),
    [
        (timedelta(0), 200),
        (FIVE_MINUTES, 200),
        (FIVE_MINUTES + timedelta(seconds=1), 403),
        (-FIVE_MINUTES - timedelta(seconds=1), 403),
    ],
)
async def test_a_stamp_of_an_app_grows_old(door: Door, after: timedelta, status: int) -> None:
    await door.open_channel(Source.APP)
    body = b'{"id": "a1", "text": "Lampu mati"}'
    header = webhooks.signature(SECRET, body, door.at)
    door.at += after
    assert (await post(door, "/masuk/aplikasi", body, **{"LPPL-Signature": header})).status == status
    assert len(await door.kept()) == (status == 200)


async def test_x_is_answered_its_challenge(door: Door) -> None:
    await door.open_channel(Source.X)
    async with door.client.get("/masuk/x", params={"crc_token": "abc"}) as answer:
        assert answer.status == 200
        assert await answer.json() == {"response_token": x_signed(b"abc")}


@pytest.mark.parametrize("token", ["", "a" * 501, '{"for_user_id":"1"}', '  {"a":1}'])
async def test_a_challenge_that_could_be_a_body_is_not_signed(door: Door, token: str) -> None:
    await door.open_channel(Source.X)
    async with door.client.get("/masuk/x", params={"crc_token": token}) as answer:
        assert answer.status == 400


async def test_what_x_signs_for_anybody_forges_no_call(door: Door) -> None:
    await door.open_channel(Source.X)
    for body in (b"abc", b"[1]", b" ", b""):
        header = {"X-Twitter-Webhooks-Signature": x_signed(body)}
        assert (await post(door, "/masuk/x", body, **header)).status == 403
    assert await door.kept() == []


# --- what is not ---


@pytest.mark.parametrize("path", WEBHOOKS)
async def test_a_call_that_nobody_vouches_for_is_refused(door: Door, path: str) -> None:
    source, header = proofs(door)[path]
    await door.open_channel(source)
    assert (await post(door, path, b"{}")).status == 403
    for garbled in ("", "sha256=", "sha256=zz", "\u00e9\u0100", "t=1,v1=00", "lain", "a" * 5000):
        assert (await post(door, path, b"{}", **dict.fromkeys(header, garbled))).status == 403
    assert await door.kept() == []


async def test_a_signature_over_other_bytes_is_refused(door: Door) -> None:
    await door.open_channel(Source.WHATSAPP)
    assert (await post(door, "/masuk/whatsapp", BATCH + b" ", **meta_signed(BATCH))).status == 403
    assert (await post(door, "/masuk/whatsapp", BATCH, **meta_signed(BATCH, "lain"))).status == 403
    assert await door.kept() == []


async def test_bytes_that_are_no_text_in_a_header_are_refused(door: Door) -> None:
    await door.open_channel(Source.SMS)
    host, port = door.client.server.host, door.client.server.port
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"POST /masuk/sms HTTP/1.1\r\nHost: a\r\nX-LPPL-Token: \xff\xfe\r\nContent-Length: 0\r\n\r\n")
    assert (await reader.readline()).split()[1] in (b"400", b"403")
    writer.close()
    await writer.wait_closed()
    assert await statuses(door, 1, "GET", "/masuk/sms?token=%FF%ED%A0%80") == [403]


async def test_thirty_forged_calls_and_the_door_stays_shut_for_a_while(door: Door) -> None:
    await door.open_channel(Source.WHATSAPP)
    assert set(await statuses(door, 30, "POST", "/masuk/whatsapp", data=BATCH)) == {403}
    async with door.client.post("/masuk/whatsapp", data=BATCH, headers=meta_signed(BATCH)) as answer:
        assert answer.status == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert await door.kept() == []
    door.seconds = 61.0
    assert (await post(door, "/masuk/whatsapp", BATCH, **meta_signed(BATCH))).status == 200


@pytest.mark.parametrize("path", WEBHOOKS)
@pytest.mark.parametrize("how", ["never", "off", "without its secret"])
async def test_a_channel_that_is_off_is_not_there(door: Door, path: str, how: str) -> None:
    source, header = proofs(door)[path]
    if how == "off":
        await door.open_channel(source, False)
    elif how == "without its secret":
        own = {"telegram": "bot_token", "sms": "token", "aplikasi": "secret", "x": "consumer_secret"}
        await door.open_channel(source, True, **{own.get(source.value, "app_secret"): ""})
    assert (await post(door, path, b"{}", **header)).status == 404
    assert await door.kept() == []


async def test_a_bot_that_is_polled_takes_no_webhook(door: Door) -> None:
    await door.open_channel(Source.TELEGRAM, webhook_secret="")
    for header in ({}, {"X-Telegram-Bot-Api-Secret-Token": ""}):
        assert (await post(door, "/masuk/telegram", b"{}", **header)).status == 403


# --- what cannot be kept ---


@pytest.mark.parametrize("path", WEBHOOKS)
async def test_while_the_records_are_away_the_sender_is_told_to_come_again(door: Door, path: str) -> None:
    source, header = proofs(door)[path]
    await door.open_channel(source)
    await door.lose_database()
    answer = await post(door, path, b"{}", **header)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")


@pytest.mark.parametrize("path", WEBHOOKS)
async def test_what_was_not_kept_is_not_acknowledged(door: Door, path: str) -> None:
    source, header = proofs(door)[path]
    await door.open_channel(source)
    await door.refuse_arrivals()
    answer = await post(door, path, b"{}", **header)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")


async def test_before_the_records_are_found_all_are_told_to_come_again(tmp_path: Path, empty_records: Path) -> None:
    async with opened(tmp_path, empty_records, ready=False) as door:
        for path in WEBHOOKS:
            answer = await post(door, path, b"{}")
            assert (answer.status, answer.headers["Retry-After"]) == (503, "10")


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_limit_is_not_read_on(door: Door, chunked: bool) -> None:
    await door.open_channel(Source.WHATSAPP)
    body = b"{" + b" " * LARGEST

    async def pieces() -> Any:
        for at in range(0, len(body), 1 << 18):
            yield body[at : at + (1 << 18)]

    sent = pieces() if chunked else io.BytesIO(body)
    async with door.client.post("/masuk/whatsapp", data=sent, headers=meta_signed(body)) as answer:
        assert answer.status == 413
    fits = body[:LARGEST]
    assert (await post(door, "/masuk/whatsapp", fits, **meta_signed(fits))).status == 200
    assert len(await door.kept()) == 1


async def test_a_body_that_unpacks_to_too_much_or_to_nothing(door: Door) -> None:
    await door.open_channel(Source.WHATSAPP)
    bomb = gzip.compress(b" " * (2 * LARGEST))
    packed = {"Content-Encoding": "gzip"}
    assert (await post(door, "/masuk/whatsapp", bomb, **packed, **meta_signed(b" " * (2 * LARGEST)))).status == 413
    rubbish = await post(door, "/masuk/whatsapp", b"rubbish", **packed, **meta_signed(b"rubbish"))
    assert rubbish.status == 400
    assert await door.kept() == []


# --- methods and addresses ---


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("OPTIONS", "/masuk/whatsapp", 405),
        ("PUT", "/masuk/whatsapp", 405),
        ("GET", "/masuk/telegram", 405),
        ("GET", "/masuk/tidak-ada", 404),
        ("GET", "/masuk/", 404),
        ("POST", "/masuk/whatsapp/", 404),
        ("HEAD", "/masuk/whatsapp", 403),
    ],
)
async def test_other_methods_and_addresses(door: Door, method: str, path: str, status: int) -> None:
    await door.open_channel(Source.WHATSAPP)
    assert await statuses(door, 1, method, path) == [status]

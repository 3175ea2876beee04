"""What pages tell the station: beacons, and wishes to be reminded."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import StreamReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from lppl.audience import LiveCount
from web.audience.bodies import sent
from web.audience.reminders import MOST_WISHES, trusted_service

NAME = "a" * 20
P256DH = "B" + "A" * 86
AUTH = "A" * 22
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


def beacon(**more: Any) -> str:
    return json.dumps({"p": NAME, "c": "tv", "q": "v720", "s": 0} | more)


async def post(client: Any, url: str, body: str, method: str = "POST", **headers: str) -> int:
    async with client.request(method, url, data=body, headers=headers) as answer:
        return int(answer.status)


async def test_a_page_that_plays_counts_until_it_stops(client: Any, audience: Any) -> None:
    assert await post(client, "/beacon", beacon()) == 204
    assert audience.live_counts() == (LiveCount("tv", "v720", 1),)
    assert await post(client, "/beacon", beacon(x=True, s=2.4)) == 204
    assert audience.live_counts() == ()


@pytest.mark.parametrize("body", [
    "", "x", "[]", "null", "{}", beacon(p="short"), beacon(p="<script>" * 3), beacon(s=-1), beacon(s="30"),
    beacon(s=1e9),
    beacon(more=1), beacon(x="yes"), beacon(c=""), "[" * 390,
])  # fmt: skip
async def test_what_is_no_beacon_is_refused(client: Any, audience: Any, body: str) -> None:
    assert await post(client, "/beacon", body) == 400
    assert audience.live_counts() == ()


async def test_long_bodies_and_other_sites_are_refused(client: Any, audience: Any) -> None:
    assert await post(client, "/beacon", " " * 1000) == 413
    assert await post(client, "/beacon", beacon(), **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert await post(client, "/beacon", beacon(), **{"Sec-Fetch-Site": "same-origin"}) == 204
    assert len(audience.live_counts()) == 1


async def test_a_body_may_come_in_pieces() -> None:
    connection = BaseProtocol(asyncio.get_running_loop())
    connection.connection_made(asyncio.Transport())
    content = StreamReader(connection, 1 << 16)
    reading = asyncio.create_task(sent(make_mocked_request("POST", "/beacon", payload=content), 400))
    for piece in (beacon()[:10], beacon()[10:]):
        content.feed_data(piece.encode())
        await asyncio.sleep(0)
    content.feed_eof()
    assert await reading == json.loads(beacon())


def wish(**more: Any) -> str:
    subscription = {"endpoint": ENDPOINT, "expirationTime": None, "keys": {"p256dh": P256DH, "auth": AUTH}}
    told = {"subscription": subscription, "language": "id", "channel": "tv", "uid": "tv.wayang@2026-11-22"}
    return json.dumps(told | more)


async def test_a_browser_is_reminded_and_forgotten(client: Any, station: Any) -> None:
    assert await post(client, "/pengingat", wish()) == 201
    ((kept, entry),) = station.wishes
    assert (kept.endpoint, kept.p256dh, kept.auth, entry.title) == (ENDPOINT, P256DH, AUTH, "Wayang")
    async with client.post("/pengingat/daftar", json={"endpoint": ENDPOINT}) as answer:
        (told,) = (await answer.json())["reminders"]
    assert told == {"channel": "tv", "programme": "wayang", "start": "2026-11-22T14:00:00+00:00", "title": "Wayang"}
    assert await post(client, "/pengingat", json.dumps({"endpoint": ENDPOINT} | told), "DELETE") == 204
    assert station.wishes == []


async def test_half_a_name_forgets_nobody(client: Any, station: Any) -> None:
    assert await post(client, "/pengingat", wish()) == 201
    for half in ({"channel": "tv"}, {"start": "2026-11-22T14:00:00+00:00"}):
        assert await post(client, "/pengingat", json.dumps({"endpoint": ENDPOINT} | half), "DELETE") == 400
    assert len(station.wishes) == 1


async def test_one_address_cannot_take_all_the_room(client: Any, station: Any) -> None:
    found = [await post(client, "/pengingat", wish()) for _ in range(MOST_WISHES + 1)]
    assert found == [201] * MOST_WISHES + [429]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (wish(uid="tv.kabar@2026-11-22"), 404),
        (wish(uid="tv.tidak@2026-11-22"), 404),
        (wish(channel="tv2"), 404),
        (wish(subscription={"endpoint": "https://127.0.0.1/x", "keys": {"p256dh": P256DH, "auth": AUTH}}), 422),
        (wish(subscription={"endpoint": ENDPOINT, "keys": {"p256dh": "AA", "auth": AUTH}}), 400),
        (wish(subscription={"endpoint": ENDPOINT}), 400),
        (wish(language="de"), 400),
        ("", 400),
        ("[" * 4000, 400),
    ],
)
async def test_wishes_that_cannot_be_kept(client: Any, station: Any, body: str, status: int) -> None:
    assert await post(client, "/pengingat", body) == status
    assert station.wishes == []


async def test_while_the_records_are_away_that_is_said(client: Any, station: Any) -> None:
    station.away = True
    async with client.post("/pengingat", data=wish()) as answer:
        assert answer.status == 503
        assert "Basis data" in (await answer.json())["error"]


@pytest.mark.parametrize(
    ("endpoint", "trusted"),
    [
        (ENDPOINT, True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://web.push.apple.com/x", True),
        ("https://wns2-sg2p.notify.windows.com/w/?token=x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evilfcm.googleapis.com@127.0.0.1/x", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("https://notfcm.googleapis.com/x", False),
        ("https://[::1]/x", False),
        ("https://[x/", False),
        ("https://169.254.169.254/latest", False),
    ],
)
def test_messages_go_to_known_push_services_only(endpoint: str, trusted: bool) -> None:
    assert trusted_service(endpoint) is trusted

"""Open311 at the door: what may be sent, who may send, and what anybody may see of it."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from lppl.intake.codes import read_code
from lppl.intake.open311 import LARGEST
from lppl.intake.values import Intake, Place, Raw, Source, Visibility
from lppl.intake.web_form import CONTENT_TYPE, written
from tests.web.intake.door import SECRET, Door, opened, statuses

V2 = "/open311/v2"
SENT = {
    "api_key": SECRET, "service_code": "Jalan dan Jembatan", "description": "Lubang besar di depan pasar, hati-hati",
    "lat": "-6.8898123", "long": "109.6646789", "first_name": "Siti", "last_name": "Aminah", "phone": "081234567890",
    "email": "siti@contoh.id",
}  # fmt: skip


@pytest.fixture
async def open_door(door: Door) -> Door:
    """The door, with Open311 open, and a service code that there is in what is sent."""
    await door.open_channel(Source.OPEN311)
    return door


async def get(door: Door, path: str) -> Any:
    async with door.client.get(f"{V2}/{path}") as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        body = await answer.read()
        if path.partition("?")[0].endswith(".json"):
            assert answer.content_type == "application/json"
            return answer.status, json.loads(body)
        assert (answer.content_type, answer.charset) == ("text/xml", "utf-8")
        return answer.status, ElementTree.fromstring(body)


async def service_code(door: Door) -> str:
    _, services = await get(door, "services.json")
    code: str = services[0]["service_code"]
    return code


async def send(door: Door, form: str = "json", /, **changed: str | None) -> tuple[int, str]:
    """Send a request; return the status and the body of the answer."""
    fields = {"service_code": await service_code(door)} | changed
    sent = {name: value for name, value in (SENT | fields).items() if value is not None}
    async with door.client.post(f"{V2}/requests.{form}", data=sent) as answer:
        return answer.status, await answer.text()


async def sent_code(door: Door, **changed: str | None) -> str:
    status, body = await send(door, **changed)
    assert status == 201
    code: str = json.loads(body)[0]["service_request_id"]
    return code


# --- services ---


async def test_services_in_both_forms(open_door: Door) -> None:
    status, listed = await get(open_door, "services.json")
    assert status == 200
    _, tree = await get(open_door, "services.xml")
    codes = [each["service_code"] for each in listed]
    assert codes and tree.tag == "services"
    assert [each.findtext("service_code") for each in tree.findall("service")] == codes


async def test_a_services_definition(open_door: Door) -> None:
    code = await service_code(open_door)
    assert (await get(open_door, f"services/{code}.json"))[1] == {"service_code": code, "attributes": []}
    status, refused = await get(open_door, "services/tidak-ada.xml")
    assert (status, refused.findtext("error/code")) == (404, "404")


# --- sending ---


async def test_what_is_sent_is_kept_and_found_again_by_its_code(open_door: Door) -> None:
    code = await sent_code(open_door)
    assert read_code(code) == code and await open_door.codes() == [code]
    ((source, _, body),) = await open_door.kept()
    assert source == "open311" and b"Lubang+besar" in body
    assert (await get(open_door, f"requests/{code}.json"))[0] == 404  # nobody has read it yet
    (case,) = await open_door.understand()
    for form in (code, code.lower().replace("-", "")):
        status, (found,) = await get(open_door, f"requests/{form}.json")
        assert (status, found["service_request_id"], found["status"]) == (200, code, "open")
    assert found["service_code"] == await service_code(open_door)
    _, tree = await get(open_door, f"requests/{case}.xml")
    assert tree.findtext("request/service_request_id") == str(case)


async def test_sent_again_it_is_told_the_same_code(open_door: Door) -> None:
    first = await sent_code(open_door)
    again = await sent_code(open_door, account_id="")  # an empty field is as if it were not sent
    await open_door.open_channel(Source.OPEN311, api_key="kunci-baru")
    third = await sent_code(open_door, api_key="kunci-baru")
    assert {first, again, third} == {first}
    assert len(await open_door.kept()) == 1
    other = await sent_code(open_door, api_key="kunci-baru", description="Lampu di depan pasar mati juga")
    assert other != first


async def test_of_a_case_anybody_sees_no_words_no_name_and_no_exact_place(open_door: Door) -> None:
    code = await sent_code(open_door)
    await open_door.understand()
    _, listed = await get(open_door, "requests.json")
    _, one = await get(open_door, f"requests/{code}.json")
    for shown in (listed, one):
        text = json.dumps(shown)
        for hidden in ("Lubang", "pasar", "Siti", "Aminah", "81234567890", "contoh.id", "8898123", "6646789"):
            assert hidden not in text
        assert (shown[0]["lat"], shown[0]["long"]) == (-6.89, 109.665)
    assert code not in json.dumps(listed)  # a code is for who has it


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("key", [None, "", "lain", "\u00e9\ud7ff"])
async def test_without_the_key_nothing_is_kept(open_door: Door, form: str, key: str | None) -> None:
    status, body = await send(open_door, form, api_key=key)
    assert status == 403
    told = json.loads(body)[0]["code"] if form == "json" else ElementTree.fromstring(body).findtext("error/code")
    assert str(told) == "403"
    assert await open_door.kept() == []


async def test_while_it_is_off_no_key_helps(open_door: Door) -> None:
    for active, key in ((False, SECRET), (True, "")):
        await open_door.open_channel(Source.OPEN311, active, api_key=key)
        assert (await send(open_door))[0] == 403
        assert (await send(open_door, api_key=""))[0] == 403
    assert await open_door.kept() == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"service_code": None}, 400),
        ({"service_code": "tidak-ada"}, 404),
        ({"lat": None}, 400),
        ({"lat": "91"}, 400),
        ({"lat": None, "long": None, "address_string": "Jl. Merdeka"}, 201),
    ],
)
async def test_what_the_protocol_asks_for(open_door: Door, changed: dict[str, str | None], status: int) -> None:
    assert (await send(open_door, **changed))[0] == status
    assert len(await open_door.kept()) == (status == 201)


async def test_a_request_that_is_too_large(open_door: Door) -> None:
    assert (await send(open_door, description="a" * LARGEST))[0] == 413
    assert await open_door.kept() == []


async def test_wrong_keys_and_too_many_requests_wait(open_door: Door) -> None:
    sent = SENT | {"service_code": await service_code(open_door)}
    wrong = sent | {"api_key": "tebakan"}
    assert set(await statuses(open_door, 30, "POST", f"{V2}/requests.json", data=wrong)) == {403}
    assert await statuses(open_door, 1, "POST", f"{V2}/requests.json", data=sent) == [429]
    open_door.seconds = 61.0
    assert set(await statuses(open_door, 60, "POST", f"{V2}/requests.json", data=sent)) == {201}
    async with open_door.client.post(f"{V2}/requests.json", data=sent) as answer:
        assert answer.status == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60


# --- what is listed ---


async def test_what_is_confidential_is_nowhere(open_door: Door) -> None:
    words, place = "Ada pungutan liar di kantor itu", Place("", "Medono", -6.9, 109.7)
    secret = Intake(Source.WEB, "s" * 20, open_door.at, words, place=place, visibility=Visibility.SECRET)
    receipt = await open_door.reception.receive(Raw(Source.WEB, written(secret), CONTENT_TYPE, open_door.at), "s")
    seen = await sent_code(open_door)
    hidden, shown = await open_door.understand()
    _, listed = await get(open_door, "requests.json")
    assert [each["service_request_id"] for each in listed] == [str(shown)]
    for number in (hidden, receipt.code):
        status, _ = await get(open_door, f"requests/{number}.json")
        assert status == 404
        assert (await get(open_door, f"requests.json?service_request_id={number}"))[1] == []
    assert (await get(open_door, f"requests/{seen}.json"))[0] == 200


async def test_filters(open_door: Door) -> None:
    await sent_code(open_door)
    await open_door.understand()
    _, (one,) = await get(open_door, "requests.json")
    code = one["service_code"]
    for query, count in (
        (f"service_code={code}", 1), ("service_code=tidak-ada", 0), ("status=open", 1), ("status=closed", 0),
        ("status=open,closed", 1), ("start_date=2026-11-23T00:00:00Z", 1), ("start_date=2026-11-23T05:00:01Z", 0),
        ("end_date=2026-11-23T04:59:59Z", 0), ("service_request_id=9999999,1", 1), ("service_request_id=x", 0),
    ):  # fmt: skip
        status, found = await get(open_door, f"requests.json?{query}")
        assert (query, status, len(found)) == (query, 200, count)


@pytest.mark.parametrize("query", ["status=buka", "start_date=kemarin", "start_date=2026-01-01&end_date=2026-11-01"])
async def test_filters_that_mean_nothing(open_door: Door, query: str) -> None:
    status, refused = await get(open_door, f"requests.json?{query}")
    assert (status, refused[0]["code"]) == (400, 400)


@pytest.mark.parametrize("number", [",", "%20", "0", "-1", "9999999999999999999", "%00", "x" * 500, "%FF", "..%2F1"])
async def test_numbers_of_no_case(open_door: Door, number: str) -> None:
    await sent_code(open_door)
    await open_door.understand()
    status, refused = await get(open_door, f"requests/{number}.json")
    assert (status, refused[0]["code"]) == (404, 404)


@pytest.mark.parametrize("path", ["services.json", "services/a.xml", "requests.json", "requests/1.xml"])
async def test_while_the_records_are_away(door: Door, path: str) -> None:
    await door.lose_database()
    async with door.client.get(f"{V2}/{path}") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "10")


async def test_what_was_not_kept_is_not_acknowledged(open_door: Door) -> None:
    code = await service_code(open_door)
    await open_door.refuse_arrivals()
    for lose in (False, True):
        if lose:
            await open_door.lose_database()
        sent = SENT | {"service_code": code}
        async with open_door.client.post(f"{V2}/requests.xml", data=sent) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "10")


async def test_before_the_records_are_found(tmp_path: Path, empty_records: Path) -> None:
    async with opened(tmp_path, empty_records, ready=False) as door:
        for method, path in (("GET", "services.json"), ("GET", "requests.json"), ("POST", "requests.json")):
            assert await statuses(door, 1, method, f"{V2}/{path}") == [503]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "services.json", 200), ("OPTIONS", "requests.json", 405), ("PUT", "requests.json", 405),
        ("GET", "requests.html", 404), ("POST", "services.json", 405), ("GET", "", 404),
    ],
)  # fmt: skip
async def test_methods_and_addresses(open_door: Door, method: str, path: str, status: int) -> None:
    assert await statuses(open_door, 1, method, f"{V2}/{path}") == [status]

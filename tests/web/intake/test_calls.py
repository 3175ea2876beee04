"""The exchange announces calls: only who knows the token, each once, and nothing that is too much."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lppl.intake.values import Source
from lppl.phone.calls import MOST, Registered
from tests.web.intake.door import SECRET, Door, opened, statuses

PATH = "/masuk/telepon"
NUMBER = UUID("0c8e1a52-7f7e-4b61-9a3e-6a4f0d6c1b2a")
CALL = {"uuid": str(NUMBER), "caller": "+6281234567890", "line": "aduan"}
TOKEN = {"X-LPPL-Token": SECRET}


async def announce(door: Door, fields: Any = CALL, **more: Any) -> int:
    (status,) = await statuses(door, 1, "POST", PATH, data=fields, **more)
    return status


def waiting(door: Door) -> int:
    return len(door.station.calls)


def taken(door: Door) -> Registered | None:
    return door.station.calls.take(NUMBER, 0.0)  # long before it expires


async def test_a_call_is_expected_with_its_number_and_line(door: Door) -> None:
    await door.open_channel(Source.CALL)
    assert await announce(door, headers=TOKEN) == 200
    assert taken(door) == Registered("+6281234567890", "aduan")
    assert await announce(door, CALL | {"token": SECRET, "uuid": str(NUMBER).upper().replace("-", "")}) == 409
    assert waiting(door) == 0


async def test_the_token_may_stand_in_the_form_and_the_number_be_withheld(door: Door) -> None:
    await door.open_channel(Source.CALL)
    assert await announce(door, {"uuid": str(NUMBER), "caller": "anonymous", "token": SECRET}) == 200
    assert taken(door) == Registered("", "")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded; charset=klingon", ""])
async def test_however_the_exchange_names_its_form(door: Door, content_type: str) -> None:
    await door.open_channel(Source.CALL)
    body = f"uuid={NUMBER}&caller=0812%FF&line=a&line=b".encode()
    assert await announce(door, body, headers=TOKEN | {"Content-Type": content_type}) == 200
    assert taken(door) == Registered("0812\ufffd", "a")


@pytest.mark.parametrize(
    "token", [{}, {"X-LPPL-Token": ""}, {"X-LPPL-Token": "lain"}, {"X-LPPL-Token": "\u00e9\u0100"}]
)
async def test_who_does_not_know_the_token_announces_nothing(door: Door, token: dict[str, str]) -> None:
    await door.open_channel(Source.CALL)
    assert await announce(door, headers=token) == 403
    assert await announce(door, CALL | {"token": "\ud7ff"}, headers=token) == 403
    assert waiting(door) == 0


async def test_thirty_wrong_tokens_shut_the_door_for_a_while(door: Door) -> None:
    await door.open_channel(Source.CALL)
    assert set(await statuses(door, 30, "POST", PATH, data=CALL)) == {403}
    async with door.client.post(PATH, data=CALL, headers=TOKEN) as answer:
        assert answer.status == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
    door.seconds = 61.0
    assert await announce(door, headers=TOKEN) == 200


@pytest.mark.parametrize("uuid", ["", "1", "x" * 36, "0c8e1a52-7f7e-4b61-9a3e-6a4f0d6c1b2", "\0" * 32])
async def test_what_is_no_uuid_is_refused(door: Door, uuid: str) -> None:
    await door.open_channel(Source.CALL)
    assert await announce(door, CALL | {"uuid": uuid}, headers=TOKEN) == 400
    assert waiting(door) == 0


async def test_more_calls_than_any_exchange_has_are_refused(door: Door) -> None:
    await door.open_channel(Source.CALL)
    for number in range(MOST):
        door.station.calls.register(UUID(int=number), "", "", 1e12)
    assert await announce(door, headers=TOKEN) == 409
    assert waiting(door) == MOST


async def test_a_form_that_is_too_large_is_refused(door: Door) -> None:
    await door.open_channel(Source.CALL)
    assert await announce(door, CALL | {"line": "a" * 4_000}, headers=TOKEN) == 413

    async def pieces() -> Any:
        for _ in range(9):
            yield b"a" * 1_000

    assert await announce(door, pieces(), headers=TOKEN) == 413


@pytest.mark.parametrize(("active", "token"), [(False, SECRET), (True, "")])
async def test_a_line_that_is_off_is_not_there(door: Door, active: bool, token: str) -> None:
    await door.open_channel(Source.CALL, active, token=token)
    assert await announce(door, headers=TOKEN) == 404
    assert await statuses(door, 1, "GET", PATH) == [405]


async def test_while_the_records_are_away_the_exchange_is_told_so(door: Door) -> None:
    await door.open_channel(Source.CALL)
    await door.lose_database()
    async with door.client.post(PATH, data=CALL, headers=TOKEN) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert waiting(door) == 0


async def test_before_the_records_are_found_too(tmp_path: Path, empty_records: Path) -> None:
    async with opened(tmp_path, empty_records, ready=False) as door:
        assert await announce(door, headers=TOKEN) == 503

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl import webhooks
from lppl.intake import signatures

NOW = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
BODY = '{"text":"jalan rusak é"}'.encode()
META = "sha256=b6d257cb7e154cd6cd5e7c77b46059e7c521948c5f784e6a40540426b4d48c2c"
"""As openssl signs the body with the key ``rahasia``; so is X's below."""


@pytest.mark.parametrize(
    ("header", "fits"),
    [
        (META, True),
        (META.upper(), True),
        (f"  {META.replace('=', ' = ')} ", True),
        (META[:-1], False),
        (META.replace("sha256", "sha1"), False),
        (META.removeprefix("sha256="), False),
        ("sha256=" + "0" * 64, False),
        ("", False),
        ("sha256=", False),
        ("sha256=é\udcff\0", False),
    ],
)
def test_meta(header: str, fits: bool) -> None:
    assert signatures.meta(BODY, header, "rahasia") is fits
    assert not signatures.meta(BODY + b" ", header, "rahasia")
    assert not signatures.meta(BODY, header, "lain")


def test_an_empty_secret_fits_nothing() -> None:
    assert not signatures.meta(BODY, "sha256=" + hmac.new(b"", BODY, hashlib.sha256).hexdigest(), "")
    assert not signatures.shared("", "")
    assert not signatures.x(BODY, x_signed(BODY, ""), "")
    assert not signatures.stamped(BODY, webhooks.signature("", BODY, NOW), "", NOW)
    assert (
        signatures.meta_challenge({"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": ""}, "") is None
    )


ASKED = {"hub.mode": "subscribe", "hub.verify_token": "tanda", "hub.challenge": "1158201444"}


@pytest.mark.parametrize(
    ("changed", "echo"),
    [
        ({}, "1158201444"),
        ({"hub.verify_token": "lain"}, None),
        ({"hub.verify_token": "é"}, None),
        ({"hub.mode": "unsubscribe"}, None),
        ({"hub.challenge": "<script>"}, None),
        ({"hub.challenge": ""}, None),
        ({"hub.challenge": "٣"}, None),
        ({"hub.challenge": "1" * 201}, None),
    ],
)
def test_the_challenge_is_echoed_to_who_knows_the_token(changed: dict[str, str], echo: str | None) -> None:
    assert signatures.meta_challenge(ASKED | changed, "tanda") == echo
    assert signatures.meta_challenge({}, "tanda") is None


def test_a_shared_secret() -> None:
    assert signatures.shared("tanda-1", "tanda-1")
    assert not signatures.shared("tanda-2", "tanda-1")
    assert not signatures.shared("\udcff", "tanda-1")


def x_signed(body: bytes, secret: str = "rahasia") -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def test_x() -> None:
    assert signatures.x_crc("abc", "rahasia") == "sha256=zUMrIXzG1tCsREw+xS2JX/2ha7XDVV4Zkz73KRSZ1so="
    header = x_signed(BODY)
    assert signatures.x(BODY, header, "rahasia") and signatures.x(BODY, f" {header} ", "rahasia")
    assert not signatures.x(BODY, header.swapcase(), "rahasia")
    assert not signatures.x(BODY + b"\n", header, "rahasia")
    assert (signatures.x_crc("\udcff", "rahasia") or "").startswith("sha256=")


@given(st.text(max_size=20) | st.text("{} []a1\ufeff\ud800", max_size=6))
def test_what_x_is_answered_is_the_signature_of_no_body(token: str) -> None:
    answer = signatures.x_crc(token, "rahasia")
    assert answer is None or not signatures.x(token.encode("utf-8", "replace"), answer, "rahasia")


@pytest.mark.parametrize("token", ["", "x" * 501, BODY.decode(), " {}"])
def test_a_token_that_x_would_not_ask_with_is_not_answered(token: str) -> None:
    assert signatures.x_crc(token, "rahasia") is None


@pytest.mark.parametrize(
    ("after", "fits"),
    [(timedelta(0), True), (timedelta(minutes=5), True), (timedelta(minutes=-5), True),
     (timedelta(minutes=5, seconds=1), False), (timedelta(minutes=-5, seconds=-1), False)],
)  # fmt: skip
def test_our_own_signature_is_that_of_our_webhooks_and_grows_old(after: timedelta, fits: bool) -> None:
    header = webhooks.signature("rahasia", BODY, NOW)
    assert signatures.stamped(BODY, header, "rahasia", NOW + after) is fits
    assert not signatures.stamped(BODY + b" ", header, "rahasia", NOW)
    assert not signatures.stamped(BODY, header, "lain", NOW)
    assert signatures.stamped(BODY, header, "rahasia", NOW + after, timedelta(hours=1))


def test_the_time_is_signed_too_and_one_of_two_signatures_is_enough() -> None:
    header = webhooks.signature("rahasia", BODY, NOW)
    later = header.replace(str(int(NOW.timestamp())), str(int(NOW.timestamp()) + 1))
    assert not signatures.stamped(BODY, later, "rahasia", NOW)
    at, _, given = header.partition(",")
    assert signatures.stamped(BODY, f"{at}, v1=00, {given.upper().replace('V1', 'v1')}", "rahasia", NOW)
    for odd in (given, at, "t=٣,v1=a", "t=" + "9" * 13 + "," + given, "t=-1," + given, ",,=,t", "t=1e3," + given):
        assert not signatures.stamped(BODY, odd, "rahasia", NOW)


@given(st.binary(max_size=50), st.text(st.characters(exclude_categories=()), max_size=50), st.text(max_size=5))
def test_rubbish_is_refused_without_raising(body: bytes, header: str, secret: str) -> None:
    assert not signatures.meta(body, header, secret)
    assert not signatures.x(body, header, secret)
    assert not signatures.stamped(body, header, secret, NOW)
    assert signatures.shared(header, "tanda") is (header == "tanda")
    signatures.x_crc(header, secret)

import json
import time
from datetime import UTC, datetime
from urllib.parse import quote_from_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake import sms
from lppl.intake.values import Intake, Sender, Source
from tests.lppl.intake.parsed_checks import NOW, raw, sound

FORM = "application/x-www-form-urlencoded"
KANNEL = b"from=%2B6281234567890&to=1708&text=Lampu+mati&charset=UTF-8&coding=0&ts=1795314600&id=f3c1-77"


def one(body: bytes, content_type: str = FORM) -> Intake:
    parsed = sound(sms.parse(raw(Source.SMS, body, content_type)))
    assert len(parsed.intakes) == 1 and not parsed.unread
    return parsed.intakes[0]


def test_a_message_as_kannel_hands_it_over() -> None:
    assert one(KANNEL) == Intake(
        Source.SMS, "f3c1-77", datetime(2026, 11, 22, 2, 30, tzinfo=UTC), "Lampu mati",
        sender=Sender(phone="+6281234567890"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"sender=0812-3456-7890&message=Lampu+mati&time=2026-11-22+09%3A30", FORM),
        (b"number=6281234567890&message=Lampu+mati&time=22/11/2026 09.30", FORM),
        (b'{"from": 6281234567890, "text": "Lampu mati", "timestamp": 1795314600}', "application/json; charset=utf-8"),
        (b'{"sender": "+6281234567890", "message": "Lampu mati", "time": "2026-11-22T02:30:00Z"}', ""),
        (
            b'{"event": "sms:received", "payload": {"phoneNumber": "+6281234567890", "message": "Lampu mati",'
            b' "receivedAt": "2026-11-22T09:30:00.000+07:00"}}',
            "application/json",
        ),
        (b"SenderNumber=%2B6281234567890&TextDecoded=Lampu%20mati&ReceivingDateTime=2026-11-22+09:30:00", FORM),
    ],
)
def test_names_of_gateways(body: bytes, content_type: str) -> None:
    found = one(body, content_type)
    assert (found.text, found.sender, found.said) == ("Lampu mati", Sender(phone="+6281234567890"), NOW)
    assert len(found.key) == 64


@pytest.mark.parametrize(
    ("text", "charset", "extra", "said"),
    [
        ("Café rusak…", "windows-1252", "ISO-8859-1", "Café rusak…"),
        ("Rumah 😀 roboh", "utf-16-be", "UTF-16BE", "Rumah 😀 roboh"),
        ("Rumah 😀 roboh", "utf-16-be", "ucs-2", "Rumah 😀 roboh"),
        ("Rumah 😀 roboh", "utf-8", "UTF-8", "Rumah 😀 roboh"),
        ("Café", "latin-1", "UTF-8", "Café"),  # a gateway that says the wrong thing
        ("Café", "utf-8", "punycode", "Café"),  # not one of those that are tried
    ],
)
def test_charsets(text: str, charset: str, extra: str, said: str) -> None:
    encoded = quote_from_bytes(text.encode(charset))
    assert one(f"from=0812345678&text={encoded}&charset={extra}".encode()).text == said


def test_unicode_on_the_air_without_a_charset() -> None:
    body = f"from=1708&coding=2&text={quote_from_bytes('Jalan → rusak'.encode('utf-16-be'))}".encode()
    assert one(body).text == "Jalan → rusak"


@pytest.mark.parametrize(
    ("sender", "known"),
    [
        ("BANKJATENG", Sender(handle="BANKJATENG")),
        ("1708", Sender(handle="1708", phone="1708")),
        ("Telkomsel*123#", Sender(handle="Telkomsel*123#")),
        ("", Sender()),
    ],
)
def test_senders_that_are_no_numbers(sender: str, known: Sender) -> None:
    assert one(urlencode({"from": sender, "text": "Promo"}).encode()).sender == known


def test_a_long_message_is_whole_and_an_endless_one_is_cut() -> None:
    assert len(one(b"from=1&text=" + b"a" * 1530).text) == 1530
    assert len(one(b"from=1&text=" + b"a" * 30_000).text) == 20_000


def test_the_key_is_the_same_for_the_same_and_another_for_another() -> None:
    body = b"sender=08123456789&message=Halo&time=2026-11-22+09:30"
    assert one(body).key == one(body).key
    others = [body.replace(b"Halo", b"Hai"), body.replace(b"09:30", b"09:31"), body.replace(b"789", b"788")]
    assert len({one(each).key for each in (body, *others)}) == 4


@pytest.mark.parametrize("time", ["2031-01-01 00:00", "kemarin", "99999999999999999999", ""])
def test_a_time_that_cannot_be_is_when_it_was_received(time: str) -> None:
    assert one(urlencode({"from": "1", "text": "a", "ts": time}).encode()).said == NOW


def test_a_delivery_report_is_nobodys_word() -> None:
    assert sms.parse(raw(Source.SMS, b"id=77&status=1&from=0812345678", FORM)).ignored == 1


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", FORM, "damaged"),
        (b"from=0812345678&text=+", FORM, "empty"),
        (b"[1]", "application/json", "damaged"),
        (b'{"text": ', "application/json", "damaged"),
        (b"[" * 100_000, "application/json", "damaged"),
        (b"text=" + b"a" * 2_000_000, FORM, "too-large"),
    ],
)
def test_what_cannot_be_read_is_told(body: bytes, content_type: str, reason: str) -> None:
    assert sound(sms.parse(raw(Source.SMS, body, content_type))).unread[0].reason == reason


@given(st.binary(max_size=400), st.sampled_from([FORM, "application/json", "", "text/plain; charset=x\0y"]))
def test_no_bytes_raise(body: bytes, content_type: str) -> None:
    sound(sms.parse(raw(Source.SMS, body, content_type)))


@given(st.integers(0, len(KANNEL) - 1), st.binary(max_size=3))
def test_no_mutation_raises(at: int, put: bytes) -> None:
    sound(sms.parse(raw(Source.SMS, KANNEL[:at] + put + KANNEL[at + 1 :], FORM)))


@given(st.dictionaries(st.sampled_from(sms.FROM + sms.TEXT + sms.TIME + sms.ID), st.text() | st.integers() | st.none()))
def test_no_object_raises(fields: dict[str, object]) -> None:
    sound(sms.parse(raw(Source.SMS, json.dumps(fields).encode(), "application/json")))


@pytest.mark.parametrize("piece", [b"&", b"text=%", b"%41", b"a=b&", b"="])
def test_a_request_of_any_size_is_read_quickly(piece: bytes) -> None:
    began = time.process_time()
    sms.parse(raw(Source.SMS, piece * (1_000_000 // len(piece)), FORM))
    assert time.process_time() - began < 2

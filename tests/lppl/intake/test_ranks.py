"""Who may be in danger is read first, whatever the channel; nothing that arrives can hinder that."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake.ranks import SHORT, rank_of
from lppl.intake.values import Raw, Source
from lppl.intake.works import Rank

NOW = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
DANGER = "Tolong! Rumah kebakaran di Gang 5, ada anak terjebak."
PLAIN = "Jalan di depan sekolah berlubang."


def _whatsapp(text: str) -> bytes:
    message = {"from": "6281234567890", "id": "wamid.1", "timestamp": "1795400000", "type": "text",
               "text": {"body": text}}  # fmt: skip
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "1"}, "messages": [message]}
    return json.dumps({
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }).encode()  # fmt: skip


def _telegram(text: str) -> bytes:
    chat = {"id": 5, "type": "private"}
    sender = {"id": 5, "is_bot": False, "first_name": "Siti"}
    return json.dumps({
        "update_id": 1, "message": {"message_id": 1, "from": sender, "chat": chat, "date": 1795400000, "text": text}
    }).encode()  # fmt: skip


def _mail(text: str) -> bytes:
    head = "From: siti@contoh.id\r\nTo: lapor@contoh.id\r\nSubject: Laporan\r\nMessage-ID: <1@contoh.id>\r\n\r\n"
    return (head + text).encode()


CHANNELS = {
    Source.WHATSAPP: (_whatsapp, "application/json"),
    Source.TELEGRAM: (_telegram, "application/json"),
    Source.EMAIL: (_mail, "message/rfc822"),
}


@pytest.mark.parametrize("source", CHANNELS)
@pytest.mark.parametrize(("text", "rank"), [(DANGER, Rank.URGENT), (PLAIN, Rank.ORDINARY)])
def test_the_words_decide_as_they_stand_in_a_channels_own_shape(source: Source, text: str, rank: Rank) -> None:
    make, content_type = CHANNELS[source]
    assert rank_of(Raw(source, make(text), content_type, NOW)) is rank


def test_a_gateways_form_is_looked_into_too() -> None:
    body = urlencode({"from": "081234567890", "text": DANGER}).encode()
    assert rank_of(Raw(Source.SMS, body, "application/x-www-form-urlencoded", NOW)) is Rank.URGENT


def test_what_is_too_long_to_be_a_cry_for_help_is_not_looked_into() -> None:
    assert rank_of(Raw(Source.EMAIL, _mail(DANGER + "\r\n" * SHORT), "message/rfc822", NOW)) is Rank.ORDINARY


@given(st.sampled_from(Source), st.binary(max_size=300), st.sampled_from(["application/json", "text/plain", ""]))
def test_rubbish_has_a_rank(source: Source, body: bytes, content_type: str) -> None:
    assert rank_of(Raw(source, body, content_type, NOW)) in Rank

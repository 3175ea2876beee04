import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake import telegram
from lppl.intake.values import Enclosure, Intake, Kind, Parsed, Place, Sender, Source
from tests.lppl.intake.mutations import ANYTHING, check_nonsense, mutated, nonsense, parsed
from tests.lppl.intake.parsed_checks import NOW, raw

SAID = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
SITI = {"id": 5512345678, "is_bot": False, "first_name": "Siti", "last_name": "Aminah", "username": "siti_a"}
CHAT = {"id": 5512345678, "first_name": "Siti", "type": "private"}
SENDER = Sender("5512345678", "Siti Aminah")
KEY = "5512345678:77"


def message(**more: Any) -> dict[str, Any]:
    return {"message_id": 77, "from": SITI, "chat": CHAT, "date": 1795313100, **more}


def update(number: int = 9001, name: str = "message", **more: Any) -> dict[str, Any]:
    return {"update_id": number, name: message(**more)}


def read(value: Any) -> Parsed:
    return parsed(telegram.parse, Source.TELEGRAM, value)


def one(value: dict[str, Any]) -> Intake:
    found = read(value)
    assert (len(found.intakes), found.unread, found.ignored) == (1, (), 0)
    return found.intakes[0]


PHOTOS = [
    {"file_id": "kecil", "file_unique_id": "a", "width": 90, "height": 67, "file_size": 1200},
    {"file_id": "besar", "file_unique_id": "b", "width": 1280, "height": 960},
    {"file_id": "sedang", "file_unique_id": "c", "width": 320, "height": 240, "file_size": 20000},
]
FILE = {
    "file_id": "f1",
    "file_unique_id": "u",
    "mime_type": "application/pdf",
    "file_name": "a.pdf",
    "file_size": 30_000_000,
}
SPOT = {"latitude": -6.8898, "longitude": 109.6646}


def test_a_text_is_read_whole() -> None:
    assert one(update(text="Lampu mati")) == Intake(Source.TELEGRAM, KEY, SAID, "Lampu mati", SENDER)


def test_a_redelivery_has_the_same_key_by_webhook_and_by_polling() -> None:
    polled = {"ok": True, "result": [update(text="a"), update(9002, text="a"), update(9003, text="b", message_id=78)]}
    found = read(polled)
    assert [i.key for i in found.intakes] == [one(update(text="a")).key, "5512345678:78"]
    assert found.ignored == 1


@pytest.mark.parametrize(
    ("content", "words", "file"),
    [
        ({"photo": PHOTOS, "caption": "Lubang"}, "Lubang", Enclosure(Kind.PICTURE, "besar", content_type="image/jpeg")),
        ({"document": FILE}, "", Enclosure(Kind.FILE, "f1", "", None, "a.pdf", "application/pdf", 30_000_000)),
        ({"voice": {"file_id": "v", "duration": 3}}, "", Enclosure(Kind.SOUND, "v", content_type="audio/ogg")),
        ({"audio": {"file_id": "v", "mime_type": "a/aac"}}, "", Enclosure(Kind.SOUND, "v", content_type="a/aac")),
        ({"video": {"file_id": "v", "thumbnail": PHOTOS[0]}}, "", Enclosure(Kind.VIDEO, "v", content_type="video/mp4")),
        ({"video_note": {"file_id": "v"}}, "", Enclosure(Kind.VIDEO, "v", content_type="video/mp4")),
        ({"animation": {"file_id": "v"}, "document": {"file_id": "v"}}, "", Enclosure(Kind.VIDEO, "v")),
        ({"sticker": {"file_id": "s", "emoji": "😡"}}, "", Enclosure(Kind.PICTURE, "s")),
        ({"photo": [PHOTOS[0]], "media_group_id": "g"}, "",
         Enclosure(Kind.PICTURE, "kecil", content_type="image/jpeg", size=1200)),
    ],
)  # fmt: skip
def test_files(content: dict[str, Any], words: str, file: Enclosure) -> None:
    found = one(update(**content))
    assert (found.text, found.enclosures) == (words, (file,))


@pytest.mark.parametrize(
    ("content", "words", "place"),
    [
        ({"location": SPOT}, "Lokasi", Place("", "", -6.8898, 109.6646)),
        ({"location": SPOT, "venue": {"location": SPOT, "title": "SD 01", "address": "Jl. Progo"}}, "SD 01, Jl. Progo",
         Place("SD 01, Jl. Progo", "", -6.8898, 109.6646)),
    ],
)  # fmt: skip
def test_places(content: dict[str, Any], words: str, place: Place) -> None:
    found = one(update(**content))
    assert (found.text, found.place) == (words, place)


def test_only_the_own_card_tells_the_senders_number() -> None:
    card = {"phone_number": "6281234567890", "first_name": "Siti", "user_id": 5512345678}
    assert one(update(contact=card)).sender == Sender("5512345678", "Siti Aminah", "+6281234567890")
    other = one(update(contact=card | {"user_id": 1, "first_name": "Pak RT"}))
    assert (other.sender.phone, other.text) == ("", "Kontak: Pak RT 6281234567890")


def test_who_writes() -> None:
    assert one(update(text="a", **{"from": {"id": 1, "username": "siti"}})).sender == Sender("1", "siti")
    assert one(update(text="a", **{"from": {}})).sender == Sender("5512345678")


def test_edited_and_answering() -> None:
    edit = one(update(name="edited_message", text="Lampu hidup", edit_date=1795313160))
    assert (edit.key, edit.corrects, edit.text) == (f"{KEY}:edit:1795313160", KEY, "Lampu hidup")
    assert edit.said == datetime(2026, 11, 22, 2, 6, tzinfo=UTC)
    assert one(update(text="a", reply_to_message=message(message_id=70))).answers == "5512345678:70"
    assert one(update(text="a", forward_origin={"type": "hidden_user"})).text == "a"


def test_a_business_accounts_messages_have_keys_of_their_own() -> None:
    assert one(update(name="business_message", business_connection_id="c", text="a")).key == f"c:{KEY}"
    edit = one(update(name="edited_business_message", business_connection_id="c", text="a", edit_date=5))
    assert edit.corrects == f"c:{KEY}"
    own = update(name="business_message", business_connection_id="c", text="a", **{"from": SITI | {"id": 42}})
    assert read(own) == Parsed(ignored=1)
    gone = {"business_connection_id": "c", "chat": CHAT, "message_ids": [77, 78]}
    found = read({"update_id": 1, "deleted_business_messages": gone}).intakes
    assert [i.withdraws for i in found] == [f"c:{KEY}", "c:5512345678:78"]


def test_a_button() -> None:
    query = {"id": "4382bfdwdsb323b2d9", "from": SITI, "message": message(text="Jenis?"), "data": "banjir"}
    found = one({"update_id": 1, "callback_query": query})
    assert (found.key, found.text, found.answers, found.sender) == (
        "callback:4382bfdwdsb323b2d9",
        "banjir",
        KEY,
        SENDER,
    )
    assert found.said == NOW


@pytest.mark.parametrize(
    "body",
    [
        update(name="channel_post", text="a"),
        update(name="edited_channel_post", text="a"),
        {"update_id": 1, "my_chat_member": {"chat": CHAT, "from": SITI, "date": 1}},
        {"update_id": 1, "poll_answer": {}},
        update(text="a", **{"from": SITI | {"is_bot": True}}),
        update(text="a", is_automatic_forward=True),
        update(text="/start"),
        update(text="/start tautan"),
        update(new_chat_members=[SITI]),
        update(name="edited_message", location=SPOT, edit_date=1795313160),
        {"ok": True, "result": []},
    ],
)
def test_nobodys_words(body: dict[str, Any]) -> None:
    assert read(body) == Parsed(ignored=1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (update(poll={"id": "1", "question": "?"}), "unknown-type"),
        (update(dice={"emoji": "🎲", "value": 1}), "unknown-type"),
        (update(text="a", message_id=None), "damaged"),
        (update(text="a", chat=[]), "damaged"),
        ({"update_id": 1, "message": 7}, "damaged"),
        ({"update_id": "x"}, "damaged"),
        ([7], "damaged"),
        ({"update_id": 1, "callback_query": {}}, "damaged"),
        ({"ok": False, "error_code": 401, "description": "Unauthorized"}, "unknown-type"),
        ({"ok": True}, "unknown-type"),
        ({}, "unknown-type"),
        ("x", "unknown-type"),
        (b"\xff", "encoding"),
        (b"{", "damaged"),
    ],
)
def test_what_cannot_be_read_is_told(body: Any, reason: str) -> None:
    found = read(body)
    assert ([u.reason for u in found.unread], found.intakes, found.ignored) == ([reason], (), 0)


@pytest.mark.parametrize(
    ("body", "last"),
    [
        (update(7), 7),
        ({"ok": True, "result": [update(7), update(9), update(8)]}, 9),
        ({"ok": True, "result": []}, None),
        (
            {
                "ok": True,
                "result": [{"update_id": True}, {"update_id": -1}, {"update_id": 2**60}, {"update_id": "7"}, 1],
            },
            None,
        ),
        ({}, None),
        (b"{", None),
    ],
)
def test_how_far_the_bot_was_read(body: Any, last: int | None) -> None:
    whole = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert telegram.last_update(raw(Source.TELEGRAM, whole)) == last


SAMPLES = [
    {"ok": True, "result": [update(text="a"), update(2, photo=PHOTOS, caption="b"), update(3, document=FILE)]},
    update(name="edited_message", text="a", edit_date=1795313160, reply_to_message=message()),
    update(contact={"phone_number": "6281234567890", "user_id": 5512345678}),
    update(location=SPOT, venue={"location": SPOT}),
    {"update_id": 1, "callback_query": {"id": "1", "from": SITI, "message": message(), "data": "x"}},
    {"update_id": 1, "deleted_business_messages": {"business_connection_id": "c", "chat": CHAT, "message_ids": [1]}},
]  # fmt: skip


@given(mutated(SAMPLES))
def test_whatever_is_changed_something_is_made_of_it(body: Any) -> None:
    read(body)


@given(st.binary(max_size=100) | ANYTHING)
def test_anything_at_all(body: Any) -> None:
    read(body)
    telegram.last_update(raw(Source.TELEGRAM, body if isinstance(body, bytes) else json.dumps(body).encode()))


def test_nonsense_is_read_in_linear_time() -> None:
    many = json.dumps({"ok": True, "result": [{}] * 500_000}).encode()
    check_nonsense(telegram.parse, Source.TELEGRAM, [*nonsense("result"), many, b"[" + b"{}," * 500_000 + b"{}]"])

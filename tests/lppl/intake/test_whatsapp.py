import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake import whatsapp
from lppl.intake.values import Enclosure, Intake, Kind, Parsed, Place, Sender, Source
from tests.lppl.intake.mutations import ANYTHING, check_nonsense, mutated, nonsense, parsed

SAID = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
BUDI = {"profile": {"name": "Budi Santoso"}, "wa_id": "6281234567890"}
SENDER = Sender("6281234567890", "Budi Santoso", "+6281234567890")


def message(kind: str = "text", key: str = "wamid.A", /, **more: Any) -> dict[str, Any]:
    return {"from": "6281234567890", "id": key, "timestamp": "1795313100", "type": kind, **more}


def call(*messages: Any, field: str = "messages", **value: Any) -> dict[str, Any]:
    whole = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "62285421000", "phone_number_id": "106540352242922"},
        "contacts": [BUDI], **({"messages": list(messages)} if messages else {}), **value,
    }  # fmt: skip
    changes = [{"value": whole, "field": field}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": changes}]}


def read(value: Any) -> Parsed:
    return parsed(whatsapp.parse, Source.WHATSAPP, value)


def one(value: dict[str, Any]) -> Intake:
    found = read(call(value))
    assert (len(found.intakes), found.unread, found.ignored) == (1, (), 0)
    return found.intakes[0]


TEXT = message(text={"body": "Lampu jalan mati"})
PHOTO = {"id": "2754859441498128", "mime_type": "image/jpeg", "sha256": "x", "caption": "Berlubang"}
LOCATION = {"latitude": -6.8898, "longitude": 109.6646, "name": "SD Podosugih 01", "address": "Jl. Progo"}
FORM = {"name": "flow", "body": "Sent", "response_json": '{"flow_token":"t","keluhan":"Banjir","rt":3}'}
CARD = {"name": {"formatted_name": "Pak RT"}, "phones": [{"phone": "+62 812-1111-2222", "type": "CELL"}]}
ORDER = {"catalog_id": "1", "text": "Mohon dikirim", "product_items": [{"product_retailer_id": "p1", "quantity": 1}]}
UNKNOWN = [{"code": 131051, "title": "Message type unknown", "error_data": {"details": "not supported"}}]
STATUS = {"id": "wamid.S", "status": "delivered", "timestamp": "1795313100", "recipient_id": "6281234567890"}


def test_a_text_is_read_whole() -> None:
    assert one(TEXT) == Intake(Source.WHATSAPP, "wamid.A", SAID, "Lampu jalan mati", SENDER)


def media(kind: Kind, content_type: str, name: str = "") -> tuple[Enclosure, ...]:
    return (Enclosure(kind, ref="2754859441498128", content_type=content_type, name=name),)


@pytest.mark.parametrize(
    ("kind", "inner", "words", "files"),
    [
        ("image", PHOTO, "Berlubang", media(Kind.PICTURE, "image/jpeg")),
        ("video", PHOTO | {"mime_type": "video/mp4"}, "Berlubang", media(Kind.VIDEO, "video/mp4")),
        ("sticker", {"id": PHOTO["id"], "mime_type": "image/webp"}, "", media(Kind.PICTURE, "image/webp")),
        ("audio", {"id": PHOTO["id"], "mime_type": "audio/ogg; codecs=opus", "voice": True}, "",
         media(Kind.SOUND, "audio/ogg")),
        ("document", PHOTO | {"mime_type": "application/pdf", "filename": "surat.pdf"}, "Berlubang",
         media(Kind.FILE, "application/pdf", "surat.pdf")),
        ("button", {"text": "Ya", "payload": "p"}, "Ya", ()),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "1", "title": "Banjir"}}, "Banjir", ()),
        ("interactive", {"list_reply": {"id": "1", "title": "Jalan", "description": "Rusak"}}, "Jalan\nRusak", ()),
        ("interactive", {"type": "nfm_reply", "nfm_reply": FORM}, "keluhan: Banjir\nrt: 3", ()),
        ("interactive", {"nfm_reply": {"response_json": "{rusak", "body": "Sent"}}, "{rusak", ()),
        ("contacts", [CARD], "Kontak: Pak RT +62 812-1111-2222", ()),
        ("order", ORDER, "Mohon dikirim\np1", ()),
    ],
)  # fmt: skip
def test_each_type(kind: str, inner: Any, words: str, files: tuple[Enclosure, ...]) -> None:
    assert one(message(kind, **{kind: inner})) == Intake(
        Source.WHATSAPP, "wamid.A", SAID, words, SENDER, enclosures=files
    )


@pytest.mark.parametrize(
    ("inner", "words", "place"),
    [
        (LOCATION, "SD Podosugih 01, Jl. Progo", Place("SD Podosugih 01, Jl. Progo", "", -6.8898, 109.6646)),
        ({"latitude": -6.8, "longitude": 109.6}, "Lokasi", Place("", "", -6.8, 109.6)),
        (LOCATION | {"latitude": 91}, "SD Podosugih 01, Jl. Progo", Place("SD Podosugih 01, Jl. Progo")),
        (LOCATION | {"longitude": True}, "SD Podosugih 01, Jl. Progo", Place("SD Podosugih 01, Jl. Progo")),
    ],
)
def test_a_location(inner: dict[str, Any], words: str, place: Place) -> None:
    found = one(message("location", location=inner))
    assert (found.text, found.place) == (words, place)


def test_an_answer_is_tied_to_what_it_answers() -> None:
    assert (
        one(TEXT | {"context": {"from": "62285421000", "id": "wamid.OURS", "forwarded": True}}).answers == "wamid.OURS"
    )


@pytest.mark.parametrize(
    ("changed", "contact", "sender"),
    [
        ({"from_user_id": "ID.1349"}, BUDI | {"user_id": "ID.1349"},
         Sender("ID.1349", "Budi Santoso", "+6281234567890")),
        ({"from": None, "from_user_id": "ID.1349"}, {"profile": {"username": "budi_s"}, "user_id": "ID.1349"},
         Sender("ID.1349", "budi_s")),
        ({"from": None, "from_user_id": "ID.1349"}, BUDI | {"user_id": "ID.1349"},
         Sender("ID.1349", "Budi Santoso", "+6281234567890")),
        ({}, BUDI | {"user_id": "ID.1349"}, Sender("ID.1349", "Budi Santoso", "+6281234567890")),
        ({"from": "15550783881"}, BUDI, Sender("15550783881", "", "")),
        ({"from": None}, {}, Sender()),
    ],
)  # fmt: skip
def test_who_writes(changed: dict[str, Any], contact: dict[str, Any], sender: Sender) -> None:
    (found,) = read(call(TEXT | changed, contacts=[contact])).intakes
    assert found.sender == sender


def test_a_number_that_was_asked_for_is_the_senders_and_a_card_is_not() -> None:
    hidden = message("contacts", contacts=[CARD]) | {"from": None, "from_user_id": "ID.1"}
    assert one(hidden | {"origin": "contact_request"}).sender.phone == "+6281211112222"
    assert one(hidden | {"origin": "other"}).sender.phone == ""
    assert one(message("contacts", contacts=[CARD], origin="contact_request")).sender == SENDER


def test_edited_and_revoked() -> None:
    inner = {"type": "image", "image": PHOTO, "context": {"id": "M0"}}
    edit = one(message("edit", "wamid.E", edit={"original_message_id": "wamid.A", "message": inner}))
    assert (edit.key, edit.corrects, edit.text, len(edit.enclosures)) == ("wamid.E", "wamid.A", "Berlubang", 1)
    gone = one(message("revoke", "wamid.R", revoke={"original_message_id": "wamid.A"}))
    assert gone == Intake(Source.WHATSAPP, "wamid.R", SAID, "", SENDER, withdraws="wamid.A")


@pytest.mark.parametrize(
    ("broken", "reason", "told"),
    [
        (
            message("unsupported", errors=UNKNOWN, unsupported={"type": "poll_creation"}),
            "unknown-type",
            "poll_creation",
        ),
        (message("unsupported", errors=UNKNOWN), "unknown-type", "Message type unknown"),
        (message("hologram", hologram={}), "unknown-type", "hologram"),
        (message("image", image={"caption": "tanpa id"}), "damaged", ""),
        (message("revoke", revoke={}), "damaged", ""),
        (message("edit", edit={"message": TEXT}), "damaged", ""),
        (message("location", location={}), "damaged", ""),
        (TEXT | {"id": ""}, "damaged", ""),
        (7, "damaged", ""),
        (message(text={"body": " "}), "empty", ""),
        (message("interactive", interactive={"type": "call_permission_reply"}), "empty", ""),
    ],
)
def test_one_that_cannot_be_read_is_told_and_the_others_are_kept(broken: Any, reason: str, told: str) -> None:
    found = read(call(TEXT, broken, TEXT | {"id": "wamid.B"}))
    assert [i.key for i in found.intakes] == ["wamid.A", "wamid.B"]
    assert [(u.reason, u.where) for u in found.unread] == [(reason, "entry[0].changes[0].messages[1]")]
    assert told in found.unread[0].indonesian and told in found.unread[0].english


@pytest.mark.parametrize(
    ("body", "ignored"),
    [
        (call(statuses=[STATUS, STATUS | {"status": "read"}]), 2),
        (call(message("reaction", reaction={"message_id": "wamid.A", "emoji": "👍"})), 1),
        (call(message("system", system={"type": "user_changed_number", "wa_id": "62812"})), 1),
        (call(TEXT | {"from": "62285421000"}), 1),
        (call(field="smb_message_echoes", message_echoes=[TEXT, TEXT]), 2),
        (call(field="history", history=[{"threads": [{"messages": [TEXT]}]}]), 1),
        (call(field="account_update", event="PARTNER_REMOVED"), 1),
        (call(errors=[{"code": 130429, "title": "Rate limit hit"}]), 1),
    ],
)
def test_nobodys_words_are_counted(body: dict[str, Any], ignored: int) -> None:
    assert read(body) == Parsed(ignored=ignored)


def test_several_messages_and_the_same_twice() -> None:
    body = call(TEXT, TEXT | {"text": {"body": "lain"}}, TEXT | {"id": "wamid.B"}, statuses=[STATUS])
    body["entry"] += call(TEXT | {"id": "wamid.C"}, TEXT)["entry"]
    found = read(body)
    assert [(i.key, i.text) for i in found.intakes] == [(f"wamid.{n}", "Lampu jalan mati") for n in "ABC"]
    assert (found.unread, found.ignored) == ((), 3)


@pytest.mark.parametrize("body", [{}, [], 7, "x", {"entry": []}, {"entry": 1}, {"object": "page"}])
def test_what_is_no_call_is_told(body: Any) -> None:
    assert [u.reason for u in read(body).unread] == ["unknown-type"]


@pytest.mark.parametrize("value", [{"messages": 7}, {"messages": {}}, {}])
def test_a_change_without_messages_is_told(value: dict[str, Any]) -> None:
    assert [u.where for u in read(call(**value)).unread] == ["entry[0].changes[0]"]


def test_texts_can_be_kept() -> None:
    body = json.dumps(call(TEXT)).replace("Lampu", "\\ud83dLam\\u0000pu")
    assert read(body.encode()).intakes[0].text == "Lampu jalan mati"
    assert one(TEXT | {"text": {"body": "x" * 30_000}}).text == "x" * 20_000
    assert [u.reason for u in read(json.dumps(call(TEXT)).encode("utf-16")).unread] == ["encoding"]


def test_more_messages_than_anybody_sends() -> None:
    found = read(call(*(TEXT | {"id": f"w{n}"} for n in range(1_200))))
    assert (len(found.intakes), [u.reason for u in found.unread]) == (1_000, ["too-large"])


SAMPLES = [
    call(TEXT, message("image", "wamid.B", image=PHOTO), message("location", "wamid.C", location=LOCATION)),
    call(message("interactive", interactive={"nfm_reply": FORM}), message("contacts", "wamid.B", contacts=[CARD])),
    call(message("edit", edit={"original_message_id": "wamid.A", "message": TEXT}), statuses=[STATUS]),
    call(message("revoke", revoke={"original_message_id": "wamid.A"}), message("unsupported", "w", errors=UNKNOWN)),
    call(message("order", order=ORDER), field="messages"), call(field="history", history=[{}]),
]  # fmt: skip


@given(mutated(SAMPLES))
def test_whatever_is_changed_something_is_made_of_it(body: Any) -> None:
    read(body)


@given(st.binary(max_size=100) | ANYTHING)
def test_anything_at_all(body: Any) -> None:
    read(body)


def test_nonsense_is_read_in_linear_time() -> None:
    many = json.dumps(call(*[{}] * 100_000)).encode()
    check_nonsense(whatsapp.parse, Source.WHATSAPP, [*nonsense("entry"), many])

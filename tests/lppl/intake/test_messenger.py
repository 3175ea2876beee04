import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake import messenger
from lppl.intake.values import Enclosure, Intake, Kind, Parsed, Place, Sender, Source
from tests.lppl.intake.mutations import ANYTHING, check_nonsense, mutated, nonsense, parsed
from tests.lppl.intake.parsed_checks import NOW

SAID = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
PAGE, PERSON, MID = "104857600000001", "6112233445566778", "m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM"


def event(**more: Any) -> dict[str, Any]:
    return {"sender": {"id": PERSON}, "recipient": {"id": PAGE}, "timestamp": 1795313100000, **more}


def said(**more: Any) -> dict[str, Any]:
    return event(message={"mid": MID, **more})


def call(*events: Any, name: str = "messaging", kind: str = "page") -> dict[str, Any]:
    return {"object": kind, "entry": [{"id": PAGE, "time": 1795313101000, name: list(events)}]}


def read(value: Any) -> Parsed:
    return parsed(messenger.parse, Source.MESSENGER, value)


def one(*events: Any, name: str = "messaging", kind: str = "page") -> Intake:
    found = read(call(*events, name=name, kind=kind))
    assert (len(found.intakes), found.unread, found.ignored) == (1, (), 0)
    return found.intakes[0]


def attached(kind: str, **payload: Any) -> dict[str, Any]:
    return said(attachments=[{"type": kind, "payload": payload}])


URL = "https://scontent.xx.fbcdn.net/v/t1/1.jpg?oh=1"


@pytest.mark.parametrize(("kind", "source"), [("page", Source.MESSENGER), ("instagram", Source.INSTAGRAM)])
@pytest.mark.parametrize("name", ["messaging", "standby"])
def test_a_text_is_read_whole(kind: str, source: Source, name: str) -> None:
    assert one(said(text="Banjir"), kind=kind, name=name) == Intake(source, MID, SAID, "Banjir", Sender(PERSON))


@pytest.mark.parametrize(
    ("kind", "what"),
    [("image", Kind.PICTURE), ("video", Kind.VIDEO), ("audio", Kind.SOUND), ("file", Kind.FILE),
     ("story_mention", Kind.FILE)],
)  # fmt: skip
def test_attachments(kind: str, what: Kind) -> None:
    found = one(attached(kind, url=URL))
    assert (found.text, found.enclosures) == ("", (Enclosure(what, url=URL),))


@pytest.mark.parametrize("kind", ["fallback", "share", "template", "ig_reel"])
def test_what_was_shared_is_told_by_its_address(kind: str) -> None:
    found = one(said(text="Lihat", attachments=[{"type": kind, "title": "Berita", "payload": {"url": URL}}]))
    assert (found.text, found.enclosures) == (f"Lihat\nBerita\n{URL}", ())


def test_an_address_that_is_not_secret_is_told_and_not_fetched() -> None:
    found = one(attached("image", url="http://contoh.id/1.jpg"))
    assert (found.text, found.enclosures) == ("http://contoh.id/1.jpg", ())


def test_a_location() -> None:
    found = one(attached("location", coordinates={"lat": -6.8898, "long": 109.6646}))
    assert (found.text, found.place) == ("Lokasi", Place("", "", -6.8898, 109.6646))


def test_edited_withdrawn_and_answering() -> None:
    edit = one(event(message_edit={"mid": MID, "text": "Surut", "num_edit": "2"}))
    assert (edit.key, edit.corrects, edit.text) == (f"{MID}:edit:2", MID, "Surut")
    keys = {one(event(message_edit={"mid": MID, "text": words})).key for words in ("a", "b")}
    assert len(keys) == 2
    gone = one(said(is_deleted=True), kind="instagram")
    assert gone == Intake(Source.INSTAGRAM, f"{MID}:deleted", SAID, "", Sender(PERSON), withdraws=MID)
    assert one(said(text="Ya", reply_to={"mid": "m_0"})).answers == "m_0"


def test_taps() -> None:
    assert one(said(text="Merah", quick_reply={"payload": "R"})).text == "Merah"
    found = one(event(postback={"mid": MID, "title": "Mulai", "payload": "GET_STARTED"}))
    assert (found.key, found.text) == (MID, "Mulai")
    assert one(event(postback={"payload": "P"})).key == f"postback:{PERSON}:1795313100000"


@pytest.mark.parametrize(
    "body",
    [
        call(said(text="Terima kasih", is_echo=True)),
        call(event(sender={"id": PAGE}, message={"mid": MID, "text": "a"})),
        call(event(read={"watermark": 1})),
        call(event(delivery={"mids": [MID], "watermark": 1})),
        call(event(reaction={"mid": MID, "action": "react"})),
        call(event(referral={"ref": "r", "source": "SHORTLINK"})),
        call({"field": "feed", "value": {"item": "reaction", "verb": "add"}}, name="changes"),
        call({"field": "leadgen", "value": {"leadgen_id": "1"}}, name="changes"),
    ],
)
def test_nobodys_words(body: dict[str, Any]) -> None:
    assert read(body) == Parsed(ignored=1)


def comment(**more: Any) -> dict[str, Any]:
    value = {
        "from": {"id": PERSON, "name": "Siti Aminah"}, "post": {"status_type": "added_photos"}, "message": "Kapan?",
        "post_id": f"{PAGE}_9", "comment_id": "9_1", "created_time": 1795313100, "item": "comment",
        "parent_id": f"{PAGE}_9", "verb": "add",
    }  # fmt: skip
    return {"field": "feed", "value": value | more}


def test_a_comment_on_a_post() -> None:
    sender = Sender(PERSON, "Siti Aminah")
    assert one(comment(), name="changes") == Intake(Source.MESSENGER, "9_1", SAID, "Kapan?", sender)
    assert one(comment(parent_id="9_0"), name="changes").answers == "9_0"
    photo = one(comment(message="", photo=URL), name="changes")
    assert photo.enclosures == (Enclosure(Kind.PICTURE, url=URL),)
    visitor = one(comment(item="status", comment_id=None, post_id="104_10"), name="changes")
    assert (visitor.key, visitor.text) == ("104_10", "Kapan?")


def test_a_comment_that_is_edited_removed_or_the_pages_own() -> None:
    edits = [one(comment(verb="edited", message=words), name="changes") for words in ("Kapan ya?", "Kapan sih?")]
    assert {e.corrects for e in edits} == {"9_1"} and len({e.key for e in edits} | {"9_1"}) == 3
    gone = one(comment(verb="remove", message=None), name="changes")
    assert (gone.withdraws, gone.text) == ("9_1", "")
    for own in (comment(**{"from": {"id": PAGE}}), comment(verb="hide")):
        assert read(call(own, name="changes")) == Parsed(ignored=1)


def test_comments_and_messages_of_instagram() -> None:
    value = {"from": {"id": PERSON, "username": "siti_a"}, "id": "178", "text": "Kapan?", "media": {"id": "1"}}
    found = one({"field": "comments", "value": value}, name="changes", kind="instagram")
    at = datetime(2026, 11, 22, 2, 5, 1, tzinfo=UTC)
    assert found == Intake(Source.INSTAGRAM, "178", at, "Kapan?", Sender(PERSON, "siti_a"))
    assert one({"field": "messages", "value": said(text="a")}, name="changes", kind="instagram").key == MID


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (call(said(attachments=[{"type": "hologram", "payload": {}}])), "unknown-type"),
        (call(said(is_unsupported=True)), "unknown-type"),
        (call(event(game_play={"game_id": "1"})), "unknown-type"),
        (call(said(text="")), "empty"),
        (call(event(message={"text": "a"})), "damaged"),
        (call(7), "damaged"),
        (call(), "damaged"),
        (call({"field": "comments", "value": 7}, name="changes"), "damaged"),
        (call(comment(comment_id=None), name="changes"), "damaged"),
        (call(comment(message=""), name="changes"), "empty"),
        (call(event(message_edit={"mid": MID, "text": ""})), "empty"),
        ({"object": "page", "entry": []}, "unknown-type"),
        ({"object": "whatsapp_business_account", "entry": [{}]}, "unknown-type"),
        ([], "unknown-type"),
    ],
)
def test_what_cannot_be_read_is_told(body: Any, reason: str) -> None:
    found = read(body)
    assert ([u.reason for u in found.unread], found.intakes, found.ignored) == ([reason], (), 0)


def test_several_and_the_same_twice() -> None:
    second = event(message={"mid": "m_2", "text": "b"})
    found = read(call(said(text="a"), 7, said(text="a"), event(read={}), second))
    assert [i.key for i in found.intakes] == [MID, "m_2"]
    assert ([u.where for u in found.unread], found.ignored) == (["entry[0].messaging[1]"], 2)


def test_what_has_no_time_was_said_when_it_came() -> None:
    assert one(said(text="a") | {"timestamp": "x"}).said == NOW


SAMPLES = [
    call(said(text="a", reply_to={"mid": "x"}), attached("image", url=URL), event(read={"watermark": 1})),
    call(attached("location", coordinates={"lat": -6.8, "long": 109.6}), event(message_edit={"mid": MID, "text": "b"})),
    call(comment(), comment(verb="remove"), comment(verb="edited", photo=URL), name="changes"),
    call(said(is_deleted=True), event(postback={"mid": MID, "title": "T"}), kind="instagram"),
]


@given(mutated(SAMPLES))
def test_whatever_is_changed_something_is_made_of_it(body: Any) -> None:
    read(body)


@given(st.binary(max_size=100) | ANYTHING)
def test_anything_at_all(body: Any) -> None:
    read(body)


def test_nonsense_is_read_in_linear_time() -> None:
    many = json.dumps(call(*[{"read": {}}] * 100_000)).encode()
    entries = b'{"object":"page","entry":[' + b"{}," * 1_000_000 + b"{}]}"
    check_nonsense(messenger.parse, Source.MESSENGER, [*nonsense("entry"), many, entries])

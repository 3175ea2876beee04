import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake import x
from lppl.intake.values import Enclosure, Intake, Kind, Parsed, Place, Sender, Source
from tests.lppl.intake.mutations import ANYTHING, check_nonsense, mutated, nonsense, parsed
from tests.lppl.intake.parsed_checks import NOW

SAID = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
OWN, PERSON = "2244994945", "3805104374"
SITI = {"id": 3805104374, "id_str": PERSON, "name": "Siti Aminah", "screen_name": "siti_a"}
SENDER = Sender(PERSON, "Siti Aminah")


def post(**more: Any) -> dict[str, Any]:
    return {
        "created_at": "Sun Nov 22 02:05:00 +0000 2026", "id": 1590000000000000001, "id_str": "1590000000000000001",
        "text": "@radiokotabatik banjir", "user": SITI, "timestamp_ms": "1795313100123", **more,
    }  # fmt: skip


def direct(sender: str = PERSON, **data: Any) -> dict[str, Any]:
    inner = {"target": {"recipient_id": OWN}, "sender_id": sender, "message_data": {"text": "Tolong", **data}}
    return {"type": "message_create", "id": "954", "created_timestamp": "1795313100000", "message_create": inner}


def call(name: str, *events: Any, **more: Any) -> dict[str, Any]:
    return {"for_user_id": OWN, name: list(events), **more}


def posts(*events: Any) -> dict[str, Any]:
    return call("tweet_create_events", *events)


def directs(*events: Any) -> dict[str, Any]:
    return call("direct_message_events", *events, users={PERSON: {"id": PERSON, "name": "Siti Aminah"}})


def read(value: Any) -> Parsed:
    return parsed(x.parse, Source.X, value)


def one(value: dict[str, Any]) -> Intake:
    found = read(value)
    assert (len(found.intakes), found.unread, found.ignored) == (1, (), 0)
    return found.intakes[0]


PHOTO = {"type": "photo", "media_url_https": "https://pbs.twimg.com/media/a.jpg"}
FILMS = [
    {"content_type": "application/x-mpegURL", "url": "https://video.twimg.com/a.m3u8"},
    {"content_type": "video/mp4", "bitrate": 256000, "url": "https://video.twimg.com/small.mp4"},
    {"content_type": "video/mp4", "bitrate": 832000, "url": "https://video.twimg.com/large.mp4"},
]
VIDEO = PHOTO | {"type": "video", "video_info": {"variants": FILMS}}
LONG = {"full_text": "Banjir setinggi lutut", "extended_entities": {"media": [PHOTO, VIDEO]}}
FILES = (
    Enclosure(Kind.PICTURE, url="https://pbs.twimg.com/media/a.jpg"),
    Enclosure(Kind.VIDEO, url="https://video.twimg.com/large.mp4"),
)


def test_a_mention_is_read_whole() -> None:
    assert one(posts(post())) == Intake(Source.X, "1590000000000000001", SAID, "@radiokotabatik banjir", SENDER)


def test_a_long_post_is_read_to_its_end() -> None:
    found = one(posts(post(truncated=True, extended_tweet=LONG, text="Banjir seti…")))
    assert (found.text, found.enclosures) == ("Banjir setinggi lutut", FILES)
    assert one(posts(post(entities={"media": [PHOTO]}))).enclosures == FILES[:1]


def test_where_it_was_written_answers_and_corrects() -> None:
    place = {"coordinates": {"type": "Point", "coordinates": [109.6646, -6.8898]}, "place": {"full_name": "Pekalongan"}}
    assert one(posts(post(**place))).place == Place("Pekalongan", "", -6.8898, 109.6646)
    assert one(posts(post(coordinates={"coordinates": [109.6]}))).place == Place()
    assert one(posts(post(in_reply_to_status_id_str="15"))).answers == "15"
    assert one(posts(post(edit_history={"initial_tweet_id": "15", "edit_tweet_ids": ["15", "16"]}))).corrects == "15"
    assert one(posts(post(edit_history={"initial_tweet_id": "1590000000000000001"}))).corrects == ""


def test_a_direct_message() -> None:
    assert one(directs(direct())) == Intake(Source.X, "dm:954", SAID, "Tolong", SENDER)
    found = one(directs(direct(text="", attachment={"type": "media", "media": PHOTO})))
    assert (found.text, found.enclosures) == ("", FILES[:1])


def test_a_time_in_words_or_none() -> None:
    assert one(posts(post(created_at="x"))).said == SAID.replace(microsecond=123000)
    assert one(posts(post(created_at="x", timestamp_ms=None))).said == NOW
    assert one(posts(post(created_at="Fri Dec 31 23:59:59 -2359 9999", timestamp_ms=None))).said == NOW


def test_a_deleted_post_withdraws() -> None:
    gone = {"status": {"id": "15", "user_id": PERSON}, "timestamp_ms": "1795313100000"}
    assert one(call("tweet_delete_events", gone)) == Intake(
        Source.X, "15:deleted", SAID, "", Sender(PERSON), withdraws="15"
    )
    assert read(call("tweet_delete_events", gone | {"status": {"id": "15", "user_id": OWN}})) == Parsed(ignored=1)


@pytest.mark.parametrize(
    "body",
    [
        posts(post(user={"id_str": OWN})),
        posts(post(user={"id": int(OWN)})),
        posts(post(retweeted_status=post())),
        directs(direct(OWN)),
        call("favorite_events", {"id": "1"}),
        call("direct_message_indicate_typing_events", {"sender_id": PERSON}),
        {"user_event": {"revoke": {"date_time": "2026-11-22T02:05:00+00:00"}}},
    ],
)
def test_nobodys_words(body: dict[str, Any]) -> None:
    assert read(body) == Parsed(ignored=1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (posts(post(id=None, id_str="")), "damaged"),
        (posts(7), "damaged"),
        (posts(post(text="")), "empty"),
        ({"for_user_id": OWN, "tweet_create_events": 7}, "damaged"),
        (directs(direct() | {"id": ""}), "damaged"),
        (directs(direct("")), "damaged"),
        (directs(direct(text="")), "empty"),
        (directs(direct() | {"type": "welcome"}), "unknown-type"),
        (directs(None), "damaged"),
        (call("tweet_delete_events", {}), "damaged"),
        ({"for_user_id": OWN}, "unknown-type"),
        ({"data": {"event_type": "post.create"}}, "unknown-type"),
        ([], "unknown-type"),
        (b"{", "damaged"),
    ],
)
def test_what_cannot_be_read_is_told(body: Any, reason: str) -> None:
    found = read(body)
    assert ([u.reason for u in found.unread], found.intakes, found.ignored) == ([reason], (), 0)


def test_several_and_the_same_twice() -> None:
    found = read(posts(post(), 7, post(), post(id_str="2")) | directs(direct()))
    assert [i.key for i in found.intakes] == ["1590000000000000001", "2", "dm:954"]
    assert ([u.where for u in found.unread], found.ignored) == (["tweet_create_events[1]"], 1)


SAMPLES = [
    posts(
        post(extended_tweet=LONG, coordinates={"coordinates": [109.6, -6.8]}, edit_history={"initial_tweet_id": "1"})
    ),
    directs(direct(attachment={"type": "media", "media": VIDEO})),
    call("tweet_delete_events", {"status": {"id": "15", "user_id": PERSON}, "timestamp_ms": "1795313100000"}),
    call("favorite_events", {"id": "1"}),
]


@given(mutated(SAMPLES))
def test_whatever_is_changed_something_is_made_of_it(body: Any) -> None:
    read(body)


@given(st.binary(max_size=100) | ANYTHING)
def test_anything_at_all(body: Any) -> None:
    read(body)


def test_nonsense_is_read_in_linear_time() -> None:
    many = json.dumps(posts(*[{"user": {"id_str": OWN}}] * 100_000)).encode()
    check_nonsense(x.parse, Source.X, [*nonsense("for_user_id"), many])

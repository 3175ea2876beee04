import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake import web_form
from lppl.intake.json_shapes import cleaned
from lppl.intake.numbers import international
from lppl.intake.values import Enclosure, Intake, Kind, Parsed, Place, Sender, Source, Visibility
from tests.lppl.intake.parsed_checks import NOW, raw, sound

texts = st.text(max_size=40).map(lambda text: cleaned(text, 40))
phones = texts.map(lambda text: international(text) or text) | st.just("+6281234567890")
degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180)) | st.just((None, None))
enclosures = st.builds(
    Enclosure, st.sampled_from(Kind), texts, texts, st.none(), texts, texts, st.none() | st.integers(0, 10**10)
)
intakes = st.builds(
    Intake,
    source=st.sampled_from(Source), key=texts.filter(bool), text=texts, title=texts, wanted=texts, category=texts,
    answers=texts, corrects=texts, withdraws=texts, outside_ticket=texts, visibility=st.sampled_from(Visibility),
    said=st.datetimes(timezones=st.just(UTC)),
    sender=st.builds(Sender, texts, texts, phones, texts, texts, texts),
    place=st.builds(lambda text, kel, at: Place(text, kel, *at), texts, texts, degrees),
    enclosures=st.lists(enclosures, max_size=3).map(tuple),
)  # fmt: skip


def read(body: bytes) -> Parsed:
    return web_form.parse(raw(Source.WEB, body, web_form.CONTENT_TYPE))


@given(intakes)
def test_what_was_written_is_read_back_the_same(intake: Intake) -> None:
    assert read(web_form.written(intake)) == Parsed((intake,))


def test_the_form_as_it_is_written() -> None:
    intake = Intake(
        Source.EVENT, "t-1", NOW, "Saluran mampet", Sender(name="Budi", phone="+6281234567890"), "Saluran",
        Place("Jl. Progo", "Podosugih", -6.8, 109.6),
        (Enclosure(Kind.PICTURE, ref="a" * 32, name="x.jpg", content_type="image/jpeg", size=7),), Visibility.SECRET,
        "aspirasi", "Drainase",
    )  # fmt: skip
    assert json.loads(web_form.written(intake)) == {
        "token": "t-1", "said": "2026-11-22T02:30:00+00:00", "text": "Saluran mampet", "title": "Saluran",
        "sender": {"name": "Budi", "phone": "+6281234567890"},
        "place": {"text": "Jl. Progo", "kelurahan": "Podosugih", "latitude": -6.8, "longitude": 109.6},
        "class": "aspirasi", "category": "Drainase", "visibility": "rahasia", "source": "acara",
        "files": [{"ref": "a" * 32, "kind": "gambar", "name": "x.jpg", "content_type": "image/jpeg", "size": 7}],
    }  # fmt: skip


def test_bytes_stay_in_the_files_and_only_their_size_is_written() -> None:
    intake = Intake(Source.EMAIL, "1", NOW, "", enclosures=(Enclosure(Kind.FILE, data=b"abc", name="x"),))
    assert read(web_form.written(intake)).intakes[0].enclosures == (Enclosure(Kind.FILE, name="x", size=3),)


def test_a_missed_call_is_a_word_without_any() -> None:
    intake = Intake(Source.CALL, "uuid", NOW, "", Sender(phone="+6281234567890"))
    assert read(web_form.written(intake)) == Parsed((intake,))


def test_a_number_typed_by_hand_becomes_an_international_one() -> None:
    typed = Intake(Source.NOTE, "1", NOW, "a", Sender(phone="0812-3456-7890"))
    assert read(web_form.written(typed)).intakes[0].sender.phone == "+6281234567890"


def test_times_of_other_zones_are_the_same_instants() -> None:
    local = replace(Intake(Source.WEB, "1", NOW, "a"), said=NOW.astimezone(timezone(timedelta(hours=7))))
    assert read(web_form.written(local)).intakes[0].said == NOW


def test_half_characters_do_not_stop_it_from_being_kept() -> None:
    assert read(web_form.written(Intake(Source.WEB, "1", NOW, "a\ud800\0b"))).intakes[0].text == "ab"


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"token": ""}', b'{"token": []}', b"\xff"])
def test_without_a_token_it_is_no_word(body: bytes) -> None:
    assert len(sound(read(body)).unread) == 1


def test_an_unknown_source_is_the_channels_own_and_an_unknown_visibility_secret() -> None:
    found = read(b'{"token": "1", "source": "x-y", "visibility": "?", "said": "2026-11-22"}').intakes[0]
    assert (found.source, found.visibility, found.said) == (Source.WEB, Visibility.SECRET, NOW)


NAMES = [*web_form.WORD, "said", "sender", "place", "files", "visibility", "source"]
ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.lists(st.dictionaries(st.text(), st.text()))
)


@given(st.dictionaries(st.sampled_from(NAMES), ODD), st.binary(max_size=200))
def test_nothing_raises(fields: dict[str, object], body: bytes) -> None:
    for each in (body, json.dumps(fields).encode(), json.dumps({"token": "1"} | fields).encode()):
        parsed = read(each)
        assert parsed.intakes or parsed.unread
        assert all(intake.said.tzinfo is UTC and intake.key for intake in parsed.intakes)


def test_a_datetime_at_the_end_of_time_does_not_raise() -> None:
    at = datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))).isoformat()
    assert read(json.dumps({"token": "1", "said": at}).encode()).intakes[0].said == NOW

import json
import time
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.intake import open311, open311_answers
from lppl.intake.open311 import Filters, Refusal, fields_of, filters, refusals
from lppl.intake.open311_answers import Attribute, Choice, Format, Service, ServiceRequest
from lppl.intake.values import Enclosure, Intake, Kind, Parsed, Place, Sender, Source
from tests.lppl.intake.parsed_checks import NOW, raw, sound

# the specification's own example, at a place and with a number of ours
POSTED = (
    b"api_key=xyz&jurisdiction_id=city.gov&service_code=001&lat=-6.8898&long=109.6646&address_string=1234+5th+street"
    b"&email=smit333%40sfgov.edu&device_id=tt222111&account_id=123456&first_name=john&last_name=smith&phone=081234567890"
    b"&description=A+large+sinkhole+is+destroying+the+street"
    b"&media_url=http%3A%2F%2Ffarm3.static.flickr.com%2F2002%2F2212426634_5ed477a060.jpg"
    b"&attribute[WHISPAWN]=123456&attribute[WHISDORN][]=COISL001&attribute[WHISDORN][]=COISL002"
)


def read(body: bytes, content_type: str = f"{open311.FORM}; charset=utf-8") -> Parsed:
    return sound(open311.parse(raw(Source.OPEN311, body, content_type)))


def test_the_specifications_example_becomes_a_word() -> None:
    parsed = read(POSTED)
    key = parsed.intakes[0].key
    assert len(key) == 64
    assert parsed.intakes == (
        Intake(
            Source.OPEN311, key, NOW,
            "A large sinkhole is destroying the street\n\nWHISPAWN: 123456\nWHISDORN: COISL001, COISL002",
            Sender("account:123456", "john smith", "+6281234567890", "smit333@sfgov.edu"),
            place=Place("1234 5th street", latitude=-6.8898, longitude=109.6646),
            enclosures=(
                Enclosure(Kind.PICTURE, url="http://farm3.static.flickr.com/2002/2212426634_5ed477a060.jpg"),
            ),
            wanted="001",
        ),
    )  # fmt: skip


def test_the_same_sent_again_has_the_same_key_by_whatever_api_key() -> None:
    assert read(POSTED).intakes[0].key == read(POSTED.replace(b"xyz", b"abc")).intakes[0].key
    assert read(POSTED).intakes[0].key != read(POSTED.replace(b"large", b"small")).intakes[0].key


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (b"service_code=001&lat=-6.8&long=109.6", []),
        (b"service_code=001&address_string=Jl.+Progo", []),
        (b"service_code=001&address_id=7&lat=&long=", []),
        (b"lat=-6.8&long=109.6", [400]),
        (b"service_code=&address_id=7", [400]),
        (b"service_code=999&address_id=7", [404]),
        (b"service_code=001&lat=-6.8", [400]),
        (b"service_code=001&lat=96.8&long=109.6", [400]),
        (b"", [400, 400]),
    ],
)
def test_what_post_service_request_demands(body: bytes, codes: list[int]) -> None:
    assert [refusal.code for refusal in refusals(fields_of(body), {"001", "002"})] == codes


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", open311.FORM, "empty"),
        (b"lat=1&long=2", open311.FORM, "empty"),
        (POSTED, "multipart/form-data; boundary=x", "unknown-type"),
        (b"description=" + b"a" * 300_000, open311.FORM, "too-large"),
    ],
)
def test_what_cannot_be_read_is_told(body: bytes, content_type: str, reason: str) -> None:
    assert read(body, content_type).unread[0].reason == reason


def asked(query: str, now: datetime = NOW) -> Filters | Refusal:
    return filters(fields_of(query.encode()), now)


def test_without_dates_the_last_90_days_are_asked_for() -> None:
    assert asked("jurisdiction_id=city.gov") == Filters((), (), NOW - timedelta(days=90), NOW, frozenset())


def test_everything_that_can_be_asked_for() -> None:
    found = asked(
        "start_date=2026-05-24T00:00:00Z&end_date=2026-06-24T00:00:00%2B07:00&status=open,Closed"
        "&service_code=001,%20002&service_code=003&service_request_id=K7QF-2M9X,ABCD-2345,,K7QF-2M9X"
    )
    assert found == Filters(
        ("K7QF-2M9X", "ABCD-2345"), ("001", "002", "003"), datetime(2026, 5, 24, tzinfo=UTC),
        datetime(2026, 6, 23, 17, tzinfo=UTC), frozenset({"open", "closed"}),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        ("start_date=2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00", "2026-04-01T00:00:00+00:00"),
        ("start_date=2026-11-01T00:00:00Z", "2026-11-01T00:00:00+00:00", NOW.isoformat()),
        ("end_date=2026-04-01T00:00:00Z", "2026-01-01T00:00:00+00:00", "2026-04-01T00:00:00+00:00"),
        (
            "start_date=2026-01-01T00:00Z&end_date=2026-04-01T00:00:00.5Z",
            "2026-01-01T00:00:00+00:00", "2026-04-01T00:00:00+00:00",
        ),
        ("end_date=2026-04-01T00:00:00+07:00", "2025-12-31T17:00:00+00:00", "2026-03-31T17:00:00+00:00"),
    ],
)  # fmt: skip
def test_one_date_stands_for_90_days(query: str, start: str, end: str) -> None:
    found = asked(query)
    assert isinstance(found, Filters)
    assert (found.start.astimezone(UTC).isoformat(), found.end.astimezone(UTC).isoformat()) == (start, end)


def test_a_day_without_a_time_is_the_stations() -> None:
    found = asked("start_date=2026-11-22", NOW.astimezone(ZoneInfo("Asia/Jakarta")))
    assert isinstance(found, Filters) and found.start == datetime(2026, 11, 21, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "query",
    [
        "status=new", "start_date=kemarin", "start_date=2026-02-30", "end_date=2026-01-01T00:00:00",
        "end_date=0001-01-01",
        "start_date=2026-01-01T00:00:00Z&end_date=2026-04-02T00:00:00Z",
        "start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", "start_date=2026-01-01T00:00:00%2B99:00",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_refused(query: str) -> None:
    found = asked(query)
    assert isinstance(found, Refusal) and found.code == 400


@given(st.binary(max_size=300))
def test_no_bytes_raise(body: bytes) -> None:
    read(body)
    refusals(fields_of(body), ())
    filters(fields_of(b"start_date=" + body + b"&end_date=" + body + b"&status=" + body), NOW)


@given(st.integers(0, len(POSTED) - 1), st.binary(max_size=4))
def test_no_mutation_raises(at: int, put: bytes) -> None:
    read(POSTED[:at] + put + POSTED[at + 2 :])


@pytest.mark.parametrize("piece", [b"&", b"a=b&", b"%41", b"service_code=1,"])
def test_megabytes_are_read_in_linear_time(piece: bytes) -> None:
    body = piece * (3_000_000 // len(piece))
    began = time.process_time()
    read(body)
    filters(fields_of(body), NOW)
    assert time.process_time() - began < 2


# ---- answers --------------------------------------------------------------------------------------

SERVICES = (
    Service("001", "Jalan & lampu", "Lubang <dalam>", "jalan", ("lubang", "aspal")),
    Service(
        "DMV66", "Kendaraan",
        attributes=(
            Attribute("B", "Warna?", order=2),
            Attribute("A", "Merek?", "singlevaluelist", True, values=(Choice("123", "Ford"), Choice("124", "Esemka"))),
        ),
    ),
)  # fmt: skip
REQUEST = ServiceRequest(
    "K7QF-2M9X", "closed", "001", "Jalan", datetime(2026, 4, 14, 13, 37, 38, 5, tzinfo=ZoneInfo("Asia/Jakarta")), NOW,
    description="Lubang \x00\x0b\ud800 <b>&", address="Jl. Progo", latitude=-6.8898, longitude=109.6646,
    expected=datetime(2026, 5, 1, tzinfo=UTC),
)  # fmt: skip


def xml(body: bytes) -> ElementTree.Element:
    assert body.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n')
    return ElementTree.fromstring(body)


def test_services_in_both_formats() -> None:
    found = json.loads(open311_answers.services(SERVICES, "json"))
    assert found[0] == {
        "service_code": "001", "service_name": "Jalan & lampu", "description": "Lubang <dalam>", "metadata": False,
        "type": "realtime", "keywords": "lubang, aspal", "group": "jalan",
    }  # fmt: skip
    assert found[1]["metadata"] is True
    root = xml(open311_answers.services(SERVICES, "xml"))
    assert (root.tag, [each.tag for each in root]) == ("services", ["service", "service"])
    assert (root[0].findtext("description"), root[0].findtext("metadata")) == ("Lubang <dalam>", "false")


def test_a_definition_in_both_formats() -> None:
    found = json.loads(open311_answers.definition(SERVICES[1], "json"))
    assert [each["code"] for each in found["attributes"]] == ["A", "B"]
    assert found["attributes"][0]["values"] == [{"key": "123", "name": "Ford"}, {"key": "124", "name": "Esemka"}]
    root = xml(open311_answers.definition(SERVICES[1], "xml"))
    assert root.tag == "service_definition"
    assert [each.text for each in root.iterfind("attributes/attribute/values/value/name")] == ["Ford", "Esemka"]
    assert root.findtext("attributes/attribute/required") == "true"


def test_what_was_created_in_both_formats() -> None:
    assert json.loads(open311_answers.created("K7QF-2M9X", "json", "Terima kasih")) == [
        {"service_request_id": "K7QF-2M9X", "service_notice": "Terima kasih", "account_id": None}
    ]
    root = xml(open311_answers.created("77", "xml", token=True))
    assert (root.tag, root[0].tag, root[0].findtext("token")) == ("service_requests", "request", "77")
    assert root[0].find("service_request_id") is None
    assert json.loads(open311_answers.of_token("K7QF-2M9X", "77", "json")) == [
        {"service_request_id": "K7QF-2M9X", "token": "77"}
    ]


def test_requests_in_both_formats() -> None:
    (found,) = json.loads(open311_answers.requests([REQUEST], "json"))
    assert found == {
        "service_request_id": "K7QF-2M9X", "status": "closed", "status_notes": None, "service_name": "Jalan",
        "service_code": "001", "description": "Lubang  <b>&", "agency_responsible": None, "service_notice": None,
        "requested_datetime": "2026-04-14T06:37:38Z", "updated_datetime": "2026-11-22T02:30:00Z",
        "expected_datetime": "2026-05-01T00:00:00Z", "address": "Jl. Progo", "address_id": None, "zipcode": None,
        "lat": -6.8898, "long": 109.6646, "media_url": None,
    }  # fmt: skip
    root = xml(open311_answers.requests([REQUEST], "xml"))
    assert [each.tag for each in root[0]] == list(found)
    assert (root[0].findtext("description"), root[0].findtext("lat")) == ("Lubang  <b>&", "-6.8898")


def test_nothing_found_is_an_empty_list() -> None:
    assert json.loads(open311_answers.requests([], "json")) == []
    assert len(xml(open311_answers.requests([], "xml"))) == 0


def test_errors_in_both_formats() -> None:
    wrong = [Refusal(404, "tidak dikenal", "was not found")]
    assert json.loads(open311_answers.errors(wrong, "json")) == [
        {"code": 404, "description": "tidak dikenal / was not found"}
    ]
    root = xml(open311_answers.errors(wrong, "xml"))
    assert (root.tag, root[0].tag, root[0].findtext("code")) == ("errors", "error", "404")


@given(st.text(st.characters(exclude_categories=[])), st.sampled_from(["json", "xml"]))
def test_no_text_breaks_an_answer(text: str, form: Format) -> None:
    body = open311_answers.requests([ServiceRequest("1", "open", "1", text, NOW, NOW, text)], form)
    if form == "json":
        assert json.loads(body)[0]["service_code"] == "1"
    else:
        assert xml(body)[0].findtext("service_code") == "1"

import json
import re
import time
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.cases.values import CaseClass
from lppl.intake import app_json
from lppl.intake.values import Enclosure, Intake, Kind, Parsed, Place, Sender, Source, Visibility
from tests.lppl.intake.parsed_checks import NOW, raw, sound

GUIDE = Path("docs/contoh/json-aplikasi.md").read_text()
SAMPLE: dict[str, Any] = json.loads(GUIDE.partition("```json\n")[2].partition("```")[0])


def read(value: object) -> Parsed:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return sound(app_json.parse(raw(Source.APP, body, "application/json")))


def one(**changed: object) -> Intake:
    parsed = read(SAMPLE | changed)
    assert len(parsed.intakes) == 1 and not parsed.unread
    return parsed.intakes[0]


def test_the_guides_example_is_read_whole() -> None:
    assert one() == Intake(
        Source.APP, "knok-2026-004211", datetime(2026, 11, 22, 2, 5, tzinfo=UTC),
        "Lampu jalan di depan SD Podosugih 01 mati sejak Kamis.",
        Sender("u-8831", "Siti Aminah", "+6281234567890", "siti@contoh.id", "Jl. Progo 12"), "Lampu jalan mati",
        Place("depan SD Podosugih 01", "Podosugih", -6.8898, 109.6646),
        (Enclosure(Kind.PICTURE, "", "https://berkas.contoh.id/a/4211.jpg", None, "lampu.jpg", "image/jpeg"),),
        Visibility.ANON, "tidak-berkadar-pengawasan", "Penerangan jalan", outside_ticket="KK-4211",
    )  # fmt: skip


def test_the_guides_signature_and_words_are_ours() -> None:
    signed = digest(b"rahasia-contoh", b'1795313100.{"id":"1","text":"Halo"}', sha256).hex()
    assert f"t=1795313100,v1={signed}" in GUIDE
    named = set(re.findall(r"`([a-z-]+)`", next(line for line in GUIDE.splitlines() if line.startswith("| `class`"))))
    assert named == {"class", *CaseClass}
    assert set(re.findall(r"`([a-z]+)`", next(x for x in GUIDE.splitlines() if x.startswith("| `visib")))) >= set(
        Visibility
    )


def test_several_messages_of_which_one_is_wrong() -> None:
    parsed = read({"messages": [SAMPLE, {"text": "tanpa id"}, SAMPLE | {"id": "2"}, 7]})
    assert [i.key for i in parsed.intakes] == ["knok-2026-004211", "2"]
    assert [u.where for u in parsed.unread] == ["messages[1]", "messages[3]"]


def test_an_empty_list_is_nobodys_word() -> None:
    assert read({"messages": []}) == Parsed(ignored=1)


def test_more_messages_than_are_taken_are_told() -> None:
    parsed = read({"messages": [{"id": n, "text": "a"} for n in range(app_json.MESSAGES_MOST + 1)]})
    assert len(parsed.intakes) == app_json.MESSAGES_MOST
    assert parsed.unread[0].reason == "too-large"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([SAMPLE], "damaged"),
        ({"messages": {}}, "damaged"),
        ({"id": "", "text": "a"}, "damaged"),
        ({"id": True, "text": "a"}, "damaged"),
        ({"id": "1", "text": " ", "files": [{"url": "ftp://x/y"}]}, "empty"),
        (b"{", "damaged"),
        (b"\xff", "encoding"),
        (b"[" * 100_000, "damaged"),
        (b'{"id": ' + b"9" * 5000 + b', "text": "a"}', "damaged"),
    ],
)
def test_what_is_required(value: object, reason: str) -> None:
    parsed = read(value)
    assert (parsed.intakes, parsed.unread[0].reason) == ((), reason)


@pytest.mark.parametrize(
    "said", [None, 5, "", "kemarin", "2026-11-22T09:05:00", "2126-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_a_time_that_cannot_be_is_when_it_was_received(said: object) -> None:
    assert one(said=said).said == NOW


@pytest.mark.parametrize(
    ("written", "meant"),
    [(None, Visibility.OPEN), ("", Visibility.OPEN), ("Terbuka", Visibility.OPEN), ("ANONIM ", Visibility.ANON),
     ("rahasia", Visibility.SECRET), ("private", Visibility.SECRET), (1, Visibility.SECRET), ([], Visibility.SECRET)],
)  # fmt: skip
def test_who_may_know(written: object, meant: Visibility) -> None:
    assert one(visibility=written).visibility is meant


@pytest.mark.parametrize("wrong", [{"latitude": 91}, {"longitude": None}, {"latitude": "x"}, {"latitude": True}])
def test_coordinates_are_both_or_none(wrong: dict[str, object]) -> None:
    found = one(place=SAMPLE["place"] | wrong).place
    assert (found.latitude, found.longitude, found.kelurahan) == (None, None, "Podosugih")


def test_a_coordinate_beyond_all_numbers_is_none() -> None:
    body = b'{"id": "1", "text": "a", "place": {"latitude": 1e400, "longitude": 1}}'
    assert read(body).intakes[0].place == Place()


@pytest.mark.parametrize("name", sorted(set(SAMPLE) - {"id", "text"}))
@pytest.mark.parametrize("wrong", [None, 7, [], {}, [{}], [None], "x", {"a": {"b": 1}}])
def test_what_is_not_required_may_be_wrong(name: str, wrong: object) -> None:
    assert one(**{name: wrong}).text == SAMPLE["text"]


@pytest.mark.parametrize(
    ("url", "name", "kind"),
    [
        ("https://a.id/x.OGG?y=1", "", Kind.SOUND),
        ("https://a.id/x", "klip.mp4", Kind.VIDEO),
        ("https://a.id/x.jpg#y", "", Kind.PICTURE),
        ("http://a.id/x", "", Kind.FILE),
    ],
)
def test_what_a_file_claims_to_be(url: str, name: str, kind: Kind) -> None:
    assert one(files=[{"url": url, "name": name}]).enclosures[0].kind is kind


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "javascript:1", "https://", "https:///x", "//a.id/x", "https://a b/", "https://[x"]
)
def test_only_web_addresses_are_taken(url: str) -> None:
    assert one(files=[{"url": url}]).enclosures == ()


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.sampled_from([*SAMPLE, *SAMPLE["place"]]), PLAIN)


@given(st.dictionaries(st.sampled_from([*SAMPLE, "messages"]), JSON), st.text(min_size=1))
def test_no_object_raises(fields: dict[str, object], key: str) -> None:
    read({"text": "a", "id": key} | fields)
    read({"messages": [fields, SAMPLE]})


@given(st.binary(max_size=300), st.integers(0, 2000))
def test_no_bytes_raise(put: bytes, at: int) -> None:
    read(put)
    body = json.dumps(SAMPLE).encode()
    read(body[: at % len(body)] + put + body[at % len(body) :])


def test_ten_megabytes_are_read_in_linear_time() -> None:
    began = time.process_time()
    read(
        json.dumps(
            SAMPLE | {"text": "a\u0301" * 1_000_000, "files": [{"url": "https://a.id/" + "x" * 5_000_000}] * 2}
        ).encode()
    )
    assert time.process_time() - began < 4

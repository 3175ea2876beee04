"""The public form without a script: what is kept, what is given back, and who may show or send it from elsewhere."""

import html
import io
import re
import secrets
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, FormData
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lppl.intake.channels import NothingToSet
from lppl.intake.codes import read_code
from lppl.intake.values import Source
from lppl.intake.web_form import CONTENT_TYPE, parse
from tests.lppl.intake.parsed_checks import raw
from tests.web.intake.door import Door, opened, statuses
from web.intake.form import PRIVATE
from web.intake.words import WORDS

ID, EN = WORDS["id"], WORDS["en"]
TYPED = {
    "kind": "aspiration", "text": "Jalan Merdeka berlubang\r\ndi depan pasar", "where": "Depan pasar <Medono>",
    "kelurahan": "Medono", "latitude": "-6.89", "longitude": "109.66", "name": "Siti & Aminah",
    "phone": "0812 3456 7890", "email": "Siti@Contoh.id", "visibility": "anonim", "website": "",
}  # fmt: skip
HIDDEN = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cache-Control")


def form(files: dict[str, bytes] | None = None, **changed: str) -> FormData:
    """Return the form as a browser sends it."""
    data = FormData(default_to_multipart=True)
    for name, value in (TYPED | {"token": secrets.token_urlsafe(24)} | changed).items():
        data.add_field(name, value)
    for name, content in (files or {}).items():
        data.add_field("files", io.BytesIO(content), filename=name, content_type="image/jpeg")
    return data


async def send(door: Door, data: Any, path: str = "/lapor", **headers: str) -> tuple[ClientResponse, str]:
    async with door.client.post(path, data=data, headers=headers, allow_redirects=False) as answer:
        return answer, html.unescape(await answer.text())


def hardened(answer: ClientResponse) -> None:
    """Assert that an answer is guarded as every public page is, and stays out of caches."""
    for name in HIDDEN:
        assert answer.headers[name] == PRIVATE[name], name
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def code_in(answer: ClientResponse) -> str:
    found = re.fullmatch(r"lapor/diterima\?kode=([0-9A-Z]{4}-[0-9A-Z]{4})(&darurat=1)?", answer.headers["Location"])
    assert found is not None
    return found[1]


# --- what is shown ---


@pytest.mark.parametrize(("path", "words"), [("/lapor", ID), ("/lapor?lang=en", EN)])
async def test_the_form_in_both_languages(door: Door, path: str, words: dict[str, str]) -> None:
    async with door.client.get(path) as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        hardened(answer)
        page = html.unescape(await answer.text())
    for key in ("report_title", "emergency_call", "text", "visibility", "privacy_text", "send"):
        assert words[key] in page
    assert 'method="post" enctype="multipart/form-data" action="lapor"' in page
    assert 'href="tel:112"' in page


async def test_every_form_has_a_token_of_its_own(door: Door) -> None:
    tokens = set()
    for _ in range(2):
        async with door.client.get("/lapor") as answer:
            tokens.add(re.findall(r'name="token" value="([\w-]{16,64})"', await answer.text())[0])
    assert len(tokens) == 2


@pytest.mark.parametrize("language", ["id", "en"])
async def test_the_page_with_the_code(door: Door, language: str) -> None:
    words = WORDS[language]
    async with door.client.get(f"/lapor/diterima?kode=k7qf2m9x&darurat=1&lang={language}") as answer:
        page = html.unescape(await answer.text())
        assert answer.status == 200
        hardened(answer)
    assert "K7QF-2M9X" in page and words["received_keep"] in page and words["emergency_heard"] in page
    async with door.client.get("/lapor/diterima?kode=K7QF-2M9X&darurat=ya") as answer:
        assert words["emergency_heard"] not in html.unescape(await answer.text())


@pytest.mark.parametrize("code", ["TELEPON 0811", "<script>alert(1)", "", "00000000", "K7QF-2M9XX"])
async def test_no_text_of_a_stranger_is_shown_as_a_code(door: Door, code: str) -> None:
    async with door.client.get("/lapor/diterima", params={"kode": code}) as answer:
        assert answer.status == 200
        assert ID["received_lead"] not in html.unescape(await answer.text())


# --- what is kept ---


async def test_a_report_is_kept_and_leads_to_its_code(door: Door) -> None:
    answer, _ = await send(door, form(token="t" * 24))
    assert answer.status == 303
    hardened(answer)
    code = code_in(answer)
    assert read_code(code) == code and await door.codes() == [code]
    ((source, content_type, body),) = await door.kept()
    assert (source, content_type) == ("web", CONTENT_TYPE)
    (intake,) = parse(raw(Source.WEB, body, CONTENT_TYPE)).intakes
    assert intake.text == "Jalan Merdeka berlubang\ndi depan pasar"
    assert (intake.key, intake.said, intake.wanted, intake.visibility.value) == (
        "t" * 24,
        door.at,
        "aspirasi",
        "anonim",
    )
    sender = intake.sender
    assert (sender.name, sender.phone, sender.email) == ("Siti & Aminah", "+6281234567890", "siti@contoh.id")
    assert (intake.place.text, intake.place.kelurahan) == ("Depan pasar <Medono>", "Medono")
    assert (intake.place.latitude, intake.place.longitude) == (-6.89, 109.66)
    async with door.client.get(f"/{answer.headers['Location']}") as shown:
        assert code in await shown.text()


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=klingon", "; charset=utf-16"])
async def test_a_form_without_files_as_old_browsers_send_it(door: Door, charset: str) -> None:
    body = b"text=Jalan+rusak+%E2%82%AC+%FF+parah&token=" + b"t" * 24 + b"&token=lain&visibility=&lain=%00"
    answer, _ = await send(door, body, **{"Content-Type": f"application/x-www-form-urlencoded{charset}"})
    assert answer.status == 303
    ((_, _, kept),) = await door.kept()
    (intake,) = parse(raw(Source.WEB, kept, CONTENT_TYPE)).intakes
    assert intake.text == "Jalan rusak \u20ac \ufffd parah"


async def test_two_files_are_kept_sealed_before_the_code_is_told(door: Door) -> None:
    photos = {"a.jpg": b"\xff\xd8satu" * 40_000, "b.jpg": b"dua"}
    answer, _ = await send(door, form(photos, text=""))
    assert answer.status == 303
    named, on_disk = await door.files()
    assert sorted(named.values()) == sorted(photos.values())
    assert on_disk == sorted(named)
    assert not any(b"satu" in path.read_bytes() for path in door.data.rglob("*.raw"))
    ((_, _, body),) = await door.kept()
    (intake,) = parse(raw(Source.WEB, body, CONTENT_TYPE)).intakes
    assert [(e.name, e.size, e.content_type) for e in intake.enclosures] == [
        ("a.jpg", 240_000, "image/jpeg"), ("b.jpg", 3, "image/jpeg"),
    ]  # fmt: skip
    assert {e.ref for e in intake.enclosures} == set(named)


async def test_sent_twice_it_is_one_report_with_one_code_and_no_file_too_much(door: Door) -> None:
    answers = [(await send(door, form({"a.jpg": b"foto"}, token="t" * 24)))[0] for _ in range(2)]
    assert len({code_in(answer) for answer in answers}) == 1
    named, on_disk = await door.files()
    assert len(await door.kept()) == 1
    assert on_disk == list(named) and len(named) == 1


@pytest.mark.parametrize(
    ("text", "urgent"),
    [("Tolong! Rumah tetangga kebakaran sekarang", True), ("Mohon lampu taman diperbaiki", False)],
)
async def test_an_emergency_is_told_of_112(door: Door, text: str, urgent: bool) -> None:
    answer, _ = await send(door, form(text=text))
    assert answer.headers["Location"].endswith("&darurat=1") is urgent


async def test_a_program_that_fills_in_everything_is_thanked_for_nothing(door: Door) -> None:
    answer, _ = await send(door, form({"a.jpg": b"foto"}, website="http://contoh"))
    assert (answer.status, answer.headers["Location"]) == (303, "lapor/diterima")
    hardened(answer)
    assert (await door.kept(), await door.files()) == ([], ({}, []))


# --- what is given back ---


def given_back(page: str) -> None:
    """Assert that all that was typed stands in the page."""
    for value in ("di depan pasar</textarea>", 'value="Depan pasar <Medono>"', 'value="Siti & Aminah"'):
        assert value in page
    assert re.search(r'value="anonim"\s+checked', page)
    assert re.search(r'value="aspiration"\s+checked', page)


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"phone": "nomor saya"}, "wrong_phone"),
        ({"email": "siti@contoh"}, "wrong_email"),
        ({"token": "x"}, "forged"),
        ({"token": "<script>alert(1)</script>"}, "forged"),
    ],
)
@pytest.mark.parametrize("language", ["id", "en"])
async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    door: Door, changed: dict[str, str], key: str, language: str
) -> None:
    answer, page = await send(door, form({"a.jpg": b"foto"}, **changed), f"/lapor?lang={language}")
    assert answer.status == 422
    hardened(answer)
    given_back(page)
    assert WORDS[language][key] in page and WORDS[language]["files_again"] in page
    assert "<script>alert" not in page
    assert (await door.kept(), await door.files()) == ([], ({}, []))


@pytest.mark.parametrize(("text", "key"), [("", "wrong_text"), ("pendek", "wrong_text"), ("a" * 5_001, "wrong_long")])
async def test_text_that_is_missing_or_too_long(door: Door, text: str, key: str) -> None:
    answer, page = await send(door, form(text=text))
    assert answer.status == 422
    assert ID[key] in page and (not text or f">{text}</textarea>" in page)
    assert await door.kept() == []


async def test_a_file_without_a_byte_says_nothing(door: Door) -> None:
    answer, page = await send(door, form({"a.jpg": b""}, text=""))
    assert answer.status == 422 and ID["wrong_text"] in page
    assert await door.files() == ({}, [])


async def test_more_files_than_are_taken(door: Door) -> None:
    photos = {f"{n}.jpg": b"foto" for n in range(6)}
    answer, page = await send(door, form(photos))
    assert answer.status == 422
    assert ID["too_many_files"] in page
    given_back(page)
    assert (await door.kept(), await door.files()) == ([], ({}, []))


@pytest.mark.parametrize("text", [TYPED["text"], ""])
async def test_a_file_that_is_too_large(tmp_path: Path, empty_records: Path, text: str) -> None:
    async with opened(tmp_path, empty_records, largest=1_000) as door:
        answer, page = await send(door, form({"a.jpg": b"x" * 1_001, "b.jpg": b"x"}, text=text))
        assert answer.status == 422
        assert ID["too_large"] in page and ID["wrong_text"] not in page
        assert (await door.kept(), await door.files()) == ([], ({}, []))
        answer, _ = await send(door, form({"a.jpg": b"x" * 1_000}, text=text))
        assert answer.status == 303


async def test_more_reports_than_a_household_sends(door: Door) -> None:
    for _ in range(8):
        assert (await send(door, form()))[0].status == 303
    answer, page = await send(door, form())
    assert answer.status == 429
    hardened(answer)
    assert ID["too_often"].format(minutes=10) in page
    assert len(await door.kept()) == 8
    door.seconds = 601.0
    assert (await send(door, form()))[0].status == 303


async def test_a_form_that_is_closed(door: Door) -> None:
    await door.reception.channels.keep(Source.WEB, False, NothingToSet())
    answer, page = await send(door, form({"a.jpg": b"foto"}))
    assert answer.status == 503
    assert ID["closed"] in page
    given_back(page)
    assert (await door.kept(), await door.files()) == ([], ({}, []))


@pytest.mark.parametrize("how", ["all", "arrivals"])
@pytest.mark.parametrize("language", ["id", "en"])
async def test_while_nothing_can_be_kept_what_was_typed_comes_back(door: Door, how: str, language: str) -> None:
    await (door.lose_database() if how == "all" else door.refuse_arrivals())
    answer, page = await send(door, form({"a.jpg": b"foto"}), f"/lapor?lang={language}")
    assert answer.status == 503
    hardened(answer)
    given_back(page)
    assert WORDS[language]["away"] in page and WORDS[language]["files_again"] in page
    assert not list(door.data.glob("enclosures/??/*"))
    assert await statuses(door, 1, "GET", "/lapor") == [200]


@pytest.mark.parametrize("text", [TYPED["text"], ""])
async def test_before_the_records_are_found(tmp_path: Path, empty_records: Path, text: str) -> None:
    async with opened(tmp_path, empty_records, ready=False) as door:
        assert await statuses(door, 1, "GET", "/lapor") == [200]
        answer, page = await send(door, form({"a.jpg": b"foto"}, text=text))
        assert answer.status == 503
        assert ID["away"] in page and ID["files_again"] in page


async def test_while_the_disk_takes_no_file_what_was_typed_comes_back(door: Door) -> None:
    (door.data / "enclosures").write_bytes(b"not a folder")
    answer, page = await send(door, form({"a.jpg": b"foto"}))
    assert answer.status == 503
    given_back(page)
    assert ID["away"] in page and ID["files_again"] in page
    assert await door.kept() == []


# --- who sends, and how ---


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-origin", 303), ("none", 303)])
async def test_no_other_site_sends_it(door: Door, site: str, status: int) -> None:
    answer, _ = await send(door, form(), **{"Sec-Fetch-Site": site})
    assert answer.status == status
    hardened(answer)
    assert len(await door.kept()) == (status == 303)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json", "multipart/form-dataset", "multipart/mixed"]
)
async def test_what_is_no_form_is_refused(door: Door, content_type: str) -> None:
    answer, _ = await send(door, b"{}", **{"Content-Type": f"{content_type}; boundary=b"})
    assert answer.status == 415
    hardened(answer)


MULTIPART = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nJalan rusak parah\r\n'
FILE = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nfoto\r\n'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"rubbish", MULTIPART),
        (b"", MULTIPART),
        (PART + FILE, MULTIPART),  # it ends before its end
        (FILE + b"--b\r\nno header\r\n\r\n", MULTIPART),
        (FILE + b"--b\r\n" + b"a: b\r\n" * 500 + b"\r\n", MULTIPART),
        (FILE + b"--b\r\nContent-Type: multipart/mixed\r\n\r\nx\r\n--b--\r\n", MULTIPART),
        (FILE + b"--bb\r\n", MULTIPART),
        (PART, "multipart/form-data"),
        (PART, f"multipart/form-data; boundary={'b' * 71}"),
    ],
)
async def test_a_damaged_body_is_refused_and_leaves_nothing(door: Door, body: bytes, content_type: str) -> None:
    answer, _ = await send(door, body, **{"Content-Type": content_type})
    assert answer.status == 400
    hardened(answer)
    assert (await door.kept(), await door.files()) == ([], ({}, []))


@pytest.mark.parametrize("content_type", [MULTIPART, "application/x-www-form-urlencoded"])
async def test_a_body_that_is_not_packed_as_it_says(door: Door, content_type: str) -> None:
    answer, _ = await send(door, PART + b"--b--", **{"Content-Type": content_type, "Content-Encoding": "gzip"})
    assert answer.status == 400
    hardened(answer)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from([PART, FILE, b"--b\r\n", b"--b--", b"\r\n", b"Content-Length: 1\r\n", b"\r\n\r\n", b"--"])
        | st.binary(max_size=12),
        max_size=8,
    )
)
async def test_no_body_makes_it_fail(door: Door, pieces: list[bytes]) -> None:
    door.seconds += 1_000
    answer, _ = await send(door, b"".join(pieces), **{"Content-Type": MULTIPART})
    assert answer.status in (400, 422)  # a token is never among them
    assert await door.files() == ({}, [])


@pytest.mark.parametrize("multipart", [False, True])
async def test_a_field_beyond_all_measure(door: Door, multipart: bool) -> None:
    field = "a" * (40_001 if multipart else 200_001)
    answer, _ = await send(door, form(text=field) if multipart else {"text": field})
    assert answer.status == 413
    hardened(answer)
    assert await door.kept() == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "/lapor", 200), ("HEAD", "/lapor/diterima", 200), ("OPTIONS", "/lapor", 405), ("PUT", "/lapor", 405),
        ("POST", "/lapor/diterima", 405), ("GET", "/lapor/lain", 404), ("GET", "/lapor/", 404),
    ],
)  # fmt: skip
async def test_methods_and_addresses(door: Door, method: str, path: str, status: int) -> None:
    async with door.client.request(method, path) as answer:
        assert answer.status == status
        if status == 405:
            assert set(answer.headers["Allow"].split(",")) >= {"GET"}
        else:
            assert answer.headers["Content-Security-Policy"] == PRIVATE["Content-Security-Policy"]
        if method == "HEAD":
            assert await answer.read() == b""

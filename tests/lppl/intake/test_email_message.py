import base64
import time
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lppl.intake import email_message
from lppl.intake.values import Enclosure, Intake, Kind, Parsed, Sender, Source
from tests.lppl.intake.parsed_checks import NOW, raw, sound

PLAIN = (
    b"Return-Path: <siti@contoh.id>\r\n"
    b"Message-ID: <CAF+abc=1@mail.gmail.com>\r\n"
    b"Date: Sun, 22 Nov 2026 09:05:00 +0700\r\n"
    b"From: =?UTF-8?Q?Siti_Am=C4=ABnah?= <Siti@Contoh.ID>\r\n"
    b"To: aduan@contoh.go.id\r\n"
    b"Subject: Re: =?utf-8?b?TGFtcHUgamFsYW4gbWF0aQ==?=\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=UTF-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\n"
    b"Lampu di Jl. Progo mati \xe2\x80\x94 gelap.\r\n"
)


def read(body: bytes) -> Parsed:
    return sound(email_message.parse(raw(Source.EMAIL, body, "message/rfc822")))


def one(body: bytes) -> Intake:
    parsed = read(body)
    assert len(parsed.intakes) == 1
    return parsed.intakes[0]


def with_header(name: str, value: str, body: bytes = PLAIN) -> bytes:
    return f"{name}: {value}\r\n".encode("utf-8", "surrogateescape") + body


def without_header(name: str) -> bytes:
    return b"\r\n".join(line for line in PLAIN.split(b"\r\n") if not line.startswith(name.encode() + b":"))


def mixed(*files: tuple[bytes, str, str], text: str = "Terlampir.") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "a@b.id", "Foto", "<1@b.id>"
    mail.set_content(text)
    for data, content_type, name in files:
        main, _, sub = content_type.partition("/")
        mail.add_attachment(data, main, sub, filename=name)
    return mail.as_bytes()


def test_a_mail_becomes_a_word() -> None:
    assert one(PLAIN) == Intake(
        Source.EMAIL, "CAF+abc=1@mail.gmail.com", datetime(2026, 11, 22, 2, 5, tzinfo=UTC),
        "Lampu di Jl. Progo mati — gelap.", sender=Sender(name="Siti Amīnah", email="siti@contoh.id"),
        title="Lampu jalan mati",
    )  # fmt: skip


def test_html_is_read_where_there_is_no_plain_text() -> None:
    html = "<style>p{color:red}</style><p>Jalan &amp; lampu<br>rusak</p><script>alert('x')</script>"
    mail = EmailMessage()
    mail["From"] = "a@b.id"
    mail.set_content(" \n")
    mail.add_alternative(html, subtype="html")
    assert one(mail.as_bytes()).text == "Jalan & lampu\nrusak"
    mail = EmailMessage()
    mail["From"] = "a@b.id"
    mail.set_content("Yang biasa")
    mail.add_alternative(html, subtype="html")
    found = one(mail.as_bytes())
    assert (found.text, found.enclosures) == ("Yang biasa", ())


def test_only_what_is_new_is_the_word() -> None:
    quoted = "Sudah lebih baik.\r\n\r\nPada tanggal Sab, 21 Nov 2026 pukul 08.00 Aduan <aduan@contoh.go.id>\r\nmenulis:"
    body = PLAIN.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + quoted.encode() + b"\r\n\r\n> Apa sudah menyala?\r\n"
    assert one(body).text == "Sudah lebih baik."


def test_files_come_with_it() -> None:
    found = one(mixed((b"\xff\xd8\xff", "image/jpeg", "../lampu\u200e.jpg"), (b"%PDF", "application/pdf", "surat.pdf")))
    assert found.enclosures == (
        Enclosure(Kind.PICTURE, data=b"\xff\xd8\xff", name="lampu\u200e.jpg", content_type="image/jpeg", size=3),
        Enclosure(Kind.FILE, data=b"%PDF", name="surat.pdf", content_type="application/pdf", size=4),
    )
    assert found.text == "Terlampir."


def test_a_picture_inside_the_text_and_winmail_are_files_too() -> None:
    mail = EmailMessage()
    mail["From"] = "a@b.id"
    mail.set_content("<p>Lihat <img src='cid:1'></p>", subtype="html")
    mail.add_related(b"GIF89a", "image", "gif", cid="<1>")
    mail.add_attachment(b"\x78\x9f\x3e\x22", "application", "ms-tnef", filename="winmail.dat")
    found = one(mail.as_bytes())
    assert [(e.kind, e.content_type, e.name) for e in found.enclosures] == [
        (Kind.PICTURE, "image/gif", ""), (Kind.FILE, "application/ms-tnef", "winmail.dat")
    ]  # fmt: skip


def test_a_mail_within_the_mail_is_one_file() -> None:
    outer = EmailMessage()
    outer["From"] = "a@b.id"
    outer.set_content("Saya teruskan.")
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "c@d.id", "dalam"
    inner.set_content("isi dalam")
    outer.add_attachment(inner)
    found = one(outer.as_bytes())
    assert found.text == "Saya teruskan."
    assert [(e.content_type, e.name) for e in found.enclosures] == [("message/rfc822", "pesan.eml")]
    assert b"isi dalam" in (found.enclosures[0].data or b"")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated; x=y"),
        ("Precedence", "bulk"),
        ("List-Id", "<warta.contoh.id>"),
        ("X-Failed-Recipients", "x@y.id"),
    ],
)
def test_what_no_person_sent_is_ignored(name: str, value: str) -> None:
    assert read(with_header(name, value)) == Parsed(ignored=1)


def test_notices_of_failure_are_ignored() -> None:
    assert read(PLAIN.replace(b"Return-Path: <siti@contoh.id>", b"Return-Path: <>")).ignored == 1
    assert read(PLAIN.replace(b"<Siti@Contoh.ID>", b"<MAILER-DAEMON@contoh.id>")).ignored == 1
    report = PLAIN.replace(b"text/plain; charset=UTF-8", b"multipart/report; boundary=x")
    assert read(report).ignored == 1


def test_a_person_may_say_so_themselves() -> None:
    assert one(with_header("Auto-Submitted", "no")).text


def test_keys_and_answers() -> None:
    assert one(with_header("In-Reply-To", "<kode@contoh.go.id>")).answers == "kode@contoh.go.id"
    assert one(with_header("References", "<a@x> <kode@contoh.go.id>")).answers == "kode@contoh.go.id"
    assert one(with_header("In-Reply-To", "tidak ada")).answers == "tidak ada"
    bare = one(without_header("Message-ID"))
    assert len(bare.key) == 64 and bare.key == one(without_header("Message-ID")).key
    # Exchange writes ids over which the library's own header parser raises IndexError
    odd = without_header("Message-ID")
    assert one(with_header("Message-ID", "<[b378dfc50603@microsoft.com]>", odd)).key == "[b378dfc50603@microsoft.com]"


@pytest.mark.parametrize(
    "date",
    ["", "kemarin", "Sun, 22 Nov 2096 09:05:00 +0700", "Tue, 1 Jan 1901 00:00:00 +0000", "Sun, 99 Foo 2026", "1 2 3 4"],
)
def test_a_date_that_cannot_be_is_when_it_was_received(date: str) -> None:
    body = without_header("Date") if not date else with_header("Date", date, without_header("Date"))
    assert one(body).said == NOW


@pytest.mark.parametrize(
    ("header", "name", "email"),
    [
        ('"Aminah, Siti" <s@x.id>', "Aminah, Siti", "s@x.id"),
        ("s@x.id", "", "s@x.id"),
        ("<s@x.id>", "", "s@x.id"),
        ("s@x.id <S@X.ID>", "", "s@x.id"),
        ("Budi [s@x.id", "", "s@x.id"),
        ("Warga", "", ""),
        ("=?utf-8?q?Bud=69?= <b@x.id>", "Budi", "b@x.id"),
        ("=?x-unknown?q?Bud=69?= <b@x.id>", "Budi", "b@x.id"),
        ("Ibu Café <b@x.id>", "Ibu Café", "b@x.id"),
    ],
)
def test_senders(header: str, name: str, email: str) -> None:
    found = one(with_header("From", header, without_header("From"))).sender
    assert (found.email, found.name if name else "") == (email, name)


@pytest.mark.parametrize(
    ("charset", "encoded"),
    [
        ("iso-8859-1", "Café".encode("latin-1")),
        ("windows-1252", "Café".encode("cp1252")),
        ("tidak-ada", "Café".encode()),
        ("utf-8", "Café".encode("latin-1")),
        ("punycode", "Café".encode()),
        ("a\x01b", "Café".encode()),
        ('"utf-8"', "Café".encode()),
    ],
)
def test_charsets(charset: str, encoded: bytes) -> None:
    head = PLAIN.partition(b"\r\n\r\n")[0].replace(b"charset=UTF-8", b"charset=" + charset.encode())
    assert one(head + b"\r\n\r\n" + encoded).text == "Café"


def test_too_many_files_are_told_and_the_others_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = read(mixed(*((b"x", "image/png", f"{n}.png") for n in range(23))))
    assert len(parsed.intakes[0].enclosures) == email_message.FILES_MOST
    assert [u.reason for u in parsed.unread] == ["too-large"] * 3


def test_files_that_are_too_large_together_are_told() -> None:
    large = email_message.FILES_TOTAL - 1000
    parsed = read(
        mixed((b"a" * 2000, "image/png", "a.png"), (bytes(large), "video/mp4", "b.mp4"), (b"c", "image/png", "c.png"))
    )
    assert [e.name for e in parsed.intakes[0].enclosures] == ["a.png", "c.png"]
    assert "b.mp4" in parsed.unread[0].indonesian


def test_a_file_alone_is_a_word_and_a_subject_alone_too() -> None:
    found = one(mixed((b"OggS", "audio/ogg", "aduan.ogg"), text=""))
    assert (found.text, found.enclosures[0].kind) == ("", Kind.SOUND)
    assert one(PLAIN.partition(b"\r\n\r\n")[0] + b"\r\n\r\n").text == "Lampu jalan mati"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "damaged"),
        (b"\x00\xff" * 500, "damaged"),
        (b"From: a@b.id\r\n\r\n \r\n", "empty"),
        (b"From: a@b.id\n" + b"\n" * 2_000_000, "too-large"),
        (b"From: a@b.id\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n" * 5000, "too-large"),
        (b"From: a@b.id\n" + b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 100, "too-large"),
    ],
)
def test_what_cannot_be_read_is_told(body: bytes, reason: str) -> None:
    assert read(body).unread[0].reason == reason


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: text/plain; name*",
        "Content-Type: text/plain; charset*=a''b",
        "Content-Type: multipart/mixed",
        "Content-Type: multipart/mixed; boundary=",
        "Content-Disposition: attachment; filename*0*=x''%FF; filename*1=b",
        "Content-Transfer-Encoding: x-uuencode",
        "Content-Transfer-Encoding: base64",
        "To: (c):",
        "Cc: (x): a@b.com;",
        "Subject: =?utf-8?b?=?=",
        "Subject: =?utf-8?b?A?= =?\udcff?q?x?=",
        "From: " + "(" * 3000,
        "From: " + ",<" * 100_000,
        "Subject: " + "=?utf-8?q?a?= " * 100_000,
        "Date: Sun, 22 Nov 2026 09:05:00 +99999999",
    ],
)
def test_headers_over_which_others_fall(header: str) -> None:
    name = header.partition(":")[0]
    body = with_header(name, header.partition(": ")[2], without_header(name))
    began = time.process_time()
    assert read(body).intakes
    assert time.process_time() - began < 1


@given(st.binary(max_size=600))
def test_no_bytes_raise(body: bytes) -> None:
    read(body)
    read(PLAIN.partition(b"\r\n\r\n")[0] + b"\r\n" + body)


SAMPLES = (PLAIN, mixed((b"\xff\xd8\xff", "image/jpeg", "lampu.jpg"), text="Ini ≠ itu"))


@settings(max_examples=150)
@given(
    st.sampled_from(SAMPLES),
    st.integers(0, 10_000),
    st.integers(0, 40),
    st.binary(max_size=8) | st.sampled_from([b"=?utf-8?b?", b";", b'"', b"\r\n", b"\r\n\r\n", b"*0*=", b"<", b"--"]),
)
def test_no_mutation_raises(sample: bytes, at: int, cut: int, put: bytes) -> None:
    at %= len(sample)
    read(sample[:at] + put + sample[at + cut :])


@pytest.mark.parametrize(
    "body",
    [
        PLAIN + b"a" * 10_000_000,
        PLAIN.replace(b"plain", b"html") + b"<a " * 3_000_000,
        PLAIN.replace(b"plain", b"html") + b"<!--" * 2_500_000,
        PLAIN + b"> a\n" * 300_000,
        PLAIN.replace(b"Encoding: 8bit", b"Encoding: base64") + base64.b64encode(bytes(7_000_000)),
        b"From: a@b.id\nContent-Type: message/delivery-status\n" + b"\nA: b\n" * 150_000,
        b"From: a@b.id\n" + b"Content-Type: message/rfc822\n\n" * 100_000,
        b"Subject: " + b"\n a" * 300_000,
        bytes(range(256)) * 40_000,
    ],
    ids=["line", "tags", "comments", "quotes", "base64", "status", "nested", "folded", "noise"],
)  # fmt: skip
def test_ten_megabytes_are_read_in_linear_time(body: bytes) -> None:
    began = time.process_time()
    read(body)
    assert time.process_time() - began < 4

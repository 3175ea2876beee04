"""Logging in, second factors, one-time links, sessions, and who is kept out."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from yarl import URL

from lppl.accounts import SESSION_IDLE, SESSION_LONGEST, Role
from lppl.desk.people import FactorThere
from lppl.limits import household
from lppl.passwords import PasswordRefused, check_password
from tests.web.staff.conftest import COMMAND, PASSWORD, Site, Visitor
from web.staff.login import target
from web.staff.security import PLAIN_COOKIE

BROWSER = {"Sec-Fetch-Site": "same-origin"}


async def first(site: Site) -> Visitor:
    """Make the first administrator by the link, as a browser does."""
    secret = await site.office.people.first_link(site.clock.at)
    stranger = site.stranger()
    form = {"login": "sari", "name": "Sari Wulandari", "password": PASSWORD}
    answer = await stranger.post(f"/kerja/tautan/{secret}", data=form)
    assert answer.status == 303 and answer.headers["Location"].endswith("kerja/mulai")
    cookie = answer.cookies[PLAIN_COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
    return Visitor(site.client, cookie.value, None)


async def test_first_administrator_by_a_link_that_works_once(site: Site) -> None:
    secret = await site.office.people.first_link(site.clock.at)
    admin = await first(site)
    assert (await admin.get("/kerja/kode")).status == 303, "inside"
    again = await site.stranger().get(f"/kerja/tautan/{secret}")
    assert again.status == 409 and "sudah dipakai" in await again.text()
    assert await site.office.people.first_link(site.clock.at) is None, "there is an administrator"


async def test_what_was_typed_stays_and_what_is_wrong_is_said_at_the_field(site: Site) -> None:
    secret = await site.office.people.first_link(site.clock.at)
    form = {"login": "Sari W", "name": "<b>Sari</b>", "password": PASSWORD}
    answer = await site.stranger().post(f"/kerja/tautan/{secret}", data=form)
    text = await answer.text()
    assert answer.status == 422
    assert 'value="Sari W"' in text and "&lt;b&gt;Sari&lt;/b&gt;" in text and "<b>Sari" not in text
    assert 'id="login-help">hanya boleh berisi huruf kecil, angka dan . _ -, paling panjang 64' in text


async def test_login_and_out(site: Site) -> None:
    await first(site)
    stranger = site.stranger()
    wrong = await stranger.post("/kerja/masuk", data={"login": "sari", "password": "bukan ini sama sekali"})
    assert wrong.status == 403 and 'value="sari"' in await wrong.text() and not wrong.cookies
    unknown = await stranger.post("/kerja/masuk", data={"login": "budi", "password": PASSWORD})
    assert unknown.status == 403
    right = await stranger.post("/kerja/masuk?ke=%2Fkerja%2Fakun", data={"login": " Sari ", "password": PASSWORD})
    assert right.status == 303 and right.headers["Location"] == "../kerja/akun"
    inside = Visitor(site.client, right.cookies[PLAIN_COOKIE].value, None)
    assert (await inside.get("/kerja")).headers["Location"] == "./kerja/dasbor"
    assert (await inside.post("/kerja/keluar")).status == 303
    assert "masuk" in (await inside.get("/kerja")).headers["Location"]
    acted = [e.action for e in await site.office.audit.page()]
    assert acted == ["login", "login.refused", "login.refused", "login", "account.first"]


async def test_guessing_is_slowed_down(site: Site) -> None:
    await first(site)
    stranger = site.stranger()
    answers = [await stranger.post("/kerja/masuk", data={"login": "sari", "password": f"salah{n}"}) for n in range(7)]
    assert [a.status for a in answers] == [403] * 6 + [429]
    assert "menit lagi" in await answers[-1].text()
    right = await stranger.post("/kerja/masuk", data={"login": "sari", "password": PASSWORD})
    assert right.status == 429, "the right one is not looked at either"


async def test_a_session_ends(site: Site) -> None:
    admin = await first(site)
    began = site.clock.at
    site.clock.at = began + SESSION_IDLE - timedelta(minutes=1)
    assert (await admin.get("/kerja/kode")).status == 303
    site.clock.at += SESSION_IDLE - timedelta(minutes=1)
    assert (await admin.get("/kerja/kode")).status == 303, "it was used in between"
    site.clock.at = began + SESSION_LONGEST + timedelta(minutes=1)
    assert "masuk" in (await admin.get("/kerja/kode")).headers["Location"]


async def test_second_factor(site: Site) -> None:
    await first(site)
    people = site.office.people
    found = await people.store.credentials("sari")
    assert found is not None
    (session,) = await people.store.sessions_of(found.account.id)
    secret, uri = people.new_totp(found.account)
    assert uri.startswith("otpauth://totp/LPPL:sari?")
    code = pyotp.TOTP(secret).at(site.clock.at)
    await people.turn_totp_on(found.account, session, secret, code, "", site.clock.at)
    with pytest.raises(FactorThere):
        again = await people.store.account(found.account.id)
        assert again is not None
        await people.turn_totp_on(again, session, people.new_totp(again)[0], "0", "", site.clock.at)

    site.clock.at += timedelta(minutes=5)
    stranger = site.stranger()
    wish = "/kerja/rundown?kanal=tv&hari=2026-11-22"
    half = await stranger.post("/kerja/masuk", params={"ke": wish}, data={"login": "sari", "password": PASSWORD})
    assert half.headers["Location"].startswith("../kerja/kode")
    assert parse_qs(urlsplit(half.headers["Location"]).query) == {"ke": [wish]}
    inside = Visitor(site.client, half.cookies[PLAIN_COOKIE].value, None)
    assert "kode" in (await inside.get("/kerja")).headers["Location"], "the password alone opens nothing"
    assert (await inside.post("/kerja/kode", data={"code": "000000"})).status == 403
    now = pyotp.TOTP(secret).at(site.clock.at)
    whole = await inside.post("/kerja/kode", data={"code": f"{now[:3]} {now[3:]}"})
    assert whole.status == 303
    done = Visitor(site.client, whole.cookies[PLAIN_COOKIE].value, None)
    assert (await done.get("/kerja")).headers["Location"] == "./kerja/dasbor"
    assert "masuk" in (await inside.get("/kerja")).headers["Location"], "the half session is over"

    again = await stranger.post("/kerja/masuk", data={"login": "sari", "password": PASSWORD})
    twice = Visitor(site.client, again.cookies[PLAIN_COOKIE].value, None)
    assert (await twice.post("/kerja/kode", data={"code": now})).status == 403, "a code is good once"


async def test_a_password_is_set_by_link_and_ends_all_sessions(site: Site) -> None:
    await first(site)
    number, secret = await site.office.people.add("budi", "Budi", Role.OPERATOR, "", COMMAND, site.clock.at)
    stranger = site.stranger()
    assert (await stranger.post(f"/kerja/tautan/{secret}", data={"password": "pendek"})).status == 422
    assert (await stranger.post(f"/kerja/tautan/{secret}", data={"password": PASSWORD})).status == 303
    assert (await stranger.post(f"/kerja/tautan/{secret}", data={"password": PASSWORD})).status == 409
    budi = await site.logged_in(Role.OPERATOR, "budi")
    assert (await budi.get("/kerja/kode")).status == 303
    another = await site.office.people.password_link(number, COMMAND, site.clock.at)
    await stranger.post(f"/kerja/tautan/{another}", data={"password": PASSWORD + " lagi"})
    assert "masuk" in (await budi.get("/kerja/kode")).headers["Location"]


async def test_forms_from_elsewhere_are_refused(site: Site) -> None:
    admin = await first(site)
    login = {"login": "sari", "password": PASSWORD}
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert (await site.stranger().post("/kerja/masuk", data=login, headers=elsewhere)).status == 403
    bare = await site.client.post("/kerja/masuk", data=login)
    assert bare.status == 403, "no browser of today sends neither Sec-Fetch-Site nor Origin"
    origin = str(site.client.make_url("/")).rstrip("/")
    old = await site.client.post("/kerja/masuk", data=login, headers={"Origin": origin}, allow_redirects=False)
    assert old.status == 303
    assert (await admin.post("/kerja/keluar", headers={"X-CSRF-Token": "0"})).status == 403
    assert (await admin.post("/kerja/keluar", headers=elsewhere)).status == 403
    assert (await admin.get("/kerja/kode")).status == 303, "still logged in"


@pytest.mark.parametrize(
    ("said", "where"),
    [
        (None, "kerja"),
        ("/kerja/pola?minggu=2026-11-23", "kerja/pola?minggu=2026-11-23"),
        ("https://jahat.example/kerja/", "kerja"),
        ("//jahat.example/kerja/", "kerja"),
        ("/kerja/../../jahat", "kerja"),
        ("/kerja/\\jahat", "kerja"),
        ("/", "kerja"),
        ("//[", "kerja"),
        ("/kerja/\0", "kerja"),
    ],
)
def test_after_login_only_our_own_pages(said: str | None, where: str) -> None:
    assert target(said) == where
    assert not URL(where).is_absolute()


@pytest.mark.parametrize(
    "password",
    ["pendek", "passwordpassword", "passw0rdpassw0rd", "aaaaaaaaaaaaaaa", "Pekalongan123", "x" * 129],
)
def test_passwords_that_are_refused(password: str) -> None:
    with pytest.raises(PasswordRefused):
        check_password(password)
    check_password(PASSWORD)


@pytest.mark.parametrize("password", ["sariwulandari12", "sari-wulandari-12", "wulandari12345"])
def test_a_password_is_not_made_of_the_name(password: str) -> None:
    with pytest.raises(PasswordRefused):
        check_password(password, ("sari_w", "Sari Wulandari"))


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("", ""),
    ],
)
def test_tries_are_counted_by_household(address: str, whose: str) -> None:
    assert household(address) == whose


async def test_what_is_wrong_with_a_password_is_said_at_its_field(site: Site) -> None:
    admin = await first(site)
    for given, field in (
        ({"old": PASSWORD, "new": "pendek"}, "new"),
        ({"old": "bukan yang ini", "new": PASSWORD + " baru"}, "old"),
    ):
        answer = await admin.post("/api/v1/me/password", json=given)
        assert answer.status == 422
        (error,) = (await answer.json())["errors"]
        assert error["field"] == field and error["detail"] and error["english"]


async def test_what_is_typed_for_a_login_and_is_none_stays_out_of_the_audit_log(site: Site) -> None:
    await site.stranger().post("/kerja/masuk", data={"login": PASSWORD, "password": ""})
    (event,) = await site.office.audit.page()
    assert (event.action, event.actor, event.object) == ("login.refused", "?", "?")


async def test_the_audit_log_cannot_be_changed(site: Site) -> None:
    from sqlalchemy import delete, update
    from sqlalchemy.exc import SQLAlchemyError

    from lppl.tables import audit

    await site.office.audit.record(
        COMMAND, "uji", site.clock.at, after={"password": PASSWORD, "isi": [1, "http://x/?token=rahasia"]}
    )
    (event,) = await site.office.audit.page()
    assert event.after == {"password": "***", "isi": [1, "http://x/?token=***"]}
    for statement in (update(audit).values(actor="x"), delete(audit)):
        with pytest.raises(SQLAlchemyError, match="append-only"):
            async with site.office.library.engine.begin() as connection:
                await connection.execute(statement)

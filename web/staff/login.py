"""Logging in and out, the second factor, and what one-time links open."""

from urllib.parse import quote, urlsplit

from aiohttp import web
from pydantic import BaseModel, ValidationError

from lppl.accounts import SESSION_LONGEST, LinkPurpose, Login, PersonName
from lppl.desk.people import CodeRefused, LoginRefused, LoginTaken, TooManyTries
from lppl.errors import LpplError
from lppl.mistakes import said
from lppl.passwords import SHORTEST, PasswordRefused
from web.staff.layout import Layout, away
from web.staff.security import drop_session, set_session
from web.staff.visit import Need, Route, Visit, get, post

WORDS = {
    "login_title": ("Masuk ke Ruang Kerja", "Log in to the workspace"),
    "login_name": ("Nama masuk", "Login"),
    "password": ("Kata sandi", "Password"),
    "show_password": ("Tampilkan kata sandi", "Show the password"),
    "forgotten": (
        "Lupa kata sandi? Minta tautan baru kepada administrator.",
        "Forgotten? Ask an administrator for a new link.",
    ),
    "no_accounts": (
        "Belum ada akun. Buka tautan sekali pakai yang dicetak layanan ini ketika mulai, "
        "atau jalankan `lppl account link`.",
        "There is no account yet. Open the one-time link that the service printed when it began, "
        "or run `lppl account link`.",
    ),
    "code_title": ("Kode dari aplikasi autentikator", "Code from your authenticator app"),
    "code": ("Kode 6 angka", "Six-digit code"),
    "first_title": ("Buat administrator pertama", "Make the first administrator"),
    "first_help": (
        "Tautan ini hanya berlaku sekali. Akun ini dapat membuat akun petugas lain.",
        "This link works once. This account can make the others.",
    ),
    "your_name": ("Nama Anda", "Your name"),
    "login_help": ("Huruf kecil dan angka, contoh: sari", "Small letters and digits, such as: sari"),
    "password_help": (
        f"Paling sedikit {SHORTEST} huruf; kalimat pendek mudah diingat.",
        f"At least {SHORTEST} characters; a short sentence is easy to remember.",
    ),
    "set_title": ("Tentukan kata sandi", "Set your password"),
    "set_done": ("Kata sandi tersimpan. Silakan masuk.", "The password is set. Please log in."),
    "begin": ("Mulai", "Begin"),
}


class FirstForm(BaseModel):
    """Who becomes the first administrator."""

    login: Login
    name: PersonName
    password: str


class LoginPages:
    """The pages before one is in."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [
            get("/kerja/masuk", Need.NOTHING, self.form),
            post("/kerja/masuk", Need.NOTHING, self.log_in),
            get("/kerja/kode", Need.HALF, self.code_form),
            post("/kerja/kode", Need.HALF, self.give_code),
            post("/kerja/keluar", Need.HALF, self.log_out),
            get("/kerja/tautan/{secret}", Need.NOTHING, self.link),
            post("/kerja/tautan/{secret}", Need.NOTHING, self.use_link),
        ]

    async def form(self, visit: Visit, error: str = "", login: str = "", status: int = 200) -> web.StreamResponse:
        """Show the form; who is in already goes on."""
        if visit.account is not None and visit.session is not None and visit.session.whole and not error:
            return away(visit, target(visit.request.query.get("ke")))
        empty = not await visit.office.people.store.count_admins()
        return self._layout.page(
            visit, "staff/login.html", title="login_title", words=WORDS, status=status, error=error, login=login,
            empty=empty, done=visit.request.query.get("sandi") == "baru", ke=visit.request.query.get("ke", ""),
        )  # fmt: skip

    async def log_in(self, visit: Visit) -> web.StreamResponse:
        """Check login and password."""
        form = await visit.request.post()
        login, password = str(form.get("login", ""))[:200], str(form.get("password", ""))[:1000]
        agent = visit.request.headers.get("User-Agent", "")
        try:
            cookie, session = await visit.office.people.log_in(login, password, visit.address, agent, visit.now)
        except (LoginRefused, TooManyTries) as error:
            return await self.form(visit, _text(visit, error), login, 429 if isinstance(error, TooManyTries) else 403)
        ke = visit.request.query.get("ke", "")
        response = away(visit, target(ke) if session.whole else f"kerja/kode?ke={quote(ke, safe='')}")
        set_session(response, cookie, secure=visit.request.secure, life=SESSION_LONGEST)
        return response

    async def code_form(self, visit: Visit, error: str = "", status: int = 200) -> web.StreamResponse:
        """Ask for the second factor."""
        if visit.session is not None and visit.session.whole:
            return away(visit, "kerja")
        return self._layout.page(visit, "staff/code.html", title="code_title", words=WORDS, error=error, status=status)

    async def give_code(self, visit: Visit) -> web.StreamResponse:
        """Check the second factor."""
        form = await visit.request.post()
        assert visit.session is not None
        try:
            cookie, _ = await visit.office.people.give_code(
                visit.session, visit.me, str(form.get("code", ""))[:20], visit.now
            )
        except (CodeRefused, TooManyTries) as error:
            return await self.code_form(visit, _text(visit, error), 429 if isinstance(error, TooManyTries) else 403)
        response = away(visit, target(visit.request.query.get("ke")))
        set_session(response, cookie, secure=visit.request.secure, life=SESSION_LONGEST)
        return response

    async def log_out(self, visit: Visit) -> web.StreamResponse:
        """End the session."""
        if visit.session is not None:
            await visit.office.people.log_out(visit.session)
        response = away(visit, "kerja/masuk")
        drop_session(response, secure=visit.request.secure)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    # ---- one-time links ----

    async def link(
        self, visit: Visit, errors: dict[str, str] | None = None, kept: dict[str, str] | None = None, status: int = 200
    ) -> web.StreamResponse:
        """Show what a link is for."""
        found = await visit.office.people.link(visit.params["secret"], visit.now)
        first = found.purpose is LinkPurpose.FIRST
        account = None if found.account_id is None else await visit.office.people.store.account(found.account_id)
        return self._layout.page(
            visit, "staff/link.html", title="first_title" if first else "set_title", words=WORDS, first=first,
            owner=account, errors=errors or {}, kept=kept or {}, status=status,
        )  # fmt: skip

    async def use_link(self, visit: Visit) -> web.StreamResponse:
        """Do what a link is for."""
        people, secret = visit.office.people, visit.params["secret"]
        found = await people.link(secret, visit.now)
        form = {k: str(v)[:1000] for k, v in (await visit.request.post()).items()}
        kept = {k: form.get(k, "") for k in ("login", "name")}
        if found.purpose is LinkPurpose.PASSWORD:
            try:
                await people.set_password(secret, form.get("password", ""), visit.address, visit.now)
            except PasswordRefused as error:
                return await self.link(visit, {"password": _text(visit, error)}, kept, 422)
            return away(visit, "kerja/masuk?sandi=baru")
        try:
            wanted = FirstForm.model_validate({k: form.get(k, "") for k in FirstForm.model_fields})
            cookie, _ = await people.first_administrator(
                secret, wanted.login, wanted.name, wanted.password, visit.address,
                visit.request.headers.get("User-Agent", ""), visit.now,
            )  # fmt: skip
        except ValidationError as error:
            index = visit.language == "en"
            return await self.link(visit, {str(e["loc"][0]): said(e)[index] for e in error.errors()}, kept, 422)
        except PasswordRefused as error:
            return await self.link(visit, {"password": _text(visit, error)}, kept, 422)
        except LoginTaken as error:
            return await self.link(visit, {"login": _text(visit, error)}, kept, 422)
        response = away(visit, "kerja/mulai")
        set_session(response, cookie, secure=visit.request.secure, life=SESSION_LONGEST)
        return response


def target(said: str | None) -> str:
    """Return where to go after logging in: a page of staff, never anywhere else."""
    said = said or ""
    try:
        parts = urlsplit(said)
    except ValueError:
        return "kerja"
    inside = not parts.scheme and not parts.netloc and (parts.path == "/kerja" or parts.path.startswith("/kerja/"))
    if not inside or "\\" in said or ".." in parts.path or not said.isprintable():
        return "kerja"
    return parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")


def _text(visit: Visit, error: LpplError) -> str:
    return error.english if visit.language == "en" else error.indonesian

"""The first page after logging in: where each role begins its day."""

from aiohttp import web

from lppl.accounts import Right, Role
from web.staff.layout import Layout, away
from web.staff.visit import Need, Route, Visit, get

WORDS = {
    "welcome": ("Selamat datang, {name}", "Welcome, {name}"),
    "nothing_here": (
        "Halaman untuk peran Anda belum ada di sini; ubah nama, bahasa dan kata sandi di Akun saya.",
        "There is no page for your role here yet; change name, language and password under My account.",
    ),
}

FIRST_PAGE = {
    Role.ADMIN: "kerja/dasbor",
    Role.PROGRAMME: "kerja/pola",
    Role.OPERATOR: "kerja/kendali",
    Role.ANNOUNCER: "kerja/kendali",
    Role.HEAD: "kerja/dasbor",
}


class HomePage:
    """Sends each role to its page."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the address."""
        return [get("/kerja", Need.LOGIN, self.home)]

    async def home(self, visit: Visit) -> web.StreamResponse:
        """Send who asks to where the day begins."""
        if first := FIRST_PAGE.get(visit.me.role):
            return away(visit, first)
        if visit.may(Right.VIEW):
            return away(visit, "kerja/rundown")
        return self._layout.page(visit, "staff/home.html", title="home", words=WORDS)

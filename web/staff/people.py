"""Petugas: who works here, and what each may do; and Akun saya: what everybody keeps of their own account."""

from aiohttp import web

from lppl.accounts import Right, Role
from lppl.desk import sessions
from lppl.passwords import SHORTEST
from web.api.own import token_out
from web.api.people import account_out, session_out
from web.staff.layout import Layout
from web.staff.visit import Need, Route, Visit, get

FIELDS = {
    "login_name": ("Nama masuk", "Login"),
    "login_help": ("Huruf kecil dan angka, contoh: sari", "Small letters and digits, such as: sari"),
    "person_name": ("Nama lengkap", "Full name"),
    "copy": ("Salin", "Copy"),
    "copied": ("Tersalin", "Copied"),
    "copy_by_hand": ("Tandai teksnya, lalu salin sendiri.", "Mark the text and copy it yourself."),
    "locked": ("Ditentukan oleh {where}", "Set by {where}"),
    "sessions": ("Sesi", "Sessions"),
    "no_sessions": ("Tidak sedang masuk di mana pun.", "Logged in nowhere."),
    "this_session": ("sesi ini", "this session"),
    "end_session": ("Akhiri", "End"),
    "seen": ("dipakai {when}", "used {when}"),
    "second_factor": ("Faktor kedua", "Second factor"),
    "on": ("aktif", "on"),
    "off": ("tidak aktif", "off"),
}

WORDS = FIELDS | {
    "people_help": (
        "Setiap orang memakai akunnya sendiri; setiap perubahan tercatat atas namanya.",
        "Everybody uses an account of their own; every change is recorded with its name.",
    ),
    "add_person": ("Tambah petugas", "Add somebody"),
    "role": ("Peran", "Role"),
    "role_help": ("Peran menentukan halaman yang dapat dibuka.", "The role decides which pages open."),
    "agency": ("Instansi (untuk pejabat penghubung)", "Agency (for agency officers)"),
    "active": ("Boleh masuk", "May log in"),
    "inactive": ("tidak aktif", "inactive"),
    "waiting": ("belum membuat kata sandi", "has set no password yet"),
    "last_login": ("Terakhir masuk", "Last login"),
    "never": ("belum pernah", "never"),
    "new_link": ("Tautan kata sandi", "Password link"),
    "new_link_help": (
        "Sandi yang sekarang tetap berlaku sampai tautan ini dipakai.",
        "The present password holds until the link is used.",
    ),
    "hand_over": ("Serahkan tautan ini kepada {name}", "Hand this link to {name}"),
    "hand_over_help": (
        "Berlaku sekali, sampai {when}. Kirim lewat WhatsApp, atau biarkan ponselnya memindai kode ini.",
        "It works once, until {when}. Send it, or let them scan the code.",
    ),
    "qr": ("Kode QR dari tautan itu", "QR code of the link"),
    "take_factor": ("Lepas faktor kedua", "Take the second factor off"),
    "take_factor_sure": ("Lepas faktor kedua {name}?", "Take the second factor off {name}'s account?"),
    "take_factor_help": (
        "Pakai ini bila ponselnya hilang; pastikan yang meminta memang orangnya.",
        "For a lost telephone; make sure that it is really them who ask.",
    ),
    "end_all": ("Akhiri semua sesi", "End all sessions"),
}

OWN_WORDS = FIELDS | {
    "my_details": ("Nama dan bahasa", "Name and language"),
    "password": ("Kata sandi", "Password"),
    "old_password": ("Kata sandi sekarang", "Present password"),
    "new_password": ("Kata sandi baru", "New password"),
    "password_help": (
        f"Paling sedikit {SHORTEST} huruf; kalimat pendek mudah diingat. Sesi lain berakhir.",
        f"At least {SHORTEST} characters; a short sentence is easy to remember. Your other sessions end.",
    ),
    "change_password": ("Ganti kata sandi", "Change password"),
    "password_changed": ("Kata sandi diganti.", "The password is changed."),
    "factor_help": (
        "Selain kata sandi, diminta kode 6 angka dari aplikasi seperti Aegis, FreeOTP, atau Google Authenticator.",
        "Beside the password, a six-digit code of an app such as Aegis, FreeOTP or Google Authenticator is asked for.",
    ),
    "factor_on": ("Aktifkan", "Turn on"),
    "factor_off": ("Matikan", "Turn off"),
    "factor_scan": (
        "Pindai kode ini dengan aplikasi autentikator, atau ketik kuncinya:",
        "Scan this with your authenticator app, or type the key:",
    ),
    "code": ("Kode 6 angka yang tampak di aplikasi", "The six-digit code that the app shows"),
    "end_others": ("Akhiri sesi lain", "End other sessions"),
    "tokens": ("Token pribadi", "Personal tokens"),
    "tokens_help": (
        "Untuk program yang memakai API atas nama Anda. Perlakukan seperti kata sandi.",
        "For programs that use the API in your name. Treat them like passwords.",
    ),
    "add_token": ("Buat token", "Make a token"),
    "token_name": ("Untuk apa", "What for"),
    "scopes": ("Boleh", "May"),
    "days": ("Berlaku (hari)", "Lasts (days)"),
    "days_help": ("Kosongkan untuk tanpa batas.", "Leave empty for no limit."),
    "token_once": (
        "Salin token ini sekarang; tidak akan ditampilkan lagi.",
        "Copy the token now; it is not shown again.",
    ),
    "until": ("sampai {when}", "until {when}"),
    "no_end": ("tanpa batas waktu", "no end"),
    "unused": ("belum dipakai", "not used yet"),
    "revoke": ("Cabut", "Revoke"),
    "revoke_sure": ("Cabut token {name}?", "Revoke the token {name}?"),
    "revoked": ("dicabut", "revoked"),
    "qr": ("Kode QR untuk aplikasi autentikator", "QR code for the authenticator app"),
}


class PeoplePages:
    """The two pages."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [get("/kerja/petugas", Right.ADMIN, self.people), get("/kerja/akun", Need.LOGIN, self.own)]

    async def people(self, visit: Visit) -> web.StreamResponse:
        """Show everybody."""
        everybody = await visit.office.people.store.all()
        english = visit.language == "en"
        roles = [{"value": r.value, "text": r.english if english else r.label} for r in Role]
        data = {
            "accounts": [account_out(a).model_dump(mode="json") for a in everybody],
            "roles": roles,
            "me": visit.me.id,
            "zone": str(visit.office.settings.station.zone),
        }
        return self._layout.page(visit, "staff/people.html", title="people", words=WORDS, scripts=["people"], data=data)

    async def own(self, visit: Visit) -> web.StreamResponse:
        """Show one's own account."""
        people = visit.office.people
        mine = await sessions.sessions_of(people, visit.me.id, visit.now)
        data = {
            "me": account_out(visit.me).model_dump(mode="json"),
            "sessions": [session_out(s, visit).model_dump(mode="json") for s in mine],
            "tokens": [token_out(t).model_dump(mode="json") for t in await people.tokens(visit.me)],
            "rights": [r.value for r in Right if visit.may(r)],
            "zone": str(visit.office.settings.station.zone),
        }
        return self._layout.page(
            visit, "staff/own.html", title="account", words=OWN_WORDS, scripts=["people"], data=data
        )

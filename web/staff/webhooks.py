"""Pengaturan › Webhook: addresses that are told of what happens; and the API's own documentation page."""

import asyncio
from typing import Any

from aiohttp import web
from markupsafe import Markup

from lppl.accounts import Right
from lppl.webhooks import Hook
from web.staff.layout import Layout
from web.staff.people import FIELDS
from web.staff.visit import Need, Route, Visit, get

WORDS = FIELDS | {
    "webhooks_help": (
        "Layanan lain (papan informasi, bot grup, situs kota) dapat diberi tahu begitu sesuatu terjadi. "
        "Setiap pesan ditandatangani; yang gagal dicoba lagi sampai satu hari.",
        "Other services (boards, group bots, the city's site) can be told as soon as something happens. "
        "Each message is signed; what fails is tried again for a day.",
    ),
    "url": ("Alamat", "Address"),
    "events": ("Diberi tahu tentang", "Told of"),
    "active": ("Aktif", "Active"),
    "inactive": ("Tidak aktif", "Not active"),
    "ping": ("Kirim percobaan", "Send a test"),
    "pinged": ("Percobaan dikirim; lihat hasilnya di Pesan.", "The test is on its way; see Messages."),
    "messages": ("Pesan", "Messages"),
    "no_messages": ("Belum ada pesan.", "No messages yet."),
    "secret_once": (
        "Rahasia penandatanganan, hanya ditampilkan sekali ini:",
        "The signing secret, shown this once:",
    ),
    "new_webhook": ("Webhook baru", "New webhook"),
    "remove_sure": ("Hapus webhook ini beserta pesannya?", "Remove this webhook and its messages?"),
    "delivered": ("Terkirim", "Delivered"),
    "given_up": ("Gagal, tidak dicoba lagi", "Failed, given up"),
    "retrying": ("Gagal, dicoba lagi {time}", "Failed, next try {time}"),
    "waiting": ("Menunggu", "Waiting"),
    "event_programme.started": ("Acara mulai", "A programme began"),
    "event_programme.ended": ("Acara berakhir", "A programme ended"),
    "event_silence.started": ("Sunyi", "Silence"),
    "event_silence.ended": ("Sunyi berakhir", "Silence is over"),
    "event_fallback.started": ("Siaran pengganti mulai", "A fallback is on air"),
    "event_fallback.ended": ("Siaran pengganti berakhir", "The fallback is over"),
    "event_grid.published": ("Pola acara diterbitkan", "A grid was published"),
    "event_ping": ("Percobaan", "Test"),
    "api_title": ("Dokumentasi API", "API documentation"),
    "api_help": (
        "Semua yang dikerjakan petugas dapat dikerjakan program dengan token pribadi dari halaman Akun saya.",
        "Whatever staff do, programs can do with a personal token from the page My account.",
    ),
    "api_document": ("Dokumen OpenAPI 3.1", "OpenAPI 3.1 document"),
    "parameters": ("Parameter", "Parameters"),
    "body": ("Isi permintaan", "Request body"),
    "answers": ("Jawaban", "Answers"),
    "api_example": ("Contoh", "Example"),
}


class WebhookPages:
    """The page of webhooks, and the documentation of the API."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._operations: dict[str, Markup] = {}

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [get("/kerja/webhook", Right.ADMIN, self.page), get("/kerja/api", Need.LOGIN, self.documentation)]

    async def page(self, visit: Visit) -> web.StreamResponse:
        """Show the webhooks; the script asks the API for them."""
        events = [hook.value for hook in Hook if hook is not Hook.PING]
        data = {"events": events, "zone": str(visit.office.settings.station.zone)}
        return self._layout.page(
            visit, "staff/webhooks.html", title="webhooks", words=WORDS, scripts=["webhooks"], data=data
        )

    async def documentation(self, visit: Visit) -> web.StreamResponse:
        """Show every operation of the API, from the document that programs read."""
        language = visit.language
        if language not in self._operations:
            drawn = await asyncio.to_thread(self._drawn, language, visit.office.settings.station.name)
            self._operations[language] = drawn
        return self._layout.page(
            visit, "staff/api.html", title="api_title", words=WORDS, operations=self._operations[language]
        )

    def _drawn(self, language: str, station: str) -> Markup:
        """Draw every operation; it takes a quarter of a second."""
        from web.staff.pages import described

        said = described(station)
        groups: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in said["tags"]}
        for path, methods in said["paths"].items():
            for method, operation in methods.items():
                groups[operation["tags"][0]].append({"method": method.upper(), "path": path, **operation})
        schemas = said["components"]["schemas"]
        return self._layout.piece("staff/api_operations.html", language, WORDS, tags=groups, schemas=schemas)

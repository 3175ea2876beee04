"""Jejak perubahan: who changed what, before and after. The script asks the API page by page."""

from aiohttp import web

from lppl.accounts import Right
from web.staff.layout import Layout
from web.staff.visit import Route, Visit, get

WORDS = {
    "audit_help": (
        "Setiap perubahan tercatat dan tidak dapat dihapus.",
        "Every change is on record and cannot be removed.",
    ),
    "actor": ("Pelaku", "Who"),
    "action": ("Tindakan", "What"),
    "object": ("Objek", "Object"),
    "from": ("Dari", "From"),
    "until": ("Sampai", "Until"),
    "find": ("Bagian dari pelaku, tindakan, objek", "Part of who, what, object"),
    "before": ("Sebelum", "Before"),
    "after": ("Sesudah", "After"),
    "field": ("Bagian", "Field"),
    "changes": ("Perubahan", "Changes"),
    "changes_of": ("Perubahan {n}", "Change {n}"),
    "no_details": ("Tidak ada rincian.", "There are no details."),
    "nothing_fits": ("Tidak ada perubahan yang cocok.", "No change fits."),
    "added_to": ("ditambah", "added"),
    "removed_from": ("dihapus", "removed"),
    "changed_in": ("diubah", "changed"),
    "address": ("Alamat", "Address"),
    "shown_changes": ("{n} perubahan ditampilkan", "{n} changes shown"),
    "end_of_log": ("Akhir catatan.", "The log ends here."),
}


class AuditPages:
    """The page."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def routes(self) -> list[Route]:
        """Return the address."""
        return [get("/kerja/jejak", Right.AUDIT, self.page)]

    async def page(self, visit: Visit) -> web.StreamResponse:
        """Show the frame; the script fills it."""
        data = {"zone": str(visit.office.settings.station.zone)}
        return self._layout.page(visit, "staff/audit.html", title="audit", words=WORDS, scripts=["audit"], data=data)

"""The frame of staff pages: templates, menu, words; and how the door's refusals look.

A page is rendered by :meth:`Layout.page`; its template extends ``staff/base.html``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from aiohttp import web
from markupsafe import Markup

from lppl.accounts import Right, Role
from lppl.errors import DatabaseAway, LpplError
from web.api.problems import status_of
from web.staff.visit import Verdict, Visit
from web.staff.words import COMMON, Table, texts
from web.static_files import StaticFiles

TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A place in the menu; `words` is its key in the common words, `icon` one of ``web/assets/icons.txt``."""

    path: str
    icon: str
    words: str
    right: Right
    group: str


MENU: Sequence[MenuItem] = (
    MenuItem("kerja/kendali", "broadcast", "control", Right.VIEW, "on_air"),
    MenuItem("kerja/rundown", "list-details", "rundown", Right.VIEW, "on_air"),
    MenuItem("kerja/log", "history", "logs", Right.LOGS, "on_air"),
    MenuItem("kerja/pola", "calendar-week", "grid", Right.VIEW, "planning"),
    MenuItem("kerja/materi", "movie", "media", Right.VIEW, "planning"),
    MenuItem("kerja/pesanan", "speakerphone", "orders", Right.VIEW, "planning"),
    MenuItem("kerja/impor", "table-import", "import", Right.PLAN, "planning"),
    MenuItem("kerja/aduan", "inbox", "cases", Right.CASES_READ, "cases"),
    MenuItem("kerja/catatan", "phone", "call_notes", Right.NOTES, "cases"),
    MenuItem("kerja/acara", "users-group", "event_notes", Right.NOTES, "cases"),
    MenuItem("kerja/baki", "mail-question", "tray", Right.CASES, "cases"),
    MenuItem("kerja/aduan-impor", "table-import", "case_import", Right.CASES, "cases"),
    MenuItem("kerja/aduan-atur", "adjustments", "case_lists", Right.CASES, "cases"),
    MenuItem("kerja/kanal", "plug-connected", "intake_channels", Right.ADMIN, "cases"),
    MenuItem("kerja/dasbor", "chart-bar", "dashboard", Right.REPORT, "station"),
    MenuItem("kerja/petugas", "users", "people", Right.ADMIN, "station"),
    MenuItem("kerja/jejak", "file-search", "audit", Right.AUDIT, "station"),
    MenuItem("kerja/pengaturan", "settings", "settings", Right.ADMIN, "station"),
    MenuItem("kerja/webhook", "webhook", "webhooks", Right.ADMIN, "station"),
)


class Layout:
    """Renders staff pages. `files` names the bundles."""

    def __init__(self, files: StaticFiles) -> None:
        self._files = files
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
            trim_blocks=True, lstrip_blocks=True, auto_reload=False,
        )  # fmt: skip

    def page(
        self,
        visit: Visit,
        template: str,
        *,
        title: str,
        words: Table | None = None,
        scripts: Sequence[str] = (),
        data: Mapping[str, Any] | None = None,
        status: int = 200,
        **more: Any,
    ) -> web.Response:
        """Return a page. `title`: a key of the words; `scripts`: bundles such as ``grid``, with their styles.

        `data` reaches the scripts as JSON; they get all words of the page, too.
        """
        html = self.render(visit, template, title=title, words=words, scripts=scripts, data=data, **more)
        response = web.Response(text=html, content_type="text/html", status=status)
        response.enable_compression()
        return response

    def piece(self, template: str, language: str, words: Table, **more: Any) -> Markup:
        """Return a piece of a page that is the same for all who read a language. It may be drawn in a thread."""
        return Markup(self._templates.get_template(template).render({"t": texts(language, COMMON, words), **more}))  # noqa: S704 - escaped by the template

    def render(
        self,
        visit: Visit,
        template: str,
        *,
        title: str,
        words: Table | None,
        scripts: Sequence[str] = (),
        data: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> str:
        """Return the HTML of a page."""
        context = self._context(visit, words)
        bundles = ("staff", *scripts)
        context |= {
            "heading": context["t"].get(title, title),
            "styles": [u for b in bundles if (u := self._files.url(f"{b}.css"))],
            "scripts": [u for b in bundles if (u := self._files.url(f"{b}.js"))],
            "data": {**(data or {}), "words": context["t"], "language": visit.language, "root": visit.root},
        }
        return self._templates.get_template(template).render(context | more)

    def _context(self, visit: Visit, words: Table | None) -> dict[str, Any]:
        settings, language = visit.office.settings, visit.language
        inside = visit.account is not None and (visit.session is None or visit.session.whole)
        menu = [m for m in MENU if inside and visit.may(m.right)]
        here = visit.request.path.strip("/")
        return {
            "t": texts(language, COMMON, words or {}),
            "lang": language,
            "root": visit.root,
            "visit": visit,
            "account": visit.account if inside else None,
            "role_label": lambda role: Role(role).english if language == "en" else Role(role).label,
            "csrf": visit.csrf,
            "nonce": visit.nonce,
            "station": settings.station.name,
            "channels": settings.channels,
            "menu": menu,
            "groups": list(dict.fromkeys(m.group for m in menu)),
            "here": here,
            "icons": self._files.url("icons.svg") or "",
            "may": visit.may,
            "Right": Right,
        }

    # ---- what the door says ----

    def refusal(self, visit: Visit, verdict: Verdict) -> web.StreamResponse:
        """Send people to log in, and back here afterwards; or say why not."""
        if verdict in (Verdict.LOG_IN, Verdict.GIVE_CODE):
            where = "kerja/masuk" if verdict is Verdict.LOG_IN else "kerja/kode"
            back = visit.request.path_qs if visit.request.method == "GET" else "/kerja"
            return away(visit, f"{where}?ke={quote(back, safe='')}")
        forged = verdict is Verdict.FORGED
        return self.message(visit, 403, "forged" if forged else "forbidden", "" if forged else "forbidden_help")

    def failure(self, visit: Visit, error: Exception) -> web.StreamResponse:
        """Say in a page what could not be done."""
        status = status_of(error)
        if isinstance(error, web.HTTPException) and 300 <= status < 400:
            raise error
        if isinstance(error, DatabaseAway):
            return self.message(visit, 503, "away", "away_help", retry=True)
        if isinstance(error, LpplError):
            text = error.english if visit.language == "en" else error.indonesian
            return self.message(visit, status, text)
        return self.message(visit, status, {404: "not_found"}.get(status, "fault"))

    def message(self, visit: Visit, status: int, text: str, help: str = "", *, retry: bool = False) -> web.Response:
        """Return a page that says one thing; `text` and `help` are keys of the common words, or sentences."""
        known = texts(visit.language, COMMON)
        return self.page(
            visit, "staff/message.html", title=known.get(text, text), status=status,
            help=known.get(help, help), retry=retry,
        )  # fmt: skip


def away(visit: Visit, path: str) -> web.Response:
    """Send a browser to `path`, given from the root of the station, whatever prefix a proxy has in front."""
    return web.Response(status=303, headers={"Location": visit.root + path if visit.root else f"./{path}"})

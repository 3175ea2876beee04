"""What went wrong, as RFC 9457 problem details: one shape for all of the API, sentences in both languages."""

from collections.abc import Mapping, Sequence

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from lppl.cases.town_map import MapUnread
from lppl.cases.values import NotAllowed
from lppl.commands.adding import NoRoom
from lppl.desk.control import NotTaken, UnknownBreakIn
from lppl.desk.errors import FieldsRefused, ReasonNeeded, TooFarAhead, UnknownChannel, UnknownVersion, WrongField
from lppl.desk.grid import UnknownName
from lppl.desk.people import LoginRefused, NoAccount, PersonNeeded, TooManyTries
from lppl.desk.rundown import NoSuchLine
from lppl.desk.sheets import SheetRefused
from lppl.desk.uploads import TooManyUploads, UploadTooLarge
from lppl.errors import DatabaseAway, DiskRefuses, LpplError, NotThere, SettingsInvalid
from lppl.intake.keyring import KeyGone
from lppl.intake.opening import IntakeClosed
from lppl.mistakes import said
from lppl.passwords import PasswordRefused
from lppl.plan_store import Superseded
from scheduler.grid_changes import ChangeRefused
from scheduler.grid_text import GridTextInvalid
from web.staff.visit import Verdict, Visit

CONTENT_TYPE = "application/problem+json"

STATUS: Sequence[tuple[type[LpplError], int]] = (
    (DatabaseAway, 503),
    (DiskRefuses, 503),
    (NotThere, 404),
    (TooManyTries, 429),
    (LoginRefused, 403),
    (PersonNeeded, 403),
    (PasswordRefused, 422),
    (SheetRefused, 422),
    (MapUnread, 422),
    (SettingsInvalid, 422),
    (UnknownChannel, 404),
    (UnknownVersion, 404),
    (UnknownName, 404),
    (NoSuchLine, 404),
    (NoAccount, 404),
    (UnknownBreakIn, 404),
    (NotTaken, 503),
    (TooFarAhead, 422),
    (WrongField, 422),
    (FieldsRefused, 422),
    (NoRoom, 413),
    (UploadTooLarge, 413),
    (TooManyUploads, 503),
    (ChangeRefused, 422),
    (GridTextInvalid, 422),
    (IntakeClosed, 503),
    (NotAllowed, 422),
    (KeyGone, 410),
)
"""Which answer an error is; any other that a person can do something about is 409."""


class Detailed(LpplError):
    """A conflict of which programs are told more than a sentence: `more` is JSON-able, by key."""

    def __init__(self, indonesian: str, english: str, more: Mapping[str, object]) -> None:
        self.more = more
        super().__init__(indonesian, english)


class FieldProblem(BaseModel):
    """What is wrong at one place; `field` as ``content.playlist``, empty for the whole."""

    field: str
    detail: str
    english: str


class Problem(BaseModel):
    """RFC 9457. `detail` is Indonesian; `findings` are rule findings that wait for a reason."""

    model_config = ConfigDict(extra="allow")
    title: str
    status: int
    detail: str
    english: str
    errors: list[FieldProblem] = []


TITLES: Mapping[int, tuple[str, str]] = {
    400: ("Permintaan tidak dimengerti", "Bad request"),
    401: ("Perlu masuk", "Authentication needed"),
    403: ("Tidak diizinkan", "Not allowed"),
    404: ("Tidak ada", "Not found"),
    405: ("Cara itu tidak ada di alamat ini", "Method not allowed"),
    410: ("Sudah dihapus", "Gone"),
    409: ("Tidak dapat dilakukan sekarang", "Conflict"),
    413: ("Terlalu besar", "Too large"),
    415: ("Jenis isi tidak diterima", "Unsupported media type"),
    422: ("Isian salah", "Wrong values"),
    429: ("Terlalu sering", "Too many requests"),
    500: ("Kesalahan pada layanan", "Fault of the service"),
    503: ("Belum dapat dilayani", "Not available now"),
}


def status_of(error: Exception) -> int:
    """Return the status of an answer to what went wrong."""
    if isinstance(error, web.HTTPException):
        return error.status
    if isinstance(error, LpplError):
        return next((status for kind, status in STATUS if isinstance(error, kind)), 409)
    return 500


def problem_of(error: Exception) -> Problem:
    """Return what is told of an error; of a fault of ours nothing but that it is one."""
    status = status_of(error)
    title, english = TITLES.get(status, TITLES[400])
    if isinstance(error, LpplError):
        found = Problem(title=title, status=status, detail=error.indonesian, english=error.english)
        if isinstance(error, ReasonNeeded):
            found.findings = [  # type: ignore[attr-defined]
                {"detail": f.indonesian, "english": f.english, "source": f.source, "where": f.where}
                for f in error.findings
            ]
        if isinstance(error, WrongField):
            found.errors = [FieldProblem(field=error.field, detail=error.indonesian, english=error.english)]
        if isinstance(error, Detailed):
            found = found.model_copy(update=dict(error.more))
        if isinstance(error, Superseded) and error.current is not None:
            current = error.current
            found.conflict = {  # type: ignore[attr-defined]
                "author": current.author, "revision": current.revision, "number": current.number,
                "state": current.state.value, "at": (current.published or current.created).isoformat(),
            }  # fmt: skip
        if isinstance(error, FieldsRefused):
            found.errors = [FieldProblem(field=f, detail=d, english=e) for f, (d, e) in error.fields.items()]
        if isinstance(error, ChangeRefused):
            found.errors = [FieldProblem(field=error.field, detail=error.indonesian, english=error.english)]
        if isinstance(error, GridTextInvalid):
            found.errors = [FieldProblem(field="text", detail=each, english=each) for each in error.mistakes]
        return found
    return Problem(title=title, status=status, detail=title, english=english)


def invalid(error: ValidationError, at: str = "") -> Problem:
    """Return what a form or a request holds wrong, place by place."""
    fields = []
    for each in error.errors(include_url=False, include_input=False):
        indonesian, english = said(each)
        place = ".".join(str(part) for part in (*((at,) if at else ()), *each["loc"]))
        fields.append(FieldProblem(field=place, detail=indonesian, english=english))
    title, _ = TITLES[422]
    detail = "; ".join(f"{f.field}: {f.detail}" for f in fields[:5])
    return Problem(
        title=title, status=422, detail=detail, english="; ".join(f"{f.field}: {f.english}" for f in fields[:5]),
        errors=fields,
    )  # fmt: skip


def answered(problem: Problem, headers: Mapping[str, str] | None = None) -> web.Response:
    """Return a problem as an answer."""
    body = problem.model_dump_json()
    return web.Response(text=body, status=problem.status, content_type=CONTENT_TYPE, headers=headers)


class ApiAnswers:
    """How the door says no to programs."""

    def refusal(self, _visit: Visit, verdict: Verdict) -> web.StreamResponse:
        """Answer 401 or 403."""
        if verdict in (Verdict.LOG_IN, Verdict.GIVE_CODE):
            title, english = TITLES[401]
            told = Problem(title=title, status=401, detail=title, english=english)
            return answered(told, {"WWW-Authenticate": 'Bearer realm="lppl"'})
        title, english = TITLES[403]
        detail = "Permintaan tidak berasal dari halaman ini; muat ulang halamannya."
        if verdict is Verdict.FORGED:
            return answered(
                Problem(title=title, status=403, detail=detail, english="The request does not come from our page.")
            )
        return answered(Problem(title=title, status=403, detail=title, english=english))

    def failure(self, _visit: Visit, error: Exception) -> web.StreamResponse:
        """Answer what could not be done."""
        headers: dict[str, str] = {}
        if isinstance(error, TooManyTries):
            headers["Retry-After"] = str(error.wait_s)
        if isinstance(error, DatabaseAway):
            headers["Retry-After"] = "5"
        if isinstance(error, web.HTTPMethodNotAllowed):
            headers["Allow"] = ", ".join(sorted(error.allowed_methods))
        return answered(problem_of(error), headers)

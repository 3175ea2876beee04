"""A report on paper: A4, the station at the head of it, page numbers, totals, and where to sign.

Typefaces are looked up on the machine (:func:`typefaces`); without any, PDF's own Helvetica serves, which has no more
than Latin-1: other characters are then replaced, never a reason to fail.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fpdf import FPDF
from fpdf.bidi import BidiParagraph
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from scheduler.exports.characters import legible
from scheduler.exports.tables import Column, Report, Signature, Table, written
from scheduler.indonesian import clock, short_date, zone_name

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
FACES = (
    ("DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf"),
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
)
FAMILY = "station"
MARGIN = 14.0
"""Millimetres, as all lengths here."""
BODY, SMALL = 8.0, 7.0
"""Points."""
LINE = 3.6
PADDING = 1.1
MOST_LINES = 5
"""A cell of more lines is cut: one long title must not fill a page."""
INK, PAPER, ACCENT, PALE, RULE = (20, 24, 32), (255, 255, 255), (31, 58, 95), (240, 243, 248), (176, 186, 200)

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

Measure = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Typefaces:
    """A regular and a bold TrueType file."""

    regular: Path
    bold: Path


@cache
def typefaces(folders: tuple[Path, ...] = FOLDERS) -> Typefaces | None:
    """Return the first pair of `FACES` that the machine has below `folders`; None when it has none. Reads folders."""
    there: dict[str, Path] = {}
    for folder in folders:
        for path in folder.rglob("*.ttf") if folder.is_dir() else ():
            there.setdefault(path.name, path)
    pairs = ((there.get(regular), there.get(bold)) for regular, bold in FACES)
    return next((Typefaces(regular, bold) for regular, bold in pairs if regular and bold), None)


def pdf_bytes(report: Report, faces: Typefaces | None = None) -> bytes:
    """Return `report` as a PDF. Without `faces` in Helvetica."""
    page = _Page(report, faces)
    page.letterhead()
    page.lay_out(report.main)
    for table in report.summaries:
        page.summary(table)
    for note in report.notes:
        page.note(note)
    page.leave_room_to_sign(report.signatures)
    return bytes(page.output())


class _Page(FPDF):
    """The pages of one report."""

    def __init__(self, report: Report, faces: Typefaces | None) -> None:
        super().__init__("landscape" if report.landscape else "portrait", "mm", "A4")
        self._report = report
        self._family = FAMILY if faces else "helvetica"
        if faces:
            self.add_font(FAMILY, "", faces.regular)
            self.add_font(FAMILY, "B", faces.bold)
        self._known = {style: _characters(self, self._family, style) for style in ("", "B")}
        self._widths: dict[tuple[str, float, str], float] = {}
        self._heading: Callable[[], None] | None = None
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(False)
        self.set_title(legible(report.title))
        self.set_author(legible(report.station))
        self.set_creator("LPPL")
        self.set_lang("id")
        self.set_creation_date(report.made)
        self.alias_nb_pages()
        self.add_page()

    # --- text ---

    def style(self, bold: str = "", size: float = BODY, colour: tuple[int, int, int] = INK) -> None:
        self.set_font(self._family, bold, size)
        self.set_text_color(*colour)

    def clean(self, text: str) -> str:
        """Return `text` with what the present face does not have replaced."""
        known = self._known[self.font_style]
        shown = legible(text).replace("\n", " ").replace("\t", " ")
        return shown if known.issuperset(shown) else "".join(c if c in known else "?" for c in shown)

    def measure(self, text: str) -> float:
        """Return the width of `text` in the present face, without kerning."""
        face, size, widths = self.font_style, self.font_size_pt, self._widths
        total = 0.0
        for character in text:
            key = (face, size, character)
            width = widths.get(key)
            if width is None:
                width = widths[key] = self.get_string_width(character)
            total += width
        return total

    # --- the head of the first page, the foot of all ---

    def letterhead(self) -> None:
        r = self._report
        self.set_fill_color(*ACCENT)
        self.rect(MARGIN, MARGIN, 1.6, 12, "F")
        for text, bold, size, y in ((r.station, "B", 14.0, 5.0), (r.place, "", 9.0, 10.6)):
            self.style(bold, size, ACCENT if bold else INK)
            self.text(MARGIN + 4.5, MARGIN + y, self._fitting(text, self.epw / 2 - 8))
        for text, bold, size, y in ((r.title, "B", 11.0, 5.0), (r.period, "", 9.0, 10.6)):
            self.style(bold, size)
            shown = self._fitting(text, self.epw / 2)
            self.text(self.w - MARGIN - self.get_string_width(shown), MARGIN + y, shown)
        self.set_y(MARGIN + 17)

    def _fitting(self, text: str, room: float) -> str:
        return wrapped(self.clean(text), room, self.measure, 1)[0]

    def footer(self) -> None:
        r = self._report
        self.style(size=SMALL, colour=(90, 98, 112))
        self.set_xy(MARGIN, self.h - 10)
        made = r.made.astimezone(r.zone)
        left = f"{r.station}, {r.title}, {r.period}. Dibuat {short_date(made.date())} {clock(made)} {zone_name(made)}"
        self.cell(self.epw * 0.8, 4, self._fitting(left, self.epw * 0.8))
        self.cell(
            self.epw * 0.2, 4, f"Halaman {self.page_no()} dari {{nb}}", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    # --- tables ---

    def lay_out(self, table: Table, width: float | None = None) -> None:
        """Lay out a table over as many pages as it needs, its heading on each."""
        columns = table.columns
        unit = (width or self.epw) / sum(c.share for c in columns)
        widths = [c.share * unit for c in columns]
        self._heading_row(columns, widths)
        units = [c.unit for c in columns]
        right = [c.ranged_right for c in columns]
        last = len(table.rows) - 1 if table.has_sum else -1
        for n, row in enumerate(table.rows):
            bold = "B" if n == last else ""
            self.style(bold)
            texts = [self.clean(written(cell, unit, self._report.zone)) for cell, unit in zip(row, units, strict=True)]
            cells = [wrapped(t, w - 2 * PADDING, self.measure, MOST_LINES) for t, w in zip(texts, widths, strict=True)]
            tall = max(map(len, cells)) * LINE + 2 * PADDING * 0.6
            if self._ends_before(tall):
                self.add_page()
                self._heading_row(columns, widths)
                self.style(bold)
            self._row(cells, widths, right, tall, PALE if n % 2 and not bold else None)
        self.set_draw_color(*RULE)
        self.line(MARGIN, self.get_y(), MARGIN + sum(widths), self.get_y())
        if not table.rows:
            self.style()
            self.text(MARGIN + PADDING, self.get_y() + LINE, self.clean("Tidak ada catatan."))
            self.set_y(self.get_y() + 2 * LINE)

    def _heading_row(self, columns: Sequence[Column], widths: Sequence[float]) -> None:
        self.style("B", colour=PAPER)
        cells = [
            wrapped(self.clean(c.title), w - 2 * PADDING, self.measure, 2) for c, w in zip(columns, widths, strict=True)
        ]
        tall = max(map(len, cells)) * LINE + 2 * PADDING
        self._row(cells, widths, [c.ranged_right for c in columns], tall, ACCENT)

    def _row(
        self,
        cells: Sequence[Sequence[str]],
        widths: Sequence[float],
        right: Sequence[bool],
        tall: float,
        ground: tuple[int, int, int] | None,
    ) -> None:
        x, y = MARGIN, self.get_y()
        if ground is not None:
            self.set_fill_color(*ground)
            self.rect(x, y, sum(widths), tall, "F")
        first = y + (tall - max(map(len, cells)) * LINE) / 2 + LINE * 0.76
        for lines, width, ranged_right in zip(cells, widths, right, strict=True):
            for n, line in enumerate(lines):
                if line:
                    left = x + width - PADDING - self.measure(line) if ranged_right else x + PADDING
                    self.text(left, first + n * LINE, in_visual_order(line))
            x += width
        self.set_y(y + tall)

    def _ends_before(self, tall: float) -> bool:
        return self.get_y() + tall > self.h - MARGIN - 4

    # --- what follows the table ---

    def summary(self, table: Table) -> None:
        """Lay out a small table under its title, on one page where it fits on one."""
        needed = (len(table.rows) + 1) * (LINE + 2 * PADDING) + 12
        self.set_y(self.get_y() + 6)
        if self._ends_before(min(needed, self.h / 2)):
            self.add_page()
        self.style("B", 9.5, ACCENT)
        self.text(MARGIN, self.get_y() + 3, self.clean(table.title))
        self.set_y(self.get_y() + 5)
        self.lay_out(table, min(self.epw, 120.0))

    def note(self, text: str) -> None:
        self.style(size=BODY)
        lines = wrapped(self.clean(text), self.epw, self.measure, MOST_LINES)
        if self._ends_before(len(lines) * LINE + 2):
            self.add_page()
        for n, line in enumerate(lines):
            self.text(MARGIN, self.get_y() + 4.5 + n * LINE, line)
        self.set_y(self.get_y() + len(lines) * LINE + 1)

    def leave_room_to_sign(self, signatures: Sequence[Signature]) -> None:
        """Leave room to sign, side by side; never torn apart by the end of a page."""
        if not signatures:
            return
        if self._ends_before(46):
            self.add_page()
        self.set_y(self.get_y() + 8)
        r, room = self._report, self.epw / len(signatures)
        top = self.get_y()
        for n, signature in enumerate(signatures):
            x = MARGIN + n * room
            self.style(size=9)
            lines = signature.role.split("\n")
            if n == len(signatures) - 1:
                lines.insert(0, f"{r.place}, {short_date(r.made.astimezone(r.zone).date())}")
            for k, line in enumerate(lines):
                self._centred(x, room, top + k * 4.5, line)
            half = min(room, 60.0) / 2
            self.set_draw_color(*INK)
            self.line(x + room / 2 - half, top + 30, x + room / 2 + half, top + 30)
            self.style("B", 9)
            self._centred(x, room, top + 29, signature.name)
        self.set_y(top + 32)

    def _centred(self, x: float, room: float, y: float, text: str) -> None:
        shown = self._fitting(text, room - 4)
        self.text(x + (room - self.measure(shown)) / 2, y, shown)


def _characters(page: FPDF, family: str, style: str) -> frozenset[str]:
    """Return what a face can show."""
    face = page.fonts.get(f"{family}{style}".lower())
    if isinstance(face, TTFFont):
        return frozenset(map(chr, face.cmap))
    return frozenset(bytes((*range(32, 127), *range(160, 256))).decode("latin-1"))


def in_visual_order(text: str) -> str:
    """Return `text` in the order in which it is drawn: titles in Arabic script run from right to left."""
    return BidiParagraph(text).get_reordered_string() if _RIGHT_TO_LEFT.search(text) else text


def wrapped(text: str, room: float, measure: Measure, most: int) -> list[str]:
    """Break `text` into at most `most` lines no wider than `room`; words that are wider are broken too.

    What does not fit is left out, and an ellipsis of three full stops says so.
    """
    if measure(text) <= room:
        return [text]
    lines: list[str] = []
    line = ""
    for word in _pieces(text.split(), room, measure):
        longer = f"{line} {word}" if line else word
        if not line or measure(longer) <= room:
            line = longer
            continue
        lines.append(line)
        line = word
        if len(lines) > most:
            break
    lines.append(line)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and measure(f"{last}...") > room:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}..."]


def _pieces(words: Sequence[str], room: float, measure: Measure) -> list[str]:
    """Return `words`, those wider than `room` cut into what fits (at least a character each)."""
    found = []
    for word in words:
        rest = word
        while measure(rest) > room and len(rest) > 1:
            n = 1
            while n < len(rest) - 1 and measure(rest[: n + 1]) <= room:
                n += 1
            found.append(rest[:n])
            rest = rest[n:]
        found.append(rest)
    return found

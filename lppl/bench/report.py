"""The table of a bench: on the terminal, and in the documentation between two marks."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lppl.bench.figures import relative

BEGIN = "<!-- bench: begin -->"
END = "<!-- bench: end -->"

Row = tuple[str, str, str, str, str, str, str]
HEAD = ("", "apa / what", "LPPL", "pembanding / peer", "rasio / ratio", "batas / wall", "")


def number(value: float | None) -> str:
    """Write a figure with as many digits as it deserves."""
    if value is None:
        return "-"
    if math.isnan(value):
        return "?"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _wall(figure: dict[str, Any]) -> str:
    wall = figure["wall"]
    if wall is None:
        return ""
    sign = {"<=": "≤", ">=": "≥"}[wall["sense"]]
    value = relative(wall["value"]) if wall["of"] == "ratio" else f"{number(wall['value'])} {figure['unit']}"
    return f"{sign} {value}"


VERDICT = {True: "tercapai / holds", False: "BELUM / MISSED", None: ""}


def rows(document: dict[str, Any]) -> Iterator[tuple[Row, bool | None]]:
    """Yield the rows of the table, each with whether its wall holds."""
    for result in document["results"]:
        if result["failure"]:
            why = "tidak terukur / not measured: " + result["failure"].splitlines()[0][:300]
            yield (result["row"], why, "", "", "", "", VERDICT[False]), False
        for figure in result["figures"]:
            peer = ""
            if figure["peer"] is not None:
                computed = " (dihitung / computed)" if figure["peer_is_computed"] else ""
                peer = f"{number(figure['peer'])} {figure['unit']}{computed}: {figure['peer_name']}"
            ratio = relative(figure["ratio"]) if figure["ratio"] is not None else ""
            ours = f"{number(figure['ours'])} {figure['unit']}"
            line = (result["row"], figure["what"], ours, peer, ratio, _wall(figure), VERDICT[figure["holds"]])
            yield line, figure["holds"]


def caption(document: dict[str, Any]) -> str:
    """Return machine, versions and date in one line."""
    m, v = document["machine"], document["versions"]
    versions = ", ".join(f"{name} {text or '-'}" for name, text in v.items())
    cores = f"{m['cores']} inti / cores"
    return f"{m['processor']}, {cores}, {m['memory_gb']} GB, {m['system']}; {versions}; {document['date']}"


def show(document: dict[str, Any], console: Console | None = None) -> None:
    """Print the table."""
    table = Table(title="lppl bench", caption=escape(caption(document)))
    for name in HEAD:
        table.add_column(name, overflow="fold")
    styles = {True: "green", False: "bold red", None: ""}
    for line, holds in rows(document):
        verdict = escape(line[-1])
        marked = f"[{styles[holds]}]{verdict}[/]" if verdict else ""
        table.add_row(*(escape(cell) for cell in line[:-1]), marked)
    (console or Console()).print(table)


def markdown(document: dict[str, Any]) -> str:
    """Return the table as Markdown."""
    out = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    for line, _ in rows(document):
        out.append("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |")
    return "\n".join([*out, "", caption(document) + "."])


def write_into(page: Path, document: dict[str, Any]) -> None:
    """Replace what stands between the marks of `page`. Raises ValueError when a mark is missing, OSError."""
    text = page.read_text()
    if BEGIN not in text or END not in text:
        raise ValueError(f"{page}: {BEGIN} ... {END} tidak ada / not there")
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    page.write_text(f"{head}{BEGIN}\n{markdown(document)}\n{END}{tail}")

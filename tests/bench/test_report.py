"""The table of a bench, and the rules of running one."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from lppl import bench
from lppl.bench import report
from lppl.bench.figures import Figure, Result, Sense, Wall
from lppl.errors import LpplError


def document() -> dict[str, Any]:
    wall = Wall(Sense.AT_MOST, 1 / 500, ratio=True)
    results = [
        Result("a", "CPU", (Figure("no client", 1.0, "ms/s", 600.0, "ffmpeg", wall),)),
        Result("b", "channels", (Figure("channels", 150, "kanal", 110, "copy", Wall(Sense.AT_LEAST, 200), True),)),
        Result("g", "g", failure="NotMeasured: nginx is not installed"),
    ]  # fmt: skip
    machine = {"processor": "P", "cores": 2, "memory_gb": 8.0, "system": "Linux"}
    versions = {"python": "3.11", "ffmpeg": None}
    return {"machine": machine, "versions": versions, "date": "2026", "results": [r.to_json() for r in results]}


def test_rows() -> None:
    lines = [line for line, _ in report.rows(document())]
    assert lines[0][2:] == ("1.00 ms/s", "600 ms/s: ffmpeg", "1/600", "≤ 1/500", "tercapai / holds")
    assert lines[1][2:] == (
        "150 kanal", "110 kanal (dihitung / computed): copy", "1.36x", "≥ 200 kanal", "BELUM / MISSED",
    )  # fmt: skip
    assert "nginx is not installed" in lines[2][1]
    assert [holds for _, holds in report.rows(document())] == [True, False, False]


def test_table_on_the_terminal() -> None:
    out = StringIO()
    report.show(document(), Console(file=out, width=200))
    text = out.getvalue()
    assert "1/600" in text
    assert "BELUM" in text
    assert "ffmpeg -" in text  # a program that is not there


def test_markdown_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nstale\n{report.END}\nafter\n")
    report.write_into(page, document())
    report.write_into(page, document())
    text = page.read_text()
    assert "stale" not in text
    assert text.startswith("before\n") and text.endswith("after\n")
    assert text.count("| a |") == 1
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1


def test_a_page_without_marks_is_not_touched(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing")
    with pytest.raises(ValueError, match="bench"):
        report.write_into(page, document())
    assert page.read_text() == "nothing"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (float("nan"), "?"), (0.0, "0"), (0.1234, "0.12"), (12.34, "12.3"), (1234.5, "1,234")],
)
def test_number(value: float | None, text: str) -> None:
    assert report.number(value) == text


def test_unknown_row(tmp_path: Path) -> None:
    with pytest.raises(LpplError, match="baris x"):
        bench.run(["a", "x"], tmp_path / "out.json")


def test_the_script_that_fills_the_page(tmp_path: Path) -> None:
    page, figures = tmp_path / "page.md", tmp_path / "bench.json"
    page.write_text(f"{report.BEGIN}{report.END}")
    figures.write_text(json.dumps(document()))
    script = Path(__file__).parents[2] / "scripts" / "performance_table"
    subprocess.run([sys.executable, str(script), str(figures), str(page)], check=True, timeout=60)
    assert "| b | channels | 150 kanal |" in page.read_text()


def test_the_handed_out_page_has_the_marks() -> None:
    page = (Path(__file__).parents[2] / "docs" / "performance.md").read_text()
    assert report.BEGIN in page
    assert report.END in page

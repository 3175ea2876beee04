"""``lppl bench``: what being on the air costs, each figure beside its peer in the same run.

Each row has a module; :func:`run` measures those asked for, prints a table, and writes a JSON file with
machine, versions and date. It is a measurement and no test: a figure that misses its wall is shown as missed, and the
exit code is only 1 when a row could not be measured.
"""

import asyncio
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lppl.bench.figures import Result
    from lppl.bench.scale import Scale

ROWS = {
    "a": ("row_air", "measure"),
    "b": ("row_channels", "measure"),
    "c": ("row_conform", "measure"),
    "d": ("row_start", "measure_start"),
    "e": ("row_start", "measure_kill"),
    "f": ("row_memory", "measure"),
    "g": ("row_viewers", "measure"),
    "h": ("row_rundown", "measure"),
    "j": ("row_search", "measure"),
    "k": ("row_pages", "measure"),
    "l": ("row_intake", "measure"),
    "m": ("row_cases", "measure"),
}
"""Where each row is measured; imported when it is its turn."""

ROW_TIMEOUT_S = 600.0


def run(
    only: Sequence[str],
    out: Path,
    *,
    cache: Path | None = None,
    docs: Path | None = None,
    scale: "Scale | None" = None,
) -> int:
    """Measure the rows `only` (empty: all), print a table, write the JSON file `out`; return the exit code.

    `cache` keeps the material between runs (by default it is made in a temporary folder); `docs` is a page between
    whose marks the table is written; `scale` is how long and big everything is (by default the full size). Raises
    LpplError for a row that does not exist, OSError when `out` cannot be written.
    """
    from lppl.bench import machine, report
    from lppl.bench.scale import FULL
    from lppl.errors import LpplError

    unknown = sorted(set(only) - set(ROWS))
    if unknown:
        known, wrong = ", ".join(ROWS), ", ".join(unknown)
        raise LpplError(f"Tidak ada baris {wrong}; yang ada: {known}.", f"No row {wrong}; there are: {known}.")
    out.parent.mkdir(parents=True, exist_ok=True)
    facts = machine.facts()
    with ExitStack() as stack:
        folder = cache or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lppl-bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(folder.stat().st_mode | 0o011)  # PostgreSQL, which will not be root, reaches its own folder below
        results = asyncio.run(_measure(list(only) or list(ROWS), folder.resolve(), scale or FULL))
    document = facts | {"results": [r.to_json() for r in results]}
    out.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    report.show(document)
    if docs is not None:
        report.write_into(docs, document)
    print(f"\nAngka lengkap / all figures: {out}")
    return 1 if any(r.failure for r in results) else 0


async def _measure(rows: Sequence[str], folder: Path, scale: "Scale") -> "list[Result]":
    from lppl.bench.material import Material

    material = Material(folder, scale)
    print("Menyiapkan bahan uji ... / Making material ...", file=sys.stderr, flush=True)
    if scale.together:
        return await asyncio.gather(*(_one(row, material) for row in rows))
    results = []
    for row in rows:
        print(f"Mengukur ({row}) ... / Measuring ({row}) ...", file=sys.stderr, flush=True)
        results.append(await _one(row, material))
    return results


async def _one(row: str, material: object) -> "Result":
    """Measure one row; what keeps it from being measured is its result."""
    from sqlalchemy.exc import SQLAlchemyError

    from lppl.bench.figures import Result
    from lppl.bench.service import NotMeasured
    from lppl.errors import LpplError

    name, function = ROWS[row]
    module = importlib.import_module(f"lppl.bench.{name}")
    began = time.monotonic()
    try:
        async with asyncio.timeout(ROW_TIMEOUT_S):
            measured: Result = await getattr(module, function)(material)
    except (NotMeasured, LpplError, OSError, ValueError, TimeoutError, SQLAlchemyError) as error:
        text = f"{type(error).__name__}: {error}"
    except ExceptionGroup as group:
        text = "; ".join(f"{type(e).__name__}: {e}" for e in group.exceptions)
    else:
        return Result(row, measured.title, measured.figures, measured.details, None, time.monotonic() - began)
    return Result(row, row, failure=text, took_s=time.monotonic() - began)

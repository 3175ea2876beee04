"""Copies of a station's records."""

import sqlite3
from contextlib import closing
from pathlib import Path


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that may be in use, consistently (SQLite's backup API). Raises sqlite3.Error, OSError."""
    with closing(sqlite3.connect(source)) as a, closing(sqlite3.connect(target)) as b:
        a.backup(b)

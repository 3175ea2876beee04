"""What the demo has made at this station, so that exactly that can be removed again: ``<data_dir>/demo.json``.

A file is the demo's while it has the size and time that it was made with; what staff have put in its place stays.
Removing is asked for first (:func:`ask`) and done when the service begins without the demo, so that nothing makes the
files anew meanwhile; killed half-way it goes on. Everything here blocks.
"""

import contextlib
import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from lppl import durable

NAME = "demo.json"


@dataclass(frozen=True)
class DemoRecord:
    """`files`: path below the media folder -> size and mtime_ns; `schedules`: file name -> SHA-256 of its text."""

    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    schedules: dict[str, str] = field(default_factory=dict)
    leaving: bool = False
    """Asked to be removed at the next start."""

    def owns(self, path: str) -> bool:
        """Tell whether the demo made the file at a path below the media folder."""
        return path in self.files


def read(data_dir: Path) -> DemoRecord:
    """Return the record; an empty one where there is none or it cannot be read."""
    try:
        said = json.loads((data_dir / NAME).read_bytes())
        files = {str(path): (int(size), int(mtime)) for path, (size, mtime) in said["files"].items()}
        return DemoRecord(files, dict(said["schedules"]), bool(said["leaving"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return DemoRecord()


def note_file(data_dir: Path, media_dir: Path, path: Path, made: Path) -> None:
    """Note a file of the demo that lies at `made` and will be named `path`. Raises OSError."""
    known, stat = read(data_dir), made.stat()
    name = path.relative_to(media_dir).as_posix()
    _write(data_dir, replace(known, files={**known.files, name: (stat.st_size, stat.st_mtime_ns)}))


def note_schedule(data_dir: Path, path: Path) -> None:
    """Note a schedule file that the demo has just written. Raises OSError."""
    known = read(data_dir)
    _write(data_dir, replace(known, schedules={**known.schedules, path.name: _hash(path)}))


def ask(data_dir: Path) -> None:
    """Have what the demo made removed when the service begins next. Raises OSError."""
    _write(data_dir, replace(read(data_dir), leaving=True))


def remove(data_dir: Path, media_dir: Path, schedules: Path) -> int:
    """Remove what the demo made, folders that are empty then, and the record; return how many files there were.

    Raises OSError when a folder cannot be changed.
    """
    record, gone = read(data_dir), 0
    for name, stamp in record.files.items():
        path = media_dir / name
        with contextlib.suppress(FileNotFoundError):
            stat = path.stat()
            if (stat.st_size, stat.st_mtime_ns) == stamp:
                path.unlink()
                gone += 1
    for folder in sorted({p for name in record.files for p in (media_dir / name).parents}, reverse=True):
        if media_dir in folder.parents:
            with contextlib.suppress(OSError):  # something else is in it
                folder.rmdir()
    for name, told in record.schedules.items():
        with contextlib.suppress(FileNotFoundError):
            if _hash(schedules / name) == told:
                (schedules / name).unlink()
    (data_dir / NAME).unlink(missing_ok=True)
    return gone


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(data_dir: Path, record: DemoRecord) -> None:
    said = {"files": record.files, "schedules": record.schedules, "leaving": record.leaving}
    durable.write_file(data_dir / NAME, json.dumps(said, ensure_ascii=False, indent=1).encode())

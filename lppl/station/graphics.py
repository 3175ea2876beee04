"""The station's logo: kept under the hash of its bytes, so that what was rendered with it can be made again."""

import hashlib
from pathlib import Path

import structlog

from lppl import durable
from lppl.config import Settings
from lppl.records import disk_path
from streaming.rendering import LOGOS

log = structlog.get_logger(__name__)

LARGEST = 16 << 20
"""Bytes of a logo's file at most."""


def keep_logo(settings: Settings, path: str) -> str:
    """Return the hash of the logo at `path` in the media folder, keeping a copy.

    While it cannot be read, a media disk being away, the logo that was last read there stays; empty when there never
    was one. Blocking.
    """
    folder = settings.data_dir / LOGOS
    last = folder / f"{hashlib.blake2b(path.encode(), digest_size=20).hexdigest()}.last"
    try:
        with (settings.media_dir / disk_path(path)).open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            log.warning("logo_too_large", path=path)
            return ""
        name = hashlib.blake2b(data, digest_size=20).hexdigest()
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / f"{name}.png").exists():
            durable.write_file(folder / f"{name}.png", data)
        if _said(last) != name:
            durable.write_file(last, name.encode())
        return name
    except OSError as error:
        log.warning("logo_unreadable", path=path, reason=error.strerror)
        return _said(last)


def _said(last: Path) -> str:
    try:
        return last.read_text()
    except OSError:
        return ""

"""The station's logo: kept under the hash of its bytes, so that what was rendered with it can be made again."""

import hashlib

import structlog

from lppl import durable
from lppl.config import Settings
from lppl.records import disk_path
from streaming.rendering import LOGOS

log = structlog.get_logger(__name__)

LARGEST = 16 << 20
"""Bytes of a logo's file at most."""


def keep_logo(settings: Settings, path: str) -> str:
    """Return the hash of the logo at `path` in the media folder, keeping a copy; empty while it cannot be read.

    Blocking.
    """
    try:
        with (settings.media_dir / disk_path(path)).open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            log.warning("logo_too_large", path=path)
            return ""
        name = hashlib.blake2b(data, digest_size=20).hexdigest()
        kept = settings.data_dir / LOGOS / f"{name}.png"
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            durable.write_file(kept, data)
        return name
    except OSError as error:
        log.warning("logo_unreadable", path=path, reason=error.strerror)
        return ""

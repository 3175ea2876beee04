"""Own pictures and bundled scripts and styles, served under ``static/``.

They are few and small: each is read and packed once, when it is first asked for, and then held in memory. A request
can name nothing but what was found at start. Files of ``dist/`` carry a hash in their names and never change.
"""

import asyncio
import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
_PACKED = frozenset({".png", ".woff", ".woff2"})
"""Compressed already: gzip would only cost time."""
_IMMUTABLE = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, ready to be sent."""

    content_type: str
    body: bytes
    packed: bytes | None
    """The body by gzip; None when that does not make it smaller."""
    etag: str
    cache_control: str


class StaticFiles:
    """The files below a folder; `folder/dist/manifest.json` maps plain names of bundles to hashed ones."""

    def __init__(self, folder: Path) -> None:
        """Find them (blocking: call it before the loop matters). Unknown types are left out."""
        self._paths: dict[str, Path] = {}
        self._files: dict[str, StaticFile] = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if path.suffix in TYPES and path.is_file() and not hidden:
                self._paths[name] = path
        manifest = folder / "dist" / "manifest.json"
        self.bundles: dict[str, str] = json.loads(manifest.read_text()) if manifest.is_file() else {}

    def url(self, bundle: str) -> str | None:
        """Return the page-relative address of a bundle such as ``portal.js``; None when it is not built."""
        hashed = self.bundles.get(bundle)
        return None if hashed is None else f"static/dist/{hashed}"

    async def body(self, path: str) -> bytes | None:
        """Return the bytes of a file by its path below the folder; None when there is none."""
        found = await self._file(path)
        return found.body if found else None

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer GET and HEAD of ``static/{path}`` with conditional requests and gzip; 404 otherwise."""
        file = await self._file(request.match_info["path"])
        if file is None:
            raise web.HTTPNotFound(headers={"X-Content-Type-Options": "nosniff"})
        headers = {
            "Content-Type": file.content_type,
            "Cache-Control": file.cache_control,
            "ETag": f'"{file.etag}"',
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        matches = request.if_none_match or ()
        if any(tag.value in (file.etag, "*") for tag in matches):
            return web.Response(status=304, headers=headers)
        if file.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=file.packed, headers=headers | {"Content-Encoding": "gzip"})
        return web.Response(body=file.body, headers=headers)

    async def _file(self, name: str) -> StaticFile | None:
        if name not in self._files and name in self._paths:
            try:
                self._files[name] = await asyncio.to_thread(_read, self._paths[name], name)
            except FileNotFoundError:  # a new build has taken its place
                return None
        return self._files.get(name)


FILES: web.AppKey[StaticFiles] = web.AppKey("static_files", StaticFiles)


def _read(path: Path, name: str) -> StaticFile:
    body = path.read_bytes()
    packed = None if path.suffix in _PACKED else gzip.compress(body, 9, mtime=0)
    if packed is not None and len(packed) >= len(body):
        packed = None
    # What is not named by its content (the manifest, licences) must be asked for again.
    hashed = name.startswith("dist/") and path.suffix not in (".json", ".txt")
    return StaticFile(
        content_type=TYPES[path.suffix],
        body=body,
        packed=packed,
        etag=hashlib.blake2b(body, digest_size=12).hexdigest(),
        cache_control=_IMMUTABLE if hashed else _SHORT,
    )

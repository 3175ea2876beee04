"""Files in memory: types, hashed names, gzip, what is left out."""

import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from web.static_files import StaticFiles

SCRIPT = b"export const siaran = 1;\n" * 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dist = tmp_path / "dist"
    dist.mkdir()
    (dist / "portal-ABCD1234.js").write_bytes(SCRIPT)
    (dist / "font-ABCD1234.woff2").write_bytes(SCRIPT)
    (dist / "manifest.json").write_text(json.dumps({"portal.js": "portal-ABCD1234.js"}))
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "rahasia.pem").write_text("kunci")
    (tmp_path / ".dist-setengah").mkdir()
    (tmp_path / ".dist-setengah" / "portal.js").write_text("setengah")
    return tmp_path


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application()
    app.router.add_get("/static/{path:.+}", StaticFiles(folder).serve)
    async with TestClient(TestServer(app), auto_decompress=False) as connected:
        yield connected


def test_bundles_by_plain_name(folder: Path) -> None:
    assert StaticFiles(folder).url("portal.js") == "static/dist/portal-ABCD1234.js"
    assert StaticFiles(folder).url("portal.css") is None


def test_nothing_built_is_no_error(tmp_path: Path) -> None:
    assert StaticFiles(tmp_path).url("portal.js") is None


@pytest.mark.parametrize(
    ("name", "content_type", "immutable"),
    [
        ("dist/portal-ABCD1234.js", "text/javascript", True),
        ("dist/font-ABCD1234.woff2", "font/woff2", True),
        ("dist/manifest.json", "application/json", False),
        ("icon.svg", "image/svg+xml", False),
    ],
)
async def test_types_and_ages(
    client: TestClient[web.Request, web.Application], name: str, content_type: str, immutable: bool
) -> None:
    async with client.get(f"/static/{name}") as answer:
        assert answer.content_type == content_type
        assert ("immutable" in answer.headers["Cache-Control"]) is immutable


async def test_gzip_when_asked_and_worth_it(client: TestClient[web.Request, web.Application]) -> None:
    script, font = "/static/dist/portal-ABCD1234.js", "/static/dist/font-ABCD1234.woff2"
    async with client.get(script, headers={"Accept-Encoding": "gzip, br"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Vary"] == "Accept-Encoding"
        assert gzip.decompress(await packed.read()) == SCRIPT
    async with client.get(script, headers={"Accept-Encoding": "identity"}) as plain:
        assert await plain.read() == SCRIPT
    async with client.get(font, headers={"Accept-Encoding": "gzip"}) as compressed_already:
        assert "Content-Encoding" not in compressed_already.headers


@pytest.mark.parametrize(
    "path", ["rahasia.pem", ".dist-setengah/portal.js", "dist", "dist/", "dist/../icon.svg", "%2e%2e/words.py"]
)
async def test_only_what_was_found_is_served(client: TestClient[web.Request, web.Application], path: str) -> None:
    async with client.get(f"/static/x/../{path}") as answer:
        assert (answer.status == 200) is (path == "dist/../icon.svg")  # the client itself resolves these dots

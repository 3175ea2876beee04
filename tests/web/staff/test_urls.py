"""Every address of staff, asked by every role and by nobody: the answer is the one in ``urls.txt``.

An address that is missing there fails, and so does one that is gone. With URLS_SAY=file the answers of today are
written there, in the table's form, to be looked at line by line before they are taken over.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from lppl.accounts import Role
from tests.web.staff.conftest import Site
from web.staff.news import StaffNews
from web.staff.pages import staff_routes
from web.staff.visit import Route
from web.static_files import StaticFiles

TABLE = Path(__file__).with_name("urls.txt")
ROLES = (*Role, None)
STREAM = "/kerja/kabar"
"""Never ends for those who may listen: asked elsewhere."""
SAMPLES = {
    "channel": "tv", "day": "2026-11-22", "number": "999", "account": "999", "secret": "tidak-ada", "asset": "0" * 40,
    "house": f"{'0' * 40}.tv-x", "rendition": "a128", "n": "0", "name": "tidak-ada", "entry": "tidak-ada", "id": "999",
    "programme": "tidak-ada", "playlist": "tidak-ada", "rotation": "tidak-ada", "order": "tidak-ada",
}  # fmt: skip
"""What stands in the places of a path; what is not named here is ``x``."""


def all_routes() -> list[Route]:
    """Return every address of staff."""
    return staff_routes(StaticFiles(Path("none")), StaffNews())[0]


def sample(path: str) -> str:
    """Return an address of a routed path."""
    return re.sub(r"\{(\w+)[^}]*\}", lambda m: SAMPLES.get(m[1], "x"), path)


def table() -> Mapping[tuple[str, str], tuple[int, ...]]:
    """Return (method, path) -> the answers to each role, and to nobody."""
    rows = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {(method, path): tuple(map(int, answers)) for method, path, *answers in rows}


async def answers(site: Site, route: Route) -> tuple[int, ...]:
    """Return what everybody gets."""
    found = []
    for role in ROLES:
        visitor = site.stranger() if role is None else await site.logged_in(role)
        found.append((await visitor.ask(route.method, sample(route.path))).status)
    return tuple(found)


def test_every_address_is_in_the_table_and_no_other() -> None:
    there = {(r.method, r.path) for r in all_routes() if r.path != STREAM}
    assert there - set(table()) == set(), "missing in urls.txt"
    assert set(table()) - there == set(), "gone, but still in urls.txt"


def group_of(path: str) -> str:
    """Return the word after /kerja or /api/v1."""
    words = [word for word in path.split("/") if word]
    return " ".join(words[:1] + words[1:2]) if words[0] == "kerja" else " ".join(words[:3])


@pytest.mark.parametrize("group", sorted({group_of(r.path) for r in all_routes() if r.path != STREAM}))
async def test_everybody_gets_what_the_table_says(site: Site, group: str) -> None:
    mine = [r for r in all_routes() if group_of(r.path) == group and r.path != STREAM]
    found = {(r.method, r.path): await answers(site, r) for r in mine}
    if said := os.environ.get("URLS_SAY"):
        with Path(said).open("a") as file:
            file.writelines(f"{m:6} {path:58} {' '.join(map(str, row))}\n" for (m, path), row in found.items())
    expected = table()
    assert found == {key: expected.get(key) for key in found}


def test_nobody_comes_in_where_the_table_does_not_say_so() -> None:
    """Nobody gets 401 or is sent to log in, but at these addresses."""
    open_to_all = {(m, p) for (m, p), found in table().items() if found[-1] not in (303, 401, 403)}
    assert open_to_all == {
        ("GET", "/kerja/masuk"), ("POST", "/kerja/masuk"), ("GET", "/kerja/tautan/{secret}"),
        ("POST", "/kerja/tautan/{secret}"), ("GET", "/api/v1/openapi.json"),
    }  # fmt: skip

"""Every page of a station at desk and phone width, as pictures to look at, with what a machine can find wrong in them.

Starts the demo station in a folder of its own (or uses the one at --url with --link, its one-time link), makes the
administrator, has citizens send reports by the form, opens each page in Chromium at 1366 and 390 px, and saves a
picture of the whole page. Prints what axe finds at WCAG 2.1 AA, what is wider than the screen, and what the page
complained of. Exit code 1 when there was any.
"""

import argparse
import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

ROOT = Path(__file__).parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
WIDTHS = {"1366": (1366, 800), "390": (390, 844)}
SETTLE_MS = 2500
TALLEST_PX = 8000
"""Of a longer page, such as a day line by line, what fits the screen is enough."""
PASSWORD = "kuda laut makan soto"  # noqa: S105 - of a station that lasts a minute
READY_S = 180
ADMINISTRATOR = {"name": "Sari Wulandari", "login": "sari", "password": PASSWORD}

REPORTS = (
    {
        "text": "Lampu jalan di Jalan Merdeka mati sejak tiga hari, gelap sekali.",
        "where": "depan pasar",
        "name": "Siti",
    },
    {
        "text": "Usul taman bermain di belakang balai kelurahan, anak-anak main di jalan.",
        "name": "Budi",
        "kind": "aspiration",
    },
    {"text": "Rumah terbakar di gang 3, ada orang terjebak di dalam!", "phone": "081234567890"},
)
"""What citizens of that minute say."""
CASES_READ_MS = 4000
REPORT_PATHS = ("/lapor", "/lapor/diterima?kode=K7QF-2M9X&darurat=1")

RUN_AXE = """async () => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }, resultTypes: ["violations"],
  });
  const where = (v) => v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join("; ");
  return found.violations.map((v) => `${v.id}: ${v.help} (${where(v)})`);
}"""
WIDER = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""


@dataclass
class Seen:
    """One page at one width, and what was found wrong."""

    path: str
    width: str
    status: int
    faults: list[str] = field(default_factory=list)


def staff_paths() -> list[str]:
    """Return the paths of all staff pages that need nothing but a login."""
    sys.path.insert(0, str(ROOT))
    from web.staff.news import StaffNews
    from web.staff.pages import staff_routes
    from web.static_files import StaticFiles

    routes, _ = staff_routes(StaticFiles(ROOT / "web" / "static"), StaffNews())
    plain = (r.path for r in routes if r.method == "GET" and not r.api and "{" not in r.path)
    return [path for path in dict.fromkeys(plain) if path not in ("/kerja/kabar", "/kerja/masuk", "/kerja/kode")]


def public_paths() -> list[str]:
    """Return the paths of the audience's pages."""
    sys.path.insert(0, str(ROOT))
    from web.audience.urls import HTML, URLS

    return ["/", *(u.example for u in URLS if u.method == "GET" and u.type == HTML and 200 in u.status)]


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Start Chromium."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield started
        finally:
            await started.close()


async def context_of(started: Browser, width: str, **more: Any) -> BrowserContext:
    """Return a window of a width; axe is let in past the page's own policy."""
    x, y = WIDTHS[width]
    return await started.new_context(
        viewport={"width": x, "height": y}, bypass_csp=True, locale="id-ID", timezone_id="Asia/Jakarta", **more
    )


async def look(page: Page, base: str, path: str, width: str, out: Path | None) -> Seen:
    """Open a page, let it settle, and find what is wrong with it."""
    said: list[str] = []

    def told(message: Any) -> None:
        if message.type == "error" and "favicon" not in message.text:
            said.append(f"console: {message.text[:200]}")

    page.on("console", told)
    page.on("pageerror", lambda error: said.append(f"script: {str(error)[:200]}"))
    answer = await page.goto(base + path, wait_until="load")
    await page.wait_for_timeout(SETTLE_MS)
    seen = Seen(path, width, answer.status if answer else 0)
    if out is not None:
        name = re.sub(r"[^a-z0-9]+", "-", path.strip("/")) or "portal"
        tall = await page.evaluate("document.documentElement.scrollHeight") > TALLEST_PX
        await page.screenshot(path=out / f"{name}-{width}.png", full_page=not tall)
    if (over := int(await page.evaluate(WIDER))) > 0:
        seen.faults.append(f"{over} px wider than the screen")
    await page.add_script_tag(path=AXE)
    seen.faults += [f"axe: {v}" for v in await page.evaluate(RUN_AXE)]
    seen.faults += said
    page.remove_listener("console", told)
    return seen


async def become_administrator(page: Page, link: str) -> None:
    """Use the one-time link."""
    await page.goto(link)
    for name, value in ADMINISTRATOR.items():
        await page.fill(f"#{name}", value)
    await page.click("form button.btn-primary")
    await page.wait_for_load_state()


async def report(page: Page, base: str) -> None:
    """Send each report by the public form, and wait until they are cases."""
    for said in REPORTS:
        await page.goto(f"{base}/lapor")
        for name, value in said.items():
            if name == "kind":
                await page.check(f'[name="kind"][value="{value}"]')
            else:
                await page.fill(f'[name="{name}"]', value)
        await page.click('[data-role="send"]')
        await page.wait_for_url("**/lapor/diterima**")
    await page.wait_for_timeout(CASES_READ_MS)


async def walk(base: str, link: str, out: Path, only: Sequence[str]) -> list[Seen]:
    """Look at every page at every width."""
    found: list[Seen] = []
    async with browser() as started:
        first = await context_of(started, "1366")
        page = await first.new_page()
        await become_administrator(page, link)
        await report(page, base)
        cases = [f"/kerja/aduan/{number}" for number in range(1, len(REPORTS) + 1)]
        state = await first.storage_state()
        for width in WIDTHS:
            context = await context_of(started, width, storage_state=state)
            bare = await context_of(started, width)
            for path in [*public_paths(), *REPORT_PATHS, "/kerja/masuk", *staff_paths(), *cases]:
                if only and not any(word in path for word in only):
                    continue
                own = path.startswith("/kerja") and path != "/kerja/masuk"
                page = await (context if own else bare).new_page()
                seen = await look(page, base, path, width, out)
                await page.close()
                found.append(seen)
                print(f"{seen.status} {width:>4} {path}", *[f"\n       {fault}" for fault in seen.faults], flush=True)
    return found


@asynccontextmanager
async def station(folder: Path) -> AsyncIterator[tuple[str, str]]:
    """Run the demo station; yield its address and the administrator's link."""
    settings = "demo = true\ndata_dir = 'data'\nmedia_dir = 'media'\nport = 8189\npreset = 'ultrafast'\n"
    await asyncio.to_thread((folder / "lppl.toml").write_text, settings)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lppl", "serve", cwd=folder, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )  # fmt: skip
    assert process.stdout is not None
    reading: asyncio.Task[None] | None = None
    try:
        link = ""
        async with asyncio.timeout(READY_S):
            while not link:
                line = (await process.stdout.readline()).decode()
                link = line.split()[-1] if "/kerja/tautan/" in line else ""
        reading = asyncio.create_task(_drain(process.stdout))
        await asyncio.sleep(45)  # its first material is conformed meanwhile
        yield "http://127.0.0.1:8189", link.replace("localhost", "127.0.0.1")
    finally:
        process.terminate()
        await process.wait()
        if reading is not None:
            reading.cancel()


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.read(1 << 16):
        pass


async def main() -> int:
    """Make the pictures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--url", help="a running station, with --link")
    parser.add_argument("--link", help="its administrator's one-time link")
    parser.add_argument("only", nargs="*", help="only paths that hold one of these words")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    if given.url:
        found = await walk(given.url, given.link, given.out, given.only)
    else:
        with tempfile.TemporaryDirectory(prefix="lppl-pages-") as folder:
            async with station(Path(folder)) as (base, link):
                found = await walk(base, link, given.out, given.only)
    faulty = [seen for seen in found if seen.faults or seen.status >= 400]
    print(f"{len(found)} pictures in {given.out}, {len(faulty)} with faults")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

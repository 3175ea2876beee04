"""What the pages' tests share: one Chromium for all tests of a file, with contexts of each test's own."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.station.browser import chromium


@pytest.fixture(scope="module")
async def running_browser() -> AsyncIterator[Browser]:
    """Chromium, for as long as the tests of a file last; a test takes `browser`."""
    async with chromium() as running:
        yield running


@pytest.fixture
async def browser(running_browser: Browser) -> AsyncIterator[Browser]:
    """The file's Chromium; what a test opened in it is closed after the test."""
    yield running_browser
    for context in running_browser.contexts:
        await context.close()

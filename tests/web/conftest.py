"""What the pages' tests share."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.station.browser import chromium


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, for as long as the test lasts."""
    async with chromium() as running:
        yield running

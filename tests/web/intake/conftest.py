"""Fixtures of the intake's pages."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.intake.door import Door, make_template, opened


@pytest.fixture(scope="session")
def empty_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records without anything in them, made once and copied."""
    return asyncio.run(make_template(tmp_path_factory.mktemp("records")))


@pytest.fixture
async def door(tmp_path: Path, empty_records: Path) -> AsyncIterator[Door]:
    """The intake's door, open."""
    async with opened(tmp_path, empty_records) as found:
        yield found

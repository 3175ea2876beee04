"""The pure parts of the staff pages' scripts, run by node's own test runner."""

from pathlib import Path

import pytest

from lppl.process import run

TESTS = sorted((Path(__file__).parent / "js").glob("*.test.mjs"))


@pytest.mark.parametrize("test", TESTS, ids=lambda path: path.name)
async def test_pure_script(test: Path) -> None:
    report = (await run(["node", "--test", "--test-reporter=tap", str(test)], timeout=120)).decode()
    assert "\n# fail 0\n" in report
    assert "\n# pass 0\n" not in report

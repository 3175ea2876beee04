"""The pure parts of the weekly grid's script, run by node's own test runner."""

from pathlib import Path

from lppl.process import run


async def test_pure_script() -> None:
    test = Path(__file__).parent / "js" / "grid.test.mjs"
    report = (await run(["node", "--test", "--test-reporter=tap", str(test)], timeout=120)).decode()
    assert "\n# fail 0\n" in report
    assert "\n# pass 0\n" not in report

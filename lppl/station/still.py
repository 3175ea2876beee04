"""The title card that a sound-only item shows on TV."""

from pathlib import Path

from lppl.demo.making import work
from lppl.media import Tags

SIZE = (1280, 720)


async def make_still(tags: Tags, out: Path) -> None:
    """Draw the card in a child process. Raises ProcessFailed."""
    lines = [line for line in (tags.artist, tags.album) if line]
    await work([("still", {"out": str(out), "size": SIZE, "title": tags.title, "lines": lines})])

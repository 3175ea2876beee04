"""The commands other than ``serve``, put together with typer."""

import sys
from collections.abc import Sequence


def main(words: Sequence[str]) -> int:
    """Run a command; return its exit code."""
    from lppl.commands.app import app

    result = app(list(words), prog_name="lppl", standalone_mode=True)
    return int(result or 0) if isinstance(result, int) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

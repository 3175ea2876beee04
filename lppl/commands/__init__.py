"""The commands other than ``serve``, put together with typer."""

import sys
from collections.abc import Sequence


def main(words: Sequence[str]) -> int:
    """Run a command; return its exit code."""
    from lppl.commands.app import run

    return run(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

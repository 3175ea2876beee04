"""The ``lppl`` command. ``serve`` goes its own short way: the command-line library would double its start-up time."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code. `argv` is without the program's name."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["serve"] and not {"-h", "--help"} & set(words):
        from lppl.commands.serve import main as serve

        return serve(words[1:])
    from lppl.commands import main as command

    return command(words)


if __name__ == "__main__":
    sys.exit(main())

"""Where commands write: tables to a terminal or a program, and sentences beside the result."""

import sys

from rich.console import Console

PIPE_WIDTH = 180
"""Columns of a table that goes to a file or a program."""


def out() -> Console:
    """Return where tables go; wide when no person watches, so that nothing is cut."""
    console = Console(highlight=False, markup=False, emoji=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, emoji=False, width=PIPE_WIDTH)


def say(text: str) -> None:
    """Tell a person something that is not the command's result."""
    print(text, file=sys.stderr)

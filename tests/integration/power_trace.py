"""Reads what strace wrote: the calls by which a process changed files and answered, with when each began and ended."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    "write", "writev", "pwrite64", "pwritev", "fsync", "fdatasync", "rename", "renameat", "renameat2", "sendto",
    "sendmsg", "openat", "close", "mkdir", "mkdirat", "unlink", "unlinkat", "ftruncate", "fallocate", "sendfile",
)  # fmt: skip
_LINE = re.compile(r"^(\d+) +(.*)$")
_RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the system. `began`, `ended`: its place among all beginnings and returns."""

    name: str
    arguments: str
    result: str
    began: int
    ended: int

    @property
    def path(self) -> str:
        """The file that its descriptor is of; "" when it has none."""
        found = re.match(r"\d+<(.*?)>", self.arguments)
        return found[1] if found else ""

    @property
    def texts(self) -> list[bytes]:
        """Its strings."""
        return [ast.literal_eval(f'b"{m[1]}"') for m in _TEXT.finditer(self.arguments)]

    @property
    def numbers(self) -> list[int]:
        """The numbers after its last string or descriptor."""
        after = self.arguments.rpartition('"')[2].rpartition(">")[2]
        return [int(n) for n in re.findall(r"-?\d+", after)]

    @property
    def worked(self) -> bool:
        """Whether it did what it was asked for."""
        return bool(self.result) and not self.result.startswith(("-1", "?"))


def read(trace: Path) -> list[Call]:
    """Return the calls of a trace by ``strace -f -y -x -o``, in the order in which they began."""
    found: list[Call] = []
    open_calls: dict[str, tuple[str, int]] = {}
    for at, line in enumerate(trace.read_text("latin-1").splitlines()):
        parts = _LINE.match(line)
        if parts is None:
            continue
        thread, said = parts[1], parts[2]
        if said.endswith(" <unfinished ...>"):
            open_calls[thread] = (said.removesuffix(" <unfinished ...>"), at)
            continue
        began = at
        if (resumed := _RESUMED.match(said)) and thread in open_calls:
            before, began = open_calls.pop(thread)
            said = before + resumed[2]
        call, equals, result = said.rpartition(" = ")
        name, paren, arguments = call.rstrip().partition("(")
        if equals and paren and name in CALLS:
            found.append(Call(name, arguments.removesuffix(")"), result, began, at))
    return sorted(found, key=lambda c: c.began)

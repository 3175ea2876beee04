"""Where things stand in the text of a TOML file: `tomllib` tells values, staff need lines.

Only for messages. Strings that run over several lines may mislead it.
"""

import re
from collections.abc import Mapping
from typing import TypeAlias

_HEADER = re.compile(r"\s*\[\[?\s*([\w-]+)\s*\]")
_KEY = re.compile(r"""\s*(["']?)([\w -]+)\1\s*=""")
_AT_LINE = re.compile(r"\s*\(at line (\d+), column (\d+)\)")
_UNQUOTED_CLOCK = re.compile(r"""=\s*\[?\s*\d{1,2}[.:]\d{2}""")
Lines: TypeAlias = Mapping[tuple[str, int, str], int]
"""Line of (table, its number from 0, key); key "" is the header; table "" is the top of the file."""


def lines_of(text: str) -> Lines:
    """Find the line of each table header and key."""
    found: dict[tuple[str, int, str], int] = {}
    seen: dict[str, int] = {}
    table, index = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = header[1]
            index = seen.get(table, -1) + 1
            seen[table] = index
            found[table, index, ""] = number
        elif key := _KEY.match(line):
            found.setdefault((table, index, key[2].strip()), number)
    return found


def syntax_mistake(message: str, text: str) -> str:
    """Turn what tomllib said of `text` into a sentence for staff."""
    match = _AT_LINE.search(message)
    reason = _AT_LINE.sub("", message)
    if not match:
        return f"penulisan salah sampai akhir berkas; periksa kurung dan tanda kutip / not valid TOML: {reason}"
    number = int(match[1])
    lines = text.splitlines()
    line = lines[number - 1] if number <= len(lines) else ""
    if _UNQUOTED_CLOCK.search(line):
        return (
            f'baris {number}: jam harus dalam tanda kutip, misalnya start = "06.00" / '
            'put times in quotes, like start = "06.00"'
        )
    return (
        f"baris {number}, kolom {match[2]}: penulisan salah; periksa tanda kutip, koma dan kurung / "
        f"not valid TOML: {reason}"
    )

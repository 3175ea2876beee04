"""``lppl serve``: run the station, or some of its roles. Parsed by hand, because every millisecond is start-up time."""

import sys
from collections.abc import Sequence

ROLES = ("air", "web", "worker")
USAGE = "Pemakaian: lppl serve [--only air|web|worker]... / Usage: lppl serve [--only air|web|worker]..."


def parse_roles(words: Sequence[str]) -> frozenset[str]:
    """Return the roles named by ``--only`` (repeated, ``=`` or a comma between), or all. Raises ValueError."""
    roles: set[str] = set()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if name != "--only":
            raise ValueError(word)
        if not equals:
            if not rest:
                raise ValueError(word)
            value = rest.pop(0)
        for role in value.split(","):
            if role not in ROLES:
                raise ValueError(role)
            roles.add(role)
    return frozenset(roles or ROLES)


def main(words: Sequence[str]) -> int:
    """Run the station until it is told to stop; return the exit code: 2 for wrong words or settings."""
    from lppl.config import load_settings
    from lppl.errors import SettingsInvalid

    try:
        roles = parse_roles(words)
    except ValueError as error:
        print(f"lppl serve: {error}?\n{USAGE}", file=sys.stderr)
        return 2
    try:
        settings = load_settings()
    except SettingsInvalid as error:
        print(f"lppl: {error}", file=sys.stderr)
        return 2
    from lppl.station import serve

    return serve(settings, roles)

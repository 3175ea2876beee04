"""Tracking codes: what a citizen is told, writes on paper and says on the phone.

Eight signs of an alphabet without look-alikes (no 0/O, 1/I/L, U/V), in two groups: ``K7QF-2M9X``.
"""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
LENGTH = 8


def new_code() -> str:
    """Return a code; 5 x 10^11 are possible, so that nobody finds one by trying."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{signs[:4]}-{signs[4:]}"


def read_code(written: str) -> str:
    """Return the code that somebody wrote or said, in its usual form; "" when it cannot be one."""
    signs = "".join(c for c in written.upper() if c.isalnum())
    if len(signs) != LENGTH or set(signs) - set(ALPHABET):
        return ""
    return f"{signs[:4]}-{signs[4:]}"

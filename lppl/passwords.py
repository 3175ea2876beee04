"""Passwords: what may be one, and argon2id in threads, so that no login ever holds up the event loop.

Rules as OWASP ASVS 2.1 asks: length counts, kinds of characters do not; well-known and obvious ones are refused.
"""

import asyncio
import functools
import re
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from lppl.errors import LpplError

SHORTEST, LONGEST = 12, 128

_COMMON = (
    "password", "passw0rd", "sandi", "katasandi", "rahasia", "admin", "administrator", "qwerty", "letmein", "welcome",
    "indonesia", "pekalongan", "batik", "siaran", "radio", "televisi", "lppl", "merdeka", "bismillah", "sayang",
)  # fmt: skip

_hasher = PasswordHasher()
_turns = ThreadPoolExecutor(2, thread_name_prefix="argon2")
"""Each takes 64 MB and a fifth of a second of a core: a crowd of logins waits its turn."""


class PasswordRefused(LpplError):
    """This cannot be a password; the sentence says why."""


def check_password(password: str, about: Iterable[str] = ()) -> None:
    """Raise PasswordRefused for what is too short, too long, well known, or made of what is known (`about`)."""
    if len(password) < SHORTEST:
        raise PasswordRefused(
            f"Kata sandi paling sedikit {SHORTEST} huruf; kalimat pendek mudah diingat.",
            f"A password has at least {SHORTEST} characters; a short sentence is easy to remember.",
        )
    if len(password) > LONGEST:
        raise PasswordRefused(
            f"Kata sandi paling banyak {LONGEST} huruf.", f"A password has at most {LONGEST} characters."
        )
    said = (part for each in about for part in (each, *re.split(r"[\W\d_]+", each)))
    known = {word for word in map(_letters, (*_COMMON, *said)) if len(word) > 3}
    rest = _letters(password)
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(set(password)) < 5 or len(set(rest)) < 4:
        raise PasswordRefused(
            "Kata sandi itu mudah ditebak; pakai beberapa kata yang tidak berhubungan.",
            "That password is easy to guess; use a few unrelated words.",
        )


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalpha())


async def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return await asyncio.get_running_loop().run_in_executor(_turns, _hasher.hash, password)


async def verify_password(kept: str, password: str) -> bool:
    """Tell whether `password` is the one of hash `kept`; an empty one takes as long and is never right."""
    return await asyncio.get_running_loop().run_in_executor(_turns, _verified, kept, password)


def outdated(kept: str) -> bool:
    """Tell whether a hash was made with weaker settings than today's."""
    try:
        return _hasher.check_needs_rehash(kept)
    except InvalidHashError:
        return True


@functools.cache
def _nobody() -> str:
    """Return a hash that is checked when there is no such account, so that the answer takes as long."""
    return _hasher.hash(secrets.token_urlsafe(16))


def _verified(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept or _nobody(), password) and bool(kept)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False

"""Taking secrets out of text before a person, a log or an error message sees it."""

import re

# a scheme is looked for in so many letters only: a word of a hundred thousand must not hold the service up
_USERINFO = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30}://)(?P<user>[^/?#\s:@]*):[^/?#\s]*@")
_PARAMETER = re.compile(
    r"(?P<name>[?&;](?:password|passwd|pass|token|access_token|key|api_key|secret|signature|sig)=)[^&#;\s\"']+",
    re.IGNORECASE,
)
MASK = "***"


def cleaned(text: str) -> str:
    """Return `text` with the passwords and tokens of every URL in it replaced by ``***``."""
    text = _USERINFO.sub(lambda m: f"{m['scheme']}{m['user']}:{MASK}@", text)
    return _PARAMETER.sub(lambda m: f"{m['name']}{MASK}", text)


class SecretUrl(str):
    """A URL that may hold a password: an ordinary string to libraries, masked where it is shown by repr."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(cleaned(str(self)))

    @property
    def masked(self) -> str:
        """The URL as people may see it."""
        return cleaned(str(self))

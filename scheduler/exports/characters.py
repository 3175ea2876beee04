"""Which characters may stand in what is handed out: titles come from files and may hold anything."""

import re

_ILLEGIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def legible(text: str) -> str:
    """Return `text` without what neither XML 1.0 (2.2) nor a spreadsheet may hold: control characters, surrogates."""
    return _ILLEGIBLE.sub("", text)

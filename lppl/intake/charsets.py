"""Bytes to text by what the sender says of them, for gateways and mail programs that say it wrongly or not. Pure.

Only real character sets are tried: Python knows others (``punycode``, ``unicode_escape``) that a stranger could name to
keep a processor busy, or to have bytes read as something else.
"""

import re

_KNOWN = re.compile(
    r"utf-?(?:8|16|16-?le|16-?be)|ucs-?2|utf-?8-?sig|us-?ascii|ascii|latin-?[1-9]|iso-?8859-?\d{1,2}|(?:cp|windows-?)125\d"
    r"|cp437|cp850|cp874|tis-?620|koi8-?[ru]|gb2312|gbk|gb18030|big5|euc-?(?:jp|kr)|iso-?2022-?(?:jp|kr)|shift-?jis|macintosh",
    re.ASCII,
)
_OTHER_NAMES = {"ucs-2": "utf-16-be", "ucs2": "utf-16-be", "utf-16": "utf-16-be", "utf16": "utf-16-be"}
_WINDOWS = "cp1252"
"""What is meant by Latin-1 and US-ASCII: the same, with quotes and dashes where these have control characters."""


def decoded(data: bytes, charset: str = "") -> str:
    """Return the text of `data`; signs that it cannot be become U+FFFD. Never raises.

    Tried are its own mark (BOM), the named character set, UTF-8, and what Windows writes.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    named = charset.strip().strip("\"'").casefold().replace("_", "-")[:40]
    if _KNOWN.fullmatch(named):
        named = _OTHER_NAMES.get(named, named)
        if named in {"latin-1", "latin1", "iso-8859-1", "iso8859-1", "iso88591"}:
            return data.decode(_WINDOWS, "replace")
        wide = named.replace("-", "").startswith("utf16")
        try:
            return data.decode(named, "replace" if wide else "strict")
        except (UnicodeDecodeError, LookupError):
            pass  # it is something else than was said
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(_WINDOWS, "replace")

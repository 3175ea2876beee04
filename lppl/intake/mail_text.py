"""What a person newly wrote in an e-mail: HTML as text, no quoted mail, no signature, no telephone's own line. Pure.

HTML is read by a scan of its own: the standard library's parser takes quadratic time over unclosed tags and comments,
which anybody can send. Quotes are only left out where something else remains, and never from a forwarded mail: there
they are what is meant.
"""

import html
import re
from collections.abc import Sequence

HTML_MOST = 2_000_000
TEXT_MOST = 200_000
"""Characters that are looked at."""
QUOTE_DEPTH = 3

_TAG = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]{0,15})")
_HIDDEN = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title", "template")}
_LINES = frozenset({
    "br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "section",
    "article", "blockquote",
})  # fmt: skip
_ENTITY = re.compile(r"&#?[0-9a-zA-Z]{1,32}+(?![0-9a-zA-Z]);?")

_ATTRIBUTION = re.compile(r"(?:on|pada|tanggal)\b.{5,400}\b(?:wrote|menulis)\s*:", re.IGNORECASE)
_WROTE = re.compile(r".{0,200}<[^<>\s@]{1,100}@[^<>\s]{1,100}>\s*(?:wrote|menulis)\s*:", re.IGNORECASE)
_SURELY = re.compile(r"@|\d[.:]\d\d")
"""Mail programs name an address or a time there; people who tell that they wrote something hardly do."""
_ORIGINAL = re.compile(r"[-_\s]*(?:original message|original appointment|pesan asli|pesan awal)[-_\s]*", re.IGNORECASE)
_FORWARDED = re.compile(
    r"[->\s]*(?:forwarded message|begin forwarded message|pesan (?:yang )?diteruskan|(?:mulai )?pesan terusan)\b.*",
    re.IGNORECASE,
)
_FROM = re.compile(r"\*?(?:from|dari)\s*:\*?\s*\S.*", re.IGNORECASE)
_TO = re.compile(r"\*?(?:sent|date|to|subject|dikirim|tanggal|kepada|ke|perihal|subjek)\s*:\*?.*", re.IGNORECASE)
_RULE = re.compile(r"[_\-=]{10,}")
_DEVICE = re.compile(
    r"(?:sent|dikirim|terkirim) (?:from|dari|menggunakan|via|melalui) .{2,60}|get outlook for .{2,30}"
    r"|dapatkan outlook untuk .{2,30}",
    re.IGNORECASE,
)


def text_of_html(source: str) -> str:
    """Return what HTML shows: blocks as lines, no scripts and styles, quoted blocks with ``>`` before their lines."""
    source = source[:HTML_MOST]
    pieces: list[str] = []
    unclosed: set[str] = set()
    at = depth = 0
    while at < len(source):
        opens = source.find("<", at)
        pieces.append(_unescaped(_run_together(source[at : opens if opens >= 0 else len(source)])))
        if opens < 0:
            break
        tag = _TAG.match(source, opens + 1)
        if tag is None and source[opens + 1 : opens + 2] not in ("!", "?"):
            pieces.append("<")  # a sign of the text, as in "3 < 5"
            at = opens + 1
            continue
        closing = "-->" if source.startswith("<!--", opens) else ">"
        ends = source.find(closing, opens)
        if ends < 0:
            break  # nobody was shown the rest
        at = ends + len(closing)
        name, is_end = tag[1].casefold() if tag else "", source[opens + 1] == "/"
        if name in _HIDDEN and not is_end and name not in unclosed:
            found = _HIDDEN[name].search(source, at)
            at = found.start() if found else at
            if found is None:
                unclosed.add(name)  # or each of many would look through all the rest
        if name == "blockquote":
            depth = max(0, depth - 1) if is_end else depth + 1
        if name in _LINES:
            pieces.append("\n" + "> " * min(depth, QUOTE_DEPTH))
        elif name in ("td", "th"):
            pieces.append(" ")
    return _tidy("".join(pieces).split("\n"))


def _run_together(text: str) -> str:
    """Return a text with each run of white space as one space, as HTML shows it; those at its ends too."""
    if not text:
        return ""
    middle = " ".join(text.split())
    return (" " if text[0].isspace() else "") + middle + (" " if middle and text[-1].isspace() else "")


def _unescaped(text: str) -> str:
    # each by itself: html.unescape over a long text raises ValueError for a number of thousands of digits
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _tidy(lines: Sequence[str]) -> str:
    """Return lines without spaces around them, and never two empty ones in a row."""
    kept: list[str] = []
    for line in lines:
        plain = " ".join(line.split())
        if plain.strip("> ") or (kept and kept[-1].strip("> ")):
            kept.append(plain if plain.strip("> ") else "")
    return "\n".join(kept).strip()


def new_part(text: str) -> str:
    """Return what its sender wrote into a mail of plain text: no quoted mail, signature or telephone's own line.

    Answers written between quoted lines are all kept. Where nothing but quotes is there, they stay.
    """
    text = text[:TEXT_MOST].replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").strip("\n")
    lines = text.split("\n")
    if any(_FORWARDED.fullmatch(line.strip()[:300]) for line in lines):
        return text.strip()
    kept = _without_signature(_without_quotes(lines))
    return "\n".join(kept).strip() or text.strip()


def _without_quotes(lines: Sequence[str]) -> list[str]:
    at, height = _quote_begins(lines)
    if at is None:
        return [line for line in lines if not _is_quoted(line)]
    after = lines[at + height :]
    if any(_is_quoted(line) for line in after):
        return [line for line in (*lines[:at], *after) if not _is_quoted(line)]
    return list(lines[:at])


def _is_quoted(line: str) -> bool:
    return line.lstrip(" ").startswith(">")


def _quote_begins(lines: Sequence[str]) -> tuple[int | None, int]:
    """Return where another mail is quoted from, and how many lines say so: ``On … wrote:``, ``Dari: … Kepada: …``."""
    for n, line in enumerate(lines):
        plain = line.strip()[:500]
        if not plain or _is_quoted(line):
            continue
        if _ORIGINAL.fullmatch(plain):
            return n, 1
        if _FROM.fullmatch(plain) and sum(bool(_TO.fullmatch(x.strip()[:300])) for x in lines[n + 1 : n + 6]) >= 2:
            ruled = n > 0 and _RULE.fullmatch(lines[n - 1].strip()[:200])
            return (n - 1, 2) if ruled else (n, 1)
        for height in (1, 2, 3):  # mail programs break this line as any other
            if not lines[n + height - 1 : n + height] or not lines[n + height - 1].strip():
                break
            joined = " ".join(part.strip() for part in lines[n : n + height])[:600]
            if joined.endswith(":") and _SURELY.search(joined) and _ATTRIBUTION.fullmatch(joined):
                return n, height
    for n, line in enumerate(lines):  # less sure, so only where nothing else says it
        if line.rstrip().endswith(":") and _WROTE.fullmatch(line.strip()[:500]):
            return n, 1
    return None, 0


def _without_signature(lines: Sequence[str]) -> list[str]:
    """Leave out what follows ``--`` on a line by itself (RFC 3676, 4.3), and what a telephone adds by itself."""
    kept = list(lines)
    for n, line in enumerate(kept):
        if line.rstrip() == "--" and any(above.strip() for above in kept[:n]):
            kept = kept[:n]
            break
    while kept and (not kept[-1].strip() or _DEVICE.fullmatch(kept[-1].strip()[:100])):
        kept.pop()
    return kept

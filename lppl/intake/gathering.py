"""What parsers find, put together: each message once, in its order, and no more of them than a call honestly holds."""

from collections.abc import Iterable

from lppl.intake.values import Intake, Parsed, Unread

MOST = 1_000
"""Messages and unread parts of one call; every channel sends far fewer."""
Found = Intake | Unread | None
"""One part of what was sent; None: it is nobody's word."""


def gathered(found: Iterable[Found], most: int = MOST) -> Parsed:
    """Return all of it as one answer. The same key again is counted as ignored; beyond `most` nothing is read, which
    an :class:`Unread` says."""
    intakes: dict[str, Intake] = {}
    unread: list[Unread] = []
    ignored = 0
    for one in found:
        if one is None or (isinstance(one, Intake) and one.key in intakes):
            ignored += 1
        elif len(intakes) + len(unread) >= most:
            unread.append(_too_many(most))
            break
        elif isinstance(one, Intake):
            intakes[one.key] = one
        else:
            unread.append(one)
    return Parsed(tuple(intakes.values()), tuple(unread), ignored)


def _too_many(most: int) -> Unread:
    return Unread(
        "too-large", f"Lebih dari {most} pesan sekaligus; sisanya belum dibaca.",
        f"More than {most} messages at once; the rest was not read.",
    )  # fmt: skip


def damaged(where: str) -> Unread:
    """Return that a part lacks what a message must have: an id, or the shape of one."""
    return Unread("damaged", "Pesan rusak atau tanpa nomor.", "A message that is damaged or has no id.", where)


def empty(where: str) -> Unread:
    """Return that a message says nothing."""
    return Unread("empty", "Pesan tanpa isi.", "A message that says nothing.", where)


def unknown(channel: str, kind: str, where: str = "") -> Unread:
    """Return that a channel's message is of a type that this release does not know; `kind` as the channel names it."""
    shown = "".join(sign for sign in kind if sign.isalnum() or sign in "_- ")[:60] or "?"
    return Unread(
        "unknown-type", f"Jenis kiriman {channel} ini belum dikenal: {shown}.",
        f"This type of {channel} message is not known: {shown}.", where,
    )  # fmt: skip

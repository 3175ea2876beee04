"""What becomes of an operator's order: its value from one state to the next, and the edit by which it is kept. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile

from lppl.journal import Entry
from lppl.media import AssetId
from lppl.orders import Act, Kept, Ledger, Order, State
from lppl.quanta import GOP, Quanta
from lppl.rundown import Kind, Line
from scheduler import edits
from scheduler.documents import Documents
from scheduler.edits import Edit

A_DAY = Quanta(270_000)
"""How long a hold lasts that nobody ends."""
OVERLAID = timedelta(days=3)
SEEN_AGAIN = timedelta(seconds=30)
"""An edit that the documents do not hold is laid over them, at most so long after it was recorded."""


def with_orders(documents: Documents, ledger: Ledger, now: datetime) -> Documents:
    """Return `documents` with the edits of the orders in `ledger` that they do not hold as they are now.

    What they hold of an order may be older than the ledger, as after a power cut before they were read anew: a hold
    that has ended since. What they hold no more was taken back.
    """
    there = {str(document.get("ordered", "")): number for number, document in documents.edits.items()}
    found = dict(documents.edits)
    for kept in ledger.kept:
        if kept.edit is None or now - kept.taken > OVERLAID:
            continue
        number = there.get(kept.order.id)
        if number is not None or kept.recorded is None or now - kept.recorded < SEEN_AGAIN:
            found[number or str(-int(kept.order.id[-7:], 16) - 1)] = kept.edit
    return replace(documents, edits=found) if found != documents.edits else documents


def begun_by(entries: Sequence[Entry], kept: Kept) -> Entry | None:
    """Return the journal's entry with which the effect of an order began; None while it has not."""
    since = takewhile(lambda e: e.item.start >= kept.at, reversed(entries))
    named = kept.order.act in (Act.NEXT, Act.PLAY)
    return next((e for e in reversed(list(since)) if not named or e.item.asset == kept.order.asset), None)


def edit_of(order: Order, at: Quanta, running: str = "", line: Line | None = None) -> Edit:
    """Return the edit that keeps an order from `at` on; `running`, `line`: the title and line of what it cuts."""
    match order.act:
        case Act.PLAY:
            return edits.play(at, AssetId(order.asset), order.title, order.id, order.by)
        case Act.NEXT:
            return edits.insert_next(at, AssetId(order.asset), order.title, order.id, order.by)
        case Act.HOLD:
            return edits.ordered(edits.Act.HOLD, at, order.id, order.by, until=Quanta(at + A_DAY))
        case Act.FILL:
            return edits.ordered(edits.Act.FILL, at, order.id, order.by, until=Quanta(order.until))
        case Act.RESUME:
            return edits.ordered(edits.Act.RESUME, at, order.id, order.by)
        case _:
            skipped = edits.ordered(edits.Act.SKIP, at, order.id, order.by, running)
            # of what another channel airs too, the rest would go on at once; everything else counts as aired
            mirrored = line is not None and line.mirrors
            left = edits.Left(slot=line.slot, asset=line.material.asset) if line is not None and mirrored else None
            return skipped.model_copy(update={"left": left})


def accepted(kept: Kept, at: Quanta, edit: Edit) -> Kept:
    """Return an order that holds from `at` on, kept as `edit`."""
    said = {"state": State.ACCEPTED, "at": at, "edit": edit.model_dump(mode="json"), "recorded": None}
    return kept.model_copy(update=said)


def saying(kept: Kept, state: State, indonesian: str, english: str) -> Kept:
    """Return an order in a state, with the sentence that people read of it."""
    return kept.model_copy(update={"state": state, "indonesian": indonesian, "english": english})


def ended(kept: Kept, at: Quanta) -> Kept:
    """Return a hold, a filling or a break-in that ends at `at`."""
    edit = None if kept.edit is None else kept.edit | {"until": at}
    return kept.model_copy(update={"ended": at, "edit": edit, "recorded": None if edit else kept.recorded})


def ended_break_in(breaking: Kept, at: Quanta, rundown: Iterable[Line]) -> Kept:
    """Return a break-in that ended at `at`, with what it covered of `rundown`."""
    over = ended(breaking, at)
    covered = [b.model_dump(mode="json") for b in _covered(rundown, Quanta(breaking.at), at)]
    edit = None if over.edit is None else over.edit | {"beneath": covered}
    state = State.DONE if breaking.state is State.WAITING else breaking.state
    return over.model_copy(update={"edit": edit, "state": state})


def _covered(rundown: Iterable[Line], start: Quanta, end: Quanta) -> list[edits.Beneath]:
    """Return what of `rundown` a break-in covered during [start, end)."""
    found = []
    for line in rundown:
        a, b = max(line.start, start), min(line.end, end)
        if a >= b or line.kind not in (Kind.ITEM, Kind.FILLER):
            continue
        plain = line.material.house.startswith(line.material.asset)
        until = line.in_point + b - line.start
        if line.material.on_tv and b < line.end:
            until -= until % GOP  # it goes on at a key frame
        found.append(edits.Beneath(asset=line.material.asset, at=a, length=b - a, until=until if plain else 0))
    return found

"""What people change by hand in a running order: each edit a document, and what edits mean for a plan.

An edit says what it leaves out, what it puts in, and what time it hands to filler; replacing, moving and cutting are
made of these. Edits outlive a rebuild: they are laid over whatever the grid gives. What an operator orders while the
channel is on the air is kept as an edit too: it names its order and who gave it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from lppl.media import AssetId
from lppl.ports import Aired
from lppl.programme import Document, Word
from lppl.quanta import Quanta, covering
from lppl.rundown import Kind, Line
from scheduler.plan import Fixed, Start, Stretch

AirTime = Annotated[int, Field(ge=0)]
OPEN = Quanta(0)
"""An end that nobody has set yet."""


class Act(StrEnum):
    """What a person did."""

    INSERT = "sisip"
    REPLACE = "ganti"
    MOVE = "pindah"
    CUT = "potong"
    HOLD = "tahan"
    SKIP = "lewati"
    FILL = "isi"
    PLAY = "tayangkan"
    RESUME = "lanjutkan"
    BREAK_IN = "sela darurat"


class Left(Document):
    """What is left out: an asset of a slot's occurrence, or a fixed line by its key."""

    slot: Word = ""
    asset: Word = ""
    event: Word = ""


class Put(Document):
    """What is put in at an air time; `in_point` and `length` in quanta, 0: the whole."""

    at: AirTime
    asset: Word
    title: Word = ""
    begins: Start = Start.NOT_BEFORE
    in_point: AirTime = 0
    length: AirTime = 0
    slot: Word = ""
    programme_id: Word = ""
    category: Word = ""


class Beneath(Document):
    """What a break-in covered: an asset from an air time on, `until` how far into it it would have come (quanta)."""

    asset: Word
    at: AirTime
    length: AirTime
    until: AirTime = 0


class Edit(Document):
    """One edit; `until` is where filler ends for HOLD and FILL, and a break-in for BREAK_IN (air time)."""

    act: Act
    at: AirTime
    left: Left | None = None
    put: Put | None = None
    until: AirTime = 0
    note: Word = ""
    ordered: Word = ""
    """The operator's order (:class:`lppl.orders.Order`) that it keeps; empty for an edit of what is still to come."""
    by: Word = ""
    """Who ordered it."""
    beneath: tuple[Beneath, ...] = ()


def insert(at: Quanta, asset: AssetId, title: str, begins: Start = Start.NOT_BEFORE, slot: str = "") -> Edit:
    """Return the edit that puts an asset in at an air time."""
    return Edit(act=Act.INSERT, at=at, put=Put(at=at, asset=asset, title=title, begins=begins, slot=slot))


def skip(line: Line) -> Edit:
    """Return the edit that leaves a line out. Raises ValueError for what stands in where nothing is scheduled."""
    if not line.event and (not line.slot or line.kind in (Kind.IDENT, Kind.SLATE)):
        raise ValueError(
            "baris ini mengisi waktu kosong dan tidak dapat dilewati; sisipkan atau ganti dengan materi lain / "
            "this line fills time that nothing else does; insert or replace instead"
        )
    return Edit(act=Act.SKIP, at=line.start, left=_left(line), note=line.material.title)


def replace(line: Line, asset: AssetId, title: str) -> Edit:
    """Return the edit that airs another asset in the place of a line."""
    return Edit(act=Act.REPLACE, at=line.start, left=_left(line), put=_put(line, line.start, asset, title))


def move(line: Line, to: Quanta, begins: Start = Start.NOT_BEFORE, before: Put | None = None) -> Edit:
    """Return the edit that airs a line at another time; `before` is how a person had put it in: a cut stays one."""
    put = _put(line, to, line.material.asset, line.material.title).model_copy(
        update={
            "begins": begins,
            "in_point": before.in_point if before else 0,
            "length": before.length if before else 0,
            "slot": "",
        }
    )
    return Edit(act=Act.MOVE, at=line.start, left=_left(line), put=put)


def cut(line: Line, in_point: Quanta, out_point: Quanta) -> Edit:
    """Return the edit that airs only [in_point, out_point) of a line's asset. Raises ValueError for an empty span."""
    if not 0 <= in_point < out_point <= line.material.quanta:
        raise ValueError(
            f"titik masuk dan keluar harus di dalam materi ({line.material.quanta * 0.32:.1f} s) / "
            "in and out must lie inside the material, in before out"
        )
    put = _put(line, line.start, line.material.asset, line.material.title)
    put = put.model_copy(update={"in_point": in_point, "length": out_point - in_point})
    return Edit(act=Act.CUT, at=line.start, left=_left(line), put=put)


def hold(line: Line, until: Quanta) -> Edit:
    """Return the edit that holds a line: filler airs until `until`, or until the edit is withdrawn.

    A fixed line then airs at `until`, but not a day or more later.
    """
    if not line.event:
        return Edit(act=Act.HOLD, at=line.start, until=until, note=line.material.title)
    put = _put(line, until, line.material.asset, line.material.title).model_copy(update={"begins": Start.NOT_BEFORE})
    later = put if until - line.start < covering(86_400) else None
    return Edit(act=Act.HOLD, at=line.start, left=_left(line), put=later, until=until, note=line.material.title)


def fill(at: Quanta, until: Quanta) -> Edit:
    """Return the edit that fills [at, until). Raises ValueError for an empty span."""
    if until <= at:
        raise ValueError("waktu akhir pengisian harus sesudah awalnya / filling must end after it begins")
    return Edit(act=Act.FILL, at=at, until=until)


def _left(line: Line) -> Left:
    if line.event:
        return Left(event=line.event)
    return Left(slot=line.slot, asset=line.material.asset)


def _put(line: Line, at: Quanta, asset: AssetId, title: str) -> Put:
    return Put(
        at=at,
        asset=asset,
        title=title,
        begins=Start.HARD if line.hard else Start.NOT_BEFORE,
        slot=line.slot,
        programme_id=line.programme_id,
        category=line.category,
    )


# ---- what they mean -------------------------------------------------------------------------------


def fixed_lines(edits: Mapping[int, Edit]) -> tuple[Fixed, ...]:
    """Return what people put in; of edits (by number) a later one stands for the same time after an earlier one."""
    return tuple(
        Fixed(
            Quanta(put.at),
            f"petugas-{number}",
            "",
            put.begins is Start.HARD,
            put.title,
            f"suntingan {number}",
            put.category,
            programme_id=put.programme_id,
            priority=55,
            in_point=Quanta(put.in_point),
            length=Quanta(put.length),
            edit=number,
            asset=AssetId(put.asset),
            slot=put.slot,
            by=edit.by,
            ordered=bool(edit.ordered),
        )
        for number, edit in edits.items()
        if (put := edit.put) is not None
    )


def skips(edits: Iterable[Edit]) -> Mapping[str, frozenset[str]]:
    """Return what people left out, as `scheduler.plan.Plan` keeps it."""
    found: dict[str, set[str]] = {}
    for edit in edits:
        if edit.left is not None:
            found.setdefault(edit.left.event or edit.left.slot, set()).add(edit.left.asset)
    return {key: frozenset(assets) for key, assets in found.items()}


def stretches(edits: Mapping[int, Edit]) -> tuple[Stretch, ...]:
    """Return the time that people gave to filler."""
    why = {Act.HOLD: "ditahan {}", Act.FILL: "diisi sampai waktunya oleh {}"}
    return tuple(
        Stretch(
            Quanta(edit.at),
            Quanta(edit.until),
            why[edit.act].format(edit.by or "petugas") + (f": {edit.note}" if edit.note else ""),
            number,
            bool(edit.ordered),
        )
        for number, edit in edits.items()
        if edit.act in why
    )


def beneath(edits: Iterable[Edit]) -> tuple[Aired, ...]:
    """Return what break-ins covered, as the past of a plan."""
    covered = (b for edit in edits for b in edit.beneath)
    return tuple(Aired(AssetId(b.asset), Quanta(b.at), Quanta(b.length), Quanta(b.until)) for b in covered)


# ---- what operators order on the air --------------------------------------------------------------


def ordered(act: Act, at: Quanta, order: str, by: str, note: str = "", until: Quanta = OPEN) -> Edit:
    """Return the edit that keeps an order which puts nothing in: skipping, holding, filling, going on, breaking in."""
    return Edit(act=act, at=at, until=until, note=note[:200], ordered=order, by=by)


def play(at: Quanta, asset: AssetId, title: str, order: str, by: str) -> Edit:
    """Return the edit that airs an asset at `at`, whatever runs then."""
    put = Put(at=at, asset=asset, title=title[:200], begins=Start.HARD)
    return Edit(act=Act.PLAY, at=at, put=put, ordered=order, by=by)


def insert_next(at: Quanta, asset: AssetId, title: str, order: str, by: str) -> Edit:
    """Return the edit that airs an asset as soon as what runs at `at` has ended."""
    put = Put(at=at, asset=asset, title=title[:200])
    return Edit(act=Act.INSERT, at=at, put=put, ordered=order, by=by)

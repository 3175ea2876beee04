"""Which edits of two people meet: the same line, the same time, a withdrawal; and what somebody has seen."""

from datetime import UTC, datetime, timedelta

import pytest

from lppl.desk.editing import as_seen
from lppl.desk.overlap import EPOCH, Seen, meeting, touched
from lppl.plan_store import EditRow
from lppl.quanta import Quanta
from scheduler.edits import Act, Edit, Left, Put

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
LENGTHS = {"lagu": 500, "kabar": 5_000}


def length_of(asset: str) -> int:
    return LENGTHS.get(asset, 0)


def put(at: int, asset: str = "lagu", **more: int) -> Edit:
    return Edit(act=Act.INSERT, at=at, put=Put(at=at, asset=asset, **more))


def left(at: int, asset: str = "lagu", slot: str = "pagi@1") -> Edit:
    return Edit(act=Act.SKIP, at=at, left=Left(slot=slot, asset=asset))


def filled(at: int, until: int) -> Edit:
    return Edit(act=Act.FILL, at=at, until=until)


def row(number: int, edit: Edit, withdrawn: datetime | None = None) -> EditRow:
    return EditRow(number, "radio", Quanta(edit.at), edit.model_dump(mode="json"), "Sari", NOW, withdrawn)


@pytest.mark.parametrize(
    ("mine", "theirs", "meet"),
    [
        (put(1000), put(1400), True),  # one of 500 quanta reaches into the other
        (put(1000), put(1500), False),  # side by side
        (put(1000, length=100), put(1100), False),  # only a part of it airs
        (put(1000, "kabar"), left(5_999), True),
        (put(1000, "kabar"), left(6_000), False),
        (left(1000), left(9000), True),  # one line, wherever it begins by now
        (left(1000), left(9000, slot="siang@1"), False),
        (left(1000), left(1499, "kabar"), True),
        (left(1000, "tak-dikenal"), left(1001, "kabar"), False),
        (filled(1000, 2000), put(1999), True),
        (filled(1000, 2000), put(2000), False),
        (
            Edit(act=Act.SKIP, at=7, left=Left(event="azan@7")),
            Edit(act=Act.SKIP, at=9, left=Left(event="azan@7")),
            True,
        ),
        (
            Edit(act=Act.MOVE, at=10, left=Left(slot="s", asset="lagu"), put=Put(at=9_000, asset="lagu")),
            put(9_100),
            True,
        ),
    ],
)
def test_which_edits_meet(mine: Edit, theirs: Edit, meet: bool) -> None:
    assert touched(mine, length_of).meets(touched(theirs, length_of)) is meet
    assert touched(theirs, length_of).meets(touched(mine, length_of)) is meet


def test_what_an_edit_put_in_is_a_line_of_its_own() -> None:
    kept = row(7, put(1000))
    (found,) = meeting(Edit(act=Act.SKIP, at=90_000, left=Left(event="petugas-7@1000")), [kept], length_of)
    assert found is kept


def test_an_edit_that_cannot_be_read_meets_nothing() -> None:
    strange = EditRow(1, "radio", Quanta(1000), {"act": "entah"}, "Sari", NOW, None)
    assert meeting(put(1000), [strange], length_of) == ()


def test_what_is_new_to_somebody() -> None:
    early, late = NOW, NOW + timedelta(seconds=1)
    known = [row(1, put(1)), row(2, put(2)), row(3, put(3), early)]
    seen = Seen.of(known)
    assert seen.since(known) == () and Seen.read(str(seen)) == seen
    now = [row(1, put(1), late), row(2, put(2)), row(3, put(3), early), row(4, put(4)), row(5, put(5), late)]
    assert [r.id for r in seen.since(now)] == [1, 4], "taken back, and come; what came and went again is nothing"
    assert Seen.of(now).since(now) == ()
    assert set(as_seen(now, seen)) == {"1", "2"}


@pytest.mark.parametrize("word", ["", "1", "-1-0", "1-", "a-b", "1-99999999999999999999", "1" * 16 + "-0"])
def test_rubbish_is_no_state(word: str) -> None:
    with pytest.raises(ValueError, match="tidak dikenal"):
        Seen.read(word)


def test_who_has_seen_nothing() -> None:
    assert str(Seen.of([])) == "0-0" and Seen.read("0-0") == Seen(0, EPOCH)

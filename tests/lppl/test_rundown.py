"""The running order as a value."""

import pytest

from lppl.media import AssetId, HouseId, Material
from lppl.quanta import Quanta
from lppl.rundown import Kind, Line, Rundown

FILM = Material(HouseId("a.t"), AssetId("a"), "Film", Quanta(100))


def line(start: int, length: int, in_point: int = 0) -> Line:
    return Line(Quanta(start), Quanta(length), FILM, Quanta(in_point), Kind.ITEM, "", False, "")


def test_every_quantum_has_its_line() -> None:
    lines = [line(10, 5), line(15, 1), line(16, 4)]
    rundown = Rundown(lines)
    assert (rundown.start, rundown.end, len(rundown)) == (10, 20, 3)
    assert [rundown.at(Quanta(q)) for q in range(9, 21)] == [
        None, *[lines[0]] * 5, lines[1], *[lines[2]] * 4, None,
    ]  # fmt: skip
    assert list(rundown) == lines


@pytest.mark.parametrize(("q", "left"), [(9, 3), (10, 2), (14, 2), (15, 1), (16, 0), (99, 0)])
def test_what_comes_after(q: int, left: int) -> None:
    rundown = Rundown([line(10, 5), line(15, 1), line(16, 4)])
    assert rundown.after(Quanta(q)) == rundown.lines[3 - left :]


@pytest.mark.parametrize(
    "lines",
    [[line(0, 0)], [line(0, -1)], [line(0, 5, -1)], [line(0, 5), line(6, 5)], [line(0, 5), line(4, 5)]],
)
def test_gaps_overlaps_and_nonsense_are_refused(lines: list[Line]) -> None:
    with pytest.raises(ValueError, match=r"line of length|is followed by"):
        Rundown(lines)


def test_an_empty_rundown_has_nothing() -> None:
    rundown = Rundown([])
    assert rundown.at(Quanta(0)) is None
    assert rundown.after(Quanta(0)) == ()
    with pytest.raises(IndexError):
        _ = rundown.start

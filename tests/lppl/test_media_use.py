"""What of the plans names a file: itself, a folder of it, nothing; also of thousands at once."""

import time

import pytest

from lppl.desk.media_use import Place, Plans, uses_of
from scheduler.grid import Playlist, RotationRules
from scheduler.laying_out import Desk

MANY = [f"musik/pop/lagu-{n}.mp3" for n in range(2000)]


def desk(*items: str, folders: tuple[str, ...] = ()) -> Plans:
    lists = {"pagi": Playlist(id="pagi", title="Pagi", items=items)}
    return Plans(Desk(playlists=lists, rotations={"r": RotationRules(id="r", title="R", folders=folders)}), ())


@pytest.mark.parametrize(
    ("items", "folders", "found"),
    [
        (("musik/pop/a.mp3",), (), [(Place.PLAYLIST, True)]),
        (("folder:musik",), (), [(Place.PLAYLIST, False)]),
        (("folder:musik/po",), (), []),
        (("musik/pop/ab.mp3", "folder:siaran"), (), []),
        ((), (".",), [(Place.ROTATION, False)]),
        (("musik/pop/a.mp3",), ("musik/pop",), [(Place.PLAYLIST, True), (Place.ROTATION, False)]),
    ],
)
def test_what_names_a_file(items: tuple[str, ...], folders: tuple[str, ...], found: list[tuple[Place, bool]]) -> None:
    plans = desk(*items, folders=folders)
    assert [(use.place, use.direct) for use in uses_of(["musik/pop/a.mp3"], plans)] == found
    assert uses_of([], plans) == ()


def test_thousands_of_files_in_long_lists_take_no_time() -> None:
    plans = desk(*(f"lain/{n}.mp3" for n in range(5000)), folders=("musik/pop",))
    began = time.process_time()
    (use,) = uses_of(MANY, plans)
    assert (use.place, use.direct) == (Place.ROTATION, False)
    assert time.process_time() - began < 1

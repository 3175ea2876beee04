"""The journal on a disk that is full, or away, and comes back: nothing is lost, and the air is told.

A full disk is made by the limit on file sizes: no file can grow beyond it, exactly as when no block is left, while
room that was set aside can still be written. It needs no root and leaves the rest of the machine alone.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lppl import journal
from lppl.journal import Commit, Entry, Item, JournalFollower, JournalWriter, Record, fold
from lppl.media import HouseId
from lppl.quanta import Quanta
from lppl.rundown import Kind

RESERVE = 1 << 18
FULL = RESERVE - 1
HOUR = Quanta(5_500_001_250)
FILM = Item("tv", Quanta(HOUR - 500), HouseId("f.tv"), Quanta(0), Quanta(100_000), Kind.ITEM, "Film")


@contextmanager
def full_disk() -> Iterator[None]:
    """No file grows beyond FULL bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def commits(start: int, count: int) -> list[Record]:
    return [Commit("tv", Quanta(start + n), 1) for n in range(count)]


def ends(folder: Path) -> int:
    return journal.last_entries(folder)["tv"].end


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[JournalWriter]:
    writer = JournalWriter(tmp_path, RESERVE)
    writer.append([FILM], Quanta(HOUR - 500))
    yield writer
    writer.close()


def test_room_that_was_set_aside_serves_on_a_full_disk(writer: JournalWriter, tmp_path: Path) -> None:
    with full_disk():
        writer.append(commits(FILM.start, 500), Quanta(HOUR - 400))
    assert ends(tmp_path) == FILM.start + 500


def test_what_cannot_be_written_is_kept_and_written_later(writer: JournalWriter, tmp_path: Path) -> None:
    now = Quanta(HOUR - 400)
    written = 0
    with full_disk():
        with pytest.raises(OSError):
            for _ in range(100):
                writer.append(commits(FILM.start + written, 500), now)
                written += 500
        assert written >= 5_000, "an hour of two channels at least"
        assert writer.unwritten == 500
        for n in range(3):
            with pytest.raises(OSError):
                writer.append(commits(FILM.start + written + 500 + n, 1), now)
    assert ends(tmp_path) == FILM.start + written, "what is there is whole"
    writer.append(commits(FILM.start + written + 503, 1), now)
    assert writer.unwritten == 0
    assert ends(tmp_path) == FILM.start + written + 504


def test_memory_lasts_while_the_disk_is_away(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.write_text("not a folder")
    writer = JournalWriter(folder)
    for n in range(3_000):
        with pytest.raises(OSError):
            writer.append([FILM, *commits(FILM.start, 1)] if n == 0 else commits(FILM.start + n, 1), HOUR)
    assert writer.unwritten < 1_100
    folder.unlink()
    writer.append([], HOUR)
    writer.close()
    assert journal.read(folder, HOUR) == {"tv": [Entry(FILM, Quanta(FILM.start + 3_000))]}


def test_the_hour_changes_on_a_full_disk(writer: JournalWriter, tmp_path: Path) -> None:
    """There is no room for a new file: the one before is written on, and followers and a restart find it."""
    follower = JournalFollower(tmp_path, Quanta(HOUR - 500))
    entries: list[Entry] = []
    at = int(FILM.start)

    def air(count: int, now: int) -> None:
        nonlocal at
        writer.append(commits(at, count), Quanta(now))
        at += count
        fold(entries, follower.poll())
        assert entries == [Entry(FILM, Quanta(at))]
        assert ends(tmp_path) == at

    air(300, HOUR - 200)
    with full_disk():
        air(300, HOUR + 10)
        air(3, HOUR + 20)
        assert len(journal.files(tmp_path)) == 1
        assert journal.read(tmp_path, Quanta(HOUR + 20))["tv"][-1].end == at, "a restart in the new hour finds it"
    air(3, HOUR + 30)
    first, second = journal.files(tmp_path)
    assert list(journal.read_lines(second.read_bytes()))[:2] == [
        FILM,
        Commit("tv", FILM.start, at - 3 - FILM.start),
    ]
    assert len(first.read_bytes()) < RESERVE // 2, "what was set aside and is not needed is given back"


def test_a_start_on_a_full_disk_after_a_kill_uses_the_room_left(tmp_path: Path) -> None:
    before = JournalWriter(tmp_path, RESERVE)
    before.append([FILM, *commits(FILM.start, 10)], HOUR)
    again = JournalWriter(tmp_path, RESERVE)  # the first was killed: its room is still in the file
    with full_disk():
        again.append(commits(FILM.start + 10, 10), HOUR)
    assert ends(tmp_path) == FILM.start + 20
    again.close()
    before.close()


def test_a_lost_folder_comes_back(writer: JournalWriter, tmp_path: Path) -> None:
    writer.append(commits(FILM.start, 10), Quanta(HOUR - 10))
    aside = tmp_path.with_name("aside")
    tmp_path.rename(aside)
    tmp_path.write_text("the disk is gone")
    # the open file is still there; at the full hour a new one cannot be made
    writer.append(commits(FILM.start + 10, 10), Quanta(HOUR + 10))
    tmp_path.unlink()
    aside.rename(tmp_path)
    writer.append(commits(FILM.start + 20, 10), Quanta(HOUR + 20))
    assert ends(tmp_path) == FILM.start + 30
    assert len(journal.files(tmp_path)) == 2


def test_closing_gives_back_the_room(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, RESERVE)
    writer.append([FILM, *commits(FILM.start, 3)], HOUR)
    path = journal.files(tmp_path)[0]
    assert path.stat().st_size == RESERVE
    writer.close()
    assert path.read_bytes().endswith(b"\n")
    assert ends(tmp_path) == FILM.start + 3

"""Files that are old or new, never half: whichever step fails, and with no room, no right or no folder."""

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lppl import durable

OLD, NEW = b"old " * 100, b"new " * 50_000


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """A disk without room: no file grows beyond `size`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def no_more_files() -> Iterator[None]:
    """The process may open no file more."""
    probe = os.open("/", os.O_RDONLY)
    os.close(probe)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (probe, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "state.json"
    durable.write_file(path, OLD)
    durable.write_file(path, NEW, mode=0o600)
    assert path.read_bytes() == NEW
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(path.parent) == ["state.json"]


def test_without_room_the_old_file_stands(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    durable.write_file(path, OLD)
    with no_file_over(100_000), pytest.raises(OSError) as raised:
        durable.write_file(path, NEW)
    assert raised.value.errno == errno.EFBIG
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["state.json"], "nothing is left beside it"


def test_when_no_file_can_be_opened_the_old_one_stands(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    durable.write_file(path, OLD)
    with no_more_files(), pytest.raises(OSError) as raised:
        durable.write_file(path, NEW)
    assert raised.value.errno == errno.EMFILE
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["state.json"]


def test_what_cannot_be_renamed_is_cleared_away(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    (path / "inside").mkdir(parents=True)  # a folder stands where the file should
    with pytest.raises(OSError):
        durable.write_file(path, NEW)
    assert names(tmp_path) == ["state.json"]
    assert names(path) == ["inside"]


def test_a_parent_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(OLD)
    with pytest.raises(OSError):
        durable.write_file(tmp_path / "data" / "state.json", NEW)
    assert (tmp_path / "data").read_bytes() == OLD


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "ab" / "set"
    with durable.new_folder(path) as beside:
        (beside / "v.mp4").write_bytes(NEW)
        assert not path.exists()
    assert names(path) == ["v.mp4"]
    assert names(path.parent) == ["set"]
    assert path.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("when", ["at once", "after a file"])
def test_a_folder_of_which_the_making_fails_is_not_there(tmp_path: Path, when: str) -> None:
    path = tmp_path / "set"

    def make() -> None:
        with durable.new_folder(path) as beside:
            if when == "after a file":
                (beside / "v.mp4").write_bytes(OLD)
            raise ValueError("the encoder failed")

    with pytest.raises(ValueError, match="the encoder failed"):
        make()
    assert names(tmp_path) == []


def test_without_room_there_is_no_folder(tmp_path: Path) -> None:
    def make() -> None:
        with durable.new_folder(tmp_path / "set") as beside:
            (beside / "a.mp4").write_bytes(OLD)
            (beside / "b.mp4").write_bytes(NEW)

    with no_file_over(100_000), pytest.raises(OSError):
        make()
    assert names(tmp_path) == []


def test_a_folder_that_is_there_already_stays(tmp_path: Path) -> None:
    path = tmp_path / "set"
    with durable.new_folder(path) as beside:
        (beside / "v.mp4").write_bytes(OLD)

    def make() -> None:
        with durable.new_folder(path) as beside:
            (beside / "v.mp4").write_bytes(NEW)

    with pytest.raises(OSError):
        make()
    assert (path / "v.mp4").read_bytes() == OLD
    assert names(tmp_path) == ["set"]


def test_state_is_replaced_at_once(tmp_path: Path) -> None:
    path = tmp_path / "air.json"
    durable.replace_file(path, OLD)
    durable.replace_file(path, NEW)
    assert path.read_bytes() == NEW
    with no_file_over(100_000), pytest.raises(OSError):
        durable.replace_file(path, NEW + NEW)
    assert path.read_bytes() == NEW

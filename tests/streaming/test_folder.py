"""The media folder: what a walk sees, and how it differs from what is known."""

import os
import threading
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import pytest

from lppl.media import AssetId
from lppl.records import FileStamp, LibraryFile, Refusal, disk_path, recordable, recorded_path
from streaming.folder import Found, Stopped, Walk, compare, content_hash, ignored, low_priority_threads, walk

SECOND = 1_000_000_000
NOW = 1_700_000_000 * SECOND
SETTLE = 2 * SECOND
ASSET = AssetId("a" * 40)


def found(path: str, n: int = 1, age_s: float = 60.0, device: int = 7) -> Found:
    return Found(path, FileStamp(100 + n, NOW - n, n, device), NOW - int(age_s * SECOND))


def known(path: str, n: int = 1, device: int = 7, asset: AssetId | None = ASSET) -> LibraryFile:
    return LibraryFile(path, FileStamp(100 + n, NOW - n, n, device), asset)


def seen(*files: Found, blind: tuple[str, ...] = (), device: int = 7) -> Walk:
    return Walk(True, device, {f.path: f for f in files}, list(blind))


def test_new_changed_gone_and_unchanged() -> None:
    before = {f.path: f for f in (known("tetap", 1), known("ubah", 2), known("hilang", 3))}
    difference = compare(seen(found("tetap", 1), found("ubah", 9), found("baru", 5)), before, {}, NOW, SETTLE)
    assert [f.path for f in difference.candidates] == ["baru", "ubah"]
    assert difference.gone == ["hilang"]
    assert not difference.away


def test_small_files_first() -> None:
    difference = compare(seen(found("besar", 9), found("kecil", 2)), {}, {}, NOW, SETTLE)
    assert [f.path for f in difference.candidates] == ["kecil", "besar"]


def test_a_file_must_be_at_rest() -> None:
    young = found("a", age_s=1.0)
    assert compare(seen(young), {}, {}, NOW, SETTLE).unsettled == {"a": young.stamp}
    assert compare(seen(young), {}, {"a": young.stamp}, NOW, SETTLE).candidates == []
    assert compare(seen(young), {}, {}, NOW + SECOND, SETTLE).candidates == [young]


def test_a_file_from_the_future_must_look_the_same_twice() -> None:
    future = found("a", age_s=-500.0)
    grown = replace(future.stamp, size=5)
    assert compare(seen(future), {}, {}, NOW, SETTLE).candidates == []
    assert compare(seen(future), {}, {"a": grown}, NOW, SETTLE).candidates == []
    assert compare(seen(future), {}, {"a": future.stamp}, NOW, SETTLE).candidates == [future]


def test_a_renamed_file_is_moved_at_once_and_a_refused_one_is_examined_anew() -> None:
    old = known("lama", 3)
    new = found("baru", 3, age_s=0.0)
    difference = compare(seen(new), {"lama": old}, {}, NOW, SETTLE)
    assert (difference.moved, difference.gone, difference.candidates) == ([(new, old)], ["lama"], [])
    refused = replace(old, asset=None, refusal=Refusal("empty", "", ""))
    assert compare(seen(found("baru", 3)), {"lama": refused}, {}, NOW, SETTLE).moved == []


def test_a_second_name_of_a_file_is_read_again() -> None:
    """The first name is still there, so this is a hard link: rare, and hashing it is always right."""
    difference = compare(seen(found("a", 3), found("b", 3)), {"a": known("a", 3)}, {}, NOW, SETTLE)
    assert (difference.moved, [f.path for f in difference.candidates]) == ([], ["b"])


def test_what_lies_in_an_unreadable_folder_is_not_gone() -> None:
    before = {p: known(p, n) for n, p in enumerate(("x/a", "x/y/b", "xz", "c"))}
    assert compare(seen(found("c", 3), blind=("x/",)), before, {}, NOW, SETTLE).gone == ["xz"]


def test_an_unmounted_disk_is_away_and_an_emptied_folder_is_empty() -> None:
    before = {"a": known("a")}
    assert compare(Walk(available=False), before, {}, NOW, SETTLE).away
    assert compare(seen(device=8), before, {}, NOW, SETTLE).away
    assert compare(seen(device=7), before, {}, NOW, SETTLE).gone == ["a"]
    assert not compare(seen(device=8), {}, {}, NOW, SETTLE).away


def test_a_disk_with_a_new_device_number_is_noted_and_not_read_again() -> None:
    difference = compare(seen(found("a", device=8), device=8), {"a": known("a")}, {}, NOW, SETTLE)
    assert difference.candidates == []
    assert [(f.stamp.device, f.asset) for f in difference.remounted] == [(8, ASSET)]


def test_files_to_be_tried_again_are_candidates() -> None:
    difference = compare(seen(found("a")), {"a": known("a")}, {}, NOW, SETTLE, frozenset("a"))
    assert [f.path for f in difference.candidates] == ["a"]


@pytest.mark.parametrize("name", [".x", "x.part", "X.PART", "x.tmp", "x~", "~$x.docx", "Thumbs.db", "lost+found"])
def test_ignored(name: str) -> None:
    assert ignored(name)


@pytest.mark.parametrize("name", ["x.mp4", "part", "x.part.mp4", "~x.mp4", "tmp.wav"])
def test_not_ignored(name: str) -> None:
    assert not ignored(name)


def test_a_walk_sees_files_links_and_pipes_and_enters_no_linked_folder(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c.mp3").write_bytes(b"x")
    (tmp_path / "pipa").symlink_to("/dev/null")
    (tmp_path / "gantung").symlink_to("tidak-ada")
    (tmp_path / "lingkar").symlink_to(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x").write_bytes(b"x")
    assert set(walk(tmp_path).files) == {"a/b/c.mp3", "pipa", "gantung", "lingkar"}
    assert set(walk(tmp_path / "a", "/builtin/").files) == {"/builtin/b/c.mp3"}
    assert not walk(tmp_path / "tidak-ada").available
    assert not walk(tmp_path / "a" / "b" / "c.mp3").available


@pytest.mark.parametrize("name", [b"biasa.mp3", "é ꦗ.mp3".encode(), b"\xe9\xff\x80.mp3", b"-x \n.mp3"])
def test_recorded_paths_find_their_files_again(tmp_path: Path, name: bytes) -> None:
    (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    (recorded,) = walk(tmp_path).files
    assert recorded.encode("utf-8")
    assert (tmp_path / disk_path(recorded)).is_file()


def test_a_name_that_records_cannot_tell_from_another_is_counted_and_left(tmp_path: Path) -> None:
    name = recorded_path(os.fsdecode(b"\xe9.mp3"))
    assert not recordable(name)
    (tmp_path / name).write_bytes(b"x")
    seen = walk(tmp_path)
    assert (seen.files, seen.unnameable) == ({}, 1)


def test_the_hash_is_blake2b_160_and_stops_when_told(tmp_path: Path) -> None:
    path = tmp_path / "x"
    data = os.urandom((1 << 20) + 17)
    path.write_bytes(data)
    stop = threading.Event()
    assert content_hash(path, stop) == blake2b(data, digest_size=20).hexdigest()
    stop.set()
    with pytest.raises(Stopped):
        content_hash(path, stop)


def test_files_are_read_by_a_nice_thread_and_only_that_one_is_nice() -> None:
    threads = low_priority_threads()
    try:
        nice = threads.submit(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())).result()
    finally:
        threads.shutdown()
    assert nice == 19
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < 19 or os.nice(0) == 19

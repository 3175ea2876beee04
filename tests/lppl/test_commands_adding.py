"""Adding files: what is taken, under which name, and that nothing is ever half there or replaced."""

import os
import shutil
import socket
from contextlib import closing
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.commands.adding import NoRoom, Placed, Wish, check_room, destination, place, wanted
from lppl.errors import LpplError, MediaRefused

MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x64"


def song(path: Path, about: str = "", size: int = 4000) -> Path:
    """Write a file whose first bytes are those of an MP3."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((MP3 + about.encode()).ljust(size, b"\x01"))
    return path


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    return folder


def put(source: Path, media: Path, name: str, *, link: bool = False) -> Placed:
    wish = Wish(source, PurePosixPath(name), source.stat().st_size)
    return place(wish, media, link=link, on_bytes=lambda _: None)


# --- what is wanted ----------------------------------------------------------------------------------------


def test_a_tree_keeps_its_names(tmp_path: Path, media: Path) -> None:
    song(tmp_path / "Lagu" / "a.mp3")
    song(tmp_path / "Lagu" / "Jawa" / "b.mp3")
    song(tmp_path / "satu.mp3")
    found = wanted([tmp_path / "Lagu", tmp_path / "satu.mp3"], media, PurePosixPath("musik"))
    assert [str(w.name) for w in found.wishes] == ["musik/Lagu/a.mp3", "musik/Lagu/Jawa/b.mp3", "musik/satu.mp3"]
    assert found.size == 12_000 and not found.refused and not found.skipped


def test_what_is_no_media_is_skipped_in_a_tree_and_refused_by_name(tmp_path: Path, media: Path) -> None:
    song(tmp_path / "Lagu" / "a.mp3")
    (tmp_path / "Lagu" / "catatan.txt").write_text("bukan lagu")
    (tmp_path / "Lagu" / "daftar.m3u").write_text("#EXTM3U\nhttp://contoh/a.mp3\n")
    (tmp_path / "Lagu" / ".DS_Store").write_bytes(b"\0")
    song(tmp_path / "Lagu" / "b.mp3.part")
    found = wanted([tmp_path / "Lagu", tmp_path / "Lagu" / "catatan.txt"], media, PurePosixPath())
    assert [str(w.name) for w in found.wishes] == ["Lagu/a.mp3"]
    assert sorted(p.name for p, _ in found.skipped) == ["catatan.txt", "daftar.m3u"]
    assert [p.name for p, _ in found.refused] == ["catatan.txt"]


def _reason(found_in: Path, media: Path) -> str:
    found = wanted([found_in], media, PurePosixPath())
    assert not found.wishes
    ((path, why),) = found.refused
    assert path == found_in and isinstance(why, MediaRefused)
    return why.reason


def test_each_thing_outside_its_sense_is_refused_with_its_own_reason(tmp_path: Path, media: Path) -> None:
    (tmp_path / "kosong").mkdir()
    (tmp_path / "kosong.mp3").touch()
    song(tmp_path / ".rahasia.mp3")
    os.mkfifo(tmp_path / "pipa.mp3")
    (tmp_path / "putar").symlink_to(tmp_path / "putar")
    (tmp_path / "putus.mp3").symlink_to(tmp_path / "tiada.mp3")
    song(media / "sudah.mp3")
    assert _reason(tmp_path / "kosong", media) == "nothing"
    assert _reason(tmp_path / "kosong.mp3", media) == "empty"
    assert _reason(tmp_path / ".rahasia.mp3", media) == "hidden"
    assert _reason(tmp_path / "pipa.mp3", media) == "not-a-file"
    assert _reason(tmp_path / "putar", media) == "unreadable"
    assert _reason(tmp_path / "putus.mp3", media) == "unreadable"
    assert _reason(tmp_path / "tiada.mp3", media) == "missing"
    assert _reason(media / "sudah.mp3", media) == "here"
    with closing(socket.socket(socket.AF_UNIX)) as listening:
        listening.bind(str(tmp_path / "soket"))
        assert _reason(tmp_path / "soket", media) == "not-a-file"


def test_a_tree_that_holds_the_media_folder_does_not_swallow_it(tmp_path: Path) -> None:
    song(tmp_path / "disk" / "a.mp3")
    song(tmp_path / "disk" / "media" / "b.mp3")
    found = wanted([tmp_path / "disk"], tmp_path / "disk" / "media", PurePosixPath())
    assert [str(w.name) for w in found.wishes] == ["disk/a.mp3"]


def test_links_inside_a_tree_do_not_lead_in_a_circle(tmp_path: Path, media: Path) -> None:
    song(tmp_path / "Lagu" / "a.mp3")
    (tmp_path / "Lagu" / "lagi").symlink_to(tmp_path / "Lagu")
    (tmp_path / "Lagu" / "b.mp3").symlink_to(tmp_path / "Lagu" / "a.mp3")
    found = wanted([tmp_path / "Lagu"], media, PurePosixPath())
    assert [str(w.name) for w in found.wishes] == ["Lagu/a.mp3", "Lagu/b.mp3"]


def test_the_folder_one_stands_in_has_its_own_name(
    tmp_path: Path, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song(tmp_path / "Lagu" / "a.mp3")
    monkeypatch.chdir(tmp_path / "Lagu")
    assert [str(w.name) for w in wanted([Path()], media, PurePosixPath()).wishes] == ["Lagu/a.mp3"]


@pytest.mark.parametrize("to", ["/etc", "..", "a/../../b", ".tersembunyi", "a/x.part", "a\0"])
def test_a_destination_outside_the_media_folder_or_unread_by_the_service_is_wrong(to: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        destination(to)


def test_destinations() -> None:
    assert destination("") == PurePosixPath()
    assert destination("Lagu/Jawa/") == PurePosixPath("Lagu/Jawa")


def test_room_is_kept_for_the_air(media: Path) -> None:
    free = shutil.disk_usage(media).free
    check_room(0, media, 0)
    with pytest.raises(NoRoom) as told:
        check_room(1 << 20, media, free)
    assert told.value.needed == 1 << 20 and "min_free_gb" in str(told.value)


# --- placing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", [False, True])
def test_a_file_is_placed_whole_and_its_source_stays(tmp_path: Path, media: Path, link: bool) -> None:
    source = song(tmp_path / "a.mp3", size=3 << 20)
    done: list[int] = []
    wish = Wish(source, PurePosixPath("Lagu/a.mp3"), 3 << 20)
    assert place(wish, media, link=link, on_bytes=done.append) == Placed(PurePosixPath("Lagu/a.mp3"), new=True)
    target = media / "Lagu" / "a.mp3"
    assert target.read_bytes() == source.read_bytes() and sum(done) == 3 << 20
    assert target.stat().st_mtime_ns == source.stat().st_mtime_ns
    assert target.samefile(source) is link
    assert [p.name for p in (media / "Lagu").iterdir()] == ["a.mp3"]


def test_the_service_may_read_what_only_its_owner_could(tmp_path: Path, media: Path) -> None:
    source = song(tmp_path / "a.mp3")
    source.chmod(0o600)
    put(source, media, "a.mp3")
    mask = os.umask(0)
    os.umask(mask)
    assert (media / "a.mp3").stat().st_mode & 0o777 == 0o666 & ~mask


def test_the_same_content_is_not_copied_twice_and_another_is_never_replaced(tmp_path: Path, media: Path) -> None:
    first, other, third = song(tmp_path / "1" / "a.mp3", "satu"), song(tmp_path / "2" / "a.mp3", "dua"), tmp_path / "3"
    song(third, "tiga")
    for path in (first, other):  # size and time tell nothing
        os.utime(path, ns=(1, 1))
    assert put(first, media, "a.mp3") == Placed(PurePosixPath("a.mp3"), new=True)
    assert put(other, media, "a.mp3") == Placed(PurePosixPath("a (2).mp3"), new=True)
    assert put(third, media, "a.mp3", link=True) == Placed(PurePosixPath("a (3).mp3"), new=True)
    for source, name in ((first, "a.mp3"), (other, "a (2).mp3"), (third, "a (3).mp3")):
        assert put(source, media, "a.mp3") == Placed(PurePosixPath(name), new=False)
        assert (media / name).read_bytes() == source.read_bytes()
    assert len(list(media.iterdir())) == 3


def test_a_folder_or_dead_link_in_the_way_is_left_alone(tmp_path: Path, media: Path) -> None:
    source = song(tmp_path / "a.mp3")
    (media / "a.mp3").mkdir()
    (media / "a (2).mp3").symlink_to(media / "tiada")
    assert put(source, media, "a.mp3").name == PurePosixPath("a (3).mp3")
    assert (media / "a.mp3").is_dir() and (media / "a (2).mp3").is_symlink()


def test_a_file_that_grows_meanwhile_is_refused_and_leaves_nothing(tmp_path: Path, media: Path) -> None:
    source = song(tmp_path / "a.mp3")

    def grow(_: int) -> None:
        with source.open("ab") as file:
            file.write(b"x" * 10)
        os.utime(source, ns=(5, 5))

    grows_once = iter([grow])
    wish = Wish(source, PurePosixPath("a.mp3"), 4000)
    with pytest.raises(MediaRefused) as told:
        place(wish, media, link=False, on_bytes=lambda n: next(grows_once, lambda _: None)(n))
    assert told.value.reason == "growing" and list(media.iterdir()) == []


def test_an_interrupted_copy_leaves_nothing(tmp_path: Path, media: Path) -> None:
    def interrupt(_: int) -> None:
        names = [p.name for p in media.iterdir()]
        assert len(names) == 1 and names[0].startswith(".")  # what the library cannot see
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place(Wish(song(tmp_path / "a.mp3"), PurePosixPath("a.mp3"), 4000), media, link=False, on_bytes=interrupt)
    assert list(media.iterdir()) == []


def test_a_link_to_another_file_system_says_what_to_do(media: Path) -> None:
    with pytest.raises(LpplError, match="--link"):
        put(Path("/proc/self/status"), media, "a.mp3", link=True)
    assert list(media.iterdir()) == []


@given(st.lists(st.tuples(st.sampled_from(["a.mp3", "b.mp3", "x/a.mp3"]), st.integers(0, 3)), max_size=12))
def test_every_content_is_there_once_under_each_name_whatever_the_order(
    tmp_path_factory: pytest.TempPathFactory, adds: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("adds")
    for n in range(4):
        song(folder / "source" / str(n), f"isi {n}", 100)
    placed = {(name, n): put(folder / "source" / str(n), folder / "media", name).name for name, n in adds}
    for (_, n), where in placed.items():
        assert (folder / "media" / where).read_bytes() == (folder / "source" / str(n)).read_bytes()
    files = [p for p in (folder / "media").rglob("*") if p.is_file()] if adds else []
    assert len(files) == len(set(placed.values())) == len(placed)

"""The schedule file: what it may say, and every mistake told with its line."""

from datetime import time
from pathlib import Path

import pytest

from lppl.errors import ScheduleInvalid
from lppl.media import ChannelKind
from scheduler.schedule import Block, default_schedule, parse_schedule
from scheduler.words import EVERY_DAY, clock, days, filler_source, media_path, written

GOOD = """
filler = ["folder:filler/tv", "promo/batik.mp4"]

[[block]]
programme = "Selamat Pagi"
days = ["hari kerja", "minggu"]
start = "06.00"
end = "09:00"
hard = true
items = ["tv/berita/pagi.mp4", "tv/senam.mp4"]
repeat = true

[[block]]
programme = "Larut"
start = "22.00"
end = "02.00"
rotation = "radio/musik"

[[at]]
times = ["06.00", "24.00"]
item = "lagu/indonesia-raya.mp4"

[[at]]
every = "hour"
minute = 30
item = "jam/jam-{hh}.mp4"
hard = false
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(ScheduleInvalid) as caught:
        parse_schedule(text, "tv.toml")
    assert caught.value.source == "tv.toml"
    return caught.value.mistakes


def test_a_good_file_is_read() -> None:
    schedule = parse_schedule(GOOD, "tv.toml")
    assert schedule.filler == ("folder:filler/tv", "file:promo/batik.mp4")
    morning, night = schedule.block
    assert (morning.programme, morning.line, morning.hard, morning.repeat) == ("Selamat Pagi", 4, True, True)
    assert (morning.days, morning.start, morning.until) == ((0, 1, 2, 3, 4, 6), 6 * 3600, 9 * 3600)
    assert morning.items == ("tv/berita/pagi.mp4", "tv/senam.mp4")
    assert (night.rotation, night.until, night.days) == (("radio/musik",), 26 * 3600, EVERY_DAY)
    anthem, signal = schedule.at
    assert (anthem.seconds, anthem.hard, anthem.line) == ((6 * 3600, 24 * 3600), True, 19)
    assert signal.seconds == tuple(h * 3600 + 1800 for h in range(24))
    assert not signal.hard


def test_an_empty_file_is_an_empty_schedule() -> None:
    schedule = parse_schedule("", "tv.toml")
    assert (schedule.filler, schedule.block, schedule.at) == ((), (), ())


@pytest.mark.parametrize("kind", ChannelKind)
def test_the_default_covers_every_minute_of_the_week(kind: ChannelKind) -> None:
    (block,) = default_schedule(kind).block
    assert (block.days, block.start, block.until, block.rotation) == (EVERY_DAY, 0, 86_400, (".",))


def test_all_mistakes_are_told_at_once_with_lines_and_near_words() -> None:
    told = mistakes(
        """fillr = []
[[block]]
programme = "Pagi"
days = ["senen", "rabu"]
strt = "06.00"
end = "25.00"
items = ["a.mp4"]
folder = "x"
[[at]]
jam = ["06.00"]
item = "jam/{mm}.mp4"
[[block]]
start = "06.00"
end = "06.00"
hari = "senin"
hard = "ya"
"""
    )
    expected = [
        ('baris 1: kunci "fillr"', '"filler"'),
        ("baris 2: ", "start belum diisi"),
        ("baris 2: ", "pilih satu saja dari items, folder"),
        ("baris 4: ", '"senin"'),
        ("baris 5: ", '"start"'),
        ("baris 6: ", '"25.00"'),
        ("baris 9: [[at]] ke-1", "times"),
        ("baris 10: ", '"times"'),
        ("baris 11: ", "{hh}"),
        ("baris 12: [[block]] ke-2", "programme belum diisi"),
        ("baris 12: ", "isi blok belum ada"),
        ("baris 15: ", '"days"'),
        ("baris 16: ", "true atau false"),
    ]
    for start, part in expected:
        assert any(m.startswith(start) and part in m for m in told), (start, part, told)
    assert len(told) == len(expected)
    assert [int(m.split()[1].rstrip(":")) for m in told] == sorted(int(m.split()[1].rstrip(":")) for m in told)


BLOCK = '[[block]]\nprogramme = "{}"\ndays = "{}"\nstart = "{}"\nend = "{}"\nfolder = "x"\n'


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        (("senin", "06.00", "09.00"), ("senin", "09.00", "10.00"), None),
        (("senin", "06.00", "09.00"), ("selasa", "07.00", "08.00"), None),
        (("senin", "06.00", "09.00"), ("hari kerja", "08.59.59", "10.00"), "senin"),
        (("senin", "22.00", "02.00"), ("selasa", "01.00", "03.00"), "selasa"),
        (("senin", "22.00", "02.00"), ("selasa", "02.00", "03.00"), None),
        (("minggu", "22.00", "02.00"), ("senin", "00.00", "01.00"), "senin"),
        (("setiap hari", "00.00", "24.00"), ("rabu", "12.00", "12.30"), "rabu"),
    ],
)
def test_overlaps_are_told(first: tuple[str, ...], second: tuple[str, ...], clash: str | None) -> None:
    text = BLOCK.format("A", *first) + BLOCK.format("B", *second)
    if clash is None:
        assert len(parse_schedule(text, "x").block) == 2
    else:
        (told,) = mistakes(text)
        assert told.startswith("baris 7: jadwal bentrok")
        assert clash in told
        assert '"A"' in told
        assert '"B"' in told


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[[block]]\nstart = 06.00\n", "baris 2: jam harus dalam tanda kutip"),
        ("[[block]]\nstart = [06:00]\n", "baris 2: jam harus dalam tanda kutip"),
        ("filler = [\n", "penulisan salah"),
        ("x = = 1\n", "baris 1, kolom 5"),
        ("[block]\nstart = 1\n", "baris 1: tulis [[block]]"),
        ("block = 3\n", "baris 1: tulis [[block]]"),
        ("filler = 3\n", "baris 1: filler"),
        ('filler = ["filler/tv"]\n', 'maksudnya "folder:filler/tv"'),
    ],
)
def test_broken_toml_is_told_with_its_line(text: str, part: str) -> None:
    assert part in mistakes(text)[0]


@pytest.mark.parametrize(
    "extra",
    [
        "line = 3",
        'repeat = true\nrotation = "x"',
        "items = []",
        'items = "../x.mp4"',
        'folder = "C:/x"',
        "programme = 3",
    ],
)
def test_values_that_cannot_be_are_refused(extra: str) -> None:
    name = "" if extra.startswith("programme") else 'programme = "A"\n'
    content = "" if any(k in extra for k in ("items", "folder", "rotation")) else 'folder = "x"\n'
    assert len(mistakes(f'[[block]]\n{name}start = "06.00"\nend = "07.00"\n{content}{extra}\n')) == 1


def test_a_block_made_in_code_holds_the_same_rules() -> None:
    with pytest.raises(ValueError, match="pilih satu saja"):
        Block(programme="A", start="01.00", end="02.00", folder="x", rotation="y")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("06.00", 21_600),
        ("6:00", 21_600),
        ("18:30:15", 66_615),
        ("23.59.59", 86_399),
        ("24.00", 86_400),
        (time(6, 0, 1), 21_601),
    ],
)
def test_clock_times(text: str, seconds: int) -> None:
    assert clock(text) == seconds


@pytest.mark.parametrize("text", ["24.01", "6", "06.60", "06.00 WIB", "", 6, 6.3, None])
def test_what_is_no_clock_time(text: object) -> None:
    with pytest.raises(ValueError, match="/"):
        clock(text)


@pytest.mark.parametrize(
    ("word", "numbers"),
    [
        ("senin", (0,)),
        (["Ahad", "jum'at"], (4, 6)),
        ("hari kerja", (0, 1, 2, 3, 4)),
        ("akhir pekan", (5, 6)),
        ("setiap hari", EVERY_DAY),
        ("Every Day", EVERY_DAY),
        ("senin-rabu", (0, 1, 2)),
        ("sabtu – senin", (0, 5, 6)),
        ("friday s.d. minggu", (4, 5, 6)),
    ],
)
def test_day_words(word: object, numbers: tuple[int, ...]) -> None:
    assert days(word) == numbers


@pytest.mark.parametrize("word", ["senin-", "besok", [], 3, ["senin", 2]])
def test_what_is_no_day(word: object) -> None:
    with pytest.raises(ValueError, match="/"):
        days(word)


def test_paths_and_sources() -> None:
    assert media_path("tv\\berita\\") == "tv/berita"
    assert media_path("./") == "."
    assert filler_source("folder:filler/") == "folder:filler"
    assert filler_source("file:promo") == "file:promo"
    assert [written(s) for s in (0, 21_615, 86_400, 93_600)] == ["00.00", "06.00.15", "24.00", "02.00"]


def test_the_example_of_the_guide_is_a_good_schedule() -> None:
    guide = Path(__file__).parents[2] / "docs" / "panduan" / "jadwal.md"
    example = guide.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    schedule = parse_schedule(example, "jadwal.md")
    assert (len(schedule.filler), len(schedule.block), len(schedule.at)) == (2, 3, 2)

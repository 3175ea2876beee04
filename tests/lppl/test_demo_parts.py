"""The pure parts of the demo's material: batik, cards, tones, words, the phone's display matrix."""

import struct
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from lppl.demo import batik, cards, gamelan, look, schedules, texts, tones
from lppl.demo.formats import turned
from lppl.demo.station import catalogue
from scheduler.schedule import parse_schedule


def _step(a: Image.Image, b: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(a, b)).mean)


@pytest.mark.parametrize(
    "tile",
    [batik.kawung(96), batik.parang(240), batik.mega_mendung(480, 270)],
    ids=["kawung", "parang", "mega mendung"],
)
def test_patterns_continue_over_their_left_and_right_edge(tile: Image.Image) -> None:
    columns = [tile.crop((x, 0, x + 1, tile.height)) for x in range(tile.width)]
    inside = [_step(a, b) for a, b in pairwise(columns)]
    assert max(inside) > 1, "a picture without a pattern proves nothing"
    assert _step(columns[-1], columns[0]) <= max(inside) * 1.1


def test_a_sliding_ground_repeats_after_its_period() -> None:
    for name in ("kawung", "parang", "mendung"):
        size = (320, 180)
        travel = cards.period(name, size)
        ground = cards.ground(name, size, travel)
        assert travel % 2 == 0
        assert ground.size == (size[0] + travel, size[1])
        first, again = ground.crop((0, 0, *size)), ground.crop((travel, 0, travel + size[0], size[1]))
        assert _step(first, again) < 1.0, name
        part = travel // 5
        middle = ground.crop((part, 0, part + size[0], size[1]))
        assert _step(first, middle) > 3.0, name


def test_without_any_installed_typeface_there_is_still_text() -> None:
    face = look.font(40, folders=())
    assert look.width_of("Mohon tunggu", face) > 100


def test_text_is_wrapped_and_shrunk_to_its_room() -> None:
    face = look.font(30)
    lines = look.wrapped("Jawaban dinas dibacakan di siaran kami", face, 220)
    assert len(lines) > 1
    assert all(look.width_of(line, face) <= 220 for line in lines)
    assert " ".join(lines) == "Jawaban dinas dibacakan di siaran kami"
    long = "Radio Suara Warga Kabupaten Pegunungan"
    assert look.width_of(long, look.fitted(long, 100, 400, bold=True)) <= 400


def test_every_second_of_the_clock_has_its_own_picture() -> None:
    frames = cards.clock_frames((640, 360), 6, 10, "Batik TV", "WIB")
    assert len({frame.tobytes() for frame in frames}) == 10


@pytest.mark.parametrize(("seconds", "hour_hand"), [(3 * 3600, (1, 0)), (6 * 3600, (0, 1)), (9 * 3600, (-1, 0))])
def test_the_hour_hand_points_to_its_hour(seconds: int, hour_hand: tuple[int, int]) -> None:
    blank = Image.new("RGBA", (400, 400), (0, 0, 0, 255))
    face = cards.hands(blank, seconds)
    at = (200 + hour_hand[0] * 60, 200 + hour_hand[1] * 60)
    assert face.getpixel(at)[:3] == look.CREAM  # type: ignore[index]
    opposite = (200 - hour_hand[0] * 60, 200 - hour_hand[1] * 60)
    if hour_hand != (0, 1):  # at six the minute hand stands opposite
        assert face.getpixel(opposite)[:3] == (0, 0, 0)  # type: ignore[index]


@pytest.mark.parametrize(
    ("n", "words"),
    [(0, "nol"), (6, "enam"), (11, "sebelas"), (12, "dua belas"), (20, "dua puluh"), (21, "dua puluh satu")],
)
def test_numbers_in_words(n: int, words: str) -> None:
    assert texts.number(n) == words


def test_numbers_outside_the_clock_are_refused() -> None:
    for n in (-1, 60):
        with pytest.raises(ValueError, match=str(n)):
            texts.number(n)


@pytest.mark.parametrize(
    ("hour", "zone", "said"),
    [
        (6, "WIB", "Pukul enam tepat, Waktu Indonesia Barat."),
        (0, "WITA", "Pukul dua puluh empat tepat, Waktu Indonesia Tengah."),
        (18, "WIT", "Pukul delapan belas tepat, Waktu Indonesia Timur."),
        (7, "", "Pukul tujuh tepat."),
    ],
)
def test_the_spoken_time(hour: int, zone: str, said: str) -> None:
    assert texts.time_signal(hour, zone) == said


def test_a_struck_note_has_its_pitch_and_dies_away() -> None:
    note = tones.struck(440.0, 1.0, ((1, 0.5, 0.8),))
    crossings = sum(1 for a, b in pairwise(note[: tones.RATE // 2]) if a < 0 <= b)
    assert abs(crossings - 220) <= 1
    head, tail = max(note[:4800]), max(note[-4800:])
    assert 0.4 < head <= 0.5
    assert tail < head / 100
    assert abs(note[-1]) < 1e-3


def test_octaves_of_a_scale_double_the_frequency() -> None:
    assert tones.pitch(tones.SLENDRO, 5, 200.0) == pytest.approx(400.0)
    assert tones.pitch(tones.PELOG, -5, 200.0) == pytest.approx(100.0)


def test_the_bed_joins_its_own_beginning() -> None:
    mix = gamelan.bed(3.84)
    for side in mix.sides:
        assert len(side) == 184_320
        steps = [abs(b - a) for a, b in pairwise(side)]
        assert abs(side[0] - side[-1]) <= max(steps)
        assert max(abs(v) for v in side[:2400]) > 0.05, "the tails of the last notes sound at the start"


def test_pieces_are_of_a_useful_length_and_end_their_cycles_on_the_gong_tone() -> None:
    for piece in gamelan.PIECES.values():
        assert 60 <= piece.seconds <= 120
        lines = gamelan.balungan(piece)
        assert len(lines) == piece.cycles
        assert lines == gamelan.balungan(piece)
        assert all(len(line) == 16 for line in lines)
        assert lines[0][-1] == 0


def test_the_phones_matrix_turns_by_ninety_degrees() -> None:
    identity = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    for version, times in ((0, 20), (1, 32)):
        head = b"....tkhd" + bytes([version, 0, 0, 3]) + bytes(times) + bytes(16)
        size = struct.pack(">II", 1280 << 16, 720 << 16)
        movie = head + identity + size + b"rest"
        expected = struct.pack(">9I", 0, 0x10000, 0, 0xFFFF0000, 0, 0, 720 << 16, 0, 0x40000000)
        assert turned(movie) == head + expected + size + b"rest"


@pytest.mark.parametrize("movie", [b"no movie at all", b"....tkhd" + bytes(100)])
def test_what_has_no_picture_is_not_turned(movie: bytes) -> None:
    with pytest.raises(ValueError, match=r"tkhd|picture"):
        turned(movie)


def test_the_schedule_files_are_valid_and_name_only_what_is_made() -> None:
    made = [item.path for item in catalogue(0)]
    for name, text in schedules.texts('Batik "TV"', "Radio\\Kota", "Pekalongan").items():
        schedule = parse_schedule(text, name)
        folders = [f for block in schedule.block for f in block.rotation]
        folders += [f.removeprefix("folder:") for f in schedule.filler]
        assert folders
        for folder in folders:
            assert any(path.startswith(f"{folder}/") for path in made), folder
        (hourly,) = schedule.at
        assert len(hourly.seconds) == 24
        assert hourly.hard
        assert all(hourly.item.replace("{hh}", f"{hour:02d}") in made for hour in range(24))
        assert tomllib.loads(text)["block"]


def test_every_minute_of_the_week_has_a_block() -> None:
    for name, text in schedules.texts("TV", "Radio", "Kota").items():
        blocks = parse_schedule(text, name).block
        for day in range(7):
            spans = sorted((b.start, b.until) for b in blocks if day in b.days)
            assert spans[0][0] == 0
            assert spans[-1][1] == 86_400
            assert all(a[1] == b[0] for a, b in pairwise(spans)), (name, day)


def test_the_catalogue_names_each_file_once_and_begins_with_short_ones() -> None:
    paths = [item.path for item in catalogue(22)]
    assert len(paths) == len(set(paths))
    assert Path(paths[0]).parts[0] == "radio"
    assert Path(paths[1]).parts[:2] == ("filler", "tv")
    clocks = [path for path in paths if path.startswith("tv/jam/")]
    assert clocks[:3] == ["tv/jam/jam-22.mp4", "tv/jam/jam-23.mp4", "tv/jam/jam-00.mp4"]
    assert len(clocks) == 24

"""Grids as TOML: whatever a grid holds is read back the same; and schedule files as grids."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.media import ChannelKind
from lppl.programme import AgeClass, Category, Programme
from scheduler.file_grid import grid_of, slug
from scheduler.fixed import Anthem, AnthemMode, ClockEvent, FixedEvents, default_fixed
from scheduler.grid import (
    BreakRule,
    ChannelRules,
    Entry,
    Episodes,
    FromPlaylist,
    FromRotation,
    Grid,
    LiveSource,
    OneAsset,
    Playlist,
    RotationRules,
    Simulcast,
)
from scheduler.grid_text import Bundle, GridTextInvalid, filling_of, length_of, parse_bundle, words_of, written_bundle
from scheduler.plan import Start
from scheduler.recurrence import Recurrence, Season
from scheduler.schedule import parse_schedule

TODAY = date(2026, 11, 22)
SLUGS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}", fullmatch=True)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda text: text.strip() == text and text
)
PATHS = st.from_regex(r"[a-z]{1,6}(/[a-z\" ']{1,6}x){0,2}", fullmatch=True)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
FILLINGS = st.one_of(
    st.builds(OneAsset, path=PATHS),
    st.builds(
        Episodes, folder=st.none() | PATHS, paths=st.lists(PATHS, max_size=2).map(tuple), count=st.integers(1, 5),
        repeat=st.booleans(), rerun=st.booleans(),
    ),
    st.builds(FromPlaylist, playlist=SLUGS, repeat=st.booleans()),
    st.builds(FromRotation, rotation=st.none() | SLUGS, folders=st.lists(PATHS, max_size=2).map(tuple)),
    st.builds(Simulcast, channel=SLUGS),
    st.builds(LiveSource, source=NAMES, relay=st.booleans()),
)  # fmt: skip
RULES = ("", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=MONTHLY;BYDAY=1FR", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU",
         "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "FREQ=MONTHLY;BYMONTHDAY=-1")  # fmt: skip


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    first = draw(DAYS)
    last = draw(st.none() | st.integers(0, 300).map(lambda n: first + timedelta(days=n)))
    days = st.lists(DAYS, max_size=2).map(tuple)
    return Recurrence(
        first=first, last=last, rule=draw(st.sampled_from(RULES)), excluded=draw(days), added=draw(days),
        season=draw(st.sampled_from(Season)),
    )  # fmt: skip


ENTRIES = st.builds(
    Entry, id=SLUGS, programme=SLUGS, on=recurrences(), start=st.integers(0, 86_399), length_s=st.integers(0, 86_400),
    begins=st.sampled_from(Start), content=FILLINGS, note=st.text(max_size=10),
)  # fmt: skip
PROGRAMMES = st.builds(
    Programme, id=SLUGS, title=NAMES, category=st.sampled_from(Category), age=st.sampled_from(AgeClass),
    local=st.booleans(), default_length_s=st.integers(60, 7200),
)  # fmt: skip
BREAKS = st.builds(
    BreakRule, minutes=st.lists(st.integers(0, 59), min_size=1, max_size=3).map(tuple), start=st.integers(0, 86_400),
    days=st.sets(st.integers(0, 6), min_size=1).map(sorted).map(tuple),
)  # fmt: skip
EVENTS = FixedEvents(
    events=(
        *default_fixed(ChannelKind.RADIO).events,
        Anthem(id="tutup", folder="lagu", mode=AnthemMode.SIGN_ON_OFF, opening="raya.mp3", opens=18000, closes=86400),
        ClockEvent(id="jam", items=("jam/{hh}.mp3",), times=(0, 3661, 86400), days=(0, 4), hard=False),
    )
)  # fmt: skip


def _unique(kind: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(kind, max_size=3, unique_by=lambda each: each.id).map(tuple)  # type: ignore[attr-defined]


@given(
    _unique(ENTRIES), _unique(PROGRAMMES), st.lists(BREAKS, max_size=2).map(tuple), st.booleans(),
    st.none() | PATHS, st.dictionaries(st.sampled_from(["hiburan", "berita"]), st.floats(0, 10), max_size=2),
)  # fmt: skip
def test_what_is_written_is_read_the_same(
    entries: tuple[Entry, ...],
    programmes: tuple[Programme, ...],
    breaks: tuple[BreakRule, ...],
    labels: bool,
    logo: str | None,
    fades: dict[str, float],
) -> None:
    rules = ChannelRules(id="radio", fixed=EVENTS, breaks=breaks, labels=labels, logo=logo, fades_s=fades)
    playlist = Playlist(id="pagi", title='Daftar "pagi"', items=("a.mp3", "folder:b", "playlist:c"))
    rotation = RotationRules(id="pagi", title="Pagi", folders=("musik",), artist_minutes=0, clock=("gold", "baru"))
    bundle = Bundle(
        Grid(entries=entries, filler=("folder:sisipan", "file:a.mp4")), programmes, (playlist,), (rotation,), rules
    )
    assert parse_bundle(written_bundle(bundle, "Pola acara"), "x.toml", "radio", TODAY) == bundle


@given(FILLINGS)
def test_what_fills_an_entry_is_said_in_words(filling: OneAsset) -> None:
    assert filling_of(words_of(filling)) == filling


def test_a_file_that_says_nothing_of_rules_leaves_them_alone() -> None:
    read = parse_bundle('filler = ["folder:sisipan"]\n', "x.toml", "tv", TODAY)
    assert read.rules is None and read.grid.filler == ("folder:sisipan",)
    assert parse_bundle("[rules]\n", "x.toml", "tv", TODAY).rules == ChannelRules(id="tv")


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("[[entri]]\n", 1, "entry"),
        ("filler = [3]\n", 1, "filler"),
        ('[[entry]]\nid = "a"\n', 1, "programme"),
        ('\n[[entry]]\nid="a"\nprogramme="a"\non="senen"\nstart="06.00"\nlength=1\nasset="a"\n', 2, "senin"),
        ('[[entry]]\nid="a"\nprogramme="a"\non="senin"\nstart="06.00"\nlength=1.5\nasset="a"\n', 1, "menit"),
        ('[[entry]]\nid="a"\nprogramme="a"\non="senin"\nstart="06.00"\nlength=1\n', 1, "salah satu"),
        ('[[entry]]\nid="a"\nprogramme="a"\nrule="FREQ=HOURLY"\nfirst=2026-01-01\nstart="06.00"\nlength=1', 1, "FREQ"),
        ('[[playlist]]\nid="a"\ntitle="A"\n[[playlist]]\nid="a"\ntitle="B"\n', 4, "ganda"),
        ('[[fixed]]\nid="a"\nkind="salat"\n', 1, "prayer"),
        ('[[break]]\nminutes=[75]\n', 1, "75"),
        ('[entry]\nid="a"\n', 1, "[[entry]]"),
        ("x = [", 0, ""),
    ],
)  # fmt: skip
def test_mistakes_name_their_line(text: str, line: int, word: str) -> None:
    with pytest.raises(GridTextInvalid) as caught:
        parse_bundle(text, "x.toml", "tv", TODAY)
    mistake = caught.value.mistakes[0]
    assert word in mistake and (not line or mistake.startswith(f"baris {line}: "))


@pytest.mark.parametrize(
    ("said", "seconds"), [(60, 3600), ("60", 3600), ("01.30.15", 5415), ("24.00", 86_400), ("00.00.05", 5), (0, 0)]
)
def test_lengths_are_minutes_or_clock_times(said: object, seconds: int) -> None:
    assert length_of(said) == seconds


def test_a_schedule_file_becomes_a_grid_with_all_that_it_needs() -> None:
    schedule = parse_schedule(
        'filler = ["folder:sisipan"]\n'
        '[[block]]\nprogramme = "Kabar"\ndays = ["senin", "rabu"]\nstart = "06.00"\nend = "07.00"\nitems = ["a.mp4"]\n'
        '[[block]]\nprogramme = "Kabar"\nstart = "22.00"\nend = "01.00"\nfolder = "kabar"\nrepeat = true\n'
        '[[at]]\nprogramme = "Indonesia Raya"\ntimes = ["06.00", "24.00"]\nitem = "raya.mp4"\n',
        "tv.toml",
    )
    known = {"kabar": Programme(id="kabar", title="Berita Lain")}
    made = grid_of(schedule, "tv", known, ["tv-kabar"], ChannelRules(id="tv"), TODAY)
    first, second = made.grid.entries
    (programme,) = made.programmes
    assert programme.id == "kabar-2" and first.programme == second.programme == "kabar-2"
    assert first.content == OneAsset(path="a.mp4") and first.on.rule == "FREQ=WEEKLY;BYDAY=MO,WE"
    assert second.length_s == 3 * 3600 and second.content == FromPlaylist(playlist="tv-kabar-2", repeat=True)
    assert made.playlists == (Playlist(id="tv-kabar-2", title="Kabar", items=("folder:kabar",)),)
    assert made.rules is not None
    (event,) = made.rules.fixed.events
    assert isinstance(event, ClockEvent) and event.times == (21_600, 86_400) and event.title == "Indonesia Raya"


@pytest.mark.parametrize(
    ("title", "taken", "found"),
    [("Kabar Pagi!", (), "kabar-pagi"), ("Kabar", ("kabar", "kabar-2"), "kabar-3"), ("***", (), "acara"),
     ("Café Ñandú", (), "cafe-nandu"), ("x" * 99, (), "x" * 56)],
)  # fmt: skip
def test_titles_become_short_names(title: str, taken: tuple[str, ...], found: str) -> None:
    assert slug(title, taken) == found

"""The first week of a station: a typical day of a local public broadcaster, laid over the material that there is.

Pure. Which folders hold what is guessed from their names, and staff choose otherwise; where a kind of material is
missing its nearest takes its place, so that a new station has a full week on the air at once. The days are those of
docs/decisions/ruang-kerja.md.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import PurePosixPath

from lppl.media import ChannelKind
from lppl.programme import AgeClass, Category, Programme
from scheduler.file_grid import slug
from scheduler.fixed import AZAN, Anthem, FixedEvent, FixedEvents, Ident, PrayerEvent, TimeSignal
from scheduler.grid import ChannelRules, Entry, Filling, FromRotation, Grid, LiveSource, RotationRules
from scheduler.grid_text import Bundle
from scheduler.plan import FOLDER, Start
from scheduler.prayer import Prayer
from scheduler.recurrence import Recurrence, Season
from scheduler.words import clock


class Part(StrEnum):
    """Kinds of material that a day is made of."""

    MUSIC = "musik"
    NEWS = "berita"
    TALK = "dialog"
    FAITH = "religi"
    CHILDREN = "anak"
    CULTURE = "budaya"
    INFO = "info"
    FILLER = "sisipan"
    IDENT = "tanda-pengenal"

    @property
    def label(self) -> tuple[str, str]:
        """Its name, Indonesian and English."""
        return _LABELS[self]


_LABELS: Mapping[Part, tuple[str, str]] = {
    Part.MUSIC: ("Musik", "Music"),
    Part.NEWS: ("Berita", "News"),
    Part.TALK: ("Dialog dan obrolan", "Talk"),
    Part.FAITH: ("Religi", "Religious"),
    Part.CHILDREN: ("Anak-anak", "Children"),
    Part.CULTURE: ("Budaya", "Culture"),
    Part.INFO: ("Info dan layanan warga", "Public information"),
    Part.FILLER: ("Sisipan", "Filler"),
    Part.IDENT: ("Tanda pengenal stasiun", "Station ID"),
}
_WORDS: Mapping[Part, str] = {
    Part.IDENT: r"tanda.?pengenal|ident|station.?id",
    Part.FILLER: r"sisipan|filler|promo|jingle|bumper|jeda",
    Part.NEWS: r"berita|kabar|warta|news|liputan|buletin",
    Part.CHILDREN: r"anak|dongeng|kartun|kids",
    Part.FAITH: r"religi|islam|quran|qur.an|ngaji|mengaji|dakwah|tausiah|tausiyah|kultum|rohani|shalawat|sholawat",
    Part.CULTURE: r"budaya|wayang|campursari|gamelan|karawitan|keroncong|tembang|seni|tari|jelajah|suasana",
    Part.TALK: r"dialog|talk|obrolan|wawancara|bincang|gelar.?wicara|warga",
    Part.INFO: r"info|ilm|layanan|penyuluhan|edukasi|sosialisasi",
    Part.MUSIC: r"musik|music|lagu|song|pop|dangdut|album|playlist",
}
_NEAREST: Mapping[Part, Sequence[Part]] = {
    Part.MUSIC: (Part.CULTURE, Part.INFO, Part.TALK, Part.NEWS),
    Part.CULTURE: (Part.MUSIC, Part.TALK, Part.INFO),
    Part.NEWS: (Part.INFO, Part.TALK, Part.CULTURE, Part.MUSIC),
    Part.TALK: (Part.INFO, Part.NEWS, Part.CULTURE, Part.MUSIC),
    Part.INFO: (Part.NEWS, Part.TALK, Part.CULTURE, Part.MUSIC),
    Part.FAITH: (Part.CULTURE, Part.INFO, Part.MUSIC),
    Part.CHILDREN: (Part.CULTURE, Part.INFO, Part.MUSIC),
    Part.FILLER: (Part.INFO, Part.MUSIC, Part.CULTURE),
}
_NOT_A_PART = re.compile(r"(^|/)(azan|adzan|lagu/wajib|tanda-waktu|spot|iklan|arsip)(/|$)")
"""What airs by its own rules: fixed events, spots."""

WEEK, WORKDAYS, WEEKEND = "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=SA,SU"


@dataclass(frozen=True, slots=True)
class Hour:
    """A programme of the typical day. Titles may hold ``{place}``; the day has no gaps and no overlaps."""

    start: str
    end: str
    title: str
    part: Part
    category: Category
    begins: Start = Start.SOFT
    rule: str = WEEK
    age: AgeClass = AgeClass.SU
    relay: bool = False
    """Where the station relays: a network's news in its place."""


_NEWS, _TALK, _EDU = Category.NEWS, Category.NEWS, Category.EDUCATION
_CULTURE, _FUN = Category.CULTURE, Category.ENTERTAINMENT
RADIO_DAY: Sequence[Hour] = (
    Hour("00.00", "04.00", "Tembang Malam", Part.MUSIC, _FUN),
    Hour("04.00", "05.00", "Pembukaan dan Tilawah", Part.FAITH, _CULTURE),
    Hour("05.00", "06.00", "Mutiara Subuh", Part.FAITH, _EDU),
    Hour("06.00", "07.00", "Kabar Pagi", Part.NEWS, _NEWS, Start.HARD, relay=True),
    Hour("07.00", "09.00", "Selamat Pagi {place}", Part.TALK, _TALK, rule=WORKDAYS),
    Hour("07.00", "09.00", "Akhir Pekan Ceria", Part.MUSIC, _FUN, rule=WEEKEND),
    Hour("09.00", "10.00", "Suara Warga dan Aduan", Part.INFO, _NEWS),
    Hour("10.00", "12.00", "Campursari", Part.CULTURE, _CULTURE),
    Hour("12.00", "13.00", "Kabar Siang", Part.NEWS, _NEWS, Start.HARD),
    Hour("13.00", "15.00", "Musik Siang", Part.MUSIC, _FUN),
    Hour("15.00", "16.00", "Dunia Anak", Part.CHILDREN, _EDU, age=AgeClass.A),
    Hour("16.00", "17.30", "Sore Santai", Part.MUSIC, _FUN),
    Hour("17.30", "18.30", "Jelang Magrib", Part.FAITH, _CULTURE),
    Hour("18.30", "19.00", "Kabar {place}", Part.NEWS, _NEWS, Start.HARD),
    Hour("19.00", "21.00", "Dialog {place}", Part.TALK, _TALK, rule=WORKDAYS),
    Hour("19.00", "21.00", "Panggung Budaya", Part.CULTURE, _CULTURE, rule=WEEKEND),
    Hour("21.00", "23.30", "Lagu Kenangan", Part.MUSIC, _FUN),
    Hour("23.30", "24.00", "Penutup", Part.MUSIC, _FUN),
)
TV_DAY: Sequence[Hour] = (
    Hour("00.00", "04.00", "Semesta Malam", Part.CULTURE, _CULTURE),
    Hour("04.00", "05.00", "Pembukaan dan Tilawah", Part.FAITH, _CULTURE),
    Hour("05.00", "06.00", "Mutiara Subuh", Part.FAITH, _EDU),
    Hour("06.00", "07.00", "Kabar Pagi", Part.NEWS, _NEWS, Start.HARD, relay=True),
    Hour("07.00", "09.00", "Selamat Pagi {place}", Part.TALK, _TALK),
    Hour("09.00", "11.00", "Ruang Warga", Part.INFO, _NEWS),
    Hour("11.00", "12.00", "Jelajah {place}", Part.CULTURE, _CULTURE),
    Hour("12.00", "13.00", "Kabar Siang", Part.NEWS, _NEWS, Start.HARD),
    Hour("13.00", "15.00", "Musik Siang", Part.MUSIC, _FUN),
    Hour("15.00", "16.00", "Dunia Anak", Part.CHILDREN, _EDU, age=AgeClass.A),
    Hour("16.00", "17.30", "Layar Budaya", Part.CULTURE, _CULTURE),
    Hour("17.30", "18.30", "Jelang Magrib", Part.FAITH, _CULTURE),
    Hour("18.30", "19.30", "Kabar {place}", Part.NEWS, _NEWS, Start.HARD),
    Hour("19.30", "21.00", "Dialog {place}", Part.TALK, _TALK, rule=WORKDAYS),
    Hour("19.30", "21.00", "Panggung Budaya", Part.CULTURE, _CULTURE, rule=WEEKEND),
    Hour("21.00", "22.00", "Kabar Malam", Part.NEWS, _NEWS, Start.HARD),
    Hour("22.00", "23.30", "Layar Keluarga", Part.MUSIC, _FUN),
    Hour("23.30", "24.00", "Penutup", Part.CULTURE, _CULTURE),
)
DAYS: Mapping[ChannelKind, Sequence[Hour]] = {ChannelKind.TV: TV_DAY, ChannelKind.RADIO: RADIO_DAY}

Parts = Mapping[Part, tuple[str, ...]]


@dataclass(frozen=True)
class Wanted:
    """What a first week is made for: a channel, where it is, the folders of each part, and what files there are.

    `relay` names the network whose news is relayed in the morning; empty: none is.
    """

    channel: str
    kind: ChannelKind
    place: str
    parts: Parts
    files: Collection[str]
    first: date
    relay: str = ""

    @cached_property
    def by_stem(self) -> Mapping[str, Sequence[str]]:
        """The files by what they are called: ``Azan Subuh.mp3`` is ``azan-subuh``."""
        found: dict[str, list[str]] = {}
        for path in self.files:
            found.setdefault(re.sub(r"[\s_]+", "-", PurePosixPath(path).stem.lower()), []).append(path)
        return found


def part_of(folder: str) -> Part | None:
    """Return what a folder of the media folder seems to hold, by its name; None when that is not clear."""
    plain = folder.lower()
    if _NOT_A_PART.search(plain):
        return None
    # the innermost name says most: radio/musik/anak
    for name in reversed(plain.split("/")):
        for part, words in _WORDS.items():
            if re.search(rf"(?<![a-z])(?:{words})", name):
                return part
    return None


def guess(folders: Iterable[str]) -> Parts:
    """Return which of `folders` fill which part; a folder without a telling name is taken where nothing else is."""
    listed = sorted(set(folders))
    found: dict[Part, list[str]] = {}
    for folder in listed:
        if (part := part_of(folder)) is not None:
            found.setdefault(part, []).append(folder)
    if not any(part in found for part in Part if part not in (Part.FILLER, Part.IDENT)):
        rest = [f for f in listed if part_of(f) is None and not _NOT_A_PART.search(f.lower())]
        found[Part.MUSIC] = rest
    return {part: tuple(those) for part, those in found.items() if those}


def filled_by(part: Part, parts: Parts) -> tuple[str, ...]:
    """Return the folders of a part, or of the nearest that has some."""
    for each in (part, *_NEAREST.get(part, ()), *Part):
        if parts.get(each):
            return parts[each]
    return ()


def first_week(wanted: Wanted, programmes: Mapping[str, Programme], rules: ChannelRules) -> Bundle:
    """Return the week with all that it names.

    Of `programmes`, those that are there, one of the same title is used. The rotations are the channel's own: a second
    first week sets them anew. Raises ValueError when no folder was chosen at all.
    """
    if not filled_by(Part.MUSIC, wanted.parts):
        raise ValueError("belum ada folder materi yang dipilih / no folder of material was chosen")
    made = _Made(wanted, {p.title: p.id for p in programmes.values()}, set(programmes))
    for hour in DAYS[wanted.kind]:
        made.place(hour)
    filler = tuple(f"{FOLDER}{f}" for f in filled_by(Part.FILLER, wanted.parts))
    events = _fixed(wanted)
    kept = tuple(e for e in rules.fixed.events if e.id not in {event.id for event in events})
    changed = rules.model_copy(update={"fixed": FixedEvents(events=(*kept, *events))})
    return Bundle(
        Grid(entries=tuple(made.entries), filler=filler), tuple(made.programmes), (), tuple(made.rotations.values()),
        changed,
    )  # fmt: skip


class _Made:
    """A week under way."""

    def __init__(self, wanted: Wanted, titles: dict[str, str], names: set[str]) -> None:
        self._wanted, self._titles, self._names = wanted, titles, names
        self.entries: list[Entry] = []
        self.programmes: list[Programme] = []
        self.rotations: dict[Part, RotationRules] = {}

    def place(self, hour: Hour) -> None:
        title = hour.title.format(place=self._wanted.place)
        start, end = clock(hour.start), clock(hour.end)
        self.entries.append(
            Entry(
                id=slug(title, [e.id for e in self.entries]),
                programme=self._programme(title, hour, end - start),
                on=Recurrence(first=self._wanted.first, rule=hour.rule),
                start=start,
                length_s=end - start,
                begins=hour.begins,
                content=self._content(hour),
            )
        )

    def _programme(self, title: str, hour: Hour, length_s: int) -> str:
        if title not in self._titles:
            name = slug(title, self._names)
            self._names.add(name)
            self._titles[title] = name
            made = Programme(
                id=name, title=title, category=hour.category, age=hour.age, default_length_s=length_s,
                colour=COLOURS[hour.category],
            )  # fmt: skip
            self.programmes.append(made)
        return self._titles[title]

    def _content(self, hour: Hour) -> Filling:
        if hour.relay and self._wanted.relay:
            return LiveSource(source=self._wanted.relay, relay=True)
        if hour.part not in self.rotations:
            self.rotations[hour.part] = RotationRules(
                id=slug(f"{self._wanted.channel}-{hour.part}"),
                title=hour.part.label[0],
                folders=filled_by(hour.part, self._wanted.parts),
            )
        return FromRotation(rotation=self.rotations[hour.part].id)


COLOURS: Mapping[Category, str] = {
    Category.NEWS: "#1f5a8a",
    Category.EDUCATION: "#1d6b3a",
    Category.CULTURE: "#7a4a00",
    Category.ENTERTAINMENT: "#2d3478",
    Category.SUPPORT: "#525a6b",
}


# ---- what airs at fixed times ---------------------------------------------------------------------


def _fixed(wanted: Wanted) -> tuple[FixedEvent, ...]:
    """Return the fixed events for which there is material."""
    events: list[FixedEvent] = []
    for prayer in (Prayer.IMSAK, *AZAN):
        if path := _azan(prayer, wanted):
            season = Season.RAMADAN if prayer is Prayer.IMSAK else Season.ALWAYS
            name = "imsak" if prayer is Prayer.IMSAK else f"azan-{prayer}"
            events.append(PrayerEvent(id=name, prayer=prayer, items=(path,), season=season))
    if opening := _named("indonesia-raya", wanted):
        closing = any(f.startswith(CLOSING) for f in wanted.files)
        more = {"folder": CLOSING.rstrip("/")} if closing else {"items": (opening,)}
        events.append(Anthem.model_validate({"id": "lagu-kebangsaan", "opening": opening, **more}))
    if wanted.kind is ChannelKind.RADIO and (pip := _named("pip", wanted, "tanda-waktu/")):
        events.append(TimeSignal(id="tanda-waktu", items=(pip,)))
    if folders := wanted.parts.get(Part.IDENT):
        events.append(Ident(id="ident", folder=folders[0]))
    return tuple(events)


CLOSING = "lagu/wajib/"


def _azan(prayer: Prayer, wanted: Wanted) -> str | None:
    return _named(str(prayer), wanted, "azan/") or _named(f"azan-{prayer}", wanted)


def _named(stem: str, wanted: Wanted, below: str = "") -> str | None:
    """Return the file called `stem` that suits the channel best."""
    ending = ".mp4" if wanted.kind is ChannelKind.TV else ".mp3"
    found = [path for path in wanted.by_stem.get(stem, ()) if below in path.lower()]
    return min(found, key=lambda path: (not path.lower().endswith(ending), path), default=None)


def missing(wanted: Wanted) -> tuple[tuple[str, str], ...]:
    """Return what a station usually has and this one has not yet: sentences, Indonesian and English."""
    ending = "mp4" if wanted.kind is ChannelKind.TV else "mp3"
    told: list[tuple[str, str]] = []
    azan = [prayer for prayer in AZAN if _azan(prayer, wanted) is None]
    if azan:
        files = ", ".join(f"azan/{prayer}.{ending}" for prayer in azan)
        told.append((f"Azan: taruh berkas {files}", f"Call to prayer: put the files {files}"))
    if _named("indonesia-raya", wanted) is None:
        path = f"lagu/indonesia-raya.{ending}"
        told.append((f"Lagu kebangsaan pukul 06.00 dan 24.00: taruh {path}", f"The anthem: put {path}"))
    if not wanted.parts.get(Part.IDENT):
        told.append(
            ("Tanda pengenal stasiun: taruh berkas di tanda-pengenal/", "Station ID: put files in tanda-pengenal/")
        )
    return tuple(told)

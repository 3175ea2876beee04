"""A whole grid as a TOML file that staff can read, keep and edit: entries, and all that they need.

Text to values and back; nothing is kept here. What is written is read as the same values.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from lppl.errors import LpplError
from lppl.programme import Programme
from scheduler.fixed import Anthem, Event, FixedEvent, FixedEvents
from scheduler.grid import (
    BreakRule,
    ChannelRules,
    Entry,
    Episodes,
    Filling,
    FromPlaylist,
    FromRotation,
    Grid,
    LiveSource,
    OneAsset,
    Playlist,
    RotationRules,
    Simulcast,
    mistakes_of,
)
from scheduler.recurrence import Recurrence, parse_words, words
from scheduler.toml_text import lines_of, syntax_mistake
from scheduler.words import EVERY_DAY, WEEKDAYS, clock, days, nearest, written

M = TypeVar("M")
FIXED_EVENT: TypeAdapter[FixedEvent] = TypeAdapter(FixedEvent)
FILLING: TypeAdapter[Filling] = TypeAdapter(Filling)
TABLES = ("programme", "entry", "playlist", "rotation", "fixed", "break", "rules")
KINDS = {
    "asset": "asset",
    "series": "series",
    "episodes": "series",
    "playlist": "playlist",
    "rotation": "rotation",
    "folders": "rotation",
    "simulcast": "simulcast",
    "live": "live",
    "relay": "live",
}
"""What fills an entry, by the word that says it."""
_OPTIONS = {"series": ("count", "repeat", "rerun"), "playlist": ("repeat",)}
_HINTS = {"rotasi": "rotation", "folder": "folders", "berkas": "asset", "materi": "asset", "episode": "episodes"}
_HINTS |= {"daftar": "playlist", "ulang": "repeat", "langsung": "live", "relai": "relay", "end": "length"}
_WHEN = ("on", "rule", "first", "last", "excluded", "added", "season")


class GridTextInvalid(LpplError):
    """A grid file holds mistakes; `mistakes` lists every one of them, with its line."""

    def __init__(self, source: str, mistakes: Sequence[str]) -> None:
        self.source, self.mistakes = source, tuple(mistakes)
        listed = "\n".join(f"  - {m}" for m in mistakes)
        super().__init__(f"Berkas pola acara {source} salah:\n{listed}", "The grid file is wrong (listed above).")


@dataclass(frozen=True)
class Bundle:
    """A grid and what it needs; `rules` is None where a file says nothing of the channel's rules."""

    grid: Grid
    programmes: tuple[Programme, ...] = ()
    playlists: tuple[Playlist, ...] = ()
    rotations: tuple[RotationRules, ...] = ()
    rules: ChannelRules | None = None


# ---- words shared with commands -------------------------------------------------------------------


def filling_of(said: Mapping[str, Any]) -> Filling:
    """Return what fills an entry, from words such as ``series = "tv/kabar", count = 1``. Raises ValueError."""
    options = {option for those in _OPTIONS.values() for option in those}
    for word in said:
        if word not in KINDS and word not in options:
            near = _HINTS.get(word) or nearest(word, [*KINDS, *options])
            hint = f'; maksudnya "{near}"?' if near else ""
            raise ValueError(f'"{word}" tidak dikenal{hint} / unknown word "{word}"')
    kinds = {KINDS[word] for word in said if word in KINDS}
    if len(kinds) != 1:
        listed = ", ".join(KINDS)
        raise ValueError(f"isi acara: tulis salah satu dari {listed} / content: give one of {listed}")
    kind = kinds.pop()
    stray = [word for word in said if word not in KINDS and word not in _OPTIONS.get(kind, ())]
    if stray:
        raise ValueError(f'"{stray[0]}" tidak berlaku untuk {kind} / "{stray[0]}" does not go with {kind}')
    document: dict[str, Any] = {"kind": kind, **said}
    for word, name in (("asset", "path"), ("series", "folder"), ("episodes", "paths"), ("simulcast", "channel")):
        if word in document:
            document[name] = document.pop(word)
    if kind == "live":
        document["relay"] = "relay" in said
        document["source"] = said.get("relay", said.get("live"))
        document.pop("live", None)
    try:
        return FILLING.validate_python(document)
    except ValidationError as error:
        raise ValueError(mistakes_of(error)) from error


def words_of(content: Filling) -> dict[str, Any]:
    """Return the words that `filling_of` reads as `content`."""
    match content:
        case OneAsset(path=path):
            return {"asset": path}
        case Episodes() as e:
            said: dict[str, Any] = {"series": e.folder} if e.folder is not None else {}
            said |= {"episodes": list(e.paths)} if e.paths or e.folder is None else {}
            return said | _set(e, "count", "repeat", "rerun")
        case FromPlaylist() as p:
            return {"playlist": p.playlist} | _set(p, "repeat")
        case FromRotation() as r:
            said = {"rotation": r.rotation} if r.rotation is not None else {}
            return said | ({"folders": list(r.folders)} if r.folders or r.rotation is None else {})
        case Simulcast(channel=channel):
            return {"simulcast": channel}
        case LiveSource() as s:
            return {"relay" if s.relay else "live": s.source}


def _set(model: BaseModel, *names: str) -> dict[str, Any]:
    """Return those of the fields that are not as usual."""
    fields = type(model).model_fields
    return {name: value for name in names if (value := getattr(model, name)) != fields[name].default}


def length_of(value: object) -> int:
    """Return a length in seconds from minutes (``60``) or hours, minutes, seconds (``01.30.15``). Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return 60 * value
    if isinstance(value, str):
        return 60 * int(value) if value.strip().isdigit() else clock(value)
    raise ValueError(f'lama ditulis dalam menit (60) atau "01.30.15", bukan {value!r} / write minutes or "01.30.15"')


# ---- writing --------------------------------------------------------------------------------------


def written_bundle(bundle: Bundle, heading: str) -> str:
    """Return `bundle` as TOML; each line of `heading` becomes a comment."""
    parts = ["\n".join(f"# {line}".rstrip() for line in heading.splitlines())]
    parts.append(f"# Penutup celah, yang paling disukai ditulis dulu.\nfiller = {_value(list(bundle.grid.filler))}")
    if bundle.rules is not None:
        said = {n: v for n, v in _plain(bundle.rules).items() if n not in ("id", "fixed", "breaks")}
        parts.append(_table("# Aturan kanal; lihat juga [[break]] dan [[fixed]].\n[rules]", said))
    parts += [_table(f"[[{name}]]", said) for name, said in _tables(bundle)]
    return "\n\n".join(parts) + "\n"


def _tables(bundle: Bundle) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from (("programme", _plain(p, "id", "title")) for p in bundle.programmes)
    yield from (("entry", _entry(e)) for e in bundle.grid.entries)
    yield from (("playlist", _plain(p, "id", "title", "items")) for p in bundle.playlists)
    yield from (("rotation", _plain(r, "id", "title", "folders")) for r in bundle.rotations)
    if bundle.rules is not None:
        yield from (("break", _break(rule)) for rule in bundle.rules.breaks)
        yield from (("fixed", _fixed(event)) for event in bundle.rules.fixed.events)


def _table(heading: str, said: Mapping[str, Any]) -> str:
    return "\n".join([heading, *(f"{name} = {_value(value)}" for name, value in said.items())])


def _plain(model: BaseModel, *always: str) -> dict[str, Any]:
    said = model.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    return {name: getattr(model, name) for name in always} | said


def _entry(entry: Entry) -> dict[str, Any]:
    minutes, second = divmod(entry.length_s, 60)
    said: dict[str, Any] = {"id": entry.id, "programme": entry.programme, **_when(entry.on)}
    said |= {"start": written(entry.start), "length": written(entry.length_s) if second else minutes}
    said |= {"begins": entry.begins.value} | words_of(entry.content)
    return said | ({"note": entry.note} if entry.note else {})


def _when(on: Recurrence) -> dict[str, Any]:
    """Return days in words where words say all; otherwise as rule and dates."""
    said = words(on)
    try:
        if parse_words(said, on.first) == on:
            return {"on": said}
    except ValueError:
        pass
    return on.model_dump(exclude_defaults=True, exclude_none=True)


def _break(rule: BreakRule) -> dict[str, Any]:
    said = _plain(rule, "minutes")
    return said | ({"days": _day_names(rule.days)} if "days" in said else {})


def _fixed(event: Event) -> dict[str, Any]:
    said = _plain(event, "id", "kind")
    if isinstance(event, Anthem):  # one that closes must say when, also at the usual times
        said |= {"opens": event.opens, "closes": event.closes}
    for name in ("opens", "closes"):
        if name in said:
            said[name] = written(said[name])
    if "times" in said:
        said["times"] = [written(second) for second in said["times"]]
    return said | ({"days": _day_names(event.days)} if "days" in said else {})


def _day_names(numbers: Sequence[int]) -> list[str]:
    return [WEEKDAYS[n] for n in numbers]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(k, ensure_ascii=False)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    # JSON's strings are TOML's, but for DEL, which TOML wants escaped
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


# ---- reading --------------------------------------------------------------------------------------


def parse_bundle(text: str, source: str, channel: str, today: date) -> Bundle:
    """Return the grid in `text`; days in words without a first day begin `today`.

    Raises GridTextInvalid with every mistake and its line.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GridTextInvalid(source, [syntax_mistake(str(error), text)]) from error
    reading = _Reading(data, text)
    reading.look_for_strangers()
    programmes = reading.all("programme", Programme.model_validate)
    entries = reading.all("entry", lambda table: _read_entry(table, today))
    playlists = reading.all("playlist", Playlist.model_validate)
    rotations = reading.all("rotation", RotationRules.model_validate)
    breaks = reading.all("break", lambda table: BreakRule.model_validate(_with_days(table)))
    events = reading.all("fixed", FIXED_EVENT.validate_python)
    rules = None
    if {"rules", "break", "fixed"} & data.keys():
        about = data.get("rules", {})
        rules = reading.one(
            "rules",
            lambda: ChannelRules(
                **{**about, "id": channel}, breaks=tuple(breaks), fixed=FixedEvents(events=tuple(events))
            ),
        )
    grid = reading.one("filler", lambda: Grid(entries=tuple(entries), filler=tuple(data.get("filler", ()))))
    reading.look_for_doubles()
    if reading.mistakes or grid is None:
        raise GridTextInvalid(source, [f"baris {n}: {m}" if n else m for n, m in sorted(set(reading.mistakes))])
    return Bundle(grid, tuple(programmes), tuple(playlists), tuple(rotations), rules)


class _Reading:
    """One file under way: its tables, where they stand, and what is wrong."""

    def __init__(self, data: Mapping[str, Any], text: str) -> None:
        self._data, self._places = data, lines_of(text)
        self.mistakes: list[tuple[int, str]] = []

    def look_for_strangers(self) -> None:
        for name in self._data:
            if name not in (*TABLES, "filler"):
                near = nearest(name, TABLES)
                hint = f'; maksudnya "{near}"?' if near else ""
                self.mistakes.append((self._line(name), f'"{name}" tidak dikenal{hint} / unknown word "{name}"'))

    def look_for_doubles(self) -> None:
        for table in ("programme", "entry", "playlist", "rotation"):
            seen: set[str] = set()
            for n, each in self._tables(table):
                name = str(each.get("id", ""))
                if name and name in seen:
                    self.mistakes.append((self._line(table, n), f'id "{name}" ganda / the id "{name}" stands twice'))
                seen.add(name)

    def all(self, table: str, read: Callable[[Mapping[str, Any]], M]) -> list[M]:
        """Return the good ones of a table; note the mistakes of the others."""
        good: list[M] = []
        for n, each in self._tables(table):
            made = self._made(lambda each=each: read(each), self._line(table, n), f"[[{table}]] ke-{n + 1}")  # type: ignore[misc]
            good += [] if made is None else [made]
        return good

    def one(self, name: str, make: Callable[[], M]) -> M | None:
        return self._made(make, self._line(name), name)

    def _made(self, make: Callable[[], M], line: int, where: str) -> M | None:
        try:
            return make()
        except ValidationError as error:
            self.mistakes.append((line, f"{where}: {mistakes_of(error)}"))
        except (ValueError, TypeError) as error:
            self.mistakes.append((line, f"{where}: {error}"))
        return None

    def _tables(self, table: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        raw = self._data.get(table, [])
        if not isinstance(raw, list) or not all(isinstance(each, dict) for each in raw):
            self.mistakes.append((self._line(table), f"tulis [[{table}]] / write [[{table}]] with two brackets"))
            return
        yield from enumerate(raw)

    def _line(self, table: str, n: int = 0) -> int:
        return self._places.get((table, n, ""), 0) or self._places.get(("", 0, table), 0)


def _read_entry(table: Mapping[str, Any], today: date) -> Entry:
    plain = {k: v for k, v in table.items() if k in ("id", "programme", "start", "begins", "note")}
    content = {k: v for k, v in table.items() if k not in {*plain, *_WHEN, "length"}}
    for name in ("id", "programme", "start", "length"):
        if name not in table:
            raise ValueError(f"{name} belum diisi / {name} is missing")
    on = _read_when({k: v for k, v in table.items() if k in _WHEN}, today)
    return Entry(**plain, on=on, length_s=length_of(table["length"]), content=filling_of(content))


def _read_when(said: Mapping[str, Any], today: date) -> Recurrence:
    if "on" not in said:
        return Recurrence.model_validate(said)
    if more := [name for name in said if name not in ("on", "first", "last")]:
        raise ValueError(f'"{more[0]}" tidak ditulis bersama "on" / "{more[0]}" does not go with "on"')
    first, last = said.get("first", today), said.get("last")
    if not isinstance(said["on"], str) or not isinstance(first, date) or not isinstance(last, date | None):
        raise ValueError('tulis on = "senin-jumat", first = 2026-11-23 / write on = "senin-jumat", first = 2026-11-23')
    return parse_words(said["on"], first, last)


def _with_days(table: Mapping[str, Any]) -> Mapping[str, Any]:
    said = table.get("days", EVERY_DAY)
    listed = said if isinstance(said, list | tuple) else [said]
    return {**table, "days": days(list(listed))} if all(isinstance(d, str) for d in listed) else table

"""The schedule of one channel as a value, and the small TOML file that staff write it in.

Blocks of the week say which material airs when; `at` entries are single fixed events; `filler` closes
gaps. This module knows no clock, no zone and no disk: what the schedule means on a given day is computed
by `scheduler.occurrences` and `scheduler.rundown`.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationError,
    model_validator,
)

from lppl.errors import ScheduleInvalid
from lppl.media import ChannelKind
from scheduler.toml_text import Lines, lines_of, syntax_mistake
from scheduler.words import (
    DAY_S,
    EVERY_DAY,
    WEEKDAYS,
    clock,
    days,
    event_path,
    file_path,
    filler_source,
    media_path,
    nearest,
    written,
)

_T = TypeVar("_T")


def _listed(one: Callable[[object], _T]) -> Callable[[object], tuple[_T, ...]]:
    """Accept one value or a list of them; raise ValueError that holds every mistake."""

    def read(value: object) -> tuple[_T, ...]:
        values = value if isinstance(value, list | tuple) else [value]
        if not values:
            raise ValueError("daftar ini kosong / this list is empty")
        good, wrong = [], []
        for each in values:
            try:
                good.append(one(each))
            except ValueError as e:
                wrong.append(str(e))
        if wrong:
            raise ValueError("; ".join(wrong))
        return tuple(good)

    return read


def _minute(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 60:
        raise ValueError(f"menit harus 0 sampai 59, bukan {value!r} / a minute is 0 to 59, not {value!r}")
    return value


def _every(value: object) -> str:
    if value not in ("hour", "jam"):
        raise ValueError(
            f'hanya "hour" (atau "jam") yang dikenal, bukan {value!r} / only "hour" is known, not {value!r}'
        )
    return "hour"


_Name = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1)]
_Days = Annotated[tuple[int, ...], BeforeValidator(days)]
_Clock = Annotated[int, BeforeValidator(clock)]

CONTENT = ("items", "folder", "rotation")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    line: int = 0
    """Line of the entry in its file, from 1; 0 when it came from no file."""

    @property
    def where(self) -> str:
        """Name the place in the file for staff."""
        return f"baris {self.line}" if self.line else ""


_E = TypeVar("_E", bound=_Entry)


class Block(_Entry):
    """A stretch of some weekdays and what airs in it. Clock times in local seconds after midnight."""

    programme: _Name
    days: _Days = EVERY_DAY
    start: _Clock
    end: _Clock
    hard: StrictBool = False
    items: Annotated[tuple[str, ...], BeforeValidator(_listed(file_path))] = ()
    """Fixed items, aired once in this order."""
    folder: Annotated[str, BeforeValidator(media_path)] | None = None
    """Aired once in path order."""
    rotation: Annotated[tuple[str, ...], BeforeValidator(_listed(media_path))] = ()
    """Folders whose material airs least recently aired first."""
    repeat: StrictBool = False
    """Start a list again when it ran out, instead of closing the block with filler."""

    @property
    def until(self) -> int:
        """The end in seconds after the midnight before `start`; past 86400 when it passes midnight."""
        return self.end if self.end > self.start else self.end + DAY_S

    @model_validator(mode="after")
    def _check(self) -> Self:
        wrong = [*_time_mistakes(self.start, self.end), *_content_mistakes(self.model_fields_set)]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


class At(_Entry):
    """One item at fixed clock times. With `hard` it interrupts; without, it waits for the running item."""

    programme: _Name | None = None
    days: _Days = EVERY_DAY
    times: Annotated[tuple[int, ...], BeforeValidator(_listed(clock))] = ()
    every: Annotated[str, BeforeValidator(_every)] | None = None
    minute: Annotated[tuple[int, ...], BeforeValidator(_listed(_minute))] = (0,)
    item: Annotated[str, BeforeValidator(event_path)]
    hard: StrictBool = True

    @property
    def seconds(self) -> tuple[int, ...]:
        """Local seconds after midnight of every occurrence on a day, in order."""
        if self.every is None:
            return tuple(sorted(set(self.times)))
        return tuple(sorted({hour * 3600 + minute * 60 for hour in range(24) for minute in self.minute}))

    @model_validator(mode="after")
    def _check(self) -> Self:
        wrong = _times_mistakes(self.model_fields_set)
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


class Schedule(BaseModel):
    """The week of one channel. Blocks of one day do not overlap when it came through `parse_schedule`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filler: Annotated[tuple[str, ...], BeforeValidator(_listed(filler_source))] = ()
    """``folder:<path>`` or ``file:<path>``, most preferred first."""
    block: tuple[Block, ...] = ()
    at: tuple[At, ...] = Field(default=())


def default_schedule(kind: ChannelKind) -> Schedule:
    """Return what airs where no schedule file exists: everything on the shelf, in rotation, all week."""
    name = "Aneka Acara" if kind is ChannelKind.TV else "Aneka Musik"
    return Schedule(block=(Block(programme=name, start="00.00", end="24.00", rotation=(".",)),))


def _time_mistakes(start: int, end: int) -> list[str]:
    if start == DAY_S:
        return [
            'blok mulai paling lambat "23.59.59"; tengah malam adalah "00.00" / '
            'a block cannot start at 24.00; use "00.00"'
        ]
    if start == end:
        return [
            "start dan end sama; untuk sehari penuh tulis 00.00 sampai 24.00 / "
            "start and end are equal; for a whole day write 00.00 to 24.00"
        ]
    return []


def _content_mistakes(given: set[str]) -> list[str]:
    found = [key for key in CONTENT if key in given]
    if not found:
        return [
            "isi blok belum ada: tulis salah satu dari items, folder, rotation / give one of items, folder, rotation"
        ]
    if len(found) > 1:
        both = ", ".join(found)
        return [f"pilih satu saja dari {both} / choose only one of {both}"]
    if "repeat" in given and found == ["rotation"]:
        return [
            "repeat hanya untuk items atau folder; rotasi selalu berulang / "
            "repeat is for items or folder; a rotation always goes on"
        ]
    return []


def _times_mistakes(given: set[str]) -> list[str]:
    if ("times" in given) == ("every" in given):
        return ['tulis salah satu: times = ["06.00"] atau every = "hour" / give either times or every']
    if "minute" in given and "every" not in given:
        return ['minute hanya dipakai bersama every = "hour" / minute goes only with every = "hour"']
    return []


# ---- the file -------------------------------------------------------------------------------------

_HINTS = {
    "acara": "programme",
    "program": "programme",
    "nama": "programme",
    "hari": "days",
    "mulai": "start",
    "selesai": "end",
    "sampai": "end",
    "tepat": "hard",
    "isi": "items",
    "materi": "items",
    "rotasi": "rotation",
    "ulang": "repeat",
    "jam": "times",
    "pukul": "times",
    "menit": "minute",
    "sisipan": "filler",
    "blok": "block",
}


def parse_schedule(text: str, source: str) -> Schedule:
    """Read a schedule file's text; `source` names it in messages.

    Raises ScheduleInvalid with every mistake: its line, its entry, and the nearest valid word. A file that
    is not TOML has one mistake, the first.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise ScheduleInvalid(source, [syntax_mistake(str(e), text)]) from e
    lines = lines_of(text)
    mistakes: list[tuple[int, str]] = []
    values: dict[str, Any] = {}
    unknown = data.keys() - Schedule.model_fields.keys()
    mistakes += [(lines.get(("", 0, key), 0), _unknown_key(key, Schedule)) for key in unknown]
    if "filler" in data:
        try:
            values["filler"] = Schedule(filler=data["filler"]).filler
        except ValidationError as e:
            mistakes += [(lines.get(("", 0, "filler"), 0), f"filler: {m}") for _, m in _told(e)]
    values["block"] = _entries("block", Block, data, lines, mistakes)
    values["at"] = _entries("at", At, data, lines, mistakes)
    mistakes += _overlaps(values["block"])
    if mistakes:
        told = sorted(set(mistakes))
        raise ScheduleInvalid(source, [f"baris {n}: {m}" if n else m for n, m in told])
    return Schedule.model_construct(**values)


def _entries(
    table: str, model: type[_E], data: Mapping[str, Any], lines: Lines, mistakes: list[tuple[int, str]]
) -> tuple[_E, ...]:
    """Return the good entries of `table`; append the mistakes of the others."""
    raw = data.get(table, [])
    if not isinstance(raw, list) or not all(isinstance(each, dict) for each in raw):
        line = lines.get((table, 0, ""), 0) or lines.get(("", 0, table), 0)
        mistakes.append((line, f"tulis [[{table}]] dengan dua kurung siku / write [[{table}]] with two brackets"))
        return ()
    good: list[_E] = []
    for n, entry in enumerate(raw):
        header = lines.get((table, n, ""), 0)
        name = entry.get("programme")
        title = f"[[{table}]] ke-{n + 1}" + (f' "{name}"' if isinstance(name, str) and name else "")
        wrong = list(_entry_mistakes(model, entry))
        if wrong:
            mistakes += [
                (lines.get((table, n, key), header), f"{title}{', ' + key if key else ''}: {message}")
                for key, message in wrong
            ]
        else:
            good.append(model.model_validate(entry).model_copy(update={"line": header}))
    return tuple(good)


def _entry_mistakes(model: type[_Entry], entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, message) for everything wrong in one entry, each once."""
    known = {key: value for key, value in entry.items() if key in model.model_fields and key != "line"}
    for key in entry.keys() - known.keys():
        yield key, _unknown_key(key, model)
    # Rules over several keys are asked here too: pydantic does not reach them while one key is bad.
    across = _content_mistakes(set(known)) if model is Block else _times_mistakes(set(known))
    for message in across:
        yield "", message
    try:
        model.model_validate(known)
    except ValidationError as e:
        for key, message in _told(e):
            if message not in across:
                yield key, message


def _told(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Yield (key, sentence for staff) of each pydantic error."""
    for each in error.errors():
        key = str(each["loc"][0]) if each["loc"] else ""
        given = repr(each["input"])
        cause = each.get("ctx", {}).get("error")
        if isinstance(cause, ValueError):
            yield key, str(cause)
        elif each["type"] == "missing":
            yield key, f"{key} belum diisi / {key} is missing"
        elif each["type"].startswith("bool"):
            yield key, f"tulis true atau false, bukan {given} / write true or false, not {given}"
        else:
            yield (
                key,
                f"harus berupa tulisan dalam tanda kutip dan tidak kosong, bukan {given} / "
                f"must be a quoted text and not empty, not {given}",
            )


def _unknown_key(key: str, model: type[BaseModel]) -> str:
    valid = [name for name in model.model_fields if name != "line"]
    hint = _HINTS.get(key.lower())
    near = hint if hint in valid else nearest(key, valid)
    if near:
        return f'kunci "{key}" tidak dikenal; maksudnya "{near}"? / unknown key "{key}"; did you mean "{near}"?'
    listed = ", ".join(valid)
    return f'kunci "{key}" tidak dikenal; yang ada: {listed} / unknown key "{key}"; there are: {listed}'


def _overlaps(blocks: tuple[Block, ...]) -> Iterator[tuple[int, str]]:
    """Yield one mistake for each pair of blocks that share local time on some day of the week."""
    for first, second in combinations(blocks, 2):
        day = next(
            (
                d2
                for d1 in first.days
                for d2 in second.days
                for week in (-7, 0, 7)  # Sunday night meets Monday morning
                if (d1 + week) * DAY_S + first.start < d2 * DAY_S + second.until
                and d2 * DAY_S + second.start < (d1 + week) * DAY_S + first.until
            ),
            None,
        )
        if day is None:
            continue
        a, b = (f'"{x.programme}" ({written(x.start)}-{written(x.until)}, baris {x.line})' for x in (first, second))
        yield (
            second.line,
            f"jadwal bentrok pada {WEEKDAYS[day]}: {a} dan {b}; ubah start atau end salah satunya / "
            f"blocks overlap on that day",
        )

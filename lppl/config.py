"""Reads the settings: ``station.toml``, ``lppl.toml``, then ``LPPL_*`` variables; reports every mistake at once.

``<data_dir>/station.toml`` is what the pages of staff keep; whatever the other two say goes before it. A mistake names
its place (key of the file or variable), says what is wrong in Indonesian and English, and for an unknown name the
nearest valid one. Whatever the sources hold, the only error raised is SettingsInvalid. Why they are read here and not
by pydantic-settings: ``docs/decisions/settings.md``.
"""

import difflib
import json
import os
import re
import tomllib
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from lppl.errors import SettingsInvalid
from lppl.mistakes import said
from lppl.settings import AudioRungSettings, ChannelSettings, Output, Settings, Station, VideoRungSettings

__all__ = [
    "AudioRungSettings",
    "ChannelSettings",
    "Output",
    "Settings",
    "Station",
    "VideoRungSettings",
    "load_settings",
    "load_sources",
    "read_settings",
    "settings_path",
]

FILE = "lppl.toml"
STATION_FILE = "station.toml"
KEPT = ("station", "channels", "ladder", "audio", "lean_audio", "demo", "dvr_hours", "public_url", "min_free_gb")
"""What the pages of staff may keep in ``station.toml``."""
PREFIX = "LPPL_"
CONFIG_VARIABLE = "LPPL_CONFIG"
NOT_SETTINGS = frozenset({CONFIG_VARIABLE})
PATHS = ("data_dir", "media_dir", "keys_dir", "tls_cert", "tls_key")

Loc = tuple[str | int, ...]


@dataclass
class _Found:
    """What the sources hold, and where each value came from."""

    source: str
    values: dict[str, Any] = field(default_factory=dict)
    variables: dict[Loc, str] = field(default_factory=dict)
    kept: set[Loc] = field(default_factory=set)
    mistakes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sources:
    """Settings, and which of them a person set elsewhere than in the pages: dotted key -> file or variable."""

    settings: Settings
    locked: Mapping[str, str]


def load_settings(toml: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the station.

    `toml` defaults to ``LPPL_CONFIG``, then to ``lppl.toml`` in the working folder, which may be missing;
    `environ` defaults to the process's own. Relative paths in the file are relative to its folder, those in
    variables to the working folder. Raises SettingsInvalid, and nothing else.
    """
    return load_sources(toml, environ).settings


def load_sources(
    toml: Path | None = None, environ: Mapping[str, str] | None = None, kept: str | None = None
) -> Sources:
    """Return the settings and where they come from, as :func:`load_settings`; `kept` stands for ``station.toml``.

    Raises SettingsInvalid, and nothing else.
    """
    environ = os.environ if environ is None else environ
    path = settings_path(toml, environ)
    text = None if path is None else _text_of(path)
    source, base = (FILE, Path()) if path is None else (str(path), path.parent)
    if kept is None:
        beside = _data_dir(text, environ, base) / STATION_FILE
        try:
            kept = _text_of(beside) if beside.is_file() else None
        except (OSError, ValueError):  # a folder that is not ours, or no name of one: said where it is used
            kept = None
    return _read(text, environ, source, base, kept)


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise SettingsInvalid([f"{path}: bukan teks UTF-8 (byte ke-{e.start + 1}) / not UTF-8 text"]) from None
    except (OSError, ValueError) as e:  # ValueError: a null character in the name
        raise SettingsInvalid([f"{path}: tidak dapat dibaca ({e}) / cannot be read"]) from None


def _data_dir(text: str | None, environ: Mapping[str, str], base: Path) -> Path:
    """Return the data folder as far as it can be told; what is wrong with the file is said when it is read."""
    for variable, value in environ.items():
        if variable.upper() == f"{PREFIX}DATA_DIR" and value:
            return Path(value)
    try:
        said = tomllib.loads(text or "").get("data_dir")
    except (ValueError, RecursionError):
        said = None
    return base / (said if isinstance(said, str) else Settings.model_fields["data_dir"].default)


def settings_path(toml: Path | None = None, environ: Mapping[str, str] | None = None) -> Path | None:
    """Return the settings file that :func:`load_settings` reads, or None when there is none."""
    environ = os.environ if environ is None else environ
    if toml is not None:
        return toml
    if environ.get(CONFIG_VARIABLE):
        return Path(environ[CONFIG_VARIABLE])
    return Path(FILE) if Path(FILE).exists() else None


def read_settings(
    text: str | None, environ: Mapping[str, str], *, source: str = FILE, base: Path = Path(), kept: str | None = None
) -> Settings:
    """Return the settings in `text` (TOML) over those in `kept`, overridden by `environ`.

    Raises SettingsInvalid, and nothing else.
    """
    return _read(text, environ, source, base, kept).settings


def _read(text: str | None, environ: Mapping[str, str], source: str, base: Path, kept: str | None) -> Sources:
    found = _Found(source)
    found.values = _parsed(text, source, found.mistakes)
    _lists(found.values)
    _rebase(found.values, base)
    _apply(found, environ)
    locked = _named(found)
    _lay_beneath(found, _parsed(kept, STATION_FILE, found.mistakes))
    settings: Settings | None = None
    try:
        settings = Settings.model_validate(found.values)
    except ValidationError as e:
        errors = e.errors(include_url=False)
        found.mistakes += [_sentence(d, found) for d in errors if not _echo(d, errors)]
    if settings is None or found.mistakes:
        raise SettingsInvalid(list(dict.fromkeys(found.mistakes)))
    return Sources(settings, locked)


def _parsed(text: str | None, source: str, mistakes: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as e:
        mistakes.append(f"{source}: {_syntax(str(e), text or '')}")
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets without end
        mistakes.append(f"{source}: isi berkas tidak dapat dibaca / the file cannot be parsed")
    return {}


def _named(found: _Found) -> dict[str, str]:
    """Return where each value was set: dotted key -> variable or file; lists count as one value."""
    said: dict[str, str] = {}
    for name, value in found.values.items():
        keys = [(name, inner) for inner in value] if isinstance(value, dict) else [(name,)]
        said |= {".".join(map(str, key)): found.variables.get(key, found.source) for key in keys}
    return said


def _lay_beneath(found: _Found, below: dict[str, Any]) -> None:
    """Take what the pages kept where nobody else has said anything."""
    _lists(below)
    for name, value in below.items():
        if name not in KEPT:
            near = difflib.get_close_matches(name, KEPT, 1, 0.6)
            found.mistakes.append(_unknown(f"{STATION_FILE}: {name}", near, "pengaturan", "setting"))
            continue
        there = found.values.setdefault(name, {} if isinstance(value, dict) else value)
        if isinstance(value, dict) and isinstance(there, dict):
            found.kept |= {(name, key) for key in value if key not in there}
            found.values[name] = value | there
        elif there is value:
            found.kept.add((name,))


def _syntax(message: str, text: str) -> str:
    at = re.search(r"\(at (?:line (\d+), column (\d+)|end of document)\)", message)
    reason = message[: at.start()].strip() if at else message
    if at and at[1]:
        return f"baris {at[1]}, kolom {at[2]}: penulisan TOML salah / line {at[1]}: {reason}"
    last = max(1, len(text.splitlines()))
    return f"baris {last} (akhir berkas): penulisan TOML salah / line {last} (end of the file): {reason}"


def _lists(values: dict[str, Any]) -> None:
    """Take one table where a list of tables belongs: ``[outputs]`` for a station with one sound card."""
    for key in ("outputs", "channels", "ladder", "audio"):
        if isinstance(values.get(key), dict):
            values[key] = [values[key]]


def _rebase(values: dict[str, Any], base: Path) -> None:
    """Make the file's relative paths relative to its own folder."""
    channels = values.get("channels")
    rows = [c for c in channels if isinstance(c, dict)] if isinstance(channels, list) else []
    for holder, key in [*((values, k) for k in PATHS), *((c, "schedule") for c in rows)]:
        if isinstance(holder.get(key), str):
            holder[key] = str(base / holder[key])
    if isinstance(folders := values.get("import_dirs"), list):
        values["import_dirs"] = [str(base / each) if isinstance(each, str) else each for each in folders]


# --- variables ---------------------------------------------------------------------------------------------


def _plain(annotation: Any) -> Any:
    """Strip Annotated and Optional from a field's type."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [a for a in get_args(annotation) if a is not types.NoneType]
        return _plain(inner[0]) if len(inner) == 1 else annotation
    return annotation


def _fields(model: type[BaseModel], at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the path and type of every value below `model`; lists count as one value."""
    for name, info in model.model_fields.items():
        kind = _plain(info.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _fields(kind, (*at, name))
        else:
            yield (*at, name), kind


def _row_model(kind: Any) -> type[BaseModel] | None:
    """Return the model of the rows of a list of tables, else None."""
    inner = _plain(get_args(kind)[0]) if get_origin(kind) is tuple else None
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


FIELDS = dict(_fields(Settings))
VARIABLES = {PREFIX + "__".join(path).upper(): path for path in FIELDS}
KEYS = sorted(
    {".".join(path) for path in FIELDS}
    | {path[0] for path in FIELDS}
    | {f"{'.'.join(p)}.{name}" for p, k in FIELDS.items() if (row := _row_model(k)) for name in row.model_fields}
)


def _apply(found: _Found, environ: Mapping[str, str]) -> None:
    """Lay the variables over the file's values."""
    for variable in sorted(v for v in environ if v.upper().startswith(PREFIX)):
        if variable.upper() in NOT_SETTINGS:
            continue
        path = VARIABLES.get(variable.upper())
        if path is None:
            near = difflib.get_close_matches(variable.upper(), [*VARIABLES, *NOT_SETTINGS], 1, 0.6)
            found.mistakes.append(_unknown(variable, near, "variabel", "variable"))
            continue
        if environ[variable] == "":
            continue  # how shells and unit files say "not set"
        try:
            value = _from_variable(environ[variable], FIELDS[path])
        except ValueError:
            found.mistakes.append(f'{variable}: bukan daftar JSON, contoh [{{"name": "..."}}] / not a JSON list')
            continue
        holder = found.values
        for step in path[:-1]:
            if not isinstance(holder.get(step, {}), dict):
                break  # the file holds rubbish there, which is reported by itself
            holder = holder.setdefault(step, {})
        else:
            holder[path[-1]] = value
            found.variables[path] = variable


def _from_variable(text: str, kind: Any) -> Any:
    """Return what a variable says: JSON for lists of tables, commas for lists of words."""
    if get_origin(kind) is not tuple:
        return text
    if text.lstrip().startswith(("[", "{")) or _row_model(kind):
        try:
            value = json.loads(text)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        return [value] if isinstance(value, dict) else value
    return [part.strip() for part in text.split(",") if part.strip()]


# --- sentences ---------------------------------------------------------------------------------------------


def _unknown(place: str, near: list[str], noun: str, english: str) -> str:
    hint = f"; maksud Anda `{near[0]}`? / did you mean `{near[0]}`?" if near else f" / unknown {english}"
    return f"{place}: {noun} tidak dikenal{hint}"


def _key(loc: Loc) -> str:
    """Write a location as people do: ``channels[1].name``, rows counted from one."""
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else part
    return text or "-"


def _place(loc: Loc, found: _Found) -> str:
    for path, variable in found.variables.items():
        if loc[: len(path)] == path:
            rest = _key(loc[len(path) :]) if len(loc) > len(path) else ""
            return f"{variable} {rest}".strip()
    if loc[:1] in found.kept or loc[:2] in found.kept:
        return f"{STATION_FILE}: {_key(loc)}"
    holder: Any = found.values
    for part in loc[:1]:
        holder = holder.get(part) if isinstance(holder, dict) else None
    return f"{found.source}: {_key(loc)}" if holder is not None else _key(loc)


_IN_A_FILE = {
    "string_type": ("harus teks dalam tanda petik", "must be text in quotes"),
    "tuple_type": ("harus daftar dalam [ ]", "must be a list in [ ]"),
    "model_type": ("harus tabel berisi kunci = nilai", "must be a table of key = value"),
}
"""What a TOML file says otherwise than a form."""


def _echo(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Tell whether a list is called too short only because a row of it is wrong, which is said anyway."""
    loc = error["loc"]
    inside = (e["loc"] for e in errors if e is not error)
    return error["type"] == "too_short" and any(o[: len(loc)] == loc for o in inside)


def _sentence(error: ErrorDetails, found: _Found) -> str:
    """Turn one of pydantic's errors into a sentence that names its place; the value itself is never shown."""
    loc, kind = error["loc"], error["type"]
    place = _place(loc, found)
    if kind == "extra_forbidden":
        bare = ".".join(str(p) for p in loc if isinstance(p, str))
        near = difflib.get_close_matches(bare, KEYS, 1, 0.6) or _sibling(bare)
        return _unknown(place, near, "pengaturan", "setting")
    indonesian, english = _IN_A_FILE.get(kind) or said(error)
    return f"{place}: {indonesian} / {english}"


def _sibling(bare: str) -> list[str]:
    """Find a key whose last word is near; the station's own come first, as they are what people forget."""
    ends: dict[str, str] = {}
    for key in sorted(KEYS, key=lambda k: not k.startswith("station.")):
        ends.setdefault(key.rsplit(".", 1)[-1], key)
    return [ends[e] for e in difflib.get_close_matches(bare.rsplit(".", 1)[-1], list(ends), 1, 0.6)]

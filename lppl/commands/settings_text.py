"""Writes settings as ``lppl.toml`` holds them, for ``lppl config show``. Pure."""

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from lppl.config import Settings
from lppl.masking import SecretUrl


def as_toml(settings: Settings, *, secrets: bool = False) -> str:
    """Return every setting in force; passwords are masked unless `secrets`. Reading it gives the same settings."""
    plain: dict[str, str] = {}
    tables: dict[str, list[str]] = {}
    for name, value in settings.model_dump().items():
        if isinstance(value, Mapping):
            tables[f"[{name}]"] = [_line(k, v, secrets) for k, v in value.items() if v is not None]
        elif isinstance(value, tuple | list) and value and isinstance(value[0], Mapping):
            for n, row in enumerate(value):
                lines = [_line(k, v, secrets) for k, v in row.items() if v is not None]
                tables[f"[[{name}]]{' ' * n}"] = lines  # the blanks keep the headings apart as keys
        elif value is None:
            plain[name] = f"# {name} ="
        else:
            plain[name] = _line(name, value, secrets)
    parts = ["\n".join(plain.values())]
    parts += ["\n".join([heading.rstrip(), *lines]) for heading, lines in tables.items()]
    return "\n\n".join(parts) + "\n"


def _line(key: str, value: Any, secrets: bool) -> str:
    return f"{key} = {_value(value, secrets)}"


def _value(value: Any, secrets: bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return json.dumps(value.value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(_value(v, secrets) for v in value)}]"
    if isinstance(value, SecretUrl) and not secrets:
        value = value.masked
    # JSON's strings are TOML's, but for DEL, which TOML wants escaped
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")

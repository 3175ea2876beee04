"""Samples with something of them taken out or replaced, and what holds for every parser of JSON."""

import copy
import json
import time
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from lppl.intake.values import Parsed, Raw, Source
from tests.lppl.intake.parsed_checks import raw, sound

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud800\0x"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def _paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, inner in below for path in _paths(inner, (*at, key)))]


@st.composite
def mutated(draw: st.DrawFn, samples: list[Any]) -> Any:
    """Draw a sample of which up to three nodes are deleted or replaced."""
    changed = copy.deepcopy(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(1, 3))):
        paths = [path for path in _paths(changed) if path]
        if not paths:
            break
        *way, last = draw(st.sampled_from(paths))
        holder = changed
        for key in way:
            holder = holder[key]
        if draw(st.booleans()):
            del holder[last]
        else:
            holder[last] = draw(ANYTHING)
    return changed


def parsed(parse: Callable[[Raw], Parsed], source: Source, value: Any) -> Parsed:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return sound(parse(raw(source, body)))


def nonsense(name: str) -> list[bytes]:
    """Return bodies of 10 MB that are meant to keep a parser busy."""
    return [
        b"[" * 10_000_000,
        b'{"' + name.encode() + b'":' * 1_000_000,
        b'"' + b"a" * 10_000_000 + b'"',
        b'{"' + name.encode() + b'":"' + "e\u0301\u0323".encode() * 1_000_000 + b'"}',
        b'{"' + name.encode() + b'":[' + b"{}," * 1_000_000 + b"{}]}",
        b'{"' + name.encode() + b'":' + b"9" * 5_000_000 + b"}",
        b"\xff\xfe" * 5_000_000,
    ]


def check_nonsense(parse: Callable[[Raw], Parsed], source: Source, bodies: list[bytes]) -> None:
    for body in bodies:
        begun = time.process_time()
        found = parsed(parse, source, body)
        assert len(found.intakes) + len(found.unread) <= 1_001
        assert time.process_time() - begun < 3

"""Histories of cases for the tests: short ones written by hand, and any that the machine allows."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from lppl.cases.clocks import Clock, ClockName, clocks
from lppl.cases.life import Act, AgencyState, CaseClass, CaseState, Event, allowed, apply
from lppl.cases.policy import DEFAULT
from lppl.cases.working_days import Calendar
from lppl.intake.values import Visibility

WIB = ZoneInfo("Asia/Jakarta")
CALENDAR = Calendar()
ARRIVAL: Mapping[str, Any] = {
    "class": CaseClass.PLAIN.value, "category": "jalan", "visibility": "terbuka", "emergency": False,
}  # fmt: skip
DPUPR, DISHUB, DLH = ({"id": n, "name": name} for n, name in ((1, "DPUPR"), (2, "Dishub"), (3, "DLH")))

Told = tuple[Act, Mapping[str, Any]]


def local(text: str) -> datetime:
    """Return ``03-06`` or ``2026-03-06 14:00``, as UTC: by default ten in the morning of 2026 at the station."""
    text = text if text[4:5] == "-" else f"2026-{text}"
    return datetime.fromisoformat(text if ":" in text else f"{text} 10:00").replace(tzinfo=WIB).astimezone(UTC)


def story(*told: tuple[str, Act] | tuple[str, Act, Mapping[str, Any]]) -> list[Event]:
    """Return events from their times, acts and data."""
    return [Event(n, local(t[0]), t[1], None, t[2] if len(t) > 2 else {}) for n, t in enumerate(told, 1)]


def arrived(at: str, case_class: CaseClass = CaseClass.PLAIN) -> tuple[str, Act, Mapping[str, Any]]:
    """Return how a case of a class begins."""
    return at, Act.ARRIVED, {**ARRIVAL, "class": case_class.value}


def clocks_of(events: list[Event], now: str | datetime) -> tuple[Clock, ...]:
    """Return the clocks by the rules that the product comes with."""
    moment = local(now) if isinstance(now, str) else now
    return clocks(events, DEFAULT, CALENDAR, WIB, moment)


def only(found: tuple[Clock, ...], name: ClockName, agency: int | None = None) -> Clock:
    """Return the newest clock of a name, and an agency."""
    return [c for c in found if c.name is name and c.agency == agency][-1]


def good_data(draw: st.DrawFn, state: CaseState | None, act: Act) -> Mapping[str, Any]:
    """Draw data that an allowed act takes."""
    agencies = state.agencies if state is not None else ()
    match act:
        case Act.ARRIVED:
            return {
                "class": draw(st.sampled_from(CaseClass)).value, "category": draw(st.sampled_from(["", "jalan"])),
                "visibility": draw(st.sampled_from(Visibility)).value, "emergency": draw(st.booleans()),
            }  # fmt: skip
        case Act.FORWARDED:
            free = [n for n in range(1, 9) if n not in {a.agency for a in agencies if a.pending}]
            chosen = draw(st.lists(st.sampled_from(free), min_size=1, max_size=2, unique=True))
            return {"agencies": [{"id": n, "name": f"Dinas {n}"} for n in chosen]}
        case Act.TAKEN:
            return {"agency": draw(st.sampled_from([a.agency for a in agencies if a.state is AgencyState.WAITING]))}
        case Act.ANSWERED:
            held = [a.agency for a in agencies if a.state is not AgencyState.RETURNED]
            return {"agency": draw(st.sampled_from([None, *held])), "text": "Sudah diperbaiki."}
        case Act.RETURNED:
            held = [a.agency for a in agencies if a.state is not AgencyState.RETURNED]
            return {"agency": draw(st.sampled_from(held)), "reason": "bukan ruas kota"}
        case Act.HEARD:
            return {"text": "dijadwalkan", "ticket": draw(st.sampled_from(["", "PLN-9"])), "final": draw(st.booleans())}
        case Act.CLASSIFIED:
            return {"class": draw(st.sampled_from(CaseClass)).value}
        case Act.SHOWN:
            return {"visibility": draw(st.sampled_from(Visibility)).value}
        case Act.ASSIGNED:
            return {"account": draw(st.sampled_from([None, 1, 2]))}
        case Act.ADDED:
            return {"word": 7, "withdrawn": draw(st.booleans())}
        case Act.JOINED | Act.MERGED | Act.SPLIT | Act.SPLIT_OFF:
            return {"case": 1000 + (state.seq if state is not None else 0)}
    return {**FIXED.get(act, {})}


FIXED: Mapping[Act, Mapping[str, Any]] = {
    Act.CATEGORISED: {"category": "lampu"},
    Act.PLACED: {"kelurahan": "Podosugih", "latitude": -6.89, "longitude": 109.66},
    Act.ASKED: {"missing": ["di mana"]},
    Act.TRANSFERRED: {"receiver": "PLN", "ticket": "", "reason": "bukan wewenang kota"},
    Act.REJECTED: {"reason": "bukan aduan"},
    Act.REOPENED: {"reason": "belum tuntas"},
    Act.EXTENDED: {"reason": "berkas di arsip"},
    Act.OBJECTED: {"reason": "jawaban tidak lengkap"},
    Act.NOTED: {"text": "sudah ditelepon"},
    Act.HANDED_OVER: {"to": "112"},
}
"""Data that fit in every state."""


@st.composite
def histories(draw: st.DrawFn, longest: int = 14) -> list[Event]:
    """Draw a life that the machine allows, begun some day of 2025 or 2026, with hours to weeks between the events."""
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 17_000)))
    state: CaseState | None = None
    events: list[Event] = []
    for seq in range(1, draw(st.integers(1, longest)) + 1):
        act = draw(st.sampled_from(sorted(allowed(state))))
        event = Event(seq, at, act, draw(st.sampled_from([None, 5])), good_data(draw, state, act))
        state = apply(state, event)
        events.append(event)
        at += timedelta(hours=draw(st.integers(0, 24 * 12)))
    return events

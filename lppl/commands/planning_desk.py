"""What the commands of planning share: opening the desk, reading people's words, wrong words as exit code 2."""

import asyncio
import contextlib
import getpass
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from pydantic import ValidationError

from lppl.config import load_settings

if TYPE_CHECKING:
    from lppl.desk.planning import PlanningDesk

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

Channel = Annotated[str, typer.Argument(help="Kanal, misalnya tv / the channel", metavar="KANAL")]
AsJson = Annotated[bool, typer.Option("--json", help="Untuk program / for programs")]
By = Annotated[str, typer.Option("--by", help="Nama petugas; biasanya pengguna komputer ini / who does it")]

_DAYS = {
    "hari-ini": 0, "hari ini": 0, "today": 0,
    "besok": 1, "tomorrow": 1, "lusa": 2,
    "kemarin": -1, "yesterday": -1,
}  # fmt: skip
_OTHER_DATE = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")


def at_the_desk(work: "Callable[[PlanningDesk, datetime], Awaitable[T]]") -> T:
    """Open the station's records, and return what `work` makes of the desk and the present moment."""
    from lppl.commands.records import library_of
    from lppl.desk.planning import PlanningDesk

    settings = load_settings()

    async def opened() -> T:
        async with library_of(settings) as library:
            return await work(PlanningDesk(settings, library), datetime.now(UTC))

    return asyncio.run(opened())


def author(by: str) -> str:
    """Return who does it: `by`, or the user of this computer."""
    if by.strip():
        return by.strip()[:120]
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, in a container
        return "petugas"


@contextlib.contextmanager
def words(hint: str = "") -> Iterator[None]:
    """Turn what the block finds wrong in people's words into a sentence and exit code 2."""
    try:
        yield
    except ValidationError as error:
        from scheduler.grid import mistakes_of

        raise typer.BadParameter(mistakes_of(error), param_hint=hint or None) from None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=hint or None) from None


def day_of(text: str, desk: "PlanningDesk", now: datetime, hint: str = "DAY") -> date:
    """Return the day that `text` says: ``2026-11-23``, ``23/11/2026``, ``besok``; empty is today."""
    today = now.astimezone(desk.zone).date()
    plain = " ".join(text.lower().split())
    if not plain:
        return today
    if plain in _DAYS:
        return today + timedelta(days=_DAYS[plain])
    with words(hint):
        return read_date(plain)


def read_date(text: str) -> date:
    """Return the date that `text` is. Raises ValueError whose sentence is for staff."""
    other = _OTHER_DATE.fullmatch(text.strip())
    try:
        return date(int(other[3]), int(other[2]), int(other[1])) if other else date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f'hari "{text}" tidak dikenal; tulis 2026-11-23, 23/11/2026, hari-ini, besok, atau kemarin / '
            f'unknown day "{text}"; write 2026-11-23, today, tomorrow or yesterday'
        ) from None


def one_of(kind: type[E], text: str, hint: str) -> E:
    """Return the word of a list that `text` is."""
    try:
        return kind(text)
    except ValueError:
        listed = ", ".join(each.value for each in kind)
        raise typer.BadParameter(
            f'"{text}" bukan salah satu dari {listed} / write one of these', param_hint=hint
        ) from None


def second_of(text: str, hint: str) -> int:
    """Return a clock time as seconds after midnight."""
    from scheduler.words import clock

    with words(hint):
        return clock(text)


def number_of(text: str, hint: str) -> float:
    """Return a number that people may write with a comma: ``0,5``."""
    with words(hint):
        try:
            found = float(text.replace(",", "."))
        except ValueError:
            raise ValueError(f'"{text}" bukan bilangan / "{text}" is no number') from None
        if not 0 <= found < 1e7:
            raise ValueError(f'"{text}" di luar batas / "{text}" is out of bounds')
        return found


def as_json(value: Any) -> None:
    """Print a value for programs; dates and such as text."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))

"""The files of orders: an inbox that anybody fills and the air role empties, and a ledger of what became of each.

``state/orders/inbox/<id>.json`` is one order; ``state/orders/<channel>.json`` the channel's ledger, which the air role
alone writes. Both are durable: an order that was given survives a power cut, and is done once. Blocking.
"""

import contextlib
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from lppl import durable
from lppl.break_in import BreakIn, notice_of
from lppl.config import Settings
from lppl.derived import derived_id
from lppl.errors import LpplError
from lppl.media import HouseId, Profile
from lppl.orders import Ledger, Order
from lppl.programme import Document

log = structlog.get_logger(__name__)

REMEMBERED = timedelta(days=8)
MOST = 500
"""Orders in a ledger; older ones are among the edits, in the records."""
LARGEST = 64_000
"""Bytes of an order's file: more is no order."""


class Prepared(Document):
    """The file by which prepared break-ins are known without the database."""

    break_ins: tuple[BreakIn, ...] = ()


def orders_folder(settings: Settings) -> Path:
    """Return where the ledgers lie."""
    return settings.data_dir / "state" / "orders"


def inbox(settings: Settings) -> Path:
    """Return where new orders are put."""
    return orders_folder(settings) / "inbox"


def ledger_file(settings: Settings, channel: str) -> Path:
    """Return the ledger of a channel."""
    return orders_folder(settings) / f"{channel}.json"


def prepared_file(settings: Settings) -> Path:
    """Return where the prepared break-ins are remembered."""
    return settings.data_dir / "state" / "break-ins.json"


# ---- giving -----------------------------------------------------------------------------------------


def give(settings: Settings, order: Order) -> None:
    """Put an order into the inbox, durably. Raises OSError."""
    durable.write_file(inbox(settings) / f"{order.id}.json", order.model_dump_json().encode())


def take_back(settings: Settings, order: str) -> None:
    """Remove an order that nobody has taken."""
    (inbox(settings) / f"{order}.json").unlink(missing_ok=True)


# ---- taking -----------------------------------------------------------------------------------------


def given(settings: Settings) -> list[Order]:
    """Return the orders in the inbox, oldest first; what is no order is removed."""
    found: list[Order] = []
    for path in sorted(inbox(settings).glob("[0-9]*.json")):
        try:
            if path.stat().st_size > LARGEST:
                raise ValueError("too large")
            order = Order.model_validate_json(path.read_bytes())
            if order.id != path.stem:
                raise ValueError("another name")
            found.append(order)
        except ValueError as error:
            log.warning("order_unreadable", file=path.name, reason=str(error).partition("\n")[0])
            path.unlink(missing_ok=True)
        except OSError as error:  # taken back just now, or a disk that fails
            log.warning("order_not_read", file=path.name, reason=str(error))
    return found


def stands(settings: Settings, order: Order) -> bool:
    """Tell whether an order is still in the inbox: nobody has taken it back."""
    return (inbox(settings) / f"{order.id}.json").exists()


def done_with(settings: Settings, order: Order) -> None:
    """Remove an order from the inbox: the ledger has it."""
    with contextlib.suppress(OSError):
        take_back(settings, order.id)


# ---- the ledger -------------------------------------------------------------------------------------


def read_ledger(settings: Settings, channel: str) -> Ledger:
    """Return the ledger of a channel; an empty one when there is none that can be read."""
    try:
        return Ledger.model_validate_json(ledger_file(settings, channel).read_bytes())
    except FileNotFoundError:
        return Ledger()
    except (OSError, ValueError) as error:
        log.error("ledger_unreadable", channel=channel, reason=str(error).partition("\n")[0])
        return Ledger()


def write_ledger(settings: Settings, channel: str, ledger: Ledger) -> None:
    """Write a ledger durably. Raises OSError."""
    durable.write_file(ledger_file(settings, channel), ledger.model_dump_json().encode())


def shortened(ledger: Ledger, now: datetime) -> Ledger:
    """Return a ledger without what is long past."""
    recent = [k for k in ledger.kept if now - k.taken < REMEMBERED or k.breaks_in or k.holds]
    return Ledger(kept=tuple(recent[-MOST:]))


# ---- break-ins --------------------------------------------------------------------------------------


def read_prepared(settings: Settings) -> tuple[BreakIn, ...] | None:
    """Return the prepared break-ins as they were remembered last; None when they never were."""
    try:
        return Prepared.model_validate_json(prepared_file(settings).read_bytes()).break_ins
    except (OSError, ValueError):
        return None


def write_prepared(settings: Settings, break_ins: tuple[BreakIn, ...]) -> None:
    """Remember the prepared break-ins. Raises OSError."""
    durable.write_file(prepared_file(settings), Prepared(break_ins=break_ins).model_dump_json().encode())


def recording(settings: Settings, path: str) -> Path:
    """Return the file of a recording in the media folder. Raises LpplError for a path that leads out of it."""
    media = settings.media_dir.resolve()
    found = (media / path).resolve()
    if not found.is_relative_to(media) or not found.is_file():
        raise LpplError(f"Rekaman suara {path} tidak ada di folder materi.", f"There is no recording {path}.")
    return found


def house_of(break_in: BreakIn, station: str, profile: Profile) -> HouseId:
    """Return the house id under which a break-in airs on a channel that people know as `station`."""
    return profile.house(derived_id(notice_of(break_in, station)))

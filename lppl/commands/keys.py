"""``lppl keys``: the master keys of personal data: which there are, turned once a year or after a leak, retired."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from lppl.commands.planning_desk import By, author
from lppl.commands.screen import out, say
from lppl.config import Settings, load_settings
from lppl.errors import LpplError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from sqlalchemy.ext.asyncio import AsyncEngine

    from lppl.intake.keyring import Keyring
    from lppl.intake.rewrapping import Progress as Pass
    from lppl.intake.rewrapping import Turned, Wraps

T = TypeVar("T")
TABLES = {
    "reporters": "pelapor / reporters", "arrivals": "kiriman / arrivals", "enclosures": "lampiran / enclosures",
    "outgoing": "pesan keluar / outgoing", "intake_channels": "kanal / channels",
}  # fmt: skip
"""What each table with wrapped keys is called, in the order of the columns."""

keys = typer.Typer(
    help="Kunci induk data pribadi. / Master keys of personal data.", no_args_is_help=True, rich_markup_mode=None
)


class KeysUnreadable(LpplError):
    """The folder of keys cannot be read or written by whoever runs the command."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(
            f"Folder kunci {folder} tidak dapat dipakai ({why}). Jalankan sebagai pengguna layanan atau root.",
            f"The folder of keys {folder} cannot be used ({why}). Run it as the service's user, or root.",
        )


class NotAgreed(LpplError):
    """Something for good was asked for by a program, without a word that it is meant."""

    def __init__(self) -> None:
        super().__init__(
            "Ini tidak dapat dibatalkan; tambahkan --yes bila memang dimaksud.",
            "This cannot be undone; add --yes if it is meant.",
        )


def _with_records(work: "Callable[[AsyncEngine, Settings, datetime], Awaitable[T]]") -> T:
    """Open the station's records, and return what `work` makes of them. Raises KeysUnreadable, LpplError."""
    from lppl.commands.records import library_of

    settings = load_settings()

    async def opened() -> T:
        async with library_of(settings) as library:
            try:
                return await work(library.engine, settings, datetime.now(UTC))
            except OSError as error:
                if error.filename and Path(str(error.filename)).is_relative_to(settings.keys_dir):
                    raise KeysUnreadable(settings.keys_dir, error.strerror or type(error).__name__) from error
                raise

    return asyncio.run(opened())


# --- status ------------------------------------------------------------------------------------------------


@keys.command()
def status() -> None:
    """Tampilkan kunci induk dan apa yang dibungkusnya. / Show the master keys and what they wrap."""
    from lppl.intake.keyring import open_to_others
    from lppl.intake.keys_on_record import found
    from lppl.intake.rewrapping import erased, left, wraps

    async def looked(engine: "AsyncEngine", settings: Settings, _now: datetime) -> None:
        keyring = await found(engine, settings.keys_dir)
        told, gone = await wraps(engine, keyring), await erased(engine)
        table = await asyncio.to_thread(_table, keyring, told)
        others = await asyncio.to_thread(open_to_others, keyring.folder)
        out().print(table)
        print(f"Folder / folder: {keyring.folder}")
        print("Sidik / fingerprint: cocok dengan basis data / fits the database")
        print(f"Izin / rights: {_rights(others)}")
        print(f"Pelapor yang sudah dihapus / erased reporters: {gone}")
        for sentence in _advice(keyring, told, left(told, keyring)):
            print(sentence)

    _with_records(looked)


def _table(keyring: "Keyring", told: "Sequence[Wraps]") -> Table:
    """Return how many keys each master key wraps, the newest first. Blocks. Raises OSError."""
    by = {each.table: each for each in told}
    names = [*(n for n in TABLES if n in by), *(n for n in by if n not in TABLES)]
    table = Table("kunci induk / master key", "dibuat / made", *(TABLES.get(n, n) for n in names))
    for name in keyring.names:
        counts = (str(by[n].by.get(name, 0)) for n in names)
        table.add_row(name, f"{keyring.made(name):%Y-%m-%d %H.%M} UTC", *counts)
    if any(each.lost for each in told):
        table.add_row("tidak terbuka / unopenable", "-", *(str(by[n].lost) for n in names))
    return table


def _rights(others: Sequence[str]) -> str:
    if not others:
        return "hanya pemiliknya / its owner alone"
    return f"TERBACA ORANG LAIN / OTHERS MAY READ: {', '.join(others)} (chmod 700 folder, 600 berkas / files)"


def _advice(keyring: "Keyring", told: "Sequence[Wraps]", left: int) -> list[str]:
    """Return what should be done next. Pure."""
    found = []
    if left:
        found.append(
            f"{left} kunci masih dibungkus kunci induk lama: lppl keys turn / still wrapped by a former one: turn"
        )
    elif len(keyring.names) > 1:
        found.append(
            "Kunci induk lama tidak dipakai basis data ini lagi: lppl keys retire / the former ones are not needed by "
            "this database any more"
        )
    if any(each.lost for each in told):
        found.append(
            "Ada kunci yang tidak terbuka: kembalikan berkas *.key lama dari salinan folder / some keys cannot be "
            "opened: bring former *.key files back from a copy of the folder"
        )
    return found


# --- turning -----------------------------------------------------------------------------------------------


@keys.command()
def turn(by: By = "") -> None:
    """Ganti kunci induk dan bungkus ulang semua kunci; layanan boleh berjalan. / Turn the master key, at any time."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from lppl.audit import Actor, AuditLog
    from lppl.intake.rewrapping import turn as turn_keys

    screen = Console(stderr=True, highlight=False, markup=False, emoji=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=screen) as progress:
        shown = _shown(progress)

        async def turned(engine: "AsyncEngine", settings: Settings, now: datetime) -> "Turned":
            done = await turn_keys(engine, settings.keys_dir, now, shown)
            told = {"master": done.newest, "rewrapped": done.rewrapped, "left": done.left}
            await AuditLog(engine).record(Actor(None, author(by)), "keys.turned", now, object=done.newest, after=told)
            return done

        done = _with_records(turned)
    _tell(done, load_settings().keys_dir)
    if done.left:
        raise typer.Exit(1)


def _shown(progress: "Progress") -> "Callable[[Pass], None]":
    """Return what draws how far each table is."""
    tasks: dict[str, TaskID] = {}

    def show(at: "Pass") -> None:
        if at.table not in tasks:
            tasks[at.table] = progress.add_task(TABLES.get(at.table, at.table), total=at.all)
        progress.update(tasks[at.table], completed=at.read, total=at.all)

    return show


def _tell(done: "Turned", folder: Path) -> None:
    """Say what came of a turn and what is to be done next."""
    if done.made:
        say(f"Kunci induk baru: {done.made} / the new master key")
    else:
        say(
            f"Penggantian yang terputus sudah diselesaikan dengan {done.newest}; kunci baru tidak dibuat. / "
            "The turn that was cut short is finished; no new key was made."
        )
    say(f"{done.rewrapped} kunci dibungkus ulang / keys wrapped anew")
    if done.lost:
        say(
            f"{done.lost} kunci tidak dapat dibuka kunci induk mana pun dan dibiarkan; lihat `lppl keys status`. / "
            "Keys that no master key opens were left as they are."
        )
    if done.left:
        say(f"{done.left} kunci masih dipakai proses lain; ulangi perintah ini. / Some are in use: run this once more.")
    say(f"Salin folder ini ke tempat aman sekarang / copy this folder to a safe place now: {folder}")


# --- retiring ----------------------------------------------------------------------------------------------

WARNING = (
    "Kunci induk lama akan dihapus: {names}. Data pribadi di cadangan yang dibuat sebelum penggantian tidak dapat "
    "dibuka lagi, kecuali Anda menyimpan salinan folder kunci dari masa itu. Ini tidak dapat dibatalkan. / "
    "These former master keys will be removed. Personal data in backups made before the turn cannot be opened any "
    "more, unless you keep a copy of the folder of keys from that time. This cannot be undone."
)


@keys.command()
def retire(
    yes: Annotated[bool, typer.Option("--yes", help="Tanpa bertanya lagi / do not ask")] = False, by: By = ""
) -> None:
    """Hapus kunci induk lama yang tidak dipakai lagi. / Remove former master keys that nothing needs any more."""
    from lppl.audit import Actor, AuditLog
    from lppl.intake.rewrapping import retirable
    from lppl.intake.rewrapping import retire as retire_keys
    from lppl.phone.left_over import wrapped_keys
    from lppl.phone.recording import folder_of

    async def looked(engine: "AsyncEngine", settings: Settings, now: datetime) -> tuple[str, ...]:
        calls = await asyncio.to_thread(wrapped_keys, folder_of(settings.data_dir))
        return (await retirable(engine, settings.keys_dir, now, calls))[1]

    async def retired(engine: "AsyncEngine", settings: Settings, now: datetime) -> tuple[str, ...]:
        calls = await asyncio.to_thread(wrapped_keys, folder_of(settings.data_dir))
        names = await retire_keys(engine, settings.keys_dir, now, calls)
        who = Actor(None, author(by))
        await AuditLog(engine).record(who, "keys.retired", now, object=", ".join(names))
        return names

    say(WARNING.format(names=", ".join(_with_records(looked))))
    if not yes:
        if not sys.stdin.isatty():
            raise NotAgreed
        typer.confirm("Hapus / Remove?", abort=True, err=True)
    names = _with_records(retired)
    say(f"{len(names)} kunci induk lama dihapus / former master keys removed: {', '.join(names)}")

"""``lppl account``: who may log in; for the first day, and for when the only administrator is locked out."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError
from rich.table import Table

from lppl.accounts import Agency, Login, PersonName, Role
from lppl.audit import Actor
from lppl.commands.planning_desk import By, author, one_of
from lppl.commands.screen import out, say
from lppl.config import load_settings
from lppl.errors import LpplError
from lppl.mistakes import said

if TYPE_CHECKING:
    from lppl.accounts import Account
    from lppl.desk.people import PeopleDesk

T = TypeVar("T")
LOGIN: TypeAdapter[str] = TypeAdapter(Login)
NAME: TypeAdapter[str] = TypeAdapter(PersonName)
AGENCY: TypeAdapter[str] = TypeAdapter(Agency)

account = typer.Typer(help="Akun petugas. / Accounts of staff.", no_args_is_help=True, rich_markup_mode=None)
LoginName = Annotated[str, typer.Argument(help="Nama masuk / the login", metavar="NAMA")]


def _with_people(work: "Callable[[PeopleDesk, datetime], Awaitable[T]]") -> T:
    """Open the station's records, and return what `work` makes of the accounts and the present moment."""
    from lppl.account_store import AccountStore
    from lppl.audit import AuditLog
    from lppl.commands.records import library_of
    from lppl.desk.people import PeopleDesk
    from lppl.sealing import Seal

    settings = load_settings()

    async def opened() -> T:
        async with library_of(settings) as library:
            seal = await asyncio.to_thread(Seal.of, settings.data_dir)
            desk = PeopleDesk(AccountStore(library.engine), AuditLog(library.engine), seal)
            return await work(desk, datetime.now(UTC))

    return asyncio.run(opened())


def _print_link(secret: str) -> None:
    print(f"{load_settings().address}/kerja/tautan/{secret}")


async def _named(desk: "PeopleDesk", login: str) -> "Account":
    found = await desk.store.credentials(login.strip().lower())
    if found is None:
        listed = ", ".join(a.login for a in await desk.store.all()) or "-"
        raise LpplError(f"Tidak ada akun {login}; yang ada: {listed}.", f"There is no account {login}.")
    return found.account


@account.command("list")
def list_accounts() -> None:
    """Daftar akun. / The accounts."""

    async def all_of(desk: "PeopleDesk", _now: datetime) -> "tuple[Account, ...]":
        return await desk.store.all()

    table = Table("masuk / login", "nama / name", "peran / role", "keadaan / state", "terakhir masuk / last login")
    for each in _with_people(all_of):
        state = "aktif" if each.active and each.has_password else "tanpa sandi" if each.active else "nonaktif"
        state += ", 2 faktor" if each.has_totp else ""
        last = f"{each.last_login:%Y-%m-%d %H.%M} UTC" if each.last_login else "-"
        table.add_row(each.login, each.name, each.role.value, state, last)
    out().print(table)


@account.command("add")
def add(
    login: LoginName,
    name: Annotated[str, typer.Option(help="Nama lengkap / full name")] = "",
    role: Annotated[str, typer.Option(help=f"Peran / role: {', '.join(Role)}")] = Role.PROGRAMME.value,
    agency: Annotated[str, typer.Option(help="Instansi / agency")] = "",
    by: By = "",
) -> None:
    """Tambah akun; cetak tautan untuk membuat kata sandinya. / Add an account; print its link."""
    try:
        valid = LOGIN.validate_python(login)
    except ValidationError:
        raise typer.BadParameter(
            f'"{login}": huruf kecil dan angka, 2 sampai 64 / small letters and digits', param_hint="NAMA"
        ) from None
    person, office = _valid(NAME, name.strip() or valid, "--name"), _valid(AGENCY, agency, "--agency")
    wanted = one_of(Role, role, "--role")

    async def added(desk: "PeopleDesk", now: datetime) -> str:
        _, secret = await desk.add(valid, person, wanted, office, Actor(None, author(by)), now)
        return secret

    secret = _with_people(added)
    say(f"Akun {valid} dibuat; serahkan tautan ini, berlaku 24 jam / hand over this link, good for 24 hours:")
    _print_link(secret)


def _valid(kind: TypeAdapter[str], text: str, option: str) -> str:
    try:
        return kind.validate_python(text)
    except ValidationError as error:
        indonesian, english = said(error.errors()[0])
        raise typer.BadParameter(f"{indonesian} / {english}", param_hint=option) from None


@account.command("link")
def link(
    login: Annotated[
        str, typer.Argument(help="Nama masuk; kosong: administrator pertama / the login", metavar="NAMA")
    ] = "",
    by: By = "",
) -> None:
    """Cetak tautan sekali pakai untuk kata sandi baru. / Print a one-time link for a new password."""

    async def made(desk: "PeopleDesk", now: datetime) -> str | None:
        if not login:
            return await desk.first_link(now)
        return await desk.password_link((await _named(desk, login)).id, Actor(None, author(by)), now)

    secret = _with_people(made)
    if secret is None:
        raise LpplError(
            "Sudah ada administrator; sebut nama masuknya: lppl account link NAMA.",
            "There is an administrator; name the login: lppl account link NAME.",
        )
    _print_link(secret)


@account.command("reset-2fa")
def reset_second_factor(login: LoginName, by: By = "") -> None:
    """Lepas faktor kedua dari akun. / Take the second factor off an account."""

    async def reset(desk: "PeopleDesk", now: datetime) -> None:
        await desk.reset_totp((await _named(desk, login)).id, Actor(None, author(by)), now)

    _with_people(reset)
    say(f"Faktor kedua {login} dilepas; semua sesinya berakhir. / The second factor is off; all sessions have ended.")

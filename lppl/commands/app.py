"""The ``lppl`` command as people type it: words and switches here, the work in the modules beside.

Every trouble that the product knows ends in one sentence and exit code 1, wrong words or settings in 2.
"""

import asyncio
import os
import sqlite3
import sys
import time
from collections.abc import Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lppl.commands import control, planning
from lppl.commands.account import account
from lppl.commands.keys import keys
from lppl.commands.screen import out, say
from lppl.commands.serve import ROLES
from lppl.config import Settings, load_settings, settings_path
from lppl.errors import AlreadyRunning, LpplError, SettingsInvalid
from lppl.records import AssetState, recorded_path

TROUBLE, WRONG_USAGE, INTERRUPTED = 1, 2, 130
POLL_S = 1.0

app = typer.Typer(
    name="lppl",
    help="Siaran TV dan radio 24 jam untuk lembaga penyiaran publik lokal. / On the air around the clock.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, passwords among them
    rich_markup_mode=None,
)
media = typer.Typer(help="Materi siaran. / Media.", no_args_is_help=True, rich_markup_mode=None)
config = typer.Typer(help="Pengaturan. / Settings.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(media, name="media")
app.add_typer(config, name="config")
app.add_typer(account, name="account")
app.add_typer(keys, name="keys")
planning.register(app, media)
control.register(app)


def run(words: Sequence[str]) -> int:
    """Run the command that `words` name; return its exit code."""
    try:
        result = app(list(words), prog_name="lppl", standalone_mode=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else TROUBLE if ended.code else 0
    except SettingsInvalid as error:
        print(f"lppl: {error}", file=sys.stderr)
        return WRONG_USAGE
    except LpplError as error:
        print(f"lppl: {error}", file=sys.stderr)
        return TROUBLE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:  # a disk that is full, a folder that is not ours
        place = f"{error.filename}: " if error.filename else ""
        print(f"lppl: {place}{error.strerror or error}", file=sys.stderr)
        return TROUBLE
    return result if isinstance(result, int) else 0


@app.command()
def serve(
    only: Annotated[
        list[str] | None, typer.Option(help=f"Hanya peran ini, boleh berulang / only these roles: {', '.join(ROLES)}")
    ] = None,
) -> None:
    """Mengudara sampai dihentikan. / Go on the air until stopped."""
    from lppl.commands.serve import main

    raise typer.Exit(main([f"--only={role}" for role in only or ()]))


# --- media -------------------------------------------------------------------------------------------------


@media.command("add")
def media_add(
    paths: Annotated[list[Path], typer.Argument(help="Berkas atau folder / files or folders", metavar="PATHS...")],
    wait: Annotated[bool, typer.Option("--wait", help="Tunggu sampai siap siar / wait until ready")] = False,
    to: Annotated[str, typer.Option(help="Folder di dalam folder materi / folder below the media folder")] = "",
    link: Annotated[bool, typer.Option("--link", help="Tautkan, jangan salin / hard-link, do not copy")] = False,
) -> None:
    """Salin berkas ke folder materi. / Copy files into the media folder."""
    from lppl.commands.adding import destination
    from lppl.commands.media_add import add, wait_for

    try:
        below = destination(to)
    except ValueError:
        raise typer.BadParameter(
            f"{to!r} bukan folder di dalam folder materi / not a folder below the media folder", param_hint="--to"
        ) from None
    settings = load_settings()
    os.nice(10)  # the air comes first
    screen = Console(stderr=True, highlight=False, markup=False, emoji=False)
    added = add(paths, settings, below, link=link, screen=screen)
    say(added.summary)
    good = added.refused == 0
    if wait and added.names:
        names = [recorded_path(str(name)) for name in added.names]
        good &= asyncio.run(wait_for(names, settings, screen, partial(asyncio.sleep, POLL_S), time.monotonic))
    raise typer.Exit(0 if good else TROUBLE)


@media.command("list")
def media_list(
    state: Annotated[AssetState | None, typer.Option(help="Hanya keadaan ini / only this state")] = None,
    search: Annotated[str, typer.Option(help="Kata di judul, artis, album, jalur / words in tags or path")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Paling banyak / at most")] = 200,
) -> None:
    """Tampilkan materi dan keadaannya. / Show the media and its state."""
    asyncio.run(_list(load_settings(), state, search, limit))


async def _list(settings: Settings, state: AssetState | None, search: str, limit: int) -> None:
    from lppl.commands.listing import table_of
    from lppl.commands.records import library_of

    async with library_of(settings) as library:
        page = await library.page(search, state, limit=limit)
        words = search.casefold().split()
        refused = await library.refused_files(limit) if state in (None, AssetState.REFUSED) else ()
    refused = tuple(f for f in refused if all(w in f.path.casefold() for w in words))
    out().print(table_of(page.assets, refused))
    say(f"{len(page.assets) + len(refused)} dari {page.total + len(refused)} materi / of all that match")


# --- the station -------------------------------------------------------------------------------------------


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Untuk mesin / for machines")] = False,
) -> None:
    """Periksa semua yang diperlukan siaran, beserta obatnya. / Check everything, with remedies."""
    from lppl.commands import examination
    from lppl.doctor import State, worst

    checks = asyncio.run(examination.examine(load_settings()))
    if as_json:
        print(examination.as_json(checks))
    else:
        examination.show(checks, out())
    raise typer.Exit(TROUBLE if worst(checks) is State.FAIL else 0)


@app.command()
def backup(
    target: Annotated[Path | None, typer.Argument(help="Berkas atau folder tujuan / file or folder to write")] = None,
) -> None:
    """Cadangkan basis data, jurnal, kunci, jadwal, dan pengaturan. / Back up the station's records."""
    from lppl.backup import create_backup

    try:
        made = asyncio.run(create_backup(load_settings(), target))
    except sqlite3.Error as error:
        raise LpplError(
            f"Basis data tidak dapat disalin ({error}). Periksa dengan `lppl doctor`.",
            "The database cannot be copied; look with `lppl doctor`.",
        ) from error
    say("Cadangan dibuat / backup made:")
    print(made)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="Berkas cadangan / the backup")],
    into: Annotated[Path | None, typer.Option(help="Folder data tujuan / data folder to fill")] = None,
    force: Annotated[bool, typer.Option("--force", help="Sisihkan data yang ada / set present data aside")] = False,
) -> None:
    """Pulihkan cadangan; layanan harus berhenti dulu. / Restore a backup; the service must be stopped."""
    from lppl.backup import restore_backup
    from lppl.reach import lock_held

    settings = load_settings()
    folder = into or settings.data_dir
    for role in ROLES:
        if lock_held(folder / "state" / f"{role}.lock"):
            raise AlreadyRunning(role, str(folder))
    done = asyncio.run(restore_backup(file, settings, into=into, force=force))
    say(f"Dipulihkan dari cadangan {done.made[:16].replace('T', ' ')} UTC / restored from the backup made then:")
    print(done.data_dir)
    if done.set_aside is not None:
        say(f"Yang lama disisihkan di {done.set_aside} / the old was set aside there")
    if done.settings is not None:
        say(f"Pengaturan saat itu ada di {done.settings} / the settings of that time")
    if os.geteuid() == 0:
        say(f"Milik root; bila layanan punya pengguna sendiri: chown -R lppl {done.data_dir} / owned by root now")


@app.command()
def bench(
    rows: Annotated[list[str] | None, typer.Argument(help="Hanya baris ini, misalnya a g / only these rows")] = None,
    out: Annotated[Path, typer.Option(help="Hasil sebagai JSON / where the results go")] = Path("bench.json"),
) -> None:
    """Ukur biaya siaran. / Measure what being on the air costs."""
    import lppl.bench

    raise typer.Exit(lppl.bench.run(list(rows or ()), out))


@app.command("version")
def show_version() -> None:
    """Tampilkan versi. / Show the version."""
    try:
        print(f"LPPL {version('lppl')}")
    except PackageNotFoundError:  # run from a folder, never installed
        print("LPPL (tidak dipasang / not installed)")


# --- settings ----------------------------------------------------------------------------------------------


@config.command("check")
def config_check() -> None:
    """Periksa pengaturan; semua kesalahan disebut sekaligus. / Check the settings."""
    load_settings()
    source = settings_path()
    where = str(source) if source else "tanpa berkas, semua bawaan / no file, all defaults"
    print(f"Pengaturan benar / settings are right: {where}")


@config.command("show")
def config_show() -> None:
    """Tampilkan pengaturan yang berlaku, tanpa kata sandi. / Show the settings in force, passwords masked."""
    from lppl.commands.settings_text import as_toml

    sys.stdout.write(as_toml(load_settings()))

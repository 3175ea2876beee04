"""``lppl doctor``: every check of a station, side by side, and how they are shown.

The machine's checks are :mod:`lppl.doctor`'s, those of what it talks to :mod:`lppl.reach`'s; here are the ones that
need the engines: VLC and sound cards, grids, schedules, pages, and whether ffmpeg still writes the house format.
The keys of personal data are :mod:`lppl.commands.keys_examination`'s.
"""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

import web
from lppl.commands.keys_examination import check_keys
from lppl.commands.records import library_of
from lppl.config import Settings
from lppl.doctor import (
    PATIENCE_S,
    Check,
    State,
    check_clock,
    check_disk,
    check_encoders,
    check_filters,
    check_folder,
    check_fonts,
    check_program,
    check_speech,
    fail,
    kernel_synchronised,
    ok,
    warn,
    worst,
)
from lppl.errors import HouseFileDamaged, LpplError, ProcessFailed, ScheduleInvalid
from lppl.media import AssetId, ChannelKind, Facts, Profile
from lppl.plan_store import GridVersion, PlanStore
from lppl.process import run
from lppl.quanta import Quanta
from lppl.reach import check_database, check_port, check_redis
from lppl.station.state import read_documents
from playout.soundcard import list_devices
from scheduler.grid import read_grid
from scheduler.indonesian import short_date
from scheduler.schedule import parse_schedule
from streaming.commands import audio_argv, video_argv
from streaming.fmp4 import AudioTrack, Track, VideoTrack, read_track
from streaming.house import folder_of, read_set
from streaming.loudness import Gain

Devices = list[dict[str, str]]

PAGES = Path(web.__file__).parent / "static" / "dist"
ALWAYS = ("file:", "dummy", "pulse", "default")
"""Devices that no list of cards names, or that VLC opens whatever the list says."""


async def examine(settings: Settings) -> list[Check]:
    """Return every check of the station, in the order in which a person should read them."""
    now = datetime.now(UTC)
    pending: list[Awaitable[Check | list[Check] | None]] = [
        check_program("ffmpeg"),
        check_program("ffprobe"),
        check_encoders(),
        check_filters(),
        check_house_format(settings),
        _sound(settings),
        asyncio.to_thread(check_speech, settings),
        asyncio.to_thread(check_fonts),
        asyncio.to_thread(check_folder, "data_dir", settings.data_dir),
        asyncio.to_thread(check_folder, "media_dir", settings.media_dir, needed=settings.demo),
        check_keys(settings),
        asyncio.to_thread(check_disk, settings),
        asyncio.to_thread(lambda: check_clock(now, kernel_synchronised())),
        check_port(settings),
        check_database(settings),
        check_redis(settings),
        asyncio.to_thread(check_pages),
        check_plans(settings),
    ]
    found: list[Check] = []
    for result in await asyncio.gather(*pending):
        found += result if isinstance(result, list) else [result] if result is not None else []
    return found


# --- FM ----------------------------------------------------------------------------------------------------


async def _sound(settings: Settings) -> list[Check]:
    devices: Devices | None
    try:
        devices, why = await list_devices(), ""
    except (ProcessFailed, OSError, TimeoutError, ValueError) as error:
        devices, why = None, (error.stderr if isinstance(error, ProcessFailed) else str(error))
    return [check_vlc(settings, devices, why), *check_devices(settings, devices)]


def check_vlc(settings: Settings, devices: Devices | None, why: str = "") -> Check:
    """Check that libvlc loads: `devices` as it lists them, or None and `why` not. Pure."""
    if devices is not None:
        return ok("vlc", f"libvlc berjalan, {len(devices)} perangkat suara / libvlc works")
    last = why.strip().splitlines()[-1][:120] if why.strip() else "-"
    remedy = "pasang: sudo apt install libvlc5 vlc-plugin-base / install them"
    if settings.outputs:
        return fail("vlc", f"libvlc tidak dapat dimuat ({last}); kartu suara diam / sound cards stay silent", remedy)
    return warn(
        "vlc", f"libvlc tidak ada; hanya perlu untuk kartu suara (FM) / needed for sound cards only: {last}", remedy
    )


def check_devices(settings: Settings, devices: Devices | None) -> list[Check]:
    """Check that the sound card of each output exists among `devices`. Reads /proc/asound."""
    if devices is None:
        return []
    known = [d["device"] for d in devices]
    found = []
    for output in settings.outputs:
        name, device = f"output:{output.channel}", output.device or "default"
        if device in known or device.startswith(ALWAYS) or _card_by_number(device):
            found.append(ok(name, f"{device}: ada / present"))
        else:
            found.append(
                fail(
                    name,
                    f"{device}: kartu suara tidak ada; yang ada: {', '.join(known[:8])} / no such sound card",
                    "pakai nama dari daftar itu (atau aplay -L), periksa kabel, dan pengguna layanan harus anggota "
                    "grup audio / use a listed name; the service's user must be in the group audio",
                )
            )
    return found


def _card_by_number(device: str, cards: Path = Path("/proc/asound")) -> bool:
    """Tell whether ``hw:1,0`` or ``plughw:0`` names a card that is there; VLC lists cards by name only."""
    kind, _, rest = device.partition(":")
    number = rest.partition(",")[0]
    return kind in ("hw", "plughw") and number.isdigit() and (cards / f"card{number}").exists()


# --- pages and schedules -----------------------------------------------------------------------------------


def check_pages(folder: Path = PAGES) -> Check:
    """Check that the pages' scripts and styles are built and whole."""
    remedy = "susun lagi: scripts/web (perlu Node.js 18+), atau pasang dari paket / build them, or install the wheel"
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        missing = [name for name in manifest.values() if not (folder / name).is_file()]
    except (OSError, ValueError, AttributeError, TypeError):
        return fail("pages", "halaman web belum disusun; siaran berjalan tanpa pemutar / pages are not built", remedy)
    if missing:
        return fail("pages", f"halaman web tidak utuh / incomplete: {', '.join(missing)}", remedy)
    return ok("pages", f"{len(manifest)} berkas / bundles")


async def check_plans(settings: Settings) -> list[Check]:
    """Check what each channel airs by: the grid that is in force, before the first one its schedule file."""
    try:
        async with library_of(settings) as library:
            store = PlanStore(library.engine)
            grids = {c.id: await store.in_force(c.id) for c in settings.channels}
    except LpplError:  # told by the check of the records; the air goes on with what it remembers
        grids = {}
    files = await asyncio.to_thread(check_schedules, settings)
    found = []
    for channel, of_file in zip(settings.channels, files, strict=True):
        version = grids.get(channel.id)
        if version is not None:
            found.append(check_grid(version, settings.station.zone))
        elif not grids and await asyncio.to_thread(_remembers_grid, settings, channel.id):
            found.append(ok(f"grid:{channel.id}", "pola acara yang diingat layanan / the grid that is remembered"))
        else:
            found.append(of_file)
    return found


def check_grid(version: GridVersion, zone: ZoneInfo) -> Check:
    """Check that all of a grid in force can be understood, and say which version it is. Pure."""
    name = f"grid:{version.channel}"
    grid, wrong = read_grid(version.document)
    if wrong:
        return fail(
            name,
            f"versi {version.number}: " + "\n".join(f.indonesian for f in wrong[:5]),
            "perbaiki dan terbitkan lagi: lppl grid publish, atau lppl grid withdraw / mend it and publish again",
        )
    since = f", terbit {short_date(version.published.astimezone(zone).date())}" if version.published else ""
    over = f", dengan {len(version.findings)} temuan berat / over severe findings" if version.findings else ""
    return ok(name, f"versi {version.number} berlaku / in force{since}: {len(grid.entries)} entri / entries{over}")


def _remembers_grid(settings: Settings, channel: str) -> bool:
    documents = read_documents(settings, channel)
    return documents is not None and documents.grid is not None


def check_schedules(settings: Settings) -> list[Check]:
    """Check each channel's schedule file; the last good one airs while a file is wrong."""
    found = []
    for channel in settings.channels:
        name, path = f"schedule:{channel.id}", settings.schedule_file(channel)
        remedy = f"perbaiki {path}; sampai itu jadwal terakhir yang benar tetap dipakai / correct the file"
        try:
            schedule = parse_schedule(path.read_text("utf-8-sig"), path.name)
        except FileNotFoundError:
            found.append(ok(name, f"{path}: tidak ada, dipakai rotasi bawaan / none, the default rotation airs"))
        except ScheduleInvalid as error:
            found.append(fail(name, "\n".join(error.mistakes), remedy))
        except UnicodeDecodeError:
            found.append(fail(name, f"{path}: bukan teks UTF-8 / not UTF-8 text", remedy))
        except OSError as error:
            found.append(fail(name, f"{path}: {error.strerror} / cannot be read", remedy))
        else:
            count = len(schedule.block) + len(schedule.at)
            found.append(ok(name, f"{path.name}: {count} acara / entries"))
    return found


# --- house format ------------------------------------------------------------------------------------------

REMADE = (
    "sesudah ffmpeg diganti, materi baru disambung dengan tanda discontinuity; bila pemutar lama terganggu, hapus "
    "folder house/ saat layanan berhenti agar semua disiapkan ulang / after a change of ffmpeg new material joins "
    "with a marked discontinuity"
)


async def check_house_format(settings: Settings) -> Check:
    """Encode one quantum as conforming does, and compare its decoder parameters with the slate's."""
    channel = next((c for c in settings.channels if c.kind is ChannelKind.TV), settings.channels[0])
    profile = settings.profile(channel)
    try:
        with tempfile.TemporaryDirectory(prefix="lppl-doctor-") as folder:
            made = await encode_sample(profile, Path(folder))
    except (OSError, ProcessFailed, ValueError, TimeoutError) as error:
        return fail(
            "house-format",
            f"uji penyandian gagal ({str(error)[:160]}) / the test encoding failed",
            "periksa ffmpeg di atas / look at ffmpeg above",
        )
    known = await asyncio.to_thread(slate_tracks, settings.data_dir, channel.id, profile)
    return compare_formats(made, known)


async def encode_sample(profile: Profile, folder: Path) -> dict[str, Track]:
    """Encode one quantum for the smallest rungs of `profile` below `folder`; return their tracks by rung.

    Raises OSError, ProcessFailed, ValueError, TimeoutError.
    """
    facts = Facts("", 0.0, 0.32, None, None)
    tracks: dict[str, Track] = {}
    if profile.video:
        rung = min(profile.video, key=lambda r: r.bitrate)
        still, output = folder / "still.png", folder / "v.mp4"
        await asyncio.to_thread(_draw, still, rung.width, rung.height)
        small = Profile(profile.kind, (rung,), (), profile.target_lufs, profile.ceiling_dbtp, profile.preset)
        await run(video_argv(still, facts, small, (Quanta(0), 1), [output], still), timeout=PATIENCE_S)
        tracks[rung.name] = VideoTrack(rung.width, rung.height, await asyncio.to_thread(_parameters, output))
    sound = min(profile.audio, key=lambda r: r.bitrate)
    output = folder / "a.mp4"
    silence = audio_argv(None, facts, Gain(0.0, False), profile.ceiling_dbtp, Quanta(1), [sound], [output])
    await run(silence, timeout=PATIENCE_S)
    tracks[sound.name] = AudioTrack(sound.bitrate, await asyncio.to_thread(_parameters, output))
    return tracks


def _draw(path: Path, width: int, height: int) -> None:
    from PIL import Image

    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(path)


def _parameters(path: Path) -> bytes:
    """Return the avcC or AudioSpecificConfig of an MP4. Raises OSError, ValueError."""
    with path.open("rb") as file:
        samples = read_track(file)
    return samples.avcc or samples.asc


def slate_tracks(data_dir: Path, channel: str, profile: Profile) -> dict[str, Track]:
    """Return the tracks of the channel's slate by rung; empty before the first start. Reads small files."""
    for note in sorted((data_dir / "builtin" / channel).glob("slate-*.asset")):
        try:
            asset = AssetId(note.read_text().strip())
            found = read_set(folder_of(data_dir / "house", profile.house(asset)))
        except (OSError, ValueError, HouseFileDamaged):
            continue
        return {name: r.track for name, r in found.renditions.items()}
    return {}


def compare_formats(made: dict[str, Track], known: dict[str, Track]) -> Check:
    """Say whether what ffmpeg writes now joins with what it wrote for the slate. Pure."""
    if not known:
        return ok("house-format", "uji penyandian berhasil; belum ada materi pembanding / encoding works")
    differs = [
        name for name, track in made.items() if name in known and parameters_of(track) != parameters_of(known[name])
    ]
    if differs:
        return warn(
            "house-format",
            f"parameter penyandian berubah / the encoder's parameters changed: {', '.join(differs)}",
            REMADE,
        )
    return ok("house-format", "sama dengan materi yang sudah ada / joins with the material that is there")


def parameters_of(track: Track) -> bytes:
    """Return what a decoder is set up with."""
    return track.avcc if isinstance(track, VideoTrack) else track.asc


# --- showing -----------------------------------------------------------------------------------------------

SIGNS = {State.OK: ("✓ baik", "green"), State.WARN: ("! perhatian", "yellow"), State.FAIL: ("✗ gagal", "bold red")}
SUMMARY = {
    State.OK: "Semua baik. / All is well.",
    State.WARN: "Bisa mengudara; ada yang perlu perhatian. / Can be on the air; something needs attention.",
    State.FAIL: "Ada yang harus diperbaiki. / Something must be put right.",
}


def as_json(checks: Sequence[Check]) -> str:
    """Return the checks for machines: the worst state, then each."""
    return json.dumps({"state": worst(checks), "checks": [asdict(c) for c in checks]}, ensure_ascii=False, indent=2)


def show(checks: Sequence[Check], console: Console) -> None:
    """Print the checks as a table, with what to do below each that is not well."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        sign, style = SIGNS[check.state]
        text = Text(check.detail)
        if check.remedy:
            text.append(f"\n→ {check.remedy}", style="cyan")
        table.add_row(Text(sign, style=style), Text(check.name), text)
    console.print(table)
    console.print(Text(SUMMARY[worst(checks)], style=SIGNS[worst(checks)][1]))

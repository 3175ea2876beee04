"""What can be wrong with a station's machine, as checks with remedies: programs, disk, clock, folders.

Each check is a value; none changes anything, none raises for what it finds. Network, records and engines are looked
at by :mod:`lppl.reach` and :mod:`lppl.commands.examination`; a command prints what comes out.
"""

import ctypes
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from lppl.clock import CREDIBLE_FROM
from lppl.config import Settings
from lppl.errors import ProcessFailed
from lppl.media import ChannelKind
from lppl.process import run

OLDEST_FFMPEG = 5
ENCODERS = ("libx264", "aac")
FILTERS = ("alimiter", "aresample", "bwdif", "ebur128", "fps", "pad", "scale", "setparams", "silencedetect", "tpad")
HDR_FILTERS = ("tonemap", "zscale")
"""Needed for HDR sources only."""
FEW_HOURS = 10.0
PATIENCE_S = 10.0
INSTALL_FFMPEG = "pasang: sudo apt install ffmpeg / install ffmpeg"


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    """On the air without it, with less."""
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `name` is a stable word; `detail` and `remedy` are sentences, Indonesian / English."""

    name: str
    state: State
    detail: str
    remedy: str = ""


def ok(name: str, detail: str) -> Check:
    """Return a check that found nothing wrong."""
    return Check(name, State.OK, detail)


def warn(name: str, detail: str, remedy: str) -> Check:
    """Return a check that found something that costs comfort, not the air."""
    return Check(name, State.WARN, detail, remedy)


def fail(name: str, detail: str, remedy: str) -> Check:
    """Return a check that found something that must be put right."""
    return Check(name, State.FAIL, detail, remedy)


def worst(checks: Iterable[Check]) -> State:
    """Return the worst state among `checks`."""
    found = {c.state for c in checks}
    return next((s for s in (State.FAIL, State.WARN) if s in found), State.OK)


# --- programs ----------------------------------------------------------------------------------------------


async def said(argv: Sequence[str]) -> str | None:
    """Return what a program prints; None when it cannot be started, fails, or takes over 10 s."""
    try:
        return (await run(argv, timeout=PATIENCE_S)).decode("utf-8", "replace")
    except (OSError, ProcessFailed, TimeoutError):
        return None


def major_version(text: str) -> int | None:
    """Return the release number in what ``ffmpeg -version`` prints; None for a build without one. Pure."""
    found = re.search(r"\bversion n?(\d{1,3})\.", text)
    return int(found[1]) if found else None


async def check_program(name: str, program: str | None = None) -> Check:
    """Check that ffmpeg or ffprobe (`name`) is there and new enough; `program` says where, by default the PATH."""
    text = await said([program or name, "-version"])
    if text is None:
        return fail(name, f"{name} tidak ada atau tidak dapat dijalankan / missing or cannot be run", INSTALL_FFMPEG)
    first = text.partition("\n")[0].partition(" Copyright")[0][:80]
    major = major_version(text)
    if major is None:
        return warn(
            name,
            f"{first}: bukan versi rilis / not a release",
            f"pakai ffmpeg versi {OLDEST_FFMPEG} atau lebih baru dari apt / use a release from apt",
        )
    if major < OLDEST_FFMPEG:
        return fail(
            name,
            f"{first}: terlalu tua / too old",
            f"perlu versi {OLDEST_FFMPEG} atau lebih baru; perbarui sistem (Debian 12+, Ubuntu 24.04+) / "
            f"version {OLDEST_FFMPEG} or newer is needed: renew the system",
        )
    return ok(name, first)


def listed(text: str) -> set[str]:
    """Return the names in what ``ffmpeg -encoders`` or ``-filters`` prints. Pure."""
    return set(re.findall(r"^ [A-Z.|]{2,6} +(\w+) ", text, re.MULTILINE))


async def check_encoders(program: str = "ffmpeg") -> Check:
    """Check that ffmpeg can write the house format."""
    text = await said([program, "-hide_banner", "-encoders"])
    missing = [e for e in ENCODERS if e not in listed(text or "")]
    if missing:
        return fail("encoders", f"ffmpeg tidak punya / ffmpeg lacks: {', '.join(missing)}", INSTALL_FFMPEG)
    return ok("encoders", ", ".join(ENCODERS))


async def check_filters(program: str = "ffmpeg") -> Check:
    """Check that ffmpeg has the filters that conforming uses."""
    text = await said([program, "-hide_banner", "-filters"])
    have = listed(text or "")
    missing = [f for f in FILTERS if f not in have]
    if missing:
        return fail("filters", f"ffmpeg tidak punya / ffmpeg lacks: {', '.join(missing)}", INSTALL_FFMPEG)
    without = [f for f in HDR_FILTERS if f not in have]
    if without:
        return warn(
            "filters",
            f"tanpa {', '.join(without)}: materi HDR tidak dapat disiapkan / HDR material cannot be conformed",
            INSTALL_FFMPEG,
        )
    return ok("filters", f"{len(FILTERS) + len(HDR_FILTERS)} yang diperlukan ada / all that are needed")


def check_speech(settings: Settings, path: str | None = None) -> Check:
    """Check for espeak-ng, which speaks in the demo; `path` replaces the PATH."""
    if shutil.which("espeak-ng", path=path):
        return ok("espeak-ng", "ada / present")
    if not settings.demo:
        return ok("espeak-ng", "tidak ada, tidak diperlukan tanpa demo / not needed without the demo")
    return warn(
        "espeak-ng",
        "tidak ada: demo tanpa suara penyiar / the demo has no spoken announcements",
        "pasang: sudo apt install espeak-ng / install it",
    )


def check_fonts(folders: tuple[Path, ...] | None = None) -> Check:
    """Check for a clean typeface for idents and title cards; `folders` replaces the system's."""
    from PIL import ImageFont

    from lppl.demo.look import FOLDERS, font

    face = font(20, folders=FOLDERS if folders is None else folders)
    if isinstance(face, ImageFont.FreeTypeFont) and isinstance(face.path, str):
        return ok("fonts", Path(face.path).name)
    return warn(
        "fonts",
        "huruf yang rapi tidak ada, dipakai huruf darurat / no clean typeface, a plain one is used",
        "pasang: sudo apt install fonts-dejavu-core / install it",
    )


# --- disk and folders --------------------------------------------------------------------------------------


def standing(path: Path) -> Path:
    """Return `path`, or the nearest folder above it that exists."""
    path = path.absolute()
    return next(p for p in (path, *path.parents) if p.exists())


def gb_per_hour(settings: Settings, kind: ChannelKind) -> float:
    """Return how many GB (10^9 bytes) one hour of conformed material of a `kind` of channel takes at most. Pure."""
    rungs = [r.bitrate for r in settings.audio]
    rungs += [r.bitrate for r in settings.ladder] if kind is ChannelKind.TV else []
    return sum(rungs) / 8 * 3600 / 1e9


def check_disk(settings: Settings) -> Check:
    """Check that the data folder's disk has room, and say for how many hours of material."""
    free = shutil.disk_usage(standing(settings.data_dir)).free / 1e9
    spare = free - settings.min_free_gb
    kinds = sorted({c.kind for c in settings.channels})
    hours = {k: max(0.0, spare) / gb_per_hour(settings, k) for k in kinds}
    room = ", ".join(f"± {h:.0f} jam {k.value}" for k, h in hours.items())
    detail = f"bebas {free:.1f} GB, cukup untuk {room} / room for about as many hours of material"
    remedy = "pindahkan data_dir ke disk yang lebih besar atau hapus berkas lain / use a bigger disk or free some space"
    if spare <= 0:
        return fail(
            "disk", f"bebas {free:.1f} GB, batasnya min_free_gb = {settings.min_free_gb:g} GB / too little free", remedy
        )
    if min(hours.values()) < FEW_HOURS:
        return warn("disk", detail, remedy)
    return ok("disk", detail)


def check_folder(name: str, folder: Path, *, needed: bool = True) -> Check:
    """Check that `folder` can be written; when not `needed`, reading is enough to be on the air."""
    owner = f"sudo chown -R PENGGUNA {folder} (pengguna layanan / the service's user)"
    try:
        if not folder.exists():
            # what is missing is made at the start, so its parent must take it
            with tempfile.TemporaryFile(dir=standing(folder)):
                return ok(name, f"{folder}: akan dibuat / will be made")
        for _ in folder.iterdir():
            break
    except OSError as error:
        return fail(name, f"{folder}: {error.strerror} / cannot be used", owner)
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ok(name, f"{folder}: dapat ditulis / writable")
    except OSError as error:
        detail = f"{folder}: tidak dapat ditulis ({error.strerror}) / not writable"
        return fail(name, detail, owner) if needed else warn(name, detail, owner)


# --- clock -------------------------------------------------------------------------------------------------

STA_UNSYNC = 0x40
"""Flag of adjtimex(2): nothing keeps this clock right."""


class _Timex(ctypes.Structure):
    """The head of struct timex; the rest is room for what the kernel writes."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def kernel_synchronised() -> bool | None:
    """Tell whether the kernel's clock is kept right by NTP; None where the kernel does not say."""
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    timex = _Timex()  # modes 0: only reads
    if adjtimex(ctypes.byref(timex)) < 0:
        return None
    return not timex.status & STA_UNSYNC


def check_clock(now: datetime, synchronised: bool | None) -> Check:
    """Check that `now`, what the computer's clock says (aware), can be believed, and that something keeps it right."""
    shown = now.astimezone(UTC).strftime("%Y-%m-%d %H.%M.%S UTC")
    if now < CREDIBLE_FROM:
        return fail(
            "clock",
            f"{shown}: tidak mungkin, baterai jam mungkin habis / impossible; the clock's battery may be dead",
            "setel jam (sudo timedatectl set-ntp true), ganti baterainya / set the clock, replace the battery",
        )
    if synchronised is None:
        return ok("clock", f"{shown}; penyelarasan tidak diketahui / synchronisation unknown")
    if not synchronised:
        return warn(
            "clock",
            f"{shown}; tidak diselaraskan NTP / not synchronised by NTP",
            "sudo timedatectl set-ntp true; tanpa internet, cocokkan jam tiap minggu / without internet set it weekly",
        )
    return ok("clock", f"{shown}; selaras NTP / synchronised by NTP")

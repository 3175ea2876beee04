"""What a station can be set to: plain frozen values, each range checked where it is declared.

Nothing here reads a file or a variable; :mod:`lppl.config` does, and turns what pydantic finds wrong into
sentences. Checks that span several fields live on the later field, so that one pass finds every mistake.
"""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from lppl.masking import SecretUrl
from lppl.media import LEAN, AudioRung, ChannelKind, Profile, VideoRung

T = TypeVar("T")

Preset = Literal["ultrafast", "superfast", "veryfast"]
"""x264 presets that write the same SPS/PPS, so that material made with any of them joins without a seam."""

_SUFFIXES = {"k": 1_000, "m": 1_000_000}
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Control characters, line breaks, and what turns the direction of writing."""


def wrong(indonesian: str, english: str) -> PydanticCustomError:
    """Return the error of a value, as a sentence in both languages."""
    return PydanticCustomError("lppl", "{both}", {"both": f"{indonesian} / {english}"})


def _bits(value: Any) -> Any:
    """Read ``2.5M`` and ``64k`` as bit/s; anything else is left to the ordinary check."""
    found = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*([kKmM])\s*", value) if isinstance(value, str) else None
    return round(float(found[1]) * _SUFFIXES[found[2].lower()]) if found else value


def zone_of(value: Any) -> Any:
    """Return the time zone of a name. Raises PydanticCustomError."""
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones, or too long
        raise wrong(
            "bukan zona waktu; pakai Asia/Jakarta (WIB), Asia/Makassar (WITA) atau Asia/Jayapura (WIT)",
            "not a time zone; use Asia/Jakarta, Asia/Makassar or Asia/Jayapura",
        ) from None


def _network(value: Any) -> Any:
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    try:
        return ip_network(str(value).strip(), strict=False)
    except ValueError:
        raise wrong(
            "bukan alamat atau jaringan IP; contoh 127.0.0.1 atau 10.0.0.0/8",
            "not an IP address or network; for example 127.0.0.1 or 10.0.0.0/8",
        ) from None


def _existing_file(value: Path | None) -> Path | None:
    if value is None:
        return None
    try:
        with value.open("rb"):
            return value
    except (OSError, ValueError):  # ValueError: a null character in the name
        raise wrong("berkas tidak ada atau tidak dapat dibaca", "the file is missing or unreadable") from None


def _split_url(value: str, schemes: tuple[str, ...]) -> Any:
    """Return the parts of a URL of one of `schemes`; its mistakes never quote it: it may hold a password."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in schemes:
        expected = ", ".join(f"{s}://" for s in schemes)
        raise wrong(f"harus alamat {expected} yang utuh", f"must be a whole {expected} address")
    return parts


def _database(value: str) -> str:
    if not value:
        return value  # the default, which needs data_dir, is filled in below
    scheme, _, rest = value.partition("://")
    scheme = {
        "postgres": "postgresql+asyncpg",
        "postgresql": "postgresql+asyncpg",
        "sqlite": "sqlite+aiosqlite",
    }.get(scheme, scheme)
    if scheme not in ("postgresql+asyncpg", "sqlite+aiosqlite"):
        raise wrong("harus sqlite:///... atau postgresql://...", "must be sqlite:///... or postgresql://...")
    _split_url(f"{scheme}://{rest}", (scheme,))
    if scheme.startswith("sqlite") and not rest.strip("/"):
        raise wrong("sebut berkasnya: sqlite:///data/lppl.db", "name the file: sqlite:///data/lppl.db")
    return SecretUrl(f"{scheme}://{rest}")


def _redis(value: str | None) -> SecretUrl | None:
    if value is None:
        return None
    parts = _split_url(value, ("redis", "rediss", "unix"))
    if parts.scheme != "unix" and not re.fullmatch(r"(/\d{0,3})?", parts.path):
        raise wrong("nomor basis data Redis harus angka", "the number of the Redis database must be digits")
    return SecretUrl(value)


def public_address(value: str | None) -> str | None:
    """Return the address that the public uses, without a slash at its end. Raises PydanticCustomError."""
    if value is None:
        return None
    parts = _split_url(value, ("https", "http"))
    if not parts.hostname or parts.query or parts.fragment or parts.username is not None:
        raise wrong(
            "tulis seperti https://siaran.contoh.go.id tanpa sandi, ? atau #",
            "write it like https://air.example.id without password, ? or #",
        )
    return value.rstrip("/")


def _folder(value: str) -> str:
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\0" in value:
        raise wrong("harus folder di dalam media_dir", "must be a folder inside media_dir")
    return "" if str(path) == "." else str(path)


def one_line(value: str) -> str:
    """Return a text that reads on one line as it stands there. Raises PydanticCustomError."""
    if _UNSEEN.search(value):
        raise wrong(
            "tidak boleh berisi ganti baris, karakter kendali atau tanda arah tulisan",
            "must not hold line breaks, control characters or marks of direction",
        )
    return value


def unique(key: Callable[[T], str]) -> Callable[[tuple[T, ...]], tuple[T, ...]]:
    """Return a check that no two of some values have the same key. The check raises PydanticCustomError."""

    def check(values: tuple[T, ...]) -> tuple[T, ...]:
        names = [key(v) for v in values]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise wrong(f"dipakai dua kali: {', '.join(twice)}", f"used twice: {', '.join(twice)}")
        return values

    return check


Text = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(one_line)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]{1,16}$")]
ChannelId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Folder = Annotated[str, Field(max_length=1000), AfterValidator(_folder)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
OptionalFile = Annotated[Path | None, AfterValidator(_existing_file)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
RedisUrl = Annotated[str | None, AfterValidator(_redis)]
PublicUrl = Annotated[str | None, AfterValidator(public_address)]


class _Value(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False, arbitrary_types_allowed=True
    )


class Station(_Value):
    """Who broadcasts, where, and in which time zone its clock times are read."""

    name: Text = "LPPL Kota Batik"
    place: Text = "Pekalongan"
    zone: Annotated[ZoneInfo, BeforeValidator(zone_of)] = ZoneInfo("Asia/Jakarta")
    latitude: Annotated[float, Field(ge=-90, le=90)] = -6.888
    """Degrees north, for prayer times; south is negative."""
    longitude: Annotated[float, Field(ge=-180, le=180)] = 109.675
    """Degrees east."""


class VideoRungSettings(_Value):
    """One step of the video ladder; `bitrate` caps its average, in bit/s (``2.5M`` is understood)."""

    name: Name
    width: Annotated[int, Field(ge=128, le=3840, multiple_of=2)]
    height: Annotated[int, Field(ge=72, le=2160, multiple_of=2)]
    bitrate: Annotated[int, Field(ge=50_000, le=40_000_000), BeforeValidator(_bits)]

    @field_validator("height")
    @classmethod
    def _wide(cls, height: int, info: ValidationInfo) -> int:
        width = info.data.get("width")
        # Even sizes cannot all be exactly 16:9 (854x480): within the rounding to even numbers is right.
        if width is not None and abs(width - height * 16 / 9) > 2:
            raise wrong(f"{width}x{height} bukan 16:9", f"{width}x{height} is not 16:9")
        return height

    def rung(self) -> VideoRung:
        """Return it as the library's value."""
        return VideoRung(self.name, self.width, self.height, self.bitrate)


class AudioRungSettings(_Value):
    """One AAC-LC stereo rendition; `bitrate` in bit/s (``128k`` is understood)."""

    name: Name
    bitrate: Annotated[int, Field(ge=24_000, le=320_000), BeforeValidator(_bits)]

    def rung(self) -> AudioRung:
        """Return it as the library's value."""
        return AudioRung(self.name, self.bitrate)


class ChannelSettings(_Value):
    """One channel. `target_lufs` and `ceiling_dbtp` are its loudness and its highest true peak."""

    id: ChannelId
    name: Text
    kind: ChannelKind
    target_lufs: Annotated[float, Field(ge=-36, le=-8)] = -16.0
    ceiling_dbtp: Annotated[float, Field(ge=-12, le=0)] = -1.5
    folders: tuple[Folder, ...] = ()
    """What of the media folder the channel may air; empty: all of it."""
    schedule: Path | None = None
    """Its schedule file; by default ``<data_dir>/schedule/<id>.toml``."""
    mark_joins: bool = False
    """Write EXT-X-DISCONTINUITY at every join, for players that insist."""
    silence_s: Annotated[float, Field(ge=0, le=3600)] = 12.0
    """So long silent is an alarm; 0: never."""
    silence_db: Annotated[float, Field(ge=-90, le=-20)] = -55.0
    """RMS level under which it counts as silent, dB relative to full scale."""
    fallback_s: Annotated[float, Field(ge=0, le=3600)] = 5.0
    """So long a fallback on air is an alarm."""


class Output(_Value):
    """A sound card that plays a channel; `device` as ``aplay -L`` names it, empty for the default."""

    channel: ChannelId
    device: Annotated[str, Field(max_length=200)] = ""
    gain_db: Annotated[float, Field(ge=-40, le=12)] = 0.0


def _default_channels() -> tuple[ChannelSettings, ...]:
    return (
        ChannelSettings(id="tv", name="Batik TV", kind=ChannelKind.TV),
        ChannelSettings(id="radio", name="Radio Kota Batik", kind=ChannelKind.RADIO),
    )


def _default_ladder() -> tuple[VideoRungSettings, ...]:
    sizes = (("v720", 1280, 720, 2_500_000), ("v480", 854, 480, 1_200_000), ("v360", 640, 360, 600_000))
    # The last rung with a64 is about 145 kbit/s in all: what a weak village link still carries.
    return tuple(
        VideoRungSettings(name=n, width=w, height=h, bitrate=b) for n, w, h, b in (*sizes, ("v240", 426, 240, 75_000))
    )


def _default_audio() -> tuple[AudioRungSettings, ...]:
    return (AudioRungSettings(name="a128", bitrate=128_000), AudioRungSettings(name="a64", bitrate=64_000))


class Settings(_Value):
    """Everything that can be set. Lengths in their names' units; sizes in GB of 10^9 bytes."""

    station: Station = Station()
    data_dir: Path = Path("data")
    media_dir: Path = Path("media")
    keys_dir: Path = Field(default=Path(), validate_default=True)
    """Where the keys of personal data lie: outside `data_dir` and its backups. Beside it, when not set."""
    import_dirs: Annotated[tuple[Path, ...], Field(max_length=32)] = ()
    """Folders of this computer from which staff may bring files into the media folder."""
    host: Annotated[str, Field(pattern=r"^[0-9A-Za-z.:_-]{1,255}$")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    demo: bool = True
    tls_cert: OptionalFile = None
    tls_key: OptionalFile = Field(default=None, validate_default=True)
    trusted_proxies: tuple[Network, ...] = ()
    public_url: PublicUrl = None
    database_url: DatabaseUrl = Field(default="", validate_default=True)
    redis_url: RedisUrl = None
    dvr_hours: Annotated[float, Field(ge=0.05, le=24)] = 2.0
    log_json: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    preset: Preset = "veryfast"
    conform_jobs: Annotated[int, Field(ge=1, le=64)] = 1
    min_free_gb: Annotated[float, Field(ge=0, le=100_000)] = 2.0
    ladder: Annotated[
        tuple[VideoRungSettings, ...], Field(min_length=1, max_length=8), AfterValidator(unique(lambda r: r.name))
    ] = Field(default_factory=_default_ladder)
    audio: Annotated[
        tuple[AudioRungSettings, ...], Field(min_length=1, max_length=4), AfterValidator(unique(lambda r: r.name))
    ] = Field(default_factory=_default_audio)
    channels: Annotated[
        tuple[ChannelSettings, ...], Field(min_length=1, max_length=500), AfterValidator(unique(lambda c: c.id))
    ] = Field(default_factory=_default_channels)
    outputs: tuple[Output, ...] = ()
    lean_audio: bool = True
    """Offer sound of about 32 kbit/s too, conformed in the background; each hour of material takes 15 MB."""

    @field_validator("keys_dir")
    @classmethod
    def _beside_the_data(cls, folder: Path, info: ValidationInfo) -> Path:
        data: Path | None = info.data.get("data_dir")
        if data is None:
            return folder
        if folder == Path():
            return data.absolute().with_name(f"{data.absolute().name}-keys")
        if folder.absolute().is_relative_to(data.absolute()):
            raise wrong("keys_dir harus di luar data_dir", "keys_dir must lie outside data_dir")
        return folder

    @field_validator("tls_key")
    @classmethod
    def _both_or_none(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if "tls_cert" in info.data and (info.data["tls_cert"] is None) != (key is None):
            raise wrong("tls_cert dan tls_key harus diisi keduanya", "set both tls_cert and tls_key")
        return key

    @field_validator("database_url")
    @classmethod
    def _in_data_dir(cls, url: str, info: ValidationInfo) -> str:
        if not url and "data_dir" in info.data:
            return SecretUrl(f"sqlite+aiosqlite:///{info.data['data_dir'] / 'lppl.db'}")
        return url

    @field_validator("audio")
    @classmethod
    def _not_a_video_name(cls, audio: tuple[AudioRungSettings, ...], info: ValidationInfo) -> Any:
        # House files are named by their rung, picture and sound in one folder.
        shared = sorted({r.name for r in info.data.get("ladder", ())} & {r.name for r in audio})
        if shared:
            raise wrong(f"nama sudah dipakai di ladder: {', '.join(shared)}", f"name already in ladder: {shared[0]}")
        return audio

    @field_validator("outputs")
    @classmethod
    def _known_channels(cls, outputs: tuple[Output, ...], info: ValidationInfo) -> tuple[Output, ...]:
        if "channels" in info.data:
            known = {c.id for c in info.data["channels"]}
            lost = sorted({o.channel for o in outputs} - known)
            if lost:
                have = ", ".join(sorted(known))
                raise wrong(
                    f"kanal {', '.join(lost)} tidak ada; yang ada: {have}",
                    f"no channel {', '.join(lost)}; there are: {have}",
                )
        return outputs

    def profile(self, channel: ChannelSettings) -> Profile:
        """Return the renditions that `channel` airs: the whole ladder for TV, sound only for radio."""
        return Profile(
            kind=channel.kind,
            video=tuple(r.rung() for r in self.ladder) if channel.kind is ChannelKind.TV else (),
            audio=tuple(r.rung() for r in self.audio),
            target_lufs=channel.target_lufs,
            ceiling_dbtp=channel.ceiling_dbtp,
            preset=self.preset,
        )

    def lean(self, profile: Profile) -> Profile | None:
        """Return the profile of the leanest sound beside `profile`; None where the station does not offer it."""
        taken = LEAN.name in {r.name for r in self.ladder} | {r.name for r in self.audio}
        return profile.lean if self.lean_audio and not taken else None

    def schedule_file(self, channel: ChannelSettings) -> Path:
        """Return the schedule file of `channel`, whether or not it exists."""
        return channel.schedule or self.data_dir / "schedule" / f"{channel.id}.toml"

    @property
    def address(self) -> str:
        """Where the station's pages are: the public address, else as this computer reaches them."""
        if self.public_url is not None:
            return self.public_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.host in ("127.0.0.1", "::1", "0.0.0.0", "::"):  # noqa: S104 - only compared
            host = "localhost"
        return f"{'https' if self.tls_cert else 'http'}://{host}:{self.port}"

    @property
    def database_file(self) -> Path | None:
        """The file of the records when they are SQLite, else None."""
        prefix = "sqlite+aiosqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.database_url.startswith(prefix) else None

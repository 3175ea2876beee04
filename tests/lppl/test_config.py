"""Settings: defaults, sources, every mistake at once with its place, and no other error whatever comes in."""

import ipaddress
import subprocess
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lppl.config import FIELDS, VARIABLES, Settings, load_settings, read_settings, settings_path
from lppl.errors import SettingsInvalid
from lppl.media import ChannelKind

LADDER_ROW = '[[ladder]]\nname = "v1"\nwidth = {}\nheight = {}\nbitrate = {}\n'


def mistakes(text: str | None = None, **environ: str) -> list[str]:
    with pytest.raises(SettingsInvalid) as raised:
        read_settings(text, environ)
    return raised.value.mistakes


def mistake(text: str | None = None, **environ: str) -> str:
    (only,) = mistakes(text, **environ)
    return only


# --- what they are ------------------------------------------------------------------------------------------


def test_nothing_set_is_the_demo_station() -> None:
    s = read_settings(None, {})
    assert (s.station.name, s.station.place, s.station.zone) == (
        "LPPL Kota Batik", "Pekalongan", ZoneInfo("Asia/Jakarta")
    )  # fmt: skip
    assert [(c.id, c.name, c.kind) for c in s.channels] == [
        ("tv", "Batik TV", ChannelKind.TV),
        ("radio", "Radio Kota Batik", ChannelKind.RADIO),
    ]
    assert (s.host, s.port, s.demo, s.dvr_hours) == ("127.0.0.1", 8080, True, 2.0)
    assert s.database_url == "sqlite+aiosqlite:///data/lppl.db"
    assert s.database_file == Path("data/lppl.db")
    assert s.schedule_file(s.channels[0]) == Path("data/schedule/tv.toml")


def test_the_weakest_rung_fits_a_weak_link() -> None:
    s = read_settings(None, {})
    assert s.ladder[-1].bitrate + s.audio[-1].bitrate <= 145_000


def test_a_profile_has_pictures_for_tv_only() -> None:
    s = read_settings(None, {})
    tv, radio = (s.profile(c) for c in s.channels)
    assert [r.name for r in tv.video] == ["v720", "v480", "v360", "v240"]
    assert radio.video == ()
    assert [r.name for r in tv.audio] == [r.name for r in radio.audio] == ["a128", "a64"]
    assert tv.recipe != radio.recipe


def test_variables_win_over_the_file() -> None:
    text = 'port = 1\nhost = "a"\n[station]\nname = "Berkas"\nplace = "Kudus"\n'
    s = read_settings(text, {"LPPL_PORT": "2", "LPPL_STATION__NAME": "Variabel", "LPPL_DEMO": "0"})
    assert (s.port, s.host, s.demo) == (2, "a", False)
    assert (s.station.name, s.station.place) == ("Variabel", "Kudus")


@pytest.mark.parametrize(
    ("variable", "value", "name", "expected"),
    [
        ("LPPL_DATA_DIR", "/srv/data", "data_dir", Path("/srv/data")),
        ("LPPL_MEDIA_DIR", "m", "media_dir", Path("m")),
        ("LPPL_DEMO", "1", "demo", True),
        ("LPPL_DEMO", "false", "demo", False),
        ("LPPL_TLS_CERT", "", "tls_cert", None),
        ("LPPL_REDIS_URL", "", "redis_url", None),
        ("LPPL_PORT", "", "port", 8080),
        ("LPPL_STATION__NAME", "", "station", Settings().station),
        ("LPPL_PUBLIC_URL", "https://siaran.contoh.go.id/tv/", "public_url", "https://siaran.contoh.go.id/tv"),
        ("LPPL_DVR_HOURS", "0.5", "dvr_hours", 0.5),
        ("LPPL_DATABASE_URL", "postgresql://u@h/d", "database_url", "postgresql+asyncpg://u@h/d"),
        ("LPPL_DATABASE_URL", "postgres://u@h/d", "database_url", "postgresql+asyncpg://u@h/d"),
        ("LPPL_DATABASE_URL", "sqlite:///x.db", "database_url", "sqlite+aiosqlite:///x.db"),
        (
            "LPPL_TRUSTED_PROXIES", "127.0.0.1, 10.1.2.3/8", "trusted_proxies",
            (ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("10.0.0.0/8")),
        ),
    ],
)  # fmt: skip
def test_variables(variable: str, value: str, name: str, expected: object) -> None:
    assert getattr(read_settings(None, {variable: value}), name) == expected


def test_lists_of_tables_in_a_variable_are_json() -> None:
    s = read_settings(None, {"LPPL_OUTPUTS": '[{"channel": "radio", "gain_db": -3}]'})
    assert [(o.channel, o.gain_db) for o in s.outputs] == [("radio", -3.0)]


def test_one_sound_card_needs_no_list() -> None:
    assert read_settings('[outputs]\nchannel = "tv"\n', {}).outputs[0].channel == "tv"


def test_bit_rates_as_people_write_them() -> None:
    s = read_settings(LADDER_ROW.format(1280, 720, '"2.5M"') + '[[audio]]\nname = "a"\nbitrate = "64k"\n', {})
    assert (s.ladder[0].bitrate, s.audio[0].bitrate) == (2_500_000, 64_000)


def test_paths_in_the_file_are_relative_to_it(tmp_path: Path) -> None:
    file = tmp_path / "lppl.toml"
    file.write_text(
        'data_dir = "d"\nmedia_dir = "/m"\nimport_dirs = ["arsip", "/usb"]\n'
        '[[channels]]\nid = "a"\nname = "A"\nkind = "radio"\nschedule = "a.toml"\n'
    )
    s = load_settings(file, {})
    assert (s.data_dir, s.media_dir) == (tmp_path / "d", Path("/m"))
    assert s.import_dirs == (tmp_path / "arsip", Path("/usb"))
    assert s.schedule_file(s.channels[0]) == tmp_path / "a.toml"
    assert s.database_file == tmp_path / "d" / "lppl.db"
    assert load_settings(file, {"LPPL_DATA_DIR": "e"}).data_dir == Path("e")


def test_where_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings_path(None, {}) is None
    assert load_settings(None, {}) == read_settings(None, {})
    (tmp_path / "lppl.toml").write_text("port = 7")
    (tmp_path / "other.toml").write_bytes("\ufeffport = 8".encode())  # as a Windows editor saves it
    assert load_settings(None, {}).port == 7
    assert load_settings(None, {"LPPL_CONFIG": "other.toml"}).port == 8
    assert load_settings(Path("other.toml"), {"LPPL_CONFIG": "lppl.toml"}).port == 8


def test_both_halves_of_a_certificate(tmp_path: Path) -> None:
    cert, key = tmp_path / "c.pem", tmp_path / "k.pem"
    cert.write_text("c")
    key.write_text("k")
    s = read_settings(None, {"LPPL_TLS_CERT": str(cert), "LPPL_TLS_KEY": str(key)})
    assert (s.tls_cert, s.tls_key) == (cert, key)
    for one in ("LPPL_TLS_CERT", "LPPL_TLS_KEY"):
        assert "keduanya" in mistake(None, **{one: str(cert)})
    assert "tidak ada" in mistake(None, LPPL_TLS_CERT=str(cert), LPPL_TLS_KEY=str(tmp_path / "x"))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", "http://localhost:8080"),
        ('host = "::"\nport = 80', "http://localhost:80"),
        ('host = "2001:db8::7"', "http://[2001:db8::7]:8080"),
        ('host = "10.0.0.7"', "http://10.0.0.7:8080"),
        ('public_url = "https://siaran.example/"', "https://siaran.example"),
    ],
)
def test_where_the_pages_are(text: str, address: str) -> None:
    assert read_settings(text, {}).address == address


def test_passwords_are_not_shown() -> None:
    s = read_settings(
        None, {"LPPL_DATABASE_URL": "postgresql://u:ra:ha@sia@h/d", "LPPL_REDIS_URL": "redis://:sandi@h:6379/0"}
    )
    assert "ra:ha@sia" in s.database_url, "the driver needs it"
    for shown in (repr(s), str(s)):
        assert "sia@" not in shown and "sandi" not in shown
        assert "u:***@h/d" in shown


# --- what is wrong with them --------------------------------------------------------------------------------


def test_all_mistakes_come_at_once() -> None:
    text = 'port = "x"\ncolour = 1\n[station]\nnmae = "A"\nzone = "Asia/Pekalongan"\n[[outputs]]\nchannel = "fm"\n'
    found = mistakes(text, LPPL_HOTS="h", LPPL_DVR_HOURS="-1", LPPL_TRUSTED_PROXIES="satu")
    expected = [
        "LPPL_HOTS: variabel tidak dikenal; maksud Anda `LPPL_HOST`?",
        "lppl.toml: port: harus bilangan bulat",
        "lppl.toml: station.nmae: pengaturan tidak dikenal; maksud Anda `station.name`?",
        "lppl.toml: station.zone: bukan zona waktu; pakai Asia/Jakarta (WIB)",
        "lppl.toml: colour: pengaturan tidak dikenal",
        "lppl.toml: outputs: kanal fm tidak ada; yang ada: radio, tv",
        "LPPL_DVR_HOURS: paling kecil 0.05",
        "LPPL_TRUSTED_PROXIES [1]: bukan alamat",
    ]
    assert len(found) == len(expected)
    for sentence in expected:
        assert any(f.startswith(sentence) for f in found), sentence
    assert all(" / " in f for f in found), "each in English, too"


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("prot = 1", "port"),
        ("medai_dir = 'm'", "media_dir"),
        ("name = 'x'", "station.name"),
        ("[stasion]\nname = 'x'", "station"),
        ("[outputs]\nchannel = 'tv'\ngain = 1", "outputs.gain_db"),
        ("[[channels]]\nid = 'a'\nname = 'A'\nkind = 'tv'\ntarget_luf = -20", "channels.target_lufs"),
    ],
)
def test_the_nearest_key_is_named(key: str, near: str) -> None:
    assert f"maksud Anda `{near}`?" in mistake(key)


def test_an_unknown_variable_is_a_mistake_and_others_are_not_ours() -> None:
    assert "`LPPL_STATION__NAME`" in mistake(None, LPPL_STATION_NAME="x")
    assert read_settings(None, {"LPPLX": "1", "PATH": "/bin"}) == read_settings(None, {})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("port = \n", "baris 1, kolom 8"),
        ('a = 1\nb = "', "baris 2"),
        ("x = " + "[" * 5000, "lppl.toml"),
        ("x = " + "9" * 5000, "lppl.toml"),
        ("[[ladder]]\n" * 9, "harus diisi"),
        (LADDER_ROW.format(1280, 960, 500_000), "1280x960 bukan 16:9"),
        (LADDER_ROW.format(1281, 720, 500_000), "kelipatan 2"),
        (LADDER_ROW.format(1280, 720, 5), "paling kecil 50000"),
        (LADDER_ROW.format(1280, 720, 500_000) * 2, "dipakai dua kali: v1"),
        ('[[audio]]\nname = "v720"\nbitrate = 64000\n', "sudah dipakai di ladder"),
        ("ladder = []", "paling sedikit 1"),
        ("channels = []", "paling sedikit 1"),
        ('[[channels]]\nid = "TV 1"\nname = "A"\nkind = "tv"\n', "channels[1].id"),
        ('[[channels]]\nid = "a"\nname = "A"\nkind = "film"\n', "salah satu dari 'tv', 'radio'"),
        ('[[channels]]\nid = "a"\nname = "A"\nkind = "tv"\n' * 2, "dipakai dua kali: a"),
        ('[[channels]]\nid = "a"\nname = "A"\nkind = "tv"\nfolders = ["../x"]', "di dalam media_dir"),
        ("dvr_hours = nan", "bilangan biasa"),
        ("preset = 'medium'", "'ultrafast', 'superfast'"),
        ("station = 'x'", "harus tabel"),
        ("public_url = 'siaran.go.id'", "https://"),
        ("public_url = 'http://[x'", "https://"),
        ("redis_url = 'redis://h/satu'", "angka"),
        ("tls_cert = 'a\\u0000b'", "tidak ada"),
    ],
)
def test_wrong_values(text: str, sentence: str) -> None:
    assert any(sentence in m for m in mistakes(text))


@pytest.mark.parametrize("url", ["mysql://u:rahasia@h/d", "rahasia", "postgresql://u:rahasia@[h/d", "sqlite://"])
def test_a_wrong_address_is_not_quoted(url: str) -> None:
    assert "rahasia" not in mistake(None, LPPL_DATABASE_URL=url)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'a = "\xe9"')
    for path in (tmp_path / "none.toml", tmp_path, tmp_path / "latin.toml", Path("a\0b")):
        with pytest.raises(SettingsInvalid):
            load_settings(path, {})


# --- rubbish ------------------------------------------------------------------------------------------------

_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["tv", "a", "Asia", "1"]),
)
_rubbish = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
_names = st.sampled_from(sorted({path[0] for path in FIELDS})) | st.text(max_size=6)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(str(k))} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    escaped = "".join(f"\\U{ord(c):08x}" for c in value or "")
    return f'"{escaped}"'


def only_settings_or_their_error(text: str | None, environ: dict[str, str]) -> None:
    try:
        settings = read_settings(text, environ)
    except SettingsInvalid as e:
        assert e.mistakes
        assert all(m.strip() for m in e.mistakes)
    else:
        assert isinstance(settings, Settings)
        assert all(settings.profile(c).recipe for c in settings.channels)


@given(st.dictionaries(_names, _rubbish, max_size=4))
@example({"station": {"zone": "Asia"}})
@example({"station": {"zone": "../../etc/passwd"}})
@example({"tls_cert": "x" * 5000})
@example({"port": 10**400})
def test_rubbish_in_the_file_raises_nothing_else(values: dict[str, Any]) -> None:
    only_settings_or_their_error("\n".join(f"{_toml(k)} = {_toml(v)}" for k, v in values.items()), {})


@given(st.text())
def test_a_file_of_rubbish_raises_nothing_else(text: str) -> None:
    only_settings_or_their_error(text, {})


@given(
    st.dictionaries(
        st.sampled_from(sorted(VARIABLES)) | st.text(max_size=8).map(lambda s: "LPPL_" + s),
        st.text(max_size=20) | _rubbish.map(str) | st.sampled_from(["[", "{}", "[1]", "[{}]", "[" * 9000, "NaN"]),
        max_size=4,
    )
)
def test_rubbish_in_variables_raises_nothing_else(environ: dict[str, str]) -> None:
    only_settings_or_their_error(None, environ)


# --- start-up -----------------------------------------------------------------------------------------------


def test_reading_settings_loads_nothing_heavy() -> None:
    """A start must be fast: what only commands, migrations or logs need stays unloaded."""
    heavy = ("typer", "click", "rich", "sqlalchemy", "alembic", "pydantic_settings", "redis", "PIL", "structlog")
    code = "import sys, lppl.config; lppl.config.load_settings(None, {}); "
    code += f"print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"

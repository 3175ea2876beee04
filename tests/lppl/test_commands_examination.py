"""Doctor's checks of the engines: sound cards, pages, schedules, the house format."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from lppl.commands import examination
from lppl.commands.examination import (
    check_devices,
    check_house_format,
    check_pages,
    check_schedules,
    check_vlc,
    compare_formats,
    encode_sample,
    slate_tracks,
)
from lppl.config import Settings, read_settings
from lppl.doctor import Check, State
from lppl.media import AssetId, ChannelKind
from lppl.quanta import Quanta
from streaming.fmp4 import AudioTrack, VideoTrack
from streaming.house import RenditionInfo, SetInfo, folder_of

SMALL = """
preset = "ultrafast"
[[ladder]]
name = "v144"
width = 256
height = 144
bitrate = "120k"
[[audio]]
name = "a64"
bitrate = "64k"
"""


def station(folder: Path, text: str = "") -> Settings:
    return read_settings(text, {"LPPL_DATA_DIR": str(folder / "data"), "LPPL_MEDIA_DIR": str(folder / "media")})


def with_output(folder: Path, device: str) -> Settings:
    return station(folder, f'[[outputs]]\nchannel = "radio"\ndevice = "{device}"')


DEVICES = [{"device": "dummy", "name": "dummy"}, {"device": "hw:CARD=PCH,DEV=0", "name": "HDA Intel"}]


def test_vlc_is_missed_only_by_sound_cards(tmp_path: Path) -> None:
    assert check_vlc(station(tmp_path), DEVICES).state is State.OK
    assert check_vlc(station(tmp_path), None, "x\nNameError: no libvlc").state is State.WARN
    missed = check_vlc(with_output(tmp_path, ""), None, "x\nNameError: no libvlc")
    assert missed.state is State.FAIL and "no libvlc" in missed.detail and "libvlc5" in missed.remedy
    assert check_devices(with_output(tmp_path, "hw:9"), None) == []


@pytest.mark.parametrize(
    ("device", "state"),
    [
        ("", State.OK),
        ("dummy", State.OK),
        ("pulse:alsa_output.usb", State.OK),
        ("file:/tmp/x.wav", State.OK),
        ("hw:CARD=PCH,DEV=0", State.OK),
        ("hw:CARD=Gone,DEV=0", State.FAIL),
        ("hw:87,0", State.FAIL),
    ],
)
def test_a_sound_card_must_be_there(tmp_path: Path, device: str, state: State) -> None:
    (check,) = check_devices(with_output(tmp_path, device), DEVICES)
    assert check.state is state and check.name == "output:radio"
    if state is State.FAIL:
        assert "HDA" not in check.detail and "hw:CARD=PCH,DEV=0" in check.detail


def test_pages(tmp_path: Path) -> None:
    assert check_pages(tmp_path).state is State.FAIL
    (tmp_path / "manifest.json").write_text("[")
    assert check_pages(tmp_path).state is State.FAIL
    (tmp_path / "manifest.json").write_text('["portal.js"]')
    assert check_pages(tmp_path).state is State.FAIL
    (tmp_path / "manifest.json").write_text(json.dumps({"portal.js": "portal-1.js"}))
    assert "portal-1.js" in check_pages(tmp_path).detail
    (tmp_path / "portal-1.js").write_text("")
    assert check_pages(tmp_path).state is State.OK


def test_schedules(tmp_path: Path) -> None:
    settings = station(tmp_path)
    assert [c.state for c in check_schedules(settings)] == [State.OK, State.OK]
    folder = settings.data_dir / "schedule"
    folder.mkdir(parents=True)
    (folder / "tv.toml").write_text('[[block]]\nprogramme = "Pagi"\nstart = "05:00"\nend = "06:00"\nfolder = "pagi"\n')
    (folder / "radio.toml").write_text('[[blok]]\nprogramme = "Pagi"\n')
    tv, radio = check_schedules(settings)
    assert tv.state is State.OK and "1 acara" in tv.detail
    assert radio.state is State.FAIL and "block" in radio.detail and "radio.toml" in radio.remedy
    (folder / "radio.toml").write_bytes(b"\xff\xfe\x00")
    assert check_schedules(settings)[1].state is State.FAIL
    (folder / "radio.toml").unlink()
    (folder / "radio.toml").mkdir()
    assert check_schedules(settings)[1].state is State.FAIL
    assert sorted(p.name for p in folder.iterdir()) == ["radio.toml", "tv.toml"]  # nothing was kept aside


# --- house format ------------------------------------------------------------------------------------------

PICTURE, SOUND = VideoTrack(256, 144, b"\x01avcc"), AudioTrack(64_000, b"\x11\x90")


def test_formats_are_compared_by_what_a_decoder_is_set_up_with() -> None:
    made = {"v144": PICTURE, "a64": SOUND}
    assert compare_formats(made, {}).state is State.OK
    assert compare_formats(made, {"v144": PICTURE, "a64": SOUND, "v720": VideoTrack(1, 1, b"x")}).state is State.OK
    check = compare_formats(made, {"v144": VideoTrack(256, 144, b"\x01other"), "a64": SOUND})
    assert check.state is State.WARN and "v144" in check.detail and "a64" not in check.detail
    check = compare_formats(made, {"v144": PICTURE, "a64": AudioTrack(64_000, b"\x12\x10")})
    assert check.state is State.WARN and "a64" in check.detail


def _write_slate(settings: Settings, picture: VideoTrack, sound: AudioTrack) -> None:
    """Write what the service leaves of a slate: the note that names it, and the description of its set."""
    asset = AssetId("ab" * 20)
    profile = settings.profile(settings.channels[0])
    house = profile.house(asset)
    renditions = {"v144": RenditionInfo("v144", picture, 1, 1), "a64": RenditionInfo("a64", sound, 1, 1)}
    info = SetInfo(house, ChannelKind.TV, Quanta(1), renditions, "Slate", "", "", True, None, 0.0, False, ())
    folder = folder_of(settings.data_dir / "house", house)
    folder.mkdir(parents=True)
    (folder / "set.json").write_bytes(info.to_json())
    note = settings.data_dir / "builtin" / "tv" / "slate-01234567.asset"
    note.parent.mkdir(parents=True)
    note.write_text(asset)


@pytest.mark.integration
async def test_the_self_test_tells_a_changed_encoder_from_the_same(tmp_path: Path) -> None:
    settings = station(tmp_path, SMALL)
    profile = settings.profile(settings.channels[0])
    first = await check_house_format(settings)
    assert first.state is State.OK and "belum ada" in first.detail

    made = await encode_sample(profile, tmp_path)
    picture, sound = made["v144"], made["a64"]
    assert isinstance(picture, VideoTrack) and isinstance(sound, AudioTrack)
    assert picture.avcc[0] == 1 and picture.avcc[1] == 100  # High profile
    _write_slate(settings, picture, sound)
    assert slate_tracks(settings.data_dir, "tv", profile) == {"v144": picture, "a64": sound}
    same = await check_house_format(settings)
    assert same.state is State.OK and "sama" in same.detail


@pytest.mark.integration
async def test_the_self_test_warns_of_another_encoder(tmp_path: Path) -> None:
    settings = station(tmp_path, SMALL)
    _write_slate(settings, PICTURE, SOUND)
    check = await check_house_format(settings)
    assert check.state is State.WARN and "v144" in check.detail and "discontinuity" in check.remedy


def test_a_damaged_slate_is_no_comparison(tmp_path: Path) -> None:
    settings = station(tmp_path, SMALL)
    _write_slate(settings, PICTURE, SOUND)
    for path in settings.data_dir.rglob("set.json"):
        path.write_text("{")
    assert slate_tracks(settings.data_dir, "tv", settings.profile(settings.channels[0])) == {}


# --- showing -----------------------------------------------------------------------------------------------


def test_the_table_shows_state_in_words_and_never_obeys_what_it_prints() -> None:
    console = Console(record=True, width=100, markup=True)
    with console.capture() as capture:
        examination.show([Check("a", State.WARN, "[red]x[/red] [/]", "buat / do")], console)
    out = capture.get()
    assert "! perhatian" in out and "[red]x[/red] [/]" in out and "→ buat / do" in out
    assert "perhatian. /" in out


def test_json_holds_every_field() -> None:
    checks = [Check("a", State.OK, "é"), Check("b", State.FAIL, "x", "y")]
    told = json.loads(examination.as_json(checks))
    assert told["state"] == "fail"
    assert told["checks"][1] == {"name": "b", "state": "fail", "detail": "x", "remedy": "y"}

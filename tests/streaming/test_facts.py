"""From ffprobe's words to facts: the choices, the lengths, the refusals. No program runs."""

import signal
from typing import Any

import pytest

from lppl.errors import ProcessFailed
from streaming.durations import Ends, parse_packets
from streaming.facts import choose, facts_of, rotation_of
from streaming.probe import why_not
from streaming.sniff import SENTENCES, refuse_by_content


def video(index: int, **more: Any) -> dict[str, Any]:
    return {"index": index, "codec_type": "video", "codec_name": "h264", "width": 64, "height": 48} | more


def audio(index: int, language: str = "und", channels: int = 2, **disposition: int) -> dict[str, Any]:
    return {
        "index": index,
        "codec_type": "audio",
        "codec_name": "aac",
        "channels": channels,
        "sample_rate": "48000",
        "tags": {"language": language},
        "disposition": disposition,
    }


@pytest.mark.parametrize(
    ("streams", "chosen"),
    [
        ([audio(0), audio(1)], 0),
        ([audio(0), audio(1, default=1)], 1),
        ([audio(0), audio(1, channels=6)], 1),
        ([audio(0, default=1, channels=6), audio(1, "ind")], 1),
        ([audio(0, "jav"), audio(1, "ind")], 1),
        ([audio(0, "eng", default=1), audio(1, "jav", channels=1)], 1),
        ([audio(0, "ind", visual_impaired=1), audio(1, "eng")], 1),
        ([audio(0, channels=0), audio(1)], 1),
        ([audio(0) | {"codec_name": "unknown"}, audio(1)], 1),
    ],
)
def test_the_sound_that_is_chosen(streams: list[dict[str, Any]], chosen: int) -> None:
    sound = choose(streams).audio
    assert sound is not None
    assert sound["index"] == chosen


@pytest.mark.parametrize(
    ("streams", "chosen"),
    [
        ([video(0), video(1)], 0),
        ([video(0), video(1, disposition={"default": 1})], 1),
        ([video(0, disposition={"attached_pic": 1, "default": 1}), video(1)], 1),
        ([video(0, width=0), video(1)], 1),
        ([video(0, disposition={"still_image": 1})], None),
        ([{"index": 0, "codec_type": "subtitle"}, {"index": 1}], None),
    ],
)
def test_the_picture_that_is_chosen(streams: list[dict[str, Any]], chosen: int | None) -> None:
    picture = choose(streams).video
    assert (picture and picture["index"]) == chosen


def ends_of(*packets: str) -> Ends:
    ends = Ends()
    parse_packets([p.encode() for p in packets], ends)
    return ends


def test_lengths_come_from_packets_in_any_order() -> None:
    ends = ends_of("0,0.08,0.0,0.04", "0,0.0,0.04,0.04", "1,-0.02,-0.02,0.02", "0,0.04,0.08,0.04", "1,0.1,N/A,0.5")
    assert (ends.end(0), ends.start(1), ends.end(1), ends.packets) == (0.12, -0.02, 0.6, 5)
    assert ends.end(2) == float("-inf")


def test_packets_without_a_time_or_a_length() -> None:
    ends = ends_of("0,N/A,0.0,N/A", "0,N/A,0.5,N/A", "0,N/A,N/A,N/A", "0,N/A,1.0,N/A", "sampah", "")
    assert (ends.end(0), ends.packets) == (1.5, 3)


def test_times_that_jump_are_summed() -> None:
    ends = ends_of("0,0.0,0.0,10", "0,10,10,10", "0,9000,9000,10")
    assert ends.jumps(0)
    assert ends.end(0) == 30.0
    assert not ends_of("0,0,0,10", "0,40,40,10").jumps(0), "a hole of half a minute is a hole"


def test_facts_say_what_is_missing() -> None:
    chosen = choose([video(0, avg_frame_rate="25/1", field_order="tt", sample_aspect_ratio="0:1"), audio(1)])
    ends = ends_of("0,1.0,1.0,2.0", "1,1.5,1.5,1.0")
    facts = facts_of({"format_name": "mov,mp4", "start_time": "1.0", "duration": "10.0"}, chosen, ends)
    assert (facts.format, facts.start_s, facts.duration_s) == ("mov", 1.0, 2.0)
    assert facts.notes == ("Berkas terpotong: terbaca 2,0 dari 10,0 detik.",)
    assert facts.video is not None
    assert facts.audio is not None
    assert (facts.video.interlaced, facts.video.sar, facts.video.duration_s) == (True, "1:1", 2.0)
    assert facts.audio.duration_s == 1.5


@pytest.mark.parametrize("claimed", ["N/A", "", "nan", "inf", "-5", "2.5", "2.0"])
def test_a_container_that_claims_nothing_special_is_not_called_cut(claimed: str) -> None:
    facts = facts_of({"duration": claimed}, choose([audio(0)]), ends_of("0,0,0,2.0"))
    assert facts.notes == ()


@pytest.mark.parametrize(
    ("stream", "turn"),
    [
        ({}, 0),
        ({"side_data_list": [{"rotation": -90}]}, 90),
        ({"side_data_list": [{"x": 1}, {"rotation": 90}]}, 270),
        ({"side_data_list": [{"rotation": -180}]}, 180),
        ({"tags": {"rotate": "270"}}, 270),
        ({"tags": {"rotate": "miring"}}, 0),
        ({"side_data_list": [{"rotation": "nan"}]}, 0),
    ],
)
def test_rotation(stream: dict[str, Any], turn: int) -> None:
    assert rotation_of(stream) == turn


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        ("x: Permission denied", 1, "unreadable"),
        ("x: Input/output error", 1, "unreadable"),
        ("Format not on whitelist 'mp3'", 1, "unsupported"),
        ("moov atom not found\nInvalid data found when processing input", 1, "truncated"),
        ("Invalid data found when processing input", 1, "damaged"),
        ("", -signal.SIGXCPU, "too-complex"),
        ("Cannot allocate memory", 1, "too-complex"),
        ("", -signal.SIGSEGV, "damaged"),
        ("sesuatu yang lain", 1, "unknown"),
    ],
)
def test_why_not(said: str, code: int, reason: str) -> None:
    assert why_not(ProcessFailed("ffprobe", code, said)).reason == reason


@pytest.mark.parametrize(
    "head",
    [
        b"\0\0\0\x20ftypisom\0\0\2\0isom", b"ID3\x04\0\0\0\0\0\0", b"\xff\xfb\x90\0", b"RIFF\0\0\0\0WAVEfmt ",
        b"OggS\0\2",
        b"fLaC\0\0\0\x22", b"\x1aE\xdf\xa3\x01\0", b"G@\0\x10\0", b"#!AMR\n\x3c\x08", b"FORM\0\0\0\0AIFF",
        b"\0\0\1\xba\x44",
    ],
)  # fmt: skip
def test_media_passes_the_first_look(head: bytes) -> None:
    refuse_by_content(head + bytes(range(256)))


def test_every_reason_has_both_sentences() -> None:
    for indonesian, english in SENTENCES.values():
        assert indonesian.endswith(".")
        assert english.endswith(".")
        assert indonesian != english

"""Frames of AudioSocket: what they are on the wire, however they arrive, and what is too much."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lppl.phone.audiosocket import (
    BYTES_PER_S,
    FRAME_BYTES,
    HEADER_BYTES,
    LONGEST_PAYLOAD,
    Decoder,
    Frame,
    Pace,
    Type,
)

CALL = UUID("0123456789abcdef0123456789abcdef")


@pytest.mark.parametrize(
    ("frame", "wire"),
    [
        (Frame(Type.HANGUP), "000000"),
        (Frame(Type.UUID, CALL.bytes), "0100100123456789abcdef0123456789abcdef"),
        (Frame(Type.DTMF, b"9"), "03000139"),
        (Frame(Type.AUDIO, bytes(320)), "100140" + "00" * 320),
        (Frame(Type.ERROR, b"\x02"), "ff000102"),
        (Frame(0x12, b"abcd"), "12000461626364"),
    ],
)
def test_a_frame_is_a_type_a_length_and_a_payload(frame: Frame, wire: str) -> None:
    assert frame.encoded().hex() == wire
    assert Decoder().feed(bytes.fromhex(wire)) == [frame]


@pytest.mark.parametrize(
    ("frame", "key"),
    [
        (Frame(Type.DTMF, b"1"), "1"),
        (Frame(Type.DTMF, b"#"), "#"),
        (Frame(Type.DTMF, b"a"), "A"),
        (Frame(Type.DTMF, b"x"), ""),
        (Frame(Type.DTMF, b"\xb2"), ""),
        (Frame(Type.DTMF, b"12"), ""),
        (Frame(Type.DTMF), ""),
        (Frame(Type.AUDIO, b"1"), ""),
    ],
)
def test_only_a_key_is_a_key(frame: Frame, key: str) -> None:
    assert frame.key == key


def test_only_sixteen_bytes_name_a_call() -> None:
    assert Frame(Type.UUID, CALL.bytes).call == CALL
    assert Frame(Type.UUID, CALL.bytes[:15]).call is None
    assert Frame(Type.AUDIO, CALL.bytes).call is None


frames = st.builds(Frame, st.integers(0, 255), st.binary(max_size=700))


@given(st.lists(frames, max_size=12), st.data())
def test_frames_come_out_as_they_went_in_however_they_are_split(sent: list[Frame], data: st.DataObject) -> None:
    wire = b"".join(frame.encoded() for frame in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=20)))
    decoder, got = Decoder(), list[Frame]()
    for begin, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        got += decoder.feed(wire[begin:end])
    assert (got, decoder.held, decoder.fault) == (sent, 0, "")


@given(st.lists(st.binary(max_size=3000), max_size=20))
def test_anything_at_all_is_decoded_alike_whole_or_in_parts_and_never_piles_up(parts: list[bytes]) -> None:
    decoder, got = Decoder(), list[Frame]()
    for part in parts:
        got += decoder.feed(part)
        assert decoder.held < HEADER_BYTES + LONGEST_PAYLOAD
    whole = Decoder()
    assert got == whole.feed(b"".join(parts))
    assert decoder.fault == whole.fault


def test_a_frame_longer_than_allowed_ends_it_and_those_before_it_still_count() -> None:
    decoder = Decoder()
    longest = Frame(Type.AUDIO, bytes(LONGEST_PAYLOAD))
    too_long = bytes((Type.AUDIO,)) + (LONGEST_PAYLOAD + 1).to_bytes(2, "big")
    assert decoder.feed(longest.encoded() + too_long) == [longest]
    assert decoder.fault == "too-long"
    assert decoder.feed(Frame(Type.HANGUP).encoded()) == []
    assert decoder.held == 0


def sent_for(seconds: float, times: float, frame: Frame) -> bool:
    """Whether a peer that sends `frame` at `times` the usual pace is borne all the time."""
    pace = Pace(0.0)
    count = int(seconds * 50 * times)
    return all(pace.borne(frame, i / (50 * times)) for i in range(count))


AUDIO = Frame(Type.AUDIO, bytes(FRAME_BYTES))


def test_an_hour_of_speech_and_a_burst_after_a_jam_are_borne() -> None:
    assert sent_for(3600, 1.0, AUDIO)
    assert sent_for(600, 2.9, AUDIO)
    pace = Pace(0.0)
    assert all(pace.borne(AUDIO, 0.0) for _ in range(Pace.BURST_BYTES // FRAME_BYTES))


@pytest.mark.parametrize("frame", [AUDIO, Frame(Type.AUDIO), Frame(Type.DTMF, b"1"), Frame(0x55, bytes(8000))])
def test_a_flood_is_not_borne_whatever_it_is_made_of(frame: Frame) -> None:
    assert not sent_for(60, 4.5, frame)


def test_after_a_flood_the_pace_recovers_only_with_time() -> None:
    pace = Pace(0.0)
    while pace.borne(AUDIO, 0.0):
        pass
    assert not pace.borne(AUDIO, 0.001)
    assert pace.borne(AUDIO, 1.0)
    assert pace.left < Pace.TIMES * BYTES_PER_S

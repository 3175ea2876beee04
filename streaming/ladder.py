"""The ladder of a channel's renditions as a multivariant playlist, live and of the past. Pure."""

from collections.abc import Callable

from lppl.media import AudioRung, Profile, VideoRung
from streaming.hls import AudioGroup, MultivariantPlaylist, SubtitleGroup, Variant

LANGUAGE = "id"
LANGUAGE_NAME = "Bahasa Indonesia"
CAPTIONS = "teks"
TARGET_TV = 5
"""A TV segment lasts 2.24 to 5.44 s, rounded 5 (4.4.3.1); what a span of the past cuts is shorter."""
TARGET_RADIO = 4
AUDIO_OVERHEAD = 2_000
"""Box headers of sound, bit/s: 180 sample sizes and 108 bytes in 3.84 s."""
VIDEO_OVERHEAD = 1_500


def target_duration(profile: Profile) -> int:
    """Return EXT-X-TARGETDURATION of a channel's media playlists, seconds."""
    return TARGET_TV if profile.video else TARGET_RADIO


def codec_of(init: bytes) -> str:
    """Return the RFC 6381 name of the picture that an init segment announces."""
    at = init.index(b"avcC") + 4
    return f"avc1.{init[at + 1 : at + 4].hex()}"


def multivariant(
    profile: Profile,
    video_codec: Callable[[VideoRung], str],
    kind: str,
    iframes: str,
    *,
    sound_alone: bool = False,
    base: str = "",
    captions: str = "",
) -> MultivariantPlaylist:
    """Return the playlist that names ``<base><rendition>/<kind>.m3u8`` of each rendition.

    `iframes` is the kind of the I-frame playlists; `sound_alone` leaves the picture out, the leanest first.
    `captions` is the address of the playlist of captions; empty where there are none.
    """
    if sound_alone or not profile.video:
        ordered = reversed(profile.audio) if sound_alone else profile.audio
        variants = [
            Variant(f"{base}{a.name}/{kind}.m3u8", _bandwidth(a), a.bitrate + AUDIO_OVERHEAD, "mp4a.40.2")
            for a in ordered
        ]
        return MultivariantPlaylist((), variants)
    groups: list[AudioGroup | SubtitleGroup] = [
        AudioGroup(a.name, f"{base}{a.name}/{kind}.m3u8", LANGUAGE_NAME, LANGUAGE) for a in profile.audio
    ]
    if captions:
        groups.append(SubtitleGroup(CAPTIONS, captions, "Teks", LANGUAGE))
    variants = []
    for i, rung in enumerate(profile.video):
        audio = profile.audio[0] if i < (len(profile.video) + 1) // 2 else profile.audio[-1]
        variants.append(
            Variant(
                f"{base}{rung.name}/{kind}.m3u8",
                _bandwidth(rung) + _bandwidth(audio),
                rung.bitrate + audio.bitrate + AUDIO_OVERHEAD + VIDEO_OVERHEAD,
                f"{video_codec(rung)},mp4a.40.2",
                (rung.width, rung.height),
                audio.name,
                subtitles=CAPTIONS if captions else None,
            )
        )
    for rung in profile.video:
        # one picture a segment, of at most the encoder's buffer
        peak = round(rung.bitrate * 0.8 / 2.24)
        codec, size = video_codec(rung), (rung.width, rung.height)
        variants.append(Variant(f"{base}{rung.name}/{iframes}.m3u8", peak, peak // 2, codec, size, iframes=True))
    return MultivariantPlaylist(groups, variants)


def _bandwidth(rung: VideoRung | AudioRung) -> int:
    """Peak of a segment: for picture the cap and one encoder buffer over the shortest segment."""
    if isinstance(rung, VideoRung):
        return round(rung.bitrate * 1.36) + VIDEO_OVERHEAD
    return round(rung.bitrate * 1.05) + AUDIO_OVERHEAD

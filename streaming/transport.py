"""A channel's sound as a transport stream, quantum by quantum: what the sound card and relays are fed with."""

from lppl.quanta import AAC_FRAMES, Quanta
from streaming.channel import ChannelStream
from streaming.mpegts import mux_quantum


class ChannelTransport:
    """Implements lppl.ports.TransportFeed over what the channel has committed."""

    def __init__(self, stream: ChannelStream, rendition: str) -> None:
        self._stream, self._rendition = stream, rendition

    def packets(self, q: Quanta) -> bytes | None:
        """Return the TS packets of quantum `q`; None while it is not committed, or was off the air."""
        pieces = self._stream.timeline.pieces(q, Quanta(q + 1))
        if not pieces or pieces[0].item.house is None:
            return None
        frames = self._stream.packager.aac(self._rendition, pieces[0])
        return mux_quantum(q, frames[:AAC_FRAMES])

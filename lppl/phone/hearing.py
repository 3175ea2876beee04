"""How loud a caller is, and since when nothing was said. Pure; cheap enough for every frame of every call."""

import array
import math
import sys
from dataclasses import dataclass

QUIETEST_DBFS = -120.0
"""What silence is given as: it has no level."""
EVERY = 7
"""Looking at every 7th sample is enough to tell speech from a quiet line. An even share of 8000 Hz would not do:
every 8th sample of a tone of 1 kHz always is the same one."""
FRAMES_HEARD = 3
"""So many loud frames in a row are speech; one alone is a click."""


def level_dbfs(pcm: bytes, every: int = EVERY) -> float:
    """Return the RMS level of signed 16-bit little-endian samples in dB of full scale; an odd last byte is left out."""
    samples = array.array("h")
    samples.frombytes(pcm[: len(pcm) & ~1])
    if sys.byteorder == "big":
        samples.byteswap()
    seen = samples[::every]
    power = sum(sample * sample for sample in seen)
    if not power:
        return QUIETEST_DBFS
    return max(QUIETEST_DBFS, 10 * math.log10(power / len(seen) / 32768.0**2))


@dataclass(slots=True)
class Hearing:
    """When a caller was last heard. `since` is when listening began; all times in seconds of one clock."""

    threshold_dbfs: float
    since: float
    heard: bool = False
    """Whether anything was said at all."""
    _loud: int = 0

    def listen(self, pcm: bytes, now: float) -> None:
        """Take in a frame that came at `now`."""
        self._loud = self._loud + 1 if level_dbfs(pcm) > self.threshold_dbfs else 0
        if self._loud >= FRAMES_HEARD:
            self.heard, self.since = True, now

    def silent_s(self, now: float) -> float:
        """Return for how long nothing was said. It goes by the clock: some phones send nothing while nobody speaks."""
        return now - self.since

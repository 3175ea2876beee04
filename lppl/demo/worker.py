"""The child process that draws and composes, so that arithmetic never holds up the service.

``work()`` in :mod:`lppl.demo.making` starts it with a JSON list of ``[job, {arguments}]``; each job writes
the files it is told to write. Nothing here reads a clock, a network or a setting.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Job = Callable[..., None]


def slate(out: str, size: list[int], station: str, channel: str) -> None:
    """Draw the slate's card."""
    from lppl.demo import cards

    cards.slate((size[0], size[1]), station, channel).save(out, compress_level=1)


def ground(out: str, size: list[int], pattern: str, shade: float = 0.0) -> None:
    """Draw a ground one period wider than `size`, `shade` darker than usual."""
    from lppl.demo import batik, cards

    wanted = (size[0], size[1])
    picture = cards.ground(pattern, wanted, cards.period(pattern, wanted))
    if shade:
        picture = batik.dimmed(picture, least=shade, most=shade)
    picture.save(out, compress_level=1)


def title(out: str, size: list[int], name: str, above: str, below: str) -> None:
    """Draw a station's name on a transparent layer."""
    from lppl.demo import cards

    cards.title_layer((size[0], size[1]), name, above, below).save(out, compress_level=1)


def card(out: str, size: list[int], label: str, title: str, lines: list[str], footer: str) -> None:
    """Draw an information card on a transparent layer."""
    from lppl.demo import cards

    cards.card((size[0], size[1]), label, title, lines, footer).save(out, compress_level=1)


def still(out: str, size: list[int], title: str, lines: list[str]) -> None:
    """Draw the picture that a sound-only item shows on television."""
    from lppl.demo import cards

    cards.still((size[0], size[1]), title, lines).save(out, compress_level=1)


def rosette(out: str, side: int) -> None:
    """Draw the medallion."""
    from lppl.demo import batik

    batik.rosette(side).save(out, compress_level=1)


def frieze(out: str, width: int, height: int) -> None:
    """Draw the band of kawung, one period wider than `width`."""
    from lppl.demo import cards

    cards.frieze(width + height - 8, height).save(out, compress_level=1)


def clock(folder: str, size: list[int], hour: int, count: int, channel: str, zone: str) -> None:
    """Draw the clock's layers ``00.png``, ``01.png``, ... into `folder`."""
    from lppl.demo import cards

    for i, frame in enumerate(cards.clock_frames((size[0], size[1]), hour, count, channel, zone)):
        frame.save(Path(folder) / f"{i:02d}.png", compress_level=1)


def cover(out: str, side: int, pattern: str, title: str, artist: str) -> None:
    """Draw a cover as JPEG."""
    from lppl.demo import cards

    cards.cover(side, pattern, title, artist).save(out, "JPEG", quality=88)


def test_picture(out: str, size: list[int], channel: str) -> None:
    """Draw the test picture."""
    from lppl.demo import cards

    cards.test_picture((size[0], size[1]), channel).save(out, compress_level=1)


def chime(out: str, seconds: float, rising: bool = True) -> None:
    """Play the station's call into a wave file."""
    from lppl.demo import gamelan

    gamelan.chime(seconds, rising=rising).write(Path(out))


def bed(out: str, seconds: float, peak: float = 0.5) -> None:
    """Play the seamless soft bed into a wave file."""
    from lppl.demo import gamelan

    gamelan.bed(seconds).write(Path(out), peak)


def piece(out: str, name: str) -> None:
    """Play a piece of music into a wave file."""
    from lppl.demo import gamelan

    gamelan.perform(name).write(Path(out))


JOBS: Mapping[str, Job] = {
    job.__name__: job
    for job in (slate, still, ground, title, card, rosette, frieze, clock, cover, test_picture, chime, bed, piece)
}


def main(text: str) -> None:
    """Do every job of the JSON list `text`. Raises KeyError for an unknown job."""
    orders: list[tuple[str, dict[str, Any]]] = json.loads(text)
    for name, arguments in orders:
        JOBS[name](**arguments)


if __name__ == "__main__":
    main(sys.argv[1])

"""Plays a URL with libvlc into nothing, for some seconds, and prints what it saw as JSON.

A process of its own, started as a file: libvlc keeps threads and signal handlers. Arguments: URL, seconds.
"""

import json
import sys
import time

import vlc

START_S = 60.0
OPTIONS = (
    "--quiet", "--aout=dummy", "--vout=dummy", "--no-video-title-show", "--network-caching=3000",
    "--no-drop-late-frames", "--no-skip-frames",  # what is lost then was lost by the stream, not by a busy machine
)  # fmt: skip


def main(url: str, seconds: float) -> dict[str, object]:
    """Play `url`; return states, statistics and how far the position went while playing."""
    instance = vlc.Instance(
        "--quiet", "--aout=dummy", "--vout=dummy", "--no-video-title-show", "--network-caching=3000"
    )
    player = instance.media_player_new()
    player.set_media(instance.media_new(url))
    player.play()
    end = time.monotonic() + START_S
    while (player.get_state() != vlc.State.Playing or player.get_time() <= 0) and time.monotonic() < end:
        time.sleep(0.1)
    before = statistics(player)
    begun, first = time.monotonic(), player.get_time()
    states, errors = set(), 0
    while time.monotonic() < begun + seconds:
        state = player.get_state()
        states.add(str(state).split(".")[-1])
        errors += state == vlc.State.Error
        time.sleep(0.2)
    took, moved = time.monotonic() - begun, player.get_time() - first
    counted = {name: value - before[name] for name, value in statistics(player).items()}
    player.stop()
    return {"states": sorted(states), "errors": errors, "seconds": took, "advanced_s": moved / 1000, **counted}


def statistics(player: vlc.MediaPlayer) -> dict[str, int]:
    """Return what VLC counts while it plays."""
    stats = vlc.MediaStats()
    player.get_media().get_stats(stats)
    names = ("displayed_pictures", "lost_pictures", "lost_abuffers", "demux_corrupted", "demux_discontinuity")
    return {name: int(getattr(stats, name)) for name in names}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], float(sys.argv[2]))))

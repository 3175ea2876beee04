"""Plays a URL with libvlc into nothing, for some seconds, and prints what it saw as JSON.

A process of its own, started as a file: libvlc keeps threads and signal handlers. Arguments: URL, seconds.
"""

import json
import sys
import time

import vlc

START_S = 60.0


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
    begun, first = time.monotonic(), player.get_time()
    states, errors = set(), 0
    while time.monotonic() < begun + seconds:
        state = player.get_state()
        states.add(str(state).split(".")[-1])
        errors += state == vlc.State.Error
        time.sleep(0.2)
    took, moved = time.monotonic() - begun, player.get_time() - first
    stats = vlc.MediaStats()
    player.get_media().get_stats(stats)
    player.stop()
    return {
        "states": sorted(states),
        "errors": errors,
        "seconds": took,
        "advanced_s": moved / 1000,
        "displayed_pictures": stats.displayed_pictures,
        "lost_pictures": stats.lost_pictures,
        "lost_abuffers": stats.lost_abuffers,
        "demux_corrupted": stats.demux_corrupted,
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], float(sys.argv[2]))))

"""The process that holds libvlc: a transport stream on standard input, sound out of a card.

Run as a file, in a process of its own, so that a crash or hang of libvlc or of a card's driver ends here.
It imports nothing of the product. Standard output carries one JSON object a line (see `report`); VLC's own
complaints go to standard error; the end of standard input ends the process, so it never outlives its
parent.

    vlc_child.py '{"device": "default", "gain_db": 0, "caching_ms": 300}'
    vlc_child.py --list
"""

import array
import ctypes
import json
import math
import os
import queue
import sys
import threading
import time
import wave
from pathlib import Path
from typing import Any

import vlc

RATE = 48_000
CHANNELS = 2
FRAME_BYTES = 2 * CHANNELS
REPORT_S = 0.5
PUMP_BYTES = 1 << 16
SLACK_US = 40_000
"""A card keeps playing across smaller steps in time; VLC itself acts only on larger ones."""


class Meter:
    """What the decoded programme sounds like, and when VLC means it to leave."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._peak = 0
        self._ahead_us: int | None = None
        self.blocks = 0

    def take(self, samples: bytes, ahead_us: int) -> None:
        """Note one block: 16-bit samples, and how far ahead of its playing it came."""
        values = array.array("h", samples)
        peak = max(max(values), -min(values)) if values else 0
        with self._lock:
            self.blocks += 1
            self._peak = max(self._peak, peak)
            self._ahead_us = ahead_us if self._ahead_us is None else max(self._ahead_us, ahead_us)

    def read(self) -> dict[str, Any]:
        """Return the figures since the last call: blocks (in all), peak in dBFS, the most time ahead in ms."""
        with self._lock:
            peak, self._peak = self._peak, 0
            ahead, self._ahead_us = self._ahead_us, None
        return {
            "blocks": self.blocks,
            "peak_dbfs": round(20 * math.log10(peak / 32768), 1) if peak else None,
            "ahead_ms": None if ahead is None else ahead / 1000,
        }


class FileCard:
    """A sound card made of a WAV file: each sample is written when it would leave, silence where none came.

    An existing file is continued.
    """

    def __init__(self, path: Path) -> None:
        past = b""
        if path.exists() and path.stat().st_size > 44:
            past = path.read_bytes()[44:]
        self._path = path
        self._file = path.open("wb")
        self._wav = wave.open(self._file, "wb")  # noqa: SIM115 - open for the life of the process
        self._wav.setnchannels(CHANNELS)
        self._wav.setsampwidth(2)
        self._wav.setframerate(RATE)
        self._wav.writeframes(past)
        self._blocks: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
        threading.Thread(target=self._write, daemon=True).start()

    def take(self, samples: bytes, pts_us: int) -> None:
        """Queue a block that leaves at `pts_us` of VLC's clock."""
        self._blocks.put((pts_us, samples))

    def _write(self) -> None:
        expected: int | None = None
        while True:
            pts, samples = self._blocks.get()
            wait = (pts - vlc.libvlc_clock()) / 1e6
            if wait > 0:
                time.sleep(wait)
            if expected is not None and pts - expected > SLACK_US:
                self._wav.writeframes(bytes((pts - expected) * RATE // 1_000_000 * FRAME_BYTES))
                expected = pts
            if expected is None or expected - pts > SLACK_US:
                expected = pts
            self._wav.writeframes(samples)
            self._file.flush()
            expected += len(samples) // FRAME_BYTES * 1_000_000 // RATE


class Player:
    """One libvlc player on a pipe of its own."""

    def __init__(self, options: list[str], caching_ms: int, gain_db: float) -> None:
        self._out, self._in = os.pipe()
        common = [
            "--ignore-config",
            "--no-video",
            "--no-spu",
            "--no-lua",
            "--no-media-library",
            "--no-volume-save",
            "--verbose=1",
            f"--file-caching={caching_ms}",
            f"--network-caching={caching_ms}",
            f"--live-caching={caching_ms}",
            # a late clock reference must not make the delay grow for good
            "--clock-jitter=0",
        ]
        self._instance = vlc.Instance([*common, f"--gain={10 ** (gain_db / 20):.4f}", *options])
        if self._instance is None:
            raise RuntimeError("libvlc does not start")
        self.player = self._instance.media_player_new()
        # "stream" (not "file" or "fd"): its pace is not VLC's to choose, so VLC follows the PCR
        self.media = self._instance.media_new(f"stream:///proc/self/fd/{self._out}")
        self.media.add_option(":demux=ts")
        self.player.set_media(self.media)
        self._callback: Any = None

    def listen(self, meter: Meter, card: FileCard | None) -> None:
        """Send the decoded sound to `meter` and `card` instead of an output of VLC's."""

        def play(_opaque: Any, samples: int, count: int, pts: int) -> None:
            block = ctypes.string_at(samples, count * FRAME_BYTES)
            meter.take(block, pts - vlc.libvlc_clock())
            if card:
                card.take(block, pts)

        self._callback = vlc.CallbackDecorators.AudioPlayCb(play)  # kept: C holds no reference
        self.player.audio_set_callbacks(self._callback, None, None, None, None, None)
        self.player.audio_set_format("S16N", RATE, CHANNELS)

    def feed(self, data: bytes) -> None:
        """Hand over stream bytes; blocks while VLC does not read."""
        while data:
            data = data[os.write(self._in, data) :]

    def report(self) -> dict[str, Any]:
        """Return the player's state and its counters."""
        stats = vlc.MediaStats()
        self.media.get_stats(stats)
        state = str(self.player.get_state()).removeprefix("State.").lower()
        return {"state": state, "played": stats.played_abuffers, "lost": stats.lost_abuffers}


def output_options(device: str) -> list[str]:
    """Return VLC's options for a real card: ``pulse[:SINK]``, else the name of an ALSA device."""
    if device == "pulse" or device.startswith("pulse:"):
        return ["--aout=pulse,none"]
    return ["--aout=alsa,none", f"--alsa-audio-device={device}"]


def players(settings: dict[str, Any], meter: Meter) -> list[Player]:
    """Return the started players: the card's first; with a real card a second one only measures."""
    device, caching = settings["device"], settings["caching_ms"]
    gain = float(settings["gain_db"])
    listener = Player(["--aout=adummy"], caching, gain)
    if device == "dummy" or device.startswith("file:"):
        listener.listen(meter, FileCard(Path(device[5:])) if device.startswith("file:") else None)
        made = [listener]
    else:
        listener.listen(meter, None)
        card = Player(output_options(device), caching, gain)
        if device.startswith("pulse:"):
            card.player.audio_output_device_set(None, device[6:])
        card.player.audio_set_volume(100)
        made = [card, listener]
    for player in made:
        player.player.play()
    return made


def report(made: list[Player], meter: Meter) -> None:
    """Write one line of figures; the process ends when nobody reads them."""
    line = json.dumps(made[0].report() | meter.read())
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os._exit(0)


def pump(made: list[Player]) -> None:
    """Copy standard input to every player until it ends, then end the process."""
    while data := os.read(0, PUMP_BYTES):
        for player in made:
            player.feed(data)
    os._exit(0)  # libvlc's own way out may hang on a lost card; nothing here needs an orderly end


def list_devices() -> None:
    """Print the cards that VLC knows, as JSON: a list of {"device", "name"}."""
    instance = vlc.Instance(["--ignore-config", "--no-video", "--quiet"])
    found = [{"device": "dummy", "name": "dummy"}]
    for module, prefix in (("alsa", ""), ("pulse", "pulse:")):
        head = item = instance.audio_output_device_list_get(module)
        while item:
            name = item.contents.device.decode("utf-8", "replace")
            text = item.contents.description.decode("utf-8", "replace").replace("\n", " - ")
            found.append({"device": prefix + name if name else prefix.rstrip(":") or "default", "name": text})
            item = item.contents.next
        if head:
            vlc.libvlc_audio_output_device_list_release(head)
    print(json.dumps(found), flush=True)


def main() -> None:
    """Play until standard input ends."""
    if sys.argv[1] == "--list":
        list_devices()
        return
    meter = Meter()
    made = players(json.loads(sys.argv[1]), meter)
    threading.Thread(target=pump, args=(made,), daemon=True).start()
    while True:
        report(made, meter)  # the first one says that a stream can come
        time.sleep(REPORT_S)


if __name__ == "__main__":
    main()

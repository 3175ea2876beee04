"""The station's own material: slate and ident for every channel, and a whole demo station.

Everything is made on the station's machine when it is needed, by Pillow, arithmetic, ffmpeg and (where it is
installed) espeak-ng; nothing is shipped. This package only makes files; it knows nothing of the library.
"""

from lppl.demo.builtin import make_ident, make_slate
from lppl.demo.making import Tools
from lppl.demo.station import DemoStation, make_demo, write_schedules

__all__ = ["DemoStation", "Tools", "make_demo", "make_ident", "make_slate", "write_schedules"]

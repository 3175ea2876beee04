"""What a plan remembers while it is built: who aired when, whose tail is still to come, what a rotation keeps apart.

A fold over airings, past or planned alike, which is why a plan made anew from any line on is the same plan.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from lppl.media import AssetId, Material
from lppl.ports import Aired
from lppl.quanta import Quanta
from lppl.rundown import Line
from scheduler.fill import Admits, Catalogue, air_length
from scheduler.plan import Crossfade, Rules

OVERLAPS = 4
"""An item that another one overlaps with is longer than so many overlaps."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The last airing: `material` until `until` quanta of it, at air time `end`.

    `head`: only its beginning has aired, over the end of the item before it.
    """

    material: Material
    until: Quanta
    end: Quanta
    head: bool = False


class Memory:
    """Airings so far. `last` maps assets to the air time of their last start; it grows while a build goes on."""

    def __init__(self, catalogue: Catalogue, crossfade: Crossfade | None = None) -> None:
        self._catalogue, self._crossfade = catalogue, crossfade
        self.last: dict[AssetId, Quanta] = {}
        self._words: tuple[dict[str, Quanta], dict[str, Quanta], dict[str, Quanta]] = ({}, {}, {})
        self.starts: list[Quanta] = []
        self._assets: list[AssetId | None] = []  # beside starts; None for a fixed line
        self.previous: AssetId | None = None
        self.ending: Ending | None = None

    def recall(self, asset: AssetId, start: Quanta) -> None:
        """Note an airing so old that only its order matters."""
        self.last[asset] = start
        self._note_words(asset, start)
        self.previous = asset

    def note(self, asset: AssetId, start: Quanta, end: Quanta, until: Quanta, *, fixed: bool) -> None:
        """Note one airing; `until`: how far into the asset it came (0: not known)."""
        self.starts.append(start)
        self._assets.append(None if fixed else asset)
        self.last[asset] = start
        self._note_words(asset, start)
        self.previous = asset
        self.ending = self._ending(self.ending, asset, start, end, until)

    def _ending(
        self, before: Ending | None, asset: AssetId, start: Quanta, end: Quanta, until: Quanta
    ) -> Ending | None:
        material = self._catalogue.of(asset)
        if material is None:
            return None
        length = end - start
        over = (
            self._crossfade is not None
            and before is not None
            and before.end == start
            and before.material.asset != asset
            and before.until + length == before.material.cue_out
            and length == self._crossfade.of(before.material)
            and air_length(material) > OVERLAPS * length
        )
        if over and until in (0, material.cue_in + length):
            return Ending(material, Quanta(material.cue_in + length), end, head=True)
        return Ending(material, until, end) if until else None

    def go_on(self, end: Quanta, until: Quanta) -> None:
        """Note that the last airing went on until `end`."""
        if self.ending is not None:
            self.ending = Ending(self.ending.material, until, end)

    def _note_words(self, asset: AssetId, start: Quanta) -> None:
        material = self._catalogue.of(asset)
        if material is not None:
            for known, word in zip(self._words, words_of(material), strict=True):
                if word:
                    known[word] = start

    def last_before(self, asset: AssetId, q: Quanta) -> Quanta | None:
        """Return when an asset last started, when that was before `q`; else None."""
        last = self.last.get(asset)
        return last if last is not None and last < q else None

    def aired_since(self, q: Quanta) -> Sequence[AssetId]:
        """Return what aired from `q` on, without fixed lines, oldest first."""
        return [a for a in self._assets[bisect_left(self.starts, q) :] if a is not None]

    def just_aired(self, among: frozenset[AssetId]) -> set[AssetId]:
        """Return what of `among` aired without anything else after it."""
        found: set[AssetId] = set()
        for asset in reversed(self._assets):
            if asset is None or asset not in among:
                break
            found.add(asset)
        return found

    # ---- separation ----

    def kept_apart(self, rules: Rules, q: Quanta) -> Admits:
        """Return a predicate: may an item start at `q` by `rules`?"""
        artists, titles, albums = self._words
        last = self.last
        far = Quanta(-(1 << 62))

        def admits(material: Material) -> bool:
            if rules.again and q - last.get(material.asset, far) < rules.again:
                return False
            artist, title, album = words_of(material)
            return not (
                (rules.artist and artist and q - artists.get(artist, far) < rules.artist)
                or (rules.title and title and q - titles.get(title, far) < rules.title)
                or (rules.album and album and q - albums.get(album, far) < rules.album)
            )

        return admits


def words_of(material: Material) -> tuple[str, str, str]:
    """Return what rotations keep apart: artist, title, album, folded; the album only together with its artist."""
    artist = " ".join(material.artist.casefold().split())
    album = " ".join(material.album.casefold().split())
    return artist, " ".join(material.title.casefold().split()), f"{artist}|{album}" if album else ""


LOOSER = (("album", "album"), ("artist", "artis"), ("title", "judul"), ("again", "jarak putar"))
"""In which order separation is given up when the library cannot meet it: field of `Rules`, and its Indonesian name."""


def loosened(rules: Rules) -> Sequence[tuple[Rules, str]]:
    """Return rules that ask for less and less, each with the names of what was given up. The last asks for nothing."""
    found: list[tuple[Rules, str]] = []
    kept = {name: getattr(rules, name) for name, _ in LOOSER}
    given_up: list[str] = []
    for name, word in LOOSER:
        if kept[name]:
            kept[name] = Quanta(0)
            given_up.append(word)
            found.append((Rules(**kept), ", ".join(given_up)))
    return found


def aired_line(line: Line) -> Aired:
    """Return what a planned line will be in the past; what was rendered does not tell how far its asset came."""
    rendered = not line.material.house.startswith(line.material.asset)
    return Aired(line.material.asset, line.start, line.length, Quanta(0 if rendered else line.in_point + line.length))

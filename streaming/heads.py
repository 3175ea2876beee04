"""The first pictures of a span that begins inside a GOP, encoded anew so that it begins exactly there.

A picture inside a GOP needs those before it. What lies from the first picture wanted to the next key frame (at most 40
frames) is decoded and encoded once, with the same pinned parameters, so that what follows joins without a mark. A head
is an ordinary house set without sound, in a folder of its own; when it is gone it is made again.
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from lppl import durable, process
from lppl.errors import HouseFileDamaged
from lppl.media import Facts, HouseId, Profile, VideoFacts, VideoRung
from lppl.quanta import Quanta, seconds
from streaming.fmp4 import VideoTrack, fragment_header, init_segment, read_track
from streaming.house import SET_FILE, HouseSet, HouseStore, Rendition, RenditionWriter, SetInfo, folder_of

RECIPE = "head"
MAKING = ".making-"
VERSION = 1
"""Raised when the same head would be made of other bytes."""
KEEP = 200
"""Heads on disk: at most 0.8 MB each."""
PATIENCE_S = 20.0


def head_id(house: HouseId, start: Quanta, end: Quanta) -> HouseId:
    """Name the head [start, end), in quanta of `house`."""
    text = f"{VERSION}:{house}:{start}:{end}"
    return HouseId(f"{hashlib.blake2b(text.encode(), digest_size=20).hexdigest()}.{RECIPE}")


class Archive(HouseStore):
    """House sets and heads as one store, beside that of the air, whose open files must not be pushed out."""

    def __init__(self, root: Path, heads: Path, keep: int = 24) -> None:
        super().__init__(root, keep)
        self.heads = HouseStore(heads, keep)

    def get(self, house: HouseId) -> HouseSet:
        """Return the open set. Raises HouseFileDamaged."""
        return self.heads.get(house) if house.endswith(f".{RECIPE}") else super().get(house)

    def there(self, house: HouseId) -> bool:
        """Tell whether `house` is on disk, without opening it: sets appear whole."""
        return (folder_of(self.root, house) / SET_FILE).exists()


class Heads:
    """Makes heads for channels of one profile, one at a time."""

    def __init__(self, archive: Archive, profile: Profile, keep: int = KEEP) -> None:
        self._archive, self._profile, self._keep = archive, profile, keep
        self._making = asyncio.Lock()

    async def made(self, house: HouseId, start: Quanta, end: Quanta) -> HouseId:
        """Return the head [start, end) of `house`, making it when it is not there.

        `end` is not after the next key frame. Raises LpplError, OSError, ValueError; TimeoutError after 20 s.
        """
        head = head_id(house, start, end)
        folder = folder_of(self._archive.heads.root, head)
        async with self._making:
            if not await asyncio.to_thread(_touched, folder):
                await self._make(house, start, end, head, folder)
        return head

    async def _make(self, house: HouseId, start: Quanta, end: Quanta, head: HouseId, folder: Path) -> None:
        # imported late: what makes encoders' commands is not needed to serve
        from streaming.commands import video_argv

        work = Path(await asyncio.to_thread(_work_folder, self._archive.heads.root))
        try:
            source, key, rungs = await asyncio.to_thread(self._cut_out, house, start, end, work)
            lead = rungs[0]
            picture = VideoFacts(
                0, "h264", lead.width, lead.height, 0, 25.0, False, "yuv420p", "1:1", "bt709",
                seconds(end - key), "bt709",
            )  # fmt: skip
            facts = Facts("mov", 0.0, picture.duration_s, picture, None)
            made = [work / f"{rung.name}.mp4" for rung in rungs]
            # a profile that says what the set is made of, not what the channel sends today
            profile = replace(self._profile, video=rungs)
            argv = video_argv(source, facts, profile, (Quanta(start - key), end - start), made, None)
            await process.run(argv, timeout=PATIENCE_S)
            await asyncio.to_thread(self._finish, head, Quanta(end - start), rungs, work, folder)
        finally:
            await asyncio.to_thread(partial(shutil.rmtree, work, ignore_errors=True))

    def _cut_out(
        self, house: HouseId, start: Quanta, end: Quanta, work: Path
    ) -> tuple[Path, Quanta, tuple[VideoRung, ...]]:
        """Write the largest picture from the key frame before `start` as a file of its own; return its first quantum.

        Lower rungs are scaled from it: it is the nearest to the source.
        """
        found = self._archive.get(house)
        key = found.key(start)
        tracks = {n: r.track for n, r in found.renditions.items() if isinstance(r.track, VideoTrack)}
        rungs = [
            replace(rung, width=track.width, height=track.height)
            for rung in self._profile.video
            if (track := tracks.get(rung.name))
        ]
        if key is None or not rungs:
            raise HouseFileDamaged(str(house), "no picture to begin with")
        rungs.sort(key=lambda rung: -rung.height)
        lead: Rendition = found.renditions[rungs[0].name]
        span = lead.span(key, end - key)
        source = work / "source.mp4"
        head = fragment_header(0, lead.ticks_per_quantum, span.sizes, span.payload, video=True)
        source.write_bytes(init_segment(lead.track) + head + lead.read(span))
        return source, key, tuple(rungs)

    def _finish(self, head: HouseId, quanta: Quanta, rungs: tuple[VideoRung, ...], work: Path, folder: Path) -> None:
        try:
            with durable.new_folder(folder) as beside:
                made = {}
                for rung in rungs:
                    with (work / f"{rung.name}.mp4").open("rb") as f:
                        samples = read_track(f)
                        track = VideoTrack(rung.width, rung.height, samples.avcc)
                        writer = RenditionWriter(beside, rung.name, track)
                        writer.add(f, samples, 0, quanta)
                        made[rung.name] = writer.close()
                info = SetInfo(head, self._profile.kind, quanta, made, "", "", "", True, None, 0.0, False, ())
                (beside / SET_FILE).write_bytes(info.to_json())
        except OSError:
            if not (folder / SET_FILE).exists():  # else another process made the same one meanwhile
                raise
        self._let_go()

    def _let_go(self) -> None:
        """Remove the heads that were used longest ago, and what a kill left half made."""
        root = self._archive.heads.root
        found: list[tuple[float, Path]] = []
        left: list[tuple[float, Path]] = []
        for pattern, ages in ((f"??/*/{RECIPE}", found), (f"{MAKING}*", left)):
            for path in root.glob(pattern):
                with contextlib.suppress(OSError):
                    ages.append((path.stat().st_mtime, path))
        old = [path.parent for _, path in sorted(found)[: -self._keep]]
        old += [path for made, path in left if time.time() - made > 60 * PATIENCE_S]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)


def _work_folder(root: Path) -> str:
    root.mkdir(parents=True, exist_ok=True)
    return tempfile.mkdtemp(dir=root, prefix=MAKING)


def _touched(folder: Path) -> bool:
    """Note that a head is used; tell whether it is there."""
    try:
        os.utime(folder)
        return (folder / SET_FILE).exists()
    except OSError:
        return False

"""What lies in the work folder of enclosures: a start removes what was left behind, nothing that is worked on."""

import fcntl
import os
from pathlib import Path
from typing import Any

from lppl.intake.files import SealedFiles
from lppl.station.enclosure_work import WORK, Enclosures


async def test_a_start_leaves_alone_what_another_process_works_on(tmp_path: Path) -> None:
    files = SealedFiles(tmp_path)
    nobody: Any = None  # clearing asks neither records nor keys
    desk = Enclosures(nobody, nobody, files, nobody, nobody, nobody, nobody)
    await desk.clear()  # the folder is not there yet
    for name in ("theirs", "left"):
        (files.folder / WORK / name).mkdir(parents=True)
        (files.folder / WORK / name / "raw").write_bytes(b"as it came")
    theirs = os.open(files.folder / WORK / "theirs", os.O_RDONLY)
    fcntl.flock(theirs, fcntl.LOCK_EX)  # as long as the other process lives
    await desk.clear()
    assert [path.name for path in (files.folder / WORK).iterdir()] == ["theirs"]
    assert (files.folder / WORK / "theirs" / "raw").exists()
    os.close(theirs)
    await desk.clear()
    assert list((files.folder / WORK).iterdir()) == []

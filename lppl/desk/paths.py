"""Folders and files of the media folder that match what somebody types, for forms that want one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from lppl.database import READS
from lppl.records import BUILTIN
from lppl.tables import asset_files

MOST = 15


@dataclass(frozen=True, slots=True)
class Paths:
    """What matches, in the order of the paths; `folders` without a slash at the end."""

    folders: Sequence[str]
    files: Sequence[str]


async def paths(engine: AsyncEngine, words: str) -> Paths:
    """Return folders and files whose path holds `words`, at most 15 of each; without words the first folders."""
    path = asset_files.c.path
    folder = func.rtrim(path, func.replace(path, "/", "")).label("folder")  # up to the last slash
    known = (asset_files.c.asset_id.is_not(None), ~path.startswith(BUILTIN))
    folders = select(folder).where(*known, folder != "").distinct().order_by(folder).limit(MOST)
    files = select(path).where(*known).order_by(path).limit(MOST)
    if words:
        folders = folders.where(folder.icontains(words, autoescape=True))
        files = files.where(path.icontains(words, autoescape=True))
    async with engine.execution_options(**READS).connect() as connection:
        found = [row.folder.rstrip("/") for row in await connection.execute(folders)]
        return Paths(found, [row.path for row in await connection.execute(files)])

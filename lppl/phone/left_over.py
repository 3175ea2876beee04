"""Calls that lie in the folder since a kill or an error kept them from being handed in: found, opened, handed in.

Their keys are wrapped anew when the master key was turned, so that a call may wait for however long. What no master key
opens that is there is left lying and told: the keys may come back.
"""

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import structlog

from lppl import durable
from lppl.intake.keyring import KeyGone, Keyring, PersonKey
from lppl.phone import notes, recording, unsealed
from lppl.phone.call import handed_in
from lppl.phone.recording import Disk, recorded, remove
from lppl.phone.sound import HEAD_BYTES, head, wrapped_in
from lppl.phone.values import CallTaken, Clock, Desk, Note, Sound, Stage

log = structlog.get_logger(__name__)

LOCKED = "kunci induk panggilan ini tidak ada di keys_dir; panggilan menunggu / waits for its master key in keys_dir"


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What lies in a folder: calls to be handed in, and those that cannot be opened just now."""

    calls: Sequence[CallTaken] = ()
    locked: Sequence[UUID] = ()


class Locked(Exception):
    """No master key that is there opens a call, or the folder of keys is away."""


def left_over(folder: Path, keyring: Keyring, busy: Collection[UUID] = ()) -> LeftOver:
    """Return what a kill or an error left in `folder`, its keys wrapped by the newest master key.

    Calls in `busy` are going on and are not touched. What holds nothing to hand in is removed; what the disk refuses
    is left for the next time. Blocks; raises OSError when the folder cannot be read.
    """
    taken, locked = [], []
    for uuid, came in _lying(folder, busy).items():
        try:
            for unfinished in folder.glob(f".{uuid}.*"):  # a note that was never written whole: an older one stands
                unfinished.unlink(missing_ok=True)
            call = _call(folder, uuid, came, keyring)
            if call is None:
                remove(folder, uuid)
                continue
            taken.append(call)
            wrap_anew(folder, uuid, keyring)
        except Locked:
            locked.append(uuid)
        except OSError:
            continue
    return LeftOver(taken, locked)


def wrap_anew(folder: Path, uuid: UUID, keyring: Keyring) -> None:
    """Wrap the key of a call by the newest master key where a former one did. Blocks; raises OSError.

    The note is replaced as a whole before the copy in the head of the sound is written over: whatever a power cut
    leaves, one of them opens.
    """
    note = notes.read(folder, uuid)
    with suppress(KeyGone):
        if note is not None and (fresh := keyring.renewed(note.wrapped)) != note.wrapped:
            durable.write_file(notes.path_of(folder, uuid), replace(note, wrapped=fresh).encoded(), notes.MODE)
    wrapped = wrapped_in(_begin(folder, uuid))
    with suppress(KeyGone):
        if wrapped is not None and (fresh := keyring.renewed(wrapped)) != wrapped:
            fd = os.open(recording.path_of(folder, uuid), os.O_WRONLY | os.O_CLOEXEC)
            try:
                os.pwrite(fd, head(fresh), 0)
                os.fdatasync(fd)
            finally:
                os.close(fd)


def wrapped_keys(folder: Path) -> frozenset[bytes]:
    """Return the wrapped keys of all calls in `folder`, which may be another process's. Blocks; raises OSError."""
    return frozenset(
        wrapped for uuid in _lying(folder) for wrapped in _wrapped(notes.read(folder, uuid), _begin(folder, uuid))
    )


def _lying(folder: Path, busy: Collection[UUID] = ()) -> dict[UUID, datetime]:
    """Return the calls that have files, and since when. Raises OSError."""
    if not folder.is_dir():
        return {}
    found: dict[UUID, datetime] = {}
    for path in sorted(folder.iterdir()):
        try:
            uuid = UUID(path.name.lstrip(".").partition(".")[0])
            came = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except (ValueError, OSError):  # no file of a call; or gone meanwhile
            continue
        if uuid not in busy:
            found[uuid] = min(came, found.get(uuid, came))
    return found


def _call(folder: Path, uuid: UUID, came: datetime, keyring: Keyring) -> CallTaken | None:
    """Return what is to be handed in of one call. Raises Locked, OSError."""
    if notes.path_of(folder, uuid).exists() or recording.path_of(folder, uuid).exists():
        return _handed(*_opened(folder, uuid, came, keyring))
    return _handed(unsealed.read_note(folder, uuid, came), unsealed.finish(folder, uuid))


def _opened(folder: Path, uuid: UUID, came: datetime, keyring: Keyring) -> tuple[Note, Sound | None]:
    """Return note and sound of a sealed call; either may be damaged: both have its key. Raises Locked, OSError."""
    note, begin = notes.read(folder, uuid), _begin(folder, uuid)
    wrapped = _wrapped(note, begin)
    keys = _unwrapped(keyring, wrapped)
    sound = next((found for key in keys if (found := recorded(folder, uuid, key))), None)
    sealed = len(begin) > HEAD_BYTES and sound is None
    if (sealed and len(keys) < len(wrapped)) or (not keys and (sealed or wrapped)):
        raise Locked
    if note is None:
        return Note(uuid, "", "", came), sound
    for key in keys:
        with suppress(notes.NoteDamaged):
            return note.opened(uuid, key), sound
    return Note(uuid, "", "", note.began), sound


def _wrapped(note: notes.SealedNote | None, begin: bytes) -> set[bytes]:
    """Return the wrapped keys that a note and the head of a sound name: one, unless a turn was cut short. Pure."""
    return {each for each in (note and note.wrapped, wrapped_in(begin)) if each}


def _unwrapped(keyring: Keyring, wrapped: Collection[bytes]) -> list[PersonKey]:
    """Return those keys that can be opened just now."""
    found = []
    for each in wrapped:
        with suppress(KeyGone, OSError):
            found.append(keyring.unwrapped(each))
    return found


def _begin(folder: Path, uuid: UUID) -> bytes:
    """Return the head of a call's sound and a byte more where there is one. Raises OSError."""
    try:
        with recording.path_of(folder, uuid).open("rb") as file:
            return file.read(HEAD_BYTES + 1)
    except FileNotFoundError:
        return b""


def _handed(note: Note, sound: Sound | None) -> CallTaken | None:
    """Return as what a call is handed in. Pure."""
    if sound is not None or note.disturbed:
        return note.taken(Stage.WHOLE, sound)
    if note.emergency:
        return None if note.told else note.taken(Stage.EMERGENCY)
    return note.taken(Stage.MISSED) if note.caller else None


class HandingIn:
    """Hands in what lies in `folder`, of which this process is the sole user. `keep_s`: how long keeping may take."""

    def __init__(self, folder: Path, keyring: Keyring, desk: Desk, disk: Disk, clock: Clock, keep_s: float) -> None:
        self._folder, self._keyring, self._desk = folder, keyring, desk
        self._disk, self._clock, self._keep_s = disk, clock, keep_s
        self._told: set[UUID] = set()

    async def once(self, busy: Collection[UUID] = ()) -> None:
        """Go through all that lies there, but for the calls in `busy`; what is kept is removed. Raises no OSError."""
        try:
            found = await self._disk.do(left_over, self._folder, self._keyring, busy)
            for uuid in set(found.locked) - self._told:
                log.warning("phone.locked", call=str(uuid), told=LOCKED)
            self._told = set(found.locked)
            for call in found.calls:
                if await handed_in(self._desk, call, self._clock, self._keep_s) is not None:
                    await self._disk.do(remove, self._folder, call.uuid)
                    log.info("phone.left_over_kept", call=str(call.uuid), stage=call.stage.value)
        except OSError as error:
            log.warning("phone.left_over", error=str(error))

"""A phone line in a process of its own, with the computer's clock: to be killed, or kept from writing.

    python -m tests.lppl.phone.child FOLDER UUID LARGEST_FILE

It prints its port, then a line of JSON for each call that is handed in.
"""

import asyncio
import json
import resource
import sys
import time
from pathlib import Path
from uuid import UUID

from lppl.intake.keyring import Keyring
from lppl.phone.calls import Calls
from lppl.phone.line import PhoneLine
from lppl.phone.values import CallTaken, LineSettings
from tests.lppl.phone.exchange import PROMPTS, keys_beside


class Printer:
    """A desk that tells what it is given."""

    async def keep(self, call: CallTaken) -> str:
        told = {
            "uuid": str(call.uuid), "caller": call.caller, "stage": call.stage.value, "disturbed": call.disturbed,
            "pressed": call.pressed, "seconds": call.recording.seconds if call.recording else 0.0,
        }  # fmt: skip
        print(json.dumps(told), flush=True)
        return "K7"


async def serve(folder: Path, uuid: UUID, keyring: Keyring) -> None:
    """Serve one announced call."""
    calls = Calls()
    calls.register(uuid, "+628123456789", "0285-123456", time.monotonic())
    line = PhoneLine(LineSettings(port=0), calls, Printer(), keyring, folder, PROMPTS)
    running = asyncio.create_task(line.run())
    await line.listening.wait()
    print(line.port, flush=True)
    await running


if __name__ == "__main__":
    keys = keys_beside(Path(sys.argv[1]))  # elsewhere, and there before the disk is full
    if (largest := int(sys.argv[3])) >= 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    asyncio.run(serve(Path(sys.argv[1]), UUID(sys.argv[2]), keys))

"""Simulated citizens, a process of their own: ``python -m lppl.bench.citizens`` reads orders (JSON), prints a summary.

They send reports at a steady rate, whether or not what was sent before is answered: who waits in a queue has waited
since the instant at which the report was due, and nobody holds back because the service is slow. Each has an address of
its own, as a proxy in front tells it.
"""

import asyncio
import gc
import json
import random
import secrets
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from lppl import process
from lppl.bench.figures import percentile, worst
from lppl.bench.http import Connection
from lppl.bench.service import NotMeasured

SLACK_S = 60.0
SAYING = (
    "Lampu jalan mati sudah seminggu, gelap sekali waktu malam",
    "Jalan berlubang di depan pasar, kemarin ada yang jatuh dari motor",
    "Sampah menumpuk di tepi sungai dan baunya sampai ke rumah, mohon diangkut",
    "Air PDAM tidak mengalir sejak kemarin pagi di seluruh gang kami",
    "Usul agar taman di dekat sekolah diberi tempat duduk dan lampu",
)


@dataclass(frozen=True, slots=True)
class Sending:
    """`rate` reports per second to ``url``/lapor for `seconds`; the first `warm_s` are not counted."""

    url: str
    rate: float
    seconds: float
    first: int = 0
    """Number of the first citizen: nobody sends again from the same address."""
    warm_s: float = 2.0


@dataclass
class _Seen:
    took_ms: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    last: float = 0.0


async def send(orders: Sending) -> dict[str, Any]:
    """Carry out `orders` in a child process and return its summary. Raises NotMeasured."""
    async with process.started([sys.executable, "-m", "lppl.bench.citizens"], stdin=True) as child:
        assert child.process.stdin is not None and child.process.stdout is not None
        child.process.stdin.write(json.dumps(asdict(orders)).encode())
        child.process.stdin.close()
        try:
            async with asyncio.timeout(orders.seconds + SLACK_S):
                out, _, code = await asyncio.gather(
                    child.process.stdout.read(), child.watch_stderr(), child.process.wait()
                )
        except TimeoutError:
            raise NotMeasured("the citizens did not come to an end") from None
    if code:
        raise NotMeasured(f"the citizens failed: {' / '.join(list(child.tail)[-3:])}")
    found: dict[str, Any] = json.loads(out)
    return found


async def flood(orders: Sending) -> dict[str, Any]:
    """Send, and return what was seen: counts, and milliseconds from when a report was due until its answer."""
    place = urlsplit(orders.url)
    idle: list[Connection] = []
    seen = _Seen()
    chance = random.Random(orders.first)  # noqa: S311 - made-up reports
    begin = time.time() + 0.2
    count = round(orders.rate * orders.seconds)
    warm = begin + min(orders.warm_s, orders.seconds / 3)

    async def one(number: int, due: float) -> None:
        connection = idle.pop() if idle else Connection(place.hostname or "", place.port or 80)
        try:
            answer = await connection.post("/lapor", _form(chance), _address(number))
        except (OSError, TimeoutError) as error:
            seen.statuses[type(error).__name__] += 1
            return
        idle.append(connection)
        seen.statuses[str(answer.status)] += 1
        seen.last = max(seen.last, answer.received)
        if due >= warm:
            seen.took_ms.append((answer.received - due) * 1000)

    async with asyncio.TaskGroup() as group:
        for n in range(count):
            due = begin + n / orders.rate
            if (pause := due - time.time()) > 0:
                await asyncio.sleep(pause)
            group.create_task(one(orders.first + n, due))
    for connection in idle:
        connection.close()
    return _summary(orders, seen, begin, count)


def _summary(orders: Sending, seen: _Seen, begin: float, count: int) -> dict[str, Any]:
    took, acknowledged = seen.took_ms or [0.0], seen.statuses["303"]
    # the last report has until the wall to be answered, as every other has
    lasted = max(orders.seconds, seen.last - begin - 0.1)
    return {
        "offered": count, "acknowledged": acknowledged, "per_s": round(acknowledged / lasted, 1),
        "statuses": dict(seen.statuses),
        "ms": {
            "p50": round(percentile(took, 50), 2), "p99": round(percentile(took, 99), 2), "max": round(worst(took), 2)
        },
    }  # fmt: skip


def _form(chance: random.Random) -> bytes:
    text = f"{chance.choice(SAYING)}, gang {chance.randint(1, 400)} RT {chance.randint(1, 12)}."
    fields = {"kind": "complaint", "text": text, "where": "", "visibility": "open", "token": secrets.token_urlsafe(24)}
    return urlencode(fields).encode()


def _address(number: int) -> str:
    """Return the address of a citizen: one of the 16 million of 10.0.0.0/8."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def main() -> None:
    """Read orders from standard input, and print what was seen."""
    orders = Sending(**json.load(sys.stdin))
    gc.disable()  # its pauses would count as the service's
    print(json.dumps(asyncio.run(flood(orders))))


if __name__ == "__main__":
    main()

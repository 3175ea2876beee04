"""The configured sound cards: FM leaves the building here. What goes wrong with one never reaches the channel."""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from lppl.clock import AirClock
from lppl.config import Settings
from lppl.station.supervision import supervised
from playout.soundcard import SoundCard
from streaming.channel import ChannelStream
from streaming.transport import ChannelTransport

log = structlog.get_logger(__name__)


class Outputs:
    """All sound cards of a station, and what is wrong with them."""

    def __init__(self, settings: Settings, streams: Mapping[str, ChannelStream], clock: AirClock) -> None:
        best = settings.audio[0].name
        self.alarms: dict[tuple[int, str], str] = {}
        self.cards = [
            SoundCard(output, ChannelTransport(streams[output.channel], best), clock.now_ms, self._alarm(number))
            for number, output in enumerate(settings.outputs)
        ]

    def _alarm(self, number: int) -> Callable[[str, bool, str], None]:
        def told(name: str, active: bool, sentence: str) -> None:
            if active:
                log.error("soundcard_alarm", output=number, alarm=name, detail=sentence)
                self.alarms[number, name] = sentence
            elif self.alarms.pop((number, name), None) is not None:
                log.info("soundcard_alarm_over", output=number, alarm=name)

        return told

    def status(self) -> tuple[dict[str, object], ...]:
        """Return each card's state, with its alarms."""
        return tuple(
            card.status.as_dict() | {"alarms": [text for (n, _), text in self.alarms.items() if n == number]}
            for number, card in enumerate(self.cards)
        )

    async def run(self) -> None:
        """Play for ever."""
        async with asyncio.TaskGroup() as group:
            for number, card in enumerate(self.cards):
                group.create_task(supervised(f"soundcard-{number}", card.run))

"""``/metrics`` for Prometheus: the station's state as numbers, read when asked, at no cost otherwise."""

from collections.abc import Callable, Iterable

from aiohttp import web
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from web.health import Health

REGISTRY = web.AppKey("registry", CollectorRegistry)


class StationCollector(Collector):
    """Turns Health into metric families."""

    def __init__(self, health: Callable[[], Health]) -> None:
        self._health = health

    def collect(self) -> Iterable[Metric]:
        """Yield the families of one scrape."""
        health = self._health()
        rows = (
            ("lppl_on_air", "1 while the channel has a fresh segment", lambda c: float(c.on_air)),
            ("lppl_committed_ahead_seconds", "Committed ahead of the air", lambda c: c.committed_ahead_s),
            ("lppl_segment_age_seconds", "Age of the newest segment", lambda c: c.segment_age_s),
            ("lppl_fallback", "1 while a fallback stands in", lambda c: float(c.fallback is not None)),
            ("lppl_lost_house_sets", "House sets wanted and not readable", lambda c: float(len(c.lost))),
            ("lppl_substituted_pieces", "Pieces for which the slate stood in", lambda c: float(c.substituted)),
        )
        for name, text, value in rows:
            family = GaugeMetricFamily(name, text, labels=("channel",))
            for channel in health.channels:
                number = value(channel)
                if number is not None:
                    family.add_metric((channel.channel,), number)
            yield family
        yield GaugeMetricFamily("lppl_clock_offset_seconds", "Wall time minus air time", health.clock_offset_ms / 1000)
        yield GaugeMetricFamily("lppl_clock_credible", "1 while wall time is believed", float(health.clock_credible))
        yield GaugeMetricFamily("lppl_journal_durable", "1 while the journal is on disk", float(health.journal is None))
        yield GaugeMetricFamily("lppl_database_up", "1 while the database answers", float(health.database is None))
        if health.disk_free_gb is not None:
            yield GaugeMetricFamily("lppl_disk_free_gigabytes", "Free space for media", health.disk_free_gb)


def add_metrics(app: web.Application, health: Callable[[], Health]) -> None:
    """Register ``/metrics``."""
    registry = CollectorRegistry()
    registry.register(StationCollector(health))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    app[REGISTRY] = registry
    app.router.add_get("/metrics", metrics)


async def metrics(request: web.Request) -> web.Response:
    """Send all metrics in Prometheus' text format."""
    body = generate_latest(request.app[REGISTRY])
    return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

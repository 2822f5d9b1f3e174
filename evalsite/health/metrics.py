"""All metrics in Prometheus' text format, gathered when they are asked for."""

import logging
import time
from collections.abc import Iterable, Iterator

from celery import current_app
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from evalsite.broker import QUEUES
from evalsite.doctor.checks.broker import queue_lengths
from evalsite.health import readiness
from evalsite.health.bounded import Bounded
from evalsite.health.counts import counts
from evalsite.health.rows import metrics_of_rows

SECONDS = 5.0  # that a scrape takes at most
logger = logging.getLogger(__name__)


class _Gathered(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def text() -> bytes:
    """What a scrape is answered."""
    gathered = CollectorRegistry()
    gathered.register(_Gathered(_gathered()))
    return generate_latest(counts()) + generate_latest(gathered)


def _gathered() -> Iterator[Metric]:
    """What the database and the broker say; nothing of one that does not answer, and `evalsite_up` tells that."""
    deadline = time.monotonic() + SECONDS
    asked = {"database": ROWS.start(), "broker": MESSAGES.start()}
    missing = readiness.missing()
    up = GaugeMetricFamily("evalsite_up", "Whether a part can be used, as /health/ready says.", labels=["part"])
    for part in readiness.CHECKS:
        up.add_metric([part], part not in missing)
    yield up
    for part in asked.keys() - missing.keys():
        try:
            yield from asked[part].result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            logger.warning("The %s did not answer a scrape in %g seconds; its metrics are left out", part, SECONDS)


def _rows() -> list[Metric]:
    return metrics_of_rows(timezone.now())


def _messages() -> list[Metric]:
    messages = GaugeMetricFamily("evalsite_messages", "Messages that no worker has taken yet.", labels=["queue"])
    with current_app.connection_for_write() as broker:
        for queue, length in queue_lengths(broker, [queue.name for queue in QUEUES]).items():
            messages.add_metric([queue], length)
    return [messages]


ROWS = Bounded(_rows)
MESSAGES = Bounded(_messages)

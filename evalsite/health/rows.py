"""Metrics that are queries: what waits, what was made and voted lately. Each takes an index, however many rows there are."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min, QuerySet
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from analysis.web.models import Measurement, StudyResults
from evalsite.health.models import TaskMark
from generation.models import Batch, Image
from studies.models import Session, Vote

LATELY = timedelta(minutes=5)
AN_HOUR = timedelta(hours=1)
MADE = (Image.State.DONE, Image.State.FLAGGED, Image.State.FAILED)


def metrics_of_rows(now: datetime) -> list[Metric]:
    return [*_batches(now), *_images(now), *_votes(now), *_jobs(now), *_tasks(now)]


def _batches(now: datetime) -> Iterator[Metric]:
    unfinished = Batch.objects.unfinished()
    held = _by_queue(unfinished.held(now))
    states = GaugeMetricFamily("evalsite_batches", "Unfinished batches.", labels=["queue", "state"])
    ages = GaugeMetricFamily(
        "evalsite_oldest_waiting_batch_seconds", "Since the oldest batch that nobody holds was planned.", labels=["queue"]
    )
    for queue in Batch.Queue.values:
        states.add_metric([queue, "waiting"], unfinished.filter(queue=queue).count() - held.get(queue, 0))
        states.add_metric([queue, "held"], held.get(queue, 0))
        oldest = unfinished.free(now).filter(queue=queue).aggregate(at=Min("created_at"))["at"]
        ages.add_metric([queue], (now - oldest).total_seconds() if oldest else 0)
    troubled = GaugeMetricFamily(
        "evalsite_batches_in_trouble", "Unfinished batches that a worker could not save.", labels=["queue"]
    )
    of_queues = _by_queue(unfinished.exclude(trouble=""))
    for queue in Batch.Queue.values:
        troubled.add_metric([queue], of_queues.get(queue, 0))
    yield from (states, ages, troubled)


def _by_queue(batches: "QuerySet[Batch]") -> dict[str, int]:
    """For few: to count by groups takes a database longer than to count each."""
    return dict(batches.order_by().values_list("queue").annotate(count=Count("*")))


def _images(now: datetime) -> Iterator[Metric]:
    """State by state, so that every database takes the index of both."""
    lately = sum(Image.objects.filter(state=state, finished_at__gt=now - LATELY).count() for state in MADE)
    yield GaugeMetricFamily(
        "evalsite_images_finished_per_minute", "Images made, flagged or failed, over 5 minutes.", value=_per_minute(lately)
    )
    of_an_hour = GaugeMetricFamily("evalsite_images_last_hour", "Images finished in the last hour.", labels=["state"])
    for state in MADE:
        of_an_hour.add_metric([state], Image.objects.filter(state=state, finished_at__gt=now - AN_HOUR).count())
    yield of_an_hour


def _votes(now: datetime) -> Iterator[Metric]:
    lately = Vote.objects.filter(trial__answered_at__gt=now - LATELY).count()
    yield GaugeMetricFamily(
        "evalsite_votes_per_minute", "Votes, rehearsals' and checks' too, over 5 minutes.", value=_per_minute(lately)
    )
    yield GaugeMetricFamily("evalsite_sessions_open", "Sittings that are open.", value=Session.objects.open().count())


def _jobs(now: datetime) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("evalsite_jobs_under_way", "Jobs queued or under way.", labels=["kind"])
    failed = GaugeMetricFamily("evalsite_jobs_failed_last_hour", "Jobs that failed in the last hour.", labels=["kind"])
    for kind, jobs in (("results", StudyResults.objects), ("measurements", Measurement.objects)):
        waiting.add_metric([kind], jobs.under_way().count())
        failed.add_metric([kind], jobs.filter(state="failed", finished_at__gt=now - AN_HOUR).count())
    yield from (waiting, failed)


def _tasks(now: datetime) -> Iterator[Metric]:
    succeeded = GaugeMetricFamily(
        "evalsite_task_succeeded_timestamp_seconds", "When a task of the beat last succeeded.", labels=["task"]
    )
    failures = CounterMetricFamily("evalsite_task_failures", "Tasks that raised an error.", labels=["task"])
    for mark in TaskMark.objects.all():
        failures.add_metric([mark.task], mark.failures)
        if mark.succeeded_at:
            succeeded.add_metric([mark.task], mark.succeeded_at.timestamp())
    yield from (succeeded, failures)
    if last := TaskMark.objects.last_beat():
        age = (now - last).total_seconds()
        yield GaugeMetricFamily("evalsite_beat_age_seconds", "Since a worker last did what the beat called for.", value=age)


def _per_minute(count: int) -> float:
    return count / (LATELY / timedelta(minutes=1))

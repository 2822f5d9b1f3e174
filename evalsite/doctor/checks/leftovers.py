"""What failed and waits for a person: images, captions, texts, batches, measurements, results, tasks."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from analysis.web.models import Measurement, StudyResults
from evalsite.doctor.findings import WARNING, Fault, Finding, counted, well
from evalsite.health.models import TaskMark
from generation.models import Batch, Caption, Image, NegativeText

ROWS_FAILED = Fault(
    code="rows-failed",
    level=WARNING,
    cause="Images, captions or negatives could not be made, for the reason that stands with them; their runs miss them.",
    cure="Take the cause away, then press “Retry” at the run in the admin, or delete the run's rows that are not wanted.",
)
BATCH_TROUBLED = Fault(
    code="batch-troubled",
    level=WARNING,
    cause="What was made of a batch could not be saved; its worker, or another, tries again.",
    cure="Look at the checks “storage” and “database”, and at the reason that stands with the batch.",
)
BATCH_POISONED = Fault(
    code="batch-poisoned",
    level=WARNING,
    cause="Several workers stopped while they were at it, mostly for want of memory; the next one gives its rows up.",
    cure="Look into the workers' logs and the kernel's (“dmesg”, out of memory), and plan the run with a smaller batch size.",
)
BATCH_FORGOTTEN = Fault(
    code="batch-forgotten",
    level=WARNING,
    cause="A worker died with the batch, and no sweep has called for it again.",
    cure="Look at the checks “beat” and “workers”: one of them is missing.",
)
NOT_COMPUTED = Fault(
    code="results-failed",
    level=WARNING,
    cause="Results or metrics that somebody asked for could not be computed.",
    cure="Read the reason on the study's result or metrics page, and ask for them again there.",
)
TASK_FAILED = Fault(
    code="task-failed",
    level=WARNING,
    cause="A task raised an error that nothing caught.",
    cure="Search the workers' log for the task's name at that time.",
)

POISONED = 2  # claims in vain
FORGOTTEN = timedelta(minutes=30)  # after the end of a lease
LATELY = timedelta(days=1)
MOST_REASONS = 5


def check() -> Iterator[Finding]:
    yield from [*_rows(), *_batches(), *_computed(), *_tasks()] or [well("Nothing that failed waits for anybody.")]


def _rows() -> Iterator[Finding]:
    for kind, rows in (("image", Image.objects), ("caption", Caption.objects), ("negative", NegativeText.objects)):
        reasons = rows.failed().values_list("reason").annotate(number=Count("pk")).order_by("-number", "reason")
        yield from _reasons(kind, list(reasons))


def _reasons(kind: str, reasons: Sequence[tuple[str, int]]) -> Iterator[Finding]:
    for reason, number in reasons[:MOST_REASONS]:
        yield ROWS_FAILED.found(f"{counted(number, kind)} failed: {reason}")
    if rest := reasons[MOST_REASONS:]:
        total = sum(number for _, number in rest)
        yield ROWS_FAILED.found(f"{counted(total, kind)} more failed, for {counted(len(rest), 'other reason')}.")


def _batches() -> Iterator[Finding]:
    now = timezone.now()
    unfinished = Batch.objects.unfinished()
    for batch in unfinished.exclude(trouble="").select_related("run")[:MOST_REASONS]:
        yield BATCH_TROUBLED.found(f"{batch}: {batch.trouble}")
    for batch in unfinished.free(now).filter(claims__gte=POISONED).select_related("run")[:MOST_REASONS]:
        yield BATCH_POISONED.found(f"{batch} was begun {batch.claims} times and not finished.")
    if forgotten := unfinished.filter(lease_until__lt=now - FORGOTTEN).count():
        minutes = round(FORGOTTEN.total_seconds() / 60)
        yield BATCH_FORGOTTEN.found(
            f"For more than {minutes} minutes, nobody has gone on with what dead workers left: batches, {forgotten}."
        )


def _computed() -> Iterator[Finding]:
    for results in StudyResults.objects.failed().select_related("study")[:MOST_REASONS]:
        yield NOT_COMPUTED.found(f"{results}: {results.reason}")
    for measurement in Measurement.objects.filter(state=Measurement.State.FAILED).select_related("study")[:MOST_REASONS]:
        yield NOT_COMPUTED.found(f"{measurement}: {measurement.reason}")


def _tasks() -> Iterator[Finding]:
    for mark in TaskMark.objects.filter(failed_at__gt=timezone.now() - LATELY):
        yield TASK_FAILED.found(
            f"{mark.task} failed last at {mark.failed_at:%Y-%m-%d %H:%M} UTC, {mark.failures} times in all."
        )

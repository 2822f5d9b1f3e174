"""The quality of a study's workers, and the flags of those who break its rules. Nobody is excluded by this."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from django.db import transaction

from studies.durations import seconds
from studies.models import Flag, QualityPlan, Study, Trial, Vote
from studies.quality import NOT_JUDGED, RULES, TIE, Answers, WorkerQuality, breaches, quality_of

ANSWERED = (Trial.State.DONE, Trial.State.EXCLUDED)
FIELDS = (
    "trial__worker",
    "trial",
    "trial__kind",
    "criterion",
    "condition",
    "trial__shown",
    "trial__expected",
    "trial__repeats",
    "trial__visible_seconds",
    "trial__shown_at",
    "trial__answered_at",
)


def qualities_of(study: Study, *, rehearsal: bool) -> dict[int, WorkerQuality]:
    """The quality of everybody who answered a trial, by the worker's key; two queries. Excluded answers tell as much."""
    by_worker: defaultdict[int, list[tuple[int | str | float, ...]]] = defaultdict(list)
    for worker, answer in _answers(study, rehearsal):
        by_worker[worker].append(answer)
    return {worker: quality_of(_arrays(answers)) for worker, answers in by_worker.items()}


def flag_workers(study: Study, now: datetime) -> list[Flag]:
    """Flag every worker who breaks a rule of the study now, and no others; the flags.

    A flag that stays keeps the time at which it was raised first.
    """
    plan = study.quality
    found = {
        (worker, breach.rule): Flag(study=study, worker_id=worker, raised_at=now, **vars(breach))
        for worker, quality in qualities_of(study, rehearsal=False).items()
        for breach in breaches(quality, plan)
    }
    with transaction.atomic():
        Study.objects.select_for_update().get(pk=study.pk)  # two at once would both raise a new flag
        for flag in study.flags.all():
            if (flag.worker_id, flag.rule) not in found:
                flag.delete()
        Flag.objects.bulk_create(
            found.values(),
            update_conflicts=True,
            unique_fields=["study", "worker", "rule"],
            update_fields=["value", "threshold"],
        )
    return list(study.flags.select_related("worker").order_by("worker__pseudonym", "rule"))


def flag_all(now: datetime) -> None:
    """Flag the workers of every open study that has rules."""
    for plan in QualityPlan.objects.filter(study__state=Study.State.PUBLISHED).select_related("study"):
        if any(rule.threshold(plan) is not None for rule in RULES):
            flag_workers(plan.study, now)


def _answers(study: Study, rehearsal: bool) -> Iterator[tuple[int, tuple[int | str | float, ...]]]:
    """The worker and the row of Answers of each vote, checks among them."""
    judged = set(study.criteria.filter(has_gold_answer=True).values_list("pk", flat=True))
    votes = Vote.objects.filter(
        trial__session__study=study, trial__session__rehearsal=rehearsal, trial__state__in=ANSWERED
    ).order_by("pk")
    for row in votes.values_list(*FIELDS, named=True).iterator(chunk_size=2000):
        chosen = row.condition or TIE
        is_judged = row.criterion in judged or row.trial__kind == Trial.Kind.ATTENTION
        has_answer = row.trial__expected is not None and is_judged
        yield (
            row.trial__worker,
            (
                row.trial,
                row.trial__kind,
                row.criterion,
                chosen,
                row.trial__shown.index(chosen) + 1 if chosen else TIE,
                row.trial__expected if has_answer else NOT_JUDGED,
                row.trial__repeats or 0,
                seconds(row.trial__visible_seconds, row.trial__shown_at, row.trial__answered_at),
            ),
        )


def _arrays(answers: Sequence[tuple[int | str | float, ...]]) -> Answers:
    return Answers(*(np.array(column) for column in zip(*answers, strict=True)))

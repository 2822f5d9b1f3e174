"""Giving workers the qualifications of our own: that they took part, that they passed the quiz."""

from collections.abc import Iterable
from datetime import datetime

from studies.channels.mturk.ledger import intend
from studies.channels.mturk.models import Intent, Posting, Qualification
from studies.models import Worker

BY = "evalsite"


def grant_to(posting: Posting, kind: str, workers: Iterable[Worker], now: datetime) -> None:
    """Give workers the study's qualification of that kind, where it has one; each worker once, nobody without an id."""
    named = {"environment_name": posting.environment_name, "study": posting.study_id, "kind": kind}
    qualification = Qualification.objects.filter(**named).select_related("study").first()
    if qualification:
        intend(posting, [_grant(posting, qualification, worker, now) for worker in dict.fromkeys(workers) if worker.plain_id])


def _grant(posting: Posting, qualification: Qualification, worker: Worker, now: datetime) -> Intent:
    return Intent(
        posting=posting,
        operation=Intent.Operation.GRANT,
        key=f"grant/{qualification.pk}/{qualification.study.token}/{worker.pk}",
        qualification=qualification,
        worker=worker,
        by=BY,
        at=now,
    )

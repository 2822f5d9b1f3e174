"""What a worker process does for postings: carrying out what was written down, and asking what happened."""

import logging
from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.models import Hit, Posting
from studies.channels.mturk.polling import poll
from studies.errors import StudyError

log = logging.getLogger(__name__)


@shared_task
def carry_out_posting(pk: int) -> None:
    """Carry out what is due of one posting, now that something was written down."""
    _tend(Posting.objects.select_related("study").get(pk=pk), polls=False)


@shared_task
def tend_postings() -> None:
    """Carry out what is due, and poll what is not over yet, of every posting."""
    confirmed = Posting.objects.filter(state=Posting.State.CONFIRMED).select_related("study")
    for posting in confirmed.exclude(hits__isnull=True).distinct():
        _tend(posting, polls=posting.hits.exclude(state=Hit.State.DISPOSED).exists())


def _tend(posting: Posting, *, polls: bool) -> None:
    """A posting that cannot be tended now must not keep the others from it; its page says why."""
    steps: list[Callable[[], object]] = [lambda: carry_out(posting)]
    if polls:
        steps.append(lambda: poll(posting, timezone.now()))
    # What was handed in is read even where something could not be carried out, an image host that is away for one.
    troubles = [trouble for step in steps if (trouble := _trouble_of(step))]
    if troubles:
        log.warning("%s: %s", posting, troubles[0])
    Posting.objects.filter(pk=posting.pk).update(trouble=troubles[0][:500] if troubles else "")


def _trouble_of(step: Callable[[], object]) -> str:
    """Why a step could not be done; empty where it was."""
    try:
        step()
    except StudyError as reason:
        return str(reason)
    return ""

"""What a worker process does for studies from time to time."""

from celery import shared_task
from django.utils import timezone

from studies.flagging import flag_all
from studies.models import Session, Study


@shared_task
def give_back_abandoned() -> None:
    """Give back what abandoned sessions hold, so that progress is true even while nobody new arrives.

    Of paused and closed studies too: an answer that was under way counts, but not for ever.
    """
    for study in Study.objects.filter(sessions__state=Session.State.OPEN).distinct():
        Session.objects.abandon_stale(study, timezone.now())


@shared_task
def flag_workers() -> None:
    """Flag who breaks the rules of the open studies, so that a researcher sees it while the study runs."""
    flag_all(timezone.now())

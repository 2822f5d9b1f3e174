"""What a worker process does for studies from time to time."""

from celery import shared_task
from django.utils import timezone

from studies.models import Session, Study


@shared_task
def give_back_abandoned() -> None:
    """Give back what abandoned sessions hold, so that progress is true even while nobody new arrives."""
    for study in Study.objects.filter(state=Study.State.PUBLISHED):
        Session.objects.abandon_stale(study, timezone.now())

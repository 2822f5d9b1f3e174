"""What a worker process does for studies on Prolific from time to time."""

from logging import getLogger

from celery import shared_task
from django.conf import settings

from studies.channels.prolific.client import from_settings
from studies.channels.prolific.errors import ProlificError
from studies.channels.prolific.models import ProlificStudy
from studies.channels.prolific.reconciling import live, poll

logger = getLogger(__name__)


@shared_task
def poll_live() -> None:
    """Ask Prolific about every study that is out there; without a token there is nobody to ask."""
    if settings.PROLIFIC_TOKEN:
        for row in live():
            _poll(row)


@shared_task
def poll_one(pk: int) -> None:
    """Ask Prolific about one study, because it said that something changed."""
    if settings.PROLIFIC_TOKEN:
        _poll(ProlificStudy.objects.get(pk=pk))


def _poll(row: ProlificStudy) -> None:
    """The next poll asks again, so that one study that fails does not hold up the others."""
    try:
        poll(row, from_settings())
    except ProlificError as error:
        logger.warning("%s: %s", row, error)

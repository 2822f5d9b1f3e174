"""What a worker process does for the site as a whole."""

import logging

from celery import shared_task
from django.utils import timezone

from evalsite.retention.tidying import tidy as delete_what_is_due

log = logging.getLogger(__name__)


@shared_task
def tidy() -> None:
    """Delete what docs/data.md says is due, and leave a line in the log of each kind."""
    for line in delete_what_is_due(timezone.now()):
        log.info("Tidied: %s", line)

"""What a worker process does for the result pages: compute the results that somebody waits for."""

import logging
import os
import socket
import uuid

from celery import shared_task
from django.utils import timezone

from analysis.web.models import MOST_CLAIMS, StudyResults
from analysis.web.results_files import NotComputed, compute, remove_others
from analysis.web.results_key import key_of

logger = logging.getLogger(__name__)


@shared_task
def compute_results(pk: int) -> None:
    """Compute a study's results, unless somebody does, or has."""
    results = StudyResults.objects.filter(pk=pk).select_related("study").first()
    if results is None:
        return
    holder, key = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}", _key(results)
    if not results.claim(holder, key, timezone.now()):
        return
    try:
        _give_up_after_many_claims(results)
        computed = compute(results)
    except NotComputed as error:
        results.fail(holder, str(error), timezone.now())
    except Exception as error:
        logger.exception("Could not compute %s", results)
        results.fail(holder, f"{type(error).__name__}: {error}", timezone.now())
    else:
        _finish(results, holder, computed.digest, computed.votes)


def _key(results: StudyResults) -> str:
    """Of the votes before they are read: what comes while they are read makes another key, so nothing is missed."""
    return key_of(results.study, rehearsal=results.rehearsal)


def _give_up_after_many_claims(results: StudyResults) -> None:
    results.refresh_from_db(fields=["claims"])
    if results.claims > MOST_CLAIMS:
        raise NotComputed(
            f"{MOST_CLAIMS} workers stopped while they computed these results. Look into their logs; memory may be short."
        )


def _finish(results: StudyResults, holder: str, digest: str, votes: int) -> None:
    """Let these be the study's results, and no others."""
    if not results.finish(holder, digest, votes, timezone.now()):
        return
    earlier = StudyResults.objects.of(results.study, rehearsal=results.rehearsal).exclude(pk=results.pk)
    earlier.filter(state__in=[StudyResults.State.DONE, StudyResults.State.FAILED]).delete()
    remove_others(results)

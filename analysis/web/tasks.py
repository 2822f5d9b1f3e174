"""What a worker process does for the result pages: compute the results, and measure the images, that somebody waits for."""

import logging
import os
import socket
import uuid

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from analysis.web.models import MOST_CLAIMS, Measurement, StudyResults
from analysis.web.results_files import NotComputed, compute, remove_others
from analysis.web.results_key import key_of
from generation import log_ids
from generation.lease import LeaseLost

logger = logging.getLogger(__name__)


@shared_task
def compute_results(pk: int) -> None:
    """Compute a study's results, unless somebody does, or has."""
    results = StudyResults.objects.filter(pk=pk).select_related("study").first()
    if results is None:
        return
    log_ids.note(study=results.study_id)
    holder, key = _holder(), _key(results)
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


@shared_task
def measure_images(pk: int) -> None:
    """Measure a study's images, unless somebody does, or has."""
    from analysis.web.measuring import measure  # loads torch, as no web process may; before the claim, it takes its time

    measurement = Measurement.objects.filter(pk=pk).select_related("study").first()
    holder = _holder()
    if measurement is None or not measurement.claim(holder, timezone.now()):
        return
    log_ids.note(study=measurement.study_id)
    try:
        _stop_after_many_claims(measurement)
        found = measure(measurement, lambda: _keep(measurement, holder))
        with transaction.atomic():
            if measurement.finish(holder, timezone.now()):
                found.save()
    except LeaseLost as loss:
        logger.warning("%s", loss)
    except NotComputed as error:
        measurement.fail(holder, str(error), timezone.now())
    except Exception as error:
        logger.exception("Could not measure %s", measurement)
        measurement.fail(holder, f"{type(error).__name__}: {error}", timezone.now())


@shared_task
def sweep_measurements() -> None:
    """Call again for measurements that a dead worker held, or whose message was lost."""
    now = timezone.now()
    for measurement in Measurement.objects.unheard(now):
        if measurement.call(now):
            measure_images.delay(measurement.pk)


def _keep(measurement: Measurement, holder: str) -> None:
    """Prolong the lease. Raises LeaseLost."""
    if not measurement.renew(holder, timezone.now()):
        raise LeaseLost(f"{measurement} was taken over by another worker.")


def _stop_after_many_claims(measurement: Measurement) -> None:
    if measurement.claims > MOST_CLAIMS:
        raise NotComputed(f"{MOST_CLAIMS} workers stopped while they measured. Look into their logs; memory may be short.")


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


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

"""Deleting a person's data on request."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from studies.channels.base import channel_named
from studies.models import LogLine, PersonalLink, Report, Session, Study, Trial, Worker


@transaction.atomic
def forget(worker: Worker, who: str, now: datetime) -> Sequence[Study]:
    """Delete what a worker gave, and all that leads from the person to the worker; the studies the worker was in.

    Votes, demographics, comments, reports and personal links go, and the places are free again. The worker's row stays, so
    that what was counted before can be explained, but nobody can come back as it: its ids are random from now on.
    """
    studies = _locked_studies(worker)
    sessions = Session.objects.filter(worker=worker)
    sessions.update(state=Session.State.WITHDRAWN, demographics={}, comment="", visit="")
    Trial.objects.filter(worker=worker).delete_votes()
    Report.objects.filter(trial__worker=worker).update(text="")
    PersonalLink.objects.filter(worker=worker).delete()
    worker.flags.all().delete()
    channel_named(worker.channel).forget(worker)
    worker.hashed_id, worker.plain_id = secrets.token_hex(32), ""
    worker.save()
    for study in studies:
        LogLine.objects.add(study, who, "forget worker", worker.pseudonym, now)
    return studies


def _locked_studies(worker: Worker) -> list[Study]:
    """The studies the worker was in or has a link into, locked.

    Studies before all else, as everywhere, and in one order: whoever opens a session or excludes the worker now waits, and
    nobody waits for each other.
    """
    took_part = Q(pk__in=Session.objects.filter(worker=worker).values("study"))
    has_link = Q(pk__in=PersonalLink.objects.filter(worker=worker).values("study"))
    return list(Study.objects.select_for_update().filter(took_part | has_link).order_by("pk"))

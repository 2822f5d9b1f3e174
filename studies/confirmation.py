"""Answers that count only once their channel says that the worker handed them in there.

What a worker sent to this site may never arrive at the channel: the worker gave the work back, closed the page too early, or
the network failed. Who is paid for it, and so whose answers count, is the channel's to say.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from studies.housing import give_places
from studies.models import Exclusion, Session, Study, Trial
from studies.models.trial import TrialQuerySet

ANSWERED_AGAIN = (Trial.State.DONE, Trial.State.EXCLUDED)
NOT_HANDED_IN = (Trial.State.OPEN, Trial.State.UNCONFIRMED)


@transaction.atomic
def confirm(session: Session, now: datetime) -> int:
    """Count the answers of a session that was handed in; how many trials count from now on. A second time nothing changes.

    Trials that were thought never to arrive get their place back, or another; but not where the worker handed the same in
    again meanwhile: nobody counts twice. What was only begun in this worker's name, perhaps by somebody else, gives way. The
    answers of a worker who was excluded meanwhile are kept as excluded; those of one who withdrew are gone, unless the study
    keeps them.
    """
    Study.objects.select_for_update().get(pk=session.study_id)
    excluded = Exclusion.objects.in_force().filter(study=session.study, worker=session.worker).exists()
    if excluded and not session.rehearsal:
        return _keep_as_excluded(session)
    _set_others_apart(session)
    trials = list(_waiting(session).select_related("comparison", "worker").order_by("pk"))
    late = [trial for trial in trials if trial.state == Trial.State.NEVER_ARRIVED and trial.kind == Trial.Kind.VOTE]
    give_places(session.study, late, rehearsal=session.rehearsal)
    for trial in trials:
        trial.state = Trial.State.DONE
    Trial.objects.bulk_update(trials, ["place", "state"])
    _close(session, now)
    return len(trials)


@transaction.atomic
def never_arrived(session: Session) -> int:
    """Set apart the answers of a session that cannot be handed in any more; how many trials. Their places are free again."""
    Study.objects.select_for_update().get(pk=session.study_id)
    Session.objects.filter(pk=session.pk, state=Session.State.OPEN).update(state=Session.State.ABANDONED)
    session.trials.open().release(Trial.State.GIVEN_BACK)
    return session.trials.filter(state=Trial.State.UNCONFIRMED).release(Trial.State.NEVER_ARRIVED)


def _set_others_apart(session: Session) -> None:
    """The worker's other sessions that ask again what this one answered, and are not handed in."""
    lost = session.trials.filter(state=Trial.State.NEVER_ARRIVED).values("comparison")
    again = Trial.objects.filter(worker=session.worker, state__in=NOT_HANDED_IN, comparison__in=lost).exclude(session=session)
    for other in Session.objects.filter(trials__in=again).distinct():
        never_arrived(other)


def _waiting(session: Session) -> TrialQuerySet:
    """The session's answers that do not count yet, and can."""
    elsewhere = Trial.objects.filter(worker=session.worker, state__in=ANSWERED_AGAIN).exclude(session=session)
    late = Q(state=Trial.State.NEVER_ARRIVED) & ~Q(comparison__in=elsewhere.values("comparison"))
    return session.trials.filter(Q(state=Trial.State.UNCONFIRMED) | late)


def _keep_as_excluded(session: Session) -> int:
    waiting = _waiting(session)
    waiting.filter(state=Trial.State.NEVER_ARRIVED).update(state=Trial.State.EXCLUDED)
    waiting.filter(state=Trial.State.UNCONFIRMED).release(Trial.State.EXCLUDED)
    return 0


def _close(session: Session, now: datetime) -> None:
    """Handed in is finished, whatever was left open; an abandoned session was none after all."""
    session.trials.open().release(Trial.State.GIVEN_BACK)
    unfinished = Session.objects.filter(pk=session.pk, state__in=[Session.State.OPEN, Session.State.ABANDONED])
    unfinished.update(state=Session.State.DONE, finished_at=now)
    session.refresh_from_db()

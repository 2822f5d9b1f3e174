"""Answers that count only once their channel says that the worker handed them in there.

What a worker sent to this site may never arrive at the channel: the worker gave the work back, closed the page too early, or
the network failed. Who is paid for it, and so whose answers count, is the channel's to say.
"""

from datetime import datetime

from django.db import transaction

from studies.housing import give_places
from studies.models import Exclusion, Session, Study, Trial

WAITING = (Trial.State.UNCONFIRMED, Trial.State.NEVER_ARRIVED)


@transaction.atomic
def confirm(session: Session, now: datetime) -> int:
    """Count the answers of a session that was handed in; how many trials count from now on. A second time nothing changes.

    Trials that were thought never to arrive get their place back, or another. The answers of a worker who was excluded
    meanwhile are kept as excluded; those of one who withdrew stay as they are.
    """
    Study.objects.select_for_update().get(pk=session.study_id)
    trials = list(session.trials.filter(state__in=WAITING).select_related("comparison", "worker").order_by("pk"))
    excluded = Exclusion.objects.in_force().filter(study=session.study, worker=session.worker).exists()
    if excluded and not session.rehearsal:
        return _keep_as_excluded(session)
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


def _keep_as_excluded(session: Session) -> int:
    session.trials.filter(state=Trial.State.UNCONFIRMED).release(Trial.State.EXCLUDED)
    session.trials.filter(state=Trial.State.NEVER_ARRIVED).update(state=Trial.State.EXCLUDED)
    return 0


def _close(session: Session, now: datetime) -> None:
    """Handed in is finished, whatever was left open; an abandoned session was none after all."""
    session.trials.open().release(Trial.State.GIVEN_BACK)
    unfinished = Session.objects.filter(pk=session.pk, state__in=[Session.State.OPEN, Session.State.ABANDONED])
    unfinished.update(state=Session.State.DONE, finished_at=now)
    session.refresh_from_db()

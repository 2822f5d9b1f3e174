"""A researcher's decision that a worker's votes do not count, and its reversal.

Excluded votes stay in the data with the reason. Their places are free again, so that others vote in the worker's stead; a
worker who is reinstated takes back what is free, and nobody else's vote is lost for it.
"""

from datetime import datetime

from django.db import transaction

from studies.errors import ImpossibleDecision
from studies.housing import give_places
from studies.models import Exclusion, LogLine, Session, Study, Trial, Worker
from studies.models.quality import ExclusionQuerySet
from studies.models.trial import TrialQuerySet

LONGEST_REASON = 300
NO_REASONS = ("0", "1", "false", "true")  # a votes file that holds them is refused: they would read like marks


@transaction.atomic
def exclude(study: Study, worker: Worker, reason: str, who: str, now: datetime) -> str:
    """Count none of the worker's votes in this study, and take no more; what was done, in a sentence.

    Open sessions end, and every place of the worker is free again. Rehearsals are left alone. Raises ImpossibleDecision
    without a reason, for a worker who took no part, and for one who is excluded already.
    """
    _one_at_a_time(study)
    words = " ".join(reason.split())
    _refuse(study, worker, words)
    Exclusion.objects.create(study=study, worker=worker, reason=words, by=who, at=now)
    # Sessions before their trials, as everywhere: an answer that arrives now is excluded with the others, or comes too late.
    Session.objects.of(study, rehearsal=False).open().filter(worker=worker).update(state=Session.State.ABANDONED)
    trials = _trials(study, worker)
    trials.open().release(Trial.State.GIVEN_BACK)
    leaving = trials.done().take_back_captions()
    number = leaving.real().count()
    leaving.release(Trial.State.EXCLUDED)
    LogLine.objects.add(study, who, "exclude", f"{worker}, {number} trials: {words}", now)
    stay = _what_stays(trials)
    return f"{worker} is excluded from “{study}”: {number} trials do not count any more, and their places are free again.{stay}"


@transaction.atomic
def reinstate(study: Study, worker: Worker, who: str, now: datetime) -> str:
    """Count the worker's votes again; what was done, in a sentence.

    Each trial gets its place back, else a free one of its comparison, else a new one: a comparison then has more votes than
    were wanted. Raises ImpossibleDecision if the worker is not excluded.
    """
    _one_at_a_time(study)
    if not _in_force(study, worker).update(lifted_by=who, lifted_at=now):
        raise ImpossibleDecision(f"{worker} is not excluded from “{study}”, so there is nothing to lift.")
    trials = list(_trials(study, worker).filter(state=Trial.State.EXCLUDED).select_related("comparison"))
    real = [trial for trial in trials if trial.kind == Trial.Kind.VOTE]
    added = give_places(study, real, rehearsal=False)
    for trial in trials:
        trial.state = Trial.State.DONE
    Trial.objects.bulk_update(trials, ["place", "state"])
    detail = f"{worker}, {len(real)} trials, {added} of them in new places"
    LogLine.objects.add(study, who, "reinstate", detail, now)
    return f"{worker} is no longer excluded from “{study}”: {len(real)} trials count again, {added} of them in new places."


def _one_at_a_time(study: Study) -> None:
    """Wait for sessions that are being opened, and let others wait: they take places too."""
    Study.objects.select_for_update().get(pk=study.pk)


def _refuse(study: Study, worker: Worker, reason: str) -> None:
    if not reason:
        raise ImpossibleDecision("Say why: the votes file and the tables give the reason.")
    if reason.lower() in NO_REASONS or not reason.isprintable():
        raise ImpossibleDecision(f"“{reason}” is no reason that a table could give. Say in words why the votes do not count.")
    if len(reason) > LONGEST_REASON:
        raise ImpossibleDecision(f"Give the reason in {LONGEST_REASON} characters; these are {len(reason)}.")
    if not Session.objects.of(study, rehearsal=False).filter(worker=worker).exists():
        raise ImpossibleDecision(f"{worker} took no part in “{study}”. The column “worker” of its votes file says who did.")
    if earlier := _in_force(study, worker).first():
        raise ImpossibleDecision(f"{worker} is excluded from “{study}” already: {earlier.reason}. Reinstate the worker first.")


def _what_stays(trials: TrialQuerySet) -> str:
    """Captions that count although their worker is excluded, in a sentence; nothing where there are none."""
    drawn_with = trials.done().count()
    return f" Captions that stay, as images are drawn with them: {drawn_with}." if drawn_with else ""


def _in_force(study: Study, worker: Worker) -> ExclusionQuerySet:
    return Exclusion.objects.in_force().filter(study=study, worker=worker)


def _trials(study: Study, worker: Worker) -> TrialQuerySet:
    return Trial.objects.of(study, rehearsal=False).filter(worker=worker)

"""The answers of a page of its own, which come with the assignment alone: a session with its trials and votes."""

from dataclasses import dataclass

from studies.allocation import refuse_unwelcome
from studies.channels.mturk.models import Assignment
from studies.channels.mturk.questions.answers import answers_of, choices_of, seconds_of
from studies.channels.mturk.questions.order import shown_order
from studies.channels.mturk.questions_of_hits import comparisons_of, conditions_in_order, key_of
from studies.confirmation import ANSWERED_AGAIN
from studies.errors import StudyError
from studies.housing import give_places
from studies.models import Comparison, Exclusion, Session, Trial, Vote
from studies.models.design import criteria_asked


@dataclass(frozen=True)
class Answered:
    """A comparison as a worker saw and judged it; `chosen` by criterion, None for no clear winner."""

    comparison: Comparison
    shown: list[int]
    chosen: dict[str, int | None]
    seconds: float | None


def import_answers(assignment: Assignment) -> tuple[Session | None, str]:
    """The session that an assignment's answers make, which is not saved itself; without one the reason, in a sentence.

    What the worker has judged before does not count a second time; the rest does.
    """
    try:
        answered = _read(assignment)
        _refuse_earlier(assignment)
    except StudyError as error:
        return None, str(error)[:300]
    trials = Trial.objects.filter(worker=assignment.worker, state__in=ANSWERED_AGAIN)
    had = set(trials.filter(comparison__in=[one.comparison for one in answered]).values_list("comparison", flat=True))
    new = [one for one in answered if one.comparison.pk not in had]
    if not new:
        return None, "This worker has judged the same comparisons before, so these answers do not count."
    return _session(assignment, new), ""


def _refuse_earlier(assignment: Assignment) -> None:
    """Raise NotWelcome where the page of this site would have turned the worker away; an excluded worker's answers are kept."""
    study, rehearsal = assignment.hit.posting.study, assignment.hit.posting.environment.rehearsal
    if not _is_excluded(assignment):
        refuse_unwelcome(study, assignment.worker, rehearsal=rehearsal)


def _is_excluded(assignment: Assignment) -> bool:
    study = assignment.hit.posting.study
    return Exclusion.objects.in_force().filter(study=study, worker=assignment.worker).exists()


def _read(assignment: Assignment) -> list[Answered]:
    fields = answers_of(assignment.answers)
    posting = assignment.hit.posting
    names = [criterion.name for criterion in criteria_asked(posting.study)]
    read = []
    for comparison in comparisons_of(assignment.hit):
        key, neutral = key_of(comparison), conditions_in_order(posting, comparison)
        chosen = choices_of(fields, key, names, assignment.assignment_id, len(neutral))
        order = shown_order(assignment.assignment_id, key, len(neutral))
        read.append(
            Answered(
                comparison=comparison,
                shown=[neutral[index] for index in order],
                chosen={name: None if index is None else neutral[index] for name, index in chosen.items()},
                seconds=_credible(seconds_of(fields, key), assignment),
            )
        )
    return read


def _credible(seconds: float | None, assignment: Assignment) -> float | None:
    return None if seconds is None else min(seconds, assignment.seconds)


def _session(assignment: Assignment, answered: list[Answered]) -> Session:
    posting = assignment.hit.posting
    rehearsal = posting.environment.rehearsal
    session = Session.objects.create(
        study=posting.study,
        worker=assignment.worker,
        rehearsal=rehearsal,
        visit=assignment.assignment_id,
        state=Session.State.DONE,
        started_at=assignment.accepted_at,
        last_seen_at=assignment.submitted_at,
        finished_at=assignment.submitted_at,
        comment=answers_of(assignment.answers).get("comment", "")[:2000],
    )
    trials = [_trial(session, assignment, number, one) for number, one in enumerate(answered, start=1)]
    give_places(posting.study, trials, rehearsal=rehearsal)
    Trial.objects.bulk_create(trials)
    Vote.objects.bulk_create(vote for trial, one in zip(trials, answered, strict=True) for vote in _votes(trial, one))
    if not rehearsal and _is_excluded(assignment):
        session.trials.done().release(Trial.State.EXCLUDED)
    return session


def _trial(session: Session, assignment: Assignment, number: int, one: Answered) -> Trial:
    return Trial(
        session=session,
        worker=assignment.worker,
        comparison=one.comparison,
        number=number,
        shown=one.shown,
        state=Trial.State.DONE,
        shown_at=assignment.accepted_at,
        answered_at=assignment.submitted_at,
        visible_seconds=one.seconds,
        fetched=2 ** len(one.shown) - 1,
    )


def _votes(trial: Trial, one: Answered) -> list[Vote]:
    criteria = {criterion.name: criterion for criterion in criteria_asked(trial.session.study)}
    return [
        Vote(trial=trial, criterion=criteria[name], condition_id=condition, no_clear_winner=condition is None)
        for name, condition in one.chosen.items()
    ]

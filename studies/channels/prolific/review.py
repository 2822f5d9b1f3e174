"""Deciding on submissions by Prolific's rules: approve, reject, ask to return.

researcher-help.prolific.com, “Valid rejection reasons”. Only what awaits review can be decided on; an approval that comes too
early, because the participant's way back to Prolific is slower than we are, waits and is carried out when Prolific is read.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from studies.channels.prolific import intents
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import AgainstTheRules, MayHaveHappened, ProlificError, Refused, Unreachable
from studies.channels.prolific.models import Intent, ProlificStudy, Submission
from studies.channels.prolific.rules import REJECTIONS, check_failed_checks, check_rejection_words, check_too_quick
from studies.models import LogLine, Trial

State, Kind, Status = Intent.State, Intent.Kind, Submission.Status
WAITS = "Waits until Prolific says that the submission awaits review."
NOT_ANY_MORE = "The submission cannot be approved any more."


@dataclass
class Decided:
    """What came of deciding on several submissions. refused: a sentence for each that was not decided on."""

    done: list[Submission] = field(default_factory=list)
    waiting: list[Submission] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"{len(self.done)} done"]
        parts += [f"{len(self.waiting)} wait until Prolific has them for review"] if self.waiting else []
        return ", ".join([*parts, *([f"{len(self.refused)} refused"] if self.refused else [])])


def approve(chosen: Sequence[Submission], prolific: Prolific, who: str, now: datetime) -> Decided:
    """Pay the reward to each. Who is still at it is approved later, when Prolific has the submission for review."""
    decided = _each(chosen, lambda submission: _approve(submission, prolific, who, now))
    return _logged(decided, who, "prolific approve", now, [*decided.done, *decided.waiting])


def reject(submission: Submission, prolific: Prolific, category: str, message: str, who: str, now: datetime) -> str:
    """Pay nothing, for one of Prolific's reasons, explained to the participant; what was done, in a sentence.

    Raises AgainstTheRules where Prolific allows no rejection.
    """
    check_rejection_words(category, message)
    _refuse_unless_awaiting(submission)
    _check_reason(submission, category)
    told = {"category": category, "message": message.strip()}
    intent = _write(Kind.REJECT, submission, who, now, told, _refuse_unless_awaiting)
    intents.carry_out(
        intent,
        lambda: prolific.reject(submission.prolific_id, category, message.strip()),
        lambda there: submission.note(there.status, timezone.now()),
    )
    sentence = f"{submission} is rejected: {REJECTIONS[category]}. {message.strip()}"
    LogLine.objects.add(submission.prolific_study.study, who, "prolific reject", sentence, now)
    return sentence


def reject_all(
    chosen: Sequence[Submission], prolific: Prolific, category: str, message: str, who: str, now: datetime
) -> Decided:
    """Reject each for the same reason, where Prolific allows it. Raises AgainstTheRules for words that do not do."""
    check_rejection_words(category, message)
    return _each(chosen, lambda submission: bool(reject(submission, prolific, category, message, who, now)))


def request_return(chosen: Sequence[Submission], prolific: Prolific, reasons: list[str], who: str, now: datetime) -> Decided:
    """Ask each participant to return the submission, for reasons that they read. Raises AgainstTheRules without a reason."""
    reasons = [reason.strip() for reason in reasons if reason.strip()]
    if not reasons:
        raise AgainstTheRules("Say why the submission should be returned: the participant reads it.")
    decided = _each(chosen, lambda submission: _request_return(submission, prolific, reasons, who, now))
    return _logged(decided, who, "prolific return", now, decided.done)


def approve_those_that_waited(prolific_study: ProlificStudy, prolific: Prolific) -> int:
    """Carry out approvals whose submissions await review now, and drop those that never will; how many were approved."""
    approved = 0
    for intent in prolific_study.intents.filter(kind=Kind.APPROVE, state=State.WAITING).select_related("submission"):
        submission = intent.submission
        if submission and submission.awaits_review and _taken_up(intent, State.PENDING):
            with suppress(ProlificError):  # the intent tells it
                approved += _try(intent, submission, prolific)
        elif submission and submission.is_decided:
            _taken_up(intent, State.FAILED, NOT_ANY_MORE)
    return approved


def _each(chosen: Sequence[Submission], decide: Callable[[Submission], bool]) -> Decided:
    """Decide on each; once Prolific does not answer, the others are left alone.

    decide: whether it is done; False if it waits.
    """
    decided = Decided()
    for number, submission in enumerate(chosen, start=1):
        try:
            done = decide(submission)
        except (Unreachable, MayHaveHappened) as error:
            decided.refused.append(f"{submission}: {error}")
            if left := len(chosen) - number:
                decided.refused.append(f"{left} more were left alone.")
            return decided
        except ProlificError as error:
            decided.refused.append(f"{submission}: {error}")
        else:
            (decided.done if done else decided.waiting).append(submission)
    return decided


def _taken_up(intent: Intent, state: Intent.State, detail: str = "") -> bool:
    """Whether this process takes up an approval that waited: of two, one does."""
    waiting = Intent.objects.filter(pk=intent.pk, state=State.WAITING)
    taken = waiting.update(state=state, detail=detail, at=timezone.now()) == 1
    intent.refresh_from_db()
    return taken


def _approve(submission: Submission, prolific: Prolific, who: str, now: datetime) -> bool:
    """Whether it is approved now; False if it waits."""
    if submission.is_under_way:
        wanted = intents.Wanted(kind=Kind.APPROVE, who=who, at=now, submission=submission, body={})
        intents.write(submission.prolific_study, wanted, state=State.WAITING)
        return False
    return _try(_write(Kind.APPROVE, submission, who, now, {}, _refuse_unless_awaiting), submission, prolific)


def _try(intent: Intent, submission: Submission, prolific: Prolific) -> bool:
    """Approve; False if Prolific does not have the submission for review yet after all, so that it waits on."""
    try:
        intents.carry_out(
            intent,
            lambda: prolific.approve(submission.prolific_id),
            lambda there: submission.note(there.status, timezone.now()),
        )
    except Refused:
        there = prolific.submission(submission.prolific_id)
        submission.note(there.status, timezone.now())
        if not submission.is_under_way:
            raise
        Intent.objects.filter(pk=intent.pk).update(state=State.WAITING, detail=WAITS)
        return False
    return True


def _request_return(submission: Submission, prolific: Prolific, reasons: list[str], who: str, now: datetime) -> bool:
    def note(_sent: None) -> None:
        Submission.objects.filter(pk=submission.pk).update(return_requested_at=now)

    intent = _write(Kind.REQUEST_RETURN, submission, who, now, {"reasons": reasons}, _refuse_unless_returnable)
    intents.carry_out(intent, lambda: prolific.request_return(submission.prolific_id, reasons), note)
    return True


def _write(
    kind: Intent.Kind,
    submission: Submission,
    who: str,
    now: datetime,
    body: dict[str, Any],
    refuse: Callable[[Submission], None],
) -> Intent:
    """Write a decision down, unless it is refused for the submission as it is while nobody else writes."""
    wanted = intents.Wanted(kind=kind, who=who, at=now, submission=submission, body=body)
    locked = Submission.objects.select_for_update().filter(pk=submission.pk)
    return intents.write(submission.prolific_study, wanted, lambda _study: refuse(locked.get()))


def _refuse_unless_returnable(submission: Submission) -> None:
    if not (submission.awaits_review or submission.is_under_way):
        raise AgainstTheRules(f"It is {submission.status_in_words} and cannot be returned.")
    if submission.return_requested_at:
        raise AgainstTheRules("The participant was asked already; allow some days for an answer.")


def _refuse_unless_awaiting(submission: Submission) -> None:
    if not submission.awaits_review:
        raise AgainstTheRules(f"It is {submission.status_in_words}; only what awaits review can be decided on.")


def _check_reason(submission: Submission, category: str) -> None:
    """What Prolific asks of a reason and is known here."""
    row = submission.prolific_study
    if category == "TOO_QUICKLY":
        check_too_quick(submission.seconds, times_taken(row))
    if category == "FAILED_CHECK":
        check_failed_checks(failed_checks(submission), row.minutes)
    if category in ("NO_CODE", "BAD_CODE") and submission.code == row.completion_code:
        raise AgainstTheRules("The participant entered the right completion code. Choose another reason.")


def times_taken(prolific_study: ProlificStudy) -> list[float]:
    """Seconds from start to completion, of all who came to the end."""
    times = prolific_study.submissions.values_list("seconds", flat=True)
    return [seconds for seconds in times if seconds is not None]


def failed_checks(submission: Submission) -> int:
    """How many attention checks of the submission's session were answered otherwise than they asked."""
    if submission.session is None:
        return 0
    checks = submission.session.trials.filter(kind=Trial.Kind.ATTENTION, answered_at__isnull=False)
    return sum(_failed(check) for check in checks.prefetch_related("votes"))


def _failed(check: Trial) -> bool:
    expected = check.shown[check.expected - 1] if check.expected else None
    return any(vote.condition_id != expected for vote in check.votes.all())


def _logged(decided: Decided, who: str, action: str, now: datetime, of: list[Submission]) -> Decided:
    if of:
        listed = ", ".join(map(str, of))
        LogLine.objects.add(of[0].prolific_study.study, who, action, f"{decided}: {listed}", now)
    return decided

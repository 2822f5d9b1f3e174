from datetime import timedelta

import pytest

from studies.channels.prolific import review
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import AgainstTheRules, MayHaveHappened, UnderWay
from studies.channels.prolific.models import Intent, Submission
from studies.channels.prolific.reconciling import poll
from studies.models import Comparison, LogLine, StudyCondition, Trial, Vote
from tests.studies.channels.prolific.rows import NOON, WHO, awaiting, finished, published, session_of
from tests.studies.channels.prolific.stand_in import LIMITED, LOST, StandIn

pytestmark = pytest.mark.django_db

WORDS = "You chose the first image in every trial within a second, although the instructions ask to look at all of them first."


def _there(stand_in: StandIn, submission: Submission) -> str:
    return str(stand_in.state.submissions[submission.prolific_id]["status"])


def test_those_that_await_review_are_approved_and_logged(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    chosen = awaiting(row, stand_in, prolific, submissions=2)
    assert str(review.approve(chosen, prolific, WHO, NOON)) == "2 done"
    assert [_there(stand_in, one) for one in chosen] == ["APPROVED", "APPROVED"]
    assert LogLine.objects.get(action="prolific approve").detail.startswith("2 done: ")


def test_approving_twice_asks_prolific_once(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    chosen = awaiting(row, stand_in, prolific)
    review.approve(chosen, prolific, WHO, NOON)
    again = review.approve(list(row.submissions.all()), prolific, WHO, NOON)
    assert "It is approved; only what awaits review" in again.refused[0]
    assert stand_in.times("POST", f"submissions/{chosen[0].prolific_id}/transition/") == 1


def test_an_approval_that_comes_before_the_participant_is_back_is_carried_out_later(
    prolific: Prolific, stand_in: StandIn
) -> None:
    row = published(prolific)
    came = stand_in.state.come(row.prolific_id, "ada")
    poll(row, prolific)
    decided = review.approve(list(row.submissions.all()), prolific, WHO, NOON)
    assert len(decided.waiting) == 1
    poll(row, prolific)
    assert stand_in.times("POST", f"submissions/{came}/transition/") == 0
    stand_in.state.complete(came, row.completion_code)
    assert poll(row, prolific).approved == 1
    assert stand_in.state.submissions[came]["status"] == "APPROVED"


def test_an_approval_that_waits_is_dropped_when_the_participant_gives_up(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    came = stand_in.state.come(row.prolific_id, "ada")
    poll(row, prolific)
    review.approve(list(row.submissions.all()), prolific, WHO, NOON)
    stand_in.state.give_back(came)
    assert poll(row, prolific).approved == 0
    intent = row.intents.get(kind=Intent.Kind.APPROVE)
    assert (intent.state, intent.detail) == (Intent.State.FAILED, review.NOT_ANY_MORE)


def test_a_race_that_prolific_tells_of_is_waited_for(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    (submission,) = awaiting(row, stand_in, prolific)
    stand_in.state.submissions[submission.prolific_id]["status"] = "ACTIVE"  # not theirs to review after all
    decided = review.approve([submission], prolific, WHO, NOON)
    assert decided.waiting == [submission]
    stand_in.state.complete(submission.prolific_id, row.completion_code)
    assert poll(row, prolific).approved == 1


def test_one_that_cannot_be_approved_does_not_hold_up_the_others(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    gone, fine = awaiting(row, stand_in, prolific, submissions=2)
    stand_in.state.give_back(gone.prolific_id)
    decided = review.approve([gone, fine], prolific, WHO, NOON)
    assert decided.done == [fine]
    assert "Prolific answered 400: The submission is RETURNED" in decided.refused[0]
    assert Submission.objects.get(pk=gone.pk).status == "RETURNED"


def test_an_approval_without_an_answer_is_not_told_again_before_it_is_read_back(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    (submission,) = awaiting(row, stand_in, prolific)
    stand_in.fail("transition/", LOST)
    assert "It may have happened" in review.approve([submission], prolific, WHO, NOON).refused[0]
    assert "not known yet" in review.approve([submission], prolific, WHO, NOON).refused[0]
    assert poll(row, prolific).settled == 1
    assert stand_in.times("POST", f"submissions/{submission.prolific_id}/transition/") == 1
    assert row.intents.get(kind=Intent.Kind.APPROVE).state == Intent.State.DONE


@pytest.mark.parametrize("faults", [[LOST], [LIMITED] * 5])
def test_once_prolific_does_not_answer_the_others_are_left_alone(
    prolific: Prolific, stand_in: StandIn, faults: list[str]
) -> None:
    row = published(prolific)
    chosen = awaiting(row, stand_in, prolific, submissions=3)
    stand_in.fail(f"{chosen[1].prolific_id}/transition/", *faults)
    decided = review.approve(chosen, prolific, WHO, NOON)
    assert decided.done == chosen[:1]
    assert decided.refused[-1] == "1 more were left alone."
    assert _there(stand_in, chosen[2]) == "AWAITING REVIEW"


def test_approvals_are_repeated_where_prolific_asks_for_patience(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    chosen = awaiting(row, stand_in, prolific)
    stand_in.fail("transition/", LIMITED)
    assert review.approve(chosen, prolific, WHO, NOON).done == chosen


def test_a_rejection_tells_the_participant_why(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    (submission,) = awaiting(row, stand_in, prolific)
    review.reject(submission, prolific, "LOW_EFFORT", f" {WORDS} ", WHO, NOON)
    told = {"action": "REJECT", "message": WORDS, "rejection_category": "LOW_EFFORT"}
    assert ("POST", f"submissions/{submission.prolific_id}/transition/", told) in stand_in.asked
    assert _there(stand_in, submission) == "REJECTED"
    assert WORDS in LogLine.objects.get(action="prolific reject").detail


@pytest.mark.parametrize("category", ["TOO_QUICKLY", "FAILED_CHECK", "BAD_CODE", "NO_CODE"])
def test_reasons_that_are_not_true_are_not_given(prolific: Prolific, stand_in: StandIn, category: str) -> None:
    row = published(prolific)
    submission = awaiting(row, stand_in, prolific, submissions=6)[0]
    with pytest.raises(AgainstTheRules):
        review.reject(submission, prolific, category, WORDS, WHO, NOON)
    assert _there(stand_in, submission) == "AWAITING REVIEW"


def test_whoever_failed_two_attention_checks_may_be_rejected_for_it(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    (submission,) = awaiting(row, stand_in, prolific)
    _answer_checks(submission, rightly=[False, True])
    assert review.failed_checks(submission) == 1
    with pytest.raises(AgainstTheRules, match="failed 1 attention checks"):
        review.reject(submission, prolific, "FAILED_CHECK", WORDS, WHO, NOON)
    _answer_checks(submission, rightly=[False])
    review.reject(submission, prolific, "FAILED_CHECK", WORDS, WHO, NOON)
    assert _there(stand_in, submission) == "REJECTED"


def test_only_what_awaits_review_is_rejected(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    stand_in.state.come(row.prolific_id, "ada")
    poll(row, prolific)
    with pytest.raises(AgainstTheRules, match="It is active"):
        review.reject(row.submissions.get(), prolific, "OTHER", WORDS, WHO, NOON)


def test_a_return_is_asked_for_once_with_its_reasons(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    chosen = awaiting(row, stand_in, prolific)
    with pytest.raises(AgainstTheRules, match="Say why"):
        review.request_return(chosen, prolific, [" "], WHO, NOON)
    assert review.request_return(chosen, prolific, ["Withdrew consent.", ""], WHO, NOON).done == chosen
    assert stand_in.asked[-1][2] == {"request_return_reasons": ["Withdrew consent."]}
    again = review.request_return(list(row.submissions.all()), prolific, ["Withdrew consent."], WHO, NOON)
    assert "was asked already" in again.refused[0]


def test_a_return_without_an_answer_is_read_back(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    chosen = awaiting(row, stand_in, prolific)
    stand_in.fail("request-return/", LOST)
    assert review.request_return(chosen, prolific, ["Other."], WHO, NOON).refused
    poll(row, prolific)
    assert row.intents.get(kind=Intent.Kind.REQUEST_RETURN).state == Intent.State.DONE
    assert stand_in.times("POST", f"submissions/{chosen[0].prolific_id}/request-return/") == 1


def test_a_rejection_and_an_approval_do_not_meet(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    (submission,) = awaiting(row, stand_in, prolific)
    stand_in.fail("transition/", LOST)
    with pytest.raises(MayHaveHappened):
        review.reject(submission, prolific, "OTHER", WORDS, WHO, NOON)
    with pytest.raises(UnderWay):
        review.reject(submission, prolific, "OTHER", WORDS, WHO, NOON)
    assert review.approve([submission], prolific, WHO, NOON).refused


def test_whoever_prolific_approves_by_itself_needs_no_decision(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific, review="AUTOMATICALLY_APPROVE")
    finished(row, stand_in, "ada")
    poll(row, prolific)
    assert row.submissions.get().status == "APPROVED"


def test_whoever_is_screened_out_for_a_reward_is_not_decided_on(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific, screen_out_cents=20, screen_out_places=2)
    came = stand_in.state.come(row.prolific_id, "ada")
    session_of(row, "ada", came)
    stand_in.state.complete(came, row.screen_out_code)
    poll(row, prolific)
    assert "It is screened out" in review.approve(list(row.submissions.all()), prolific, WHO, NOON).refused[0]


def _answer_checks(submission: Submission, *, rightly: list[bool]) -> None:
    """Attention checks that asked for Image 1, answered with Image 1 or Image 2."""
    session = submission.session
    assert session is not None
    conditions = list(StudyCondition.objects.filter(study=session.study).order_by("position"))
    criterion, comparison = session.study.criteria.first(), Comparison.objects.filter(study=session.study).first()
    assert criterion is not None
    assert comparison is not None
    for right in rightly:
        trial = Trial.objects.create(
            session=session,
            worker=session.worker,
            comparison=comparison,
            kind=Trial.Kind.ATTENTION,
            number=session.trials.count() + 1,
            shown=[condition.pk for condition in conditions],
            expected=1,
            state=Trial.State.DONE,
            answered_at=NOON + timedelta(minutes=1),
        )
        Vote.objects.create(trial=trial, criterion=criterion, condition=conditions[0 if right else 1], no_clear_winner=False)

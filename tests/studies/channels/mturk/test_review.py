from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.errors import ImpossibleReview, OverBudget
from studies.channels.mturk.models import Assignment, Posting
from studies.channels.mturk.polling import poll
from studies.channels.mturk.review import Plan, approve, bonus, do, override, reject
from studies.models import LogLine
from tests.studies.channels.mturk.postings import published, work

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def handed_in(emulator: Emulator, client: Client, posting: Posting) -> list[Assignment]:
    """Two assignments of one HIT."""
    published(posting, budget_cents=100)
    for worker in ("A1", "A2"):
        work(emulator, client, worker, posting.hits.get(number=1).hit_id)
    poll(posting, NOW())
    return list(Assignment.objects.all())


def decide(posting: Posting, plan: Plan) -> str:
    said = do(posting, plan, "ann", NOW())
    carry_out(posting)
    return said


def statuses() -> list[str]:
    return list(Assignment.objects.values_list("status", flat=True))


def test_a_plan_does_nothing(posting: Posting, handed_in: list[Assignment]) -> None:
    plan = approve(handed_in, "", "ann", NOW())
    assert (plan.said, plan.cents) == ("Approve: 2 assignments.", 0)
    carry_out(posting)
    assert statuses() == ["Submitted", "Submitted"]


def test_approving_pays_and_tells(emulator: Emulator, posting: Posting, handed_in: list[Assignment]) -> None:
    decide(posting, approve(handed_in, " Thank \n you. ", "ann", NOW()))
    assert statuses() == ["Approved", "Approved"]
    assert {one.feedback for one in emulator.market.assignments.values()} == {"Thank you."}
    log = LogLine.objects.filter(action="MTurk").latest("pk")
    assert handed_in[0].assignment_id in log.detail
    assert "Approve: 2 assignments" in log.detail


def test_nobody_is_rejected_without_a_reason(handed_in: list[Assignment]) -> None:
    with pytest.raises(ImpossibleReview, match="Say why"):
        reject(handed_in, " \n", "ann", NOW())


def test_a_message_that_is_too_long_is_refused(handed_in: list[Assignment]) -> None:
    with pytest.raises(ImpossibleReview, match="1024 characters at most; this one has 1025"):
        reject(handed_in, "x" * 1025, "ann", NOW())


def test_what_is_decided_is_left_out(posting: Posting, handed_in: list[Assignment]) -> None:
    decide(posting, approve(handed_in[:1], "", "ann", NOW()))
    plan = reject(list(Assignment.objects.all()), "No.", "ann", NOW())
    assert len(plan.intents) == 1
    assert plan.left_out == (f"{handed_in[0]} is Approved already",)
    assert plan.said == "Reject: 1 assignment; left out: 1."


def test_a_decision_on_its_way_is_not_crossed(posting: Posting, handed_in: list[Assignment]) -> None:
    do(posting, approve(handed_in[:1], "", "ann", NOW()), "ann", NOW())
    assert reject(handed_in[:1], "No.", "bob", NOW()).left_out == (f"{handed_in[0]} is being decided on",)


def test_a_refused_approval_can_be_asked_for_again(emulator: Emulator, posting: Posting, handed_in: list[Assignment]) -> None:
    do(posting, approve(handed_in[:1], "", "ann", NOW()), "ann", NOW())
    posting.intents.filter(operation="ApproveAssignment").update(state="refused")
    assert decide(posting, approve(handed_in[:1], "", "bob", NOW())).startswith("Approve: 1 assignment")
    assert emulator.account.spent_cents == 6


def test_an_override_costs_anew_and_within_thirty_days(posting: Posting, handed_in: list[Assignment]) -> None:
    decide(posting, reject(handed_in[:1], "No.", "ann", NOW()))
    rejected = list(Assignment.objects.filter(status="Rejected"))
    assert override(rejected, "Sorry.", "ann", NOW()).cents == 6
    late = override(rejected, "Sorry.", "ann", NOW() + timedelta(days=31))
    assert late.left_out == (f"{handed_in[0]} was rejected more than thirty days ago",)
    assert override(handed_in[1:], "Sorry.", "ann", NOW()).left_out == (f"{handed_in[1]} is Submitted, not rejected",)


def test_an_override_beyond_the_budget_is_refused(posting: Posting, handed_in: list[Assignment]) -> None:
    decide(posting, reject(handed_in[:1], "No.", "ann", NOW()))
    Posting.objects.filter(pk=posting.pk).update(budget_cents=33)
    rejected = list(Assignment.objects.filter(status="Rejected"))
    with pytest.raises(OverBudget):
        do(posting, override(rejected, "Sorry.", "ann", NOW()), "ann", NOW())


@pytest.mark.parametrize(("cents", "reason"), [(0, "Thanks"), (-5, "Thanks"), (5, " ")])
def test_a_bonus_is_something_for_a_reason(handed_in: list[Assignment], cents: int, reason: str) -> None:
    with pytest.raises(ImpossibleReview, match="at least one cent, and has a reason"):
        bonus(handed_in[0], cents, reason, "thanks", "ann", NOW())

from datetime import timedelta

import pytest

from studies.channels.prolific import bonuses
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import AgainstTheRules, CostChanged, MayHaveHappened, OverBudget, UnderWay
from studies.channels.prolific.models import Intent, ProlificStudy, Submission
from studies.channels.prolific.reconciling import poll
from studies.channels.prolific.settling import settle, settle_by_hand
from studies.models import LogLine
from tests.studies.channels.prolific.rows import COST_OF_TEN, NOON, WHO, awaiting, published
from tests.studies.channels.prolific.stand_in import BROKEN, LIMITED, LOST, StandIn

pytestmark = pytest.mark.django_db

COST_OF_ONE_FIFTY = 210  # 150 + 50 + 10


@pytest.fixture
def submission(prolific: Prolific, stand_in: StandIn) -> Submission:
    """One that has handed in."""
    return awaiting(published(prolific), stand_in, prolific)[0]


def _set_up(submission: Submission, prolific: Prolific, cents: int = 150) -> Intent:
    return bonuses.set_up(submission.prolific_study, {submission: cents}, prolific, WHO, NOON)


def _paid(stand_in: StandIn, submission: Submission) -> list[int]:
    return list(stand_in.state.submissions[submission.prolific_id]["bonus_payments"])


def test_setting_up_tells_what_it_costs_and_pays_nothing(submission: Submission, prolific: Prolific, stand_in: StandIn) -> None:
    intent = _set_up(submission, prolific)
    assert (intent.body["total"], intent.body["fees"]) == (COST_OF_ONE_FIFTY, 50)
    assert stand_in.asked[-1][2]["csv_bonuses"] == f"{submission.prolific_id},1.50\n"
    assert _paid(stand_in, submission) == []
    assert submission.prolific_study.committed_cents() == COST_OF_TEN
    assert bonuses.to_pay(submission.prolific_study) == [intent]


def test_what_was_confirmed_is_paid_once(submission: Submission, prolific: Prolific, stand_in: StandIn) -> None:
    intent = _set_up(submission, prolific)
    assert "£2.10" in bonuses.pay(intent, prolific, COST_OF_ONE_FIFTY, WHO, NOON)
    with pytest.raises(UnderWay):
        bonuses.pay(intent, prolific, COST_OF_ONE_FIFTY, WHO, NOON)
    assert _paid(stand_in, submission) == [150]
    assert submission.prolific_study.committed_cents() == COST_OF_TEN + COST_OF_ONE_FIFTY
    assert bonuses.to_pay(submission.prolific_study) == []
    assert LogLine.objects.filter(action="prolific pay bonuses", who=WHO).count() == 1


def test_another_sum_is_not_paid(submission: Submission, prolific: Prolific, stand_in: StandIn) -> None:
    with pytest.raises(CostChanged, match=r"cost £2\.10, not £1\.50"):
        bonuses.pay(_set_up(submission, prolific), prolific, 150, WHO, NOON)
    assert _paid(stand_in, submission) == []


def test_more_than_the_budget_is_not_paid(submission: Submission, prolific: Prolific, stand_in: StandIn) -> None:
    intent = _set_up(submission, prolific)
    ProlificStudy.objects.update(budget_cents=COST_OF_TEN + COST_OF_ONE_FIFTY - 1)
    with pytest.raises(OverBudget):
        bonuses.pay(intent, prolific, COST_OF_ONE_FIFTY, WHO, NOON)
    assert _paid(stand_in, submission) == []


def test_paying_without_an_answer_is_read_back_and_never_told_twice(
    submission: Submission, prolific: Prolific, stand_in: StandIn
) -> None:
    intent = _set_up(submission, prolific)
    stand_in.fail("pay/", LOST)
    with pytest.raises(MayHaveHappened):
        bonuses.pay(intent, prolific, COST_OF_ONE_FIFTY, WHO, NOON)
    with pytest.raises(UnderWay):
        bonuses.pay(intent, prolific, COST_OF_ONE_FIFTY, WHO, NOON)
    assert settle(submission.prolific_study, prolific) == 1
    with pytest.raises(UnderWay):
        bonuses.pay(intent, prolific, COST_OF_ONE_FIFTY, WHO, NOON)
    assert _paid(stand_in, submission) == [150]


def test_bonuses_that_are_not_seen_are_never_taken_as_unpaid(
    submission: Submission, prolific: Prolific, stand_in: StandIn
) -> None:
    intent = _set_up(submission, prolific)
    stand_in.fail("pay/", BROKEN)
    with pytest.raises(MayHaveHappened):
        bonuses.pay(intent, prolific, COST_OF_ONE_FIFTY, WHO, NOON)
    row = submission.prolific_study
    assert settle(row, prolific) == 0
    uncertain = row.intents.get(kind=Intent.Kind.PAY_BONUSES)
    assert (uncertain.state, uncertain.cents) == (Intent.State.UNCERTAIN, COST_OF_ONE_FIFTY)
    assert row.committed_cents() == COST_OF_TEN + COST_OF_ONE_FIFTY


@pytest.mark.parametrize("happened", [True, False])
def test_somebody_who_looked_settles_what_prolific_does_not_tell(
    submission: Submission, prolific: Prolific, stand_in: StandIn, happened: bool
) -> None:
    intent, row = _set_up(submission, prolific), submission.prolific_study
    stand_in.fail("pay/", BROKEN)
    with pytest.raises(MayHaveHappened):
        bonuses.pay(intent, prolific, COST_OF_ONE_FIFTY, WHO, NOON)
    uncertain = row.intents.get(kind=Intent.Kind.PAY_BONUSES)
    settle_by_hand(uncertain, WHO, NOON, happened=happened)
    assert (bonuses.to_pay(row) == []) is happened
    assert row.committed_cents() == COST_OF_TEN + (COST_OF_ONE_FIFTY if happened else 0)
    with pytest.raises(AgainstTheRules, match="Only payments of bonuses"):
        settle_by_hand(uncertain, WHO, NOON, happened=happened)


def test_other_bonuses_that_arrive_meanwhile_are_not_taken_for_these(
    submission: Submission, prolific: Prolific, stand_in: StandIn
) -> None:
    first, second = _set_up(submission, prolific), _set_up(submission, prolific)
    stand_in.fail("pay/", BROKEN)
    bonuses_shown = _paid(stand_in, submission)
    with pytest.raises(MayHaveHappened):
        bonuses.pay(first, prolific, COST_OF_ONE_FIFTY, WHO, NOON)
    settle_by_hand(submission.prolific_study.intents.get(kind=Intent.Kind.PAY_BONUSES), WHO, NOON, happened=True)
    stand_in.fail("pay/", BROKEN)
    with pytest.raises(MayHaveHappened):
        bonuses.pay(second, prolific, COST_OF_ONE_FIFTY, WHO, NOON + timedelta(minutes=1))
    stand_in.state.submissions[submission.prolific_id]["bonus_payments"].append(150)  # the first, some minutes late
    assert settle(submission.prolific_study, prolific) == 0
    assert bonuses_shown == []


def test_bonuses_are_asked_for_one_by_one_where_the_list_does_not_tell_them(
    submission: Submission, prolific: Prolific, stand_in: StandIn
) -> None:
    stand_in.state.submissions[submission.prolific_id]["bonus_payments"].append(99)
    stand_in.unlisted.add("bonus_payments")
    bonuses.pay(_set_up(submission, prolific), prolific, COST_OF_ONE_FIFTY, WHO, NOON)
    paid = submission.prolific_study.intents.get(kind=Intent.Kind.PAY_BONUSES)
    assert paid.body["before"] == {submission.prolific_id: 99}


def test_setting_up_is_repeated_only_where_prolific_did_not_take_it(
    submission: Submission, prolific: Prolific, stand_in: StandIn
) -> None:
    stand_in.fail("bonus-payments/", LIMITED, LOST)
    with pytest.raises(MayHaveHappened):
        _set_up(submission, prolific)
    assert len(stand_in.state.bonuses) == 1
    assert settle(submission.prolific_study, prolific) == 1  # nothing was paid, so it may be set up again
    _set_up(submission, prolific)


@pytest.mark.parametrize("cents", [0, -5])
def test_a_bonus_is_at_least_a_cent(submission: Submission, prolific: Prolific, cents: int) -> None:
    with pytest.raises(AgainstTheRules, match="at least 1 cent"):
        _set_up(submission, prolific, cents)


def test_bonuses_are_for_those_who_have_handed_in_to_this_study(
    submission: Submission, prolific: Prolific, stand_in: StandIn
) -> None:
    other = published(prolific)
    with pytest.raises(AgainstTheRules, match="another study"):
        bonuses.set_up(other, {submission: 150}, prolific, WHO, NOON)
    stand_in.state.come(other.prolific_id, "bob")
    poll(other, prolific)
    with pytest.raises(AgainstTheRules, match="for who has handed in"):
        _set_up(other.submissions.get(), prolific)


def test_at_most_two_hundred_are_paid_at_once(submission: Submission, prolific: Prolific) -> None:
    row = submission.prolific_study
    many = [Submission(pk=number, prolific_study=row, prolific_id=str(number), status="APPROVED") for number in range(201)]
    with pytest.raises(AgainstTheRules, match="at most 200"):
        bonuses.set_up(row, dict.fromkeys(many, 1), prolific, WHO, NOON)

"""Our books against the emulator's account, to the cent; expected cents by hand: 5 for the worker and 1 for Amazon."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.errors import OverBudget
from studies.channels.mturk.ledger import balance_of, intend
from studies.channels.mturk.models import Assignment, Intent, Posting
from studies.channels.mturk.polling import poll
from studies.channels.mturk.review import approve, bonus, do, override, reject
from studies.models import Study
from tests.studies.channels.mturk.postings import draft, published, work

pytestmark = pytest.mark.django_db
NOW = timezone.now
DAY = 24 * 60 * 60


def one_answered(emulator: Emulator, client: Client, posting: Posting) -> Assignment:
    """The assignment that one worker handed in, of six that are paid for."""
    published(posting, budget_cents=100)
    hit = posting.hits.get(number=1)
    work(emulator, client, "A1", hit.hit_id)
    poll(posting, NOW())
    return Assignment.objects.get(hit=hit)


def tend(posting: Posting, emulator: Emulator) -> None:
    carry_out(posting, emulator.clock.now)
    poll(posting, emulator.clock.now())


def agree(posting: Posting, emulator: Emulator) -> tuple[int, int]:
    """What is spent and held, as both books have it."""
    balance = balance_of(posting)
    assert (balance.spent, balance.held) == (emulator.account.spent_cents, emulator.account.held_cents)
    return balance.spent, balance.held


def test_publishing_holds_all_assignments_with_their_fees(emulator: Emulator, posting: Posting) -> None:
    published(posting, budget_cents=100)
    assert agree(posting, emulator) == (0, 3 * 2 * 6)
    assert balance_of(posting).left == 100 - 36


def test_a_reward_with_both_fees_agrees_with_the_account(emulator: Emulator, study: Study) -> None:
    posting = draft(study, reward_cents=13, max_assignments=1)
    published(posting)
    assert agree(posting, emulator) == (0, 3 * (13 + 3 + 1))  # 2.6 and 0.65, each rounded


def test_an_approval_spends_what_was_held(emulator: Emulator, client: Client, posting: Posting) -> None:
    assignment = one_answered(emulator, client, posting)
    do(posting, approve([assignment], "", "ann", NOW()), "ann", NOW())
    tend(posting, emulator)
    assert agree(posting, emulator) == (6, 30)


def test_a_rejection_gives_the_money_back_at_once(emulator: Emulator, client: Client, posting: Posting) -> None:
    assignment = one_answered(emulator, client, posting)
    do(posting, reject([assignment], "All the same answer.", "ann", NOW()), "ann", NOW())
    carry_out(posting)
    assert agree(posting, emulator) == (0, 30)


def test_an_overridden_rejection_is_paid_once(emulator: Emulator, client: Client, posting: Posting) -> None:
    assignment = one_answered(emulator, client, posting)
    do(posting, reject([assignment], "All the same answer.", "ann", NOW()), "ann", NOW())
    tend(posting, emulator)
    assignment.refresh_from_db()
    do(posting, override([assignment], "I was wrong.", "ann", NOW()), "ann", NOW())
    tend(posting, emulator)
    assert agree(posting, emulator) == (6, 30)


def test_a_bonus_is_spent_with_its_fee(emulator: Emulator, client: Client, posting: Posting) -> None:
    assignment = one_answered(emulator, client, posting)
    intend(posting, [bonus(assignment, 13, "Well done.", "thanks", "ann", NOW())])
    assert balance_of(posting).left == 100 - 36 - 16  # a fee of 2.6 cents, rounded
    carry_out(posting)
    assert agree(posting, emulator) == (16, 36)


def test_what_the_delay_approves_is_spent_here_too(emulator: Emulator, client: Client, posting: Posting) -> None:
    one_answered(emulator, client, posting)
    emulator.clock.advance(7 * DAY + 60)
    tend(posting, emulator)
    assert Assignment.objects.get().status == Assignment.Status.APPROVED
    assert agree(posting, emulator) == (6, 0)


def test_what_nobody_took_comes_back_when_the_hits_end(emulator: Emulator, posting: Posting) -> None:
    published(posting)
    emulator.clock.advance(3 * DAY + 60)  # less than an assignment may last after the end, but nobody works
    tend(posting, emulator)
    assert agree(posting, emulator) == (0, 0)


def test_what_somebody_works_on_at_the_end_is_still_held(emulator: Emulator, posting: Posting) -> None:
    published(posting)
    emulator.clock.advance(3 * DAY - 60)
    emulator.worker("A1", masters=True).accept(posting.hits.get(number=1).hit_id)
    emulator.clock.advance(120)
    tend(posting, emulator)
    assert balance_of(posting).held == 12  # of one HIT, until it is known what becomes of the assignment
    emulator.clock.advance(3600)
    tend(posting, emulator)
    assert agree(posting, emulator) == (0, 0)


def test_nothing_is_meant_beyond_what_was_confirmed(emulator: Emulator, client: Client, posting: Posting) -> None:
    assignment = one_answered(emulator, client, posting)  # of 100 cents 64 are left
    with pytest.raises(OverBudget, match=r"would cost \$0.66, and \$0.64 are left of the \$1.00"):
        intend(posting, [bonus(assignment, 55, "Well done.", "thanks", "ann", NOW())])
    assert not Intent.objects.filter(operation=Intent.Operation.BONUS).exists()
    intend(posting, [bonus(assignment, 53, "Well done.", "thanks", "ann", NOW())])
    assert balance_of(posting).left == 0


def test_what_costs_nothing_is_done_with_an_empty_budget(emulator: Emulator, client: Client, posting: Posting) -> None:
    assignment = one_answered(emulator, client, posting)
    Posting.objects.filter(pk=posting.pk).update(budget_cents=0)
    do(posting, approve([assignment], "", "ann", NOW()), "ann", NOW())
    carry_out(posting)
    assert emulator.account.spent_cents == 6


def test_the_same_is_never_meant_twice(emulator: Emulator, client: Client, posting: Posting) -> None:
    assignment = one_answered(emulator, client, posting)
    thanks = [bonus(assignment, 10, "Well done.", "thanks", "ann", NOW())]
    assert len(intend(posting, thanks)) == 1
    assert intend(posting, [bonus(assignment, 10, "Well done.", "thanks", "bob", NOW())]) == []
    carry_out(posting)
    assert len(emulator.market.bonuses) == 1


def test_what_was_refused_is_wanted_again_under_the_same_token(emulator: Emulator, client: Client, posting: Posting) -> None:
    assignment = one_answered(emulator, client, posting)
    emulator.account.available_cents = 0
    (refused,) = intend(posting, [bonus(assignment, 10, "Well done.", "thanks", "ann", NOW())])
    carry_out(posting)
    refused.refresh_from_db()
    assert (refused.state, balance_of(posting).left) == (Intent.State.REFUSED, 64)
    (again,) = intend(posting, [bonus(assignment, 20, "Very well done.", "thanks", "bob", NOW())])
    assert (again.pk, again.token, again.state) == (refused.pk, refused.token, Intent.State.WANTED)
    emulator.account.available_cents = 1000
    carry_out(posting)
    assert [each.cents for each in emulator.market.bonuses] == [20]


def test_two_postings_have_budgets_of_their_own(posting: Posting) -> None:
    published(posting, budget_cents=40)
    other = draft(posting.study, max_assignments=2)
    Posting.objects.filter(pk=other.pk).update(budget_cents=7, state="confirmed")
    assert (balance_of(posting).left, balance_of(Posting.objects.get(pk=other.pk)).left) == (4, 7)


def test_a_call_that_is_under_way_is_committed(posting: Posting) -> None:
    published(posting, budget_cents=100)
    posting.intents.filter(operation=Intent.Operation.CREATE_HIT).update(
        state=Intent.State.CALLING, claimed_at=NOW() - timedelta(days=1)
    )
    assert balance_of(posting).left == 64

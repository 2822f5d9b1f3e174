from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.fair_pay import plan_top_ups, wages_of_posting
from studies.channels.mturk.ledger import balance_of
from studies.channels.mturk.models import Assignment, Posting
from studies.channels.mturk.polling import poll
from studies.channels.mturk.review import do, reject
from tests.studies.channels.mturk.postings import published, work

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def worked(emulator: Emulator, client: Client, posting: Posting) -> Posting:
    """A1 worked two minutes on two HITs together, A2 ten seconds on one; 5 cents each."""
    published(posting, budget_cents=1000)
    for worker, number in (("A1", 1), ("A1", 2), ("A2", 1)):
        work(emulator, client, worker, posting.hits.get(number=number).hit_id)
    poll(posting, NOW())
    for assignment in Assignment.objects.all():
        seconds = 60 if assignment.worker.plain_id == "A1" else 10
        assignment.submitted_at = assignment.accepted_at + timedelta(seconds=seconds)
        assignment.save()
    return posting


def test_wages_of_a_posting(worked: Posting) -> None:
    wages = wages_of_posting(worked)
    assert wages is not None
    assert [wage.hourly for wage in wages.workers] == [300.0, 1800.0]


def test_who_is_below_gets_the_rest_as_one_bonus(emulator: Emulator, worked: Posting) -> None:
    plan = plan_top_ups(worked, 900, "ann", NOW())
    assert [(str(intent.assignment), intent.details["bonus"]) for intent in plan.intents] == [
        (Assignment.objects.filter(worker__plain_id="A1").latest("submitted_at").assignment_id, 20)
    ]
    do(worked, plan, "ann", NOW())
    carry_out(worked)
    assert [each.cents for each in emulator.market.bonuses] == [20]
    assert balance_of(worked).spent == emulator.account.spent_cents == 24


def test_top_ups_that_are_on_their_way_are_not_planned_again(worked: Posting) -> None:
    do(worked, plan_top_ups(worked, 900, "ann", NOW()), "ann", NOW())
    assert plan_top_ups(worked, 900, "ann", NOW()).intents == ()
    assert [intent.details["bonus"] for intent in plan_top_ups(worked, 1200, "ann", NOW()).intents] == [10]


def test_a_refused_top_up_is_planned_again(emulator: Emulator, worked: Posting) -> None:
    emulator.account.available_cents = 0
    do(worked, plan_top_ups(worked, 900, "ann", NOW()), "ann", NOW())
    carry_out(worked)
    emulator.account.available_cents = 100
    do(worked, plan_top_ups(worked, 900, "ann", NOW()), "ann", NOW())
    carry_out(worked)
    assert [each.cents for each in emulator.market.bonuses] == [20]


def test_rejected_work_is_neither_counted_nor_topped_up(worked: Posting) -> None:
    do(worked, reject(list(Assignment.objects.filter(worker__plain_id="A1")), "No.", "ann", NOW()), "ann", NOW())
    carry_out(worked)
    wages = wages_of_posting(worked)
    assert wages is not None
    assert len(wages.workers) == 1
    assert plan_top_ups(worked, 900, "ann", NOW()).intents == ()


def test_a_posting_without_work_has_no_wages(posting: Posting) -> None:
    assert wages_of_posting(posting) is None
    assert plan_top_ups(posting, 900, "ann", NOW()).intents == ()

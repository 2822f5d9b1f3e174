"""The buttons of a posting: shown first, done the second time."""

import pytest
from django.test import Client

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Assignment, Intent, Posting
from studies.channels.mturk.notifying import address_for
from studies.models import Trial
from tests.studies.channels.mturk.admin.browsing import address, hidden_of, press, told
from tests.studies.channels.mturk.admin.conftest import HandIn
from tests.studies.channels.mturk.postings import published, work

pytestmark = pytest.mark.django_db
Operation = Intent.Operation


def sure(browser: Client, posting: Posting, name: str, **sent: str) -> str:
    """Press a button, and confirm what it shows."""
    shown = press(browser, posting, name, **sent)
    return press(browser, posting, name, **hidden_of(shown, "said"))


def test_hits_end_only_the_second_time(researcher: Client, confirmed: Posting, emulator: Emulator) -> None:
    assert "This would be done: End now: 3 HITs" in press(researcher, confirmed, "expire")
    assert not confirmed.intents.filter(operation=Operation.EXPIRE).exists()
    sure(researcher, confirmed, "expire")
    carry_out(confirmed)
    assert emulator.worker("A9", masters=True).hits() == []
    assert confirmed.study.log.filter(detail__contains="End now: 3 HITs").count() == 1


def test_what_changed_meanwhile_is_shown_anew(researcher: Client, confirmed: Posting) -> None:
    shown = hidden_of(press(researcher, confirmed, "expire"), "said")
    hit = confirmed.hits.get(number=1)
    hit.expires_at = confirmed.confirmed_at
    hit.save()
    page = press(researcher, confirmed, "expire", **shown)
    assert "Nothing was done, as something changed meanwhile. What would be done now: End now: 2 HITs" in page
    assert not confirmed.intents.filter(operation=Operation.EXPIRE).exists()


def test_hits_are_deleted_once_everything_is_decided(researcher: Client, confirmed: Posting, hand_in: HandIn) -> None:
    for worker in ("A1", "A2"):
        hand_in(worker)
    assert "No HIT can be deleted yet" in press(researcher, confirmed, "delete")
    Assignment.objects.update(status=Assignment.Status.APPROVED)
    assert "Delete: 1 HIT" in sure(researcher, confirmed, "delete")


def test_the_budget_grows_and_never_shrinks(researcher: Client, confirmed: Posting) -> None:
    assert "$4.00 → $6.50" in sure(researcher, confirmed, "budget", budget="6.50")
    confirmed.refresh_from_db()
    assert confirmed.budget_cents == 650
    assert "can only grow" in press(researcher, confirmed, "budget", budget="5.00")
    assert "“5$” is no amount" in press(researcher, confirmed, "budget", budget="5$")


def test_more_workers_are_asked_for_votes_that_do_not_count(
    researcher: Client, confirmed: Posting, hand_in: HandIn, emulator: Emulator
) -> None:
    assert "No assignment has to be replaced" in told(researcher.get(address(confirmed)))
    assignment = hand_in()
    Trial.objects.filter(session=assignment.session).done().release(Trial.State.EXCLUDED)
    assert "Ask 1 more worker …" in told(researcher.get(address(confirmed)))
    assert "1 more assignment on 1 HIT, $0.06 with fees" in press(researcher, confirmed, "replace")
    assert emulator.account.held_cents == 36
    sure(researcher, confirmed, "replace")
    carry_out(confirmed)
    assert emulator.account.held_cents == 42


def test_a_hit_does_not_grow_from_nine_workers_to_ten(
    researcher: Client, posting: Posting, emulator: Emulator, client: Client
) -> None:
    published(posting, budget_cents=400)
    work(emulator, client, "A1", posting.hits.get(number=1).hit_id)
    press(researcher, posting, "poll")
    posting.hits.update(max_assignments=9)
    exclude_all(posting)
    page = press(researcher, posting, "replace")
    assert "below the higher fee from 10 on" in page
    assert not posting.intents.filter(operation=Operation.ADD_ASSIGNMENTS).exists()


def test_refused_calls_are_shown_and_tried_again(researcher: Client, confirmed: Posting) -> None:
    confirmed.intents.filter(operation=Operation.CREATE_HIT, hit__number=2).update(
        state=Intent.State.REFUSED, error="AWS.MechanicalTurk.InsufficientFunds: too little"
    )
    confirmed.hits.filter(number=2).update(hit_id="")
    page = told(researcher.get(address(confirmed)))
    assert "Refused by Mechanical Turk: 1" in page
    assert "InsufficientFunds" in page
    sure(researcher, confirmed, "try-again")
    carry_out(confirmed)
    assert confirmed.hits.exclude(hit_id="").count() == 3


def test_polling_by_hand_reads_what_was_handed_in(
    researcher: Client, confirmed: Posting, emulator: Emulator, client: Client
) -> None:
    work(emulator, client, "A1", confirmed.hits.get(number=1).hit_id)
    assert "new assignments: 1." in press(researcher, confirmed, "poll")
    assert "1 of 6" in told(researcher.get(address(confirmed)))
    assert confirmed.study.log.filter(detail__contains="Polled").exists()


def test_trouble_is_told(researcher: Client, confirmed: Posting) -> None:
    Posting.objects.update(trouble="No AWS keys were found.")
    assert "<strong>Trouble:</strong> No AWS keys were found." in told(researcher.get(address(confirmed)))


def exclude_all(posting: Posting) -> None:
    """As if everybody's votes were excluded."""
    Trial.objects.filter(session__study=posting.study).done().release(Trial.State.EXCLUDED)


def test_notifications_are_asked_for_by_a_topic(researcher: Client, confirmed: Posting) -> None:
    assert "is no topic of Amazon SNS" in press(researcher, confirmed, "notify", topic="votes")
    sure(researcher, confirmed, "notify", topic="arn:aws:sns:us-east-1:123456789012:votes")
    intent = confirmed.intents.get(operation=Operation.NOTIFY)
    assert intent.details == {"topic": "arn:aws:sns:us-east-1:123456789012:votes"}
    assert address_for(confirmed) in told(researcher.get(address(confirmed)))


def test_amazons_question_whether_to_subscribe_is_passed_on(researcher: Client, confirmed: Posting) -> None:
    asked = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription"
    Posting.objects.update(subscription_url=asked)
    assert f'href="{asked}"' in told(researcher.get(address(confirmed)))

"""Notifications: they make a poll look sooner, and change nothing else, whatever happens to them on the way."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.errors import ImpossibleReview
from studies.channels.mturk.models import Assignment, Posting
from studies.channels.mturk.notifying import address_for, ask_for_notifications
from studies.channels.mturk.polling import poll
from tests.studies.channels.mturk.postings import draft, published
from tests.world_study import published_study

TOPIC = "arn:aws:sns:us-east-1:123456789012:votes"


@pytest.fixture
def told(emulator: Emulator, live_server: LiveServer, settings: Settings) -> Posting:
    """A posting whose notifications come to the site."""
    settings.SITE_URL = live_server.url
    posting = published(draft(published_study()))
    ask_for_notifications(posting, TOPIC, "ann", timezone.now())
    carry_out(posting)
    emulator.subscribe(TOPIC, address_for(posting))
    return posting


def _hand_in_unseen(emulator: Emulator, posting: Posting, worker_id: str) -> None:
    """As a worker whose answers never came by this site."""
    hit = posting.hits.first()
    assert hit
    worker = emulator.worker(worker_id, masters=True, approval_rate=99, approved_count=5000)
    worker.submit(worker.accept(hit.hit_id).id, {"session": "none"})
    emulator.outbox.wait()


@pytest.mark.django_db(transaction=True)
def test_a_notification_makes_the_next_poll_look(emulator: Emulator, told: Posting) -> None:
    poll(told, timezone.now(), sweeps=True)
    _hand_in_unseen(emulator, told, "A1")
    assert poll(told, timezone.now(), sweeps=False).new_assignments == 1


@pytest.mark.django_db(transaction=True)
def test_a_lost_notification_is_made_good_by_the_sweep(emulator: Emulator, told: Posting) -> None:
    poll(told, timezone.now(), sweeps=True)
    emulator.faults.lose = 1.0
    _hand_in_unseen(emulator, told, "A1")
    assert poll(told, timezone.now(), sweeps=False).new_assignments == 0
    assert poll(told, timezone.now(), sweeps=True).new_assignments == 1


@pytest.mark.django_db(transaction=True)
def test_notifications_that_come_twice_and_out_of_order_change_nothing(emulator: Emulator, told: Posting) -> None:
    emulator.faults.duplicate = emulator.faults.reorder = 1.0
    for worker_id in ("A1", "A2"):
        _hand_in_unseen(emulator, told, worker_id)
        poll(told, timezone.now())
    poll(told, timezone.now(), sweeps=True)
    assert sorted(Assignment.objects.values_list("worker__plain_id", flat=True)) == ["A1", "A2"]


@pytest.mark.django_db
def test_what_is_no_topic_is_refused(posting: Posting) -> None:
    with pytest.raises(ImpossibleReview, match="is no topic of Amazon SNS"):
        ask_for_notifications(posting, "https://example.org", "ann", timezone.now())
    with pytest.raises(ImpossibleReview, match="Confirm the posting first"):
        ask_for_notifications(posting, TOPIC, "ann", timezone.now())
    assert not posting.intents.exists()


@pytest.mark.django_db
def test_where_amazon_asks_for_confirmation_is_kept_and_nobody_else(client: Client, posting: Posting) -> None:
    path = "/" + address_for(posting).split("/", 3)[3]
    for address in ("https://sns.us-east-1.amazonaws.com/?Action=Confirm", "https://example.org/", "https://[bad"):
        message = {"Type": "SubscriptionConfirmation", "SubscribeURL": address}
        assert client.post(path, message, content_type="application/json").status_code == 204
    posting.refresh_from_db()
    assert posting.subscription_url == "https://sns.us-east-1.amazonaws.com/?Action=Confirm"

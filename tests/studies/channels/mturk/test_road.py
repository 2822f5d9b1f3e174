"""The whole channel, from a quote to votes that count."""

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.ledger import balance_of
from studies.channels.mturk.models import Assignment, Posting
from studies.channels.mturk.polling import poll
from studies.channels.mturk.review import approve, do
from studies.models import Trial
from tests.studies.channels.mturk.postings import published, work

pytestmark = pytest.mark.django_db


def test_votes_count_once_they_are_handed_in_there(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    assert emulator.account.held_cents == 3 * 2 * 6  # a fee of 20 % of 5 cents, and of 5 % for Masters, which round to none
    for hit in posting.hits.all():
        for worker in ("A1", "A2"):
            work(emulator, client, worker, hit.hit_id)
    progress = Trial.objects.progress(posting.study, rehearsal=True)
    assert (progress.done, progress.total) == (0, 6)
    assert poll(posting, timezone.now()).new_assignments == 6
    assert Trial.objects.progress(posting.study, rehearsal=True).done == 6
    do(posting, approve(list(Assignment.objects.of(posting)), "", "ann", timezone.now()), "ann", timezone.now())
    carry_out(posting)
    assert (emulator.account.spent_cents, emulator.account.held_cents) == (36, 0)
    assert (balance_of(posting).spent, balance_of(posting).held) == (36, 0)

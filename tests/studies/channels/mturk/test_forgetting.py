import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.ledger import balance_of
from studies.channels.mturk.models import Assignment, Posting
from studies.channels.mturk.polling import poll
from studies.forgetting import forget
from studies.models import Vote
from tests.studies.channels.mturk.postings import published, work


@pytest.mark.django_db
def test_a_forgotten_worker_leaves_the_books_and_nothing_else(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    hit = posting.hits.first()
    assert hit
    work(emulator, client, "A1", hit.hit_id)
    poll(posting, timezone.now())
    before, assignment = balance_of(posting), Assignment.objects.get()
    assert "session" in assignment.answers
    forget(assignment.worker, "ann", timezone.now())
    poll(posting, timezone.now(), sweeps=True)
    assignment = Assignment.objects.get()
    assert (assignment.answers, assignment.worker.plain_id, Vote.objects.count()) == ("", "", 0)
    assert balance_of(posting) == before

"""How much Mechanical Turk is asked: once per HIT to publish, and then for what changed alone."""

from collections import Counter

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Posting
from studies.channels.mturk.polling import poll
from tests.factories_studies import published_study
from tests.studies.channels.mturk.postings import draft, published, work

pytestmark = pytest.mark.django_db
HITS = 12


@pytest.fixture
def large(emulator: Emulator) -> Posting:  # noqa: ARG001 (which it is posted on)
    return published(draft(published_study(prompts=HITS, votes_wanted=1), max_assignments=1))


def _asked_by_poll(emulator: Emulator, posting: Posting) -> Counter[str]:
    before = Counter(emulator.requests)
    poll(posting, timezone.now(), sweeps=False)
    return emulator.requests - before


def test_publishing_asks_once_for_each_hit(large: Posting, emulator: Emulator) -> None:
    assert large.hits.count() == HITS
    assert emulator.requests["CreateHITWithHITType"] == HITS
    assert emulator.requests.total() - HITS <= 4  # the balance at quote and confirmation, a qualification and the HIT type


def test_a_poll_asks_once_where_nothing_happened(large: Posting, emulator: Emulator) -> None:
    assert _asked_by_poll(emulator, large) == {"ListReviewableHITs": 1}


def test_a_poll_asks_for_the_hits_that_changed(large: Posting, emulator: Emulator, client: Client) -> None:
    for hit in large.hits.all()[:3]:
        work(emulator, client, "A1", hit.hit_id)
    assert _asked_by_poll(emulator, large) == {
        "ListReviewableHITs": 1,
        "ListAssignmentsForHIT": 3,
        "UpdateHITReviewStatus": 3,
    }
    assert _asked_by_poll(emulator, large) == {"ListReviewableHITs": 1}


def test_a_sweep_goes_through_all_hits_a_hundred_at_a_time(large: Posting, emulator: Emulator) -> None:
    before = Counter(emulator.requests)
    poll(large, timezone.now(), sweeps=True)
    assert emulator.requests - before == {"ListReviewableHITs": 1, "ListHITs": 1}

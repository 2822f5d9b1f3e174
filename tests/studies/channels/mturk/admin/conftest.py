from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Assignment, Posting
from studies.channels.mturk.polling import poll
from tests.studies.admin.conftest import log_in
from tests.studies.channels.mturk.postings import published, work

__all__ = ["log_in"]

HandIn = Callable[..., Assignment]


@pytest.fixture
def confirmed(posting: Posting) -> Posting:
    """Three HITs on the emulator, for two workers each at 6 cents with the fee; four dollars of budget."""
    return published(posting, budget_cents=400)


@pytest.fixture
def hand_in(confirmed: Posting, emulator: Emulator, client: Client) -> HandIn:
    """Has a worker answer a HIT, by its number, and hand it in after ten minutes; polled."""

    def handed_in(worker: str = "A1", number: int = 1) -> Assignment:
        assignment_id = work(emulator, client, worker, confirmed.hits.get(number=number).hit_id)
        poll(confirmed, timezone.now())
        made = Assignment.objects.filter(assignment_id=assignment_id)
        made.update(accepted_at=F("submitted_at") - timedelta(minutes=10))
        return made.get()

    return handed_in

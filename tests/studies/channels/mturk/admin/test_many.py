"""Large postings: pages of fifty, and as many queries as for a small one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studies.channels.mturk.models import Assignment, Posting
from studies.models import Worker
from tests.studies.channels.mturk.admin.browsing import address, hidden_of, press, told

pytestmark = pytest.mark.django_db


def add_assignments(posting: Posting, number: int) -> None:
    """More assignments of the first HIT, each of another worker, as Mechanical Turk would tell them."""
    now, known = timezone.now(), Assignment.objects.count()
    hit = posting.hits.get(number=1)
    for index in range(known, known + number):
        worker = Worker.objects.known_as("mturk-emulator", f"A{index}", plain_id=f"A{index}")
        Assignment.objects.create(
            hit=hit,
            assignment_id=f"assignment-{index}",
            worker=worker,
            status=Assignment.Status.SUBMITTED,
            accepted_at=now - timedelta(minutes=10),
            submitted_at=now,
        )


@pytest.mark.parametrize("page", ["", "review", "wages", "ledger"])
def test_more_assignments_take_no_more_queries(researcher: Client, confirmed: Posting, page: str) -> None:
    counts = []
    for _ in range(2):
        add_assignments(confirmed, 10)
        with CaptureQueriesContext(connection) as queries:
            researcher.get(address(confirmed, page))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_all_of_many_are_decided_on_though_a_page_shows_fifty(researcher: Client, confirmed: Posting) -> None:
    add_assignments(confirmed, 120)
    page = told(researcher.get(address(confirmed, "review")))
    assert page.count('name="assignment"') == 50
    assert "Page 1 of 3" in page
    shown = press(researcher, confirmed, "decide", decision="approve", status="Submitted", all="on")
    press(researcher, confirmed, "decide", **hidden_of(shown, "cents"))
    assert confirmed.intents.filter(operation="ApproveAssignment").count() == 120

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Assignment, Hit, Posting
from studies.channels.mturk.recording import _decided_at, record
from studies.exclusion import exclude
from studies.models import Exclusion, Session, Trial, Worker
from tests.studies.channels.mturk.postings import QUALIFIED, answer, path_of, published

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def told(status: str = "Submitted", **fields: Any) -> dict[str, Any]:
    """An assignment as ListAssignmentsForHIT tells it."""
    return {
        "AssignmentId": "3ASSIGNMENT",
        "WorkerId": "A1",
        "AssignmentStatus": status,
        "AcceptTime": NOON,
        "SubmitTime": NOON + timedelta(seconds=90),
        "AutoApprovalTime": NOON + timedelta(days=7),
        **fields,
    }


@pytest.fixture
def hit(posting: Posting) -> Hit:
    return Hit.objects.create(posting=posting, number=1, max_assignments=2, hit_id="3HIT")


def test_what_is_told_first_is_kept(hit: Hit) -> None:
    assignment = record(hit, told(RequesterFeedback="Thanks."), NOON)
    assert (assignment.status, assignment.seconds, assignment.feedback) == ("Submitted", 90, "Thanks.")
    assert (assignment.worker.channel, assignment.worker.plain_id) == ("mturk-emulator", "A1")
    assert (assignment.session, assignment.fault) == (None, "Handed in there, but nothing was answered here.")


@pytest.mark.parametrize(
    ("news", "status", "decided"),
    [
        (["Submitted", "Approved", "Submitted"], "Approved", 1),  # the last is older than the one before
        (["Approved", "Approved"], "Approved", 1),
        (["Submitted", "Rejected", "Approved"], "Approved", 1),  # overridden
        (["Submitted", "Submitted"], "Submitted", None),
    ],
)
def test_news_that_come_twice_or_late_change_nothing(hit: Hit, news: list[str], status: str, decided: int | None) -> None:
    times = {"Approved": {"ApprovalTime": NOON + timedelta(days=1)}, "Rejected": {"RejectionTime": NOON + timedelta(hours=1)}}
    for one in news:
        record(hit, told(one, **times.get(one, {})), NOON)
    assignment = Assignment.objects.get()
    assert assignment.status == status
    assert assignment.decided_at == (NOON + timedelta(days=decided) if decided else None)


def test_an_overridden_rejection_was_decided_when_it_was_approved() -> None:
    both = {"RejectionTime": NOON, "ApprovalTime": NOON + timedelta(days=2)}
    assert _decided_at(told("Approved", **both)) == NOON + timedelta(days=2)
    assert _decided_at(told("Rejected", **both)) == NOON
    assert _decided_at(told("Submitted")) is None


def test_an_assignment_id_that_was_reused_counts_for_who_handed_it_in(
    emulator: Emulator, client: Client, posting: Posting
) -> None:
    """Amazon gives the id of a returned assignment to the next worker."""
    hit = published(posting).hits.get(number=1)
    taken = emulator.worker("A1", **QUALIFIED).accept(hit.hit_id)
    answer(client, path_of(taken))
    answer(client, path_of(taken).replace("workerId=A1", "workerId=A2"))
    assert Session.objects.filter(visit=taken.id).count() == 2
    assignment = record(hit, told(AssignmentId=taken.id, WorkerId="A2"), NOON)
    assert (assignment.fault, assignment.session and assignment.session.worker.plain_id) == ("", "A2")
    assert Trial.objects.counted().get().worker.plain_id == "A2"


def test_the_fault_of_an_excluded_workers_answers_says_so(emulator: Emulator, client: Client, posting: Posting) -> None:
    hit = published(posting).hits.get(number=1)
    taken = emulator.worker("A1", **QUALIFIED).accept(hit.hit_id)
    answer(client, path_of(taken))
    Session.objects.update(rehearsal=False)  # as production's are
    posting.study.places.filter(trials__isnull=False).update(rehearsal=False, number=7)
    exclude(posting.study, Worker.objects.get(), "Always the first image.", "ann", NOON)
    assignment = record(hit, told(AssignmentId=taken.id), NOON)
    assert assignment.fault == "The worker is excluded from the study, so these answers do not count."
    assert (Trial.objects.get().state, Exclusion.objects.count()) == ("excluded", 1)


def test_one_production_worker_and_one_of_the_emulator_are_two_people(hit: Hit) -> None:
    record(hit, told(), NOON)
    production = Posting.objects.create(
        study=hit.posting.study, environment_name="production", title="t", description="d", reward_cents=5
    )
    other = Hit.objects.create(posting=production, number=1, max_assignments=2, hit_id="3OTHER")
    record(other, told(AssignmentId="3B"), NOON)
    assert sorted(Worker.objects.values_list("channel", flat=True)) == ["mturk", "mturk-emulator"]

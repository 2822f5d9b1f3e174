from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.client import client_for
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.ledger import intend
from studies.channels.mturk.models import Assignment, Intent, Posting
from studies.channels.mturk.operations import OPERATIONS
from studies.channels.mturk.operations.operation import Answer
from studies.channels.mturk.polling import poll
from studies.channels.mturk.review import approve, bonus
from tests.studies.channels.mturk.postings import published, work

pytestmark = pytest.mark.django_db
Kind = Intent.Operation


@pytest.fixture
def assignment(emulator: Emulator, client: Client, posting: Posting) -> Assignment:
    published(posting, budget_cents=100)
    work(emulator, client, "A1", posting.hits.get(number=1).hit_id)
    poll(posting, timezone.now())
    return Assignment.objects.get()


def thanks(assignment: Assignment, cents: int = 10, reason: str = "Well done.") -> Intent:
    """A bonus that was first asked for now."""
    intent = bonus(assignment, cents, reason, "thanks", "ann", timezone.now())
    intent.called_at = timezone.now()
    return intent


def found(intent: Intent) -> Answer | None:
    return OPERATIONS[Kind(intent.operation)].found(client_for(intent.posting.environment), intent, None)


def test_a_bonus_is_asked_for_in_dollars(assignment: Assignment) -> None:
    assert OPERATIONS[Kind.BONUS].request(thanks(assignment, 105, " Well done. ")) == {
        "WorkerId": "A1",
        "AssignmentId": assignment.assignment_id,
        "BonusAmount": "1.05",
        "Reason": "Well done.",
    }


def test_a_bonus_is_found_by_amount_reason_and_time(emulator: Emulator, assignment: Assignment) -> None:
    assert found(thanks(assignment)) is None
    posting = assignment.hit.posting
    intend(posting, [bonus(assignment, 10, "Well done.", "thanks", "ann", timezone.now())])
    carry_out(posting)
    assert found(thanks(assignment)) is not None
    assert found(thanks(assignment, 11)) is None
    assert found(thanks(assignment, reason="Another.")) is None
    later = thanks(assignment)
    later.called_at = timezone.now() + timedelta(hours=1)  # so the one that is there is an earlier one
    assert found(later) is None
    assert len(emulator.market.bonuses) == 1


@pytest.mark.parametrize("operation", [Kind.APPROVE, Kind.REJECT])
def test_a_decision_is_found_by_the_status_there(
    emulator: Emulator, assignment: Assignment, operation: Intent.Operation
) -> None:
    intent = Intent(posting=assignment.hit.posting, operation=operation, assignment=assignment, details={"message": "So."})
    assert found(intent) is None
    there = emulator.market.assignments[assignment.assignment_id]
    there.status = {Kind.APPROVE: "Approved", Kind.REJECT: "Rejected"}[operation]
    assert found(intent) == {}


def test_a_decision_is_noted_with_what_the_worker_reads(assignment: Assignment) -> None:
    (intent,) = approve([assignment], "Thank you.", "ann", timezone.now()).intents
    assert OPERATIONS[Kind.APPROVE].request(intent) == {
        "AssignmentId": assignment.assignment_id,
        "OverrideRejection": False,
        "RequesterFeedback": "Thank you.",
    }
    OPERATIONS[Kind.APPROVE].note(intent, {})
    assignment.refresh_from_db()
    assert (assignment.status, assignment.feedback) == ("Approved", "Thank you.")


def test_without_a_message_none_is_sent(assignment: Assignment) -> None:
    (intent,) = approve([assignment], "", "ann", timezone.now()).intents
    assert "RequesterFeedback" not in OPERATIONS[Kind.APPROVE].request(intent)

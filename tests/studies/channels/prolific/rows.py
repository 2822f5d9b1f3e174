"""Rows of the Prolific channel for tests, and what participants do on both sides."""

from datetime import UTC, datetime
from typing import Any

from studies.channels.prolific import planning, publishing
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.models import ProlificStudy, Submission
from studies.channels.prolific.reconciling import poll
from studies.models import Session, Study, Worker
from tests.factories_studies import study_with_places
from tests.studies.channels.prolific.stand_in import StandIn

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WHO = "researcher"
COST_OF_TEN = 2100  # £1.50 for ten, a third of that as the fee, a fifth of the fee as VAT


def planned(study: Study | None = None, **fields: Any) -> ProlificStudy:
    """A study that takes answers, planned for ten participants at £1.50 for ten minutes."""
    values = {
        "title": "Which image fits?",
        "description": "Look at images and choose.",
        "reward_cents": 150,
        "currency": "GBP",
        "places": 10,
        "minutes": 10,
        "budget_cents": 5000,
    }
    row = ProlificStudy(**{**values, **fields})
    study = study or study_with_places(comparisons=60, trials_per_session=3)
    return planning.plan(study, row, WHO, NOON)


def published(prolific: Prolific, **fields: Any) -> ProlificStudy:
    """The same, published there."""
    row = planned(**fields)
    publishing.publish(row, prolific, publishing.quote(row, prolific).cents, WHO, NOON)
    return row


def session_of(row: ProlificStudy, participant: str, visit: str, **fields: Any) -> Session:
    """What a participant's sitting leaves here."""
    worker = Worker.objects.known_as("prolific", participant)
    values = {"visit": visit, "started_at": NOON, "last_seen_at": NOON, **fields}
    return Session.objects.create(study=row.study, worker=worker, **values)


def finished(row: ProlificStudy, stand_in: StandIn, participant: str, **how: Any) -> str:
    """A participant comes, finishes here and comes back there with the right code; the submission's id."""
    came = stand_in.state.come(row.prolific_id, participant)
    session_of(row, participant, came, state=Session.State.DONE, finished_at=NOON)
    stand_in.state.complete(came, row.completion_code, **how)
    return came


def awaiting(row: ProlificStudy, stand_in: StandIn, prolific: Prolific, *, submissions: int = 1) -> list[Submission]:
    """Submissions that wait for a decision, read from Prolific."""
    for number in range(submissions):
        finished(row, stand_in, f"participant-{number}")
    poll(row, prolific)
    return list(row.submissions.all())

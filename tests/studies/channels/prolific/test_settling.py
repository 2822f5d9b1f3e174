from datetime import timedelta

import pytest
from django.utils import timezone

from studies.channels.prolific import publishing
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import AgainstTheRules, MayHaveHappened
from studies.channels.prolific.models import Intent, ProlificStudy
from studies.channels.prolific.reconciling import live, poll
from studies.channels.prolific.settling import settle, settle_by_hand
from tests.studies.channels.prolific.rows import COST_OF_TEN, NOON, WHO, awaiting, planned, published
from tests.studies.channels.prolific.stand_in import BROKEN, GARBLED, LOST, SLOW, StandIn

pytestmark = pytest.mark.django_db


def _publish(row: ProlificStudy, prolific: Prolific) -> None:
    publishing.publish(row, prolific, COST_OF_TEN, WHO, NOON)


@pytest.mark.parametrize("fault", [LOST, SLOW, GARBLED, BROKEN])
def test_whether_or_not_a_draft_was_made_there_is_one_in_the_end(prolific: Prolific, stand_in: StandIn, fault: str) -> None:
    row = planned()
    stand_in.fail("studies/", fault)
    with pytest.raises(MayHaveHappened):
        _publish(row, prolific)
    assert list(live()) == [row]
    assert poll(row, prolific).settled == 1
    row.refresh_from_db()
    assert (row.prolific_id == "") == (fault == BROKEN)
    _publish(row, prolific)
    assert [study["status"] for study in stand_in.state.studies.values()] == ["ACTIVE"]


@pytest.mark.parametrize("fault", [LOST, SLOW, GARBLED, BROKEN])
def test_whether_or_not_it_was_published_it_is_once_in_the_end(prolific: Prolific, stand_in: StandIn, fault: str) -> None:
    row = planned()
    stand_in.fail("transition/", fault)
    with pytest.raises(MayHaveHappened):
        _publish(row, prolific)
    assert poll(row, prolific).settled == 1
    row.refresh_from_db()
    assert (row.status, row.committed_cents()) == (("UNPUBLISHED", 0) if fault == BROKEN else ("ACTIVE", COST_OF_TEN))
    if fault == BROKEN:
        _publish(row, prolific)
    assert stand_in.state.studies[row.prolific_id]["status"] == "ACTIVE"
    assert row.committed_cents() == COST_OF_TEN


@pytest.mark.parametrize("fault", [LOST, BROKEN])
def test_places_without_an_answer_are_read_back(prolific: Prolific, stand_in: StandIn, fault: str) -> None:
    row = published(prolific)
    stand_in.fail(f"{row.prolific_id}/", fault)
    with pytest.raises(MayHaveHappened):
        publishing.add_places(row, prolific, 20, COST_OF_TEN, WHO, NOON)
    poll(row, prolific)
    row.refresh_from_db()
    happened = fault == LOST
    assert (row.places, row.committed_cents()) == ((20, 2 * COST_OF_TEN) if happened else (10, COST_OF_TEN))


def test_what_may_be_under_way_in_another_process_is_left_alone_for_a_while(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    submission = awaiting(row, stand_in, prolific)[0]
    fields = {"prolific_study": row, "submission": submission, "kind": Intent.Kind.APPROVE, "who": WHO, "body": {}}
    intent = Intent.objects.create(**fields, at=timezone.now())
    assert settle(row, prolific) == 0
    Intent.objects.filter(pk=intent.pk).update(at=timezone.now() - timedelta(minutes=11))
    assert settle(row, prolific) == 1
    intent.refresh_from_db()
    assert intent.state == Intent.State.FAILED


def test_what_prolific_is_processing_stays_uncertain(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    submission = awaiting(row, stand_in, prolific)[0]
    stand_in.state.submissions[submission.prolific_id]["status"] = "PROCESSING"
    fields = {"prolific_study": row, "submission": submission, "kind": Intent.Kind.REJECT, "who": WHO, "body": {}}
    intent = Intent.objects.create(**fields, at=NOON, state=Intent.State.UNCERTAIN)
    assert settle(row, prolific) == 0
    stand_in.state.submissions[submission.prolific_id]["status"] = "REJECTED"
    assert settle(row, prolific) == 1
    intent.refresh_from_db()
    assert intent.state == Intent.State.DONE


def test_a_pause_without_an_answer_is_read_from_the_study(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    stand_in.fail("transition/", LOST)
    with pytest.raises(MayHaveHappened):
        publishing.move(row, prolific, "PAUSE", WHO, NOON)
    poll(row, prolific)
    row.refresh_from_db()
    assert row.status == "PAUSED"
    publishing.move(row, prolific, "START", WHO, NOON)


def test_what_prolific_tells_nobody_settles_by_hand(prolific: Prolific, stand_in: StandIn) -> None:
    row = planned()
    stand_in.fail("transition/", LOST)
    with pytest.raises(MayHaveHappened):
        _publish(row, prolific)
    with pytest.raises(AgainstTheRules, match="Prolific tells all else"):
        settle_by_hand(row.intents.get(kind=Intent.Kind.PUBLISH), WHO, NOON, happened=False)
    assert row.committed_cents() == COST_OF_TEN

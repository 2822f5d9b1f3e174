"""What is asked of HITs, and how it is seen whether it happened."""

import pytest
from django.utils import timezone

from studies.channels.mturk.client import client_for
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.errors import Refused
from studies.channels.mturk.models import Hit, Intent, Posting
from studies.channels.mturk.operations import OPERATIONS
from studies.channels.mturk.operations.hits import all_hits
from studies.channels.mturk.operations.operation import Answer
from tests.studies.channels.mturk.postings import published

pytestmark = pytest.mark.django_db
Kind = Intent.Operation


@pytest.fixture
def hit(posting: Posting) -> Hit:
    """One that Mechanical Turk has."""
    return published(posting).hits.get(number=2)


def intent(hit: Hit, operation: Intent.Operation, **details: object) -> Intent:
    """Not saved: what is asked for does not hang on its row."""
    return Intent(posting=hit.posting, operation=operation, key="k", hit=hit, details=details, by="ann", at=timezone.now())


def found(hit: Hit, operation: Intent.Operation, refusal: Refused | None = None, **details: object) -> Answer | None:
    return OPERATIONS[operation].found(client_for(hit.posting.environment), intent(hit, operation, **details), refusal)


def test_every_operation_has_its_entry() -> None:
    assert set(OPERATIONS) == set(Intent.Operation)
    with_token = {kind for kind, operation in OPERATIONS.items() if operation.token}
    assert with_token == {Kind.CREATE_HIT, Kind.ADD_ASSIGNMENTS, Kind.BONUS}  # as the API reference says


def test_a_hit_is_asked_for_with_its_annotation(hit: Hit) -> None:
    asked = OPERATIONS[Kind.CREATE_HIT].request(intent(hit, Kind.CREATE_HIT))
    assert asked["RequesterAnnotation"] == hit.token
    assert (asked["MaxAssignments"], asked["LifetimeInSeconds"]) == (2, 3 * 86400)
    assert f"/m/{hit.token}/</ExternalURL>" in asked["Question"]


def test_a_hit_is_found_by_its_annotation_when_the_token_is_forgotten(hit: Hit) -> None:
    there = found(hit, Kind.CREATE_HIT)
    assert there is not None
    assert there["HIT"]["HITId"] == hit.hit_id


def test_a_hit_is_found_by_what_the_refusal_says(emulator: Emulator, hit: Hit) -> None:
    message = f"The HIT with ID {hit.hit_id} was already created with this token."
    emulator.requests.clear()
    there = found(hit, Kind.CREATE_HIT, Refused("AWS.MechanicalTurk.HitAlreadyExists", message))
    assert there is not None
    assert there["HIT"]["HITId"] == hit.hit_id
    assert emulator.requests == {"GetHIT": 1}


def test_a_refusal_that_names_another_hit_is_not_believed(hit: Hit, posting: Posting) -> None:
    other = posting.hits.get(number=1)
    there = found(hit, Kind.CREATE_HIT, Refused("AWS.MechanicalTurk.HitAlreadyExists", f"The HIT {other.hit_id} exists."))
    assert there is not None
    assert there["HIT"]["HITId"] == hit.hit_id  # by looking through all


def test_a_hit_that_was_never_created_is_not_found(hit: Hit) -> None:
    hit.token = "another"
    assert found(hit, Kind.CREATE_HIT) is None
    assert found(hit, Kind.CREATE_HIT, Refused("AWS.MechanicalTurk.InsufficientFunds", "No money.")) is None


@pytest.mark.parametrize(("more", "happened"), [(0, True), (1, False)])
def test_additions_are_seen_by_the_number_there(hit: Hit, more: int, happened: bool) -> None:
    assert (found(hit, Kind.ADD_ASSIGNMENTS, None, **{"from": 2, "more": more}) is not None) is happened


def test_a_deletion_is_seen_by_the_hit_being_gone(emulator: Emulator, hit: Hit) -> None:
    assert found(hit, Kind.DELETE) is None
    emulator.market.hits[hit.hit_id].disposed = True
    assert found(hit, Kind.DELETE) == {}
    del emulator.market.hits[hit.hit_id]
    assert found(hit, Kind.DELETE) == {}
    assert found(hit, Kind.DELETE, Refused("AWS.MechanicalTurk.HITDoesNotExist", "Gone.")) == {}


def test_marks_of_what_was_read_are_seen_by_the_state(emulator: Emulator, hit: Hit) -> None:
    emulator.clock.advance(4 * 86400)
    assert found(hit, Kind.REVIEWING) is None
    assert found(hit, Kind.REVIEWING, revert=True) == {}
    emulator.market.hits[hit.hit_id].reviewing = True
    assert found(hit, Kind.REVIEWING) == {}
    assert found(hit, Kind.REVIEWING, revert=True) is None


def test_a_hit_that_is_opened_again_is_not_over(hit: Hit) -> None:
    now = timezone.now()
    Hit.objects.filter(pk=hit.pk).update(state=Hit.State.REVIEWING, expires_at=now)
    hit.refresh_from_db()
    assert hit.is_over(now)
    OPERATIONS[Kind.ADD_ASSIGNMENTS].note(intent(hit, Kind.ADD_ASSIGNMENTS, **{"from": 2, "more": 1}), {})
    hit.refresh_from_db()
    assert (hit.max_assignments, hit.is_over(now)) == (3, False)


def test_all_hits_are_listed_a_hundred_at_a_time(emulator: Emulator, hit: Hit) -> None:
    (one,) = [each for each in emulator.market.hits.values() if each.id == hit.hit_id]
    emulator.market.hits |= {f"3{number:029}": one for number in range(205 - 3)}
    emulator.requests.clear()
    assert len(list(all_hits(client_for(hit.posting.environment)))) == 205
    assert emulator.requests == {"ListHITs": 3}

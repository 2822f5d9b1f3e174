from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studies.channels.mturk.hits_to_make import free_places, groups_of, keep_places, let_go_of_places, reserve_places
from studies.channels.mturk.models import Hit, Posting
from studies.models import Place, Study
from tests.factories_studies import study_with_places
from tests.studies.channels.mturk.postings import draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("emulator")]
NOW = timezone.now


def sizes(posting: Posting) -> list[int]:
    return [len(group) for group in groups_of(posting)]


@pytest.fixture
def seven() -> Study:
    """Seven comparisons with two places each."""
    return study_with_places(comparisons=7)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 9))
def test_every_comparison_is_in_one_group(seven: Study, size: int) -> None:
    posting = Posting(study=seven, environment_name="emulator", max_assignments=2, comparisons_per_hit=size)
    groups = groups_of(posting)
    assert sorted(one.pk for group in groups for one in group) == sorted(seven.comparisons.values_list("pk", flat=True))
    assert all(len(group) == size for group in groups[:-1])
    assert 1 <= len(groups[-1]) <= size


def test_the_order_is_drawn_once_for_a_posting(seven: Study) -> None:
    one, two = draft(seven), draft(seven)
    assert groups_of(one) == groups_of(one)
    assert [group[0].pk for group in groups_of(one)] != sorted(group[0].pk for group in groups_of(one))
    assert groups_of(one) != groups_of(two)


def test_places_of_others_are_not_counted(seven: Study) -> None:
    posting = draft(seven)
    comparisons = list(seven.comparisons.order_by("pk"))
    rehearsal = Place.objects.of(seven, rehearsal=True)
    rehearsal.filter(comparison=comparisons[0], number=0).update(reserved_for="panel:connect")
    rehearsal.filter(comparison=comparisons[1], number=1).update(free=False)
    Place.objects.of(seven, rehearsal=False).update(free=False)  # production's
    assert sizes(posting) == [1] * 5


def test_as_many_places_are_kept_as_there_will_be_workers(seven: Study) -> None:
    posting = draft(seven, max_assignments=1)
    reserve_places(posting, groups_of(posting)[:3])
    kept = Place.objects.filter(reserved_for="mturk-emulator")
    assert sorted(kept.values_list("number", flat=True)) == [0, 0, 0]
    assert free_places(posting).count() == 14 - 3


def hit_on(posting: Posting, number: int, **fields: object) -> Hit:
    hit = Hit.objects.create(posting=posting, number=number, max_assignments=2, **fields)
    hit.comparisons.set(groups_of(posting)[0])
    return hit


def test_places_are_let_go_once_no_hit_asks_for_them(seven: Study) -> None:
    posting, now = draft(seven), NOW()
    hit = hit_on(posting, 1, expires_at=now - timedelta(seconds=posting.assignment_seconds + 1))
    reserve_places(posting, [tuple(hit.comparisons.all())])
    other = Hit.objects.create(posting=draft(seven), number=1, max_assignments=1)
    other.comparisons.set(hit.comparisons.all())
    assert let_go_of_places(posting, now) == 0  # the other is still to be created
    Hit.objects.filter(pk=other.pk).update(state=Hit.State.DISPOSED)
    assert let_go_of_places(posting, now) == 2
    assert not Place.objects.exclude(reserved_for="").exists()


def test_places_that_workers_hold_stay_the_channels(seven: Study) -> None:
    posting = draft(seven)
    Place.objects.of(seven, rehearsal=True).filter(number=0).update(reserved_for="mturk-emulator", free=False)
    assert let_go_of_places(posting, NOW()) == 0


def test_a_hit_that_is_opened_again_keeps_what_it_lacks(seven: Study) -> None:
    posting = draft(seven)
    hit = hit_on(posting, 1)
    Place.objects.of(seven, rehearsal=True).filter(comparison__in=hit.comparisons.all(), number=0).update(
        reserved_for="mturk-emulator"
    )
    keep_places(hit, 2)
    assert Place.objects.filter(reserved_for="mturk-emulator").count() == 2
    keep_places(hit, 2)
    assert Place.objects.filter(reserved_for="mturk-emulator").count() == 2

"""Places for trials whose answers count again. Comparisons here show two conditions, so the shown orders alternate."""

import pytest

from studies.allocation import open_session
from studies.housing import give_places
from studies.models import Place, Study, Trial
from tests.factories_studies import NOON, WorkerFactory, study_with_places

pytestmark = pytest.mark.django_db


def _lost(study: Study, *, rehearsal: bool = False) -> list[Trial]:
    """Trials that hold the first place of their comparison no more."""
    session = open_session(study, WorkerFactory.create(), rehearsal=rehearsal, now=NOON)
    session.trials.all().release("given back")
    return list(session.trials.select_related("comparison", "worker").order_by("pk"))


def _places(study: Study, *, rehearsal: bool = False) -> list[Place]:
    return list(Place.objects.of(study, rehearsal=rehearsal).order_by("rank"))


def _taken(*places: Place) -> None:
    Place.objects.filter(pk__in=[place.pk for place in places]).update(free=False)


def test_a_trial_gets_its_own_place_where_it_is_free() -> None:
    study = study_with_places(comparisons=3, votes_wanted=2)
    trials = _lost(study)
    own = {trial.pk: trial.place for trial in trials}
    assert give_places(study, trials, rehearsal=False) == 0
    assert {trial.pk: trial.place for trial in trials} == own
    assert all(not place.free for place in _places(study) if place in own.values())
    assert Place.objects.of(study, rehearsal=False).free().count() == 3


def test_the_trials_themselves_are_not_saved() -> None:
    study = study_with_places(comparisons=1, votes_wanted=2)
    (trial,), (first, second) = _lost(study), _places(study)
    _taken(first)
    give_places(study, [trial], rehearsal=False)
    assert trial.place == second
    assert Trial.objects.get().place == first


def test_a_place_of_the_same_shown_order_is_preferred_to_the_next() -> None:
    study = study_with_places(comparisons=1, votes_wanted=4)
    (trial,), places = _lost(study), _places(study)
    alike = next(place for place in places[1:] if place.shown == trial.shown)
    other = next(place for place in places[1:] if place.shown != trial.shown)
    _taken(places[0])
    Place.objects.filter(pk=other.pk).update(rank=0)
    give_places(study, [trial], rehearsal=False)
    assert trial.place == alike


def test_a_place_that_showed_another_order_shows_what_the_trial_showed() -> None:
    study = study_with_places(comparisons=1, votes_wanted=2)
    (trial,), (first, second) = _lost(study), _places(study)
    assert first.shown != second.shown
    _taken(first)
    give_places(study, [trial], rehearsal=False)
    second.refresh_from_db()
    assert (second.shown, second.free) == (trial.shown, False)


def test_of_several_alike_the_first_in_turn_is_given() -> None:
    study = study_with_places(comparisons=1, votes_wanted=6)
    (trial,), places = _lost(study), _places(study)
    _taken(places[0])
    give_places(study, [trial], rehearsal=False)
    assert trial.place == next(place for place in places[1:] if place.shown == trial.shown)


def test_without_a_free_place_one_is_added_at_the_end() -> None:
    study = study_with_places(comparisons=2, votes_wanted=1)
    trials = _lost(study)
    _taken(*_places(study))
    assert give_places(study, trials, rehearsal=False) == 2
    added = _places(study)[2:]
    assert added == [trial.place for trial in trials]
    assert [(place.number, place.free, place.shown) for place in added] == [(1, False, trial.shown) for trial in trials]
    assert [place.comparison for place in added] == [trial.comparison for trial in trials]


def test_added_places_come_after_those_of_all_comparisons() -> None:
    study = study_with_places(comparisons=3, votes_wanted=1)
    (trial, *_), places = _lost(study), _places(study)
    _taken(*places)
    give_places(study, [trial], rehearsal=False)
    assert _places(study)[-1] == trial.place


@pytest.mark.parametrize(("reserved_for", "given"), [("", True), ("local", True), ("mturk", False)])
def test_a_place_that_another_channel_alone_may_fill_is_left_alone(reserved_for: str, given: bool) -> None:
    study = study_with_places(comparisons=1, votes_wanted=2)
    (trial,), (first, second) = _lost(study), _places(study)
    _taken(first)
    Place.objects.filter(pk=second.pk).update(reserved_for=reserved_for)
    assert give_places(study, [trial], rehearsal=False) == (0 if given else 1)
    assert (trial.place == second) == given


def test_a_rehearsal_and_people_never_share_a_place() -> None:
    study = study_with_places(comparisons=1, votes_wanted=1)
    (trial,) = _lost(study, rehearsal=True)
    _taken(*_places(study, rehearsal=True))
    assert give_places(study, [trial], rehearsal=True) == 1
    assert [place.free for place in _places(study)] == [True]


def test_nothing_is_given_to_nobody() -> None:
    study = study_with_places(comparisons=1, votes_wanted=1)
    assert give_places(study, [], rehearsal=False) == 0
    assert [place.free for place in _places(study)] == [True]

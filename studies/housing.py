"""Places for trials whose answers count again: each gets its own back where it is free."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Max

from studies.models import Place, Study, Trial


def give_places(study: Study, trials: Sequence[Trial], *, rehearsal: bool) -> int:
    """Give each trial a place of its comparison, which holds it from now on; the number of places that were added.

    Places are set on the trials, which are not saved. No two of the trials are of one comparison, so they never want the same
    place.
    """
    free = _free_places(study, trials, rehearsal)
    housed = [(trial, _place_for(trial, free[trial.comparison_id])) for trial in trials if free[trial.comparison_id]]
    added = _new_places(study, [trial for trial in trials if not free[trial.comparison_id]], rehearsal)
    for trial, place in [*housed, *added]:
        # What a place says was shown is what its trial showed.
        trial.place, place.free, place.shown = place, False, trial.shown
    Place.objects.bulk_update([place for _, place in housed], ["free", "shown"])
    Place.objects.bulk_create(place for _, place in added)
    return len(added)


def _free_places(study: Study, trials: Sequence[Trial], rehearsal: bool) -> defaultdict[int, list[Place]]:
    """Of each trial's comparison, the free places that its channel may fill."""
    free: defaultdict[int, list[Place]] = defaultdict(list)
    channels = {trial.comparison_id: trial.worker.channel for trial in trials}
    for place in Place.objects.of(study, rehearsal=rehearsal).free().filter(comparison__in=channels):
        if place.reserved_for in ("", channels[place.comparison_id]):
            free[place.comparison_id].append(place)
    return free


def _place_for(trial: Trial, free: Sequence[Place]) -> Place:
    """The trial's own place if it is free, else one of the same shown order, else the one that is next in turn."""
    return min(free, key=lambda place: (place.pk != trial.place_id, place.shown != trial.shown, place.rank))


def _new_places(study: Study, trials: Sequence[Trial], rehearsal: bool) -> list[tuple[Trial, Place]]:
    """A place for each trial, not saved, with the next number of its comparison; they come last in the order of allocation."""
    places = Place.objects.of(study, rehearsal=rehearsal)
    counted = places.filter(comparison__in=[trial.comparison_id for trial in trials]).values("comparison")
    last_number = dict(counted.annotate(last=Max("number")).values_list("comparison", "last"))
    last_rank = places.aggregate(last=Max("rank"))["last"] or 0
    return [
        (trial, _place_behind(study, trial, rehearsal, number=last_number.get(trial.comparison_id, -1) + 1, rank=rank))
        for rank, trial in enumerate(trials, start=last_rank + 1)
    ]


def _place_behind(study: Study, trial: Trial, rehearsal: bool, *, number: int, rank: int) -> Place:
    return Place(study=study, comparison=trial.comparison, rehearsal=rehearsal, number=number, rank=rank)

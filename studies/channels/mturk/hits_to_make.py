"""Which comparisons a posting asks about, and how they are put into HITs."""

import random
from collections.abc import Sequence

from django.db.models import Count, Q

from studies.channels.mturk.models import Posting
from studies.models import Comparison, Place
from studies.models.comparison import ComparisonQuerySet, PlaceQuerySet

Group = tuple[Comparison, ...]


def groups_of(posting: Posting) -> list[Group]:
    """The comparisons of each HIT to be, in an order drawn from the study's seed; the last HIT may have fewer.

    Of each comparison that has places enough for all workers of a HIT, and no other channel's.
    """
    comparisons = list(_with_places(posting).select_related("prompt__prompt_set", "study").order_by("pk"))
    random.Random(f"{posting.study.seed}/{posting.token}").shuffle(comparisons)
    size = posting.comparisons_per_hit
    return [tuple(comparisons[start : start + size]) for start in range(0, len(comparisons), size)]


def free_places(posting: Posting) -> PlaceQuerySet:
    """Places that no channel has yet, of votes or of the rehearsal, as the posting's environment is."""
    places = Place.objects.of(posting.study, rehearsal=posting.environment.rehearsal)
    return places.free().filter(reserved_for="")


def reserve_places(posting: Posting, groups: Sequence[Group]) -> None:
    """Keep as many places of each comparison as there will be workers for this posting's channel."""
    wanted = {comparison.pk: posting.max_assignments for group in groups for comparison in group}
    kept = []
    for pk, comparison in free_places(posting).filter(comparison__in=wanted).order_by("rank").values_list("pk", "comparison"):
        if wanted[comparison]:
            wanted[comparison] -= 1
            kept.append(pk)
    Place.objects.filter(pk__in=kept).update(reserved_for=posting.environment.channel)


def _with_places(posting: Posting) -> ComparisonQuerySet:
    rehearsal = posting.environment.rehearsal
    free = Q(places__free=True, places__reserved_for="", places__rehearsal=rehearsal)
    counted = posting.study.comparisons.wanted().annotate(free=Count("places", filter=free))
    return counted.filter(free__gte=posting.max_assignments)

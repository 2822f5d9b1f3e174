"""Which comparisons a posting asks about, and how they are put into HITs."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q

from studies.channels.mturk.models import Hit, Posting
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
    return _of_channel(posting).free().filter(reserved_for="")


def reserve_places(posting: Posting, groups: Sequence[Group]) -> None:
    """Keep as many places of each comparison as there will be workers for this posting's channel."""
    _reserve(posting, {comparison.pk: posting.max_assignments for group in groups for comparison in group})


def keep_places(hit: Hit, number: int) -> None:
    """Keep so many free places of each comparison for a HIT that is opened again, as far as there are any."""
    posting = hit.posting
    own = _of_channel(posting).free().values_list("comparison", flat=True)
    kept = Counter(own.filter(reserved_for=posting.environment.channel))
    _reserve(posting, {pk: max(0, number - kept[pk]) for pk in hit.comparisons.values_list("pk", flat=True)})


def let_go_of_places(posting: Posting, now: datetime) -> int:
    """Let other postings and channels have the free places of comparisons that no HIT asks about any more; how many."""
    live = [
        Hit.objects.live(other, now).values("comparisons")
        for other in Posting.objects.filter(study=posting.study_id, environment_name=posting.environment_name)
    ]
    places = _of_channel(posting).free().filter(reserved_for=posting.environment.channel)
    for comparisons in live:
        places = places.exclude(comparison__in=comparisons)
    return places.update(reserved_for="")


def _of_channel(posting: Posting) -> PlaceQuerySet:
    return Place.objects.of(posting.study, rehearsal=posting.environment.rehearsal)


def _reserve(posting: Posting, wanted: dict[int, int]) -> None:
    """Reserve that many free places of each comparison, by its key, or as many as there are."""
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

"""Which places a worker gets next.

The comparisons with most votes missing come first, spread over prompt sets in proportion, in a random order. That a place has
one trial and a worker no comparison twice is held by the database's constraints; here we only choose well.
"""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef

from studies.errors import NoPlaceLeft
from studies.models import Place, Session, Study, Trial, Worker


@dataclass(frozen=True)
class Offer:
    """A comparison that this worker may vote on: its next free place, and how many of its places are free."""

    comparison_id: int
    prompt_set_id: int
    place_id: int
    free: int


def open_session(study: Study, worker: Worker, *, rehearsal: bool, now: datetime) -> Session:
    """The worker's open session, else a new one with up to `trials_per_session` trials.

    Raises NoPlaceLeft, with a sentence for the worker, if there is nothing to vote on.
    """
    if not study.is_open:
        raise NoPlaceLeft("This study takes no votes at present. Thank you for your interest.")
    with transaction.atomic():
        # One at a time for each study: two workers who arrive together would choose the same places.
        Study.objects.select_for_update().get(pk=study.pk)
        return _open_session_of(study, worker, rehearsal, now) or _new_session(study, worker, rehearsal, now)


def _open_session_of(study: Study, worker: Worker, rehearsal: bool, now: datetime) -> Session | None:
    session = Session.objects.open().filter(study=study, worker=worker, rehearsal=rehearsal).first()
    if session:
        session.touch(now)
    return session


def _new_session(study: Study, worker: Worker, rehearsal: bool, now: datetime) -> Session:
    Session.objects.abandon_stale(study, now)
    offers = _offers(study, worker, rehearsal)
    if not offers:
        raise NoPlaceLeft(_why_nothing_is_left(study, worker, rehearsal))
    chosen = choose(offers, study.trials_per_session, random.Random(f"{study.seed}/{worker.pseudonym}/{now.isoformat()}"))
    session = Session.objects.create(study=study, worker=worker, rehearsal=rehearsal, started_at=now, last_seen_at=now)
    Trial.objects.bulk_create(
        Trial(session=session, worker=worker, place_id=offer.place_id, comparison_id=offer.comparison_id, number=number)
        for number, offer in enumerate(chosen, start=1)
    )
    return session


def _offers(study: Study, worker: Worker, rehearsal: bool) -> list[Offer]:
    """The study's free places, by comparison, without the comparisons that this worker has already."""
    taken = Trial.objects.taken()
    places = Place.objects.of(study, rehearsal=rehearsal).filter(
        ~Exists(taken.filter(place=OuterRef("pk"))),
        ~Exists(taken.filter(comparison=OuterRef("comparison"), worker=worker)),
    )
    # Places are made in the order of their numbers, so the smallest key is the next number.
    rows = places.values_list("comparison", "comparison__prompt__prompt_set").annotate(Min("pk"), Count("pk"))
    return [Offer(*row) for row in rows.order_by("comparison")]


def choose(offers: list[Offer], number: int, draw: random.Random) -> list[Offer]:
    """Up to `number` offers: most free places first, each prompt set in proportion, then shuffled."""
    sizes = Counter((offer.free, offer.prompt_set_id) for offer in offers)
    seen: Counter[tuple[int, int]] = Counter()
    ranked = []
    for offer in draw.sample(offers, len(offers)):
        group = (offer.free, offer.prompt_set_id)
        ranked.append((-offer.free, (seen[group] + draw.random()) / sizes[group], offer))
        seen[group] += 1
    chosen = [offer for _, _, offer in sorted(ranked, key=lambda rank: rank[:2])[:number]]
    return draw.sample(chosen, len(chosen))


def _why_nothing_is_left(study: Study, worker: Worker, rehearsal: bool) -> str:
    if Trial.objects.of(study, rehearsal=rehearsal).taken().filter(worker=worker).exists():
        return "You have voted on everything that this study can offer you. Thank you."
    return "This study has all the votes that it wants at present. Thank you for your interest."

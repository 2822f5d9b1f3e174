"""Opening a session in Mechanical Turk's frame: one assignment, one session, with the HIT's comparisons."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from studies.allocation import fill, refuse_unwelcome
from studies.channels.mturk.models import FrameVisit, Hit
from studies.channels.mturk.questions_of_hits import comparisons_of
from studies.confirmation import never_arrived
from studies.errors import NoPlaceLeft, NotWelcome
from studies.models import Comparison, Place, Session, Study, Trial, Worker


def session_of(hit: Hit, worker: Worker, assignment_id: str) -> Session | None:
    """The session of an assignment, where it has begun."""
    visits = FrameVisit.objects.filter(hit=hit, session__worker=worker, session__visit=assignment_id)
    visit = visits.select_related("session__study", "session__worker").order_by("-pk").first()
    return visit.session if visit else None


def open_session(hit: Hit, worker: Worker, assignment_id: str, now: datetime) -> Session:
    """The session of an assignment, made where it has not begun.

    Mechanical Turk sees to it that no more workers have a HIT than were asked for. Where no place is left because somebody
    gave the HIT back who had answered here already, one is added. Raises NoPlaceLeft with a sentence for the worker.
    """
    study = hit.posting.study
    with transaction.atomic():
        if not Study.objects.select_for_update().get(pk=study.pk).is_open:
            raise NoPlaceLeft(_("This study takes no answers at present. Thank you for your interest."))
        begun = session_of(hit, worker, assignment_id)
        if begun and begun.state != Session.State.ABANDONED:
            return begun
        set_others_apart(hit, worker, assignment_id)
        session = fill(_new_session(hit, worker, assignment_id, now), _places(hit, worker))
        FrameVisit.objects.create(session=session, hit=hit)
    return session


def set_others_apart(hit: Hit, worker: Worker, assignment_id: str) -> None:
    """A worker has a HIT once: what the same one answered of it under another assignment was given back there.

    Or somebody else wrote the worker's id into the frame's address. Should it be handed in all the same, it counts as what
    comes late does, and this is set apart in turn.
    """
    others = FrameVisit.objects.filter(hit=hit, session__worker=worker, session__assignment=None)
    for visit in others.exclude(session__visit=assignment_id).select_related("session"):
        never_arrived(visit.session)


def may_begin_anew(hit: Hit, session: Session, now: datetime) -> bool:
    """Whether a session was set apart while its assignment may still be in the worker's hands."""
    latest = session.started_at + timedelta(seconds=hit.posting.assignment_seconds)
    return session.state == Session.State.ABANDONED and now < latest


def _new_session(hit: Hit, worker: Worker, assignment_id: str, now: datetime) -> Session:
    study, rehearsal = hit.posting.study, hit.posting.environment.rehearsal
    refuse_unwelcome(study, worker, rehearsal=rehearsal)
    passed = Session.objects.of(study, rehearsal=rehearsal).filter(worker=worker).exclude(quiz_passed_at=None).exists()
    return Session(
        study=study,
        worker=worker,
        rehearsal=rehearsal,
        visit=assignment_id,
        needs_confirmation=True,
        started_at=now,
        last_seen_at=now,
        quiz_passed_at=now if passed else None,
    )


def _places(hit: Hit, worker: Worker) -> list[Place]:
    """A place of each comparison that the worker has not judged. Raises NotWelcome if there is none."""
    comparisons = comparisons_of(hit)
    had = set(Trial.objects.taken().filter(worker=worker, comparison__in=comparisons).values_list("comparison", flat=True))
    left = [comparison for comparison in comparisons if comparison.pk not in had]
    if not left:
        raise NotWelcome(_("You have answered everything that this study can ask you. Thank you."))
    free = _first_free(hit, left)
    return [free.get(comparison.pk) or _extra(hit, comparison) for comparison in left]


def _first_free(hit: Hit, comparisons: Iterable[Comparison]) -> dict[int, Place]:
    environment = hit.posting.environment
    places = Place.objects.of(hit.posting.study, rehearsal=environment.rehearsal).free()
    own = places.filter(comparison__in=comparisons, reserved_for=environment.channel)
    return {place.comparison_id: place for place in own.order_by("-rank")}  # the last one said is the first of its comparison


def _extra(hit: Hit, comparison: Comparison) -> Place:
    """One more place of a comparison, with an order drawn for it."""
    environment = hit.posting.environment
    places = Place.objects.of(hit.posting.study, rehearsal=environment.rehearsal)
    known = places.filter(comparison=comparison).order_by("number")
    shown = list(known[0].shown)
    random.Random(f"{hit.token}/{comparison.pk}/{len(known)}").shuffle(shown)
    return Place.objects.create(
        study=hit.posting.study,
        comparison=comparison,
        rehearsal=environment.rehearsal,
        number=known[len(known) - 1].number + 1,
        shown=shown,
        rank=int(places.aggregate(last=Max("rank"))["last"]) + 1,
        reserved_for=environment.channel,
        extra=True,
    )

"""Which places a worker gets next.

Places were ranked at publishing: comparisons with fewest votes first, prompt sets in proportion. So a worker gets the first
free places along that order whose comparisons the worker has not had, in a random order. That a place has one trial and a
worker no comparison twice is held by the database's constraints; here we only choose well.
"""

import random
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from studies.check_trials import with_checks
from studies.errors import NoPlaceLeft, NotWelcome
from studies.models import Exclusion, Place, Report, Session, Study, Trial, Worker, WorkerCaption


def open_session(study: Study, worker: Worker, *, rehearsal: bool, now: datetime, visit: str = "") -> Session:
    """The worker's open session, else a new one with up to `trials_per_session` trials and the study's checks among them.

    visit: what the worker's channel calls this sitting, where it tells them apart; each has a session of its own. Raises
    NoPlaceLeft, with a sentence for the worker, if there is nothing to vote on.
    """
    if not study.is_open:
        raise NoPlaceLeft(_("This study takes no answers at present. Thank you for your interest."))
    with transaction.atomic():
        # One at a time for each study: two workers who arrive together would choose the same places.
        Study.objects.select_for_update().get(pk=study.pk)
        session = Session(study=study, worker=worker, rehearsal=rehearsal, visit=visit, started_at=now, last_seen_at=now)
        return _open_session_like(session, now) or _new_session(session, now)


def _open_session_like(wanted: Session, now: datetime) -> Session | None:
    sessions = Session.objects.of(wanted.study, rehearsal=wanted.rehearsal).open()
    session = sessions.filter(worker=wanted.worker, visit=wanted.visit).first()
    if session:
        session.touch(now)
    return session


def _new_session(session: Session, now: datetime) -> Session:
    study, worker, rehearsal = session.study, session.worker, session.rehearsal
    refuse_unwelcome(study, worker, rehearsal=rehearsal)
    Session.objects.abandon_stale(study, now)
    places = _next_places(study, worker, rehearsal)
    if not places:
        raise NoPlaceLeft(_why_nothing_is_left(study, worker, rehearsal))
    return fill(session, places)


def fill(session: Session, places: Sequence[Place]) -> Session:
    """Save a new session with a trial for each place, in a random order, and the study's checks among them.

    To be called in a transaction that holds the study's row.
    """
    draw = random.Random(f"{session.study.seed}/{session.worker.pseudonym}/{session.started_at.isoformat()}")
    session.save()
    with_checks(session, [_trial(session, place) for place in draw.sample(places, len(places))], draw)
    Place.objects.filter(pk__in=[place.pk for place in places]).update(free=False)
    return session


def refuse_unwelcome(study: Study, worker: Worker, *, rehearsal: bool) -> None:
    """Raise NotWelcome for a worker who withdrew, was excluded, or took part in an earlier study that must not overlap."""
    if Session.objects.of(study, rehearsal=rehearsal).filter(worker=worker, state=Session.State.WITHDRAWN).exists():
        raise NotWelcome(_("You have withdrawn from this study. Thank you for your time."))
    earlier = Session.objects.filter(study__in=study.earlier_studies.all(), worker=worker, rehearsal=False)
    excluded = Exclusion.objects.in_force().filter(study=study, worker=worker)
    if worker.hashed_id in study.excluded_ids.split() or earlier.exists() or excluded.exists():
        raise NotWelcome(_("This study looks for people who have not taken part before. Thank you for your interest."))


def _next_places(study: Study, worker: Worker, rehearsal: bool) -> Sequence[Place]:
    """The first free places, one of each comparison that the worker has neither had nor reported as broken.

    Nor, where images are described, one of an image that the worker's words for were rejected.
    """
    had = Trial.objects.taken().filter(worker=worker, comparison=OuterRef("comparison"))
    reported = Report.objects.filter(trial__worker=worker, trial__comparison=OuterRef("comparison"))
    # A comparison's other free places come later in the order.
    before = Place.objects.free().filter(
        comparison=OuterRef("comparison"), rehearsal=OuterRef("rehearsal"), reserved_for="", rank__lt=OuterRef("rank")
    )
    free = Place.objects.of(study, rehearsal=rehearsal).free().filter(reserved_for="")
    if study.is_captioning:
        words = WorkerCaption.objects.filter(trial__worker=worker, trial__comparison=OuterRef("comparison"))
        free = free.filter(~Exists(words.filter(decision=WorkerCaption.Decision.REJECTED)))
    return list(free.filter(~Exists(had), ~Exists(reported), ~Exists(before)).order_by("rank")[: study.trials_per_session])


def _trial(session: Session, place: Place) -> Trial:
    """The trial that gives a place to a session's worker, not saved, and without its number."""
    return Trial(session=session, worker=session.worker, place=place, comparison_id=place.comparison_id, shown=place.shown)


def _why_nothing_is_left(study: Study, worker: Worker, rehearsal: bool) -> str:
    if Trial.objects.of(study, rehearsal=rehearsal).taken().filter(worker=worker).exists():
        return _("You have answered everything that this study can ask you. Thank you.")
    return _("This study has all the answers that it wants at present. Thank you for your interest.")

"""Who gets which place when a HIT is opened, given back, taken again, or opened in somebody else's name."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Hit, Posting
from studies.channels.mturk.opening import may_begin_anew, open_session, session_of
from studies.channels.mturk.polling import poll
from studies.errors import NoPlaceLeft, NotWelcome
from studies.models import Place, Session, Study, Trial, Worker
from tests.studies.channels.mturk.postings import QUALIFIED, answer, draft, path_of, published

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def hit(posting: Posting) -> Hit:
    return published(posting).hits.get(number=1)


def worker(name: str = "A1") -> Worker:
    return Worker.objects.known_as("mturk-emulator", name, plain_id=name)


def states() -> list[str]:
    return list(Trial.objects.order_by("pk").values_list("state", flat=True))


def test_a_session_is_opened_once_for_an_assignment(hit: Hit) -> None:
    first = open_session(hit, worker(), "3A", NOW())
    assert open_session(hit, worker(), "3A", NOW()) == first
    assert session_of(hit, worker(), "3A") == first
    assert (first.visit, first.needs_confirmation, first.rehearsal) == ("3A", True, True)


def test_places_are_those_kept_for_the_channel_in_turn(hit: Hit) -> None:
    kept = list(Place.objects.filter(reserved_for="mturk-emulator", comparison__in=hit.comparisons.all()).order_by("rank"))
    sessions = [open_session(hit, worker(name), f"3{name}", NOW()) for name in ("A1", "A2")]
    assert [session.trials.get().place for session in sessions] == kept
    assert [session.trials.get().shown for session in sessions] == [place.shown for place in kept]


def test_a_place_is_added_where_answers_hold_all(hit: Hit) -> None:
    for name in ("A1", "A2", "A3"):
        open_session(hit, worker(name), f"3{name}", NOW())
    extra = Place.objects.get(extra=True)
    assert (extra.number, extra.reserved_for, extra.free) == (2, "mturk-emulator", False)
    assert sorted(extra.shown) == sorted(Place.objects.filter(comparison=extra.comparison, number=0)[0].shown)
    assert Trial.objects.progress(hit.posting.study, rehearsal=True).total == 6  # what was wanted


def test_comparisons_of_a_hit_that_a_worker_had_are_not_asked_again(study: Study, emulator: Emulator) -> None:
    one = published(draft(study, max_assignments=1, comparisons_per_hit=1)).hits.get(number=1)
    three = published(draft(study, max_assignments=1, comparisons_per_hit=3)).hits.get()
    open_session(one, worker(), "3A", NOW())
    assert open_session(three, worker(), "3B", NOW()).trials.count() == 2
    assert emulator.requests["GetHIT"] == 0


def test_nothing_is_left_for_who_had_all(hit: Hit) -> None:
    session = open_session(hit, worker(), "3A", NOW())
    Session.objects.filter(pk=session.pk).update(visit="by another way")
    session.frame_visit.delete()
    with pytest.raises(NotWelcome, match="answered everything"):
        open_session(hit, worker(), "3B", NOW())


def test_a_paused_study_opens_nothing(hit: Hit) -> None:
    Study.objects.update(state="paused")
    with pytest.raises(NoPlaceLeft, match="takes no answers at present"):
        open_session(hit, worker(), "3A", NOW())
    assert Session.objects.count() == 0


def test_a_hit_taken_again_sets_the_earlier_visit_apart(hit: Hit) -> None:
    open_session(hit, worker(), "3A", NOW())
    open_session(hit, worker(), "3B", NOW())
    assert states() == ["given back", "open"]


def test_a_vote_is_not_lost_to_somebody_who_writes_its_workers_id(emulator: Emulator, client: Client, posting: Posting) -> None:
    hit = published(posting).hits.get(number=1)
    taken = emulator.worker("A1", **QUALIFIED).accept(hit.hit_id)
    fields = answer(client, path_of(taken))
    emulator.worker("A1").submit(taken.id, fields)
    answer(client, path_of(taken).replace(taken.id, "3MADEUP"))  # before anybody has asked Mechanical Turk
    assert states() == ["never arrived", "unconfirmed"]
    poll(posting, NOW())
    assert states() == ["done", "never arrived"]
    assert hit.assignments.get().fault == ""


def test_who_is_set_apart_while_at_work_begins_anew(emulator: Emulator, client: Client, posting: Posting) -> None:
    hit = published(posting).hits.get(number=1)
    taken = emulator.worker("A1", **QUALIFIED).accept(hit.hit_id)
    open_session(hit, worker(), taken.id, NOW())
    open_session(hit, worker(), "3MADEUP", NOW())
    emulator.worker("A1").submit(taken.id, answer(client, path_of(taken)))
    poll(posting, NOW())
    assert sorted(states()) == ["done", "given back", "given back"]


def test_nobody_begins_anew_after_the_time_for_the_assignment(hit: Hit) -> None:
    session = Session(state=Session.State.ABANDONED, started_at=NOW())
    assert may_begin_anew(hit, session, NOW())
    assert not may_begin_anew(hit, session, NOW() + timedelta(seconds=hit.posting.assignment_seconds))
    session.state = Session.State.WITHDRAWN
    assert not may_begin_anew(hit, session, NOW())

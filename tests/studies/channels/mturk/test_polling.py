from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.client import call, client_for
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.errors import NotReachable
from studies.channels.mturk.models import Assignment, Hit, Posting
from studies.channels.mturk.polling import GRACE, SWEEP_EVERY, poll
from studies.models import Session, Trial
from tests.studies.channels.mturk.postings import QUALIFIED, answer, path_of, published, work

pytestmark = pytest.mark.django_db


def first(posting: Posting) -> Hit:
    return posting.hits.get(number=1)


def progress(posting: Posting) -> int:
    return Trial.objects.progress(posting.study, rehearsal=True).done


def test_a_poll_without_news_asks_for_what_is_reviewable_alone(emulator: Emulator, posting: Posting) -> None:
    published(posting)
    poll(posting, timezone.now())
    posting.refresh_from_db()
    emulator.requests.clear()
    assert poll(posting, timezone.now()).said == "HITs looked at: 0; new assignments: 0."
    assert emulator.requests == {"ListReviewableHITs": 1}


def test_what_was_answered_here_is_looked_for_at_once(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    poll(posting, timezone.now())
    posting.refresh_from_db()
    work(emulator, client, "A1", first(posting).hit_id)
    emulator.requests.clear()
    assert poll(posting, timezone.now()).new_assignments == 1
    assert emulator.requests["ListAssignmentsForHIT"] == 1


def test_without_any_hint_the_sweep_finds_it(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    poll(posting, timezone.now())
    posting.refresh_from_db()
    work(emulator, client, "A1", first(posting).hit_id)
    Hit.objects.update(hinted_at=None)
    assert poll(posting, timezone.now()).new_assignments == 0
    assert poll(posting, timezone.now() + SWEEP_EVERY).new_assignments == 1
    assert progress(posting) == 1


def test_a_sweep_that_broke_off_is_made_good_by_the_next_poll(
    emulator: Emulator, client: Client, posting: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(posting)
    work(emulator, client, "A1", first(posting).hit_id)
    Hit.objects.update(hinted_at=None)

    def broken(*_: object) -> None:
        raise NotReachable("The network is gone.")

    with monkeypatch.context() as patch:
        patch.setattr("studies.channels.mturk.polling.look_at", broken)
        with pytest.raises(NotReachable):
            poll(posting, timezone.now(), sweeps=True)
    assert poll(posting, timezone.now() + timedelta(seconds=1), sweeps=False).new_assignments == 1


def test_a_decision_made_on_amazons_own_pages_is_found(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    assignment_id = work(emulator, client, "A1", first(posting).hit_id)
    poll(posting, timezone.now())
    call(client_for(posting.environment), "RejectAssignment", AssignmentId=assignment_id, RequesterFeedback="Too fast.")
    poll(posting, timezone.now(), sweeps=True)
    assignment = Assignment.objects.get()
    assert (assignment.status, assignment.feedback) == ("Rejected", "Too fast.")
    assert assignment.decided_at is not None


def test_what_is_full_is_marked_as_read_once(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    for worker in ("A1", "A2"):
        work(emulator, client, worker, first(posting).hit_id)
    for _ in range(3):
        poll(posting, timezone.now())
    assert emulator.requests["UpdateHITReviewStatus"] == 1
    assert first(posting).state == Hit.State.REVIEWING


def test_a_poll_again_and_again_changes_nothing(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    for worker in ("A1", "A2"):
        work(emulator, client, worker, first(posting).hit_id)
    poll(posting, timezone.now())
    before = list(Trial.objects.order_by("pk").values()), list(Assignment.objects.order_by("pk").values())
    for _ in range(2):
        first(posting).hint(timezone.now())
        assert poll(posting, timezone.now(), sweeps=True).new_assignments == 0
    assert before == (list(Trial.objects.order_by("pk").values()), list(Assignment.objects.order_by("pk").values()))


def test_what_was_never_handed_in_is_set_apart_after_its_time(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    taken = emulator.worker("A1", **QUALIFIED).accept(first(posting).hit_id)
    answer(client, path_of(taken))
    late = timezone.now() + timedelta(seconds=posting.assignment_seconds)
    poll(posting, late + GRACE - timedelta(minutes=1))
    assert Trial.objects.get().state == Trial.State.UNCONFIRMED
    poll(posting, late + GRACE + timedelta(minutes=1))
    assert Trial.objects.get().state == Trial.State.NEVER_ARRIVED
    assert (Session.objects.get().state, progress(posting)) == (Session.State.DONE, 0)


def test_what_was_begun_and_left_gives_its_place_back(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    taken = emulator.worker("A1", **QUALIFIED).accept(first(posting).hit_id)
    work_path = path_of(taken)
    answer(client, work_path)
    Trial.objects.update(state=Trial.State.OPEN, answered_at=None)
    long_ago = timezone.now() - timedelta(seconds=posting.assignment_seconds) - GRACE * 2
    Session.objects.update(state=Session.State.OPEN, finished_at=None, started_at=long_ago)
    poll(posting, timezone.now())
    assert (Trial.objects.get().state, Session.objects.get().state) == ("given back", "abandoned")
    assert client.get(work_path).status_code == 410


def test_a_hit_that_is_gone_there_holds_up_no_other(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    gone, there = first(posting), posting.hits.get(number=2)
    taken = emulator.worker("A1", **QUALIFIED).accept(gone.hit_id)
    answer(client, path_of(taken))
    del emulator.market.hits[gone.hit_id]
    work(emulator, client, "A1", there.hit_id)
    assert poll(posting, timezone.now()).new_assignments == 1
    assert first(posting).state == Hit.State.DISPOSED
    assert poll(posting, timezone.now() + GRACE * 20).new_assignments == 0
    assert progress(posting) == 1


def test_hits_of_other_requesters_of_the_account_are_left_alone(emulator: Emulator, posting: Posting) -> None:
    published(posting)
    Hit.objects.filter(number=3).update(hit_id="3FORGOTTEN0000000000000000000", state=Hit.State.DISPOSED)
    poll(posting, timezone.now(), sweeps=True)
    assert posting.hits.exclude(state=Hit.State.DISPOSED).count() == 2
    assert len(emulator.market.hits) == 3


def test_without_a_type_nothing_is_reviewable(emulator: Emulator, posting: Posting) -> None:
    assert poll(posting, timezone.now(), sweeps=False).hits == 0
    assert emulator.requests["ListReviewableHITs"] == 0

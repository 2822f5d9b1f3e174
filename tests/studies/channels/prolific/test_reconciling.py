from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studies.allocation import open_session
from studies.channels.prolific.answers import SubmissionThere
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import Unreachable
from studies.channels.prolific.models import ProlificStudy, Submission
from studies.channels.prolific.reconciling import live, poll, strangers, take_over
from studies.forgetting import forget
from studies.models import Session, Trial, Worker
from tests.studies.channels.prolific.rows import NOON, WHO, finished, planned, published, session_of
from tests.studies.channels.prolific.stand_in import BROKEN, StandIn

pytestmark = pytest.mark.django_db


def test_submissions_find_their_sessions_by_the_visit(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    came = finished(row, stand_in, "ada", seconds=240)
    assert str(poll(row, prolific)).startswith("1 submissions, 1 of them new or changed")
    submission = row.submissions.get()
    assert (submission.prolific_id, submission.status, submission.seconds) == (came, "AWAITING REVIEW", 240)
    assert submission.session == Session.objects.get(visit=came)
    assert submission.worker == Worker.objects.called("prolific", "ada").get()


def test_what_prolific_calls_people_is_nowhere_in_the_rows(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    finished(row, stand_in, "5f00000000000000000000ad")
    poll(row, prolific)
    rows = [*Submission.objects.values(), *Worker.objects.values(), *Session.objects.values(), *row.intents.values()]
    assert "5f00000000000000000000ad" not in str(rows)


def test_polling_again_changes_nothing(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    finished(row, stand_in, "ada")
    poll(row, prolific)
    before = Submission.objects.values().get()
    again = poll(row, prolific)
    assert (again.submissions, again.changed) == (1, 0)
    assert Submission.objects.values().get() == before


def test_what_was_said_before_does_not_undo_what_was_said_later(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    came = stand_in.state.come(row.prolific_id, "ada")
    early = prolific.submission(came)
    stand_in.state.complete(came, row.completion_code)
    late = prolific.submission(came)
    now = timezone.now()
    assert take_over(row, late, now)
    assert not take_over(row, early, now - timedelta(seconds=1))
    assert row.submissions.get().status == "AWAITING REVIEW"


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_in_whatever_order_and_however_often_it_is_told_the_latest_stays(prolific: Prolific, data: st.DataObject) -> None:
    row = ProlificStudy.objects.first() or published(prolific)
    statuses = data.draw(st.lists(st.sampled_from(Submission.Status.values), min_size=1, max_size=5))
    told = data.draw(st.permutations([*enumerate(statuses), *enumerate(statuses)]))
    there = SubmissionThere(
        id=f"submission-{row.submissions.count()}",
        participant="ada",
        status="",
        started_at=NOON,
        completed_at=None,
        seconds=None,
        code="",
        bonuses=(),
        return_requested_at=None,
    )
    for second, status in told:
        take_over(row, replace(there, status=status), NOON + timedelta(seconds=second))
    assert Submission.objects.get(prolific_id=there.id).status == statuses[-1]


def test_a_session_that_comes_after_its_submission_is_found_later(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    came = stand_in.state.come(row.prolific_id, "ada")
    poll(row, prolific)
    assert row.submissions.get().session is None
    session = session_of(row, "ada", came)
    poll(row, prolific)
    assert row.submissions.get().session == session


def test_a_visit_with_somebody_else_s_id_is_not_matched(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    came = stand_in.state.come(row.prolific_id, "ada")
    session = session_of(row, "mallory", came)
    poll(row, prolific)
    assert row.submissions.get().session is None
    assert list(strangers(row)) == [session]


def test_a_worker_who_was_forgotten_is_not_found_again(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    finished(row, stand_in, "ada")
    poll(row, prolific)
    worker = row.submissions.get().worker
    assert worker is not None
    forget(worker, WHO, NOON)
    worker.sessions.update(visit="")
    worker.prolific_submissions.update(worker=None, session=None)
    poll(row, prolific)
    submission = row.submissions.get()
    assert (submission.worker, submission.session) == (None, None)
    assert list(strangers(row)) == []


def test_of_two_sessions_of_one_visit_the_one_that_went_on_is_found(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    came = stand_in.state.come(row.prolific_id, "ada")
    went_on = session_of(row, "ada", came)
    session_of(row, "ada", came, state=Session.State.ABANDONED, started_at=NOON + timedelta(hours=1))
    poll(row, prolific)
    assert row.submissions.get().session == went_on


@pytest.mark.parametrize("status", ["RETURNED", "TIMED-OUT"])
def test_whoever_gives_up_there_gives_the_trials_back_here(prolific: Prolific, stand_in: StandIn, status: str) -> None:
    row = published(prolific)
    came = stand_in.state.come(row.prolific_id, "ada")
    worker = Worker.objects.known_as("prolific", "ada")
    session = open_session(row.study, worker, rehearsal=False, now=timezone.now(), visit=came)
    stand_in.state.submissions[came]["status"] = status
    poll(row, prolific)
    session.refresh_from_db()
    assert session.state == Session.State.ABANDONED
    assert set(session.trials.values_list("state", flat=True)) == {Trial.State.GIVEN_BACK}


def test_a_finished_session_stays_finished_whatever_they_say(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    came = finished(row, stand_in, "ada")
    stand_in.state.give_back(came)
    poll(row, prolific)
    assert Session.objects.get(visit=came).state == Session.State.DONE


def test_studies_out_there_are_worth_asking_for(prolific: Prolific) -> None:
    planned()
    out_there = published(prolific)
    assert list(live()) == [out_there]
    ProlificStudy.objects.filter(pk=out_there.pk).update(status="COMPLETED")
    assert list(live()) == []


def test_what_was_read_before_prolific_failed_is_kept(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    for number in range(101):
        stand_in.state.come(row.prolific_id, f"p{number}")
    stand_in.fail("submissions/", "", *[BROKEN] * 5)
    with pytest.raises(Unreachable):
        poll(row, prolific)
    assert row.submissions.count() == 100


def test_a_status_that_nobody_foresaw_is_kept_as_it_is(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    came = stand_in.state.come(row.prolific_id, "ada")
    there = prolific.submission(came)
    take_over(row, replace(there, status="ON HOLD"), timezone.now())
    assert row.submissions.get().status_in_words == "on hold"


def test_a_session_that_began_since_prolific_was_asked_is_no_stranger(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    poll(row, prolific)
    session = session_of(row, "ada", stand_in.state.come(row.prolific_id, "ada"), started_at=timezone.now())
    assert list(strangers(row)) == []
    Session.objects.filter(pk=session.pk).update(visit="made-up")
    poll(row, prolific)
    assert list(strangers(row)) == [session]

"""Two that do the same at the same time: one of them does it."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from studies.channels.prolific import bonuses, publishing, review
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import ProlificError
from studies.channels.prolific.models import Intent, ProlificStudy
from studies.channels.prolific.reconciling import poll
from tests.studies.channels.prolific.rows import COST_OF_TEN, NOON, WHO, awaiting, finished, planned, published
from tests.studies.channels.prolific.stand_in import StandIn

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(act: Callable[[], object], times: int = 3) -> list[str]:
    """What came of doing it in as many threads: “done”, or the name of the refusal."""
    outcomes, together = [], threading.Barrier(times)

    def run() -> None:
        together.wait()
        try:
            act()
            outcomes.append("done")
        except ProlificError as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_study_is_published_once(prolific: Prolific, stand_in: StandIn) -> None:
    row = planned(budget_cents=3 * COST_OF_TEN)
    outcomes = _at_once(lambda: publishing.publish(ProlificStudy.objects.get(pk=row.pk), prolific, COST_OF_TEN, WHO, NOON))
    assert outcomes.count("done") == 1
    assert [study["status"] for study in stand_in.state.studies.values()] == ["ACTIVE"]
    assert row.committed_cents() == COST_OF_TEN


def test_bonuses_are_paid_once(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    (submission,) = awaiting(row, stand_in, prolific)
    intent = bonuses.set_up(row, {submission: 150}, prolific, WHO, NOON)
    outcomes = _at_once(lambda: bonuses.pay(Intent.objects.get(pk=intent.pk), prolific, 210, WHO, NOON))
    assert sorted(outcomes) == ["UnderWay", "UnderWay", "done"]
    assert stand_in.state.submissions[submission.prolific_id]["bonus_payments"] == [150]


def test_an_approval_that_waited_is_carried_out_once(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    came = stand_in.state.come(row.prolific_id, "ada")
    poll(row, prolific)
    review.approve(list(row.submissions.all()), prolific, WHO, NOON)
    stand_in.state.complete(came, row.completion_code)
    assert _at_once(lambda: poll(ProlificStudy.objects.get(pk=row.pk), prolific)) == ["done"] * 3
    assert stand_in.times("POST", f"submissions/{came}/transition/") == 1


def test_reading_at_once_makes_each_submission_once(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    for number in range(5):
        finished(row, stand_in, f"participant-{number}")
    assert _at_once(lambda: poll(ProlificStudy.objects.get(pk=row.pk), prolific)) == ["done"] * 3
    assert row.submissions.exclude(session=None).count() == 5


def test_a_participant_is_asked_to_return_once(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    (submission,) = awaiting(row, stand_in, prolific)
    _at_once(lambda: review.request_return([submission], prolific, ["Withdrew consent."], WHO, NOON))
    assert stand_in.times("POST", f"submissions/{submission.prolific_id}/request-return/") == 1

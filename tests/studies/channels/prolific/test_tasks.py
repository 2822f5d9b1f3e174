import logging

import pytest
from pytest_django import Settings

from studies.channels.prolific import tasks
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.models import Submission
from tests.studies.channels.prolific.rows import finished, published
from tests.studies.channels.prolific.stand_in import StandIn

pytestmark = pytest.mark.django_db


def test_every_study_out_there_is_read(prolific: Prolific, stand_in: StandIn) -> None:
    for name in ("ada", "bob"):
        finished(published(prolific), stand_in, name)
    tasks.poll_live()
    assert Submission.objects.filter(status="AWAITING REVIEW").count() == 2


def test_a_study_that_fails_does_not_hold_up_the_others_and_shows_no_token(
    prolific: Prolific, stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    gone, fine = published(prolific), published(prolific)
    finished(fine, stand_in, "ada")
    del stand_in.state.studies[gone.prolific_id]
    with caplog.at_level(logging.WARNING):
        tasks.poll_live()
    assert fine.submissions.count() == 1
    assert "Prolific answered 404" in caplog.text
    assert prolific.token not in caplog.text


def test_without_a_token_nobody_is_asked(prolific: Prolific, stand_in: StandIn, settings: Settings) -> None:
    row = published(prolific)
    before = len(stand_in.asked)
    settings.PROLIFIC_TOKEN = ""
    tasks.poll_live()
    tasks.poll_one(row.pk)
    assert len(stand_in.asked) == before

import io

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from studies.channels.prolific.client import Prolific
from studies.channels.prolific.models import Submission
from studies.models import LogLine
from tests.factories_studies import StudyFactory
from tests.studies.channels.prolific.rows import COST_OF_TEN, finished, planned, published
from tests.studies.channels.prolific.stand_in import StandIn

pytestmark = pytest.mark.django_db


def _run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_without_confirmation_it_tells_what_it_costs_and_spends_nothing(stand_in: StandIn) -> None:
    row = planned()
    told = _run("prolific_publish", str(row.study.pk))
    assert "10 places cost £21.00 with Prolific's fee and VAT; nothing is spent yet." in told
    assert f"manage.py prolific_publish {row.study.pk} --confirm {COST_OF_TEN}" in told
    assert "Warning: Participants come from outside" in told
    assert not stand_in.state.studies


def test_what_is_confirmed_is_published_and_logged(stand_in: StandIn) -> None:
    row = planned()
    assert "Published on Prolific" in _run("prolific_publish", str(row.study.pk), "--confirm", str(COST_OF_TEN))
    assert [study["status"] for study in stand_in.state.studies.values()] == ["ACTIVE"]
    assert LogLine.objects.filter(action="prolific publish", who="command line").exists()


@pytest.mark.usefixtures("stand_in")
def test_refusals_are_told_in_a_sentence() -> None:
    row = planned()
    with pytest.raises(CommandError, match=r"It costs £21\.00 now"):
        _run("prolific_publish", str(row.study.pk), "--confirm", "1")
    with pytest.raises(CommandError, match="is not planned for Prolific"):
        _run("prolific_publish", str(StudyFactory.create().pk))


def test_without_a_token_it_says_which_variable_is_missing(settings: Settings) -> None:
    settings.PROLIFIC_TOKEN = ""
    for arguments in (["prolific_publish", str(planned().study.pk)], ["prolific_poll"]):
        with pytest.raises(CommandError, match="Set EVALSITE_PROLIFIC_TOKEN"):
            _run(*arguments)


def test_polling_tells_what_is_new_and_fails_where_a_study_cannot_be_read(prolific: Prolific, stand_in: StandIn) -> None:
    gone, fine = published(prolific), published(prolific)
    finished(fine, stand_in, "ada")
    assert "1 submissions, 1 of them new or changed" in _run("prolific_poll")
    del stand_in.state.studies[gone.prolific_id]
    with pytest.raises(CommandError, match="1 studies could not be read"):
        _run("prolific_poll")
    assert Submission.objects.count() == 1

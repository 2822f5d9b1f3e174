from pathlib import Path

import pytest
from django.utils.datastructures import MultiValueDict
from pytest_django import Settings

from studies.allocation import open_session
from studies.models import Criterion, Trial, Worker
from studies.pages.vote_form import VoteForm
from tests.factories_studies import shown_conditions
from tests.world_study import NOON, published_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(settings: Settings, tmp_path: Path) -> Trial:
    settings.MEDIA_ROOT = tmp_path
    worker = Worker.objects.known_as("local", "one")
    trial = open_session(published_study(conditions=3), worker, rehearsal=False, now=NOON).next_trial()
    assert trial
    return trial


def data(**answers: str) -> MultiValueDict[str, str]:
    return MultiValueDict({f"vote-{name}": [value] for name, value in answers.items()})


def test_a_position_stands_for_the_condition_shown_there(trial: Trial) -> None:
    form = VoteForm(trial, data(correctness="2", quality="0"))
    assert form.is_valid()
    correctness, quality = Criterion.objects.all()
    assert form.votes() == {correctness: shown_conditions(trial)[1], quality: None}


def test_each_question_offers_every_image_and_no_clear_winner(trial: Trial) -> None:
    choices = [("1", "Image 1"), ("2", "Image 2"), ("3", "Image 3"), ("0", "No clear winner")]
    for field in VoteForm(trial):
        assert [(str(radio.data["value"]), radio.choice_label) for radio in field.subwidgets] == choices


@pytest.mark.parametrize("answer", ["", "4", "-1", "Zebra plain"])
def test_an_answer_that_is_no_position_is_refused_with_the_question(trial: Trial, answer: str) -> None:
    form = VoteForm(trial, data(correctness=answer, quality="1"))
    assert form.errors == {"correctness": ["Please answer: Which image fits the description better?"]}


def test_every_missing_answer_is_named(trial: Trial) -> None:
    assert list(VoteForm(trial, data()).errors) == ["correctness", "quality"]


def test_the_form_holds_no_name_of_a_condition(trial: Trial) -> None:
    html = VoteForm(trial).as_p()
    assert not [condition for condition in shown_conditions(trial) if condition.printed_name in html]

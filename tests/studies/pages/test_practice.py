import pytest
from django.test import Client

from studies.models import Criterion, Study, Trial
from studies.publishing import publish
from tests.factories_studies import NOON, ready_study
from tests.studies.visiting import address_of, first_trial, look, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice(client: Client) -> Trial:
    """The first of two practice trials, judged by correctness alone."""
    study = ready_study(prompts=5, practice_trials=2)
    Criterion.objects.filter(study=study, name="correctness").update(
        has_gold_answer=True, question="Which image fits the description better?"
    )
    publish(study, NOON)
    return first_trial(client, Study.objects.get())


def page_after(client: Client, trial: Trial, correctness: int, quality: int) -> str:
    """The page that follows a practice trial, answered so."""
    look(client, trial)
    answers = {"vote-correctness": str(correctness), "vote-quality": str(quality)}
    return client.get(client.post(address_of(trial), answers).headers["Location"]).content.decode()


def other(position: int | None) -> int:
    return 2 if position == 1 else 1


def test_practice_says_so_and_counts_on_its_own(client: Client, practice: Trial) -> None:
    page = client.get(address_of(practice)).content.decode()
    assert "Practice 1 of 2" in page
    assert "Your answers here are not counted." in page


def test_a_right_answer_is_told_whatever_the_criteria_say_that_are_not_judged(client: Client, practice: Trial) -> None:
    assert practice.expected
    page = page_after(client, practice, practice.expected, other(practice.expected))
    assert "That was right." in page
    assert "Practice 2 of 2" in page


@pytest.mark.parametrize("wrong", ["other", "no clear winner"])
def test_a_wrong_answer_is_told_with_the_right_one(client: Client, practice: Trial, wrong: str) -> None:
    page = page_after(client, practice, other(practice.expected) if wrong == "other" else 0, 0)
    assert "Look again." in page
    assert f"“Which image fits the description better?” – the right answer was: Image {practice.expected}." in page


def test_after_an_answer_to_a_real_trial_nothing_is_told(client: Client, practice: Trial) -> None:
    first, second, real, *_ = practice.session.trials.all()
    for trial in (first, second):
        vote(client, trial)
    page = client.get(address_of(real)).content.decode()
    assert "Practice:" in page  # of the last practice trial
    assert "1 of 5" in page
    page = client.get(vote(client, real).headers["Location"]).content.decode()
    assert "Practice" not in page
    assert "right" not in page


def test_gold_is_answered_without_a_word(client: Client, practice: Trial) -> None:
    Trial.objects.filter(kind=Trial.Kind.PRACTICE).update(kind=Trial.Kind.GOLD)
    page = page_after(client, practice, other(practice.expected), 0)
    assert "Look again" not in page
    assert "Practice" not in page

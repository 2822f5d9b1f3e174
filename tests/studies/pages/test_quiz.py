"""The quiz before the first trial."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from studies.models import Session, Study
from studies.publishing import publish
from tests.factories_studies import NOON, QuizQuestionFactory, ready_study
from tests.studies.visiting import address_of, agree, give_back

pytestmark = pytest.mark.django_db
RIGHT = {"question-1": "2", "question-2": "1"}
WRONG = {"question-1": "1", "question-2": "1"}


@pytest.fixture
def study() -> Study:
    """A study with two questions, whose right choices are the second and the first."""
    study = ready_study(instructions="Count the **legs**.")
    QuizQuestionFactory.create(study=study, question="What counts?", answer=2, explanation="Beauty is another question.")
    QuizQuestionFactory.create(study=study, question="How many answers?", answer=1)
    publish(study, NOON)
    return study


@pytest.fixture
def quiz(client: Client, study: Study) -> str:
    """The address of the quiz of a session that has just begun."""
    return str(agree(client, study.link_path).headers["Location"])


def test_the_quiz_comes_first(client: Client, quiz: str) -> None:
    session = Session.objects.get()
    assert quiz == reverse("quiz", args=[session.token])
    page = client.get(quiz).content.decode()
    assert page.index("What counts?") < page.index("How many answers?")
    assert "Count the <strong>legs</strong>." in page


def test_before_it_is_passed_no_page_tells_the_address_of_a_trial(client: Client, study: Study, quiz: str) -> None:
    session = Session.objects.get()
    link = session.worker.personal_links.get()
    addresses = [quiz, reverse("end", args=[session.token]), reverse("personal", args=[link.token])]
    answers = [client.get(address, follow=True) for address in addresses] + [client.post(quiz, WRONG)]
    told = "".join(
        f"{answer.redirect_chain if hasattr(answer, 'redirect_chain') else ''}{answer.content.decode()}" for answer in answers
    )
    assert agree(client, study.link_path).headers["Location"] == quiz
    assert not [trial for trial in session.trials.all() if trial.token in told]


def test_right_answers_lead_to_the_first_trial(client: Client, quiz: str) -> None:
    response = client.post(quiz, RIGHT)
    session = Session.objects.get()
    assert response.headers["Location"] == address_of(session.trials.get(number=1))
    assert session.quiz_passed_at
    assert session.quiz_attempts == 1


def test_a_wrong_answer_is_explained_next_to_its_question_alone(client: Client, quiz: str) -> None:
    response = client.post(quiz, WRONG)
    errors = re.findall(r'<p class="error" id="(.*?)_error">(.*?)</p>', response.content.decode())
    assert response.status_code == 422
    assert errors == [("id_question-1", "Beauty is another question. That is not right. Please try again.")]
    assert Session.objects.get().quiz_passed_at is None


def test_attempts_are_counted_until_it_is_passed(client: Client, quiz: str) -> None:
    client.post(quiz, WRONG)
    client.post(quiz, {})
    client.post(quiz, RIGHT)
    assert client.post(quiz, WRONG).status_code == 302
    session = Session.objects.get()
    assert session.quiz_attempts == 3
    assert session.quiz_passed_at


def test_a_wrong_attempt_keeps_the_answers(client: Client, quiz: str) -> None:
    assert client.post(quiz, WRONG).content.decode().count(" checked") == 2


@pytest.mark.parametrize("choice", ["", "0", "3", "yes"])
def test_what_is_no_choice_is_asked_for_again(client: Client, quiz: str, choice: str) -> None:
    response = client.post(quiz, {**RIGHT, "question-2": choice})
    assert response.status_code == 422
    assert 'id="id_question-2_error">Please choose one answer.' in response.content.decode()


def test_the_page_does_not_tell_the_right_choice(client: Client, quiz: str) -> None:
    page = client.get(quiz).content.decode()
    assert "Beauty is another question" not in page
    assert " checked" not in page
    assert re.findall(r'name="question-\d" value="(\d)"', page) == ["1", "2", "1", "2"]


def test_nobody_else_can_open_it(quiz: str) -> None:
    assert Client().get(quiz).status_code == 404


def test_the_quiz_of_a_paused_study_waits(client: Client, study: Study, quiz: str) -> None:
    study.pause()
    assert client.get(quiz).status_code == 409
    assert client.post(quiz, RIGHT).status_code == 409
    assert Session.objects.get().waits_for_quiz


def test_a_session_can_expire_at_the_quiz(client: Client, quiz: str) -> None:
    give_back(Session.objects.get())
    response = client.post(quiz, RIGHT)
    assert response.status_code == 410
    assert "Your session has expired" in response.content.decode()


def test_reading_the_quiz_keeps_the_session(client: Client, quiz: str) -> None:
    Session.objects.update(last_seen_at=NOON)
    client.get(quiz)
    assert Session.objects.get().last_seen_at > NOON

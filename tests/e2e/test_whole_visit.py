"""Everything that a worker can meet in one study, in a browser, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from studies.models import Criterion, QualityPlan, QuizQuestion, Session, Study, Trial, Vote
from studies.publishing import publish
from tests.e2e.conftest import OpenPage
from tests.e2e.journey import CORRECTNESS, QUALITY, agree, choose, expect_trial, go_on, vote_to_the_end
from tests.factories_studies import shown_conditions
from tests.world_study import NOON, PROMPTS, draft_study

pytestmark = pytest.mark.django_db(transaction=True)
REAL, CHECKS = len(PROMPTS), 3
ASKED = "A shape has the wrong colour. Is the image correct?"


@pytest.fixture
def study() -> Study:
    """A study with a quiz, practice, and one gold trial, one repeat and one attention check among four real trials."""
    asks = {"practice_trials": 1, "adult_content": True, "asks_demographics": True}
    study = draft_study(conditions=2, prompts=PROMPTS, votes_wanted=2, trials_per_session=REAL, **asks)
    Criterion.objects.filter(name="correctness").update(has_gold_answer=True)
    QualityPlan.objects.create(study=study, gold_share=15, repeat_share=15, attention_share=15)
    QuizQuestion.objects.create(study=study, question=ASKED, choices="Yes\nNo", answer=2, explanation="Colours count.")
    publish(study, NOON)
    return study


@pytest.mark.parametrize("scripts", [True, False])
def test_a_whole_visit(live_server: LiveServer, open_page: OpenPage, settings: Settings, study: Study, scripts: bool) -> None:
    settings.SITE_URL = live_server.url
    page = open_page(java_script_enabled=scripts)
    page.goto(live_server.url + study.link_path)
    page.get_by_label("Gender").select_option("Woman")
    agree(page)
    pass_the_quiz_at_the_second_attempt(page)
    practise(page)
    change_the_first_answer(page)
    page.get_by_role("link", name="Go on later or on another device").click()
    personal_link = page.locator(".personal-link").inner_text()

    other = open_page(java_script_enabled=scripts)
    other.goto(personal_link)
    vote_to_the_end(other, trials=REAL + CHECKS, first=2)
    assert_all_that_was_asked_is_stored()
    comment(other, "The colours were hard to tell.")
    withdraw(other)
    assert_nothing_of_the_worker_is_left()

    page.get_by_role("link", name="Back to where you were").click()
    expect(page.get_by_role("heading", name="You have withdrawn")).to_be_visible()


def pass_the_quiz_at_the_second_attempt(page: Page) -> None:
    for answer in ("Yes", "No"):
        choose(page, ASKED, answer)
        page.get_by_role("button", name="Go on").click()
        if answer == "Yes":
            expect(page.get_by_role("group", name=ASKED).get_by_text("Colours count.")).to_be_visible()
    expect(page.get_by_text("Practice 1 of 1")).to_be_visible()
    session = Session.objects.get()
    assert (session.quiz_attempts, session.demographics) == (2, {"gender": "woman"})


def practise(page: Page) -> None:
    """Answer wrongly, and be told what was right."""
    trial = Trial.objects.get(kind=Trial.Kind.PRACTICE)
    wrong = 3 - (trial.expected or 0)
    for image in page.locator(".images img").all():
        expect(image).to_have_js_property("complete", True)
    choose(page, CORRECTNESS, f"Image {wrong}")
    choose(page, QUALITY, f"Image {wrong}")
    go_on(page)
    expect(page.get_by_text(re.compile(f"the right answer was: Image {trial.expected}"))).to_be_visible()


def change_the_first_answer(page: Page) -> None:
    for answer in ("Image 1", "Image 2"):
        expect_trial(page, 1)
        choose(page, CORRECTNESS, answer)
        choose(page, QUALITY, answer)
        go_on(page)
        expect_trial(page, 2)
        if answer == "Image 1":
            page.get_by_role("button", name="Change my last answer").click()
    first = Trial.objects.get(number=2)  # after the practice
    assert {vote.condition for vote in first.votes.all()} == {shown_conditions(first)[1]}


def assert_all_that_was_asked_is_stored() -> None:
    kinds = sorted(Trial.objects.done().values_list("kind", flat=True))
    assert kinds == ["attention", "gold", "practice", "repeat", *["vote"] * REAL]
    assert Trial.objects.counted().count() == REAL
    assert Vote.objects.count() == 2 * (1 + REAL + CHECKS)
    repeat = Trial.objects.get(kind=Trial.Kind.REPEAT)
    assert repeat.repeats
    assert repeat.shown == repeat.repeats.shown[::-1]


def comment(page: Page, text: str) -> None:
    page.get_by_label("Is there anything you would like to tell us?").fill(text)
    page.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_text("your comment is saved")).to_be_visible()
    assert Session.objects.get().comment == text


def withdraw(page: Page) -> None:
    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw and delete my answers").click()
    expect(page.get_by_text("All your answers are deleted")).to_be_visible()


def assert_nothing_of_the_worker_is_left() -> None:
    session = Session.objects.get()
    assert not Vote.objects.exists()
    assert (session.state, session.demographics, session.comment) == (Session.State.WITHDRAWN, {}, "")
    assert not session.study.places.filter(free=False).exists()

"""The page on which workers describe an image that is shown alone."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from studies.captions import accept
from studies.models import Study, Trial, WorkerCaption
from tests.captioning_study import PROMPT, captioning_study, draw_with
from tests.factories_studies import NOON
from tests.studies.visiting import address_of, first_trial, image_address, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return captioning_study()


def describe(client: Client, trial: Trial, **fields: str) -> HttpResponse:
    look(client, trial)
    response = client.post(address_of(trial), {f"caption-{name}": value for name, value in fields.items()})
    assert isinstance(response, HttpResponse)
    return response


def test_the_page_shows_the_image_and_never_the_prompt(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    page = client.get(address_of(trial)).content.decode()
    assert image_address(trial) in page
    assert "red circle" not in page


def test_the_browser_cuts_nothing_off_that_is_pasted(client: Client, study: Study) -> None:
    page = client.get(address_of(first_trial(client, study))).content.decode()
    (field,) = re.findall(r"<textarea[^>]*>", page)
    assert "maxlength" not in field


def test_lines_and_blanks_at_the_end_do_not_count_as_characters(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    describe(client, trial, text="x" * 299 + "\r\n\r\n")
    assert WorkerCaption.objects.get(trial=trial).text == "x" * 299


def test_the_welcome_speaks_of_describing(client: Client, study: Study) -> None:
    page = client.get(study.link_path).content.decode()
    assert "You will see up to 20 images, one after the other, and write what each shows." in page
    assert "Compare images" not in page


def test_who_withdraws_is_told_what_stays(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    describe(client, trial, text="a ring")
    leave = reverse("withdraw", args=[trial.session.token])
    assert "Only what images were made with already stays" in client.get(leave).content.decode()
    caption = WorkerCaption.objects.get()
    accept([caption], "ada", NOON)
    draw_with(caption)
    goodbye = client.post(leave, follow=True).content.decode()
    assert "but for the words that images were made with already" in goodbye


def test_words_are_kept_and_lead_to_the_next_image(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    response = describe(client, trial, text="  A green\n ring. ")
    assert WorkerCaption.objects.get(trial=trial).text == "A green ring."
    assert response.headers["Location"] == address_of(Trial.objects.open().get())


def test_an_image_that_cannot_be_described_is_an_answer(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    describe(client, trial, indescribable="on")
    assert WorkerCaption.objects.get(trial=trial).indescribable


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "Please write what you see"),
        ({"text": " . "}, "Please write words."),
        ({"text": "x" * 301}, "at most 300 characters, a sentence or two; these are 301."),
        ({"text": "a ring", "indescribable": "on"}, "either describe the image or say"),
    ],
)
def test_what_is_no_caption_is_refused_and_kept_on_the_page(
    client: Client, study: Study, fields: dict[str, str], reason: str
) -> None:
    response = describe(client, first_trial(client, study), **fields)
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert fields.get("text", "").strip() in response.content.decode()
    assert not WorkerCaption.objects.exists()


@pytest.mark.parametrize("copy", [PROMPT, "The red circle, and the BLUE star!"])
def test_a_copy_of_the_prompt_is_refused_without_telling_it(client: Client, copy: str) -> None:
    response = describe(client, first_trial(client, captioning_study(prompts=1)), text=copy)
    assert response.status_code == 422
    assert "in words of your own" in response.content.decode()


def test_the_first_answer_stays(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    describe(client, trial, text="a ring")
    describe(client, trial, text="a star")
    assert WorkerCaption.objects.get().text == "a ring"


def test_an_answer_can_be_taken_back_until_it_is_decided_on(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    describe(client, trial, text="a ring")
    undo = reverse("undo", args=[trial.session.token])
    client.post(undo, {"trial": trial.token})
    assert not WorkerCaption.objects.exists()
    describe(client, trial, text="a green ring")
    WorkerCaption.objects.update(decision=WorkerCaption.Decision.ACCEPTED)
    client.post(undo, {"trial": trial.token})
    assert WorkerCaption.objects.get().text == "a green ring"


def test_words_for_an_image_that_never_came_are_not_taken(client: Client, study: Study) -> None:
    response = client.post(address_of(first_trial(client, study)), {"caption-text": "a ring"})
    assert response.status_code == 422
    assert not WorkerCaption.objects.exists()

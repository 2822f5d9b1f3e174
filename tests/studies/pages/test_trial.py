import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studies.models import Session, Study, Trial, Vote, Worker
from studies.pages.trial_page import Row, Step, step
from tests.factories_studies import images_of, shown_conditions
from tests.studies.visiting import ANSWERS, address_of, agree, first_trial, image_address, look, vote

pytestmark = pytest.mark.django_db


def page_of(client: Client, trial: Trial) -> str:
    return client.get(address_of(trial)).content.decode()


def test_a_vote_that_was_under_way_when_the_study_closed_is_kept(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    Study.objects.update(state=Study.State.CLOSED)
    vote(client, trial)
    assert Vote.objects.filter(trial=trial).count() == 2


def test_a_trial_shows_its_prompt_its_note_and_its_images_in_order(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    page = client.get(address_of(trial)).content.decode()
    assert trial.comparison.prompt.text in page
    assert "<strong>the colour of each</strong>" in page
    assert page.index(image_address(trial, 1)) < page.index(image_address(trial, 2))


def test_votes_are_stored_for_the_condition_at_the_chosen_position(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    vote(client, trial)
    votes = Vote.objects.filter(trial=trial)
    assert votes.get(criterion__name="correctness").condition == shown_conditions(trial)[0]
    assert votes.get(criterion__name="quality").no_clear_winner


def test_a_missing_answer_is_asked_for_and_the_other_is_kept(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    response = client.post(address_of(trial), {"vote-correctness": "2"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Please answer: Which image looks better in itself?" in page
    assert page.count(" checked") == 1
    assert not Vote.objects.exists()


def test_sending_twice_stores_once_and_goes_on(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    first = vote(client, trial)
    second = client.post(address_of(trial), {"vote-correctness": "2", "vote-quality": "2"})
    assert second.headers["Location"] == first.headers["Location"]
    assert Vote.objects.filter(trial=trial).count() == 2
    assert Vote.objects.filter(trial=trial, no_clear_winner=True).count() == 1  # the first answer stays


def test_a_trial_that_is_done_leads_to_the_next_one(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    following = vote(client, trial).headers["Location"]
    assert client.get(address_of(trial)).headers["Location"] == following


def test_the_pages_of_another_worker_are_not_found(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    stranger = Client()
    agree(stranger, study.link_path)
    for address in (address_of(trial), image_address(trial), reverse("end", args=[trial.session.token])):
        assert stranger.get(address).status_code == 404
    assert stranger.post(address_of(trial), ANSWERS).status_code == 404


def test_a_visitor_without_a_cookie_is_a_stranger_and_leaves_no_trace(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    assert Client().get(address_of(trial)).status_code == 404
    assert Worker.objects.count() == 1


# Images must have been seen


def test_an_answer_before_every_image_was_fetched_is_asked_for_again(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    client.get(image_address(trial, 1))
    response = client.post(address_of(trial), ANSWERS)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Not every image had reached you" in page
    assert page.count(" checked") == 2
    assert image_address(trial, 2) in page
    assert not Vote.objects.exists()


@pytest.mark.parametrize("state", [Trial.State.GIVEN_BACK, Trial.State.EXCLUDED])
def test_images_of_a_trial_that_is_not_the_workers_any_more_are_not_found(client: Client, study: Study, state: str) -> None:
    trial = first_trial(client, study)
    Trial.objects.filter(pk=trial.pk).update(state=state)
    assert client.get(image_address(trial)).status_code == 404


def test_an_image_is_the_file_made_at_publishing(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    for position, image in enumerate(images_of(trial), start=1):
        assert client.get(image_address(trial, position)).getvalue() == Path(image.file.path).read_bytes()


# Time


def test_the_time_that_the_page_was_visible_is_kept(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    Trial.objects.filter(pk=trial.pk).update(shown_at=timezone.now() - timedelta(minutes=1))
    look(client, trial)
    client.post(address_of(trial), {**ANSWERS, "visible": "12.5"})
    assert Trial.objects.get(pk=trial.pk).visible_seconds == 12.5


@pytest.mark.parametrize("sent", ["", "soon", "-1", "nan", "inf", "1e999"])
def test_a_time_that_makes_no_sense_is_no_error(client: Client, study: Study, sent: str) -> None:
    trial = first_trial(client, study)
    look(client, trial)
    client.post(address_of(trial), {**ANSWERS, "visible": sent})
    trial.refresh_from_db()
    assert (trial.state, trial.visible_seconds) == (Trial.State.DONE, None)


# Where the worker stands


def rows(kinds: str, states: str) -> list[Row]:
    """Trials numbered from 1: v vote, p practice, g gold; o open, d done."""
    kind = {"v": Trial.Kind.VOTE, "p": Trial.Kind.PRACTICE, "g": Trial.Kind.GOLD}
    state = {"o": Trial.State.OPEN, "d": Trial.State.DONE}
    return [Row(number, kind[k], state[s], "token") for number, (k, s) in enumerate(zip(kinds, states, strict=True), start=1)]


@pytest.mark.parametrize(
    ("number", "states", "expected"),
    [
        (1, "ooooo", Step(number=1, total=2, is_practice=True, is_last=False, minutes_left=2)),  # 5 × 20 s = 100 s
        (3, "ddooo", Step(number=1, total=3, is_practice=False, is_last=False, minutes_left=1)),
        (5, "ddddo", Step(number=3, total=3, is_practice=False, is_last=True, minutes_left=1)),
    ],
)
def test_practice_is_counted_on_its_own_and_checks_like_all_others(number: int, states: str, expected: Step) -> None:
    all_rows = rows("ppvgv", states)
    session = Session(study=Study(expected_seconds=20))
    assert step(Trial(session=session, number=number, kind=all_rows[number - 1].kind), all_rows) == expected


def test_the_page_says_where_the_worker_stands(client: Client, study: Study) -> None:
    Study.objects.update(expected_seconds=100)
    trial = first_trial(client, study)
    assert "1 of 3" in page_of(client, trial)
    assert "about 5 minutes left" in page_of(client, trial)  # 300 s
    following = vote(client, trial).headers["Location"]
    assert "about 4 minutes left" in client.get(following).content.decode()  # 200 s


def test_a_trial_given_back_is_not_counted(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    trial.session.trials.filter(number=2).update(state=Trial.State.GIVEN_BACK)
    assert "1 of 2" in page_of(client, trial)


def test_an_attention_check_says_what_to_do_instead_of_the_prompt(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    Trial.objects.filter(pk=trial.pk).update(kind=Trial.Kind.ATTENTION, place=None, expected=2)
    trial.refresh_from_db()
    page = page_of(client, trial)
    assert trial.instruction in page
    assert trial.comparison.prompt.text not in page


@pytest.mark.parametrize("kind", [Trial.Kind.GOLD, Trial.Kind.REPEAT])
def test_the_page_of_a_check_is_that_of_any_other_trial(client: Client, study: Study, kind: str) -> None:
    trial = first_trial(client, study)
    before = without_tokens(page_of(client, trial))
    repeats = trial.session.trials.get(number=2) if kind == Trial.Kind.REPEAT else None
    Trial.objects.filter(pk=trial.pk).update(kind=kind, place=None, expected=1, repeats=repeats)
    assert without_tokens(page_of(client, trial)) == before


def without_tokens(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)

"""Quiz, checks, captions and reports in Mechanical Turk's frame."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Posting, Qualification
from studies.channels.mturk.polling import poll
from studies.models import Session, Trial, WorkerCaption
from studies.publishing import publish
from tests.captioning_study import captioning_study
from tests.factories_studies import NOON, QuizQuestionFactory, published_study, ready_study
from tests.forms_of_pages import forms, images
from tests.studies.channels.mturk.postings import QUALIFIED, action_of, answer, draft, path_of, published, work
from tests.studies.checked import checked_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def accepted(emulator: Emulator, posting: Posting, worker_id: str = "A1", number: int = 1) -> Any:
    return emulator.worker(worker_id, **QUALIFIED).accept(posting.hits.get(number=number).hit_id)


def send(client: Client, page: Any, path: str, data: dict[str, str]) -> Any:
    """Send the first form of a page with these fields, and follow."""
    text = page.content.decode()
    return client.post(action_of(text, path), {**forms(text)[0].hidden, **data}, follow=True)


def begin(client: Client, path: str) -> Any:
    """Agree to everything; the first page after it."""
    page = client.get(path)
    return client.post(path, forms(page.content.decode())[0].filled({}), follow=True)


def posted_quiz(**fields: Any) -> Posting:
    """A study with a quiz, whose right answer is the second, posted."""
    study = ready_study()
    QuizQuestionFactory.create(study=study, answer=2, explanation="Look at the first line.")
    publish(study, NOON)
    return published(draft(study, max_assignments=2, **fields))


@pytest.mark.usefixtures("emulator")
def test_the_quiz_comes_before_any_image(emulator: Emulator, client: Client) -> None:
    path = path_of(accepted(emulator, posted_quiz()))
    quiz = begin(client, path)
    assert images(quiz.content.decode()) == []
    wrong = send(client, quiz, path, {"question-1": "1"})
    assert wrong.status_code == 422
    assert "Look at the first line." in wrong.content.decode()
    assert not Trial.objects.exclude(shown_at=None).exists()
    right = send(client, wrong, path, {"question-1": "2"})
    assert len(images(right.content.decode())) == 2
    assert Session.objects.get().quiz_attempts == 2


def test_who_passed_the_quiz_has_the_qualification_and_is_not_asked_again(emulator: Emulator, client: Client) -> None:
    posting = posted_quiz()
    path = path_of(accepted(emulator, posting))
    quiz = begin(client, path)
    send(client, quiz, path, {"question-1": "2"})
    carry_out(posting)
    passed = Qualification.objects.get(kind=Qualification.Kind.PASSED_QUIZ)
    assert (passed.type_id, "A1") in emulator.market.grants
    second = path_of(accepted(emulator, posting, number=2))
    page = begin(client, second)
    assert len(images(page.content.decode())) == 2


def test_only_who_passed_another_studys_quiz_may_accept(emulator: Emulator, client: Client) -> None:
    quizzed = posted_quiz()
    path = path_of(accepted(emulator, quizzed))
    send(client, begin(client, path), path, {"question-1": "2"})
    carry_out(quizzed)
    posting = published(draft(published_study(), max_assignments=2, needs_quiz_of=quizzed.study))
    hit_id = posting.hits.get(number=1).hit_id
    offers = {name: emulator.worker(name, **QUALIFIED).hits() for name in ("A1", "A2")}
    qualified = {name: [offer.qualified for offer in found if offer.hit_id == hit_id] for name, found in offers.items()}
    assert qualified == {"A1": [True], "A2": [False]}


def test_checks_are_hidden_among_the_trials_and_never_counted(emulator: Emulator, client: Client) -> None:
    posting = published(draft(checked_study(prompts=6), max_assignments=1, comparisons_per_hit=6))
    work(emulator, client, "A1", posting.hits.get().hit_id)
    poll(posting, timezone.now())
    kinds = sorted(Trial.objects.values_list("kind", flat=True))
    assert kinds == sorted([*["vote"] * 6, "gold", "repeat", "attention"])  # a fifth, a fifth and a tenth of six, rounded
    assert set(Trial.objects.values_list("state", flat=True)) == {"done"}
    assert Trial.objects.progress(posting.study, rehearsal=True).done == 6


def test_images_are_described_in_the_frame(emulator: Emulator, client: Client) -> None:
    posting = published(draft(captioning_study(prompts=1), max_assignments=1))
    taken = accepted(emulator, posting)
    path = path_of(taken)
    page = begin(client, path)
    for address in images(page.content.decode()):
        assert client.get(address).status_code == 200
    end = send(client, page, path, {"caption-text": "Two circles beside a tree."})
    fields = dict(forms(end.content.decode())[0].hidden)
    assert (WorkerCaption.objects.get().text, Trial.objects.get(caption__isnull=False).state) == (
        "Two circles beside a tree.",
        Trial.State.UNCONFIRMED,
    )
    emulator.worker("A1").submit(taken.id, fields)
    poll(posting, timezone.now())
    assert Trial.objects.get(caption__isnull=False).state == Trial.State.DONE


def test_an_answer_before_its_images_arrived_is_not_taken(emulator: Emulator, client: Client, posting: Posting) -> None:
    path = path_of(accepted(emulator, published(posting)))
    page = begin(client, path)
    questions = forms(page.content.decode())[0].questions
    refused = send(client, page, path, dict.fromkeys(questions, "1"))
    assert refused.status_code == 422
    assert "Not every image had reached you" in refused.content.decode()
    assert Trial.objects.get().state == Trial.State.OPEN


def test_an_unanswered_question_is_named(emulator: Emulator, client: Client, posting: Posting) -> None:
    path = path_of(accepted(emulator, published(posting)))
    page = begin(client, path)
    assert send(client, page, path, {}).status_code == 422


def test_a_broken_image_is_reported_and_the_hit_handed_in(emulator: Emulator, client: Client, posting: Posting) -> None:
    taken = accepted(emulator, published(posting))
    path = path_of(taken)
    page = begin(client, path)
    text = page.content.decode()
    address = action_of(text[text.rindex("<form", 0, text.index("report=1")) :], path)
    end = client.post(address, {**forms(text)[0].hidden, "text": "It is grey."}, follow=True)
    assert "Hand in on Mechanical Turk" in end.content.decode()
    emulator.worker("A1").submit(taken.id, dict(forms(end.content.decode())[0].hidden))
    poll(posting, timezone.now())
    assert Trial.objects.get().state == Trial.State.GIVEN_BACK
    assert Trial.objects.progress(posting.study, rehearsal=True).done == 0


def test_the_last_page_hands_in_at_the_postings_mechanical_turk(emulator: Emulator, client: Client, posting: Posting) -> None:
    taken = accepted(emulator, published(posting))
    answer(client, path_of(taken))
    page = client.get(path_of(taken)).content.decode()
    assert f'action="{emulator.url}/mturk/externalSubmit"' in page
    assert forms(page)[0].hidden["assignmentId"] == taken.id

"""The page on which a researcher decides on captions."""

import pytest
from django.test import Client

from generation.models import Caption
from studies.allocation import open_session
from studies.exclusion import exclude
from studies.models import Study, WorkerCaption
from tests.captioning_study import captioning_study
from tests.factories_generation import ConditionFactory
from tests.factories_studies import NOON, StudyConditionFactory, StudyFactory, WorkerFactory, add_prompt_set, fetch_images
from tests.studies.admin.browsing import address

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    """Two images, one described as a ring, the other not at all."""
    study = captioning_study(prompts=2)
    session = open_session(study, WorkerFactory.create(), rehearsal=False, now=NOON)
    for trial, text in zip(session.trials.open(), ["a green ring", ""], strict=True):
        fetch_images(trial)
        trial.describe(text, NOON)
    return study


def test_captions_stand_beside_their_image_and_the_prompt(researcher: Client, study: Study) -> None:
    page = researcher.get(address(study, "captions")).content.decode()
    assert "a green ring" in page
    assert "Cannot be described" in page
    assert "a red circle and a blue star" in page
    source = WorkerCaption.objects.get(indescribable=False).trial.comparison.images.get().source_id
    assert f"/admin/studies/study/thumbnail/{source}.png" in page


def test_what_is_ticked_is_accepted_and_counted_on_the_study_s_page(researcher: Client, study: Study) -> None:
    pks = list(WorkerCaption.objects.values_list("pk", flat=True))
    page = researcher.post(address(study, "captions"), {"caption": pks, "accept": "on"}, follow=True).content.decode()
    assert "Accepted: 2." in page
    assert Caption.objects.count() == 2
    told = researcher.get(address(study)).content.decode()
    assert "2 of 2 images have an accepted answer; 1 of these cannot be described." in told
    assert study.log.filter(action="captions").count() == 1


def test_what_is_rejected_is_asked_of_somebody_else(researcher: Client, study: Study) -> None:
    caption = WorkerCaption.objects.get(indescribable=False)
    page = researcher.post(address(study, "captions"), {"caption": [caption.pk], "reject": "on"}, follow=True)
    assert "Rejected: 1." in page.content.decode()
    assert study.places.filter(rehearsal=False).free().count() == 1
    again = researcher.post(address(study, "captions"), {"caption": [caption.pk], "reject": "on"}, follow=True)
    assert "was rejected already" in again.content.decode()


def test_what_was_accepted_by_mistake_can_be_rejected(researcher: Client, study: Study) -> None:
    caption = WorkerCaption.objects.get(indescribable=False)
    researcher.post(address(study, "captions"), {"caption": [caption.pk], "accept": "on"})
    page = researcher.get(address(study, "captions") + "?decision=accepted").content.decode()
    assert f'value="{caption.pk}"' in page
    assert "Reject those ticked" in page
    researcher.post(address(study, "captions"), {"caption": [caption.pk], "reject": "on"})
    assert not Caption.objects.exists()


def test_words_of_an_excluded_worker_cannot_be_ticked(researcher: Client, study: Study) -> None:
    exclude(study, WorkerCaption.objects.earliest("pk").trial.worker, "copied", "ada", NOON)
    page = researcher.get(address(study, "captions")).content.decode()
    assert "Does not count: its worker is excluded" in page
    assert 'name="caption"' not in page


@pytest.mark.parametrize(
    "page", ["change/", "gallery/", "log/", "captions/?decision=accepted", "captions/?rehearsal&decision="]
)
def test_every_page_of_a_captioning_study_opens(researcher: Client, study: Study, page: str) -> None:
    assert researcher.get(f"/admin/studies/study/{study.pk}/{page}").status_code == 200


@pytest.mark.parametrize("page", ["live/{}/?whole", "results/{}/", "results/{}/rehearsal/"])
def test_pages_of_votes_say_that_there_are_none(researcher: Client, study: Study, page: str) -> None:
    response = researcher.get("/" + page.format(study.pk))
    assert "This study asks for captions, not for votes" in response.content.decode()


def test_the_captions_can_be_downloaded(researcher: Client, study: Study) -> None:
    response = researcher.get(address(study, "captions.csv").rstrip("/"))
    assert b"a green ring" in response.getvalue()


def test_there_is_no_file_of_votes(researcher: Client, study: Study) -> None:
    response = researcher.get(address(study, "votes.csv").rstrip("/"), follow=True)
    assert "There is no votes.csv here: this study asks for captions." in response.content.decode()


def test_a_draft_is_edited_and_previewed_like_any_other(researcher: Client) -> None:
    draft = StudyFactory.create(name="Draft", design=Study.Design.ALONE)
    StudyConditionFactory.create(study=draft, condition=ConditionFactory.create(method="dns"), printed_name="DNS")
    add_prompt_set(draft, prompts=1)
    assert "Nothing is missing:" in researcher.get(address(draft)).content.decode()
    preview = researcher.get(address(draft, "preview")).content.decode()
    assert "What do you see?" in preview

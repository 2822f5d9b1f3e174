import re

import pytest
from django.test import Client

from generation.models import Image
from studies.models import Comparison, Session, Study, Trial
from tests.factories_studies import add_prompt_set, published_study, ready_study
from tests.studies.admin.browsing import address

pytestmark = pytest.mark.django_db


def _preview(researcher: Client, study: Study, number: int = 1) -> str:
    return researcher.get(f"{address(study, 'preview')}?trial={number}").content.decode()


def test_a_draft_is_shown_as_workers_will_see_it_and_marked_as_a_preview(researcher: Client) -> None:
    study = ready_study(conditions=3, prompts=2)
    html = _preview(researcher, study)
    assert f"Preview of “{study}”." in html
    assert html.count("<figure>") == 3
    assert html.count("<legend>") == 2
    assert "1 of 2" in html


def test_its_images_can_be_seen(researcher: Client) -> None:
    addresses = re.findall(r'<img src="([^"]+)"', _preview(researcher, ready_study()))
    assert len(addresses) == 2
    for path in addresses:
        assert b"".join(researcher.get(path).streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_an_answer_saves_nothing_and_leads_on(researcher: Client) -> None:
    study = ready_study(prompts=2)
    path = f"{address(study, 'preview')}?trial="
    assert researcher.post(f"{path}1", {"vote-correctness": 1})["Location"].endswith("?trial=2")
    assert researcher.post(f"{path}2", {})["Location"].endswith("?trial=1")
    assert not any(model.objects.exists() for model in (Comparison, Session, Trial))


def test_what_was_changed_in_the_draft_is_shown_at_once(researcher: Client) -> None:
    study = ready_study()
    _preview(researcher, study)
    study.criteria.filter(name="quality").update(question="Which is prettier?")
    assert "Which is prettier?" in _preview(researcher, study)


def test_each_design_shows_its_own_groups(researcher: Client) -> None:
    study = ready_study(conditions=3, prompts=1, design=Study.Design.PAIRS)
    html = _preview(researcher, study)
    assert (html.count("<figure>"), "1 of 3" in html) == (2, True)


@pytest.mark.parametrize("number", ["0", "-3", "x", "99999999999999999999"])
def test_a_number_that_makes_no_sense_still_shows_a_trial(researcher: Client, number: str) -> None:
    assert researcher.get(f"{address(ready_study(), 'preview')}?trial={number}").status_code == 200


def test_a_long_study_shows_its_first_twenty(researcher: Client) -> None:
    study = ready_study(prompts=0)
    add_prompt_set(study, prompts=21)
    assert "1 of 20" in _preview(researcher, study)


def _without_images(study: Study) -> None:
    Image.objects.filter(condition__in=study.conditions.values("condition")).update(state=Image.State.QUEUED)


def _without_conditions(study: Study) -> None:
    study.conditions.all().delete()


def _without_baseline(study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(design=Study.Design.BASELINE)


@pytest.mark.parametrize("spoil", [_without_images, _without_conditions, _without_baseline])
def test_a_draft_with_nothing_to_show_says_so(researcher: Client, spoil: object) -> None:
    study = ready_study()
    spoil(study)  # type: ignore[operator]
    html = researcher.get(address(study, "preview"), follow=True).content.decode()
    assert "There is nothing to preview yet" in html


def test_a_published_study_points_to_its_rehearsal(researcher: Client) -> None:
    html = researcher.get(address(published_study(), "preview"), follow=True).content.decode()
    assert "open its rehearsal link" in html

import io
import re

import PIL.Image
import pytest
from django.test import Client

from generation.models import Image
from studies.publishing import publish
from tests.factories_generation import PromptFactory
from tests.factories_studies import NOON, add_prompt_set, published_study, ready_study
from tests.studies.admin.browsing import address

pytestmark = pytest.mark.django_db


def _rows(html: str) -> list[str]:
    return re.findall(r"<tr(?: class=\"dropped\")?>\s*<th scope=\"row\">(.*?)</tr>", html, re.DOTALL)


def test_a_row_shows_the_image_of_each_condition(researcher: Client) -> None:
    study = ready_study(conditions=3, prompts=2)
    rows = _rows(researcher.get(address(study, "gallery")).content.decode())
    assert len(rows) == 2
    assert all(row.count("<img") == 3 for row in rows)


def test_a_flagged_image_stays_covered_and_its_row_is_dropped(researcher: Client) -> None:
    study = ready_study(prompts=2)
    flagged = Image.objects.filter(condition=study.conditions.all()[1].condition)[0]
    Image.objects.filter(pk=flagged.pk).update(state=Image.State.FLAGGED)
    for _ in ("before publishing", "after it"):
        dropped, clean = _rows(researcher.get(address(study, "gallery")).content.decode())
        assert re.search(r"<details><summary>flagged as NSFW: show</summary>.*<img", dropped)
        assert "<strong>dropped</strong>" in dropped
        assert "dropped" not in clean
        publish(study, NOON) if study.is_draft else None


def test_images_that_are_not_there_are_named_by_their_state(researcher: Client) -> None:
    study = ready_study(prompts=1)
    first, second = (row.condition for row in study.conditions.all())
    Image.objects.filter(condition=first).delete()
    Image.objects.filter(condition=second).update(state=Image.State.FAILED, file="")
    (row,) = _rows(researcher.get(address(study, "gallery")).content.decode())
    assert "not planned" in row
    assert "Failed" in row
    assert "<img" not in row


def test_a_published_study_keeps_to_what_it_compared(researcher: Client) -> None:
    study = published_study(prompts=2)
    PromptFactory.create(prompt_set=study.prompt_sets.get().prompt_set, text="a newcomer")
    assert "a newcomer" not in researcher.get(address(study, "gallery")).content.decode()


def test_one_prompt_set_can_be_picked(researcher: Client) -> None:
    study = ready_study(prompts=2)
    add_prompt_set(study, prompts=1)
    chosen = study.prompt_sets.last()
    assert chosen
    html = researcher.get(f"{address(study, 'gallery')}?set={chosen.pk}").content.decode()
    assert len(_rows(html)) == 1
    assert f"<strong>{chosen}</strong>" in html


def test_long_galleries_have_pages_that_keep_the_prompt_set(researcher: Client) -> None:
    study = ready_study(prompts=0)
    add_prompt_set(study, prompts=21)
    chosen = study.prompt_sets.get()
    html = researcher.get(f"{address(study, 'gallery')}?set={chosen.pk}").content.decode()
    assert len(_rows(html)) == 20
    assert f'href="?set={chosen.pk}&amp;page=2"' in html
    assert len(_rows(researcher.get(f"{address(study, 'gallery')}?set={chosen.pk}&page=2").content.decode())) == 1


@pytest.mark.parametrize("query", ["?set=x", "?page=x", "?page=99", "?set=99999"])
def test_an_address_that_makes_no_sense_still_shows_images(researcher: Client, query: str) -> None:
    response = researcher.get(address(ready_study(prompts=1), "gallery") + query)
    assert len(_rows(response.content.decode())) == 1


def test_a_thumbnail_is_small_and_for_researchers_alone(researcher: Client, client: Client) -> None:
    ready_study(prompts=1)
    image = Image.objects.all()[0]
    with image.file.open("wb") as file:
        PIL.Image.new("RGB", (400, 200)).save(file, "PNG")
    path = f"/admin/studies/study/thumbnail/{image.pk}.png"
    assert PIL.Image.open(io.BytesIO(researcher.get(path).content)).size == (192, 96)
    assert client.get(path).status_code == 302


def test_there_is_no_thumbnail_of_an_image_that_was_not_made(researcher: Client) -> None:
    ready_study(prompts=1)
    Image.objects.update(file="")
    assert researcher.get(f"/admin/studies/study/thumbnail/{Image.objects.all()[0].pk}.png").status_code == 404

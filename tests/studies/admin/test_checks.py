import pytest
from django.test import Client

from generation.models import Image
from studies.models import Study
from tests.factories_studies import published_study, ready_study
from tests.studies.admin.browsing import address

pytestmark = pytest.mark.django_db


def _images(study: Study, row: int) -> list[int]:
    return list(Image.objects.filter(condition=study.conditions.all()[row].condition).values_list("pk", flat=True))


def test_the_page_of_a_draft_says_what_publishing_lacks_without_any_script(researcher: Client) -> None:
    study = ready_study(prompts=3)
    Image.objects.filter(pk__in=_images(study, 1)[:2]).update(state=Image.State.QUEUED)
    html = researcher.get(address(study)).content.decode()
    assert "2 of 3 comparisons lack an image of Method B (2 still queued)." in html


def test_a_draft_that_lacks_nothing_is_called_ready(researcher: Client) -> None:
    assert "<strong>Nothing is missing:</strong>" in researcher.get(address(ready_study())).content.decode()


def test_the_piece_that_a_script_asks_for_is_the_same_as_on_the_page(researcher: Client) -> None:
    study = ready_study(prompts=3, instructions="")
    page, piece = (researcher.get(path).content.decode() for path in (address(study), address(study, "checks")))
    assert f'data-refresh="{address(study, "checks")}"' in page
    assert piece.strip() in page
    assert "<html" not in piece


def test_the_images_of_each_condition_are_counted_by_state(researcher: Client) -> None:
    study = ready_study(prompts=5)
    first, second = _images(study, 0), _images(study, 1)
    Image.objects.filter(pk=first[0]).update(state=Image.State.FLAGGED)
    Image.objects.filter(pk=second[0]).delete()
    for state, pk in ((Image.State.QUEUED, second[1]), (Image.State.FAILED, second[2])):
        Image.objects.filter(pk=pk).update(state=state)
    html = researcher.get(address(study, "checks")).content.decode()
    assert "5 of 5 made, 1 of them flagged as NSFW" in html
    assert "2 of 5 made · 1 queued · 1 failed · 1 not planned" in html
    assert '<progress max="5" value="2" aria-label="Images made of Method B">' in html


def test_the_piece_of_a_study_published_meanwhile_says_so(researcher: Client) -> None:
    assert "The study is published." in researcher.get(address(published_study(), "checks")).content.decode()

import pytest
from django.test import Client
from django.urls import reverse

from generation.admin import paging
from generation.admin.images import ImageAdmin
from generation.admin.paging import KeysFirst
from generation.models import Image
from tests.factories_generation import ConditionFactory, ImageFactory, PromptFactory

pytestmark = pytest.mark.django_db


def _seeds(client: Client, query: str) -> list[int]:
    """The seeds of the images listed, in their order."""
    response = client.get(reverse("admin:generation_image_changelist") + query)
    assert response.status_code == 200
    return [image.seed for image in response.context["cl"].result_list]


def _images() -> None:
    condition = ConditionFactory.create()
    cat, dog = PromptFactory.create(text="a black cat"), PromptFactory.create(text="a black dog")
    for prompt, seed in ((dog, 4), (cat, 2), (cat, 1), (dog, 2)):
        ImageFactory.create(prompt=prompt, seed=seed, condition=condition)


@pytest.mark.parametrize(
    ("query", "seeds"),
    [
        ("", [1, 2, 2, 4]),  # by prompt, then by seed
        ("?q=cat", [1, 2]),
        ("?q=black+cat", [1, 2]),
        ("?q=2", [2, 2]),
        ("?q=dog+2", [2]),
        ("?q=zebra", []),
        (f"?q={10**30}", []),
    ],
)
def test_images_are_found_by_the_words_of_their_prompt_and_by_their_seed(
    admin_client: Client, query: str, seeds: list[int]
) -> None:
    _images()
    assert _seeds(admin_client, query) == seeds


def test_a_list_ends_where_it_says_so(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _images()
    page = reverse("admin:generation_image_changelist")
    said = "These are the first 3; there are more."
    assert said not in admin_client.get(page).content.decode()
    monkeypatch.setattr(paging, "MOST_LISTED", 3)
    assert said in admin_client.get(page).content.decode()
    monkeypatch.setattr(ImageAdmin, "list_per_page", 2)
    assert [_seeds(admin_client, f"?p={page}") for page in (1, 2)] == [[1, 2], [2]]


def test_pages_are_those_of_the_rows_in_their_order() -> None:
    _images()
    rows = Image.objects.order_by("prompt_id", "seed")
    pages = KeysFirst(rows, 3, related=["prompt"])
    assert [list(pages.page(number).object_list) for number in (1, 2)] == [list(rows[:3]), list(rows[3:])]

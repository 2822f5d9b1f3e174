"""What the admin tells of negatives: from a final image to its caption, to the diffusion-negative image, and back."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from generation.models import Caption, Condition, Image, NegativeText, StandardNegatives
from generation.plan import plan
from tests.factories_generation import CheckpointFactory, ConditionFactory, ImageFactory, PromptFactory, RunFactory, png

pytestmark = pytest.mark.django_db

PEOPLE = {"source": "human", "study": "What do you see?"}
CAPTIONER = "people: What do you see?"


def page(client: Client, row: Any, kind: str = "change") -> str:
    name = f"admin:generation_{row._meta.model_name}_{kind}"
    answer = client.get(reverse(name, args=[row.pk] if kind == "change" else []))
    assert answer.status_code == 200
    return answer.content.decode()


def link(row: Any) -> str:
    return f'href="{reverse(f"admin:generation_{row._meta.model_name}_change", args=[row.pk])}"'


@pytest.fixture
def final() -> Image:
    """An image with a random quotation and a caption of people as its negative."""
    condition = ConditionFactory.create(negative_sources=[{"source": "random"}, PEOPLE])
    run = RunFactory.create(prompt_sets=[PromptFactory.create().prompt_set], conditions=[condition])
    plan(run)
    dns = run.dns_images().get()
    dns.state = Image.State.DONE
    dns.file.save("dns.png", ContentFile(png()))
    Caption.objects.create(image=dns, captioner=CAPTIONER, state="done", text="a gray field")
    plan(run)
    return run.planned_images().get()


def test_an_image_shows_its_negative_with_links_to_where_it_comes_from(admin_client: Client, final: Image) -> None:
    caption, text = Caption.objects.get(), NegativeText.objects.get()
    shown = page(admin_client, final)
    assert escape(f"“{text.text}, a gray field”") in shown
    assert all(link(row) in shown for row in (caption, text, caption.image))
    assert reverse("admin:generation_image_file", args=[caption.image_id]) in shown


def test_a_caption_shows_what_it_describes_and_whom_it_leads_away(admin_client: Client, final: Image) -> None:
    caption = Caption.objects.get()
    shown = page(admin_client, caption)
    assert link(caption.image) in shown
    assert link(final) in shown
    assert link(caption) in page(admin_client, caption.image)


def test_a_text_shows_whom_it_leads_away(admin_client: Client, final: Image) -> None:
    assert link(final) in page(admin_client, NegativeText.objects.get())


def test_an_image_that_waits_says_for_what(admin_client: Client) -> None:
    waiting = ImageFactory.create(condition=ConditionFactory.create(negative_sources=[PEOPLE]), state=Image.State.WAITING)
    assert "not there yet; it comes from captions of people in “What do you see?”" in page(admin_client, waiting)


def test_an_image_without_sources_says_nothing_of_them(admin_client: Client) -> None:
    assert "field-negative_text" not in page(admin_client, ImageFactory.create())


def test_a_condition_counts_the_captions_that_say_nothing(admin_client: Client, final: Image) -> None:
    assert "1 made, 0 of them say nothing" in page(admin_client, final.condition)
    Caption.objects.update(state=Caption.State.INDESCRIBABLE, text="")
    assert "1 made, 1 of them say nothing" in page(admin_client, final.condition)


def test_the_page_of_a_condition_lists_the_sources(admin_client: Client) -> None:
    shown = admin_client.get(reverse("admin:generation_condition_add")).content.decode()
    assert 'id="source-auto_dnp"' in shown
    assert "max_new_tokens (default 50, from 1 to 500)" in shown


def test_a_condition_with_sources_is_made_in_the_admin(admin_client: Client) -> None:
    checkpoint = CheckpointFactory.create()
    own = {"method": "cfg", "settings": "{}", "negative_sources": '[{"source": "random"}]', "checkpoint": checkpoint.pk}
    admin_client.post(reverse("admin:generation_condition_add"), {**own, "scheduler": "ddim", "evaluations": 41, "size": 64})
    assert Condition.objects.latest("pk").negative_sources == [{"source": "random"}]


@pytest.mark.parametrize("row", ["caption", "negativetext"])
def test_captions_and_texts_are_listed_and_changed_by_nobody(admin_client: Client, final: Image, row: str) -> None:
    one = Caption.objects.get() if row == "caption" else NegativeText.objects.get()
    assert link(one) in page(admin_client, one, "changelist")
    admin_client.post(reverse(f"admin:generation_{row}_change", args=[one.pk]), {"text": "changed"})
    assert not type(one).objects.filter(text="changed").exists()
    assert admin_client.get(reverse(f"admin:generation_{row}_add")).status_code == 403
    assert final.state == Image.State.QUEUED


def test_a_standard_list_is_edited_in_the_admin(admin_client: Client) -> None:
    mine = StandardNegatives.objects.create(name="mine", text="fog")
    assert "not printed in their paper" in page(admin_client, mine)
    admin_client.post(reverse("admin:generation_standardnegatives_change", args=[mine.pk]), {"name": "mine", "text": "rain"})
    assert StandardNegatives.objects.get(name="mine").text == "rain"


def test_the_progress_of_a_run_tells_for_whom_it_waits(admin_client: Client) -> None:
    condition = ConditionFactory.create(method="dnp", negative_sources=[PEOPLE])
    run = RunFactory.create(prompt_sets=[PromptFactory.create().prompt_set], conditions=[condition])
    plan(run)
    run.dns_images().update(state=Image.State.DONE)
    shown = admin_client.get(reverse("admin:generation_run_progress", args=[run.pk])).content.decode()
    assert "1 of 2 images" in shown
    assert "1 wait for captions by people in “What do you see?”." in shown

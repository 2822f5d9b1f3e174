"""The admin's pages, as a researcher's browser asks for them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from generation.admin.method_pages import method_pages
from generation.methods import METHODS
from generation.models import Condition, Image, Prompt, PromptSet, Run
from tests.factories_generation import (
    CheckpointFactory,
    ConditionFactory,
    ImageFactory,
    PromptFactory,
    PromptSetFactory,
    RunFactory,
)

pytestmark = pytest.mark.django_db

CONDITION = {"scheduler": "ddim", "evaluations": 41, "size": 64}


def text_of(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(f"admin:generation_{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, name: str, /, *args: Any, **data: Any) -> str:
    return client.post(reverse(f"admin:generation_{name}", args=args), data, follow=True).content.decode()


def add_condition(client: Client, **fields: Any) -> str:
    return post(client, "condition_add", **CONDITION, **fields)


def make_run() -> Run:
    prompt_set = PromptSetFactory.create()
    PromptFactory.create_batch(2, prompt_set=prompt_set)
    return RunFactory.create(prompt_sets=[prompt_set], conditions=[ConditionFactory.create()])


@pytest.mark.parametrize(
    "factory", [PromptSetFactory, PromptFactory, CheckpointFactory, ConditionFactory, ImageFactory, RunFactory]
)
def test_every_kind_of_row_has_a_list_and_a_page(admin_client: Client, factory: Callable[[], Any]) -> None:
    row = factory.create()  # type: ignore[attr-defined]
    model = row._meta.model_name
    assert str(row)[:20] in text_of(admin_client, f"{model}_changelist")
    assert reverse(f"admin:generation_{model}_changelist") in text_of(admin_client, f"{model}_change", row.pk)


@pytest.mark.parametrize("model", ["promptset", "prompt", "checkpoint", "condition", "run"])
def test_a_new_row_starts_from_a_form(admin_client: Client, model: str) -> None:
    assert "<form" in text_of(admin_client, f"{model}_add")


def test_prompts_are_added_one_a_line_and_once(admin_client: Client) -> None:
    prompt_set = PromptFactory.create(text="a cat").prompt_set
    post(admin_client, "promptset_change", prompt_set.pk, name="Mine", source="", new_prompts="a cat\n a dog \n\na dog\n")
    assert list(prompt_set.prompts.values_list("text", flat=True)) == ["a cat", "a dog"]


def test_a_prompt_that_is_too_long_keeps_the_others_out(admin_client: Client) -> None:
    page = post(admin_client, "promptset_add", name="Mine", source="", new_prompts="a dog\n" + "long" * 200)
    assert "at most 500 characters" in page
    assert not Prompt.objects.exists()
    assert not PromptSet.objects.exists()


def test_a_condition_is_saved_with_its_methods_defaults(admin_client: Client) -> None:
    checkpoint = CheckpointFactory.create()
    add_condition(admin_client, method="negative_prompt", settings='{"negative": "blurry"}', checkpoint=checkpoint.pk)
    assert Condition.objects.get().settings == {"scale": 7.5, "negative": "blurry"}


@pytest.mark.parametrize(
    ("method", "given", "sentence"),
    [
        ("cfg", '{"scale": 1000}', "“scale” must be a finite number between -100 and 100"),
        ("cfg", f'{{"scale": {10**400}}}', "“scale” must be a finite number between -100 and 100"),
        ("cfg", '{"negatives": "blurry"}', "“negatives” is not a setting here"),
        ("negative_prompt", "{}", "“negative” must be given"),
        ("cfg", "[1]", "Settings must be names with values"),
        ("cfg", "{", "Enter a valid JSON"),
        ("magic", "{}", "magic is not one of the available choices"),
        ("imported", "{}", "imported is not one of the available choices"),
    ],
)
def test_a_bad_condition_says_what_to_change(admin_client: Client, method: str, given: str, sentence: str) -> None:
    page = add_condition(admin_client, method=method, settings=given, checkpoint=CheckpointFactory.create().pk)
    assert sentence in page
    assert not Condition.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"size": ""}, "This field is required."),
        ({"evaluations": 0}, "ddim makes 1 to 999 evaluations, not 0."),
        ({"evaluations": 1000}, "ddim makes 1 to 999 evaluations, not 1000."),
        ({"scheduler": "pndm", "evaluations": 2}, "pndm makes 3 to 999 evaluations, not 2."),
    ],
)
def test_what_no_worker_could_make_is_refused(admin_client: Client, changes: dict[str, Any], sentence: str) -> None:
    fields = {**CONDITION, "method": "cfg", "settings": "{}", "checkpoint": CheckpointFactory.create().pk, **changes}
    page = post(admin_client, "condition_add", **fields)
    assert page.count('<ul class="errorlist"') == 1
    assert sentence in page
    assert not Condition.objects.exists()


def test_a_condition_that_exists_already_is_refused_in_words(admin_client: Client) -> None:
    condition = ConditionFactory.create(evaluations=41)
    assert "There is such a condition already" in add_condition(
        admin_client, method="cfg", settings="{}", checkpoint=condition.checkpoint_id
    )


def test_the_condition_page_tells_every_methods_settings(admin_client: Client) -> None:
    page = text_of(admin_client, "condition_add")
    assert "scale (default 7.5, from -100 to 100): guidance scale s" in page
    assert "negative (required): the text that the image is led away from" in page


def test_the_condition_page_tells_where_every_rule_comes_from(admin_client: Client) -> None:
    page = text_of(admin_client, "condition_add")
    for method in METHODS.values():
        assert escape(method.provenance) in page


def test_the_condition_page_marks_a_third_party_s_reading(admin_client: Client) -> None:
    marked = {page.name for page in method_pages() if page.is_third_party_reading}
    assert {"answer", "dns"} <= marked
    assert not {"cfg", "negative_prompt", "np_uncond", "sld", "dng"} & marked
    assert text_of(admin_client, "condition_add").count("a third party's reading</strong>") == len(marked)


def test_the_condition_page_tells_schedulers_and_presets(admin_client: Client) -> None:
    page = text_of(admin_client, "condition_add")
    assert "<strong>needs DDPM, noise of variance 1 − α</strong>" in page  # DNG, algorithm 2
    assert "warmup 15, safety_scale 20, threshold 0, momentum_scale 0, momentum_decay 0" in page  # SLD, weak


def test_a_condition_with_images_is_shown_but_not_changed(admin_client: Client) -> None:
    condition = ImageFactory.create().condition
    assert 'name="settings"' not in text_of(admin_client, "condition_change", condition.pk)
    post(admin_client, "condition_change", condition.pk, **CONDITION, method="cfg", settings='{"scale": 1}')
    assert Condition.objects.get().settings == condition.settings


def test_a_checkpoint_in_use_is_not_renamed(admin_client: Client) -> None:
    checkpoint = CheckpointFactory.create()
    ConditionFactory.create(checkpoint=checkpoint)
    page = text_of(admin_client, "checkpoint_change", checkpoint.pk)
    assert 'name="name"' not in page
    assert 'name="safety_checker"' in page


def test_a_run_is_planned_and_its_workers_called(admin_client: Client) -> None:
    run = make_run()
    assert "2 images new, 1 batches waiting" in post(admin_client, "run_queue", run.pk)
    assert run.progress()["queued"] == 2
    assert run.batches.get().called_at is not None


def test_runs_are_planned_from_their_list(admin_client: Client) -> None:
    run = make_run()
    page = post(admin_client, "run_changelist", action="plan_and_queue", _selected_action=run.pk)
    assert "2 images new" in page
    assert "2 queued" in page


def test_a_run_that_cannot_be_planned_says_why(admin_client: Client) -> None:
    run = make_run()
    run.conditions.add(Condition.objects.ensure(method="imported", settings={"name": "mine"}))
    assert "holds imported images" in post(admin_client, "run_queue", run.pk)


def test_failed_images_are_retried(admin_client: Client) -> None:
    run = make_run()
    post(admin_client, "run_queue", run.pk)
    Image.objects.update(state=Image.State.FAILED, reason="OutOfMemoryError: no memory left")
    assert "2 failed images queued again" in post(admin_client, "run_retry", run.pk)
    assert run.unfinished_batches().count() == 1


def test_progress_counts_states_and_lists_reasons(admin_client: Client) -> None:
    run = make_run()
    post(admin_client, "run_queue", run.pk)
    failed, done = Image.objects.all()
    Image.objects.filter(pk=failed.pk).update(state=Image.State.FAILED, reason="OutOfMemoryError: no memory left")
    Image.objects.filter(pk=done.pk).update(state=Image.State.DONE)
    piece = text_of(admin_client, "run_progress", run.pk)
    assert '<progress max="2" value="2">' in piece
    assert "1 × OutOfMemoryError: no memory left" in piece


def test_a_get_plans_nothing(admin_client: Client) -> None:
    run = make_run()
    assert admin_client.get(reverse("admin:generation_run_queue", args=[run.pk])).status_code == 405
    assert not Image.objects.exists()


def test_the_run_page_asks_for_its_progress(admin_client: Client) -> None:
    run = make_run()
    page = text_of(admin_client, "run_change", run.pk)
    assert f'data-address="{reverse("admin:generation_run_progress", args=[run.pk])}"' in page
    assert "generation/progress.js" in page


def test_researchers_see_an_image(admin_client: Client) -> None:
    image = ImageFactory.create(with_file=True)
    answer = admin_client.get(reverse("admin:generation_image_file", args=[image.pk]))
    assert (answer["Content-Type"], answer.getvalue()) == ("image/png", image.file.read())
    image.file.close()


def test_nobody_but_staff_sees_an_image(client: Client) -> None:
    image = ImageFactory.create(with_file=True)
    client.force_login(User.objects.create_user("worker"))
    assert client.get(reverse("admin:generation_image_file", args=[image.pk])).status_code == 302


def test_staff_without_the_permission_neither_see_images_nor_plan(client: Client) -> None:
    image, run = ImageFactory.create(with_file=True), make_run()
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert client.get(reverse("admin:generation_image_file", args=[image.pk])).status_code == 403
    assert client.get(reverse("admin:generation_run_progress", args=[run.pk])).status_code == 403
    assert client.post(reverse("admin:generation_run_queue", args=[run.pk])).status_code == 403
    assert client.post(reverse("admin:generation_run_retry", args=[run.pk])).status_code == 403


def test_flagged_images_are_covered_until_asked_for(admin_client: Client) -> None:
    image = ImageFactory.create(with_file=True, state=Image.State.FLAGGED)
    for page in (text_of(admin_client, "image_changelist"), text_of(admin_client, "image_change", image.pk)):
        assert "<details><summary>flagged as NSFW: show</summary><img" in page


def test_images_cannot_be_changed_by_hand(admin_client: Client) -> None:
    image = ImageFactory.create()
    post(admin_client, "image_change", image.pk, state="queued")
    assert admin_client.get(reverse("admin:generation_image_add")).status_code == 403
    assert Image.objects.get().state == "done"


def test_how_an_image_was_made_is_told_in_lines(admin_client: Client) -> None:
    provenance = {
        "method": "dng",
        "revision": "",
        "settings": {"scale": 18.0},
        "stacked": [4, 5],
        "traces": {"lambda": [0.5, 2.25, 1 / 3]},
    }
    page = text_of(admin_client, "image_change", ImageFactory.create(provenance=provenance).pk)
    assert '<th scope="row">method</th><td>dng</td>' in page
    assert "<td>scale = 18.0<br></td>" in page
    assert "<summary>2 images together</summary>4, 5" in page
    assert "<summary>lambda: 3 steps, from 0.5 to 0.3333, between 0.3333 and 2.25</summary>0.5, 2.25, 0.3333" in page


def test_an_image_that_was_brought_along_says_nothing_of_how_it_was_made(admin_client: Client) -> None:
    page = text_of(admin_client, "image_change", ImageFactory.create().pk)
    assert '<th scope="row">method</th>' not in page

"""Runs whose negatives come from sources, on a tiny checkpoint with a tiny captioner; test_worker.py has real workers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generation import phases, quotations
from generation.chat_stand_in import MODEL, running
from generation.making.images import row_of
from generation.models import Batch, Caption, ChatAnswer, Condition, Image, NegativeText, Run
from generation.plan import plan
from generation.progress import progress_of
from generation.tasks import make_batch, sweep
from tests.factories_generation import CheckpointFactory, ConditionFactory, PromptFactory, PromptSetFactory, RunFactory
from tests.tiny_captioners import build_blip
from tests.tiny_checkpoint import FLAGS_ALL, build_tiny_checkpoint

pytestmark = pytest.mark.django_db
asks = pytest.mark.django_db(transaction=True)  # a question is a row that others see before it is asked

PEOPLE = {"source": "human", "study": "What do you see?"}
STANDARD = {"source": "standard", "text": "blurry"}
CAPTIONS = "people: What do you see?"


@pytest.fixture(scope="session")
def blip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny captioner; tests must not change it."""
    return build_blip(tmp_path_factory.mktemp("blip"))


@pytest.fixture
def auto_dnp(blip: Path) -> dict[str, Any]:
    return {"source": "auto_dnp", "captioner": str(blip), "max_new_tokens": 3}


def make_run(folder: Path, *conditions: dict[str, Any], prompts: int = 2, seeds: str = "0") -> Run:
    """A run of prompts and conditions on the checkpoint in a folder."""
    checkpoint, prompt_set = CheckpointFactory.create(name=str(folder), revision=""), PromptSetFactory.create()
    PromptFactory.create_batch(prompts, prompt_set=prompt_set, negatives={"related": "a blue star"})
    made = [ConditionFactory.create(checkpoint=checkpoint, evaluations=2, **each) for each in conditions]
    return RunFactory.create(prompt_sets=[prompt_set], conditions=made, seeds=seeds)


def with_sources(*sources: dict[str, Any], method: str = "negative_prompt") -> dict[str, Any]:
    return {"method": method, "negative_sources": list(sources)}


def work_off() -> None:
    """Make all batches that there are, and those that follow from them, as one worker would."""
    while batches := list(Batch.objects.unfinished()):
        for batch in batches:
            make_batch(batch.pk)


def states(run: Run) -> set[str]:
    return set(run.planned_images().values_list("state", flat=True))


def test_captions_of_dns_images_become_negatives(tiny_folder: Path, auto_dnp: dict[str, Any]) -> None:
    run = make_run(tiny_folder, {"method": "cfg"}, {"method": "auto_dnp", "negative_sources": [auto_dnp]})
    plan(run)
    work_off()
    image = run.planned_images().filter(condition__method="auto_dnp")[0]
    caption = Caption.objects.get(image__prompt=image.prompt)
    assert (image.state, image.negative) == ("done", caption.text)
    assert row_of(image).settings["negative"] == caption.text == image.provenance["settings"]["negative"]
    (given,) = image.provenance["negatives"]
    assert image.provenance["negative_cut_off"] == ""
    assert (given["source"], given["caption"], given["dns_image"]) == ("auto_dnp", caption.pk, caption.image_id)
    assert caption.images_led_away() == [image]
    assert (progress_of(run).unfinished, progress_of(run).sentences()) == (0, [])


def test_a_dns_image_has_the_chain_of_the_images_that_need_it(tiny_folder: Path, auto_dnp: dict[str, Any]) -> None:
    own = {"settings": {"scale": 3}, "scheduler": "euler"}
    plan(make_run(tiny_folder, {**with_sources(auto_dnp), **own}))
    final, dns = Condition.objects.get(method="negative_prompt"), Condition.objects.get(method="dns")
    assert dns.settings == {"scale": 3.0, "negative": ""}
    assert (dns.checkpoint, dns.scheduler, dns.evaluations, dns.size) == (final.checkpoint, "euler", 2, 64)


def test_conditions_share_dns_images_and_captions(tiny_folder: Path, auto_dnp: dict[str, Any]) -> None:
    run = make_run(tiny_folder, with_sources(auto_dnp), with_sources(STANDARD, auto_dnp, method="cfg"))
    assert plan(run).images == 6  # 2 prompts × (2 conditions + 1 of DNS images)
    work_off()
    assert (states(run), Caption.objects.count()) == ({"done"}, 2)
    assert all(len(caption.images_led_away()) == 2 for caption in Caption.objects.all())


def test_captions_wait_for_the_last_dns_image_and_images_for_the_last_caption(
    tiny_folder: Path, auto_dnp: dict[str, Any]
) -> None:
    run = make_run(tiny_folder, with_sources(auto_dnp), prompts=3)
    Run.objects.update(batch_size=2)
    plan(Run.objects.get())
    first, last = Batch.objects.all()
    make_batch(first.pk)
    assert not Caption.objects.exclude(batch=None).exists()
    make_batch(last.pk)
    first, last = Batch.objects.unfinished()
    make_batch(first.pk)
    assert states(run) == {"waiting"}
    make_batch(last.pk)
    assert states(run) == {"queued"}


def test_texts_of_sources_are_added_up_in_their_order(tiny_folder: Path) -> None:
    sources = (
        {"source": "text", "text": "fog"},
        {"source": "standard", "text": "blurry"},
        {"source": "prompt", "name": "related"},
    )
    run = make_run(tiny_folder, with_sources(*sources))
    plan(run)
    assert {image.negative for image in run.planned_images().queued()} == {"fog, blurry, a blue star"}


def test_an_image_says_what_of_its_negative_was_not_read(tiny_folder: Path) -> None:
    words = [f"{number} blurry," for number in range(100)]
    run = make_run(tiny_folder, with_sources({"source": "text", "text": " ".join(words)}), prompts=1)
    plan(run)
    work_off()
    cut_off = run.planned_images().get().provenance["negative_cut_off"]
    assert " ".join(words).endswith(cut_off)
    assert 0 < len(cut_off) < len(" ".join(words))


def test_a_quotation_is_drawn_for_each_prompt_and_seed_and_kept(tiny_folder: Path) -> None:
    run = make_run(tiny_folder, with_sources({"source": "random"}), seeds="0-1")
    plan(run)
    assert NegativeText.objects.count() == 4
    for image in run.planned_images().queued():
        assert image.negative == quotations.draw(image.prompt.text, image.seed)
        assert NegativeText.objects.get(pk=image.negatives[0]["negative_text"]).images_led_away() == [image]


@asks
def test_a_model_is_asked_once_about_a_prompt(tiny_folder: Path, settings: Any) -> None:
    with running() as stand_in:
        settings.CHAT_URL = stand_in.url
        run = make_run(tiny_folder, with_sources({"source": "llm", "model": MODEL}), seeds="0-1")
        plan(run)
        assert progress_of(run).sentences() == ["2 negatives are still to be asked for."]
        work_off()
    assert (states(run), len(stand_in.asked)) == ({"done"}, 2)
    text = NegativeText.objects.all()[0]
    assert text.text == ChatAnswer.objects.get(pk=text.provenance["chat_answer"]).text
    assert [image.negative for image in text.images_led_away()] == [text.text] * 2


@asks
def test_a_vision_language_model_captions_dns_images(tiny_folder: Path, settings: Any) -> None:
    with running() as stand_in:
        settings.CHAT_URL = stand_in.url
        run = make_run(tiny_folder, with_sources({"source": "auto_dnp", "captioner": f"chat:{MODEL}"}), prompts=1)
        plan(run)
        work_off()
    assert (states(run), len(stand_in.asked)) == ({"done"}, 1)
    caption = Caption.objects.get()
    assert (caption.captioner, caption.state) == (f"chat:{MODEL}", "done")
    assert caption.text == ChatAnswer.objects.get(pk=caption.provenance["chat_answer"]).text


@asks
def test_a_question_without_an_answer_fails_what_waits_for_it_and_can_be_retried(tiny_folder: Path, settings: Any) -> None:
    run = make_run(tiny_folder, with_sources({"source": "llm", "model": MODEL}), prompts=1)
    plan(run)
    work_off()
    image = run.planned_images().get()
    assert (image.state, NegativeText.objects.get().state) == ("failed", "failed")
    assert image.reason.startswith(f"There is no text from the opposite by {MODEL}: ChatFailed: There is no chat endpoint")
    assert run.retry() == 1
    with running() as stand_in:
        settings.CHAT_URL = stand_in.url
        plan(run)
        work_off()
    assert states(run) == {"done"}


def test_a_dns_image_that_failed_fails_its_caption_and_the_image_and_all_can_be_retried(
    tiny_folder: Path, auto_dnp: dict[str, Any]
) -> None:
    run = make_run(tiny_folder, with_sources(auto_dnp))
    plan(run)
    dns = run.dns_images()[0]
    Image.objects.filter(pk=dns.pk).update(state="failed", reason="OutOfMemory: of memory")
    work_off()
    lost = run.planned_images().get(prompt=dns.prompt)
    assert Caption.objects.get(image=dns).state == lost.state == "failed"
    assert lost.reason.endswith("The diffusion-negative image failed: OutOfMemory: of memory")
    assert states(run) == {"done", "failed"}
    assert run.retry() == 2
    plan(run)
    work_off()
    assert (states(run), set(run.captions().values_list("state", flat=True))) == ({"done"}, {"done"})


def test_a_captioner_that_has_changed_is_the_reason_of_its_captions(tiny_folder: Path, tmp_path: Path) -> None:
    changed = build_blip(tmp_path)
    run = make_run(tiny_folder, with_sources({"source": "auto_dnp", "captioner": str(changed)}))
    (changed / "config.json").write_text("{}")
    plan(run)
    work_off()
    reasons = set(Caption.objects.values_list("state", "reason"))
    assert [(state, reason.partition(":")[0]) for state, reason in reasons] == [("failed", "ModelNotFound")]
    assert states(run) == {"failed"}


def test_a_picture_that_cannot_be_read_fails_its_own_caption_alone(tiny_folder: Path, auto_dnp: dict[str, Any]) -> None:
    run = make_run(tiny_folder, with_sources(auto_dnp))
    plan(run)
    make_batch(Batch.objects.get().pk)
    Path(run.dns_images()[0].file.path).write_bytes(b"no picture")
    work_off()
    assert sorted(run.planned_images().values_list("state", flat=True)) == ["done", "failed"]


def test_a_prompt_without_the_negative_says_so_and_can_be_mended(tiny_folder: Path) -> None:
    run = make_run(tiny_folder, with_sources({"source": "prompt", "name": "unrelated"}), prompts=1)
    plan(run)
    image = run.planned_images().get()
    assert (image.state, image.reason) == (
        "failed",
        "The prompt has no negative “unrelated”: add it to the prompt, then retry.",
    )
    image.prompt.negatives = {"unrelated": "a car"}
    image.prompt.full_clean()
    image.prompt.save()
    run.retry()
    plan(run)
    assert run.planned_images().queued().get().negative == "a car"


def test_images_that_wait_for_people_are_counted_and_advance_when_they_have_written(tiny_folder: Path) -> None:
    run = make_run(tiny_folder, {"method": "dnp", "negative_sources": [PEOPLE]})
    plan(run)
    assert progress_of(run).unfinished == 4
    work_off()
    assert progress_of(run).sentences() == ["2 wait for captions by people in “What do you see?”."]
    assert (progress_of(run).unfinished, states(run)) == (0, {"waiting"})
    dns = run.dns_images()[0]
    Caption.objects.create(image=dns, captioner=CAPTIONS, state="done", text="a gray field")
    sweep()
    assert [image.negative for image in run.planned_images().queued()] == ["a gray field"]
    work_off()
    assert progress_of(run).sentences() == ["1 wait for captions by people in “What do you see?”."]


def test_what_cannot_be_described_leaves_an_empty_negative_and_is_counted(tiny_folder: Path) -> None:
    run = make_run(tiny_folder, {"method": "dnp", "negative_sources": [PEOPLE]})
    plan(run)
    work_off()
    for image, state, text in zip(run.dns_images(), ("done", "indescribable"), ("a gray field", ""), strict=True):
        Caption.objects.create(image=image, captioner=CAPTIONS, state=state, text=text)
    sweep()
    work_off()
    assert (states(run), {row_of(image).settings["negative"] for image in run.planned_images()}) == (
        {"done"},
        {"a gray field", ""},
    )
    (sentence,) = progress_of(run).sentences()
    assert sentence.startswith(
        "1 of 2 captions say nothing: dnp(scale=7.5, negative: captions of people in “What do you see?”)"
    )


def test_flagged_dns_images_are_shown_to_nobody_and_count_as_indescribable(tmp_path: Path) -> None:
    run = make_run(build_tiny_checkpoint(tmp_path, FLAGS_ALL), {"method": "dnp", "negative_sources": [PEOPLE]})
    plan(run)
    work_off()
    assert set(Caption.objects.values_list("state", "captioner")) == {("indescribable", CAPTIONS)}
    assert (states(run), progress_of(run).people) == ({"flagged"}, {})


def test_people_are_not_waited_for_where_there_is_no_dns_image(tiny_folder: Path) -> None:
    run = make_run(tiny_folder, {"method": "dnp", "negative_sources": [PEOPLE]}, prompts=1)
    plan(run)
    run.dns_images().update(state=Image.State.FAILED, reason="OutOfMemory: of memory")
    sweep()
    assert run.planned_images().get().reason == "The diffusion-negative image failed: OutOfMemory: of memory"
    assert (progress_of(run).unfinished, progress_of(run).people) == (0, {})


def test_a_run_advances_though_another_asked_first_and_is_gone(tiny_folder: Path, auto_dnp: dict[str, Any]) -> None:
    run = make_run(tiny_folder, with_sources(auto_dnp), prompts=1)
    other = RunFactory.create(prompt_sets=run.prompt_sets.all(), conditions=run.conditions.all(), seeds="0")
    plan(run)
    make_batch(Batch.objects.get().pk)
    run.delete()
    sweep()
    work_off()
    assert states(other) == {"done"}


def test_planning_and_advancing_again_adds_nothing(tiny_folder: Path, auto_dnp: dict[str, Any]) -> None:
    run = make_run(tiny_folder, with_sources({"source": "random"}, auto_dnp))
    plan(run)
    for _ in range(3):
        before = everything()
        plan(run)
        assert (phases.advance(run), everything()) == ([], before)
        make_batch(Batch.objects.latest("pk").pk)
    assert states(run) == {"done"}


def everything() -> list[Any]:
    return [list(model.objects.values()) for model in (Image, Caption, NegativeText, Batch, Condition)]


def test_another_run_of_the_same_conditions_makes_no_dns_image_again(tiny_folder: Path, auto_dnp: dict[str, Any]) -> None:
    run = make_run(tiny_folder, with_sources(auto_dnp))
    other = RunFactory.create(prompt_sets=run.prompt_sets.all(), conditions=run.conditions.all(), seeds="0")
    plan(run)
    assert (plan(other).images, phases.advance(other)) == (0, [])
    work_off()
    assert (states(other), Caption.objects.count()) == ({"done"}, 2)


def test_the_sweeper_lets_a_run_advance_whose_worker_died_before_it_did(
    tiny_folder: Path, auto_dnp: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tiny_folder, with_sources(auto_dnp))
    plan(run)
    with monkeypatch.context() as dying:
        dying.setattr("generation.tasks.advance", lambda: None)
        make_batch(Batch.objects.get().pk)
    assert not Batch.objects.unfinished().exists()
    sweep()
    assert Batch.objects.unfinished().get().called_at is not None
    assert run.unfinished_batches().get().captions.count() == 2


def test_advancing_asks_little_while_nothing_is_ready(
    tiny_folder: Path, auto_dnp: dict[str, Any], django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    run = make_run(tiny_folder, {"method": "cfg"}, with_sources(auto_dnp), prompts=20, seeds="0-4")
    plan(run)
    with django_assert_max_num_queries(20):
        assert phases.advance(run) == []

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.batching import Queued, cut
from generation.models import Batch, Condition, Image, Run
from generation.plan import CannotPlan, Planned, plan
from tests.factories_generation import (
    CheckpointFactory,
    ConditionFactory,
    ImageFactory,
    PromptFactory,
    PromptSetFactory,
    RunFactory,
)

QUEUED = st.builds(Queued, *[st.integers(0, 2)] * 3, st.integers(0, 3), st.integers(0, 3), st.integers(0, 10_000))


def make_run(prompts: int = 3, conditions: int = 2, **fields: Any) -> Run:
    """A run of one prompt set, and of conditions that differ in their scale on one checkpoint."""
    prompt_set, checkpoint = PromptSetFactory.create(), CheckpointFactory.create()
    PromptFactory.create_batch(prompts, prompt_set=prompt_set)
    rows = [ConditionFactory.create(checkpoint=checkpoint, settings={"scale": scale}) for scale in range(conditions)]
    return RunFactory.create(prompt_sets=[prompt_set], conditions=rows, **fields)


@pytest.mark.django_db
def test_a_run_gets_an_image_of_every_prompt_seed_and_condition() -> None:
    run = make_run(prompts=3, conditions=2, seeds="0-3, 17", batch_size=16)
    assert plan(run) == Planned(images=30, batches=2)
    assert run.progress() == {"waiting": 0, "queued": 30, "done": 0, "flagged": 0, "failed": 0}
    assert set(Image.objects.values_list("seed", flat=True)) == {0, 1, 2, 3, 17}


@pytest.mark.django_db
def test_a_second_plan_adds_nothing() -> None:
    run = make_run()
    plan(run)
    before = list(Image.objects.values())
    assert plan(run) == Planned(images=0, batches=0)
    assert list(Image.objects.values()) == before


@pytest.mark.django_db
def test_two_runs_share_the_images_that_both_want() -> None:
    run = make_run(prompts=2, conditions=2, seeds="0")
    wider = RunFactory.create(prompt_sets=run.prompt_sets.all(), conditions=run.conditions.all(), seeds="0-1")
    assert [plan(run).images, plan(wider).images] == [4, 4]
    assert wider.progress()["queued"] == 8


@pytest.mark.django_db
def test_images_of_a_deleted_run_go_into_the_batches_of_the_next() -> None:
    run = make_run(prompts=1, conditions=2)
    plan(run)
    again = RunFactory.create(prompt_sets=run.prompt_sets.all(), conditions=run.conditions.all())
    run.delete()
    assert plan(again) == Planned(images=0, batches=1)


@pytest.mark.django_db
def test_failed_images_are_made_again_after_a_retry() -> None:
    run = make_run(prompts=1, conditions=2)
    plan(run)
    run.planned_images().update(state=Image.State.FAILED, reason="OutOfMemoryError: …")
    assert plan(run) == Planned(images=0, batches=0)
    assert run.planned_images().retry() == 2
    assert plan(run) == Planned(images=0, batches=1)
    assert not run.planned_images().exclude(reason="").exists()


@pytest.mark.django_db
def test_a_retry_leaves_images_that_are_done() -> None:
    image = ImageFactory.create()
    assert Image.objects.filter(pk=image.pk).retry() == 0


@pytest.mark.django_db
def test_conditions_of_two_checkpoints_never_share_a_batch() -> None:
    run = make_run(prompts=2, conditions=1)
    run.conditions.add(ConditionFactory.create())
    plan(run)
    checkpoints = [set(batch.images.values_list("condition__checkpoint", flat=True)) for batch in Batch.objects.all()]
    assert [len(of_batch) for of_batch in checkpoints] == [1, 1]


def batches_of(run: Run) -> set[frozenset[tuple[int, int, int]]]:
    """Which images lie in a batch together, as prompts, seeds and conditions."""
    rows: dict[int | None, set[tuple[int, int, int]]] = {}
    for batch, *image in run.needed_images().values_list("batch", "prompt", "seed", "condition"):
        rows.setdefault(batch, set()).add((image[0], image[1], image[2]))
    return {frozenset(each) for each in rows.values()}


@pytest.mark.django_db
def test_a_run_that_is_planned_in_slices_gets_what_it_gets_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(prompts=5, conditions=2, seeds="0-3", batch_size=8)
    assert plan(run) == Planned(images=40, batches=5)
    at_once = batches_of(run)
    Image.objects.all().delete()
    monkeypatch.setattr("generation.plan.SLICE", 16)  # two prompts
    assert (plan(run), batches_of(run)) == (Planned(images=40, batches=5), at_once)


@pytest.mark.django_db(transaction=True)
def test_who_stops_between_slices_leaves_whole_batches_and_the_next_plan_adds_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(prompts=5, conditions=2, seeds="0-3", batch_size=8)
    with monkeypatch.context() as stopping:
        stopping.setattr("generation.plan.SLICE", 16)
        stopping.setattr("generation.plan.in_turns", lambda slices: iter([next(slices), None]))
        with pytest.raises(AttributeError):
            plan(run)
    assert (Image.objects.exclude(batch=None).count(), Image.objects.count(), Batch.objects.count()) == (16, 16, 2)
    assert plan(run) == Planned(images=24, batches=3)


@pytest.mark.django_db
def test_a_slice_that_fails_leaves_neither_images_nor_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr("generation.many_rows.insert_images", broken)
    with pytest.raises(OSError, match="full"):
        plan(make_run())
    assert not Image.objects.exists()
    assert not Batch.objects.exists()


@pytest.mark.django_db
def test_a_planned_image_is_what_django_makes() -> None:
    run = make_run(prompts=1, conditions=1, seeds=str(2**63 - 1))
    plan(run)
    (planned,) = Image.objects.values()
    Image.objects.all().delete()
    own = {name: planned[name] for name in ("prompt_id", "seed", "condition_id", "run_id", "batch_id")}
    made = Image.objects.create(**own)
    assert {**planned, "id": made.pk} == Image.objects.values().get()


@pytest.mark.django_db
def test_a_quarter_that_is_there_keeps_its_batches_and_the_rest_fills_new_ones() -> None:
    run = make_run(prompts=4, conditions=3, seeds="0-3", batch_size=16)
    first = RunFactory.create(prompt_sets=run.prompt_sets.all(), conditions=run.conditions.all(), seeds="1", batch_size=16)
    plan(first)
    before = dict(Image.objects.values_list("pk", "batch"))
    assert plan(run) == Planned(images=36, batches=3)  # 12 pairs of 3 are left, of which 5 fit into a batch
    assert dict(Image.objects.filter(pk__in=before).values_list("pk", "batch")) == before
    assert run.unfinished_batches().count() == 4


@pytest.mark.django_db
def test_planning_takes_far_fewer_queries_than_images(django_assert_max_num_queries: Callable[[int], Any]) -> None:
    run = make_run(prompts=100, conditions=3, seeds="0-1")
    with django_assert_max_num_queries(75):
        assert plan(run).images == 600


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"prompts": 0}, {"conditions": 0}, {"seeds": "0-9999", "prompts": 101}])
def test_a_run_of_no_or_too_many_images_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(CannotPlan, match="asks for"):
        plan(make_run(**fields))
    assert not Image.objects.exists()


@pytest.mark.django_db
def test_imported_images_cannot_be_planned() -> None:
    run = make_run()
    run.conditions.add(Condition.objects.ensure(method="imported", settings={"name": "mine"}))
    with pytest.raises(CannotPlan, match="imported: mine"):
        plan(run)


@pytest.mark.django_db
def test_a_checkpoint_that_nobody_screens_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text('{"safety_checker": [null, null]}')
    run = make_run()
    run.conditions.add(ConditionFactory.create(checkpoint__name=str(tmp_path), checkpoint__revision=""))
    with pytest.raises(CannotPlan, match="no safety checker"):
        plan(run)


@pytest.mark.django_db
def test_a_checkpoint_of_unknown_content_is_refused(tiny_folder: Path) -> None:
    condition = ConditionFactory.create(checkpoint__name=str(tiny_folder), checkpoint__revision="")
    ImageFactory.create(condition=condition, provenance={"revision": ""})
    run = make_run()
    run.conditions.add(condition)
    with pytest.raises(CannotPlan, match="add the checkpoint again"):
        plan(run)


@given(st.lists(QUEUED, unique_by=lambda row: row.image), st.integers(1, 9))
def test_every_queued_image_is_in_exactly_one_batch_of_one_stack(rows: list[Queued], batch_size: int) -> None:
    batches = list(cut(sorted(rows), batch_size))
    assert sorted(row for batch in batches for row in batch) == sorted(rows)
    assert all(1 <= len(batch) <= batch_size and len({row.stack for row in batch}) == 1 for batch in batches)


@given(st.lists(QUEUED, unique_by=lambda row: row.image), st.integers(1, 9))
def test_the_conditions_of_a_prompt_and_seed_stay_together_where_they_fit(rows: list[Queued], batch_size: int) -> None:
    batch_of = {row.image: number for number, batch in enumerate(cut(sorted(rows), batch_size)) for row in batch}
    for key in {(row.stack, row.pair) for row in rows}:
        images = [row.image for row in rows if (row.stack, row.pair) == key]
        assert len(images) > batch_size or len({batch_of[image] for image in images}) == 1


@pytest.mark.django_db
def test_an_image_planned_by_one_run_keeps_its_batch_when_another_wants_it() -> None:
    run = make_run(prompts=1, conditions=1)
    plan(run)
    batch = Image.objects.get().batch
    plan(RunFactory.create(prompt_sets=run.prompt_sets.all(), conditions=run.conditions.all()))
    assert Image.objects.get().batch == batch

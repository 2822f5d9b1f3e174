"""The worker's task on a real tiny checkpoint; test_worker.py runs it in real worker processes."""

import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone
from numpy.typing import NDArray

from evalsite.celery import app as celery_app
from generation.checkpoints import Loaded, load
from generation.lease import Lease, LeaseLost
from generation.making.images import Workbench, row_of
from generation.models import Batch, Checkpoint, Condition, Image, Prompt
from generation.plan import plan
from generation.sampler import sample
from generation.saving import Saver
from generation.storing import Failed, Made, finish
from generation.tasks import MOST_CLAIMS, give_up, make_batch, sweep
from tests.factories_generation import (
    BatchFactory,
    CheckpointFactory,
    ConditionFactory,
    ImageFactory,
    PromptFactory,
    PromptSetFactory,
    RunFactory,
)
from tests.tiny_checkpoint import FLAGS_ALL, build_tiny_checkpoint, drop_safety_checker, overflowing

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(tiny_folder: Path) -> Batch:
    return plan_batch(tiny_folder)


def plan_batch(folder: Path, unscreened_because: str = "") -> Batch:
    """A planned batch of two prompts under two conditions of the checkpoint in a folder."""
    checkpoint = CheckpointFactory.create(name=str(folder), revision="", unscreened_because=unscreened_because)
    prompt_set = PromptSetFactory.create()
    PromptFactory.create_batch(2, prompt_set=prompt_set)
    conditions = [
        ConditionFactory.create(checkpoint=checkpoint, evaluations=2),
        ConditionFactory.create(
            checkpoint=checkpoint, evaluations=2, method="negative_prompt", settings={"negative": "blurry"}
        ),
    ]
    plan(RunFactory.create(prompt_sets=[prompt_set], conditions=conditions, seeds="7"))
    return Batch.objects.get()


def states(batch: Batch) -> set[str]:
    return set(batch.images.values_list("state", flat=True))


def pixels(image: Image) -> NDArray[np.uint8]:
    with PIL.Image.open(image.file.path) as picture:
        return np.asarray(picture)


def test_a_batch_becomes_the_images_of_the_sampler(batch: Batch) -> None:
    make_batch(batch.pk)
    images = list(batch.images.order_by("prompt", "seed", "condition"))
    drawn = sample(load(str(batch.checkpoint())).denoiser, [row_of(image) for image in images])
    assert states(batch) == {"done"}
    assert np.array_equal([pixels(image) for image in images], [one.pixels for one in drawn])


def test_an_images_file_is_a_png_without_metadata_that_its_row_vouches_for(batch: Batch) -> None:
    make_batch(batch.pk)
    image = batch.images.all()[0]
    content = Path(image.file.path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == image.sha256
    assert PIL.Image.open(io.BytesIO(content)).info == {}
    assert image.finished_at is not None


def test_provenance_says_how_an_image_was_made(batch: Batch, tiny_folder: Path) -> None:
    make_batch(batch.pk)
    image = batch.images.get(condition__method="negative_prompt", prompt=batch.images.earliest("prompt").prompt)
    said = image.provenance
    assert said["settings"] == {"scale": 7.5, "negative": "blurry"}
    assert (said["method"], said["checkpoint"], said["scheduler"]) == ("negative_prompt", str(tiny_folder), "ddim")
    assert (said["evaluations"], said["size"], said["dtype"]) == (2, 64, "torch.float32")
    assert {"torch", "diffusers", "transformers"} <= said["libraries"].keys()
    assert sorted(said["stacked"]) == sorted(batch.images.values_list("pk", flat=True))


def test_a_repeated_message_makes_nothing_again(batch: Batch) -> None:
    make_batch(batch.pk)
    before = list(batch.images.values())
    make_batch(batch.pk)
    assert list(batch.images.values()) == before


def test_a_message_for_a_batch_that_somebody_holds_does_nothing(batch: Batch) -> None:
    assert batch.claim("somebody", timezone.now())
    make_batch(batch.pk)
    assert states(batch) == {"queued"}


def test_a_message_for_a_deleted_batch_does_nothing(batch: Batch) -> None:
    pk = batch.pk
    batch.delete()
    make_batch(pk)
    assert set(Image.objects.values_list("state", flat=True)) == {"queued"}


def test_every_image_says_who_screened_it(batch: Batch, tiny_folder: Path) -> None:
    make_batch(batch.pk)
    assert set(batch.images.values_list("screened_by", flat=True)) == {str(tiny_folder)}


def test_flagged_images_are_marked_and_kept(tmp_path: Path) -> None:
    folder = build_tiny_checkpoint(tmp_path, FLAGS_ALL)
    batch = plan_batch(folder)
    make_batch(batch.pk)
    assert states(batch) == {"flagged"}
    assert all(Path(image.file.path).exists() for image in batch.images.all())


def test_without_a_checker_nothing_is_made(tmp_path: Path) -> None:
    batch = plan_batch(build_tiny_checkpoint(tmp_path))
    drop_safety_checker(tmp_path)
    make_batch(batch.pk)
    assert states(batch) == {"failed"}
    assert batch.images.all()[0].reason.startswith("NoSafetyChecker: The checkpoint")


def test_images_that_nobody_screens_say_why(tmp_path: Path) -> None:
    folder = drop_safety_checker(build_tiny_checkpoint(tmp_path))
    why = "a model of shapes draws nothing else"
    batch = plan_batch(folder, unscreened_because=why)
    make_batch(batch.pk)
    assert states(batch) == {"done"}
    assert set(batch.images.values_list("screened_by", "unscreened_because")) == {("", why)}


def test_a_bad_image_fails_alone_with_its_reason(batch: Batch) -> None:
    Condition.objects.filter(method="negative_prompt").update(settings={"scale": 7.5})
    make_batch(batch.pk)
    failed, done = batch.images.filter(condition__method="negative_prompt"), batch.images.filter(condition__method="cfg")
    assert {(image.state, image.reason) for image in done} == {("done", "")}
    assert {image.state for image in failed} == {"failed"}
    assert all(image.reason.startswith("BadSettings: “negative” must be given") for image in failed)
    assert {tuple(image.provenance["stacked"]) for image in done} == {
        tuple(image.pk for image in done)
    }  # the good ones together


def test_images_that_overflow_fail_and_the_others_are_made_together(batch: Batch, tiny: Loaded) -> None:
    Prompt.objects.filter(pk=batch.images.all()[0].prompt_id).update(text="z")
    images = list(batch.images.select_related("prompt", "condition"))
    workbench = Workbench(replace(tiny, denoiser=overflowing(tiny, "z")), None, "a test", lambda: None)
    outcomes = workbench.make(images)
    failed = [one for one in outcomes if isinstance(one, Failed)]
    made = [one for one in outcomes if isinstance(one, Made)]
    assert {one.reason.partition(":")[0] for one in failed} == {"NotFinite"}
    assert {one.row for one in failed} == {image for image in images if image.prompt.text == "z"}
    good = [image.pk for image in images if image.prompt.text != "z"]
    assert [one.provenance["stacked"] for one in made] == [good] * 2


def test_a_checkpoint_that_cannot_be_loaded_is_the_reason_of_all_its_images(batch: Batch, tmp_path: Path) -> None:
    Checkpoint.objects.update(name=str(tmp_path))
    make_batch(batch.pk)
    assert all(image.reason.startswith("CheckpointNotFound: ") for image in batch.images.all())


def test_a_batch_that_stopped_several_workers_fails_instead_of_stopping_more(batch: Batch) -> None:
    Batch.objects.update(claims=MOST_CLAIMS)
    make_batch(batch.pk)
    assert states(batch) == {"failed"}
    assert "smaller batch size" in batch.images.all()[0].reason


def test_a_batch_is_given_back_when_it_is_finished(batch: Batch) -> None:
    make_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.holder, batch.lease_until, batch.claims) == ("", None, 0)


def test_a_holder_whose_batch_was_taken_over_saves_nothing(batch: Batch) -> None:
    take_over(batch)
    with pytest.raises(LeaseLost):
        finish(batch, "late", [])


def test_a_holder_whose_batch_was_taken_over_stops_at_its_next_step(batch: Batch) -> None:
    take_over(batch)
    with pytest.raises(LeaseLost):
        Lease(batch, "late").keep()


def test_a_late_holder_does_not_give_back_what_another_holds(batch: Batch) -> None:
    take_over(batch)
    batch.release("late")
    batch.refresh_from_db()
    assert batch.holder == "next"


def take_over(batch: Batch) -> None:
    """Let “late” hold the batch until its lease runs out, and “next” take it then."""
    long_ago = timezone.now() - timedelta(days=1)
    assert batch.claim("late", long_ago)
    assert batch.claim("next", timezone.now())


def test_a_step_prolongs_the_lease(batch: Batch) -> None:
    batch.claim("holder", timezone.now() - timedelta(seconds=60))
    batch.refresh_from_db()
    before = batch.lease_until
    Lease(batch, "holder").keep()
    batch.refresh_from_db()
    assert before is not None
    assert batch.lease_until is not None
    assert batch.lease_until > before


def locked(*_: Any) -> Any:
    raise OperationalError("database is locked")


def test_a_renewal_that_fails_is_tried_again_at_the_next_step(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    batch.claim("holder", timezone.now() - timedelta(seconds=60))
    before = Batch.objects.get().lease_until
    lease = Lease(batch, "holder")
    with monkeypatch.context() as patched:
        patched.setattr(Batch, "renew", locked)
        lease.keep()
    assert Batch.objects.get().lease_until == before
    lease.keep()
    assert Batch.objects.filter(lease_until__gt=before).exists()


def test_a_database_that_is_locked_at_every_renewal_costs_no_image(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Batch, "renew", locked)
    make_batch(batch.pk)
    assert set(batch.images.values_list("state", "reason")) == {("done", "")}


def test_the_lease_is_kept_while_rows_are_decoded_and_screened(batch: Batch, tiny_folder: Path) -> None:
    images, kept = list(batch.images.all()), list[bool]()
    workbench = Workbench(load(str(tiny_folder)), None, "shapes only", lambda: kept.append(True))
    workbench.make(images)
    assert len(kept) == 2 + len(images) + 1  # evaluations, decoded rows, screening


@pytest.fixture
def blocked(tmp_path: Path, settings: Any) -> Path:
    """A file where the folder of the images should be."""
    settings.MEDIA_ROOT = tmp_path / "images"
    (tmp_path / "images").write_text("in the way")
    return tmp_path / "images"


def test_a_batch_that_the_storage_does_not_take_says_why_and_is_tried_again(batch: Batch, blocked: Path) -> None:
    make_batch(batch.pk)
    batch.refresh_from_db()
    assert states(batch) == {"queued"}
    assert str(blocked) in batch.trouble
    blocked.unlink()
    make_batch(batch.pk)
    batch.refresh_from_db()
    assert (states(batch), batch.trouble) == ({"done"}, "")


def test_images_that_the_storage_never_takes_fail_with_its_reason_and_can_be_retried(batch: Batch, blocked: Path) -> None:
    for _ in range(MOST_CLAIMS):
        make_batch(batch.pk)
    (failed,) = set(batch.images.values_list("state", "file", "sha256", "screened_by"))
    assert failed == ("failed", "", "", "")
    assert all(str(blocked) in image.reason for image in batch.images.all())
    blocked.unlink()
    assert Image.objects.all().retry() == 4
    plan(batch.run)
    make_batch(Batch.objects.latest("pk").pk)
    assert set(Image.objects.values_list("state", "reason")) == {("done", "")}


def test_images_that_a_locked_database_does_not_take_are_saved_once_it_does(
    batch: Batch, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BATCH_LEASE_SECONDS = 1
    tries = iter([locked, locked, finish])
    monkeypatch.setattr("generation.tasks.finish", lambda *arguments: next(tries)(*arguments))
    make_batch(batch.pk)
    assert states(batch) == {"done"}
    assert Batch.objects.get().holder == ""


def test_a_worker_that_is_to_stop_leaves_what_it_cannot_save_to_others(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.tasks.saver", Saver())
    monkeypatch.setattr("generation.tasks.finish", locked)
    give_up()
    with pytest.raises(OperationalError):
        make_batch(batch.pk)
    assert states(batch) == {"queued"}
    assert Batch.objects.get().holder == ""


def test_sweeps_call_a_few_batches_however_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.tasks.MOST_CALLED", 3)
    condition, run = ConditionFactory.create(), RunFactory.create()
    for waiting in BatchFactory.create_batch(5, run=run):
        ImageFactory.create(batch=waiting, condition=condition, state=Image.State.QUEUED)
    sweep()
    sweep()
    called = Batch.objects.exclude(called_at=None)
    assert called.count() == 3
    Batch.objects.filter(pk=called[0].pk).update(finished_at=timezone.now())
    sweep()
    assert called.all().count() == 4


def test_the_sweeper_finds_batches_whose_message_was_lost_or_whose_holder_died(batch: Batch) -> None:
    now = timezone.now()
    assert list(Batch.objects.unheard(now)) == [batch]
    Batch.objects.update(called_at=now)
    assert not Batch.objects.unheard(now)
    assert list(Batch.objects.unheard(now + timedelta(days=1))) == [batch]


def test_the_sweeper_leaves_held_and_finished_batches_alone(batch: Batch) -> None:
    batch.claim("holder", timezone.now())
    assert not Batch.objects.unheard(timezone.now())
    batch.release("holder")
    batch.images.update(state=Image.State.DONE)
    assert batch.finish_if_made(timezone.now())
    assert not Batch.objects.unheard(timezone.now())


def test_the_beat_calls_tasks_that_workers_know() -> None:
    celery_app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(celery_app.tasks)

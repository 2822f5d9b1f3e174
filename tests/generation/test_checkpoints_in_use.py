"""Checkpoints of other families on their way to images: by the command and by the worker's task."""

from pathlib import Path

import PIL.Image
import pytest
import torch
from django.core.management import CommandError, call_command

from generation.checkpoints import load
from generation.denoisers.memory import in_stacks
from generation.digests import digest_of
from generation.models import Batch, Checkpoint, Image
from generation.plan import plan
from generation.tasks import make_batch
from tests.factories_generation import CheckpointFactory, ConditionFactory, ImageFactory, PromptFactory, RunFactory
from tests.tiny_checkpoint import build_tiny_checkpoint
from tests.tiny_families import build_single_file, build_tiny_sdxl, copy_configuration

WHY = "a model of noise draws nothing else"


@pytest.fixture(scope="module")
def xl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_sdxl(tmp_path_factory.mktemp("xl"))


def make_image(name: Path, **screening: str) -> Image:
    """The image of a run of one row, with a checkpoint as it is added in the admin."""
    checkpoint = Checkpoint(name=str(name), **screening)
    checkpoint.full_clean()
    checkpoint.save()
    condition, prompt = ConditionFactory.create(checkpoint=checkpoint, evaluations=2), PromptFactory.create()
    plan(RunFactory.create(prompt_sets=[prompt.prompt_set], conditions=[condition], seeds="7"))
    make_batch(Batch.objects.get().pk)
    return Image.objects.get()


def sample(name: Path, out: Path, *others: str) -> None:
    typed = [f"--checkpoint={name}", f"--out={out}", "--method=cfg", "--prompt=a ring", "--seed=3", "--evaluations=2"]
    call_command("sample", *typed, *others)


@pytest.mark.django_db
def test_a_run_with_sdxl_ends_in_an_image(xl_folder: Path) -> None:
    image = make_image(xl_folder, unscreened_because=WHY)
    assert (image.state, image.reason, image.unscreened_because) == ("done", "", WHY)
    with PIL.Image.open(image.file.path) as picture:
        assert picture.size == (64, 64)


@pytest.mark.django_db
def test_images_of_sdxl_are_screened_by_the_checker_that_is_named(xl_folder: Path, tiny_folder: Path) -> None:
    assert make_image(xl_folder, safety_checker=str(tiny_folder)).screened_by == str(tiny_folder)


@pytest.mark.django_db
def test_an_image_tells_the_content_of_its_checkpoint_and_how_it_was_computed(xl_folder: Path) -> None:
    said = make_image(xl_folder, unscreened_because=WHY).provenance
    assert said["revision"] == digest_of(xl_folder)
    assert (said["device"], said["dtype"], said["attention"], said["compiled"]) == ("cpu", "torch.float32", "sdpa", False)
    assert said["largest_stack"] is None


@pytest.mark.django_db
def test_an_image_tells_that_memory_ran_out(tmp_path: Path) -> None:
    folder = build_tiny_checkpoint(tmp_path)
    in_stacks(load(str(folder), digest_of(folder)).denoiser, only_one_fits, 2, 2, (4, 8, 8))
    assert make_image(folder).provenance["largest_stack"] == 1


def only_one_fits(rows: slice) -> torch.Tensor:
    if rows.stop - rows.start > 1:
        raise torch.OutOfMemoryError
    return torch.zeros(1)


@pytest.mark.django_db
def test_a_checkpoint_whose_content_has_changed_makes_no_images(tmp_path: Path) -> None:
    folder = build_tiny_checkpoint(tmp_path)
    Checkpoint.objects.create(name=str(folder), revision=(before := digest_of(folder)))
    (folder / "vae" / "config.json").write_text((folder / "vae" / "config.json").read_text() + " ")
    condition, prompt = ConditionFactory.create(checkpoint=Checkpoint.objects.get(), evaluations=2), PromptFactory.create()
    plan(RunFactory.create(prompt_sets=[prompt.prompt_set], conditions=[condition], seeds="7"))
    make_batch(Batch.objects.get().pk)
    image = Image.objects.get()
    assert image.state == "failed"
    assert f"now, not {before}. Add the checkpoint again" in image.reason


@pytest.mark.django_db
def test_a_batch_of_a_checkpoint_without_revision_says_to_add_it_again(tiny_folder: Path) -> None:
    checkpoint = CheckpointFactory.create(name=str(tiny_folder), revision="")
    condition, prompt = ConditionFactory.create(checkpoint=checkpoint, evaluations=2), PromptFactory.create()
    plan(RunFactory.create(prompt_sets=[prompt.prompt_set], conditions=[condition], seeds="7"))
    ImageFactory.create(condition=condition, provenance={"revision": ""})
    make_batch(Batch.objects.get().pk)
    image = Image.objects.get(seed=7, prompt=prompt)
    assert image.state == "failed"
    assert "was added before its content had a revision; add the checkpoint again" in image.reason


@pytest.mark.django_db
def test_an_image_of_a_checkpoint_without_revision_tells_the_content(tiny_folder: Path) -> None:
    checkpoint = CheckpointFactory.create(name=str(tiny_folder), revision="")
    condition, prompt = ConditionFactory.create(checkpoint=checkpoint, evaluations=2), PromptFactory.create()
    plan(RunFactory.create(prompt_sets=[prompt.prompt_set], conditions=[condition], seeds="7"))
    make_batch(Batch.objects.get().pk)
    assert Image.objects.get().provenance["revision"] == digest_of(tiny_folder)
    assert checkpoint.revision_fault() == ""


def test_sample_draws_with_sdxl(xl_folder: Path, tmp_path: Path) -> None:
    sample(xl_folder, tmp_path / "ring.png", f"--unscreened={WHY}")
    with PIL.Image.open(tmp_path / "ring.png") as picture:
        assert picture.size == (64, 64)


def test_sample_draws_with_a_single_file(tiny_folder: Path, tmp_path: Path) -> None:
    file = build_single_file(tiny_folder, tmp_path / "one.safetensors")
    copy_configuration(tiny_folder, tmp_path / "one")
    sample(file, tmp_path / "ring.png", f"--checker={tiny_folder}")
    assert (tmp_path / "ring.png").exists()


def test_sample_refuses_a_revision_that_is_no_longer_there(tiny_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Add the checkpoint again"):
        sample(tiny_folder, tmp_path / "ring.png", f"--revision=sha256:{40 * '0'}")

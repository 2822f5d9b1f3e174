"""A grid of all methods: how its rows are stacked, ordered and cut changes no image."""

import itertools
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from generation.checkpoints import Loaded
from generation.methods import METHODS
from generation.models import Batch, Image, Run
from generation.plan import plan
from generation.sampler import Row, sample_latents
from generation.storing import file_name
from generation.tasks import make_batch
from tests.factories_generation import CheckpointFactory, ConditionFactory, PromptFactory, PromptSetFactory, RunFactory
from tests.rows import row, scheduler_of, settings_of

PROMPTS, SEEDS = ("a ring and a star", "a red heart"), (3, 4)
GRID = [row(method, prompt, seed) for prompt, seed, method in itertools.product(PROMPTS, SEEDS, METHODS)]
MIXED = [replace(one, evaluations=2 + index % 3) for index, one in enumerate(GRID)]
TOLERANCE = 1e-4  # of the latents' size


def together(checkpoint: Loaded, rows: list[Row], at_once: int) -> Tensor:
    """The rows' latents, so many rows stacked at a time."""
    return torch.cat([sample_latents(checkpoint.denoiser, rows[i : i + at_once]) for i in range(0, len(rows), at_once)])


def assert_same(found: Tensor, expected: Tensor) -> None:
    """Every row equal within the tolerance, measured by the size of the row itself."""
    size = expected.abs().flatten(1).amax(1)
    assert ((found - expected).abs().flatten(1).amax(1) < TOLERANCE * size).all()


@pytest.mark.parametrize("rows", [GRID, MIXED], ids=["equal lengths", "mixed lengths"])
def test_a_stacked_grid_equals_its_rows_alone(tiny: Loaded, rows: list[Row]) -> None:
    assert_same(together(tiny, rows, len(rows)), together(tiny, rows, 1))


def test_the_order_of_rows_changes_nothing(tiny: Loaded) -> None:
    order = random.Random(0).sample(range(len(GRID)), len(GRID))
    shuffled = together(tiny, [GRID[index] for index in order], len(GRID))
    assert_same(shuffled, together(tiny, GRID, len(GRID))[order])


@pytest.mark.parametrize("at_once", [3, 5])
def test_where_a_batch_is_cut_changes_nothing(tiny: Loaded, at_once: int) -> None:
    assert_same(together(tiny, GRID, at_once), together(tiny, GRID, len(GRID)))


def grid_run(folder: Path) -> Run:
    """A planned run of two prompts and a condition of each method that needs no captions."""
    checkpoint = CheckpointFactory.create(name=str(folder), revision="")
    prompt_set = PromptSetFactory.create()
    for prompt in PROMPTS:
        PromptFactory.create(prompt_set=prompt_set, text=prompt)
    conditions = [
        ConditionFactory.create(
            checkpoint=checkpoint, method=method, settings=settings_of(method), scheduler=scheduler_of(method), evaluations=2
        )
        for method in METHODS
        if not METHODS[method].negative_source
    ]
    run = RunFactory.create(prompt_sets=[prompt_set], conditions=conditions, seeds="7", batch_size=5)
    plan(run)
    return run


def make_all(run: Run) -> dict[str, NDArray[np.int16]]:
    """Make what is queued; the files of all images with their pixels."""
    for batch in Batch.objects.unfinished():
        make_batch(batch.pk)
    assert not run.planned_images().exclude(state=Image.State.DONE).exists()
    return {file_name(image): pixels(image) for image in run.planned_images()}


def pixels(image: Image) -> NDArray[np.int16]:
    with PIL.Image.open(image.file.path) as picture:
        return np.asarray(picture, np.int16)


@pytest.mark.django_db
def test_a_run_made_half_and_planned_again_gives_the_same_files(tiny_folder: Path) -> None:
    run = grid_run(tiny_folder)
    whole = make_all(run)
    lost = [image.pk for image in run.planned_images() if image.pk % 2]
    Image.objects.filter(pk__in=lost).update(state=Image.State.FAILED)
    run.planned_images().retry()
    plan(run)
    assert Batch.objects.unfinished().count() == -(-len(lost) // 5)  # cut in other places than before
    again = make_all(run)
    assert again.keys() == whole.keys()
    for name, image in again.items():
        assert np.abs(image - whole[name]).max() <= 1  # values that differ by 1e-5 may round apart

"""Rows of the generation app for tests. An image has a real PNG file if its test asks for `with_file=True`."""

import io
from typing import Any

import factory
import numpy as np
import PIL.Image
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from generation import models


class PromptSetFactory(DjangoModelFactory[models.PromptSet]):
    class Meta:
        model = models.PromptSet

    name = factory.Sequence(lambda n: f"Prompt set {n}")


class PromptFactory(DjangoModelFactory[models.Prompt]):
    class Meta:
        model = models.Prompt

    prompt_set = factory.SubFactory(PromptSetFactory)
    text = factory.Sequence(lambda n: f"a red circle and a blue star, number {n}")


class CheckpointFactory(DjangoModelFactory[models.Checkpoint]):
    class Meta:
        model = models.Checkpoint

    name = factory.Sequence(lambda n: f"hub/model-{n}")
    revision = "a" * 40


class ConditionFactory(DjangoModelFactory[models.Condition]):
    class Meta:
        model = models.Condition

    method = "cfg"
    checkpoint = factory.SubFactory(CheckpointFactory)
    evaluations = 5


class RunFactory(DjangoModelFactory[models.Run]):
    class Meta:
        model = models.Run
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Run {n}")

    @factory.post_generation
    def conditions(self: models.Run, _create: bool, given: Any, **_: Any) -> None:
        self.conditions.set(given or [])

    @factory.post_generation
    def prompt_sets(self: models.Run, _create: bool, given: Any, **_: Any) -> None:
        self.prompt_sets.set(given or [])


class BatchFactory(DjangoModelFactory[models.Batch]):
    class Meta:
        model = models.Batch

    run = factory.SubFactory(RunFactory)


class ImageFactory(DjangoModelFactory[models.Image]):
    class Meta:
        model = models.Image
        skip_postgeneration_save = True

    prompt = factory.SubFactory(PromptFactory)
    condition = factory.SubFactory(ConditionFactory)
    seed = factory.Sequence(int)
    state = models.Image.State.DONE

    @factory.post_generation
    def with_file(self: models.Image, _create: bool, given: Any, **_: Any) -> None:
        if given:
            name = f"{self.condition.fingerprint[:16]}/{self.prompt_id}_{self.seed}.png"
            self.file.save(name, ContentFile(png(seed=self.pk)))


def png(size: int = 8, seed: int = 0, mode: str = "RGB") -> bytes:
    """A PNG of random pixels, other pixels for another seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).convert(mode).save(file, "PNG")
    return file.getvalue()

"""Rows of the generation app for tests. An image has a real PNG file if its test asks for `with_file=True`."""

import io
from typing import Any

import numpy as np
import PIL.Image
from django.core.files.base import ContentFile
from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory

from generation import models
from generation.storing import file_name


class PromptSetFactory(DjangoModelFactory[models.PromptSet]):
    class Meta:
        model = models.PromptSet

    name = Sequence(lambda n: f"Prompt set {n}")


class PromptFactory(DjangoModelFactory[models.Prompt]):
    class Meta:
        model = models.Prompt

    prompt_set = SubFactory(PromptSetFactory)
    text = Sequence(lambda n: f"a red circle and a blue star, number {n}")


class CheckpointFactory(DjangoModelFactory[models.Checkpoint]):
    class Meta:
        model = models.Checkpoint

    name = Sequence(lambda n: f"hub/model-{n}")
    revision = "a" * 40


class ConditionFactory(DjangoModelFactory[models.Condition]):
    class Meta:
        model = models.Condition

    method = "cfg"
    checkpoint = SubFactory(CheckpointFactory)
    evaluations = 5
    size = 64


class RunFactory(DjangoModelFactory[models.Run]):
    class Meta:
        model = models.Run

    name = Sequence(lambda n: f"Run {n}")

    @classmethod
    def _create(cls, model_class: type[models.Run], *_: Any, **fields: Any) -> models.Run:
        conditions, prompt_sets = fields.pop("conditions", []), fields.pop("prompt_sets", [])
        run = model_class.objects.create(**fields)
        run.conditions.set(conditions)
        run.prompt_sets.set(prompt_sets)
        return run


class BatchFactory(DjangoModelFactory[models.Batch]):
    class Meta:
        model = models.Batch

    run = SubFactory(RunFactory)


class ImageFactory(DjangoModelFactory[models.Image]):
    class Meta:
        model = models.Image

    prompt = SubFactory(PromptFactory)
    condition = SubFactory(ConditionFactory)
    seed = Sequence(int)
    state = models.Image.State.DONE

    @classmethod
    def _create(cls, model_class: type[models.Image], *_: Any, **fields: Any) -> models.Image:
        with_file = fields.pop("with_file", False)
        image = model_class.objects.create(**fields)
        if with_file:
            image.file.save(file_name(image), ContentFile(png(seed=image.pk)))
        return image


def png(size: int = 8, seed: int = 0, mode: str = "RGB") -> bytes:
    """A PNG of random pixels, other pixels for another seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).convert(mode).save(file, "PNG")
    return file.getvalue()

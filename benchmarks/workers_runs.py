"""The runs that benchmarks.workers lets workers make."""

from pathlib import Path
from typing import Any

from django.conf import settings

from benchmarks.workers import BATCH
from generation.models import Checkpoint, Condition, Prompt, PromptSet, Run
from generation.plan import plan
from tests.tiny_checkpoint import build_tiny_checkpoint

TEXTS = ("a red circle", "a blue square", "a green triangle", "a yellow star")


def bundled_run(name: str, images: int) -> Run:
    """So many images of the bundled model, 41 evaluations each, half of them with a negative prompt."""
    checkpoint = _checkpoint("bundled")
    own: dict[str, Any] = {"checkpoint": checkpoint, "evaluations": 41, "size": 64}
    conditions = [
        Condition.objects.ensure(**own, method="cfg", settings={"scale": 4.0}),
        Condition.objects.ensure(**own, method="negative_prompt", settings={"scale": 1.5, "negative": "blurry"}),
    ]
    return _planned(name, conditions, images)


def large_run(name: str, images: int) -> Run:
    """So many images of 256 × 256 pixels from a tiny network with random weights, in 2 evaluations."""
    folder = Path(settings.DATA_DIR) / "tiny"
    if not folder.exists():
        build_tiny_checkpoint(folder)
    own: dict[str, Any] = {"checkpoint": _checkpoint(str(folder)), "evaluations": 2, "size": 256}
    return _planned(name, [Condition.objects.ensure(**own, method="cfg", settings={"scale": 2.0})], images)


def again(run: Run, name: str, images: int) -> Run:
    """So many images under the same conditions, of prompts of their own."""
    return _planned(name, list(run.conditions.all()), images)


def _checkpoint(name: str) -> Checkpoint:
    found = Checkpoint.objects.filter(name=name).first()
    return found or Checkpoint.objects.create(name=name, revision="", unscreened_because="Of a benchmark.")


def _planned(name: str, conditions: list[Condition], images: int) -> Run:
    prompt_set = PromptSet.objects.create(name=name)
    Prompt.objects.bulk_create(Prompt(prompt_set=prompt_set, text=text) for text in TEXTS)
    seeds = images // (len(TEXTS) * len(conditions))
    run = Run.objects.create(name=name, seeds=f"0-{seeds - 1}", batch_size=BATCH)
    run.conditions.set(conditions)
    run.prompt_sets.set([prompt_set])
    plan(run)
    return run

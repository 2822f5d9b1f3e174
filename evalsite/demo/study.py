"""The demo study: three conditions of the bundled model on scenes of coloured shapes."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from generation.hub import BUNDLED, resolve_revision
from generation.models import Checkpoint, Condition, Prompt, PromptSet, Run
from studies.instructions import CONSENT, CRITERIA
from studies.models import Criterion, Study, StudyCondition, StudyPromptSet

NAME = "Demo"
SIZE = 64  # of the bundled model's images


@dataclass(frozen=True)
class Row:
    """A row of the demo's table."""

    printed_name: str
    method: str
    settings: dict[str, Any]


ROWS = (
    Row("SD, weak guidance", "cfg", {"scale": 1.5}),
    Row("SD", "cfg", {"scale": 4.0}),
    Row("SD+negative", "negative_prompt", {"scale": 1.5, "negative": "blurry"}),
)
MIXED = "Shapes: mixed"
MIXTURE = {"Shapes: two": 20, "Shapes: flagged": 4}  # the demo shows how flagged images drop their prompt–seeds
ALIKE = "Shapes: three alike"
SEEDS = {MIXED: "0", ALIKE: "0"}
VOTES_WANTED = 5
INSTRUCTIONS = """\
You will see a **description** of coloured shapes and **several images** side by side. Two questions are asked of every
description, and each is answered by itself.

1. **Which image fits the description?** Is each shape there, in its own colour, and nothing else? A shape in the colour of
   another is wrong.
2. **Which image is drawn best?** Clean shapes, even colours, sharp edges, whatever the description says.

If the best images are equally good, or equally bad, answer *No clear winner*.
"""
QUESTIONS = {**CRITERIA, "quality": "Which image is drawn best, whatever the description says?"}
NOTES = {
    MIXED: "Two shapes are described. Their places and sizes do not matter.",
    ALIKE: "One shape is described in three colours. Count first, then look at the colours; places and sizes do not matter.",
}


@transaction.atomic
def ensure_run() -> Run:
    """The run that makes the demo's images, made if it is not there."""
    run, created = Run.objects.get_or_create(name=NAME, defaults={"seeds": "0", "batch_size": 16})
    if created:
        checkpoint, _ = Checkpoint.objects.get_or_create(name=BUNDLED, revision=resolve_revision(BUNDLED))
        _mix_prompts()
        run.prompt_sets.set(PromptSet.objects.filter(name__in=SEEDS))
        run.conditions.set(
            Condition.objects.ensure(method=row.method, settings=row.settings, checkpoint=checkpoint, size=SIZE) for row in ROWS
        )
    return run


def _mix_prompts() -> None:
    """A prompt set of the demo's own, from two that come along."""
    mixed = PromptSet.objects.create(name=MIXED, source="The demo's, from other sets of the bundled world.")
    for name, number in MIXTURE.items():
        prompts = Prompt.objects.filter(prompt_set__name=name)[:number]
        Prompt.objects.bulk_create(Prompt(prompt_set=mixed, text=p.text, entities=p.entities) for p in prompts)


@transaction.atomic
def ensure_study() -> Study:
    """The demo study, made as a draft if it is not there."""
    study, created = Study.objects.get_or_create(
        name=NAME,
        defaults={"instructions": INSTRUCTIONS, "consent": CONSENT, "votes_wanted": VOTES_WANTED},
    )
    if created:
        _design(study)
    return study


def _design(study: Study) -> None:
    checkpoint = Checkpoint.objects.filter(condition__runs__name=NAME).distinct().get()  # that the images were made with
    for position, row in enumerate(ROWS):
        condition = Condition.objects.ensure(method=row.method, settings=row.settings, checkpoint=checkpoint, size=SIZE)
        StudyCondition.objects.create(study=study, condition=condition, printed_name=row.printed_name, position=position)
    for name, seeds in SEEDS.items():
        StudyPromptSet.objects.create(study=study, prompt_set=PromptSet.objects.get(name=name), seeds=seeds, note=NOTES[name])
    for position, (name, question) in enumerate(QUESTIONS.items()):
        Criterion.objects.create(study=study, name=name, question=question, position=position)

"""A published study of the bundled world with rendered images: one condition draws well, the others worse and worse."""

import io
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import PIL.Image
from django.core.files.base import ContentFile

from generation.bundled.render import render
from generation.bundled.world import Entity, entities_of, place
from generation.models import Condition
from studies.models import Criterion, Study, StudyCondition, StudyPromptSet
from studies.publishing import publish
from tests.factories_generation import ConditionFactory, ImageFactory, PromptFactory, PromptSetFactory
from tests.prepared import prepared

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROMPTS = (
    "a red circle and a blue star",
    "a green heart and a yellow ring",
    "a purple cross, a white square and an orange diamond",
    "a pink triangle and a black circle",
)
PRINTED_NAMES = ("Zebra plain", "Yak guided", "Xerus swapped", "Walrus blurred")
INSTRUCTIONS = """Each page shows a **description** and images made from it.

## Correctness
- All the things named must be there, in their colours.

## Quality
- Choose the image that is drawn best, even if it is not correct.
"""


@prepared
def published_study(
    *, conditions: int = 2, prompts: tuple[str, ...] = PROMPTS[:3], votes_wanted: int = 2, trials_per_session: int = 20
) -> Study:
    """A study that takes votes; condition number i draws worse than number i − 1."""
    study = draft_study(
        conditions=conditions, prompts=prompts, votes_wanted=votes_wanted, trials_per_session=trials_per_session
    )
    publish(study, NOON)
    return study


def draft_study(*, conditions: int, prompts: tuple[str, ...], **fields: Any) -> Study:
    """The same before it is published."""
    study = Study.objects.create(
        name="Guidance, spring",
        instructions=INSTRUCTIONS,
        consent="Your answers are stored under a pseudonym. You may stop at *any* time.",
        **fields,
    )
    prompt_set = PromptSetFactory.create(name="Shapes")
    StudyPromptSet.objects.create(
        study=study, prompt_set=prompt_set, note="Count the shapes, and look at **the colour of each**."
    )
    Criterion.objects.create(study=study, name="correctness", question="Which image fits the description better?", position=0)
    Criterion.objects.create(study=study, name="quality", question="Which image looks better in itself?", position=1)
    rows = [_condition(study, number) for number in range(conditions)]
    for text in prompts:
        prompt = PromptFactory.create(prompt_set=prompt_set, text=text)
        for number, condition in enumerate(rows):
            image = ImageFactory.create(prompt=prompt, seed=0, condition=condition)
            image.file.save(f"{condition.fingerprint}_{prompt.pk}.png", ContentFile(_picture(text, DRAWN[number])))
    return study


def _condition(study: Study, number: int) -> Condition:
    # Keys so large that they would stand out on a page.
    condition = ConditionFactory.create(pk=700_000_001 + number, method="cfg", settings={"scale": 7.0625 + number})
    StudyCondition.objects.create(
        pk=800_000_001 + number,
        study=study,
        condition=condition,
        printed_name=PRINTED_NAMES[number],
        position=number,
    )
    return condition


Drawing = Callable[[str], tuple[tuple[Entity, ...], bool]]


def _right(text: str) -> tuple[tuple[Entity, ...], bool]:
    return entities_of(text), False


def _one_forgotten(text: str) -> tuple[tuple[Entity, ...], bool]:
    return entities_of(text)[:1], False


def _colors_swapped(text: str) -> tuple[tuple[Entity, ...], bool]:
    first, second, *rest = entities_of(text)
    return (Entity(first.shape, second.color), Entity(second.shape, first.color), *rest), False


def _one_blurred(text: str) -> tuple[tuple[Entity, ...], bool]:
    return entities_of(text)[1:], True


DRAWN: tuple[Drawing, ...] = (_right, _one_forgotten, _colors_swapped, _one_blurred)


def _picture(text: str, drawing: Drawing) -> bytes:
    entities, blurry = drawing(text)
    scene = place(entities, random.Random(text), blurry)
    file = io.BytesIO()
    PIL.Image.fromarray(render(scene)).save(file, "PNG")
    return file.getvalue()

"""A captioning study on diffusion-negative images of the bundled world."""

import numpy as np
from django.core.files.base import ContentFile

from generation.bundled.render import render
from generation.bundled.world import Entity, Placed, Scene
from generation.models import Image
from generation.storing import encode
from studies.models import Study, WorkerCaption
from studies.publishing import publish
from tests.factories_generation import ConditionFactory, ImageFactory, PromptFactory
from tests.factories_studies import NOON, StudyConditionFactory, StudyFactory, StudyPromptSetFactory

PROMPT = "a red circle and a blue star"
SEEN = "a green ring"


def captioning_study(*, prompts: int = 2, **fields: object) -> Study:
    """Published; the first prompt is PROMPT, and every image shows SEEN."""
    study = StudyFactory.create(**{"name": "Captions", "design": Study.Design.ALONE, "votes_wanted": 1, **fields})
    row = StudyConditionFactory.create(study=study, condition=ConditionFactory.create(method="dns"), printed_name="DNS")
    chosen = StudyPromptSetFactory.create(study=study)
    for number in range(prompts):
        prompt = PromptFactory.create(
            prompt_set=chosen.prompt_set, text=PROMPT if number == 0 else f"{PROMPT}, number {number}"
        )
        image: Image = ImageFactory.create(prompt=prompt, seed=0, condition=row.condition)
        image.file.save(f"dns-{number}.png", ContentFile(picture()))
    publish(study, NOON)
    return study


def draw_with(caption: WorkerCaption) -> None:
    """An image whose negative is this caption's."""
    source = caption.image
    negatives = [{"source": "human", "study": "Captions", "caption": source.captions.get().pk, "text": caption.text}]
    ImageFactory.create(prompt=source.prompt, seed=source.seed, negatives=negatives)


def picture() -> bytes:
    scene = Scene((Placed(Entity("ring", "green"), 32.0, 32.0, 14.0),))
    return encode(np.asarray(render(scene)))

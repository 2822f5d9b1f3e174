"""The demo study: three conditions of the bundled model on scenes of coloured shapes."""

from dataclasses import dataclass
from typing import Any

from generation.models import Checkpoint, Condition, PromptSet, Run
from studies.instructions import CONSENT, CRITERIA, TEMPLATES
from studies.models import Criterion, Study, StudyCondition, StudyPromptSet

NAME = "Demo"


@dataclass(frozen=True)
class Row:
    """A row of the demo's table."""

    printed_name: str
    method: str
    settings: dict[str, Any]


ROWS = (
    Row("SD, weak guidance", "cfg", {"scale": 1.5}),
    Row("SD", "cfg", {"scale": 4.0}),
    Row("SD+negative", "negative_prompt", {"scale": 4.0, "negative": "a gray ring, blurry"}),
)
SEEDS = {"Shapes: two": "0", "Shapes: three": "0", "Shapes: flagged": "0"}
VOTES_WANTED = 5


def ensure_run() -> Run:
    """The run that makes the demo's images, made if it is not there."""
    checkpoint, _ = Checkpoint.objects.get_or_create(name="bundled", revision="")
    run, created = Run.objects.get_or_create(name=NAME, defaults={"seeds": "0", "batch_size": 48})
    if created:
        run.prompt_sets.set(PromptSet.objects.filter(name__in=SEEDS))
        run.conditions.set(
            Condition.objects.ensure(method=row.method, settings=row.settings, checkpoint=checkpoint) for row in ROWS
        )
    return run


def ensure_study() -> Study:
    """The demo study, made as a draft if it is not there."""
    study, created = Study.objects.get_or_create(
        name=NAME,
        defaults={"instructions": TEMPLATES["a_and_e"].instructions, "consent": CONSENT, "votes_wanted": VOTES_WANTED},
    )
    if created:
        _design(study)
    return study


def _design(study: Study) -> None:
    checkpoint = Checkpoint.objects.get(name="bundled")
    for position, row in enumerate(ROWS):
        condition = Condition.objects.ensure(method=row.method, settings=row.settings, checkpoint=checkpoint)
        StudyCondition.objects.create(study=study, condition=condition, printed_name=row.printed_name, position=position)
    for name, seeds in SEEDS.items():
        StudyPromptSet.objects.create(study=study, prompt_set=PromptSet.objects.get(name=name), seeds=seeds)
    for position, (name, question) in enumerate(CRITERIA.items()):
        Criterion.objects.create(study=study, name=name, question=question, position=position)

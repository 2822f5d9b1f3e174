"""Which images of a run are missing, with all that their negatives need, cut into batches for the workers."""

import itertools
from dataclasses import dataclass

from django.db import transaction

from generation import phases
from generation.batching import ROWS_PER_QUERY
from generation.models import Condition, Image, Prompt, Run
from generation.seeds import parse_seeds

MOST_IMAGES = 250_000


class CannotPlan(ValueError):
    """A run that cannot be made as it stands; the sentence says what to change."""


@dataclass(frozen=True)
class Planned:
    """What planning added: rows of images, diffusion-negative ones among them, and batches of what is queued."""

    images: int
    batches: int


def plan(run: Run) -> Planned:
    """Queue the missing images of a run and put those that wait for nothing into batches; planning again adds nothing.

    Raises CannotPlan, with nothing queued.
    """
    conditions = list(run.conditions.select_related("checkpoint"))
    _refuse(conditions)
    with transaction.atomic():
        Run.objects.select_for_update().get(pk=run.pk)  # whoever plans it at the same moment finds everything there
        conditions += _dns_conditions(conditions)
        missing = _missing(run, conditions)
        Image.objects.bulk_create(missing, ignore_conflicts=True, batch_size=ROWS_PER_QUERY)
        phases.ask(run)
        return Planned(len(missing), len(phases.advance(run)))


def _refuse(conditions: list[Condition]) -> None:
    for condition in conditions:
        if condition.checkpoint is None:
            raise CannotPlan(f"“{condition}” holds imported images, which cannot be made; take it out of the run.")
        if fault := condition.checkpoint.screening_fault() or condition.checkpoint.revision_fault():
            raise CannotPlan(fault)


def _dns_conditions(conditions: list[Condition]) -> list[Condition]:
    """The conditions of the diffusion-negative images that these need besides, made if there are none yet."""
    wanted = (each.dns_fields(source) for each in conditions for source in each.sources_of_dns_images)
    needed = {condition.pk: condition for fields in wanted if (condition := Condition.objects.ensure(**fields))}
    return [condition for pk, condition in needed.items() if pk not in {each.pk for each in conditions}]


def _missing(run: Run, conditions: list[Condition]) -> list[Image]:
    """The images without a row, as unsaved rows. Raises CannotPlan for none, or too many."""
    prompts, seeds = Prompt.objects.filter(prompt_set__runs=run).values_list("pk", flat=True), parse_seeds(run.seeds)
    asked = len(prompts) * len(seeds) * len(conditions)
    if not 0 < asked <= MOST_IMAGES:
        raise CannotPlan(f"The run asks for {asked} images: give it prompts, conditions, and at most {MOST_IMAGES} images.")
    there = set(run.needed_images().values_list("prompt", "seed", "condition"))
    return [
        Image(prompt_id=prompt, seed=seed, condition=condition, run=run, state=_first_state(condition))
        for prompt, seed, condition in itertools.product(prompts, seeds, conditions)
        if (prompt, seed, condition.pk) not in there
    ]


def _first_state(condition: Condition) -> Image.State:
    return Image.State.WAITING if condition.negative_sources else Image.State.QUEUED

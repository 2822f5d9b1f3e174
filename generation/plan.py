"""Which images of a run are missing, with all that their negatives need, cut into batches for the workers.

A large run is planned slice by slice, each in a transaction of its own: SQLite lets one writer in at a time, and votes must not
wait until a million rows are there. A slice adds images with their batches, or nothing, so that whoever stops in between leaves
less than the whole and nothing half-made: planning again adds what is missing.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from generation import many_rows, phases
from generation.batching import SLICE, Queued, add_images
from generation.models import Batch, Condition, Image, Prompt, Run
from generation.models.images import ImageQuerySet
from generation.seeds import parse_seeds
from generation.slices import held, in_turns

MOST_IMAGES = 2_000_000


class CannotPlan(ValueError):
    """A run that cannot be made as it stands; the sentence says what to change."""


@dataclass(frozen=True)
class Planned:
    """What planning added: rows of images, diffusion-negative ones among them, and batches of what is queued."""

    images: int
    batches: int


@dataclass(frozen=True)
class Slice:
    """What one transaction plans: prompts with all seeds and with conditions that can be stacked, or that all wait."""

    run: Run
    prompts: Sequence[int]  # primary keys, in order, as in seeds and conditions
    seeds: Sequence[int]
    conditions: Sequence[Condition]

    @property
    def is_there(self) -> bool:
        """Whether all of its images have a row."""
        return self._rows().count() == len(self.prompts) * len(self.seeds) * len(self.conditions)

    def _rows(self) -> ImageQuerySet:
        rows = self.run.images_of([condition.pk for condition in self.conditions])
        return rows.filter(prompt__gte=self.prompts[0], prompt__lte=self.prompts[-1])

    def missing(self) -> list[tuple[int, int, int]]:
        """The prompts, seeds and conditions, all as numbers, of images without a row, in order."""
        there = set(self._rows().values_list("prompt", "seed", "condition"))
        asked = itertools.product(self.prompts, self.seeds, [condition.pk for condition in self.conditions])
        return [row for row in asked if row not in there]

    def add(self) -> tuple[int, int]:
        """Add what is missing, and batches of what can be made at once: the numbers of both. Within a transaction."""
        missing, first = self.missing(), self.conditions[0]
        if first.negative_sources:
            return many_rows.insert_images(self.run, Image.State.WAITING, ((*row, None) for row in missing)), 0
        assert first.checkpoint_id is not None  # noqa: S101 (imported images are refused)
        return add_images(self.run, (Queued(first.checkpoint_id, first.size, *row) for row in missing))


def plan(run: Run) -> Planned:
    """Queue the missing images of a run and put those that wait for nothing into batches; planning again adds nothing.

    Raises CannotPlan, with nothing queued.
    """
    images = batches = 0
    for each in in_turns(each for each in _slices(run) if not each.is_there):
        with held(run):
            more = each.add()
        images, batches = images + more[0], batches + more[1]
    if images > SLICE:
        many_rows.count_rows_for_planner(Image, Batch)
    with held(run):
        phases.ask(run)
    return Planned(images, batches + len(phases.advance(run)))


def _slices(run: Run) -> list[Slice]:
    """All that the run asks for. Raises CannotPlan."""
    conditions = list(run.conditions.select_related("checkpoint"))
    _refuse(conditions)
    prompts = list(Prompt.objects.filter(prompt_set__runs=run).order_by("pk").values_list("pk", flat=True))
    seeds = parse_seeds(run.seeds)
    with transaction.atomic():
        conditions += _dns_conditions(conditions)
        asked = len(prompts) * len(seeds) * len(conditions)
        if not 0 < asked <= MOST_IMAGES:
            raise CannotPlan(f"The run asks for {asked} images: give it prompts, conditions, and at most {MOST_IMAGES} images.")
    return [
        Slice(run, lot, seeds, alike)
        for alike in _alike(conditions)
        for lot in many_rows.in_lots(prompts, max(1, SLICE // (len(seeds) * len(alike))))
    ]


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


def _alike(conditions: list[Condition]) -> Iterator[list[Condition]]:
    """Those that can be stacked together, lot by lot, and last those that wait for their negatives: always in this order."""

    def stack(condition: Condition) -> tuple[bool, int, int]:
        return bool(condition.negative_sources), condition.checkpoint_id or 0, condition.size

    in_order = sorted(conditions, key=lambda condition: (*stack(condition), condition.pk))
    return (list(group) for _, group in itertools.groupby(in_order, stack))

"""Which images of a run are missing, cut into batches for the workers."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from generation.models import Batch, Image, Prompt, Run
from generation.seeds import parse_seeds

MOST_IMAGES = 250_000
ROWS_PER_QUERY = 1000


class CannotPlan(ValueError):
    """A run that cannot be made as it stands; the sentence says what to change."""


@dataclass(frozen=True)
class Planned:
    """What planning added: rows of images, and batches of queued images."""

    images: int
    batches: int


@dataclass(frozen=True, order=True)
class Queued:
    """A queued image. Sorting puts what can be stacked together, and in it all conditions of a prompt–seed together."""

    checkpoint: int
    size: int
    prompt: int
    seed: int
    condition: int
    image: int

    @property
    def stack(self) -> tuple[int, int]:
        return self.checkpoint, self.size

    @property
    def pair(self) -> tuple[int, int]:
        return self.prompt, self.seed


def plan(run: Run) -> Planned:
    """Queue the missing images of a run and put those that wait into batches; planning again adds nothing.

    Raises CannotPlan, with nothing queued.
    """
    _refuse(run)
    with transaction.atomic():
        missing = _missing(run)
        Image.objects.bulk_create(missing, ignore_conflicts=True, batch_size=ROWS_PER_QUERY)
        return Planned(len(missing), _batch(run))


def _refuse(run: Run) -> None:
    conditions = list(run.conditions.select_related("checkpoint"))
    for condition in conditions:
        if condition.checkpoint is None:
            raise CannotPlan(f"“{condition}” holds imported images, which cannot be made; take it out of the run.")
        if fault := condition.checkpoint.screening_fault() or condition.checkpoint.revision_fault():
            raise CannotPlan(fault)
    wanted = Prompt.objects.filter(prompt_set__runs=run).count() * len(parse_seeds(run.seeds)) * len(conditions)
    if not 0 < wanted <= MOST_IMAGES:
        raise CannotPlan(f"The run asks for {wanted} images: give it prompts, conditions, and at most {MOST_IMAGES} images.")


def _missing(run: Run) -> list[Image]:
    """The images without a row, as unsaved rows."""
    there = set(run.planned_images().values_list("prompt", "seed", "condition"))
    prompts = Prompt.objects.filter(prompt_set__runs=run).values_list("pk", flat=True)
    conditions = run.conditions.values_list("pk", flat=True)
    wanted = itertools.product(prompts, parse_seeds(run.seeds), conditions)
    return [
        Image(prompt_id=prompt, seed=seed, condition_id=condition, run=run)
        for prompt, seed, condition in wanted
        if (prompt, seed, condition) not in there
    ]


def _batch(run: Run) -> int:
    """Put the queued images that are in no batch into batches; the number of batches."""
    waiting = run.planned_images().queued().filter(batch=None).select_for_update(of=("self",))
    fields = ("condition__checkpoint", "condition__size", "prompt", "seed", "condition", "pk")
    cuts = list(cut((Queued(*row) for row in waiting.values_list(*fields)), run.batch_size))
    batches = Batch.objects.bulk_create([Batch(run=run) for _ in cuts])
    rows = [Image(pk=pk, batch=batch) for batch, pks in zip(batches, cuts, strict=True) for pk in pks]
    Image.objects.bulk_update(rows, ["batch"], batch_size=ROWS_PER_QUERY)
    return len(batches)


def cut(queued: Iterable[Queued], batch_size: int) -> Iterator[list[int]]:
    """Batches of at most batch_size images, as primary keys.

    A batch holds one checkpoint and size; the conditions of a prompt–seed stay in one batch wherever they fit into one.
    """
    for _, stack in itertools.groupby(sorted(queued), lambda row: row.stack):
        batch: list[int] = []
        for _, pair in itertools.groupby(stack, lambda row: row.pair):
            images = [row.image for row in pair]
            if batch and len(batch) + len(images) > batch_size:
                yield batch
                batch = []
            batch += images
            while len(batch) > batch_size:
                yield batch[:batch_size]
                batch = batch[batch_size:]
        if batch:
            yield batch

"""Cutting what is queued into batches for the workers."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from generation.models import Batch, Caption, Image, NegativeText, Run

ROWS_PER_QUERY = 1000


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


def batch_images(run: Run) -> list[Batch]:
    """Put the queued images that the run needs, and that are in no batch, into batches. Within a transaction."""
    alone = run.needed_images().queued().filter(batch=None).order_by("pk").select_for_update(of=("self",))
    fields = ("condition__checkpoint", "condition__size", "prompt", "seed", "condition", "pk")
    cuts = list(cut((Queued(*row) for row in alone.values_list(*fields)), run.batch_size))
    return _batches(run, cuts, Image)


def batch_captions(run: Run, captions: Iterable[Caption]) -> list[Batch]:
    """Put captions into batches, each of one captioner. Within a transaction that holds them."""
    by_captioner = itertools.groupby(sorted(captions, key=lambda one: (one.captioner, one.pk)), lambda one: one.captioner)
    cuts = [together for _, alike in by_captioner for together in _cut_plainly(list(alike), run.batch_size)]
    return _batches(run, cuts, Caption)


def batch_texts(run: Run, texts: Sequence[NegativeText]) -> list[Batch]:
    """Put texts that are to be asked for into batches. Within a transaction that holds them."""
    return _batches(run, _cut_plainly(texts, run.batch_size), NegativeText)


def _cut_plainly(rows: Sequence[Caption] | Sequence[NegativeText], batch_size: int) -> list[list[int]]:
    keys = [row.pk for row in rows]
    return [keys[start : start + batch_size] for start in range(0, len(keys), batch_size)]


def _batches(run: Run, cuts: Sequence[Sequence[int]], model: type[Image | Caption | NegativeText]) -> list[Batch]:
    """A new batch for each of these lots of primary keys."""
    batches = Batch.objects.bulk_create([Batch(run=run) for _ in cuts])
    for batch, keys in zip(batches, cuts, strict=True):  # many times faster than bulk_update with its case for each row
        model._default_manager.filter(pk__in=keys).update(batch=batch)
    return batches


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

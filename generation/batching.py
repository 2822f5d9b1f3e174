"""Cutting what is queued into batches for the workers."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Value
from django.db.models.functions import Concat

from generation import negatives, warm
from generation.models import Batch, Caption, Checkpoint, Image, NegativeText, Run

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
    queued = sorted(Queued(*row) for row in alone.values_list(*fields))
    needs = dict(Checkpoint.objects.values_list("pk", Concat("name", Value("@"), "revision")))
    return [
        batch
        for checkpoint, rows in itertools.groupby(queued, lambda row: row.checkpoint)
        for batch in _batches(run, list(cut(rows, run.batch_size)), Image, queue=Batch.Queue.GPU, needs=needs[checkpoint])
    ]


def batch_captions(run: Run, captions: Iterable[Caption]) -> list[Batch]:
    """Put captions into batches, each of one captioner. Within a transaction that holds them."""
    in_order = sorted(captions, key=lambda one: (one.captioner, one.pk))
    return [
        batch for _, alike in itertools.groupby(in_order, lambda one: one.captioner) for batch in _batch_alike(run, list(alike))
    ]


def _batch_alike(run: Run, captions: Sequence[Caption]) -> list[Batch]:
    source = captions[0].source
    cuts = _cut_plainly(captions, run.batch_size)
    if source["captioner"].startswith(negatives.CHAT):
        return _batches(run, cuts, Caption, queue=Batch.Queue.DEFAULT)
    needs = warm.named(source["captioner"], source["revision"])
    return _batches(run, cuts, Caption, queue=Batch.Queue.CAPTION, needs=needs)


def batch_texts(run: Run, texts: Sequence[NegativeText]) -> list[Batch]:
    """Put texts that are to be asked for into batches. Within a transaction that holds them."""
    return _batches(run, _cut_plainly(texts, run.batch_size), NegativeText, queue=Batch.Queue.DEFAULT)


def _cut_plainly(rows: Sequence[Caption] | Sequence[NegativeText], batch_size: int) -> list[list[int]]:
    keys = [row.pk for row in rows]
    return [keys[start : start + batch_size] for start in range(0, len(keys), batch_size)]


def _batches(run: Run, cuts: Sequence[Sequence[int]], model: type[Image | Caption | NegativeText], **own: Any) -> list[Batch]:
    """A new batch for each of these lots of primary keys; own: fields that they have in common."""
    batches = Batch.objects.bulk_create([Batch(run=run, **own) for _ in cuts])
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

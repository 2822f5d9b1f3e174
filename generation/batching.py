"""Cutting what is queued into batches for the workers."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import Value
from django.db.models.functions import Concat

from generation import many_rows, negatives, warm
from generation.models import Batch, Caption, Checkpoint, Image, NegativeText, Run

ROWS_PER_QUERY = 1000
SLICE = 10_000  # images that one transaction writes: less than a second, in which nobody else writes to an SQLite file


class Queued(NamedTuple):
    """A queued image. Sorting puts what can be stacked together, and in it all conditions of a prompt–seed together."""

    checkpoint: int
    size: int
    prompt: int
    seed: int
    condition: int
    image: int | None = None  # its primary key, if it has a row

    @property
    def stack(self) -> tuple[int, int]:
        return self[0], self[1]

    @property
    def pair(self) -> tuple[int, int]:
        return self[2], self[3]


def add_images(run: Run, images: Iterable[Queued]) -> tuple[int, int]:
    """Add rows of queued images, in order, with their batches: the numbers of both. Within a transaction."""
    cuts = list(cut(images, run.batch_size))
    batches = _batches_of_images(run, cuts)
    rows = ((*each[2:5], batch.pk) for batch, lot in zip(batches, cuts, strict=True) for each in lot)
    return many_rows.insert_images(run, Image.State.QUEUED, rows), len(batches)


def unbatched(run: Run) -> Iterator[list[list[Queued]]]:
    """The queued images that the run needs, and that are in no batch, cut into batches: as many as one transaction takes."""
    alone = run.needed_images().queued().filter(batch=None)
    fields = ("condition__checkpoint", "condition__size", "prompt", "seed", "condition", "pk")
    queued = sorted(map(Queued._make, alone.values_list(*fields).iterator(ROWS_PER_QUERY)))
    return many_rows.in_lots(cut(queued, run.batch_size), max(1, SLICE // run.batch_size))


def batch_images(run: Run, cuts: Collection[Sequence[Queued]]) -> list[Batch]:
    """Put these images into batches, unless somebody else has meanwhile. Within a transaction."""
    keys = [row.image for lot in cuts for row in lot if row.image]
    alone = Image.objects.queued().filter(batch=None, pk__in=keys).order_by("pk").select_for_update()
    still = set(alone.values_list("pk", flat=True))
    cuts = [left for lot in cuts if (left := [row for row in lot if row.image in still])]
    batches = _batches_of_images(run, cuts)
    many_rows.put_into_batches(Image, _keys(batches, [[row.image for row in lot] for lot in cuts]))
    return batches


def _batches_of_images(run: Run, cuts: Sequence[Sequence[Queued]]) -> list[Batch]:
    needs = dict(Checkpoint.objects.values_list("pk", Concat("name", Value("@"), "revision"))) if cuts else {}
    rows = (Batch(run=run, queue=Batch.Queue.GPU, needs=needs[lot[0].checkpoint]) for lot in cuts)
    return Batch.objects.bulk_create(rows, batch_size=ROWS_PER_QUERY)


def batch_captions(run: Run, captions: Iterable[tuple[str, int]]) -> list[Batch]:
    """Put captions, each its captioner and primary key, into batches of one captioner. Within a transaction that holds them."""
    return [
        batch
        for _, alike in itertools.groupby(sorted(captions), lambda one: one[0])
        for batch in _batch_alike(run, [key for _, key in alike])
    ]


def _batch_alike(run: Run, captions: Sequence[int]) -> list[Batch]:
    source = Caption.objects.get(pk=captions[0]).source
    cuts = list(many_rows.in_lots(captions, run.batch_size))
    if source["captioner"].startswith(negatives.CHAT):
        return _batches(run, cuts, Caption, queue=Batch.Queue.DEFAULT)
    needs = warm.named(source["captioner"], source["revision"])
    return _batches(run, cuts, Caption, queue=Batch.Queue.CAPTION, needs=needs)


def batch_texts(run: Run, texts: Iterable[int]) -> list[Batch]:
    """Put texts that are to be asked for, as primary keys, into batches. Within a transaction that holds them."""
    return _batches(run, list(many_rows.in_lots(texts, run.batch_size)), NegativeText, queue=Batch.Queue.DEFAULT)


def _batches(run: Run, cuts: Sequence[Sequence[int]], model: type[Caption | NegativeText], **own: Any) -> list[Batch]:
    """A new batch for each of these lots of primary keys; own: fields that they have in common."""
    batches = Batch.objects.bulk_create([Batch(run=run, **own) for _ in cuts])
    many_rows.put_into_batches(model, _keys(batches, cuts))
    return batches


def _keys(batches: Sequence[Batch], cuts: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, int]]:
    return ((key, batch.pk) for batch, keys in zip(batches, cuts, strict=True) for key in keys)


def cut(queued: Iterable[Queued], batch_size: int) -> Iterator[list[Queued]]:
    """Batches of at most batch_size images, from images in the order that sorting gives them.

    A batch holds one checkpoint and size; the conditions of a prompt–seed stay in one batch wherever they fit into one.
    """
    for _, stack in itertools.groupby(queued, lambda row: row[:2]):
        batch: list[Queued] = []
        for _, pair in itertools.groupby(stack, lambda row: row[2:4]):
            images = list(pair)
            if batch and len(batch) + len(images) > batch_size:
                yield batch
                batch = []
            batch += images
            while len(batch) > batch_size:
                yield batch[:batch_size]
                batch = batch[batch_size:]
        if batch:
            yield batch

from datetime import timedelta

import pytest
from django.utils import timezone

from generation.models import Batch, Image
from tests.factories_generation import BatchFactory, ConditionFactory, ImageFactory

pytestmark = pytest.mark.django_db

A, B = "a@1", "b@2"


def queued(needs: str, **fields: object) -> Batch:
    """A batch with one queued image."""
    batch: Batch = BatchFactory.create(needs=needs, **fields)
    ImageFactory.create(batch=batch, condition=ConditionFactory.create(), state=Image.State.QUEUED)
    return batch


def to_take(named: Batch, *kept: str) -> list[Batch]:
    return list(Batch.objects.to_take(named, kept, timezone.now()))


def test_a_worker_takes_what_needs_the_checkpoint_that_it_has_before_what_is_named() -> None:
    first, named, third = queued(A), queued(B), queued(A)
    assert to_take(named, A) == [first, third, named]


def test_the_named_batch_comes_first_among_those_of_its_checkpoint() -> None:
    other, first, named = queued(A), queued(B), queued(B)
    assert to_take(named, B) == [named, first, other]


def test_a_worker_with_nothing_in_memory_takes_what_is_named_or_else_any_other_of_that_queue() -> None:
    other, named = queued(A), queued(B)
    queued("captioner@3", queue=Batch.Queue.CAPTION)
    assert to_take(named) == [named, other]


def test_what_is_held_or_finished_or_waits_for_the_storage_is_left_alone() -> None:
    named, held = queued(A), queued(A)
    held.claim("somebody", timezone.now())
    queued(A, finished_at=timezone.now())
    queued(A, trouble="The bucket is full.")
    assert to_take(named, A) == [named]


def test_a_batch_is_finished_once_nothing_in_it_is_queued() -> None:
    batch = queued(A)
    assert not batch.finish_if_made(timezone.now())
    batch.images.update(state=Image.State.FAILED)
    assert batch.finish_if_made(timezone.now())
    assert not Batch.objects.unfinished().exists()


def test_a_batch_that_could_not_be_saved_is_free_with_its_claim_counted() -> None:
    batch = queued(A)
    now = timezone.now()
    batch.claim("holder", now)
    batch.give_back("holder", "The bucket is full.")
    batch.refresh_from_db()
    assert (batch.claims, batch.holder, batch.trouble) == (1, "", "The bucket is full.")
    assert batch in Batch.objects.unheard(now + timedelta(days=1))

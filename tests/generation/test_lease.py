"""What a lease's own thread does; its steps are in test_tasks.py."""

import threading
import time
from typing import Any

import pytest
from django.utils import timezone

from generation.lease import Lease, LeaseLost
from generation.models import Batch, Image
from tests.factories_generation import BatchFactory, ImageFactory

pytestmark = pytest.mark.django_db(transaction=True)
DEADLINE_SECONDS = 60


@pytest.fixture
def lease(settings: Any) -> Lease:
    """A lease of two seconds, which a thread looks at every fifth of one."""
    settings.BATCH_LEASE_SECONDS = 2
    batch = BatchFactory.create()
    ImageFactory.create(batch=batch, state=Image.State.QUEUED)
    assert batch.claim("holder", timezone.now())
    return Lease(batch, "holder")


def test_a_lease_is_renewed_while_something_without_steps_goes_on(lease: Lease) -> None:
    before = Batch.objects.get().lease_until
    deadline = time.monotonic() + DEADLINE_SECONDS
    with lease.kept():
        while Batch.objects.get().lease_until == before:
            assert time.monotonic() < deadline


def test_whoever_lost_the_lease_meanwhile_hears_of_it_afterwards(lease: Lease) -> None:
    Batch.objects.update(holder="another")
    with pytest.raises(LeaseLost, match="taken over"), lease.kept():
        wait_for_the_keeper_to_end()


def wait_for_the_keeper_to_end() -> None:
    """It does when it has lost the lease."""
    for keeper in [thread for thread in threading.enumerate() if thread.name == "keeper"]:
        keeper.join(DEADLINE_SECONDS)
        assert not keeper.is_alive()

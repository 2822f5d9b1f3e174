"""Brokers that crash with messages in flight, that lose them all, and messages that come more than once."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import timezone

from generation.models import Batch, Image
from tests.faults.services import Service
from tests.faults.site import Outcomes, Site, assert_files, outcomes, plan_run, wait_until


@pytest.fixture(params=["redis_server", "rabbitmq_server"])
def broker(request: pytest.FixtureRequest) -> Service:
    server: Service = request.getfixturevalue(request.param)
    return server


def is_at_work() -> bool:
    return Batch.objects.held(timezone.now()).exists()


def test_messages_outlive_a_crash_of_the_broker_and_rows_the_loss_of_all_messages(
    site: Site, broker: Service, tiny_folder: Path, clean: Outcomes
) -> None:
    site = replace(site, broker=broker.address)
    plan_run(tiny_folder)
    site.call()
    with site.worker("only"):
        wait_until(is_at_work, "the worker to take a batch")
        broker.restart()
        wait_until(lambda: Image.objects.queued().count() < len(clean), "the first batch to be saved all the same")
        broker.lose_everything()
        site.finish()
    assert outcomes() == clean
    assert_files()
    assert "Connection to broker lost. Trying to re-establish the connection" in site.said("only")


def test_messages_that_come_three_times_make_every_image_once(
    site: Site, broker: Service, tiny_folder: Path, clean: Outcomes
) -> None:
    site = replace(site, broker=broker.address)
    plan_run(tiny_folder)
    site.call(times=3)
    with site.worker("one"), site.worker("other"):
        wait_until(lambda: not Image.objects.queued().exists(), "every image to be finished")
        made = list(Image.objects.order_by("pk").values())
        wait_until(lambda: site.waiting_messages() == 0, "the workers to take every message")
        assert list(Image.objects.order_by("pk").values()) == made
    assert outcomes() == clean
    assert_files()
    assert len(site.images()) == len(clean)

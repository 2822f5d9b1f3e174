from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from evalsite.broker import filesystem, server
from evalsite.celery import app


@pytest.mark.parametrize(
    "address", ["redis://:secret@10.0.0.2:6379/0", "rediss://cache", "amqp://site:secret@mq/evalsite", "amqps://mq"]
)
def test_a_server_is_taken_as_it_is_named(address: str) -> None:
    assert server("EVALSITE_BROKER", address)["url"] == address


@pytest.mark.parametrize("address", ["http://mq", "redis://", "amqp://site:secret@mq:port", "sqs://secret", "redis"])
def test_another_address_is_refused_by_the_variable_s_name_and_not_shown(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^EVALSITE_BROKER must look like redis://") as refused:
        server("EVALSITE_BROKER", address)
    assert "secret" not in str(refused.value)


def test_without_a_server_messages_are_files_in_folders_that_are_made(tmp_path: Path) -> None:
    assert filesystem(tmp_path / "broker")["url"] == "filesystem://"
    assert {path.name for path in (tmp_path / "broker").iterdir()} == {"messages", "control"}


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("generation.tasks.make_batch", "gpu"),
        ("analysis.web.tasks.measure_images", "metrics"),
        ("analysis.web.tasks.compute_results", "default"),  # its files lie where the site reads them
        ("generation.tasks.sweep", "default"),
    ],
)
def test_a_task_goes_to_the_queue_of_what_it_needs_and_to_no_other(task: str, queue: str) -> None:
    route = app.amqp.router.route({}, task)["queue"]
    assert (route.name, route.routing_key) == (queue, queue)
    assert set(app.amqp.queues) == {"gpu", "caption", "metrics", "default"}
    assert len({each.routing_key for each in app.amqp.queues.values()}) == 4

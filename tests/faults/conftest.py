"""Servers that the tests of faults share, and a site on them for each test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.faults import databases, services
from tests.faults.services import Service
from tests.faults.site import Outcomes, Site, outcomes, plan_run
from tests.tiny_checkpoint import build_tiny_checkpoint


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny checkpoint; tests must not change it."""
    return build_tiny_checkpoint(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def postgresql_server(django_db_blocker: Any) -> Iterator[Service]:
    with services.postgresql() as server, django_db_blocker.unblock():
        databases.migrate(server)
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Service]:
    with services.redis() as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq_server() -> Iterator[Service]:
    with services.rabbitmq() as server:
        yield server


@pytest.fixture
def site(
    tmp_path: Path, settings: Any, django_db_blocker: Any, postgresql_server: Service, redis_server: Service
) -> Iterator[Site]:
    """A site on PostgreSQL and Redis, whose rows and images this process sees, too."""
    settings.MEDIA_ROOT = tmp_path / "images"
    with redis.Redis.from_url(redis_server.address) as client:
        client.flushall()
    with django_db_blocker.unblock():
        address = databases.copied(postgresql_server)
        with databases.seen(address):
            yield Site(tmp_path, address, redis_server.address)


@pytest.fixture(scope="session")
def clean(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
    postgresql_server: Service,
    redis_server: Service,
    tiny_folder: Path,
) -> Outcomes:
    """What the run of plan_run comes to where nothing fails."""
    address = databases.copied(postgresql_server)
    site = Site(tmp_path_factory.mktemp("clean"), address, redis_server.address)
    with django_db_blocker.unblock(), databases.seen(address):
        plan_run(tiny_folder)
        with site.worker("clean"):
            site.finish()
        return outcomes()

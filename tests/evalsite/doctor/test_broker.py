from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from kombu import Connection

from evalsite.doctor.checks import broker
from evalsite.doctor.checks.broker import findings, queue_lengths
from tests.evalsite.doctor.looking import codes
from tests.faults.services import redis as redis_server

PASSWORD = "open-sesame"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with redis_server() as server:
        yield server.address


@pytest.fixture
def client(address: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(address) as client:
        before = client.config_get("maxmemory*")
        yield client
        for name, value in before.items():
            client.config_set(name, value)
        client.flushall()


def test_a_broker_that_passes_messages_on_is_well_and_keeps_none(address: str, client: redis.Redis) -> None:
    with Connection(address) as connection:
        assert codes(findings(connection)) == []
    assert client.keys("*doctor*") == []


def test_the_broker_of_files_is_well_too() -> None:
    with Connection(settings.CELERY_BROKER_URL, transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS) as connection:
        assert codes(findings(connection)) == []


def test_a_broker_that_is_down_is_found_and_the_password_is_not_shown() -> None:
    with Connection(f"redis://:{PASSWORD}@127.0.0.1:1/0") as connection:
        [finding] = findings(connection)
    assert finding.code == "broker-unreachable"
    assert "redis://127.0.0.1:1 does not answer" in finding.sentence
    assert PASSWORD not in finding.sentence


def test_a_broker_that_takes_no_message_is_found(address: str, client: redis.Redis) -> None:
    with Connection(address) as connection:
        connection.connect()
        client.config_set("maxmemory", 1)  # full, and nothing may be thrown away
        assert codes(findings(connection)) == ["broker-loses-messages"]


def test_a_redis_that_throws_keys_away_is_found(address: str, client: redis.Redis) -> None:
    client.config_set("maxmemory-policy", "allkeys-lru")
    with Connection(address) as connection:
        assert codes(findings(connection)) == ["broker-evicts"]


def test_a_long_queue_is_counted_and_found(address: str, client: redis.Redis) -> None:
    client.lpush("gpu", *range(broker.LONG + 1))
    with Connection(address) as connection:
        assert queue_lengths(connection, ["gpu", "caption"]) == {"gpu": broker.LONG + 1, "caption": 0}
    with Connection(address) as connection:
        assert codes(findings(connection)) == ["queue-long"]

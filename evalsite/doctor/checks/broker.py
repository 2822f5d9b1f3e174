"""The broker: whether it answers, passes messages on and keeps them, and how many wait."""

import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from celery import current_app
from kombu import Connection, Producer, Queue
from kombu.exceptions import OperationalError

from evalsite.broker import QUEUES
from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, well

UNREACHABLE = Fault(
    code="broker-unreachable",
    level=WRONG,
    cause="No worker hears of work; rows wait in the database until it answers again.",
    cure="Start the server; check host, port, user, password and number or vhost in EVALSITE_BROKER, and firewalls.",
)
NO_ROUND_TRIP = Fault(
    code="broker-loses-messages",
    level=WRONG,
    cause="The broker took a message into a queue of the doctor's own and did not give it back: its disk or memory is full, or "
    "its user may not write or read.",
    cure="Look into the broker's log; of RabbitMQ call “rabbitmqctl list_permissions” and “rabbitmqctl status” (alarms).",
)
EVICTS = Fault(
    code="broker-evicts",
    level=WARNING,
    cause="A Redis that is full throws keys away: queues with all their messages.",
    cure="Set maxmemory-policy to noeviction, and let no cache share this Redis.",
)
LONG_QUEUE = Fault(
    code="queue-long",
    level=WARNING,
    cause="More messages wait than the sweeps send in an hour: workers are too few, or do nothing.",
    cure="Look at the check “workers”, and start more with -Q and the queue's name.",
)

PATIENCE = 5  # seconds
TRANSIENT = 1  # AMQP: in no need of a disk
EXPIRES = 60.0  # seconds, after which RabbitMQ deletes the queue of a doctor that was killed
LONG = 1000  # messages; the sweep keeps some dozens waiting, a plan that was just made calls for as many


def check() -> Iterator[Finding]:
    with current_app.connection_for_write() as connection:
        yield from findings(connection)


def findings(connection: Connection) -> Iterator[Finding]:
    """Of the broker at the end of a connection that was not used yet."""
    where, errors = address_of(connection), errors_of(connection)
    try:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=PATIENCE)
    except errors as error:
        yield UNREACHABLE.found(f"The broker at {where} does not answer ({_first_line(error)}).")
        return
    try:
        lengths = queue_lengths(connection, [queue.name for queue in QUEUES])
        yield well(f"The broker at {where} answers. Messages waiting: {_in_words(lengths)}.")
        yield from _long(lengths)
        yield _round_trip(connection)
        yield from _of_redis(connection)
    except errors as error:
        yield NO_ROUND_TRIP.found(f"The broker at {where} does not take and give messages ({_first_line(error)}).")


def address_of(connection: Connection) -> str:
    """Where the broker is, without user and password."""
    if connection.transport.driver_type == "filesystem":
        return "files in the data folder"
    return f"{connection.transport.driver_type}://{connection.hostname}:{connection.port or connection.transport.default_port}"


def errors_of(connection: Connection) -> tuple[type[BaseException], ...]:
    """What is raised where a broker does not do as it should; by the library that speaks to it, or by kombu."""
    return (*connection.connection_errors, *connection.channel_errors, OperationalError, OSError)


def queue_lengths(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    """How many messages wait in each queue for a worker; none in a queue that nobody has declared yet."""
    return {name: _length(connection, name) for name in names}


def _length(connection: Connection, name: str) -> int:
    channel: Any = connection.channel()
    try:
        return int(channel.queue_declare(queue=name, passive=True).message_count)
    except connection.channel_errors as error:  # of RabbitMQ the channel is closed then, which is why each queue has its own
        if "NOT_FOUND" in str(error):  # as kombu says it of Redis and of files
            return 0
        raise
    finally:
        channel.close()


def _in_words(lengths: dict[str, int]) -> str:
    return ", ".join(f"{number} in {name}" for name, number in lengths.items())


def _long(lengths: dict[str, int]) -> Iterator[Finding]:
    for name, number in lengths.items():
        if number > LONG:
            yield LONG_QUEUE.found(f"{number} messages wait in the queue {name}.")


def _round_trip(connection: Connection) -> Finding:
    """A message goes through a queue of its own, which is deleted again."""
    sent, channel = uuid.uuid4().hex, connection.channel()
    queue = Queue(f"evalsite.doctor.{uuid.uuid4().hex}", channel=channel, durable=False, expires=EXPIRES)
    queue.declare()
    Producer(channel).publish(sent, routing_key=queue.name, delivery_mode=TRANSIENT)
    came = _received(queue)
    queue.delete()
    if came != sent:
        return NO_ROUND_TRIP.found(f"A message did not come back from the broker within {PATIENCE:g} seconds.")
    return well("A message went through the broker and came back.")


def _received(queue: Queue) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if message := queue.get(no_ack=True):
            return message.payload
        time.sleep(0.02)
    return None


def _of_redis(connection: Connection) -> Iterator[Finding]:
    if connection.transport.driver_type != "redis":
        return
    channel: Any = connection.default_channel
    policy = channel.client.info("memory").get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        yield EVICTS.found(f"When its memory is full, this Redis throws keys away ({policy}).")


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__

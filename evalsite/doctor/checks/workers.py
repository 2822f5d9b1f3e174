"""Workers: whether each queue has one, and whether all have the code, key, database, storage and clock of this machine."""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from celery import current_app
from django.conf import settings
from django.utils import timezone

from evalsite.broker import CAPTION, DEFAULT, GPU, METRICS, QUEUES
from evalsite.doctor.checks.broker import queue_lengths
from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, counted, well
from evalsite.doctor.fingerprints import UNREADABLE, Fingerprints, code_digest, fingerprints
from evalsite.doctor.held import holders
from evalsite.doctor.probe import probe_in_storage

NONE = Fault(
    code="no-worker",
    level=WRONG,
    cause="Messages wait in a queue, or the beat's, and nobody takes them.",
    cure="Start “celery -A evalsite worker --pool solo -Q” with the queue's name; without -Q a worker takes from all.",
)
NONE_YET = Fault(
    code="no-worker-yet",
    level=WARNING,
    cause="Nothing waits in the queue now; what comes will have to wait.",
    cure="Start a worker with -Q and the queue's name before it is needed.",
)
OTHER_KEY = Fault(
    code="worker-other-key",
    level=WRONG,
    cause="The worker makes links that the site does not know, and takes people for others than the site does.",
    cure="Set EVALSITE_SECRET_KEY to the site's on the worker's machine, and start the worker anew.",
)
OTHER_DATABASE = Fault(
    code="worker-other-database",
    level=WRONG,
    cause="The worker takes messages and finds no rows for them, or rows of another site.",
    cure="Set EVALSITE_DATABASE to the same database on the worker's machine, and give each site a broker of its own.",
)
OTHER_STORAGE = Fault(
    code="worker-other-storage",
    level=WRONG,
    cause="Images that the worker saves are not where the site looks for them.",
    cure="Set EVALSITE_STORAGE and AWS_ENDPOINT_URL_S3 to the same on all machines, or let them share the folder images.",
)
NO_DATABASE = Fault(
    code="worker-without-database",
    level=WRONG,
    cause="The worker does not reach the database, though this machine may.",
    cure="Check EVALSITE_DATABASE, pg_hba.conf and the network on the worker's machine.",
)
NO_STORAGE = Fault(
    code="worker-without-storage",
    level=WRONG,
    cause="The worker does not find a file that was just put into the storage: it has another, or no keys, or no connection.",
    cure="Set EVALSITE_STORAGE, AWS_ENDPOINT_URL_S3 and the keys to AWS on the worker's machine as on this one.",
)
OTHER_CODE = Fault(
    code="worker-other-code",
    level=WRONG,
    cause="The worker was started with other code than lies on this machine: not updated, or not started anew since.",
    cure="Bring all machines to the same version and start their workers anew.",
)
OTHER_LIBRARIES = Fault(
    code="worker-other-libraries",
    level=WARNING,
    cause="Other versions of the libraries may draw other pixels from the same seed; the images' provenance tells them.",
    cure="Install requirements.txt in all machines' virtual environments, and start the workers anew.",
)
CLOCK = Fault(
    code="worker-clock",
    level=WRONG,
    cause="The worker's leases end too early or too late, so that batches are made twice or lie.",
    cure="Let the machine's clock follow a time server: “timedatectl set-ntp true”.",
)
OLD = Fault(
    code="worker-does-not-tell",
    level=WRONG,
    cause="The worker does not know the doctor's question: it was started with older code.",
    cure="Bring it to this version and start it anew.",
)

PATIENCE = 3.0  # seconds for which answers are collected
QUESTION = "evalsite_state"


@dataclass(frozen=True)
class Answer:
    """What a worker told, and when it came, in seconds since 1970."""

    state: Mapping[str, Any]
    at: float


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What there is to be judged.

    answers: by the worker's name. busy: by queue, who holds work of it and so is alive. waiting: messages by queue.
    asked_at: in seconds since 1970. own, code: this machine's fingerprints and code, as a worker here would tell them.
    """

    answers: dict[str, Answer]
    busy: dict[str, set[str]] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    asked_at: float
    own: Fingerprints
    code: str


def check() -> Iterator[Finding]:
    nonce = secrets.token_hex(16)
    with probe_in_storage() as probe:
        own = fingerprints(nonce, probe)
        asked_at, answers = time.time(), asked(current_app, nonce, probe)
    with current_app.connection_for_read() as connection:
        waiting = queue_lengths(connection, [queue.name for queue in QUEUES])
    busy = holders(timezone.now())
    yield from judged(Seen(answers=answers, busy=busy, waiting=waiting, asked_at=asked_at, own=own, code=code_digest()))


def asked(app: Any, nonce: str, probe: str, patience: float = PATIENCE) -> dict[str, Answer]:
    """What each worker tells that answers in time."""
    answers: dict[str, Answer] = {}

    def came(reply: dict[str, Any]) -> None:
        answers.update({name: Answer(state, time.time()) for name, state in reply.items()})

    app.control.broadcast(QUESTION, arguments={"nonce": nonce, "probe": probe}, reply=True, timeout=patience, callback=came)
    return answers


def judged(seen: Seen) -> Iterator[Finding]:
    for name, answer in sorted(seen.answers.items()):
        yield from _of_worker(name, answer, seen)
    yield from _of_libraries({name: each.state for name, each in seen.answers.items() if "libraries" in each.state})
    for queue in (GPU, CAPTION, METRICS, DEFAULT):
        yield _of_queue(queue, seen)


def _of_worker(name: str, answer: Answer, seen: Seen) -> Iterator[Finding]:
    if "fingerprints" not in answer.state:
        yield OLD.found(f"The worker {name} does not answer the doctor's question.")
        return
    faults = [
        *_of_fingerprints(name, Fingerprints(**answer.state["fingerprints"]), seen.own),
        *_of_code(name, answer.state["code"], seen.code),
        *_of_clock(name, answer, seen.asked_at),
    ]
    yield from faults or [well(_described(name, answer.state))]


def _described(name: str, state: Mapping[str, Any]) -> str:
    gpus = "; ".join(state["gpus"]) or "no GPU"
    cuda = f", CUDA {state['cuda']}" if state["cuda"] else ""
    warm = f"; in memory: {', '.join(state['warm'])}" if state["warm"] else ""
    return (
        f"The worker {name} takes from {', '.join(state['queues'])}; EVALSITE_DEVICE={state['device']}, {gpus}; torch "
        f"{state['libraries']['torch']}{cuda}{warm}."
    )


def _of_fingerprints(name: str, its: Fingerprints, own: Fingerprints) -> Iterator[Finding]:
    if its.secret_key != own.secret_key:
        yield OTHER_KEY.found(f"The worker {name} has another secret key than this machine.")
    if own.database != UNREADABLE and its.database == UNREADABLE:
        yield NO_DATABASE.found(f"The worker {name} does not reach its database.")
    elif own.database not in (UNREADABLE, its.database):
        yield OTHER_DATABASE.found(f"The worker {name} has another database than this machine.")
    if own.storage != UNREADABLE and its.storage == UNREADABLE:
        yield NO_STORAGE.found(f"The worker {name} does not find in its storage what this machine put there.")
    elif own.storage not in (UNREADABLE, its.storage):
        yield OTHER_STORAGE.found(f"The worker {name} has another storage than this machine.")


def _of_code(name: str, its: str, own: str) -> Iterator[Finding]:
    if its != own:
        yield OTHER_CODE.found(f"The worker {name} runs other code ({its}) than lies on this machine ({own}).")


def _of_clock(name: str, answer: Answer, asked_at: float) -> Iterator[Finding]:
    """The worker looked at its clock at some moment between the question and the answer; a lease is renewed after a third."""
    its: float = answer.state["time"]
    off = max(asked_at - its, its - answer.at, 0.0)
    if off > settings.BATCH_LEASE_SECONDS / 3:
        late = "behind" if its < asked_at else "ahead of"
        yield CLOCK.found(f"The clock of the worker {name} is {off:.0f} seconds {late} this machine's.")


def _of_libraries(states: dict[str, Mapping[str, Any]]) -> Iterator[Finding]:
    versions: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name, state in states.items():
        for library, version in state["libraries"].items():
            versions[library][name] = version
    for library, by_worker in versions.items():
        if len(set(by_worker.values())) > 1:
            said = ", ".join(f"{version} on {name}" for name, version in sorted(by_worker.items()))
            yield OTHER_LIBRARIES.found(f"Workers have different versions of {library}: {said}.")


def _of_queue(queue: str, seen: Seen) -> Finding:
    takers = sorted(name for name, answer in seen.answers.items() if queue in answer.state.get("queues", ()))
    busy = sorted(seen.busy.get(queue, ()))
    if takers:
        return well(f"The queue {queue} has {counted(len(takers), 'worker')}.")
    if busy:
        return well(f"The queue {queue} has a worker, which is at work and does not answer meanwhile: {', '.join(busy)}.")
    if waiting := seen.waiting.get(queue, 0):
        return NONE.found(f"No worker takes from the queue {queue}, though messages wait there: {waiting}.")
    if queue == DEFAULT:
        return NONE.found(f"No worker takes from the queue {queue}, where the beat's tasks go.")
    return NONE_YET.found(f"No worker takes from the queue {queue}.")

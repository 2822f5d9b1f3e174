"""What a worker tells the doctor when it is asked through the broker; every worker imports this at its start.

A worker with a solo pool answers between two tasks, not while it is at one.
"""

import importlib.metadata
import sys
import time
from dataclasses import asdict
from typing import Any

from celery.worker.control import inspect_command
from django.conf import settings
from django.db import connection

from evalsite.doctor.fingerprints import code_digest, fingerprints
from evalsite.doctor.gpus import DriverFails, gpus_here
from generation.warm import kept

LIBRARIES = ("django", "celery", "torch", "diffusers", "transformers")
CODE = code_digest()  # at the worker's start: what it runs, whatever lies on its disk by now


@inspect_command(args=[("nonce", str), ("probe", str)])
def evalsite_state(state: Any, nonce: str, probe: str, **_: Any) -> dict[str, Any]:
    """Which queues this worker takes from, what it computes with, and which key, database and storage it has, as hashes."""
    try:
        seen = asdict(fingerprints(nonce, probe))
    finally:
        connection.close()  # the process that answers may be the one that others are forked from
    return {
        "queues": [queue.name for queue in state.consumer.task_consumer.queues],
        "time": time.time(),
        "code": CODE,
        "libraries": {name: importlib.metadata.version(name) for name in LIBRARIES},
        "device": settings.PLACEMENT.device,
        "gpus": _gpus(),
        "cuda": _cuda(),
        "warm": sorted(kept()),
        "fingerprints": seen,
    }


def _gpus() -> list[str]:
    try:
        return [str(gpu) for gpu in gpus_here()]
    except DriverFails as error:
        return [f"a driver that fails: {error}"]


def _cuda() -> str:
    """The CUDA that torch was built for, once a task has loaded it; a worker of other tasks never does."""
    torch: Any = sys.modules.get("torch")
    return str(torch.version.cuda) if torch and torch.version.cuda else ""

"""Whether the site can work: its database answers and is migrated, its storage gives files, its broker takes messages."""

import logging
import time
from collections.abc import Mapping
from concurrent.futures import Future
from functools import cache

from celery import current_app
from django import db
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from evalsite.doctor.checks.broker import queue_lengths
from evalsite.health.bounded import Bounded
from generation.models import Image

SECONDS = 3.0  # that all checks together may take
LOOKED_FOR = 5  # files: one alone may be lost without the storage being at fault
logger = logging.getLogger(__name__)


class NotReady(Exception):
    """What is missing, in words for everybody: without addresses, users, or what a server said."""


def missing() -> dict[str, str]:
    """What keeps the site from working, by the part that is at fault; empty if nothing does. Takes 3 s at most."""
    deadline = time.monotonic() + SECONDS
    started = {part: check.start() for part, check in CHECKS.items()}
    found = {part: _fault(part, check, deadline) for part, check in started.items()}
    return {part: fault for part, fault in found.items() if fault}


def _fault(part: str, check: "Future[None]", deadline: float) -> str:
    try:
        check.result(max(0.0, deadline - time.monotonic()))
    except NotReady as fault:
        return str(fault)
    except TimeoutError:
        return "does not answer in time"
    except Exception as error:  # of whatever library; what it says may hold addresses, and is for the doctor to say
        logger.warning("The %s cannot be used (%s); manage.py doctor says more", part, type(error).__name__)
        return "cannot be used; manage.py doctor says why"
    return ""


def _database() -> None:
    applied = set(MigrationRecorder(db.connection).applied_migrations())
    if lacking := migrations() - applied:
        raise NotReady(f"lacks {len(lacking)} migrations; call manage.py migrate")


@cache
def migrations() -> frozenset[tuple[str, str]]:
    """All that this code comes with, by app and name; they change only with the code."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _storage() -> None:
    """Whether files of the newest images are there; without images there is nothing to read."""
    try:
        newest = list(_newest_files())
    except db.Error as error:
        raise NotReady("cannot be told while the database cannot be used") from error
    if newest and not any(default_storage.exists(name) for name in newest):
        raise NotReady("does not have the files of the newest images")


def _newest_files() -> "db.models.QuerySet[Image, str]":
    made = Image.objects.filter(state=Image.State.DONE, finished_at__isnull=False).exclude(file="")
    return made.order_by("-finished_at").values_list("file", flat=True)[:LOOKED_FOR]


def _broker() -> None:
    with current_app.connection_for_write() as broker:
        queue_lengths(broker, [str(settings.CELERY_TASK_DEFAULT_QUEUE)])


CHECKS: Mapping[str, Bounded[None]] = {
    "database": Bounded(_database),
    "storage": Bounded(_storage),
    "broker": Bounded(_broker),
}

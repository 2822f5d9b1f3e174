"""Connections to PostgreSQL: whether there are enough for all threads of gunicorn and all processes of workers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.db import connection
from django.utils import timezone

from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, well
from evalsite.doctor.gunicorn_here import served_at_once
from evalsite.doctor.held import holders

TOO_FEW = Fault(
    code="connections-too-few",
    level=WRONG,
    cause="Each thread of gunicorn and each process of a worker keeps a connection; under load, those that get none fail.",
    cure="Raise max_connections in postgresql.conf (or the limit of the role or database), or take fewer workers and threads.",
)
NEARLY_USED = Fault(
    code="connections-nearly-used",
    level=WARNING,
    cause="Few connections are left for whoever comes next; other programs may use the same server.",
    cure="Raise max_connections in postgresql.conf, or see in pg_stat_activity who has so many.",
)

PATIENCE = 2.0  # seconds for which workers' answers are collected
SPARE = 5  # commands, the beat, the doctor
NEARLY = 0.9
LIMITS = """
    SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
           (SELECT datconnlimit FROM pg_database WHERE datname = current_database()),
           (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user),
           (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')
"""


@dataclass(frozen=True, kw_only=True)
class Need:
    """usable: connections that the server grants. used: now. web, workers: what gunicorn and the workers may come to use."""

    usable: int
    used: int
    web: int
    workers: int


def check() -> Iterator[Finding]:
    if connection.vendor != "postgresql":
        yield well("A file of SQLite knows no limit of connections.")
        return
    usable, used = limits()
    yield from judged(Need(usable=usable, used=used, web=served_at_once(), workers=_processes_of_workers()))


def limits() -> tuple[int, int]:
    """How many connections this role can have to this database, and how many the server has now."""
    with connection.cursor() as cursor:
        cursor.execute(LIMITS)
        granted, of_database, of_role, used = cursor.fetchone()
    return min(granted, *(limit for limit in (of_database, of_role, granted) if limit >= 0)), used


def _processes_of_workers() -> int:
    """Of the workers that answer, and of those that are at work instead."""
    stats: dict[str, Any] = current_app.control.inspect(timeout=PATIENCE).stats() or {}
    busy = {process for processes in holders(timezone.now()).values() for process in processes}
    return max(sum(int(its.get("pool", {}).get("max-concurrency", 1)) for its in stats.values()), len(busy))


def judged(need: Need) -> Iterator[Finding]:
    wanted = need.web + need.workers + SPARE
    said = (
        f"{need.usable} connections can be had; gunicorn may use {need.web}, workers {need.workers}, commands {SPARE}; "
        f"{need.used} are used now."
    )
    if wanted > need.usable:
        yield TOO_FEW.found(said)
    elif need.used > NEARLY * need.usable:
        yield NEARLY_USED.found(said)
    else:
        yield well(said)

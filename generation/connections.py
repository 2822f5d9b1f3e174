"""Connections to the database that broke while a task went on: between tasks, Celery closes them itself."""

from django import db


def reopen_broken() -> None:
    """Let this thread's next query use a new connection where the old one broke; a transaction keeps its own."""
    for connection in db.connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()

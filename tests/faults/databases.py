"""Databases on a server of a test's own: migrated once, then copied."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from evalsite.database import postgresql
from tests.faults.services import Service

MIGRATED = "migrated"


def migrate(server: Service) -> None:
    """Make the database that all others are copied from."""
    with psycopg.connect(server.address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(MIGRATED)))
    with seen(_address(server, MIGRATED)):
        call_command("migrate", verbosity=0)


def copied(server: Service) -> str:
    """The address of a new migrated database without rows."""
    name = f"evalsite_{secrets.token_hex(6)}"
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(MIGRATED))
    with psycopg.connect(server.address, autocommit=True) as connection:
        connection.execute(copy)
    return _address(server, name)


@contextmanager
def seen(address: str) -> Iterator[None]:
    """Let this process use the database at the address."""
    settings, connection = connections.settings["default"], connections["default"]
    own: dict[str, Any] = {**settings, "OPTIONS": {}, **postgresql("EVALSITE_DATABASE", address)}
    connections.settings["default"] = own
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"], connections["default"] = settings, connection


def _address(server: Service, name: str) -> str:
    return f"{server.address.rpartition('/')[0]}/{name}"

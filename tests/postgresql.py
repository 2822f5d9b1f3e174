"""Fresh databases on the PostgreSQL server of the tests, which .ci/system-packages sees to."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

SERVER = "postgresql://evalsite_tests@127.0.0.1:5432"


@contextmanager
def new_database() -> Iterator[str]:
    """The address of an empty database, which is dropped after the block."""
    name = f"evalsite_{secrets.token_hex(6)}"
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{SERVER}/{name}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

"""Which database the site keeps its rows in: a file of SQLite, or a PostgreSQL server that an address names."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

POSTGRESQL = ("postgresql://", "postgres://")
KEPT_SECONDS = 600  # a connection lives so long, over many requests; its health is checked before each


def sqlite(path: Path) -> dict[str, Any]:
    """A file that many processes read while one writes."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": KEPT_SECONDS,  # opening the file and preparing Django's functions takes longer than most requests
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",  # a writer waits at BEGIN instead of failing at its first write
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def postgresql(variable: str, address: str) -> dict[str, Any]:
    """The server at the address that the environment variable holds.

    Raises ImproperlyConfigured, which names the variable and never shows the address: it may hold a password.
    """
    if not address.startswith(POSTGRESQL):
        raise _wrong(variable, "it names no PostgreSQL server")
    import dj_database_url  # which takes a tenth of a second, and a site with a file needs nothing of PostgreSQL
    import psycopg.conninfo

    try:
        psycopg.conninfo.conninfo_to_dict(address)
        settings = dj_database_url.parse(address, conn_max_age=KEPT_SECONDS, conn_health_checks=True)
    except (psycopg.ProgrammingError, ValueError):
        reason = "it has a part, such as the port or an option after “?”, that PostgreSQL does not know"
        raise _wrong(variable, reason) from None  # their messages show the address
    if not settings["NAME"]:
        raise _wrong(variable, "it names no database")
    return dict(settings)


def _wrong(variable: str, reason: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{variable} must look like postgresql://user:password@host:5432/name, but {reason}.")

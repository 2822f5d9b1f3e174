import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from evalsite.database import postgresql, sqlite

SERVER = "postgresql://evalsite_tests@127.0.0.1:5432"
WHAT_IT_IS = "from django.db import connection as c; c.ensure_connection(); print(c.vendor, c.settings_dict['NAME'])"


def in_a_process(address: str) -> subprocess.CompletedProcess[str]:
    """The site with this database, asked what it is connected with."""
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", WHAT_IT_IS]
    environment = {**os.environ, "EVALSITE_DATABASE": address, "DJANGO_SETTINGS_MODULE": "evalsite.settings"}
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)


def test_one_variable_names_a_postgresql_server() -> None:
    assert in_a_process(f"{SERVER}/postgres").stdout.split() == ["postgresql", "postgres"]


def test_without_it_the_database_is_a_file_in_the_data_folder() -> None:
    assert in_a_process("").stdout.split() == ["sqlite", str(settings.DATA_DIR / "evalsite.sqlite3")]


def test_a_wrong_address_is_refused_at_start() -> None:
    process = in_a_process("mysql://votes@db.example.org/votes")
    assert process.returncode != 0
    assert "EVALSITE_DATABASE must look like postgresql://" in process.stderr


def test_connections_are_kept_and_their_health_is_checked() -> None:
    kept = postgresql("EVALSITE_DATABASE", f"{SERVER}/votes")
    assert kept["CONN_MAX_AGE"] >= 60
    assert kept["CONN_HEALTH_CHECKS"]


def test_the_file_of_sqlite_is_not_opened_for_every_request() -> None:
    assert sqlite(Path("votes.sqlite3"))["CONN_MAX_AGE"] >= 60


def test_an_address_may_hold_a_password_a_port_and_options_of_postgresql() -> None:
    kept = postgresql("EVALSITE_DATABASE", "postgres://ann:a%40b@db.example.org:6432/votes?sslmode=require")
    assert (kept["USER"], kept["PASSWORD"], kept["HOST"], kept["PORT"]) == ("ann", "a@b", "db.example.org", 6432)
    assert (kept["NAME"], kept["OPTIONS"]) == ("votes", {"sslmode": "require"})


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("votes", "it names no PostgreSQL server"),
        ("sqlite:///votes.sqlite3", "it names no PostgreSQL server"),
        ("postgresql://ann:secret@db.example.org", "it names no database"),
        ("postgresql://ann:secret@db.example.org:many/votes", "it has a part, .*, that PostgreSQL does not know"),
        ("postgresql://ann:secret@db.example.org/votes?sslmod=require", "it has a part, .*, that PostgreSQL does not know"),
        ("postgresql://ann:secret@[db.example.org/votes", "it has a part, .*, that PostgreSQL does not know"),
    ],
)
def test_a_wrong_address_names_the_variable_and_hides_the_password(address: str, reason: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"EVALSITE_DATABASE must look like .*, but {reason}") as raised:
        postgresql("EVALSITE_DATABASE", address)
    assert "secret" not in str(raised.value)


@pytest.mark.django_db(transaction=True)
def test_sqlite_lets_others_read_while_one_writes_and_waits_for_its_turn() -> None:
    with connection.cursor() as cursor:
        told = {pragma: cursor.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in ("journal_mode", "busy_timeout")}
    assert told == {"journal_mode": "wal", "busy_timeout": 30_000}


def test_the_role_of_the_tests_makes_databases_and_no_roles() -> None:
    with psycopg.connect(f"{SERVER}/postgres") as server:
        row = server.execute(
            "SELECT rolcreatedb, rolcreaterole, rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (True, False, False)

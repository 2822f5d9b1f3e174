"""The database: whether it answers, is of this version of the site, takes rows, and holds every text."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django import db
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, counted, well
from evalsite.doctor.hosts import is_elsewhere

UNREACHABLE = Fault(
    code="database-unreachable",
    level=WRONG,
    cause="Nothing works without the database.",
    cure="Start the server; check host, port, user, password and name in EVALSITE_DATABASE, pg_hba.conf and firewalls.",
)
TOO_OLD = Fault(
    code="database-too-old",
    level=WRONG,
    cause="Django does not work with a server, or an SQLite, of that version.",
    cure="Bring it up to the version that the sentence names.",
)
NOT_MIGRATED = Fault(
    code="migrations-missing",
    level=WRONG,
    cause="The tables are older than the code.",
    cure="Stop the workers, take a backup, call manage.py migrate, and start everything anew.",
)
CODE_TOO_OLD = Fault(
    code="migrations-unknown",
    level=WRONG,
    cause="Newer code has changed the tables: this machine was left behind, or the code was put back without its database.",
    cure="Bring the code of this machine to the version that the database was migrated with.",
)
READ_ONLY = Fault(
    code="database-read-only",
    level=WRONG,
    cause="A server in recovery, a standby, a full disk, or a user without rights: no vote can be saved.",
    cure="Name the primary server in EVALSITE_DATABASE, free its disk, and let the site's user own the database.",
)
ENCODING = Fault(
    code="database-encoding",
    level=WRONG,
    cause="Prompts and answers with letters that the encoding lacks cannot be saved.",
    cure="Make a database with “createdb --encoding UTF8 --template template0”, and move the rows there.",
)
ON_NETWORK = Fault(
    code="sqlite-on-network",
    level=WRONG,
    cause="SQLite's log needs memory that processes share, and locks that network file systems do not keep: rows get lost.",
    cure="Put EVALSITE_DATA on a disk of this machine, or set EVALSITE_DATABASE to a PostgreSQL server.",
)
SQLITE_SHARED = Fault(
    code="sqlite-with-servers",
    level=WARNING,
    cause="A file of SQLite is for the processes of one machine; workers elsewhere have other files.",
    cure="Set EVALSITE_DATABASE on all machines, unless all processes run on this one.",
)

NETWORKED = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "lustre", "gpfs", "beegfs", "glusterfs", "fuse.")
OF_THIS_MACHINE = ("fuse.fuse-overlayfs",)
MOUNTS = Path("/proc/self/mountinfo")
UTF8 = "UTF8"
ROW = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, %s, %s)"


def check() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except db.NotSupportedError as error:
        yield TOO_OLD.found(f"{error}")
        return
    except db.Error as error:
        yield UNREACHABLE.found(f"The database{_where(connection)} does not answer ({_first_line(error)}).")
        return
    yield well(f"{_described(connection)} answers{_where(connection)}.")
    yield from _migrations(connection)
    yield from _writes(connection)
    yield from _of_postgresql(connection) if connection.vendor == "postgresql" else _of_sqlite()


def _migrations(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    missing = [f"{one.app_label}.{one.name}" for one, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    ours = executor.loader.migrated_apps
    unknown = [".".join(key) for key in executor.loader.applied_migrations if key not in executor.loader.disk_migrations]
    unknown = [name for name in unknown if name.partition(".")[0] in ours]
    if missing:
        yield NOT_MIGRATED.found(f"The database lacks {counted(len(missing), 'migration')}, {_some(missing)}.")
    if unknown:
        yield CODE_TOO_OLD.found(f"The database has migrations that this code does not know, {_some(unknown)}.")
    if not missing and not unknown:
        yield well("All migrations are applied.")


def _some(names: list[str]) -> str:
    shown = ", ".join(sorted(names)[:3])
    return f"{shown}, …" if len(names) > 3 else shown


def _writes(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    """A row is written and taken back before anybody could see it."""
    if "django_session" not in connection.introspection.table_names():
        return  # the missing migration is told already
    try:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                cursor.execute(ROW, ["doctor", "", timezone.now()])
            finally:
                cursor.execute("ROLLBACK")
    except db.Error as error:
        yield READ_ONLY.found(f"The database takes no rows ({_first_line(error)}).")
    else:
        yield well("The database takes rows.")


def _of_postgresql(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    encoding = one_value(connection, "SHOW server_encoding")
    if encoding != UTF8:
        yield ENCODING.found(f"The database is encoded in {encoding}, not in {UTF8}.")


def _of_sqlite() -> Iterator[Finding]:
    folder = Path(str(settings.DATABASES["default"]["NAME"])).resolve().parent
    kind = filesystem_of(folder, MOUNTS.read_text()) if MOUNTS.exists() else ""
    if is_networked(kind):
        yield ON_NETWORK.found(f"The file of SQLite is on a network file system ({kind}), in {folder}.")
    if is_elsewhere(urlsplit(str(settings.CELERY_BROKER_URL)).hostname or ""):
        yield SQLITE_SHARED.found(
            "Workers hear of work from a broker on another machine, but rows are in a file of SQLite on this one."
        )


def filesystem_of(path: Path, mounts: str) -> str:
    """The type of the file system that a path lies on, from what /proc/self/mountinfo says; empty if it says nothing of it."""
    found = [(Path(mount), kind) for mount, kind in map(_mounted, mounts.splitlines()) if path.is_relative_to(mount)]
    return max(enumerate(found), key=lambda each: (len(each[1][0].parts), each[0]))[1][1] if found else ""


def _mounted(line: str) -> tuple[str, str]:
    """Where a line of mountinfo mounts (proc(5): the fifth field, with spaces as \\040), and of which type."""
    before, _, after = line.partition(" - ")
    return before.split()[4].replace("\\040", " "), after.split()[0]


def is_networked(kind: str) -> bool:
    return kind.startswith(NETWORKED) and kind not in OF_THIS_MACHINE


def one_value(connection: BaseDatabaseWrapper, query: str) -> Any:
    """The one value that a query of one column and one row gives."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def _described(connection: BaseDatabaseWrapper) -> str:
    if connection.vendor == "postgresql":
        return f"PostgreSQL {one_value(connection, 'SHOW server_version')}"
    return f"SQLite {sqlite3.sqlite_version}"


def _where(connection: BaseDatabaseWrapper) -> str:
    """Without the user: a server's host and port, or a file."""
    own = connection.settings_dict
    if connection.vendor != "postgresql":
        return f" in {own['NAME']}"
    port = f":{own['PORT']}" if own["PORT"] else ""
    return f" at {own['HOST'] or 'its socket'}{port}"


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker, Settings

from evalsite.database import postgresql
from evalsite.doctor.checks.connections import Need, judged, limits
from evalsite.doctor.checks.database import check, filesystem_of, is_networked
from tests.evalsite.doctor.looking import codes
from tests.postgresql import SERVER, new_database

Migration = MigrationRecorder.Migration

MOUNTS = """\
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
35 22 0:45 / /srv/lab rw,relatime shared:21 - nfs4 nas:/lab rw,vers=4.2
36 35 8:3 / /srv/lab/local\\040disk rw - xfs /dev/sdb1 rw
"""


@pytest.fixture
def reach(django_db_blocker: DjangoDbBlocker) -> Iterator[Callable[[str], None]]:
    """Makes the server at an address the site's database until the end of the test."""
    own = connections["default"]

    def reach(address: str) -> None:
        connections["default"].close()
        connections["default"] = ConnectionHandler({"default": postgresql("EVALSITE_DATABASE", address)})["default"]

    with django_db_blocker.unblock():
        yield reach
        connections["default"].close()
        connections["default"] = own


@pytest.fixture
def empty(reach: Callable[[str], None]) -> Iterator[str]:
    with new_database() as address:
        reach(address)
        yield address


@pytest.fixture
def database(empty: str) -> str:
    """The address of a database whose migrations all count as applied, with one table of them."""
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    applied = [Migration(app=app, name=name) for app, name in MigrationLoader(None).disk_migrations]
    recorder.migration_qs.bulk_create(applied)
    with connection.schema_editor() as editor:
        editor.create_model(Session)
    return empty


def ask(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall() if cursor.description else None


@pytest.mark.usefixtures("database")
def test_a_database_that_is_as_it_should_be_is_well_and_keeps_nothing() -> None:
    assert codes(check()) == []
    assert ask("SELECT count(*) FROM django_session") == [(0,)]


def test_a_wrong_port_is_found_and_the_password_is_not_shown(reach: Callable[[str], None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    reach(f"postgresql://evalsite:open-sesame@127.0.0.1:{port}/evalsite")
    [finding] = check()
    assert finding.code == "database-unreachable"
    assert f"127.0.0.1:{port} does not answer" in finding.sentence
    assert "open-sesame" not in finding.sentence


def test_an_older_server_than_django_works_with_is_found(
    empty: str, reach: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(empty)
    monkeypatch.setattr("django.db.backends.base.base.RAN_DB_VERSION_CHECK", set())
    monkeypatch.setattr(type(connection.features), "minimum_database_version", (99,))
    assert codes(check()) == ["database-too-old"]


@pytest.mark.usefixtures("empty")
def test_an_empty_database_lacks_migrations() -> None:
    assert codes(check()) == ["migrations-missing"]


@pytest.mark.usefixtures("database")
def test_a_database_that_newer_code_has_migrated_is_found() -> None:
    MigrationRecorder(connection).record_applied("generation", "9999_of_next_year")
    [finding] = [found for found in check() if found.code]
    assert finding.code == "migrations-unknown"
    assert "generation.9999_of_next_year" in finding.sentence


@pytest.mark.usefixtures("database")
def test_a_database_that_takes_no_rows_is_found() -> None:
    ask("SET default_transaction_read_only = on")
    assert codes(check()) == ["database-read-only"]


@pytest.mark.usefixtures("empty")
def test_an_encoding_without_all_letters_is_found(reach: Callable[[str], None]) -> None:
    name = f"{connection.settings_dict['NAME']}_latin"
    ask(f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        reach(f"{SERVER}/{name}")
        assert "database-encoding" in codes(check())
    finally:
        reach(f"{SERVER}/postgres")
        ask(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize(
    ("path", "kind", "networked"),
    [("/home/lab/data", "ext4", False), ("/srv/lab/data", "nfs4", True), ("/srv/lab/local disk/data", "xfs", False)],
)
def test_the_file_system_of_a_folder_is_that_of_the_longest_mount(path: str, kind: str, networked: bool) -> None:
    assert filesystem_of(Path(path), MOUNTS) == kind
    assert is_networked(kind) is networked


@pytest.mark.django_db(transaction=True)
def test_sqlite_on_a_network_file_system_and_beside_servers_of_other_machines_is_found(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text("22 1 0:45 / / rw,relatime - nfs4 nas:/lab rw\n")
    monkeypatch.setattr("evalsite.doctor.checks.database.MOUNTS", mounts)
    settings.CELERY_BROKER_URL = "redis://10.0.0.7:6379/0"
    assert codes(check()) == ["sqlite-on-network", "sqlite-with-servers"]


@pytest.mark.usefixtures("empty")
def test_fewer_connections_than_threads_and_workers_may_use_are_found() -> None:
    ask(f"ALTER DATABASE {connection.settings_dict['NAME']} CONNECTION LIMIT 12")
    usable, used = limits()
    assert usable == 12
    assert 1 <= used <= 100
    assert codes(judged(Need(usable=usable, used=used, web=8, workers=2))) == ["connections-too-few"]  # and 5 to spare
    assert codes(judged(Need(usable=usable, used=12, web=4, workers=2))) == ["connections-nearly-used"]
    assert codes(judged(Need(usable=usable, used=3, web=4, workers=2))) == []

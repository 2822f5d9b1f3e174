"""What every test shares."""

import gc
import os
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, TransactionTestCase
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from tests.migrated import copy_into, copy_to

pytest_plugins = ["studies.channels.mturk.emulator.pytest_plugin"]

settings.register_profile("evalsite", deadline=None)  # machines differ; tests are not timed
settings.load_profile("evalsite")


def pytest_collection_finish() -> None:
    """Every process has imported all test modules by now, torch among them: no search for garbage walks through that again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """On the machine that decides, a skipped test is a failed one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI", "") not in ("", "0", "false") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,  # noqa: ARG001 (which comes first)
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """The tests' database is a file, as the site's is: in memory, threads would lock each other out in ways of their own."""
    path = tmp_path_factory.mktemp("database") / "test.sqlite3"
    copy_to(path)
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = str(path)
    # After tests whose rows were committed. Django would empty table after table, and then fill those that migrations fill.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _begin_anew)
        yield
    with django_db_blocker.unblock():
        connection.close()


def _begin_anew(_: TransactionTestCase) -> None:
    connection.ensure_connection()
    copy_into(connection.connection)


@pytest.fixture
def researcher() -> Client:
    """The browser of somebody who may do everything in the admin."""
    client = Client()
    client.force_login(User.objects.create(username="researcher", is_staff=True, is_superuser=True))
    return client

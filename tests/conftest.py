"""What every test shares."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The tests' database is a file, as the site's is: in memory, threads would lock each other out in ways of their own."""
    database: Path = tmp_path_factory.mktemp("database") / "test.sqlite3"
    connections["default"].settings_dict["TEST"]["NAME"] = str(database)


@pytest.fixture
def researcher() -> Client:
    """The browser of somebody who may do everything in the admin."""
    client = Client()
    client.force_login(User.objects.create(username="researcher", is_staff=True, is_superuser=True))
    return client

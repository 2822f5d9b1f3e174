from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from generation.models import Condition
from tests.generation.site import database_file_as_it_is


@pytest.fixture
def old_models(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Any]:
    """The models before conditions of cfg had a negative, in a database of their own."""
    with django_db_blocker.unblock(), database_file_as_it_is(tmp_path / "evalsite.sqlite3"):
        yield migrate_to([("generation", "0001_initial")])


def migrate_to(states: list[tuple[str, str]]) -> Any:
    """The models of these states."""
    executor = MigrationExecutor(connection)
    executor.migrate(states)
    return executor.loader.project_state(states).apps


def migrate_to_the_newest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_an_old_condition_of_cfg_stays_the_condition_that_it_was(old_models: Any) -> None:
    checkpoint = old_models.get_model("generation", "Checkpoint").objects.create(name="bundled", revision="")
    old = old_models.get_model("generation", "Condition").objects.create(
        method="cfg", settings={"scale": 4.0}, checkpoint=checkpoint, scheduler="ddim", evaluations=41, size=64, fingerprint="f"
    )
    migrate_to_the_newest()
    new = Condition.objects.get(pk=old.pk)
    assert new.settings == {"scale": 4.0, "negative": ""}
    assert new.fingerprint == new.compute_fingerprint()

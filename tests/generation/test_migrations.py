from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from generation.models import Condition

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old_models() -> Iterator[Any]:
    """The models before conditions of cfg had a negative; the newest tables are back afterwards."""
    executor = MigrationExecutor(connection)
    executor.migrate([("generation", "0001_initial")])
    yield executor.loader.project_state([("generation", "0001_initial")]).apps
    migrate_to_the_newest()


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

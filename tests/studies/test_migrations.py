from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from studies.models import Comparison, Place, Trial, Worker
from tests.factories_studies import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old_models() -> Iterator[Any]:
    """The models before places were ranked and workers' ids hashed; the newest tables are back afterwards.

    Those of generation go back too: their newest columns are not of this state.
    """
    # Tables are empty here, so what cannot be undone on rows can be faked on them.
    executor = MigrationExecutor(connection)
    for name in ("0003_protocol_of_earlier_studies", "0002_protocol"):
        executor.migrate([("studies", name)], fake=name == "0002_protocol")
        executor = MigrationExecutor(connection)
    executor.migrate([("studies", "0001_initial"), ("generation", "0003_checkpoints_on_disk")])
    yield executor.loader.project_state([("studies", "0001_initial"), ("generation", "0003_checkpoints_on_disk")]).apps
    migrate_to_the_newest()


def migrate_to_the_newest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def _published_earlier(models: Any) -> tuple[int, int]:
    """A published study of two places, one of them with a trial answered; the primary keys of the study and the trial."""

    def create(label: str, **fields: Any) -> Any:
        return models.get_model(*label.split(".")).objects.create(**fields)

    study = create("studies.Study", name="Old", instructions="i", consent="c", state="published")
    prompt = create("generation.Prompt", prompt_set=create("generation.PromptSet", name="Shapes"), text="a red circle")
    checkpoint = create("generation.Checkpoint", name="bundled", revision="")
    rows = []
    for n in range(2):
        condition = create(
            "generation.Condition", method="cfg", settings={}, checkpoint=checkpoint, size=64, fingerprint=str(n)
        )
        rows.append(create("studies.StudyCondition", study=study, condition=condition, printed_name=f"Method {n}", position=n))
    comparison = create("studies.Comparison", study=study, prompt=prompt, seed=0)
    shown = [rows[1].pk, rows[0].pk]
    place, _ = [create("studies.Place", comparison=comparison, number=number, shown=shown) for number in (1, 2)]
    worker = create("studies.Worker", channel="local", channel_id="browser-1")
    session = create("studies.Session", study=study, worker=worker, started_at=NOON, last_seen_at=NOON)
    trial = create("studies.Trial", session=session, place=place, worker=worker, comparison=comparison, number=1, state="done")
    return study.pk, trial.pk


def test_a_study_published_earlier_goes_on_under_the_new_protocol(old_models: Any) -> None:
    study, trial = _published_earlier(old_models)
    migrate_to_the_newest()
    assert list(Place.objects.order_by("rank").values_list("study", "number", "rank", "free")) == [
        (study, 1, 0, False),
        (study, 2, 1, True),
    ]
    assert Comparison.objects.get().together == "0,1"
    assert Trial.objects.get(pk=trial).shown == Place.objects.order_by("rank")[0].shown
    assert Trial.objects.get(pk=trial).fetched == 0b11
    assert Worker.objects.get().is_called("browser-1")

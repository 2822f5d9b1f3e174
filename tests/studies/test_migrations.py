from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from studies.models import Comparison, Place, Trial, Worker
from tests.factories_studies import NOON
from tests.generation.site import database_file_as_it_is
from tests.generation.test_migrations import migrate_to, migrate_to_the_newest


@pytest.fixture
def old_models(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Any]:
    """The models before places were ranked and workers' ids hashed, in a database of their own."""
    with django_db_blocker.unblock(), database_file_as_it_is(tmp_path / "evalsite.sqlite3"):
        yield migrate_to([("studies", "0001_initial"), ("generation", "0003_checkpoints_on_disk")])


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

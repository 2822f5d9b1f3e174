import io

import pytest
from django.core.management import call_command

from studies.allocation import open_session
from studies.errors import NoPlaceLeft
from studies.models import Worker
from tests.factories_studies import NOON, WorkerFactory, study_with_places

pytestmark = pytest.mark.django_db


def _printed(**options: str) -> list[str]:
    out = io.StringIO()
    call_command("hashed_ids", stdout=out, **options)
    return out.getvalue().split()


def test_the_workers_of_a_pilot_can_be_kept_out_of_another_study_by_its_list() -> None:
    pilot, worker = study_with_places(comparisons=1), WorkerFactory.create()
    open_session(pilot, worker, rehearsal=False, now=NOON)
    study = study_with_places(comparisons=1, excluded_ids="\n".join(_printed(study=pilot.name)))
    with pytest.raises(NoPlaceLeft, match="have not taken part before"):
        open_session(study, worker, rehearsal=False, now=NOON)


def test_who_only_rehearsed_has_not_taken_part() -> None:
    pilot = study_with_places(comparisons=1)
    open_session(pilot, WorkerFactory.create(channel="rehearsal"), rehearsal=True, now=NOON)
    assert _printed(study=pilot.name) == []


def test_plain_ids_become_what_the_database_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker.objects.known_as("mturk", "A1B2C3")
    monkeypatch.setattr("sys.stdin", io.StringIO("A1B2C3\n\nD4E5F6\n"))
    first, second = _printed(channel="mturk")
    assert first == worker.hashed_id
    assert second != first
    assert "A1B2C3" not in first

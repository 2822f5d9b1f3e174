"""Automatic metrics of a study's images, from asking for them to the numbers beside the votes."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from analysis.automatic.measured import read_measured
from analysis.automatic.metrics import METRICS
from analysis.web.measured_by import MeasuredBy
from analysis.web.measurements_asked import NothingToMeasure, ask, queue
from analysis.web.models import Measurement, MetricOfCondition, NotMeasured, Score
from analysis.web.models.measurements import LEASE
from analysis.web.results_key import key_of
from analysis.web.tasks import measure_images
from studies.models import Study
from tests.factories_studies import NOON, StudyFactory
from tests.world_study import PRINTED_NAMES, published_study

pytestmark = pytest.mark.django_db
BUNDLED = MeasuredBy("bundled", "bundled", "")


@pytest.fixture
def study(settings: Settings, tmp_path: Path) -> Study:
    """Two conditions, of which the first draws what the prompts say, and the second something else."""
    settings.MEDIA_ROOT = tmp_path / "images"
    return published_study()


def measured(study: Study, *metrics: str, by: MeasuredBy = BUNDLED) -> Measurement:
    measurement = queue(study, metrics, by, NOON)
    measure_images(measurement.pk)
    measurement.refresh_from_db()
    return measurement


def values(metric: str) -> dict[str, float]:
    rows = MetricOfCondition.objects.filter(metric=metric)
    return dict(rows.values_list("condition__printed_name", "value"))


def test_the_condition_that_draws_what_is_asked_has_the_better_scores(study: Study) -> None:
    assert measured(study, *METRICS).state == Measurement.State.DONE
    good, bad = PRINTED_NAMES[:2]
    for metric in ("clip_full_prompt", "clip_min_object"):
        assert values(metric)[good] > values(metric)[bad]
    assert values("kl")[good] < values("kl")[bad]
    assert values("fid")[good] < values("fid")[bad]
    assert all(score >= 1 for score in values("inception_score").values())  # by its definition


def test_what_lacks_its_weights_says_so_and_the_rest_goes_on(study: Study) -> None:
    measured(study, *METRICS, by=MeasuredBy("bundled", "", ""))
    assert values("clip_full_prompt")
    assert not values("fid")
    reasons = NotMeasured.objects.filter(metric="fid").values_list("reason", flat=True)
    assert any("EVALSITE_CLASSIFIER" in reason for reason in reasons)


def test_scores_of_images_are_kept_and_not_made_again(study: Study) -> None:
    measured(study, "clip_full_prompt")
    before = list(Score.objects.order_by("pk").values_list("pk", flat=True))
    measured(study, "clip_full_prompt")
    assert list(Score.objects.order_by("pk").values_list("pk", flat=True)) == before


def test_new_numbers_make_new_results(study: Study) -> None:
    before = key_of(study, rehearsal=True)
    measured(study, "clip_full_prompt")
    assert key_of(study, rehearsal=True) != before


def test_a_measurement_is_taken_by_one_worker_until_its_lease_has_run_out(study: Study) -> None:
    measurement = queue(study, ["kl"], BUNDLED, NOON)
    assert measurement.claim("one", NOON)
    assert not measurement.claim("another", NOON + timedelta(seconds=1))
    assert measurement.claim("another", NOON + LEASE)


def test_asking_twice_measures_once(study: Study) -> None:
    assert ask(study, ["kl"], NOON) == ask(study, ["fid"], NOON)


def test_a_draft_has_nothing_to_measure() -> None:
    with pytest.raises(NothingToMeasure, match="publish it first"):
        ask(StudyFactory.create(), ["kl"], NOON)


def test_the_command_measures_and_the_export_is_what_reports_read(study: Study, tmp_path: Path) -> None:
    call_command("measure", study.name, "--metrics", "clip_full_prompt", "--clip", "bundled", stdout=io.StringIO())
    exported = tmp_path / "metrics.csv"
    with exported.open("w", encoding="utf-8", newline="") as file:
        call_command("export_metrics", study.name, stdout=file)
    read = {each.condition: each.value for each in read_measured(exported)}
    assert read == pytest.approx(values("clip_full_prompt"), abs=1e-9)
    by_image = io.StringIO()
    call_command("export_metrics", study.name, by_image=True, stdout=by_image)
    assert len(list(csv.DictReader(io.StringIO(by_image.getvalue())))) == 12  # of three prompts, two conditions, two scores


def test_the_command_refuses_a_draft() -> None:
    with pytest.raises(CommandError, match="publish it first"):
        call_command("measure", StudyFactory.create(name="Draft").name)


def test_the_result_page_asks_for_metrics_and_shows_what_is_missing(researcher: Client, study: Study) -> None:
    study.close()
    assert "None are measured yet." in researcher.get(f"/results/{study.pk}/").content.decode()
    researcher.post(f"/results/{study.pk}/measure/", {"metric": ["kl"]})
    assert Measurement.objects.get().metrics == ["kl"]
    assert "Images are being measured since" in researcher.get(f"/results/{study.pk}/").content.decode()
    measure_images(Measurement.objects.get().pk)
    assert "Some could not be measured" in researcher.get(f"/results/{study.pk}/").content.decode()

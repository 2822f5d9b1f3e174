"""The files that a study's results are computed from."""

import csv
from pathlib import Path

import pytest

from analysis.web.results_given import write_given
from studies.models import Comparison
from tests.studies.checked import checked_study

pytestmark = pytest.mark.django_db


def test_images_of_gold_are_not_taken_for_those_of_their_prompt(tmp_path: Path) -> None:
    study = checked_study()
    assert study.comparisons.filter(kind=Comparison.Kind.GOLD).exists()
    write_given(study, tmp_path, rehearsal=False)
    with (tmp_path / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    named = {(row["prompt"], row["seed"], row["condition"]) for row in rows}
    assert len(named) == len(rows) == 6 * 2  # prompts, each with both conditions

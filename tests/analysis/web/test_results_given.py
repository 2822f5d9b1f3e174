"""The files that a study's results are computed from."""

from pathlib import Path

import pytest

from analysis.web.results_given import write_given
from analysis.write_report import ReportInput, make_reports
from tests.analysis.web.voted_studies import answer
from tests.factories_studies import WorkerFactory, published_study

pytestmark = pytest.mark.django_db


def test_results_of_a_study_on_two_channels_are_told_by_channel(tmp_path: Path) -> None:
    study = published_study(prompts=2, votes_wanted=4)
    for number, channel in enumerate(["local", "mturk"] * 2):
        answer(study, [study.conditions.all()[number // 2]] * 2, worker=WorkerFactory.create(channel=channel))
    write_given(study, tmp_path, rehearsal=False)
    (report,) = make_reports(ReportInput(tmp_path / "votes.csv"), resamples=20, seed=0)
    assert {each.channel: each.workers for each in report.channels.shares} == {"local": 2, "mturk": 2}
    assert all(each.p is not None and each.comparisons == 2 for each in report.channels.tests)

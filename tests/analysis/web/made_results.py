"""Results at once: a real report is written once, and stands for every study's but for the tables, which are its own."""

import shutil
from pathlib import Path

import pytest
from pytest_django import Settings

from analysis.render import write_tables
from analysis.tables import tables_of
from analysis.votes import read_votes
from analysis.web import results_files
from analysis.web.models import StudyResults
from analysis.web.results_given import Given
from analysis.web.tasks import compute_results
from analysis.write_report import ReportInput, write_report
from tests.analysis.votes_files import vote, write_votes


@pytest.fixture(scope="session")
def made_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report on a small file: drawing its figures takes seconds."""
    folder = tmp_path_factory.mktemp("made")
    votes = [vote(worker=f"w{n}", choice=choice) for n, choice in enumerate(["SD", "SD+DNP", "no clear winner", "SD"])]
    write_report(ReportInput(write_votes(folder / "votes.csv", votes)), folder / "report", resamples=50, seed=0)
    return folder / "report"


@pytest.fixture
def quick_results(made_report: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of the test's own, and reports that need not be drawn."""

    def report(given: Given, _: object, folder: Path) -> None:
        shutil.copytree(made_report, folder)
        write_tables(tables_of(read_votes(given.folder / "votes.csv")), folder)

    settings.MEDIA_ROOT, settings.RESULTS_ROOT = tmp_path / "images", tmp_path / "results"
    monkeypatch.setattr(results_files, "_report", report)


def compute() -> None:
    """Do as a worker does with the row that waits."""
    compute_results(StudyResults.objects.under_way().get().pk)

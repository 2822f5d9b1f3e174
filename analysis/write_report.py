"""From a votes file to a folder with its tables, numbers, figures and report: all of it, or nothing."""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.automatic.measured import read_measured
from analysis.check_answers import gold_rows, read_checks
from analysis.facts import Protocol, read_protocol
from analysis.figures import ImageAt, Picture, no_images, pictures_of, write_figures
from analysis.figures.slugs import slugs
from analysis.render import PLAIN, TableStyle, write_tables, write_texts
from analysis.render.duel_files import write_duels
from analysis.render.matrices import StudyDuels
from analysis.render.metric_files import write_metrics
from analysis.report import StudyReport, reports_of
from analysis.report_json import json_text
from analysis.report_page import page_of
from analysis.tables import Table
from analysis.votes import read_votes

FIGURES, REPORT = "figures", "report.json"


@dataclass(frozen=True)
class ReportInput:
    """What a report is made of: the votes, and what else there is."""

    votes: Path
    checks: Path | None = None  # answers to gold, repeats and attention checks
    protocol: Path | None = None  # what the votes do not say
    image_at: ImageAt = no_images  # where images are, for contact sheets
    metrics: Path | None = None  # automatic metrics of the images


def make_reports(given: ReportInput, *, resamples: int, seed: int) -> list[StudyReport]:
    """A report for each study of the votes file. Raises BadVotesFile, BadProtocol, BadMetrics, OSError."""
    protocol = read_protocol(given.protocol) if given.protocol else Protocol()
    votes = read_votes(given.votes)
    checks = [gold_rows(votes), *([read_checks(given.checks)] if given.checks else [])]
    metrics = read_measured(given.metrics) if given.metrics else ()
    told: dict[str, Any] = {"protocol": protocol, "checks": pd.concat(checks), "metrics": metrics}
    return list(reports_of(votes, resamples=resamples, seed=seed, **told))


def write_report(given: ReportInput, folder: Path, *, resamples: int, seed: int, style: TableStyle = PLAIN) -> list[Path]:
    """Write tables.*, duels.*, metrics.tex, report.json, report.html and figures/ into the folder; return the files' paths.

    The folder is made if missing. The same input, resamples and seed make the same bytes. Raises BadVotesFile, BadProtocol,
    BadMetrics and OSError before anything is in the folder; an earlier report stays until the new one is whole.
    """
    reports = make_reports(given, resamples=resamples, seed=seed)
    pictures = {report.study: pictures_of(report, given.image_at) for report in reports}
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=folder) as unfinished:
        written = _write(reports, pictures, Path(unfinished), style)
        return _moved(written, Path(unfinished), folder)


def all_tables(reports: Sequence[StudyReport]) -> list[Table]:
    """Every table of the reports, study by study."""
    return [table for report in reports for table in report.tables]


def all_duels(reports: Sequence[StudyReport]) -> list[StudyDuels]:
    """What duels.* are made of."""
    return [StudyDuels(report.table, report.conditions, report.duels) for report in reports]


def _write(
    reports: Sequence[StudyReport], pictures: Mapping[str, Sequence[Picture]], folder: Path, style: TableStyle
) -> list[Path]:
    texts = {REPORT: json_text(reports), "report.html": page_of(reports, pictures)}
    return [
        *write_tables(all_tables(reports), folder, style),
        *write_duels(all_duels(reports), folder),
        *write_metrics({report.study: report.metrics for report in reports}, folder),
        *write_texts(texts, folder),
        *write_figures(pictures, folder / FIGURES),
    ]


def _earlier_figures(folder: Path) -> list[Path]:
    """The folders of figures that the report which is there made: whatever else is beside them is somebody's own."""
    try:
        studies = json.loads((folder / REPORT).read_text(encoding="utf-8"))["studies"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [folder / FIGURES / name for name in slugs(studies).values()]


def _moved(paths: Sequence[Path], source: Path, folder: Path) -> list[Path]:
    """Move the files into place; figures of an earlier report go with it, so that none is left of other votes."""
    for figures in _earlier_figures(folder):
        shutil.rmtree(figures, ignore_errors=True)
    moved = [folder / path.relative_to(source) for path in paths]
    for path, target in zip(paths, moved, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    return moved

"""report.json: every number of the reports, unrounded; what is undefined is null."""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from typing import Any

from analysis.report import StudyReport

Row = dict[str, Any]


def json_text(reports: Sequence[StudyReport]) -> str:
    """{"studies": {name: {…}}}; the same reports make the same text. docs/statistics.md describes the fields."""
    studies = {report.study: study_json(report) for report in reports}
    return json.dumps({"studies": studies}, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def study_json(report: StudyReport) -> Row:
    """One study's report as lists of rows, each with its field names."""
    return {
        "prompt_sets": list(report.prompt_sets),
        "criteria": list(report.criteria),
        "conditions": list(report.conditions),
        "resamples": report.resamples,
        "seed": report.seed,
        "facts": dataclasses.asdict(report.facts),
        "protocol": dataclasses.asdict(report.protocol),
        "shares": _rows(report.shares),
        "differences": _rows(report.differences),
        "headlines": _rows(report.headlines),
        "duels": _rows(report.duels),
        "choice_model": _rows(report.choice_model),
        "ranking": _rows(report.ranking.worths),
        "tie_parameter": _rows(report.ranking.tie_parameters),
        "better": _rows(report.ranking.better),
        "ranking_warnings": list(report.ranking.warnings),
        "agreement": _rows(row for row in report.agreement if row.prompt_set is None),
        "agreement_by_prompt_set": _rows(row for row in report.agreement if row.prompt_set is not None),
        "channel_shares": _rows(report.channels.shares),
        "channel_tests": _rows(report.channels.tests),
        "channel_differences": _rows(report.channels.differences),
        "position": _rows(report.position),
        "workers": _rows(report.workers),
        "influences": _rows(report.influences),
        "excluded": _rows(report.excluded),
        "effects": _rows(report.effects),
        "most_contested": _rows(report.most_contested),
        "least_contested": _rows(report.least_contested),
        "metrics": _rows(report.metrics),
    }


def _rows(results: Iterable[Any]) -> list[Row]:
    return [dataclasses.asdict(result) for result in results]

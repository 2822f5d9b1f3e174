"""report.json has the fields that programs read it by."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from analysis.facts import Protocol
from analysis.report import reports_of
from analysis.report_json import json_text
from tests.analysis.study_report_made import study_report
from tests.analysis.test_channels import of_two
from tests.analysis.votes_files import frame_of, vote

FIELDS = {
    "shares": {"prompt_set", "method", "criterion", "votes", "total", "percent", "low", "high"},
    "differences": {"pair", "criterion", "prompt_set", "estimate", "low", "high", "p", "p_adjusted"},
    "ranking": {"criterion", "model", "condition", "worth", "low", "high"},
    "tie_parameter": {"criterion", "value"},
    "agreement": {"criterion", "alpha", "low", "high", "ac1"},
    "position": {"criterion", "position", "percent", "p"},
    "workers": {"worker", "votes"},
    "excluded": {"reason", "votes", "workers"},
}


def study_of(text: str) -> Mapping[str, Any]:
    (study,) = json.loads(text)["studies"].values()
    return study  # type: ignore[no-any-return]


@pytest.mark.parametrize("part", FIELDS)
def test_every_row_of_a_part_has_its_fields(part: str) -> None:
    rows = study_of(json_text([study_report()]))[part]
    assert rows
    assert all(row.keys() >= FIELDS[part] for row in rows)


def test_differences_are_those_of_the_shares() -> None:
    study = study_of(json_text([study_report()]))
    percent = {(row["prompt_set"], row["criterion"], row["method"]): row["percent"] for row in study["shares"]}
    for row in study["differences"]:
        first, second = (percent[row["prompt_set"], row["criterion"], name] for name in row["pair"])
        assert row["estimate"] == pytest.approx(first - second)


def test_worths_of_each_model_are_positive_and_add_up_to_one() -> None:
    ranking = study_of(json_text([study_report(("SD", "SD+DNP", "SD+auto-DNP"))]))["ranking"]
    for model in ("davidson", "half_tie", "no_ties"):
        worths = [row["worth"] for row in ranking if row["model"] == model and row["criterion"] == "quality"]
        assert len(worths) == 3
        assert min(worths) > 0
        assert sum(worths) == pytest.approx(1)


def test_channels_are_there_where_there_are_two() -> None:
    study = study_of(json_text([of_two()]))
    assert [row["channel"] for row in study["channel_shares"][:6]] == ["mturk"] * 3 + ["panel"] * 3
    assert [row["criterion"] for row in study["channel_tests"]] == ["correctness", "quality"]
    assert all(0 < row["p"] <= row["p_adjusted"] <= 1 for row in study["channel_tests"])
    assert {len(row["pair"]) for row in study["channel_differences"]} == {2}
    one = study_of(json_text([study_report()]))
    assert [one[part] for part in ("channel_shares", "channel_tests", "channel_differences")] == [[], [], []]


def test_agreement_is_said_once_for_each_criterion() -> None:
    agreement = study_of(json_text([study_report()]))["agreement"]
    assert [row["criterion"] for row in agreement] == ["correctness", "quality"]


def test_a_study_whose_votes_are_all_excluded_has_nulls(tmp_path: Path) -> None:
    rows = frame_of(tmp_path / "votes.csv", vote(excluded="too fast"))
    study = study_of(json_text(list(reports_of(rows, resamples=5, seed=0, protocol=Protocol()))))
    assert {row["percent"] for row in study["shares"]} <= {None}
    assert study["excluded"] == [{"reason": "too fast", "votes": 1, "workers": 1}]

"""The order of a file's rows is chance: nothing that is said hangs on it, resamples included."""

import json
import random
from pathlib import Path

from analysis.__main__ import main
from analysis.bundle.differing import differing
from analysis.report_json import json_text
from tests.analysis.study_report_made import drawn_votes, report_of_votes
from tests.analysis.votes_files import write_votes


def test_a_report_on_shuffled_rows_has_the_same_numbers(tmp_path: Path) -> None:
    votes = list(drawn_votes(("SD", "SD+DNP", "SD+auto-DNP", "SD+random"), ("A&E",), at_once=3))
    first, *rest = votes
    random.Random(1).shuffle(rest)
    made = []
    for name, rows in (("plain", votes), ("shuffled", [first, *rest])):  # criteria are named in order of appearance
        path = write_votes(tmp_path / f"{name}.csv", rows)
        assert main(["report", str(path), "--out", str(tmp_path / name), "--resamples", "20"]) == 0
        made.append(json.loads((tmp_path / name / "report.json").read_text(encoding="utf-8")))
    assert list(differing(*made)) == []  # but for the last digits, in which sums of another order differ


def test_nor_do_the_permutations_of_channels_hang_on_it() -> None:
    votes = [each | {"channel": "mn"[int(each["worker"][1:]) % 2]} for each in drawn_votes(("SD", "SD+DNP"), ("A&E",))]
    first, *rest = votes
    random.Random(1).shuffle(rest)
    plain, shuffled = (json.loads(json_text([report_of_votes(rows)])) for rows in (votes, [first, *rest]))
    assert plain["studies"]["demo"]["channel_tests"][0]["p"] is not None
    assert list(differing(plain, shuffled)) == []

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from analysis.__main__ import main
from analysis.power import USUAL, USUAL_PLAN, Assumptions, Split
from analysis.power_simulation import simulated_scores, workers_of
from tests.analysis.votes_files import ballots, vote, write_votes

QUICK = ["--simulations", "100"]
CHOICES = {1: "SD", 0: "no clear winner", -1: "SD+DNP"}


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """A pilot of 100 × 10 votes by 60 workers with a design effect of about 2.7."""
    rng = np.random.default_rng(8)
    worker = workers_of(USUAL_PLAN, rng)
    scores = simulated_scores(USUAL_PLAN, Assumptions(Split(0.5, 0.3), USUAL), worker, 1, rng)[0]
    cells = product(range(100), range(10))
    votes = [vote(prompt=f"prompt {r}", worker=f"w{worker[r, c]}", choice=CHOICES[int(scores[r, c])]) for r, c in cells]
    return write_votes(tmp_path / "pilot.csv", votes)


def test_from_a_split_it_says_what_the_planned_study_sees_and_what_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power", "--split", "45,35,20", *QUICK]) == 0
    text = capsys.readouterr().out
    assert "100 comparisons × 10 votes by 60 workers, design effect 2.70: power 0.57" in text
    assert "The smallest difference that it sees with power 0.8: 13.1 points" in text
    assert "| comparisons | 0.8 | 171 | " in text


def test_the_files_hold_the_same_numbers_whenever_they_are_written(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        assert main(["power", "--difference", "12", "--tests", "6", *QUICK, "--out", str(folder)]) == 0
    assert sorted(path.name for path in one.iterdir()) == ["power.json", "power.pdf", "power.png", "power.svg"]
    for path in one.iterdir():
        assert path.read_bytes() == (other / path.name).read_bytes()
    found = json.loads((one / "power.json").read_text("utf-8"))
    assert found["planned"]["design_effect"] == pytest.approx(2.7)
    assert found["difference"] == pytest.approx(12)
    assert len(found["curve"]) == 8


def test_a_pilot_tells_the_split_and_the_design_effect(pilot: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["power", "--pilot", str(pilot), "--comparisons", "50", *QUICK, "--out", str(tmp_path / "out")]) == 0
    assert "Pilot: 1000 votes on correctness by 60 workers on 100 comparisons of demo, a being SD" in capsys.readouterr().out
    found = json.loads((tmp_path / "out" / "power.json").read_text("utf-8"))
    assert found["difference"] == pytest.approx(20, abs=7)
    assert found["planned"]["design_effect"] == pytest.approx(2.7, abs=0.7)
    assert found["planned"]["workers"] == 30  # who vote as often as the pilot's


def test_further_conditions_leave_fewer_votes_to_the_two_that_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power", "--conditions", "4", "--difference", "10", *QUICK]) == 0
    assert "Split: 25.0 % for a, 15.0 % for b, 60.0 % for no clear winner or others" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--split", "45,35,10"], "add up to 100"),
        (["--split", "45,55"], "add up to 100"),
        (["--split", "some,35,20"], "add up to 100"),
        (["--split", "40,40,20"], "Say which difference"),
        ([], "Say which difference"),
        (["--difference", "90"], "are more than the 80 %"),
        (["--split", "45,35,20", "--conditions", "3"], "leave --conditions out"),
        (["--split", "45,35,20", "--workers", "5"], "as many workers"),
        (["--split", "45,35,20", "--comparisons", "1"], "two comparisons"),
        (["--split", "45,35,20", "--design-effect", "0.5"], "design effect of 0.5 cannot be"),
        (["--split", "45,35,20", "--votes", "2", "--workers", "100", "--design-effect", "2.7"], "Assume a smaller one"),
        (["--criterion", "quality"], "give --pilot, too"),
    ],
)
def test_what_cannot_be_planned_is_refused(options: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power", *options, *QUICK]) == 2
    said = capsys.readouterr()
    assert reason in said.err
    assert said.out == ""


@pytest.mark.parametrize("options", [["--votes", "0"], ["--level", "100"], ["--tests", "many"], ["--workers", "-3"]])
def test_a_wrong_number_is_a_wrong_command_line(options: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["power", "--split", "45,35,20", *options])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--split", "45,35,20"], "give either --pilot or --split"),
        (["--criterion", "beauty"], "no --criterion “beauty”; it has correctness"),
        (["--pair", "SD", "XL"], "no --pair “XL”; it has SD, SD+DNP"),
        (["--pair", "SD", "SD"], "twice"),
        (["--study", "another"], "no --study “another”; it has demo"),
    ],
)
def test_options_that_do_not_fit_the_pilot_are_refused(
    pilot: Path, options: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["power", "--pilot", str(pilot), *options, *QUICK]) == 2
    assert reason in capsys.readouterr().err


def test_a_pilot_of_one_worker_is_refused_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_votes(tmp_path / "pilot.csv", [vote(prompt=prompt) for prompt in "abc"])
    assert main(["power", "--pilot", str(path), "--out", str(tmp_path / "out")]) == 2
    assert "this one has 3 and 1 that count" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_of_several_studies_one_must_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    votes = [*ballots({"SD": 2}, study="spring"), *ballots({"SD": 2}, study="autumn")]
    path = write_votes(tmp_path / "pilot.csv", votes)
    assert main(["power", "--pilot", str(path)]) == 2
    assert "choose one by --study: spring, autumn" in capsys.readouterr().err


def test_a_pilot_that_is_not_there_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power", "--pilot", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capsys.readouterr().err

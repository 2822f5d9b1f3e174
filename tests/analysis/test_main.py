"""The commands, as a researcher runs them."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from analysis.__main__ import main
from tests.analysis.study_report_made import drawn_votes
from tests.analysis.votes_files import vote, write_votes

TABLES = ["tables.csv", "tables.html", "tables.md", "tables.tex"]
DUELS = ["duels.csv", "duels.html", "duels.md", "duels.tex"]
FILES = sorted([*TABLES, *DUELS, "figures", "metrics.tex", "report.html", "report.json"])
QUICK = ("--resamples", "20")


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "analysis", *arguments], capture_output=True, text=True, check=False)


def report(votes: Path, out: Path, *options: str) -> int:
    return main(["report", str(votes), "--out", str(out), *QUICK, *options])


def test_a_report_is_tables_numbers_figures_and_a_page(tmp_path: Path) -> None:
    votes = write_votes(tmp_path / "votes.csv", [vote()])
    done = run("report", votes, "--out", tmp_path / "out", *QUICK)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES
    named = {Path(line).relative_to(tmp_path / "out").parts[0] for line in done.stdout.splitlines()}
    assert sorted(named) == FILES


def test_a_bad_file_is_refused_without_a_trace(tmp_path: Path) -> None:
    votes = write_votes(tmp_path / "votes.csv", [vote(), vote(worker="w2", seed="x")])
    done = run("report", votes, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert "line 3: seed “x” is not an integer" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_earlier_report_survives_a_bad_file(tmp_path: Path) -> None:
    votes = write_votes(tmp_path / "votes.csv", [vote()])
    assert report(votes, tmp_path / "out") == 0
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert report(write_votes(votes, [vote(seed="x")]), tmp_path / "out") == 2
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before


def test_figures_of_an_earlier_report_go_with_it(tmp_path: Path) -> None:
    report(write_votes(tmp_path / "votes.csv", [vote(study="first")]), tmp_path / "out")
    report(write_votes(tmp_path / "votes.csv", [vote(study="second")]), tmp_path / "out")
    assert [path.name for path in (tmp_path / "out" / "figures").iterdir()] == ["second"]


def test_figures_of_somebody_else_stay(tmp_path: Path) -> None:
    (tmp_path / "paper" / "figures").mkdir(parents=True)
    (tmp_path / "paper" / "figures" / "teaser.pdf").write_text("drawn by hand", encoding="utf-8")
    assert report(write_votes(tmp_path / "votes.csv", [vote()]), tmp_path / "paper") == 0
    assert (tmp_path / "paper" / "figures" / "teaser.pdf").read_text(encoding="utf-8") == "drawn by hand"


def test_the_same_votes_and_seed_make_the_same_bytes(tmp_path: Path) -> None:
    votes = write_votes(tmp_path / "votes.csv", list(drawn_votes(("SD", "SD+DNP"), ("A&E",))))
    for out in ("first", "second"):
        assert run("report", votes, "--out", tmp_path / out, *QUICK).returncode == 0
    made = [
        {path.relative_to(tmp_path / out): path.read_bytes() for path in (tmp_path / out).rglob("*.*")}
        for out in ("first", "second")
    ]
    assert made[0] == made[1]


def test_parquet_gives_the_numbers_that_csv_gives(tmp_path: Path) -> None:
    votes = write_votes(tmp_path / "votes.csv", list(drawn_votes(("SD", "SD+DNP"), ("A&E",))))
    pd.read_csv(votes, dtype=str).fillna("").to_parquet(tmp_path / "votes.parquet", index=False)
    assert report(votes, tmp_path / "csv") == report(tmp_path / "votes.parquet", tmp_path / "parquet") == 0
    texts = [(tmp_path / out / "report.json").read_text(encoding="utf-8") for out in ("csv", "parquet")]
    assert texts[0] == texts[1]


def test_the_seed_and_the_resamples_are_in_the_numbers(tmp_path: Path) -> None:
    votes = write_votes(tmp_path / "votes.csv", [vote()])
    report(votes, tmp_path / "out", "--seed", "3")
    study = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["studies"]["demo"]
    assert (study["seed"], study["resamples"]) == (3, 20)


@pytest.mark.parametrize(("option", "value"), [("--resamples", "0"), ("--seed", "-1"), ("--resamples", "many")])
def test_a_wrong_number_is_named(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["report", "votes.csv", "--out", "out", option, value])
    assert f"“{value}” is not a whole number from" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(tmp_path / "nowhere.csv", tmp_path / "out") == 2
    assert "nowhere.csv" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    votes = write_votes(tmp_path / "votes.csv", [vote()])
    assert report(votes, votes) == 2
    assert "votes.csv" in capsys.readouterr().err


def test_a_wrong_command_line_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["report", "votes.csv"])
    assert "--out" in capsys.readouterr().err


def test_shares_print_the_table_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    votes = write_votes(tmp_path / "votes.csv", [vote(), vote(worker="w2", choice="SD+DNP"), vote(worker="w3")])
    assert main(["shares", str(votes)]) == 0
    assert "| SD | **66.67%** |" in capsys.readouterr().out  # 2 of 3 votes
    assert sorted(tmp_path.iterdir()) == [votes]


def test_shares_print_as_they_are_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    votes = write_votes(tmp_path / "votes.csv", [vote(), vote(worker="w2", choice="no clear winner")])
    assert main(["shares", str(votes), "--ties", "split"]) == 0
    printed = capsys.readouterr().out
    assert "| SD | **75.00%** |" in printed  # one vote and half of the other, of two
    assert "No Clear Winner" not in printed


def test_counts_behind_a_printed_column_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["counts", "50.00%", "25", "25"]) == 0
    assert "2, 1, 1 of 4 votes" in capsys.readouterr().out


def test_what_is_no_percentage_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["counts", "101"]) == 2
    assert "101 is no percentage" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["counts", "half"])


def test_what_is_no_bundle_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bundle.zip").write_text("no archive", encoding="utf-8")
    assert main(["verify", str(tmp_path / "bundle.zip")]) == 2
    assert "bundle.zip" in capsys.readouterr().err


def test_the_analysis_loads_no_django() -> None:
    program = "import sys, analysis.__main__; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "pandas" in loaded
    assert not {"django", "studies", "generation", "evalsite", "torch"} & set(loaded)


def test_the_example_of_the_documentation_is_a_good_file(tmp_path: Path) -> None:
    document = (Path(__file__).parents[2] / "docs" / "votes.md").read_text(encoding="utf-8")
    example = document.partition("```csv\n")[2].partition("```")[0]
    (tmp_path / "votes.csv").write_text(example, encoding="utf-8")
    assert report(tmp_path / "votes.csv", tmp_path) == 0

"""The command, as a researcher runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from analysis.__main__ import main
from tests.analysis.votes_files import vote, write_votes

TABLES = ["tables.csv", "tables.html", "tables.md", "tables.tex"]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "analysis", *arguments], capture_output=True, text=True, check=False)


def test_the_command_writes_four_tables_and_names_them(tmp_path: Path) -> None:
    votes = write_votes(tmp_path / "votes.csv", [vote()])
    done = run("report", votes, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == TABLES
    assert sorted(Path(line).name for line in done.stdout.splitlines()) == TABLES


def test_a_bad_file_is_refused_without_a_trace(tmp_path: Path) -> None:
    votes = write_votes(tmp_path / "votes.csv", [vote(), vote(worker="w2", seed="x")])
    done = run("report", votes, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert "line 3: seed “x” is not an integer" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_tables_of_an_earlier_report_survive_a_bad_file(tmp_path: Path) -> None:
    votes = write_votes(tmp_path / "votes.csv", [vote()])
    main(["report", str(votes), "--out", str(tmp_path)])
    before = [(tmp_path / name).read_bytes() for name in TABLES]
    assert main(["report", str(write_votes(votes, [vote(seed="x")])), "--out", str(tmp_path)]) == 2
    assert [(tmp_path / name).read_bytes() for name in TABLES] == before


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path / "nowhere.csv"), "--out", str(tmp_path / "out")]) == 2
    assert "nowhere.csv" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    votes = write_votes(tmp_path / "votes.csv", [vote()])
    assert main(["report", str(votes), "--out", str(votes)]) == 2
    assert "votes.csv" in capsys.readouterr().err


def test_a_wrong_command_line_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["report", "votes.csv"])
    assert "--out" in capsys.readouterr().err


def test_the_analysis_loads_no_django() -> None:
    program = "import sys, analysis.__main__; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "pandas" in loaded
    assert not {"django", "studies", "generation", "evalsite", "torch"} & set(loaded)


def test_the_example_of_the_documentation_is_a_good_file(tmp_path: Path) -> None:
    document = (Path(__file__).parents[2] / "docs" / "votes.md").read_text(encoding="utf-8")
    example = document.partition("```csv\n")[2].partition("```")[0]
    (tmp_path / "votes.csv").write_text(example, encoding="utf-8")
    assert main(["report", str(tmp_path / "votes.csv"), "--out", str(tmp_path)]) == 0

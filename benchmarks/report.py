"""How long a whole report takes without its figures, and how much memory, by the number of votes and the kind of file.

    python -m benchmarks.report                                # a quarter, a half and a whole million of votes

Each report is made in a process of its own: reading, 10,000 resamples, every statistic, report.json, report.html and tables.
The peer reads the same file with pandas and counts the shares, which is all that a paper prints.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from analysis.commands.report import RESAMPLES
from analysis.render import write_tables
from analysis.report_json import json_text
from analysis.report_page import page_of
from analysis.write_report import ReportInput, all_tables, make_reports
from benchmarks.million_votes import million_votes

COMPARISONS = (12_500, 25_000, 50_000)
SUFFIXES = (".csv", ".parquet")


def report(path: Path) -> None:
    """Everything of a report but its figures, into a folder that goes again."""
    with tempfile.TemporaryDirectory() as folder:
        reports = make_reports(ReportInput(path), resamples=RESAMPLES, seed=0)
        (Path(folder) / "report.json").write_text(json_text(reports), encoding="utf-8")
        (Path(folder) / "report.html").write_text(page_of(reports, {}), encoding="utf-8")
        write_tables(all_tables(reports), Path(folder))


def peer(path: Path) -> None:
    """The shares alone, by pandas."""
    votes = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    votes.groupby(["prompt_set", "criterion"])["choice"].value_counts(normalize=True)


WAYS = {"report": report, "peer": peer}


def main() -> None:
    """Print a row for each number of votes and kind of file."""
    print("| votes | file | report, s | peak, GB | pandas: read and count, s | ratio |")
    print("| ---: | --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for comparisons in COMPARISONS:
            votes = million_votes(comparisons)
            for suffix in SUFFIXES:
                path = Path(folder) / f"votes{suffix}"
                votes.to_csv(path, index=False) if suffix == ".csv" else votes.to_parquet(path, index=False)
                seconds, peak = _measured("report", path)
                pandas, _ = _measured("peer", path)
                print(
                    f"| {len(votes)} | {suffix[1:]} | {seconds:.1f} | {peak:.2f} | {pandas:.1f} | {seconds / pandas:.1f} |",
                    flush=True,
                )


def _measured(way: str, path: Path) -> tuple[float, float]:
    """Seconds and gigabytes at the peak of a process that does one thing."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.report", way, str(path)], capture_output=True, text=True, check=True
    )
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def one(way: str, path: Path) -> None:
    """Do one thing; print its seconds, without those of starting, and the peak of the process in GB."""
    start = time.perf_counter()
    WAYS[way](path)
    print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)


if __name__ == "__main__":
    one(sys.argv[1], Path(sys.argv[2])) if sys.argv[1:] else main()

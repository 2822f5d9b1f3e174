"""How long a million votes take to read and check, and how much memory, beside readers that check nothing.

    python -m benchmarks.reading

Each reader has a process of its own. Memory is the most that the process ever held, with Python and its libraries.
"""

import csv
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pyarrow.csv

from analysis.columns import VOTES
from analysis.exact_csv import parse_exactly
from analysis.votes import read_votes
from benchmarks.million_votes import million_votes

T = TypeVar("T")

VOTES_OF_A_COMPARISON = 20  # 10 workers, 2 criteria
SIZES = (250_000, 500_000, 1_000_000)


@dataclass(frozen=True)
class Measured:
    """What reading took."""

    seconds: float
    processor: float  # seconds, of all threads together
    peak: float  # MiB


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = {size: apart(write_votes, Path(folder), size) for size in SIZES}
        print(f"{os.cpu_count()} processors. Ratio: of the time of pandas.read_csv.\n")
        compare_readers(*files[max(SIZES)])
        compare_sizes(files)


def compare_readers(text: Path, parquet: Path) -> None:
    """Print what each reader takes for the same votes."""
    measured = {
        "pandas.read_csv": apart(measure, pd.read_csv, text),
        "pyarrow.csv": apart(measure, pyarrow.csv.read_csv, text),
        "csv module, nothing kept": apart(measure, through_csv, text),
        "read_votes, CSV": apart(measure, read_votes, text),
        "read_votes, Parquet": apart(measure, read_votes, parquet),
        "the exact parser alone": apart(measure, exactly, text),
    }
    print("| reader | seconds | processor seconds | ratio | peak MiB |\n| :--- | ---: | ---: | ---: | ---: |")
    base = measured["pandas.read_csv"].seconds
    for name, took in measured.items():
        print(f"| {name} | {took.seconds:.2f} | {took.processor:.2f} | {took.seconds / base:.2f} | {took.peak:.0f} |")


def compare_sizes(files: dict[int, tuple[Path, Path]]) -> None:
    """Print how time and memory grow with the votes."""
    print("\n| votes | CSV s | CSV peak MiB | Parquet s | Parquet peak MiB |\n| ---: | ---: | ---: | ---: | ---: |")
    for size, (text, parquet) in files.items():
        of_text, of_parquet = apart(measure, read_votes, text), apart(measure, read_votes, parquet)
        cells = f"{of_text.seconds:.2f} | {of_text.peak:.0f} | {of_parquet.seconds:.2f} | {of_parquet.peak:.0f}"
        print(f"| {size:,} | {cells} |")


def apart(work: Callable[..., T], *arguments: object) -> T:
    """The result of work done in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def write_votes(folder: Path, size: int) -> tuple[Path, Path]:
    """Write so many votes as CSV and as Parquet."""
    votes = million_votes(comparisons=size // VOTES_OF_A_COMPARISON)
    text, parquet = folder / f"{size}.csv", folder / f"{size}.parquet"
    votes.to_csv(text, index=False)
    votes.to_parquet(parquet, index=False)
    return text, parquet


def measure(read: Callable[[Path], object], path: Path) -> Measured:
    """What one reading takes in this process."""
    begun, busy = time.perf_counter(), time.process_time()
    read(path)
    return Measured(time.perf_counter() - begun, time.process_time() - busy, peak())


def peak() -> float:
    """The most memory that this process ever held, in MiB; unlike getrusage's, without that of the process that started it."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def through_csv(path: Path) -> None:
    """Every record, as the csv module gives it."""
    with path.open(encoding="utf-8", newline="") as file:
        for _ in csv.reader(file):
            pass


def exactly(path: Path) -> object:
    """The columns, record by record, as for a file with anything odd in it."""
    return parse_exactly(path, VOTES)


if __name__ == "__main__":
    main()

"""shares: the tables of a votes file on standard output."""

import argparse
from pathlib import Path

from analysis.annotations import annotated_tables
from analysis.commands.style import add_style_to, style_of
from analysis.inference import differences, share_intervals
from analysis.render import rendered
from analysis.study_votes import studies_of
from analysis.tables import Table
from analysis.votes import read_votes


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = commands.add_parser("shares", help="print the tables alone", description="Shares of votes, as Markdown.")
    parser.set_defaults(run=run)
    parser.add_argument("votes", type=Path, help="the votes file, CSV or Parquet (docs/votes.md describes it)")
    add_style_to(parser)


def run(asked: argparse.Namespace) -> int:
    """Print the tables."""
    print(rendered("tables.md", _tables(asked.votes), style_of(asked)), end="")
    return 0


def _tables(path: Path) -> list[Table]:
    studies = studies_of(read_votes(path))
    return [
        table for votes, rows in studies for table in annotated_tables(votes, rows, share_intervals(votes), differences(votes))
    ]

"""python -m analysis report votes.csv --out DIR: the tables of a votes file, without a database."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from analysis.faults import BadVotesFile
from analysis.render import write_tables
from analysis.tables import tables_of
from analysis.votes import read_votes

BAD_INPUT = 2  # argparse's own exit code for a wrong command line


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 2 with the reason on stderr and nothing written."""
    asked = _parser().parse_args(arguments)
    try:
        written = write_tables(tables_of(read_votes(asked.votes)), asked.out)
    except BadVotesFile as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"Could not read the votes or write the tables: {error}")
    print(*written, sep="\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description="From votes to the tables of a paper.")
    report = parser.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "report", help="write tables.csv, tables.tex, tables.md and tables.html", description="The tables of a votes file."
    )
    report.add_argument("votes", type=Path, help="the votes file (docs/votes.md describes it)")
    report.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the tables; made if missing")
    return parser


def _refuse(reason: str) -> int:
    print(reason, file=sys.stderr)
    return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())

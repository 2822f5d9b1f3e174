"""python -m analysis: from a votes file to the tables of a paper and all that is said of them, without a database."""

import argparse
import io
import sys
from collections.abc import Sequence

from analysis.automatic.measured import BadMetrics
from analysis.bundle.archive import UnreadableBundle
from analysis.commands import counts, power, report, shares, verify
from analysis.facts import BadProtocol
from analysis.faults import BadVotesFile
from analysis.figures import BadImages
from analysis.printed_counts import NoPercentage

COMMANDS = (report, shares, power, counts, verify)
BAD_INPUT = 2  # argparse's own exit code for a wrong command line
BAD_INPUTS = (BadVotesFile, BadProtocol, BadImages, BadMetrics, NoPercentage, UnreadableBundle)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0; 1 if a bundle disagrees; 2 for bad input, with the reason on stderr."""
    asked = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # names and signs are printed that not every console's encoding has
    try:
        return int(asked.run(asked))
    except BAD_INPUTS as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"Could not read what was given or write the result: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description="From votes to the tables of a paper.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser


def _refuse(reason: str) -> int:
    print(reason, file=sys.stderr)
    return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())

"""counts: the fewest votes that print as a column of a published table, or that none do."""

import argparse
from decimal import Decimal, InvalidOperation

from analysis.printed_counts import verdict


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = commands.add_parser(
        "counts", help="find the votes behind printed percentages", description="Which votes print as a column of a table."
    )
    parser.set_defaults(run=run)
    parser.add_argument("percents", type=_percent, nargs="+", metavar="PERCENT", help="one column, no clear winner included")


def run(asked: argparse.Namespace) -> int:
    """Print what was found."""
    print(verdict(asked.percents))
    return 0


def _percent(text: str) -> Decimal:
    try:
        return Decimal(text.removesuffix("%"))
    except InvalidOperation as error:
        raise argparse.ArgumentTypeError(f"“{text}” is no percentage, like 17.19") from error

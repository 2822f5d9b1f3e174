"""verify: whether a release bundle agrees with itself."""

import argparse
from pathlib import Path

from analysis.bundle.verifying import verify

DISAGREES = 1


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = commands.add_parser(
        "verify", help="recompute every number of a release bundle", description="Whether a bundle agrees with its votes."
    )
    parser.set_defaults(run=run)
    parser.add_argument("bundle", type=Path, help="what manage.py export_bundle wrote")


def run(asked: argparse.Namespace) -> int:
    """Print the verdict; 1 if something differs."""
    verdict = verify(asked.bundle)
    print(*verdict.lines(), sep="\n")
    return 0 if verdict.agrees else DISAGREES

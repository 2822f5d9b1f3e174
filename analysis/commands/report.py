"""report: everything about a votes file, into a folder."""

import argparse
from pathlib import Path

from analysis.commands.style import add_style_to, style_of
from analysis.figures import no_images, read_images
from analysis.write_report import ReportInput, write_report

RESAMPLES = 10_000


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = commands.add_parser(
        "report", help="tables.*, report.json, report.html and figures/", description="All that is said of a votes file."
    )
    parser.set_defaults(run=run)
    parser.add_argument("votes", type=Path, help="the votes file, CSV or Parquet (docs/votes.md describes it)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the files; made if missing")
    parser.add_argument("--resamples", type=_positive, default=RESAMPLES, metavar="N", help=f"of the bootstrap ({RESAMPLES})")
    parser.add_argument("--seed", type=_natural, default=0, metavar="N", help="of the bootstrap (0)")
    parser.add_argument("--checks", type=Path, metavar="FILE", help="answers to gold, repeats and attention checks")
    parser.add_argument("--protocol", type=Path, metavar="FILE", help="what the votes do not say: pay, instructions, … (JSON)")
    parser.add_argument("--images", type=Path, metavar="FILE", help="images.csv, for the contact sheets")
    parser.add_argument("--metrics", type=Path, metavar="FILE", help="automatic metrics of the images (docs/metrics.md)")
    add_style_to(parser)


def run(asked: argparse.Namespace) -> int:
    """Write the files and print their names."""
    image_at = read_images(asked.images) if asked.images else no_images
    given = ReportInput(asked.votes, asked.checks, asked.protocol, image_at, asked.metrics)
    written = write_report(given, asked.out, resamples=asked.resamples, seed=asked.seed, style=style_of(asked))
    print(*written, sep="\n")
    return 0


def _positive(text: str) -> int:
    return _at_least(1, text)


def _natural(text: str) -> int:
    return _at_least(0, text)


def _at_least(least: int, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from {least}")
    return int(text)

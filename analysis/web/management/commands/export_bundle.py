from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.bundle.contents import Options
from analysis.facts import BadProtocol
from analysis.faults import BadVotesFile
from analysis.web.bundle import NoVotes, export_bundle
from analysis.web.bundle_images import MissingImages
from analysis.web.management.results import study_with_results
from studies.management.studies import add_study_argument

RESAMPLES = 10_000


class Command(BaseCommand):
    help = "Write a study as one ZIP that others can check: images, votes, design, instructions, tables and report."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip")
        parser.add_argument("--force", action="store_true", help="replace the file if it is there")
        parser.add_argument("--rehearsal", action="store_true", help="the votes of the rehearsal instead of people's")
        parser.add_argument("--protocol", type=Path, metavar="FILE", help="what the site does not know: pay, ethics, … (JSON)")
        parser.add_argument("--resamples", type=int, default=RESAMPLES, metavar="N", help="of the bootstrap (%(default)s)")
        parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the bootstrap (%(default)s)")

    def handle(
        self,
        *,
        study: str,
        out: Path,
        force: bool,
        rehearsal: bool,
        protocol: Path | None,
        resamples: int,
        seed: int,
        **_: Any,
    ) -> None:
        found = study_with_results(study, rehearsal=rehearsal)
        if fault := _fault(out, force, resamples, seed):
            raise CommandError(fault)
        try:
            export_bundle(found, out, Options(resamples, seed), rehearsal=rehearsal, stated=protocol)
        except (NoVotes, MissingImages, BadProtocol, BadVotesFile, OSError) as error:
            raise CommandError(f"{error}") from error
        self.stdout.write(f"{out} holds “{found}”. Check it with: python -m analysis verify {out}")


def _fault(out: Path, force: bool, resamples: int, seed: int) -> str:
    """What is wrong with the options, told before any work is done; "" where nothing is."""
    if not out.parent.is_dir() or out.is_dir():
        return f"{out} cannot be a file: give a name in a folder that is there."
    if out.exists() and not force:
        return f"{out} is there already. Give another name, or --force to replace it."
    return "--resamples must be at least 1, and --seed at least 0." if resamples < 1 or seed < 0 else ""

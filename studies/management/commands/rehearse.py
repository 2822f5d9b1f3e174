"""`manage.py rehearse STUDY`: synthetic voters, in a process that is given the rehearsal link and nothing else."""

import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studies.management.studies import add_study_argument, study_named

SECRET_PREFIXES = ("EVALSITE_", "DJANGO_")


class Command(BaseCommand):
    help = "Lets synthetic voters vote through a study's rehearsal link until no place is left; the site must be running."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("--voters", type=int, help="at most so many voters; by default until no place is left")
        parser.add_argument("--site", default=settings.SITE_URL, help="where the site answers (default: %(default)s)")
        parser.add_argument("--seed", type=int, default=0, help="draws the voters' noise and habits")

    def handle(self, *, study: str, voters: int | None, site: str, seed: int, **_: Any) -> None:
        chosen = study_named(study)
        if not chosen.is_open:
            raise CommandError(f"“{chosen}” takes no votes: it is {chosen.get_state_display()}. Publish it first.")
        link = site.rstrip("/") + chosen.rehearsal_link_path
        limit = [] if voters is None else ["--voters", str(voters)]
        command = [sys.executable, "-m", "studies.rehearsal", link, "--seed", str(seed), *limit]
        done = subprocess.run(command, cwd=settings.BASE_DIR, env=_environment(), check=False)  # noqa: S603 (our own module)
        if done.returncode:
            raise CommandError("The rehearsal stopped early; the reason is above.", returncode=done.returncode)


def _environment() -> dict[str, str]:
    """The environment without what would lead the voters to the database."""
    return {name: value for name, value in os.environ.items() if not name.startswith(SECRET_PREFIXES)}

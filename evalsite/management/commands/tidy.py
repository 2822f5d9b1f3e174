"""manage.py tidy [--dry-run]"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from evalsite.retention.garbage import TooMuch
from evalsite.retention.tidying import tidy, would_go


class Command(BaseCommand):
    help = "Delete what docs/data.md says is due; the beat calls for it every night, too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")

    def handle(self, *, dry_run: bool, **_: Any) -> None:
        now = timezone.now()
        try:
            for line in would_go(now) if dry_run else tidy(now):
                self.stdout.write(line)
        except (TooMuch, OSError) as error:
            raise CommandError(str(error)) from error

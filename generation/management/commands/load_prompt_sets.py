"""manage.py load_prompt_sets [FILE ...]"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.packaged import PROMPT_SETS
from generation.prompts import BadPromptFile, load


class Command(BaseCommand):
    help = "Load the prompt sets that come along (A&E, Human, Hand, Shapes), or those of the named JSON files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")

    def handle(self, *_args: Any, files: list[Path], **_options: Any) -> None:
        for path in files or sorted(PROMPT_SETS.glob("*.json")):
            try:
                loaded = load(path)
            except BadPromptFile as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{loaded.prompt_set}: {loaded.prompts} prompts, {loaded.added} new")

"""manage.py import_images FOLDER [--prompts prompts.csv] [--new-prompts] (--checker NAME | --unscreened WHY)"""

from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from generation.imported_files import BadImport, Found, find
from generation.importing import (
    Screen,
    add_prompts,
    new_prompts,
    require_new_sets,
    store,
    stored_unscreened,
    without_stored,
)
from generation.management.screening import HELP_CHECKER, in_words

AT_ONCE = 32


class Command(BaseCommand):
    help = "Import images that were made elsewhere, from FOLDER/condition/prompt set/NAME_SEED.png."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--prompts",
            type=Path,
            metavar="CSV",
            help="Columns prompt_set, name, prompt: the prompt of each NAME. FOLDER/prompts.csv if left out.",
        )
        parser.add_argument(
            "--new-prompts", action="store_true", help="Add prompts to prompt sets that are there already, too."
        )
        screening = parser.add_mutually_exclusive_group(required=True)
        screening.add_argument("--checker", metavar="NAME", help=f"{HELP_CHECKER} Sees images imported unscreened before, too.")
        screening.add_argument(
            "--unscreened", type=in_words, metavar="WHY", help="Why nobody does; every table of the images repeats it."
        )

    def handle(self, *_args: Any, folder: Path, prompts: Path | None, **options: Any) -> None:
        try:
            found = find(folder, prompts or folder / "prompts.csv")
            new, added = without_stored(found), new_prompts(found)
            if not options["new_prompts"]:
                require_new_sets(added)
        except BadImport as error:
            raise CommandError("\n".join(["Nothing was imported:", *error.faults])) from error
        unscreened = stored_unscreened(found) if options["checker"] else []
        screen = _screen(options["checker"], options["unscreened"])
        add_prompts(added)
        for prompt_set, texts in added.items():
            self.stdout.write(f"{prompt_set}: {len(texts)} prompts new")
        flagged = _store([*new, *unscreened], screen)
        self.stdout.write(
            f"{len(new)} images imported; {len(found) - len(new)} were there already, {len(unscreened)} of them unscreened "
            f"until now; {flagged} flagged now"
        )


def _store(found: list[Found], screen: Screen) -> int:
    """Store the images a few at a time; how many of them are flagged."""
    flagged = 0
    with tqdm(total=len(found), desc="import", unit="image") as bar:
        for start in range(0, len(found), AT_ONCE):
            images = store(found[start : start + AT_ONCE], screen)
            flagged += sum(image.state == image.State.FLAGGED for image in images)
            bar.update(len(images))
    return flagged


def _screen(checker: str | None, unscreened_because: str | None) -> Screen:
    from generation.devices import UnfitPlacement
    from generation.making.images import screen  # loads torch, for which nobody should wait before the files are checked
    from generation.safety import NoSafetyChecker, checker_named

    if checker is None:
        return partial(screen, None, unscreened_because or "")
    try:
        return partial(screen, checker_named(checker, settings.PLACEMENT), "")
    except (NoSafetyChecker, UnfitPlacement) as error:
        raise CommandError(str(error)) from error

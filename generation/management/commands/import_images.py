"""manage.py import_images FOLDER [--prompts prompts.csv] (--checker NAME | --unscreened WHY)"""

from argparse import ArgumentTypeError
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from generation.imported_files import BadImport, find
from generation.importing import Screen, store, without_stored

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
        screening = parser.add_mutually_exclusive_group(required=True)
        screening.add_argument("--checker", help="Who screens them: “bundled”, a folder, or a hub name.")
        screening.add_argument(
            "--unscreened", type=_words, metavar="WHY", help="Why nobody does; every table of the images repeats it."
        )

    def handle(self, *_args: Any, folder: Path, prompts: Path | None, **options: Any) -> None:
        try:
            found = find(folder, prompts or folder / "prompts.csv")
            new = without_stored(found)
        except BadImport as error:
            raise CommandError("\n".join(["Nothing was imported:", *error.faults])) from error
        screen = _screen(options["checker"], options["unscreened"])
        images = []
        with tqdm(total=len(new), desc="import", unit="image") as bar:
            for start in range(0, len(new), AT_ONCE):
                images += store(new[start : start + AT_ONCE], screen)
                bar.update(len(images) - bar.n)
        flagged = sum(image.state == image.State.FLAGGED for image in images)
        self.stdout.write(
            f"{len(images)} images imported, {flagged} of them flagged; {len(found) - len(new)} were there already"
        )


def _words(text: str) -> str:
    if not 1 <= len(text.strip()) <= 300:
        raise ArgumentTypeError("say in words why the images go unscreened, in at most 300 letters")
    return text.strip()


def _screen(checker: str | None, unscreened_because: str | None) -> Screen:
    from generation.making import screen  # loads torch, for which nobody should wait before the files are checked
    from generation.safety import NoSafetyChecker, checker_named

    if checker is None:
        return partial(screen, None, unscreened_because or "")
    try:
        return partial(screen, checker_named(checker), "")
    except NoSafetyChecker as error:
        raise CommandError(str(error)) from error

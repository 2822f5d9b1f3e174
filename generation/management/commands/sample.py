"""Try a method out: one prompt, one seed, one image."""

import json
from pathlib import Path
from typing import Any

import PIL.Image
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from generation import methods, sampler, schedulers
from generation.checkpoints import Loaded, UnsupportedCheckpoint, load
from generation.denoisers import UnfitSize
from generation.evaluations import UnfitEvaluations
from generation.hub import BUNDLED, CheckpointNotFound, resolve_revision
from generation.making import screen
from generation.management.screening import HELP_CHECKER, in_words
from generation.safety import NoSafetyChecker, SafetyChecker, checker_for
from generation.seeds import LARGEST_SEED
from generation.storing import Screening

REFUSALS = (
    methods.UnknownMethod,
    methods.BadSettings,
    methods.UnfitScheduler,
    schedulers.UnknownScheduler,
    UnfitEvaluations,
    CheckpointNotFound,
    UnsupportedCheckpoint,
    UnfitSize,
    sampler.NotFinite,
)


class Command(BaseCommand):
    help = "Make one image with a method, to try the method out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--method", required=True, help=f"One of: {', '.join(methods.METHODS)}.")
        parser.add_argument("--prompt", required=True)
        parser.add_argument("--seed", required=True, type=int)
        parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help=_settings_help())
        parser.add_argument("--checkpoint", default=BUNDLED, help="“bundled”, a folder, or a hub name.")
        parser.add_argument("--revision", default="", help="A commit, branch or tag of the hub.")
        parser.add_argument("--scheduler", default="ddim", help=f"One of: {', '.join(schedulers.SCHEDULERS)}.")
        parser.add_argument("--evaluations", type=int, default=41, help="UNet evaluations of the main chain.")
        parser.add_argument("--size", type=int, help="Width and height in pixels; the checkpoint's own if left out.")
        screening = parser.add_mutually_exclusive_group()
        screening.add_argument(
            "--checker", default="", metavar="NAME", help=f"{HELP_CHECKER} The checkpoint's own if left out."
        )
        screening.add_argument("--unscreened", type=in_words, metavar="WHY", help="Why nobody screens the image.")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE.png")

    def handle(self, **options: Any) -> None:
        try:
            _require_usable(options["out"], options["seed"])
            settings = methods.complete(options["method"], dict(_setting(text) for text in options["set"]))
            checkpoint = load(options["checkpoint"], resolve_revision(options["checkpoint"], options["revision"]))
            checker = _checker(checkpoint, options["checker"], options["unscreened"])
            image = _draw(checkpoint, _row(options, settings, checkpoint))
        except REFUSALS as error:
            raise CommandError(str(error)) from error
        (screening,) = screen(checker, options["unscreened"] or "", [image])
        PIL.Image.fromarray(image).save(options["out"])
        self.stdout.write(f"{options['out']}: {_told(screening)}")


def _settings_help() -> str:
    schemas = {name: methods.describe(method.settings) for name, method in methods.METHODS.items()}
    return "A setting of the method; may be repeated. " + " ".join(
        f"{name} takes {'; '.join(described)}." for name, described in schemas.items()
    )


def _require_usable(out: Path, seed: int) -> None:
    if out.suffix.lower() != ".png" or not out.parent.is_dir():
        raise CommandError(f"--out must be a .png file in a folder that exists, not {out}.")
    if not 0 <= seed <= LARGEST_SEED:
        raise CommandError(f"--seed must lie between 0 and {LARGEST_SEED}.")


def _setting(text: str) -> tuple[str, Any]:
    """The name and value of "name=value"; a value that is no JSON is a text."""
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"“{text}” does not set anything; write --set NAME=VALUE.")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _row(options: dict[str, Any], settings: dict[str, Any], checkpoint: Loaded) -> sampler.Row:
    same = {name: options[name] for name in ("prompt", "seed", "method", "scheduler", "evaluations")}
    size = checkpoint.denoiser.native_size if options["size"] is None else options["size"]
    return sampler.Row(**same, settings=settings, size=size)


def _checker(checkpoint: Loaded, name: str, unscreened_because: str | None) -> SafetyChecker | None:
    if unscreened_because:
        return None
    try:
        return checker_for(name, checkpoint)
    except NoSafetyChecker as error:
        raise CommandError(f"{error} Here: --checker NAME, or --unscreened WHY.") from error


def _draw(checkpoint: Loaded, row: sampler.Row) -> Any:
    with tqdm(total=row.evaluations + 1, desc=row.method) as bar:  # and the decoding
        (drawn,) = sampler.sample(checkpoint.denoiser, [row], bar.update)
    return drawn.pixels


def _told(screening: Screening) -> str:
    if screening.unscreened_because:
        return f"not screened: {screening.unscreened_because}"
    return f"{'flagged as NSFW' if screening.flagged else 'not flagged'} by the safety checker of {screening.screened_by}"

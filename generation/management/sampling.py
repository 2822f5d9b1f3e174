"""What commands that sample by hand have in common: their options, and what they refuse in a sentence."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from generation import methods, sampler, schedulers
from generation.attention import NoCrossAttention, UnfitResolution
from generation.checkpoints import Loaded, load
from generation.denoisers import UnfitSize
from generation.denoisers.memory import OutOfMemory
from generation.devices import UnfitPlacement
from generation.evaluations import UnfitEvaluations
from generation.hub import BUNDLED, CheckpointNotFound, resolve_revision
from generation.making.images import screen
from generation.management.screening import HELP_CHECKER, in_words
from generation.phrases import UnclearPhrases
from generation.pipelines import UnsupportedCheckpoint
from generation.safety import NoSafetyChecker, SafetyChecker, checker_for
from generation.sampler import Drawn
from generation.storing import Screening

CANNOT_STEER = (UnclearPhrases, NoCrossAttention, UnfitResolution)  # this prompt, or with this checkpoint
REFUSALS = (
    *CANNOT_STEER,
    methods.UnknownMethod,
    methods.BadSettings,
    methods.UnfitScheduler,
    schedulers.UnknownScheduler,
    UnfitEvaluations,
    CheckpointNotFound,
    UnsupportedCheckpoint,
    UnfitPlacement,
    UnfitSize,
    OutOfMemory,
    sampler.NotFinite,
)


def add_arguments(parser: CommandParser) -> None:
    """How to sample, who screens, and where to write."""
    parser.add_argument("--checkpoint", default=BUNDLED, help="“bundled”, a folder, a .safetensors file, or a hub name.")
    parser.add_argument("--revision", default="", help="A commit, branch or tag of the hub, or the digest of what is on disk.")
    parser.add_argument("--scheduler", default="ddim", help=f"One of: {', '.join(schedulers.SCHEDULERS)}.")
    parser.add_argument("--evaluations", type=int, default=41, help="UNet evaluations of the main chain.")
    parser.add_argument("--size", type=int, help="Width and height in pixels; the checkpoint's own if left out.")
    screening = parser.add_mutually_exclusive_group()
    screening.add_argument("--checker", default="", metavar="NAME", help=f"{HELP_CHECKER} The checkpoint's own if left out.")
    screening.add_argument("--unscreened", type=in_words, metavar="WHY", help="Why nobody screens.")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.png")


def settings_help() -> str:
    """Every method's settings in one paragraph."""
    schemas = {name: methods.describe(method.settings) for name, method in methods.METHODS.items()}
    return " ".join(f"{name} takes {'; '.join(described)}." for name, described in schemas.items())


def setting_of(text: str, form: str = "NAME=VALUE") -> tuple[str, Any]:
    """The name and value of "name=value"; a value that is no JSON is a text."""
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"“{text}” does not set anything; write --set {form}.")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def require_writable(out: Path) -> None:
    """Raise CommandError unless a PNG file can be written there."""
    if out.suffix.lower() != ".png" or not out.parent.is_dir():
        raise CommandError(f"--out must be a .png file in a folder that exists, not {out}.")


def checkpoint_of(options: dict[str, Any]) -> Loaded:
    revision = resolve_revision(options["checkpoint"], options["revision"])
    return load(options["checkpoint"], revision, settings.PLACEMENT)


def size_of(options: dict[str, Any], checkpoint: Loaded) -> int:
    size: int | None = options["size"]
    return checkpoint.denoiser.native_size if size is None else size


def checker_of(options: dict[str, Any], checkpoint: Loaded) -> SafetyChecker | None:
    """Who screens; None if there is a reason why nobody does."""
    if options["unscreened"]:
        return None
    try:
        return checker_for(options["checker"], checkpoint)
    except NoSafetyChecker as error:
        raise CommandError(f"{error} Here: --checker NAME, or --unscreened WHY.") from error


def screenings(checker: SafetyChecker | None, options: dict[str, Any], drawn: Sequence[Drawn]) -> list[Screening]:
    """What the checker finds in each image, or why nobody looked."""
    return screen(checker, options["unscreened"] or "", [one.pixels for one in drawn])

"""Try a method out: one prompt, one seed, one image."""

from typing import Any

import PIL.Image
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from generation import methods, sampler
from generation.checkpoints import Loaded
from generation.management import sampling
from generation.seeds import LARGEST_SEED
from generation.storing import Screening


class Command(BaseCommand):
    help = "Make one image with a method, to try the method out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--method", required=True, help=f"One of: {', '.join(methods.METHODS)}.")
        parser.add_argument("--prompt", required=True)
        parser.add_argument("--seed", required=True, type=int)
        help_entity = (
            "A phrase of the prompt that must be seen, for methods that steer; may be repeated. Found by rule if left out."
        )
        parser.add_argument("--entity", action="append", default=[], dest="entities", metavar="PHRASE", help=help_entity)
        help_set = f"A setting of the method; may be repeated. {sampling.settings_help()}"
        parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help=help_set)
        sampling.add_arguments(parser)

    def handle(self, **options: Any) -> None:
        sampling.require_writable(options["out"])
        if not 0 <= options["seed"] <= LARGEST_SEED:
            raise CommandError(f"--seed must lie between 0 and {LARGEST_SEED}.")
        try:
            settings = methods.complete(options["method"], dict(sampling.setting_of(text) for text in options["set"]))
            checkpoint = sampling.checkpoint_of(options)
            checker = sampling.checker_of(options, checkpoint)
            drawn = _draw(checkpoint, _row(options, settings, checkpoint))
        except sampling.REFUSALS as error:
            raise CommandError(str(error)) from error
        (screening,) = sampling.screenings(checker, options, [drawn])
        PIL.Image.fromarray(drawn.pixels).save(options["out"])
        self.stdout.write(f"{options['out']}: {_told(screening)}")


def _row(options: dict[str, Any], settings: dict[str, Any], checkpoint: Loaded) -> sampler.Row:
    same = {name: options[name] for name in ("prompt", "seed", "method", "scheduler", "evaluations")}
    size, entities = sampling.size_of(options, checkpoint), tuple(options["entities"])
    return sampler.Row(**same, settings=settings, size=size, entities=entities)


def _draw(checkpoint: Loaded, row: sampler.Row) -> sampler.Drawn:
    with tqdm(total=row.evaluations + 1, desc=row.method) as bar:  # and the decoding
        (drawn,) = sampler.sample(checkpoint.denoiser, [row], bar.update)
    return drawn


def _told(screening: Screening) -> str:
    if screening.unscreened_because:
        return f"not screened: {screening.unscreened_because}"
    return f"{'flagged as NSFW' if screening.flagged else 'not flagged'} by the safety checker of {screening.screened_by}"

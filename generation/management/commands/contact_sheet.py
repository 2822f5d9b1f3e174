"""Look at methods side by side: every method with every seed, for one prompt or several, on one sheet."""

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from generation import contact_sheet, methods
from generation.checkpoints import Loaded
from generation.management import sampling
from generation.methods.settings import REQUIRED, fields_of
from generation.safety import SafetyChecker
from generation.sampler import Row, fault_of, sample
from generation.seeds import parse_seeds
from generation.storing import Screening

FLAGGED = "flagged as NSFW"
Settings = Mapping[str, dict[str, Any]]  # of each method that is shown


class Command(BaseCommand):
    help = "Draw a sheet of images: methods × seeds for each prompt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--prompt", required=True, action="append", dest="prompts", metavar="P", help="May be repeated.")
        parser.add_argument("--seeds", default="0-3", help="For instance 0-3, 17.")
        parser.add_argument(
            "--method",
            action="append",
            default=[],
            dest="methods",
            metavar="M",
            help=f"May be repeated; all that can run if left out. One of: {', '.join(methods.METHODS)}.",
        )
        parser.add_argument("--negative", metavar="TEXT", help="What methods that need a negative text are led away from.")
        help_set = f"A setting of a method; may be repeated. {sampling.settings_help()}"
        parser.add_argument("--set", action="append", default=[], metavar="M:NAME=VALUE", help=help_set)
        sampling.add_arguments(parser)

    def handle(self, **options: Any) -> None:
        sampling.require_writable(options["out"])
        seeds = _seeds(options["seeds"])
        try:
            settings = self._settings(options)
            checkpoint = sampling.checkpoint_of(options)
            sheet = _Sheet(checkpoint, sampling.checker_of(options, checkpoint), options, settings, seeds)
            blocks = self._without_unfit(sheet).blocks()
        except sampling.REFUSALS as error:
            raise CommandError(str(error)) from error
        contact_sheet.draw(blocks).save(options["out"])
        remarks = [cell.remark for block in blocks for row in block.cells for cell in row]
        told = f"not screened: {options['unscreened']}" if options["unscreened"] else f"{remarks.count(FLAGGED)} {FLAGGED}"
        self.stdout.write(f"{options['out']}: {len(remarks)} images, {told}")

    def _settings(self, options: dict[str, Any]) -> Settings:
        """The complete settings of each method; says which are left out because nobody named them and they lack a negative."""
        given = _given(options["set"])
        chosen = list(dict.fromkeys(options["methods"] or methods.METHODS))
        if strangers := [name for name in given if name not in chosen]:
            raise CommandError(f"--set names a method that is not on the sheet: {', '.join(strangers)}; add --method.")
        needing = [name for name in chosen if _needs_negative(name) and "negative" not in given[name]]
        if options["negative"] is not None:
            given |= {name: {"negative": options["negative"], **given[name]} for name in needing}
        elif left_out := [name for name in needing if name not in options["methods"]]:
            self.stdout.write(f"Left out, because they need --negative: {', '.join(left_out)}.")
            chosen = [name for name in chosen if name not in left_out]
        return {name: methods.complete(name, given[name]) for name in chosen}

    def _without_unfit(self, sheet: "_Sheet") -> "_Sheet":
        """The sheet without the methods that nobody named and that cannot steer these prompts; says why."""
        faults = {method: sheet.fault(method) for method in sheet.settings if method not in sheet.options["methods"]}
        for method in (left_out := [method for method, fault in faults.items() if fault]):
            self.stdout.write(f"Left out: {method}. {faults[method]}")
        return dataclasses.replace(sheet, settings={m: given for m, given in sheet.settings.items() if m not in left_out})


@dataclasses.dataclass(frozen=True)
class _Sheet:
    """What is on the sheet, and what draws and screens it."""

    checkpoint: Loaded
    checker: SafetyChecker | None
    options: dict[str, Any]
    settings: Settings
    seeds: Sequence[int]

    def blocks(self) -> list[contact_sheet.Block]:
        """A block for each prompt."""
        prompts = self.options["prompts"]
        with tqdm(total=len(prompts) * len(self.seeds) * len(self.settings), unit="image") as bar:
            return [self._block(prompt, bar) for prompt in prompts]

    def fault(self, method: str) -> str:
        """Why the method cannot steer one of the prompts; empty if nothing is in its way."""
        rows = [self._row(prompt, self.seeds[0], method) for prompt in self.options["prompts"]]
        faults = (fault_of(self.checkpoint.denoiser, row) for row in rows)
        return next((str(fault) for fault in faults if isinstance(fault, sampling.CANNOT_STEER)), "")

    def _block(self, prompt: str, bar: "tqdm[Any]") -> contact_sheet.Block:
        columns = []
        for seed in self.seeds:  # all methods of a seed together: they start from the same predictions
            columns.append(self._column(prompt, seed))
            bar.update(len(self.settings))
        names = [_name(method, self._scheduler(method), self.options["scheduler"]) for method in self.settings]
        return contact_sheet.Block(prompt, names, [f"seed {seed}" for seed in self.seeds], list(zip(*columns, strict=True)))

    def _column(self, prompt: str, seed: int) -> list[contact_sheet.Cell]:
        rows = [self._row(prompt, seed, method) for method in self.settings]
        drawn = sample(self.checkpoint.denoiser, rows)
        screenings = sampling.screenings(self.checker, self.options, drawn)
        return [contact_sheet.Cell(one.pixels, _remark(screening)) for one, screening in zip(drawn, screenings, strict=True)]

    def _row(self, prompt: str, seed: int, method: str) -> Row:
        size = sampling.size_of(self.options, self.checkpoint)
        scheduler, evaluations = self._scheduler(method), self.options["evaluations"]
        return Row(prompt, seed, method, self.settings[method], scheduler, evaluations, size)

    def _scheduler(self, method: str) -> str:
        """The scheduler that was asked for, or the first that the method's rule holds under."""
        asked: str = self.options["scheduler"]
        fit = methods.find(method).schedulers
        return asked if not fit or asked in fit else fit[0]


def _seeds(text: str) -> list[int]:
    try:
        return parse_seeds(text)
    except ValidationError as error:
        raise CommandError(f"--seeds: {error.message}") from error


def _given(texts: Sequence[str]) -> defaultdict[str, dict[str, Any]]:
    """The settings that "method:name=value" gives, by method."""
    form = "METHOD:NAME=VALUE"
    given: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for text in texts:
        method, colon, rest = text.partition(":")
        if not colon:
            raise CommandError(f"“{text}” does not say whose setting it is; write --set {form}.")
        methods.find(method)
        name, value = sampling.setting_of(rest, form)
        given[method][name] = value
    return given


def _needs_negative(method: str) -> bool:
    field = fields_of(methods.find(method).settings).get("negative")
    return field is not None and field.default is REQUIRED


def _name(method: str, scheduler: str, usual: str) -> str:
    return method if scheduler == usual else f"{method}, {scheduler}"


def _remark(screening: Screening) -> str:
    return FLAGGED if screening.flagged else ""

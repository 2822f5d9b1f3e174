import csv
import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.judges import NO_CLEAR_WINNER, NO_CLEAR_WINNER_ROW
from analysis.web.management.results import study_with_results
from analysis.web.trace import NoSuchCell, Trace, TracedImage, TracedVote, trace
from studies.management.studies import add_study_argument

VOTE_COLUMNS = ("worker", "trial", "prompt_set", "prompt", "seed", "criterion", "shown", "choice", "answered_at", "excluded")
IMAGE_COLUMNS = (
    "image",
    "prompt_set",
    "prompt",
    "seed",
    "condition",
    "file",
    "sha256",
    "published_file",
    "method",
    "settings",
    "checkpoint",
    "revision",
)


class Command(BaseCommand):
    help = "From a cell of a study's table to the votes that it counts and the images that they were given on."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("--prompt-set", required=True, metavar="NAME")
        parser.add_argument("--method", required=True, metavar="NAME", help=f"a row of the table; “{NO_CLEAR_WINNER_ROW}” too")
        parser.add_argument("--criterion", required=True, metavar="NAME")
        parser.add_argument("--rehearsal", action="store_true", help="the votes of the rehearsal instead of people's")
        parser.add_argument("--csv", choices=("votes", "images"), help="only these, as CSV for programs")

    def handle(
        self, *, study: str, prompt_set: str, method: str, criterion: str, rehearsal: bool, csv: str | None, **_: Any
    ) -> None:
        found = study_with_results(study, rehearsal=rehearsal)
        try:
            traced = trace(found, prompt_set, method, criterion, rehearsal=rehearsal)
        except NoSuchCell as error:
            raise CommandError(str(error)) from error
        tables = {"votes": (VOTE_COLUMNS, _vote_rows(traced)), "images": (IMAGE_COLUMNS, _image_rows(traced))}
        if csv:
            self._write_table(*tables[csv])
        else:
            self.stdout.writelines(f"{line}\n" for line in _lines(str(found), traced))

    def _write_table(self, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _vote_rows(traced: Trace) -> Iterator[tuple[Any, ...]]:
    for vote in (*traced.counted, *traced.excluded):
        where = (vote.worker, vote.trial, traced.prompt_set, vote.prompt, vote.seed, traced.criterion)
        yield (*where, "|".join(vote.shown), _choice(traced), _moment(vote), vote.excluded)


def _image_rows(traced: Trace) -> Iterator[tuple[Any, ...]]:
    for image in traced.images:
        where = (image.image, traced.prompt_set, image.prompt, image.seed, image.condition)
        files = (image.file, image.sha256, image.published_file)
        yield (*where, *files, image.method, json.dumps(image.settings), image.checkpoint, image.revision)


def _choice(traced: Trace) -> str:
    """As the votes file writes it."""
    return NO_CLEAR_WINNER if traced.method == NO_CLEAR_WINNER_ROW else traced.method


def _moment(vote: TracedVote) -> str:
    return vote.answered_at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _lines(study: str, traced: Trace) -> Iterator[str]:
    """The cell, its votes and their images, for people."""
    line = traced.line
    yield f"{study} · {traced.prompt_set} · {traced.method} · {traced.criterion}"
    yield f"{line.votes} of {line.total} votes: {line.percent} %" if line else "Nobody could vote so: no votes, no share."
    yield f"\nVotes that count: {len(traced.counted)}"
    yield from (_said(vote) for vote in traced.counted)
    yield f"\nVotes that were excluded and are in no share: {len(traced.excluded)}"
    yield from (f"{_said(vote)} · excluded: {vote.excluded}" for vote in traced.excluded)
    yield f"\nImages shown with these votes: {len(traced.images)}"
    for image in traced.images:
        yield from _described(image)


def _said(vote: TracedVote) -> str:
    return (
        f"  {vote.worker} · trial {vote.trial} · {_moment(vote)} · “{vote.prompt}” · seed {vote.seed}"
        f" · shown {' | '.join(vote.shown)}"
    )


def _described(image: TracedImage) -> Iterator[str]:
    yield f"  image {image.image} · “{image.prompt}” · seed {image.seed} · {image.condition}"
    yield f"    made:  {image.file} · sha256 {image.sha256 or 'not known'}"
    yield f"    shown: {image.published_file}"
    drawn_by = f" · {image.checkpoint}@{image.revision}" if image.checkpoint else ""
    yield f"    {image.method} {json.dumps(image.settings)}{drawn_by}"

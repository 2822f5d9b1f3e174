"""A captioning study's answers as rows of a file: the columns of a votes file where they mean something, and the captions."""

from collections.abc import Iterator
from typing import Any

from studies.durations import seconds
from studies.export import lines_of, moment
from studies.models import Exclusion, Study, Trial, WorkerCaption

COLUMNS = (
    "study",
    "prompt_set",
    "prompt",
    "seed",
    "worker",
    "caption",
    "indescribable",
    "decision",
    "answered_at",
    "seconds",
    "trial",
    "rehearsal",
    "excluded",
    "subset",
    "session",
    "channel",
)
RELATED = ("trial__session", "trial__worker", "trial__comparison__prompt__prompt_set")


def caption_lines(study: Study, *, rehearsal: bool) -> Iterator[str]:
    """The lines of the captions file, the names of the columns first."""
    return lines_of(COLUMNS, caption_rows(study, rehearsal=rehearsal))


def caption_rows(study: Study, *, rehearsal: bool) -> Iterator[tuple[Any, ...]]:
    """One row of COLUMNS for each caption, rejected ones too, in the order in which they were given."""
    reasons = dict(Exclusion.objects.in_force().filter(study=study).values_list("worker", "reason"))
    captions = WorkerCaption.objects.of(study, rehearsal=rehearsal).select_related(*RELATED)
    for caption in captions.iterator(chunk_size=2000):
        trial = caption.trial
        prompt = trial.comparison.prompt
        yield (
            study.name,
            prompt.prompt_set.name,
            prompt.text,
            trial.comparison.seed,
            trial.worker.pseudonym,
            caption.text,
            int(caption.indescribable),
            caption.decision,
            moment(trial.answered_at) if trial.answered_at else "",
            _seconds(trial),
            trial.pk,
            int(rehearsal),
            reasons.get(trial.worker_id, "") if trial.state == Trial.State.EXCLUDED else "",
            prompt.subset,
            trial.session_id,
            trial.worker.channel,
        )


def _seconds(trial: Trial) -> str:
    if trial.shown_at is None or trial.answered_at is None:
        return ""
    return f"{seconds(trial.visible_seconds, trial.shown_at, trial.answered_at):.1f}"

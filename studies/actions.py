"""What a researcher does to a study as a whole. Each is a button in the admin and a command, and leaves a line in the log."""

import itertools
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Model

from studies import publishing
from studies.errors import ImpossibleMove
from studies.flagging import flag_workers
from studies.models import LogLine, QualityPlan, Study
from studies.models.study import new_token

COMMAND_LINE = "command line"
REOPENED = "reopen"
RESULTS_WERE_SEEN = "It was closed before: results could be seen meanwhile."
LONGEST_NAME = 100


def publish(study: Study, who: str, now: datetime, *, watch: publishing.Watch = iter) -> str:
    """Publish a draft; what was done, in a sentence. Raises NotPublishable with everything that is missing."""
    publishing.publish(study, now, watch=watch)
    comparisons = f"Comparisons: {study.comparisons.wanted().count()}."
    LogLine.objects.add(study, who, "publish", comparisons, now)
    return f"“{study}” is published. {comparisons}"


@transaction.atomic
def pause(study: Study, who: str, now: datetime) -> str:
    """Take no votes for a while; what was done, in a sentence. Raises ImpossibleMove unless the study is open."""
    if not study.pause():
        raise ImpossibleMove(f"“{study}” cannot be paused: it is {_state(study)}, and takes no votes anyway.")
    LogLine.objects.add(study, who, "pause", "", now)
    return f"“{study}” is paused: it takes no votes until it is resumed."


@transaction.atomic
def resume(study: Study, who: str, now: datetime) -> str:
    """Take votes again; what was done, in a sentence. Raises ImpossibleMove for a draft, and for an open study."""
    was_closed = study.state == Study.State.CLOSED
    if not study.resume():
        hint = "publish it first" if study.is_draft else "it takes votes already"
        raise ImpossibleMove(f"“{study}” cannot be resumed: it is {_state(study)}; {hint}.")
    if was_closed:
        LogLine.objects.add(study, who, REOPENED, RESULTS_WERE_SEEN, now)
        return f"“{study}” takes votes again. {RESULTS_WERE_SEEN}"
    LogLine.objects.add(study, who, "resume", "", now)
    return f"“{study}” takes votes again."


@transaction.atomic
def close(study: Study, who: str, now: datetime) -> str:
    """Take no more votes and show the results; what was done, in a sentence. Raises ImpossibleMove unless it was published."""
    if not study.close():
        hint = "delete it if it is not wanted" if study.is_draft else "there is nothing left to do"
        raise ImpossibleMove(f"“{study}” cannot be closed: it is {_state(study)}; {hint}.")
    LogLine.objects.add(study, who, "close", "", now)
    flag_workers(study, now)  # the last sessions, too, before anybody decides on exclusions
    return f"“{study}” is closed: it takes no more votes, and its results can be seen."


@transaction.atomic
def add_votes(study: Study, who: str, now: datetime, more: int) -> str:
    """Ask for more votes on each comparison; what was done, in a sentence. Raises NotPublishable as publishing.add_votes."""
    publishing.add_votes(study, more)
    wanted = f"{study.votes_wanted} votes per comparison, {more} of them new."
    LogLine.objects.add(study, who, "add votes", wanted, now)
    return f"“{study}” wants {wanted}"


@transaction.atomic
def clone(study: Study, who: str, now: datetime, *, without_workers_of: Iterable[Study] = ()) -> Study:
    """A new draft with the same design.

    without_workers_of: studies whose workers may not take part, beside those that the original names.
    """
    draft = Study.objects.get(pk=study.pk)  # not the object at hand, which may carry changes that nobody saved
    draft.name, draft.state, draft.published_at = _name_of_copy(study), Study.State.DRAFT, None
    draft.token, draft.rehearsal_token = new_token(), new_token()
    _save_as_new(draft)
    draft.earlier_studies.set([*study.earlier_studies.all(), *without_workers_of])
    _copy_parts(study, draft)
    LogLine.objects.add(draft, who, "clone", f"Of “{study}”.", now)
    return draft


def _copy_parts(study: Study, draft: Study) -> None:
    """Conditions, prompt sets, criteria, quiz, checks and examples; examples share their files."""
    examples = list(study.examples.all())
    for example in examples:
        example.token = new_token()
    parts = (study.conditions, study.prompt_sets, study.criteria, study.quiz_questions)
    rows = itertools.chain(*(part.all() for part in parts), QualityPlan.objects.filter(study=study), examples)
    for row in rows:
        row.study = draft
        _save_as_new(row)


def _save_as_new(row: Model) -> None:
    row.pk, row._state.adding = None, True
    row.save(force_insert=True)


def _name_of_copy(study: Study) -> str:
    """The first name that is free of “… (copy)”, “… (copy 2)” and so on."""
    endings = itertools.chain([" (copy)"], (f" (copy {number})" for number in itertools.count(2)))
    names = (study.name[: LONGEST_NAME - len(ending)].rstrip() + ending for ending in endings)
    return next(name for name in names if not Study.objects.filter(name=name).exists())


def _state(study: Study) -> str:
    return study.get_state_display().lower()

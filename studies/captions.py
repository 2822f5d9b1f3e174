"""Captions of people: a researcher accepts them, and they become the negatives of `dnp` conditions.

Desai & Vasconcelos (ECCV 2024), §4.1: people describe diffusion-negative images. What nobody can describe (§3) is an answer
too: its pair is drawn with the empty negative, and counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from generation.models import Caption, Image
from generation.negatives import HUMAN, PEOPLE
from studies.errors import ImpossibleDecision
from studies.models import ComparisonImage, Study, Trial, WorkerCaption

REHEARSAL = " (rehearsal)"


@dataclass(frozen=True)
class Decided:
    """How many captions became negatives; how many were left, as their image has another one."""

    accepted: int
    left: int


@dataclass(frozen=True)
class SetCount:
    """Of a prompt set: images with an accepted answer, and how many of these cannot be described."""

    prompt_set: str
    images: int
    answered: int
    indescribable: int

    @property
    def said(self) -> str:
        return (
            f"{self.prompt_set}: {self.answered} of {self.images} images have an accepted answer; "
            f"{self.indescribable} of these cannot be described."
        )


def captioner_of(study: Study, *, rehearsal: bool) -> str:
    """Who says what this study's workers say, as generation knows it; a rehearsal never stands for people."""
    return f"{PEOPLE}{study.name}{REHEARSAL if rehearsal else ''}"


@transaction.atomic
def accept(captions: Iterable[WorkerCaption], who: str, now: datetime) -> Decided:
    """Make each caption the one of its image, in the order given; those whose image has one already are left as they are."""
    found = [_accept(caption, who, now) for caption in captions]
    return Decided(accepted=sum(found), left=len(found) - sum(found))


def _accept(caption: WorkerCaption, who: str, now: datetime) -> bool:
    session = caption.trial.session
    own = {
        "source": {"source": HUMAN, "study": session.study.name},
        "state": Caption.State.INDESCRIBABLE if caption.indescribable else Caption.State.DONE,
        "text": caption.text,
        "provenance": _provenance(caption, who),
        "finished_at": now,
    }
    captioner = captioner_of(session.study, rehearsal=session.rehearsal)
    _, created = Caption.objects.get_or_create(image=_image_of(caption.trial), captioner=captioner, defaults=own)
    return created and caption.decide(WorkerCaption.Decision.ACCEPTED, who, now)


def _image_of(trial: Trial) -> Image:
    """The image that the trial's worker saw."""
    return ComparisonImage.objects.select_related("source").get(comparison=trial.comparison_id).source


def _provenance(caption: WorkerCaption, who: str) -> dict[str, Any]:
    trial = caption.trial
    return {
        "study": trial.session.study.name,
        "worker": trial.worker.pseudonym,
        "channel": trial.worker.channel,
        "session": trial.session_id,
        "trial": trial.pk,
        "answered_at": trial.answered_at.isoformat() if trial.answered_at else "",
        "accepted_by": who,
    }


@transaction.atomic
def reject(captions: Iterable[WorkerCaption], who: str, now: datetime) -> int:
    """Refuse captions and give their places to other workers; their number.

    Raises ImpossibleDecision, with nothing changed, for one that was decided on already.
    """
    rejected = 0
    for caption in captions:
        if not caption.decide(WorkerCaption.Decision.REJECTED, who, now):
            raise ImpossibleDecision(f"“{caption}” was decided on already; a decision stays, as images may be drawn with it.")
        rejected += Trial.objects.filter(pk=caption.trial_id).release(Trial.State.GIVEN_BACK)
    return rejected


def counts(study: Study, *, rehearsal: bool) -> list[SetCount]:
    """How far the study is in each prompt set, and how much of it cannot be described (§3)."""
    captioner = captioner_of(study, rehearsal=rehearsal)
    shown = ComparisonImage.objects.filter(comparison__study=study).values_list(
        "comparison__prompt__prompt_set__name", "source"
    )
    states = dict(Caption.objects.filter(captioner=captioner).values_list("image", "state"))
    by_set: dict[str, list[str | None]] = {}
    for name, image in shown:
        by_set.setdefault(name, []).append(states.get(image))
    return [
        SetCount(
            prompt_set=name,
            images=len(found),
            answered=sum(state is not None for state in found),
            indescribable=found.count(Caption.State.INDESCRIBABLE),
        )
        for name, found in sorted(by_set.items())
    ]

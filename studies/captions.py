"""Captions of people: a researcher accepts them, and they become the negatives of `dnp` conditions.

Desai & Vasconcelos (ECCV 2024), §4.1: people describe diffusion-negative images. What nobody can describe (§3) is an answer
too: its pair is drawn with the empty negative, and counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from generation.models import Caption
from generation.negatives import HUMAN, PEOPLE
from studies.errors import ImpossibleDecision
from studies.models import ComparisonImage, Study, Trial, WorkerCaption
from studies.models.caption import WorkerCaptionQuerySet, captioner_of


@dataclass(frozen=True)
class Decided:
    """How many captions became negatives; how many were left, as their image has another one or they wait no more."""

    accepted: int
    left: int

    @property
    def said(self) -> str:
        why = f" {self.left} were left: their images have one already, or they wait no more." if self.left else ""
        return f"Accepted: {self.accepted}.{why}"


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


@transaction.atomic
def accept(captions: Iterable[WorkerCaption], who: str, now: datetime) -> Decided:
    """Make each caption the one of its image, in the order given.

    Those are left as they are whose image has one already, on which somebody has decided, or whose trial does not count.
    """
    found = list(captions)
    _one_at_a_time(found)
    waiting = set(_stored(found).pending().values_list("pk", flat=True))
    accepted = sum(caption.pk in waiting and _accept(caption, who, now) for caption in found)
    return Decided(accepted=accepted, left=len(found) - accepted)


def _one_at_a_time(captions: Sequence[WorkerCaption]) -> None:
    """Let others wait who decide on captions, exclude workers or give answers back; studies before trials, as everywhere."""
    trials = Trial.objects.filter(pk__in=[caption.trial_id for caption in captions])
    list(Study.objects.filter(sessions__trials__in=trials).order_by("pk").select_for_update(of=("self",)))
    list(trials.order_by("pk").select_for_update(of=("self",)))


def _stored(captions: Sequence[WorkerCaption]) -> WorkerCaptionQuerySet:
    """As the database has them now."""
    return WorkerCaption.objects.filter(pk__in=[caption.pk for caption in captions])


def _accept(caption: WorkerCaption, who: str, now: datetime) -> bool:
    own = {
        "source": {"source": HUMAN, "study": caption.captioner.removeprefix(PEOPLE)},
        "state": Caption.State.INDESCRIBABLE if caption.indescribable else Caption.State.DONE,
        "text": caption.text,
        "provenance": _provenance(caption, who),
        "finished_at": now,
    }
    _, created = Caption.objects.get_or_create(image=caption.image, captioner=caption.captioner, defaults=own)
    if created:
        caption.decide(WorkerCaption.Decision.ACCEPTED, who, now)
    return created


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

    What was accepted may be rejected as long as no image is drawn with it. Raises ImpossibleDecision, with nothing changed,
    for one that images are drawn with, and for one that was rejected already or does not count.
    """
    found = list(captions)
    _one_at_a_time(found)
    _stored(found).take_back()
    stored = list(_stored(found).select_related("trial"))
    for caption in stored:
        _refuse(caption)
        caption.decide(WorkerCaption.Decision.REJECTED, who, now)
    return Trial.objects.filter(pk__in=[caption.trial_id for caption in stored]).release(Trial.State.GIVEN_BACK)


def _refuse(caption: WorkerCaption) -> None:
    """Raise ImpossibleDecision unless the caption can be rejected."""
    if caption.decision == WorkerCaption.Decision.ACCEPTED:
        raise ImpossibleDecision(f"“{caption}” stays accepted: images are drawn with it. Nothing was rejected.")
    if caption.decision == WorkerCaption.Decision.REJECTED:
        raise ImpossibleDecision(f"“{caption}” was rejected already, and somebody else is asked. Nothing was rejected.")
    if caption.trial.state != Trial.State.DONE:
        raise ImpossibleDecision(f"“{caption}” does not count, as its worker is excluded. Nothing was rejected.")


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

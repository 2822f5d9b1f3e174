"""What a worker says of an image shown alone, and what a researcher decides of it."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from generation.models import Caption, Image, Run
from generation.negatives import PEOPLE
from studies.models.comparison import ComparisonImage
from studies.models.study import Study

LONGEST_CAPTION = 300
REHEARSAL = " (rehearsal)"


def captioner_of(study: Study, *, rehearsal: bool) -> str:
    """Who says what this study's workers say, as generation knows it; a rehearsal never stands for people."""
    return f"{PEOPLE}{study.name}{REHEARSAL if rehearsal else ''}"


class WorkerCaptionQuerySet(models.QuerySet["WorkerCaption"]):
    def of(self, study: Study, *, rehearsal: bool) -> "WorkerCaptionQuerySet":
        """A study's captions, or those of its rehearsal, the first given first."""
        sessions = self.filter(trial__session__study=study, trial__session__rehearsal=rehearsal)
        return sessions.order_by("trial__answered_at", "pk")

    def pending(self) -> "WorkerCaptionQuerySet":
        """Those that nobody has decided on, of trials that still count."""
        return self.filter(decision=WorkerCaption.Decision.PENDING, trial__state="done")

    def accepted(self) -> "WorkerCaptionQuerySet":
        return self.filter(decision=WorkerCaption.Decision.ACCEPTED)

    def take_back(self) -> None:
        """Undo, in a transaction, that these were accepted; those stay accepted that images are drawn with."""
        accepted = list(self.accepted().select_related("trial__session__study"))
        if accepted:
            list(Run.objects.order_by("pk").select_for_update())  # no run gives one of them to an image meanwhile
        for caption in accepted:
            caption._take_back()


class WorkerCaption(models.Model):
    """A worker's words for the image of a trial, or that it cannot be described."""

    class Decision(models.TextChoices):
        PENDING = "pending"
        ACCEPTED = "accepted"
        REJECTED = "rejected"

    trial = models.OneToOneField("studies.Trial", on_delete=models.PROTECT, related_name="caption")
    text = models.CharField(max_length=LONGEST_CAPTION, blank=True)
    indescribable = models.BooleanField("cannot be described", default=False)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.PENDING)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = WorkerCaptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(indescribable=True, text="") | (Q(indescribable=False) & ~Q(text=""))),
                name="a_text_or_cannot_be_described",
            ),
        ]

    def __str__(self) -> str:
        return self.text or "cannot be described"

    @property
    def image(self) -> Image:
        """The image that the worker saw."""
        return ComparisonImage.objects.select_related("source").get(comparison=self.trial.comparison_id).source

    @property
    def captioner(self) -> str:
        """Who says it, as generation knows it."""
        return captioner_of(self.trial.session.study, rehearsal=self.trial.session.rehearsal)

    @property
    def is_open_to_decision(self) -> bool:
        """Whether it may be accepted or rejected, unless images are drawn with it."""
        return self.decision != WorkerCaption.Decision.REJECTED and self.trial.state == "done"

    def decide(self, decision: str, who: str, now: datetime) -> None:
        """Note what was decided on this caption."""
        self.decision, self.decided_by, self.decided_at = decision, who, now
        self.save(update_fields=["decision", "decided_by", "decided_at"])

    def _take_back(self) -> None:
        negatives = Caption.objects.filter(image=self.image, captioner=self.captioner)
        if any(negative.images_led_away() for negative in negatives):
            return
        negatives.delete()
        self.decision, self.decided_by, self.decided_at = WorkerCaption.Decision.PENDING, "", None
        self.save(update_fields=["decision", "decided_by", "decided_at"])

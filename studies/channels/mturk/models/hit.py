"""HITs and assignments, as far as this site knows what Mechanical Turk has of them."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from studies.channels.mturk.models.posting import Posting
from studies.models import Comparison, ComparisonImage, Session, Trial, Worker
from studies.models.study import new_token


class HitQuerySet(models.QuerySet["Hit"]):
    def live(self, posting: Posting, now: datetime) -> "HitQuerySet":
        """Those of a posting that somebody may still hand in, as far as their end is known."""
        last = now - timedelta(seconds=posting.assignment_seconds)
        not_over = Q(expires_at=None) | Q(expires_at__gte=last)
        return self.filter(not_over, posting=posting).exclude(state=Hit.State.DISPOSED)

    def created(self) -> "HitQuerySet":
        """Those that Mechanical Turk has."""
        return self.exclude(hit_id="").exclude(state=Hit.State.DISPOSED)

    def hinted(self) -> "HitQuerySet":
        """Those at which something has happened since they were looked at."""
        return self.created().filter(Q(looked_at=None, hinted_at__isnull=False) | Q(hinted_at__gt=F("looked_at")))

    def waiting(self) -> "HitQuerySet":
        """Those with answers here that are not confirmed."""
        unconfirmed = Trial.objects.filter(state=Trial.State.UNCONFIRMED, session__frame_visit__hit=OuterRef("pk"))
        return self.created().filter(Exists(unconfirmed), hinted_at__isnull=False, looked_at__isnull=False)


class Hit(models.Model):
    """Comparisons that workers do together for one reward."""

    class State(models.TextChoices):
        WANTED = "wanted"  # not yet there, as far as we know
        ASSIGNABLE = "Assignable"
        UNASSIGNABLE = "Unassignable"
        REVIEWABLE = "Reviewable"
        REVIEWING = "Reviewing"
        DISPOSED = "Disposed"

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="hits")
    number = models.PositiveIntegerField(help_text="Of the posting's HITs, from 1.")
    comparisons = models.ManyToManyField(Comparison, related_name="+")
    token = models.CharField(
        max_length=40, unique=True, default=new_token, help_text="Its RequesterAnnotation, and its address."
    )
    hit_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.WANTED)
    max_assignments = models.PositiveIntegerField()
    returned_cents = models.PositiveIntegerField(default=0, help_text="What came back for assignments never made.")
    expires_at = models.DateTimeField(null=True)
    hinted_at = models.DateTimeField(null=True, help_text="When somebody last said that something happened.")
    looked_at = models.DateTimeField(null=True, help_text="When its assignments were last read.")

    objects = HitQuerySet.as_manager()

    class Meta:
        ordering = ["posting", "number"]
        constraints = [
            models.UniqueConstraint(fields=["posting", "number"], name="one_hit_per_number"),
            models.UniqueConstraint(fields=["hit_id"], condition=~Q(hit_id=""), name="one_row_per_hit"),
        ]

    def __str__(self) -> str:
        return f"HIT {self.number} of {self.posting}"

    def is_worth_a_look(self, now: datetime) -> bool:
        """Of one with answers that wait: whether as much time went by since the last look as before it, so ever more rarely."""
        if self.looked_at is None or self.hinted_at is None:
            return True
        return now - self.looked_at >= self.looked_at - self.hinted_at

    def hint(self, now: datetime) -> None:
        """Note that something may have happened, so that the next poll looks here."""
        Hit.objects.filter(pk=self.pk).update(hinted_at=now)

    def is_over(self, now: datetime) -> bool:
        """Whether no assignment of it can be handed in any more: it expired, and nobody works on it.

        Mechanical Turk says so of what is reviewable; else it is certain once what was accepted last has expired, too.
        """
        if self.state == Hit.State.DISPOSED:
            return True
        if self.expires_at is None or now < self.expires_at:
            return False
        last = timedelta(seconds=self.posting.assignment_seconds)
        return self.state in (Hit.State.REVIEWABLE, Hit.State.REVIEWING) or now > self.expires_at + last


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def of(self, posting: Posting) -> "AssignmentQuerySet":
        return self.filter(hit__posting=posting)

    def submitted(self) -> "AssignmentQuerySet":
        """Those that wait for a decision."""
        return self.filter(status=Assignment.Status.SUBMITTED)


class Assignment(models.Model):
    """A HIT that a worker handed in there; rows are made from what Mechanical Turk says alone."""

    class Status(models.TextChoices):
        SUBMITTED = "Submitted"
        APPROVED = "Approved"
        REJECTED = "Rejected"

    hit = models.ForeignKey(Hit, on_delete=models.PROTECT, related_name="assignments")
    assignment_id = models.CharField(max_length=64, unique=True)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    session = models.OneToOneField(Session, null=True, on_delete=models.PROTECT, related_name="assignment")
    status = models.CharField(max_length=10, choices=Status)
    accepted_at = models.DateTimeField()
    submitted_at = models.DateTimeField()
    auto_approves_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    feedback = models.TextField(blank=True)
    answers = models.TextField(blank=True, help_text="QuestionFormAnswers, as they came.")
    fault = models.CharField(max_length=300, blank=True, help_text="Why it has no votes; empty where it has.")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["submitted_at", "pk"]

    def __str__(self) -> str:
        return self.assignment_id

    @property
    def seconds(self) -> float:
        """From accepting to handing in, as Mechanical Turk says."""
        return (self.submitted_at - self.accepted_at).total_seconds()


class SharedImage(models.Model):
    """An image of a comparison where a page of its own finds it: under a key that says nothing."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="shared_images")
    image = models.ForeignKey(ComparisonImage, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(help_text="In the neutral order that the page holds, from 0.")
    uploaded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["posting", "image"], name="one_key_per_posting_and_image")]

    def __str__(self) -> str:
        return self.key


class FrameVisit(models.Model):
    """A session that was opened in MTurk's frame; whether it was handed in there is for Mechanical Turk to say."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="frame_visit")
    hit = models.ForeignKey(Hit, on_delete=models.PROTECT, related_name="visits")

    def __str__(self) -> str:
        return self.session.visit

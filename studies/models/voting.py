"""Workers, their sittings, and their votes."""

from django.db import models
from django.db.models import Q

from studies.models.comparison import Comparison, Place
from studies.models.study import Criterion, Study, StudyCondition, new_token


class Worker(models.Model):
    """A person voting, known by a channel and that channel's id."""

    channel = models.CharField(max_length=20)
    channel_id = models.CharField(max_length=100)
    pseudonym = models.CharField(max_length=20, unique=True, help_text="What exports call this worker.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "channel_id"], name="one_worker_per_channel_id")]

    def __str__(self) -> str:
        return self.pseudonym


class Session(models.Model):
    """One worker's sitting: an ordered list of trials."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        ABANDONED = "abandoned"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="sessions")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="sessions")
    rehearsal = models.BooleanField(default=False)
    token = models.CharField(max_length=40, unique=True, default=new_token)
    code = models.CharField(max_length=40, default=new_token, help_text="Shown at the end.")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    started_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "worker", "rehearsal"], condition=Q(state="open"), name="one_open_session_per_worker"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} · {self.study}"


class Trial(models.Model):
    """One place given to one worker."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        GIVEN_BACK = "given back"

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="trials")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="trials")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="trials")
    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="trials")
    number = models.PositiveSmallIntegerField(help_text="Place in the session, from 1.")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    shown_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(fields=["place"], condition=~Q(state="given back"), name="one_open_or_done_trial_per_place"),
            models.UniqueConstraint(fields=["worker", "comparison"], name="one_trial_per_worker_and_comparison"),
        ]

    def __str__(self) -> str:
        return f"{self.session} · trial {self.number}"


class Vote(models.Model):
    """One answer to one criterion of one trial: a condition, or no clear winner (a value, never null in an export)."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="votes")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="votes")
    no_clear_winner = models.BooleanField(default=False)
    condition = models.ForeignKey(StudyCondition, null=True, blank=True, on_delete=models.PROTECT, related_name="votes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "criterion"], name="one_vote_per_trial_and_criterion"),
            models.CheckConstraint(
                condition=Q(no_clear_winner=True, condition=None) | Q(no_clear_winner=False, condition__isnull=False),
                name="a_condition_or_no_clear_winner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial} · {self.criterion}"

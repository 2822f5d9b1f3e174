"""Workers' sittings: opened, left, finished, withdrawn."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import models, transaction
from django.db.models import F, Q

from studies.models.study import Study, new_token
from studies.models.vote import Report
from studies.models.worker import Worker

if TYPE_CHECKING:
    from studies.models.trial import Trial


class Progress(NamedTuple):
    """How many trials are answered, of how many."""

    done: int
    total: int


class SessionQuerySet(models.QuerySet["Session"]):
    def open(self) -> "SessionQuerySet":
        return self.filter(state=Session.State.OPEN)

    def of(self, study: Study, *, rehearsal: bool) -> "SessionQuerySet":
        """A study's real sessions, or those of its rehearsal."""
        return self.filter(study=study, rehearsal=rehearsal)

    def stale(self, study: Study, now: datetime) -> "SessionQuerySet":
        """The study's open sessions that nobody has touched for too long."""
        return self.open().filter(study=study, last_seen_at__lte=now - timedelta(minutes=study.session_minutes))

    @transaction.atomic
    def abandon_stale(self, study: Study, now: datetime) -> int:
        """Give back the unanswered trials of the study's stale sessions; the number of sessions abandoned."""
        from studies.models.trial import Trial  # trial.py needs this module first

        abandoned = self.stale(study, now).update(state=Session.State.ABANDONED)
        if abandoned:
            left = Trial.objects.open().filter(session__study=study, session__state=Session.State.ABANDONED)
            left.release(Trial.State.GIVEN_BACK)
        return abandoned


class Session(models.Model):
    """One worker's sitting: an ordered list of trials."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        ABANDONED = "abandoned"
        WITHDRAWN = "withdrawn"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="sessions")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="sessions")
    rehearsal = models.BooleanField(default=False)
    visit = models.CharField(
        max_length=100, blank=True, help_text="What the channel calls this sitting, where it tells them apart."
    )
    needs_confirmation = models.BooleanField(
        default=False, help_text="Answers count once the channel says that the worker handed them in there."
    )
    token = models.CharField(max_length=40, unique=True, default=new_token)
    code = models.CharField(max_length=40, default=new_token, help_text="Shown at the end.")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    quiz_passed_at = models.DateTimeField(null=True, blank=True)
    quiz_attempts = models.PositiveSmallIntegerField(default=0)
    demographics = models.JSONField(default=dict, blank=True, help_text="What the worker chose to tell.")
    comment = models.TextField(blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "worker", "rehearsal", "visit"], condition=Q(state="open"), name="one_open_session_per_worker"
            ),
            models.UniqueConstraint(
                fields=["study", "worker", "visit"],
                condition=Q(needs_confirmation=True) & ~Q(state__in=["abandoned", "withdrawn"]),
                name="one_session_per_visit_to_confirm",
            ),
        ]
        indexes = [models.Index(fields=["study", "state", "last_seen_at"], name="sessions_by_last_seen")]

    def __str__(self) -> str:
        return f"{self.worker} · {self.study}"

    @property
    def waits_for_quiz(self) -> bool:
        """Whether the worker still has to pass the study's quiz."""
        return self.quiz_passed_at is None and self.study.quiz_questions.exists()

    def try_quiz(self, *, passed_at: datetime | None) -> None:
        """Count an attempt at the quiz; a time stands for all questions answered rightly, None for a wrong answer."""
        Session.objects.filter(pk=self.pk, quiz_passed_at=None).update(
            quiz_attempts=F("quiz_attempts") + 1, quiz_passed_at=passed_at
        )
        self.refresh_from_db()

    def next_trial(self) -> "Trial | None":
        """The first trial that waits for an answer; None if none does."""
        return self.trials.open().order_by("number").first()

    def last_answered(self) -> "Trial | None":
        """The trial that an undo takes back: the last that is answered, while the session is open."""
        if self.state != self.State.OPEN:
            return None
        return self.trials.answered().order_by("-number").first()

    def touch(self, now: datetime) -> None:
        """Note that the worker is still there."""
        Session.objects.open().filter(pk=self.pk).update(last_seen_at=now)

    def finish(self, now: datetime) -> None:
        """Close this session once no trial waits for an answer; before that, and a second time, nothing changes."""
        if self.trials.open().exists():
            return
        Session.objects.open().filter(pk=self.pk).update(state=Session.State.DONE, finished_at=now, last_seen_at=now)
        self.refresh_from_db()

    @transaction.atomic
    def withdraw(self, now: datetime) -> None:
        """Take the worker out of the study: open trials are given back in all the worker's sessions there.

        What the worker gave so far, votes, demographics and comments, is deleted, and the places are free again, unless
        the study keeps it as its consent says.
        """
        Study.objects.select_for_update().get(pk=self.study.pk)  # no session of this worker opens meanwhile
        sessions = Session.objects.filter(study=self.study, worker=self.worker, rehearsal=self.rehearsal)
        sessions.exclude(state=Session.State.WITHDRAWN).update(state=Session.State.WITHDRAWN, finished_at=now)
        trials = self.worker.trials.filter(session__in=sessions)
        trials.open().release("given back")
        if self.study.withdrawal == Study.Withdrawal.DELETE:
            trials.delete_votes()
            sessions.update(demographics={}, comment="")
            Report.objects.filter(trial__in=trials).update(text="")
        self.refresh_from_db()

"""Workers' sittings and their votes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from studies.errors import IncompleteVotes, NotShown, TrialClosed
from studies.models.comparison import Comparison, ComparisonImage, Place
from studies.models.study import Criterion, Study, StudyCondition, new_token
from studies.models.worker import Worker


class Progress(NamedTuple):
    """How many trials are answered, of how many."""

    done: int
    total: int


class SessionQuerySet(models.QuerySet["Session"]):
    def open(self) -> "SessionQuerySet":
        return self.filter(state=Session.State.OPEN)

    def abandon_stale(self, study: Study, now: datetime) -> None:
        """Give back the unanswered trials of the study's sessions that nobody has touched for too long."""
        untouched_since = now - timedelta(minutes=study.session_minutes)
        self.open().filter(study=study, last_seen_at__lte=untouched_since).update(state=Session.State.ABANDONED)
        left = Trial.objects.open().filter(session__study=study, session__state=Session.State.ABANDONED)
        left.update(state=Trial.State.GIVEN_BACK)


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
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "worker", "rehearsal"], condition=Q(state="open"), name="one_open_session_per_worker"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} · {self.study}"

    @property
    def progress(self) -> Progress:
        states = list(self.trials.values_list("state", flat=True))
        return Progress(states.count(Trial.State.DONE), len(states))

    def next_trial(self) -> "Trial | None":
        """The first trial that waits for an answer; None if none does."""
        return self.trials.open().order_by("number").first()

    def touch(self, now: datetime) -> None:
        """Note that the worker is still there."""
        Session.objects.open().filter(pk=self.pk).update(last_seen_at=now)

    def finish(self, now: datetime) -> None:
        """Close this session once every trial is answered; before that, and a second time, nothing changes."""
        if self.trials.open().exists():
            return
        Session.objects.open().filter(pk=self.pk).update(state=Session.State.DONE, finished_at=now)
        self.refresh_from_db()


class TrialQuerySet(models.QuerySet["Trial"]):
    def open(self) -> "TrialQuerySet":
        """Trials that wait for an answer."""
        return self.filter(state=Trial.State.OPEN)

    def done(self) -> "TrialQuerySet":
        """Trials that have their votes."""
        return self.filter(state=Trial.State.DONE)

    def of(self, study: Study, *, rehearsal: bool) -> "TrialQuerySet":
        """A study's real trials, or those of its rehearsal."""
        return self.filter(session__study=study, session__rehearsal=rehearsal)

    def progress(self, study: Study, *, rehearsal: bool) -> Progress:
        """How many of a study's places have their votes; a query, so that it cannot drift."""
        done = self.of(study, rehearsal=rehearsal).done().count()
        return Progress(done, Place.objects.of(study, rehearsal=rehearsal).count())

    def taken(self) -> "TrialQuerySet":
        """Trials that hold their place: open or done."""
        return self.exclude(state=Trial.State.GIVEN_BACK)


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

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["place"], condition=~Q(state="given back"), name="one_open_or_done_trial_per_place"
            ),
            # A trial given back does not count: a worker who left early may still vote on that comparison another day.
            models.UniqueConstraint(
                fields=["worker", "comparison"], condition=~Q(state="given back"), name="one_trial_per_worker_and_comparison"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} · trial {self.number}"

    @property
    def note(self) -> str:
        """The Markdown that the study shows with trials of this prompt set; may be empty."""
        return self.session.study.prompt_sets.get(prompt_set=self.comparison.prompt.prompt_set).note

    def shown_conditions(self) -> list[StudyCondition]:
        """The conditions in shown order, Image 1 first."""
        conditions = self.session.study.conditions.in_bulk(self.place.shown)
        return [conditions[pk] for pk in self.place.shown]

    def images(self) -> list[ComparisonImage]:
        """The images in shown order, Image 1 first."""
        images = {image.condition_id: image for image in self.comparison.images.all()}
        return [images[pk] for pk in self.place.shown]

    def mark_shown(self, now: datetime) -> None:
        """Start the clock at the first showing; later showings only note that the worker is still there."""
        Trial.objects.open().filter(pk=self.pk, shown_at=None).update(shown_at=now)
        self.session.touch(now)

    def record(self, choices: Mapping[Criterion, StudyCondition | None], now: datetime) -> bool:
        """Save one vote per criterion, None meaning no clear winner; False if this trial has its votes already.

        The first answer stays. A trial never shown counts as answered at once. Raises IncompleteVotes unless the choices
        answer exactly the study's criteria, NotShown for a condition outside the trial, TrialClosed if its place was
        given back.
        """
        self._check(choices)
        with transaction.atomic():
            answered = {"state": Trial.State.DONE, "answered_at": now, "shown_at": Coalesce(F("shown_at"), Value(now))}
            is_first = Trial.objects.open().filter(pk=self.pk).update(**answered) == 1
            if is_first:
                Vote.objects.bulk_create(_vote(self, criterion, chosen) for criterion, chosen in choices.items())
                self.session.touch(now)
                self.session.finish(now)
        self.refresh_from_db()
        if self.state == Trial.State.GIVEN_BACK:
            raise TrialClosed(
                "This page was left open too long, so the comparison went to somebody else and this answer was not "
                "counted. Your earlier answers are kept. Open the study's link again to go on."
            )
        return is_first

    def _check(self, choices: Mapping[Criterion, StudyCondition | None]) -> None:
        if set(choices) != set(self.session.study.criteria.all()):
            raise IncompleteVotes("Please answer every question.")
        if strangers := {chosen.pk for chosen in choices.values() if chosen} - set(self.place.shown):
            raise NotShown(f"This trial does not show the conditions {sorted(strangers)}.")


def _vote(trial: Trial, criterion: Criterion, chosen: StudyCondition | None) -> "Vote":
    return Vote(trial=trial, criterion=criterion, condition=chosen, no_clear_winner=chosen is None)


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

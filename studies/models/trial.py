"""One place given to one worker: shown, answered, taken back, reported."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from studies.errors import IncompleteVotes, NotFetched, NotReported, NotShown, NotUndoable, TrialClosed
from studies.models.caption import WorkerCaption
from studies.models.comparison import Comparison, Place
from studies.models.design import Criterion, StudyCondition, criteria_asked
from studies.models.session import Progress, Session
from studies.models.study import Study, new_token
from studies.models.vote import Report, Vote
from studies.models.worker import Worker

HOLDING = ("open", "unconfirmed", "done")
SEEN_JUST_NOW = timedelta(seconds=10)  # a page writes that its worker is there no more often than this


class TrialQuerySet(models.QuerySet["Trial"]):
    def open(self) -> "TrialQuerySet":
        """Trials that wait for an answer."""
        return self.filter(state=Trial.State.OPEN)

    def done(self) -> "TrialQuerySet":
        """Trials that have their votes."""
        return self.filter(state=Trial.State.DONE)

    def answered(self) -> "TrialQuerySet":
        """The same with those whose channel has not confirmed them yet."""
        return self.filter(state__in=(Trial.State.UNCONFIRMED, Trial.State.DONE))

    def taken(self) -> "TrialQuerySet":
        """Trials that hold their place: open or answered."""
        return self.filter(state__in=HOLDING)

    def real(self) -> "TrialQuerySet":
        """Trials that fill a place, without those that only check or train the worker."""
        return self.filter(kind=Trial.Kind.VOTE)

    def counted(self) -> "TrialQuerySet":
        """Trials whose votes tables count."""
        return self.real().done()

    def of(self, study: Study, *, rehearsal: bool) -> "TrialQuerySet":
        """A study's real trials, or those of its rehearsal."""
        return self.filter(session__study=study, session__rehearsal=rehearsal)

    def progress(self, study: Study, *, rehearsal: bool) -> Progress:
        """How many of a study's places have their votes; a query, so that it cannot drift."""
        done = self.of(study, rehearsal=rehearsal).counted().count()
        return Progress(done, Place.objects.of(study, rehearsal=rehearsal).wanted().count())

    @transaction.atomic
    def release(self, state: str) -> int:
        """Move these trials to a state in which they hold no place, and free the places; the number of trials moved."""
        # Locked before they are changed: an answer that arrives at this moment either counts or comes too late.
        holding = list(self.taken().order_by("pk").select_for_update(of=("self",)))
        Place.objects.filter(pk__in=[trial.place_id for trial in holding if trial.place_id]).update(free=True)
        return Trial.objects.filter(pk__in=[trial.pk for trial in holding]).update(state=state)

    def take_back_captions(self) -> "TrialQuerySet":
        """Undo that captions of these trials were accepted; the trials without those whose caption images are drawn with."""
        WorkerCaption.objects.filter(trial__in=self).take_back()
        return self.exclude(caption__decision=WorkerCaption.Decision.ACCEPTED)

    @transaction.atomic
    def delete_votes(self) -> None:
        """Delete these trials' votes and captions for good; they are given back, so that others can answer in their stead.

        A trial stays as it is if images are drawn with its caption.
        """
        leaving = self.take_back_captions()
        Vote.objects.filter(trial__in=leaving).delete()
        leaving.release(Trial.State.GIVEN_BACK)
        set_apart = (Trial.State.EXCLUDED, Trial.State.NEVER_ARRIVED)
        leaving.filter(state__in=set_apart).update(state=Trial.State.GIVEN_BACK)
        WorkerCaption.objects.filter(trial__in=self).exclude(decision=WorkerCaption.Decision.ACCEPTED).delete()


class Trial(models.Model):
    """One comparison shown to one worker: a place filled, or a check that is never counted."""

    class State(models.TextChoices):
        OPEN = "open"
        UNCONFIRMED = "unconfirmed"  # answered here, and not yet seen where the channel says what was handed in
        DONE = "done"
        GIVEN_BACK = "given back"
        NEVER_ARRIVED = "never arrived"  # answered here, and never handed in to the channel
        EXCLUDED = "excluded"

    class Kind(models.TextChoices):
        VOTE = "vote"
        GOLD = "gold"
        REPEAT = "repeat"
        ATTENTION = "attention"
        PRACTICE = "practice"

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="trials")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.VOTE)
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="trials")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="trials")
    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="trials")
    number = models.PositiveSmallIntegerField(help_text="Place in the session, from 1.")
    shown = models.JSONField(help_text="Primary keys of the study's conditions, Image 1 first.")
    expected = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The right position, where one is known; 0 for no clear winner."
    )
    repeats = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="repetitions")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    shown_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    visible_seconds = models.FloatField(null=True, blank=True, help_text="While the page could be seen, as the browser says.")
    fetched = models.PositiveSmallIntegerField(default=0, help_text="Bit 0 set: Image 1 was fetched, and so on.")
    undone = models.PositiveSmallIntegerField(default=0, help_text="How often the worker took the answer back.")

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["session", "number"]
        indexes = [models.Index(fields=["answered_at"], name="trials_by_answer")]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="one_trial_per_session_and_number"),
            models.UniqueConstraint(fields=["place"], condition=Q(state__in=HOLDING), name="one_open_or_done_trial_per_place"),
            # A trial given back does not count: a worker who left early may still vote on that comparison another day.
            models.UniqueConstraint(
                fields=["worker", "comparison"],
                condition=Q(state__in=HOLDING, kind__in=["vote", "gold", "practice"]),
                name="one_trial_per_worker_and_comparison",
            ),
            models.CheckConstraint(
                condition=Q(kind="vote", place__isnull=False) | (~Q(kind="vote") & Q(place=None)),
                name="real_trials_alone_fill_a_place",
            ),
            models.CheckConstraint(
                condition=Q(kind="repeat", repeats__isnull=False) | (~Q(kind="repeat") & Q(repeats=None)),
                name="repeats_alone_repeat_a_trial",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} · trial {self.number}"

    @property
    def instruction(self) -> str:
        """What an attention check asks for instead of a judgement; empty for all other trials."""
        if self.kind != Trial.Kind.ATTENTION:
            return ""
        sentence = _("This is a check that you read the text: choose Image %(number)d for every question.")
        return sentence % {"number": self.expected}

    def mark_shown(self, now: datetime) -> None:
        """Start the clock at the first showing; later showings only note that the worker is still there."""
        if self.shown_at is None:
            Trial.objects.open().filter(pk=self.pk, shown_at=None).update(shown_at=now)
            self.shown_at = now
        if now - self.session.last_seen_at >= SEEN_JUST_NOW:
            self.session.touch(now)

    def mark_fetched(self, position: int) -> None:
        """Note that the image at a position, from 1, was sent to the worker."""
        bit = 1 << (position - 1)
        if not self.fetched & bit:
            Trial.objects.filter(pk=self.pk).update(fetched=F("fetched").bitor(bit))

    def record(
        self, choices: Mapping[Criterion, StudyCondition | None], now: datetime, *, visible_seconds: float | None = None
    ) -> bool:
        """Save one vote per criterion, None meaning no clear winner; False if this trial has its votes already.

        visible_seconds: how long the page could be seen, as the browser says; never more than the time that went by.

        The first answer stays. Raises IncompleteVotes unless the choices answer exactly the study's criteria, NotShown for
        a condition outside the trial, NotFetched before every image was sent, TrialClosed if its place was given back.
        """
        self._check(choices)
        votes = [_vote(self, criterion, chosen) for criterion, chosen in choices.items()]
        return self._answer(votes, now, visible_seconds)

    def describe(self, text: str, now: datetime, *, visible_seconds: float | None = None) -> bool:
        """Save what the worker says of the image, an empty text meaning that it cannot be described; otherwise as record.

        The first answer stays. Raises NotFetched before the image was sent, TrialClosed if its place was given back.
        """
        caption = WorkerCaption(trial=self, text=text, indescribable=not text)
        return self._answer([caption], now, visible_seconds)

    def _answer(self, answers: "Sequence[Vote | WorkerCaption]", now: datetime, visible_seconds: float | None) -> bool:
        if not self._save_answers(answers, now, self._credible(visible_seconds, now)):
            self.refresh_from_db()
            self._refuse_if_not_done()
            return False
        return True

    @transaction.atomic
    def _save_answers(self, answers: "Sequence[Vote | WorkerCaption]", now: datetime, seconds: float | None) -> bool:
        """Answer this trial if it waits for that and every image was sent; False if not."""
        self.session.touch(now)  # the session before its trials, as everywhere: other orders could wait for each other
        shown_at = Coalesce(F("shown_at"), Value(now))
        waiting = Trial.objects.open().filter(pk=self.pk, fetched=2 ** len(self.shown) - 1)
        state = Trial.State.UNCONFIRMED if self.session.needs_confirmation else Trial.State.DONE
        if not waiting.update(state=state, answered_at=now, shown_at=shown_at, visible_seconds=seconds):
            return False
        if answers:
            model: Any = type(answers[0])
            model.objects.bulk_create(answers)
        self.session.finish(now)
        # What was written is known; reading it again would cost a query with every vote.
        self.state, self.answered_at, self.shown_at = state, now, self.shown_at or now
        self.visible_seconds = seconds
        return True

    def undo(self, now: datetime) -> None:
        """Take the answer back, so that the worker can give another one.

        Raises NotUndoable for any answer but the last of an open session.
        """
        if self.session.last_answered() != self:
            raise NotUndoable("Only your last answer can be changed, and only before the session ends.")
        with transaction.atomic():
            self.session.touch(now)
            # Not once the study is paused or closed: nobody could answer again.
            reopened = Trial.objects.answered().filter(
                pk=self.pk, session__state=Session.State.OPEN, session__study__state=Study.State.PUBLISHED
            )
            # Nor once a researcher has decided on the caption.
            reopened = reopened.filter(Q(caption=None) | Q(caption__decision=WorkerCaption.Decision.PENDING))
            if not reopened.update(state=Trial.State.OPEN, answered_at=None, undone=F("undone") + 1):
                raise NotUndoable("This answer can be changed no more; it is kept as it is.")
            self.votes.all().delete()
            WorkerCaption.objects.filter(trial=self).delete()
        self.refresh_from_db()

    @transaction.atomic
    def report_broken(self, text: str, now: datetime) -> None:
        """Skip this trial as its worker cannot judge it; its place is free again. Raises NotReported unless it is open."""
        self.session.touch(now)
        if not Trial.objects.open().filter(pk=self.pk).release(Trial.State.GIVEN_BACK):
            raise NotReported("This page does not wait for an answer any more, so nothing was reported.")
        # Checks that show the same images later could not be judged either.
        self.session.trials.open().filter(comparison=self.comparison_id).release(Trial.State.GIVEN_BACK)
        Report.objects.create(trial=self, text=text, at=now)
        self.refresh_from_db()
        self.session.finish(now)

    def _check(self, choices: Mapping[Criterion, StudyCondition | None]) -> None:
        if set(choices) != set(criteria_asked(self.session.study)):
            raise IncompleteVotes("Please answer every question.")
        if strangers := {chosen.pk for chosen in choices.values() if chosen} - set(self.shown):
            raise NotShown(f"This trial does not show the conditions {sorted(strangers)}.")

    def _credible(self, visible_seconds: float | None, now: datetime) -> float | None:
        """With the time that an answer taken back had taken before."""
        if visible_seconds is None or self.shown_at is None:
            return self.visible_seconds
        seen = (self.visible_seconds or 0.0) + max(0.0, visible_seconds)
        return min(seen, max(0.0, (now - self.shown_at).total_seconds()))

    def _refuse_if_not_done(self) -> None:
        if self.state == Trial.State.OPEN:
            raise NotFetched(
                "Not every image of this page has reached you yet, so the answer was not counted. Please look again."
            )
        if self.state not in (Trial.State.DONE, Trial.State.UNCONFIRMED):
            raise TrialClosed(
                "This page was left open too long, so the comparison went to somebody else and this answer was not "
                "counted. Your earlier answers are kept. Open the study's link again to go on."
            )


def _vote(trial: Trial, criterion: Criterion, chosen: StudyCondition | None) -> Vote:
    return Vote(trial=trial, criterion=criterion, condition=chosen, no_clear_winner=chosen is None)

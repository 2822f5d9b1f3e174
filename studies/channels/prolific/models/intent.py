"""Every call that spends or decides, written before it is made."""

from django.db import models
from django.db.models import Q

from studies.channels.prolific.models.prolific_study import ProlificStudy
from studies.channels.prolific.models.submission import Submission


class IntentQuerySet(models.QuerySet["Intent"]):
    def spending(self) -> "IntentQuerySet":
        """Calls that took effect, or may have, or may yet."""
        return self.exclude(state=Intent.State.FAILED)

    def unsettled(self) -> "IntentQuerySet":
        """Calls of which nobody knows yet whether they took effect."""
        return self.filter(state__in=Intent.UNSETTLED)


class Intent(models.Model):
    """A call that spends or decides. It is written before the call, with the check of the budget, and settled after it."""

    class Kind(models.TextChoices):
        CREATE = "create", "make the draft"
        PUBLISH = "publish", "publish"
        ADD_PLACES = "add places", "add places"
        MOVE = "move", "pause, go on or stop"
        APPROVE = "approve", "approve"
        REJECT = "reject", "reject"
        REQUEST_RETURN = "request return", "ask to return"
        SET_UP_BONUSES = "set up bonuses", "set up bonuses"
        PAY_BONUSES = "pay bonuses", "pay bonuses"

    class State(models.TextChoices):
        WAITING = "waiting", "waits until the submission can be reviewed"
        PENDING = "pending", "under way"
        UNCERTAIN = "uncertain", "may have happened"
        DONE = "done", "done"
        FAILED = "failed", "did not happen"

    UNSETTLED = (State.PENDING, State.UNCERTAIN)

    prolific_study = models.ForeignKey(ProlificStudy, on_delete=models.PROTECT, related_name="intents")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="intents")
    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    cents = models.PositiveIntegerField(default=0, help_text="What it spends at most, with fees and VAT.")
    body = models.JSONField(default=dict, help_text="What is told to Prolific.")
    reference = models.CharField(max_length=40, blank=True, help_text="Prolific's id of the bonuses.")
    detail = models.TextField(blank=True, help_text="What came of it.")
    who = models.CharField(max_length=150)
    at = models.DateTimeField()

    objects = IntentQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prolific_study", "kind"],
                condition=Q(submission=None, state__in=["pending", "uncertain"]),
                name="one_unsettled_intent_per_kind",
            ),
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(state__in=["waiting", "pending", "uncertain"]),
                name="one_unsettled_intent_per_submission",
            ),
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(kind="pay bonuses") & ~Q(state="failed"),
                name="bonuses_are_paid_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"

    @property
    def is_unsettled(self) -> bool:
        return self.state in self.UNSETTLED

    @property
    def needs_a_look(self) -> bool:
        """Whether somebody has to look on Prolific, because its interface does not say whether this happened."""
        return self.kind == self.Kind.PAY_BONUSES and self.state == self.State.UNCERTAIN

    def settle(self, state: "Intent.State", detail: str = "") -> None:
        """Write down what came of it; what is settled stays as it is."""
        Intent.objects.filter(pk=self.pk, state__in=self.UNSETTLED).update(state=state, detail=detail)
        self.refresh_from_db()

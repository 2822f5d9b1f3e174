"""Questions to a chat endpoint with their answers: asked once, and what they cost."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, F, Max, Q, Sum

TOKENS_OF_A_PRICE = 1_000_000
LONGEST_PAUSE_SECONDS = 120  # between two attempts; whoever is to wait longer gives up
SLACK_SECONDS = 10


class OverBudget(RuntimeError):
    """What was spent on answers, or cannot be told, forbids another question."""


class ChatAnswerQuerySet(models.QuerySet["ChatAnswer"]):
    def costs(self) -> list[dict[str, Any]]:
        """What each model was asked and what that cost, by its name; unpriced: answers whose cost is not known."""
        totals = self.values("model").annotate(
            questions=Count("pk"),
            answers=Count("answered_at"),
            unpriced=Count("pk", filter=Q(cost=None, answered_at__isnull=False)),
            prompts=Sum("prompt_tokens"),
            completions=Sum("completion_tokens"),
            spent=Sum("cost"),
        )
        return [dict(row) for row in totals.order_by("model")]

    def spent(self) -> Decimal:
        """The sum of all known costs."""
        return self.aggregate(sum=Sum("cost"))["sum"] or Decimal(0)


class ChatAnswer(models.Model):
    """One question to a model, whose row is made before it is asked; whoever holds it asks.

    A question whose holder died is free when the lease has run out, and is asked again under the same idempotency key.
    """

    request_sha256 = models.CharField(max_length=64, unique=True)
    url = models.CharField(max_length=500)
    model = models.CharField(max_length=200)
    request = models.JSONField(help_text="As it was sent, but for images: of these, the SHA-256.")
    text = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="Why there is no text, or not all of it.")
    prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    completion_tokens = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(
        max_digits=14, decimal_places=8, null=True, blank=True, help_text="In the currency of EVALSITE_CHAT_PRICES."
    )
    attempts = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True, blank=True, db_index=True, help_text="The last attempt.")
    answered_at = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=100, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ChatAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.model}: {self.text or self.reason or 'not answered yet'}"

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    @property
    def asked(self) -> str:
        """The words of the question; an image among them is its SHA-256."""
        content = self.request["messages"][-1]["content"]
        if isinstance(content, str):
            return content
        return "\n\n".join(part.get("text") or f"image {part['image_url']['sha256']}" for part in content)

    def claim(self, holder: str, now: datetime) -> bool:
        """Take this question to ask it, if it is open and nobody holds it; False otherwise."""
        free = ChatAnswer.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), pk=self.pk, answered_at=None)
        return free.update(holder=holder, lease_until=now + _lease()) == 1

    def take_turn(self, holder: str, now: datetime) -> datetime | None:
        """When the holder may ask; None if another has taken the question over, or answered it.

        Turns are at least 60 s / CHAT_PER_MINUTE apart, over all processes that share the database. The attempt is written
        down before it is made. Raises OverBudget.
        """
        with transaction.atomic(durable=True):
            ChatAnswer.objects.select_for_update().order_by("pk").first()  # one at a time: the first row stands for all
            self._require_budget()
            last = ChatAnswer.objects.aggregate(last=Max("asked_at"))["last"]
            turn = max(now, last + timedelta(seconds=60 / settings.CHAT_PER_MINUTE)) if last else now
            mine = ChatAnswer.objects.filter(pk=self.pk, holder=holder, answered_at=None)
            held = mine.update(asked_at=turn, lease_until=turn + _lease(), attempts=F("attempts") + 1)
        return turn if held else None

    def _require_budget(self) -> None:
        if settings.CHAT_BUDGET is None:
            return
        if self.model not in settings.CHAT_PRICES:
            raise OverBudget(f"EVALSITE_CHAT_BUDGET is set, and EVALSITE_CHAT_PRICES has no prices of {self.model}: add them.")
        if (spent := ChatAnswer.objects.spent()) >= settings.CHAT_BUDGET:
            raise OverBudget(f"{spent:.2f} of EVALSITE_CHAT_BUDGET = {settings.CHAT_BUDGET} are spent; raise it to ask on.")

    def save_answer(
        self, now: datetime, *, text: str, reason: str, prompt_tokens: int | None, completion_tokens: int | None
    ) -> None:
        """Keep an answer with what it cost. The first one stays, whoever brings another."""
        ChatAnswer.objects.filter(pk=self.pk, answered_at=None).update(
            text=text,
            reason=reason,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            cost=cost_of(self.model, prompt_tokens, completion_tokens),
            answered_at=now,
            holder="",
            lease_until=None,
        )

    def give_up(self, holder: str, reason: str) -> None:
        """Leave the question open for whoever asks it next, with the reason why it has no answer."""
        ChatAnswer.objects.filter(pk=self.pk, holder=holder).update(reason=reason, holder="", lease_until=None)


def cost_of(model: str, prompt_tokens: int | None, completion_tokens: int | None) -> Decimal | None:
    """What an answer costs by CHAT_PRICES; None if its tokens or the model's prices are not known."""
    prices = settings.CHAT_PRICES.get(model)
    if prices is None or prompt_tokens is None or completion_tokens is None:
        return None
    return (prompt_tokens * prices[0] + completion_tokens * prices[1]) / TOKENS_OF_A_PRICE


def _lease() -> timedelta:
    """Longer than an attempt and the pause after it."""
    return timedelta(seconds=settings.CHAT_TIMEOUT_SECONDS + LONGEST_PAUSE_SECONDS + SLACK_SECONDS)

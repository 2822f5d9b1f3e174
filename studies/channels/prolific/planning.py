"""What a study is to be on Prolific: reward, places, codes, budget. Nothing here is said to Prolific."""

from datetime import datetime
from typing import Any

from django.db import transaction

from studies.channels.prolific.errors import AgainstTheRules, UnderWay
from studies.channels.prolific.intents import BEFORE_IT_IS_KNOWN
from studies.channels.prolific.models import ProlificStudy
from studies.channels.prolific.rules import check_reward
from studies.models import Link, LogLine, Study

CHANNEL = "prolific"
PLACEHOLDERS = "PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}"
RETURN_REASON = "The study had nothing for you to answer, or you did not agree to take part."
PLANNED_FIELDS = (
    "title",
    "description",
    "reward_cents",
    "currency",
    "places",
    "minutes",
    "review",
    "screen_out_cents",
    "screen_out_places",
    "budget_cents",
)


@transaction.atomic
def plan(study: Study, prolific_study: ProlificStudy, who: str, now: datetime) -> ProlificStudy:
    """Save a study's next attempt on Prolific, with its link.

    Codes are those of the attempts before: whoever comes back late from one still gets the right code. Raises AgainstTheRules
    for a reward below the minimum, and while an earlier attempt is not over.
    """
    Study.objects.select_for_update().get(pk=study.pk)
    check(prolific_study)
    earlier = ProlificStudy.objects.filter(study=study).order_by("-attempt").first()
    if earlier:
        _refuse_second(earlier)
        prolific_study.attempt = earlier.attempt + 1
        prolific_study.completion_code, prolific_study.screen_out_code = earlier.completion_code, earlier.screen_out_code
    prolific_study.study, prolific_study.made_at = study, now
    prolific_study.save()
    Link.objects.get_or_create(study=study, channel=CHANNEL)
    LogLine.objects.add(study, who, "prolific plan", _told(prolific_study), now)
    return prolific_study


@transaction.atomic
def change_plan(prolific_study: ProlificStudy, who: str, now: datetime) -> ProlificStudy:
    """Save changes to a plan. Raises AgainstTheRules as plan does, and once it was published; UnderWay while it may be."""
    stored = ProlificStudy.objects.select_for_update().get(pk=prolific_study.pk)
    refuse_published(stored)
    check(prolific_study)
    prolific_study.save(update_fields=PLANNED_FIELDS)
    LogLine.objects.add(stored.study, who, "prolific plan", _told(prolific_study), now)
    return prolific_study


@transaction.atomic
def change_budget(prolific_study: ProlificStudy, cents: int, who: str, now: datetime) -> str:
    """Set the most to be spent; what was done, in a sentence. What is committed already stays committed."""
    row = ProlificStudy.objects.select_for_update().get(pk=prolific_study.pk)
    sentence = f"The budget is {row.money(cents)}; it was {row.money(row.budget_cents)}."
    row.budget_cents = cents
    row.save(update_fields=["budget_cents"])
    LogLine.objects.add(row.study, who, "prolific budget", sentence, now)
    return sentence


def draft_of(prolific_study: ProlificStudy) -> dict[str, Any]:
    """The study as Prolific is told it (POST /studies/)."""
    row = prolific_study
    link = Link.objects.get(study=row.study, channel=CHANNEL)
    return {
        "name": row.title,
        "internal_name": row.internal_name,
        "description": row.description,
        "external_study_url": f"{link.address}?{PLACEHOLDERS}",
        "prolific_id_option": "url_parameters",
        "completion_codes": [_completed(row), _screened_out(row)],
        "total_available_places": row.places,
        "estimated_completion_time": row.minutes,
        "reward": row.reward_cents,
        "device_compatibility": ["desktop", "tablet", "mobile"],
        "filters": [],
    }


def _completed(row: ProlificStudy) -> dict[str, Any]:
    return {"code": row.completion_code, "code_type": "COMPLETED", "actions": [{"action": row.review}]}


def _screened_out(row: ProlificStudy) -> dict[str, Any]:
    """Who is screened out is paid for coming, or asked to return: Prolific allows no rejection for it."""
    action: dict[str, Any] = {"action": "REQUEST_RETURN", "return_reason": RETURN_REASON}
    if row.screen_out_cents:
        action = {
            "action": "FIXED_SCREEN_OUT_PAYMENT",
            "fixed_screen_out_reward": row.screen_out_cents,
            "slots": row.screen_out_places,
        }
    return {"code": row.screen_out_code, "code_type": "SCREENED_OUT", "actions": [action]}


def check(row: ProlificStudy) -> str:
    """A warning of a low reward, or nothing. Raises AgainstTheRules for what Prolific does not allow."""
    if bool(row.screen_out_cents) != bool(row.screen_out_places):
        raise AgainstTheRules("Paid screen-outs need both a reward and a number of them, or neither.")
    if row.screen_out_cents >= row.reward_cents:
        raise AgainstTheRules("The reward of who is screened out must be less than that of who takes part.")
    return check_reward(row.reward_cents, row.minutes, row.currency)


def refuse_published(row: ProlificStudy) -> None:
    """Raise AgainstTheRules for a study that was published on Prolific, UnderWay for one that may be."""
    if row.intents.unsettled().filter(submission=None).exists():
        raise UnderWay(BEFORE_IT_IS_KNOWN)
    if not row.is_planned:
        raise AgainstTheRules(f"The study is {row.status_in_words} on Prolific already.")


def _refuse_second(earlier: ProlificStudy) -> None:
    if earlier.status not in (ProlificStudy.Status.AWAITING_REVIEW, ProlificStudy.Status.COMPLETED):
        raise AgainstTheRules(
            f"The study is {earlier.status_in_words} on Prolific. Add places to it, or stop it before the next attempt."
        )


def _told(row: ProlificStudy) -> str:
    return (
        f"{row.places} places at {row.money(row.reward_cents)} for {row.minutes} minutes, "
        f"budget {row.money(row.budget_cents)}, {row.get_review_display()}."
    )

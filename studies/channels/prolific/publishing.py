"""A study on its way to Prolific: planned, quoted, published after the quote was confirmed, and given more places."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from studies.channels.prolific import intents
from studies.channels.prolific.answers import StudyThere
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import AgainstTheRules, CostChanged, UnderWay
from studies.channels.prolific.models import Intent, ProlificStudy
from studies.channels.prolific.rules import check_reward
from studies.models import Link, LogLine, Study, Trial

CHANNEL = "prolific"
PLACEHOLDERS = "PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}"
RETURN_REASON = "The study had nothing for you to answer, or you did not agree to take part."
MOVES = {"PAUSE": "pause", "START": "go on", "STOP": "stop"}

Kind = Intent.Kind


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What it costs with Prolific's fee and VAT, in cents, and what to think of before confirming it."""

    cents: int
    warnings: tuple[str, ...] = ()


@transaction.atomic
def plan(study: Study, prolific_study: ProlificStudy, who: str, now: datetime) -> ProlificStudy:
    """Save a study's next attempt on Prolific, with its link; nothing is said to Prolific.

    Codes are those of the attempts before: whoever comes back late from one still gets the right code. Raises AgainstTheRules
    for a reward below the minimum, and while an earlier attempt is not over.
    """
    Study.objects.select_for_update().get(pk=study.pk)
    _check(prolific_study)
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


def quote(prolific_study: ProlificStudy, prolific: Prolific) -> Quote:
    """What publishing costs, as Prolific works it out. Raises AgainstTheRules for a reward below the minimum."""
    row = prolific_study
    warnings = (_check(row), _room_warning(row), _address_warning(row))
    cents = prolific.cost_of(row.reward_cents, row.places)
    if row.screen_out_cents:
        cents += prolific.cost_of(row.screen_out_cents, row.screen_out_places)
    return Quote(cents=cents, warnings=tuple(filter(None, warnings)))


def publish(prolific_study: ProlificStudy, prolific: Prolific, confirmed_cents: int, who: str, now: datetime) -> str:
    """Make the draft and publish it; what was done, in a sentence.

    confirmed_cents: what the quote said. Raises CostChanged if it costs something else now, OverBudget, AgainstTheRules.
    """
    row = prolific_study
    _refuse_published(row)
    if not row.study.is_open:
        raise AgainstTheRules(
            f"“{row.study}” takes no answers now: publish or resume it here before it is published on Prolific."
        )
    cents = _confirmed(row, quote(row, prolific), confirmed_cents)
    _make_draft(row, prolific, who, now)
    wanted = intents.Wanted(kind=Kind.PUBLISH, who=who, at=now, cents=cents, body={"action": "PUBLISH"})
    _carry_out(row, wanted, lambda: prolific.move_study(row.prolific_id, "PUBLISH"))
    return _log(row, who, "prolific publish", f"Published on Prolific: {row.places} places, {row.money(cents)} at most.", now)


def quote_more(prolific_study: ProlificStudy, prolific: Prolific, places: int) -> Quote:
    """What so many places in all cost beyond those there are. Raises AgainstTheRules unless they are more."""
    row = prolific_study
    if row.is_planned:
        raise AgainstTheRules("The study is not published on Prolific yet. Change its plan instead.")
    if places <= row.places:
        raise AgainstTheRules(
            f"There are {row.places} places already, and on Prolific places only grow. Ask for more than that."
        )
    warnings = tuple(filter(None, [_room_warning(row)]))
    return Quote(cents=prolific.cost_of(row.reward_cents, places - row.places), warnings=warnings)


def add_places(
    prolific_study: ProlificStudy, prolific: Prolific, places: int, confirmed_cents: int, who: str, now: datetime
) -> str:
    """Ask for so many places in all; what was done, in a sentence. Raises as quote_more and publish do."""
    row = prolific_study
    cents = _confirmed(row, quote_more(row, prolific, places), confirmed_cents)
    body = {"total_available_places": places}
    wanted = intents.Wanted(kind=Kind.ADD_PLACES, who=who, at=now, cents=cents, body=body)
    _carry_out(row, wanted, lambda: prolific.change_study(row.prolific_id, body))
    return _log(row, who, "prolific places", f"{places} places on Prolific, for {row.money(cents)} more.", now)


def move(prolific_study: ProlificStudy, prolific: Prolific, action: str, who: str, now: datetime) -> str:
    """PAUSE, START or STOP the study there; what was done, in a sentence. Stopping is final."""
    row = prolific_study
    if action not in MOVES or not row.prolific_id:
        raise AgainstTheRules("A study that is published on Prolific can be paused, started and stopped there, nothing else.")
    wanted = intents.Wanted(kind=Kind.MOVE, who=who, at=now, body={"action": action})
    _carry_out(row, wanted, lambda: prolific.move_study(row.prolific_id, action))
    return _log(row, who, "prolific move", f"Prolific was told to {MOVES[action]}; it is {row.status_in_words} there.", now)


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


def _make_draft(row: ProlificStudy, prolific: Prolific, who: str, now: datetime) -> None:
    """Make the draft; one that is there from an attempt that failed later is brought in line with the plan."""
    body = draft_of(row)

    def call() -> StudyThere:
        return prolific.change_study(row.prolific_id, body) if row.prolific_id else prolific.create_study(body)

    _carry_out(row, intents.Wanted(kind=Kind.CREATE, who=who, at=now, body=body), call)


def _carry_out(row: ProlificStudy, wanted: intents.Wanted, call: Callable[[], StudyThere]) -> None:
    intent = intents.write(row, wanted)
    row.take_over(intents.carry_out(intent, call), timezone.now())


def _confirmed(row: ProlificStudy, quoted: Quote, confirmed_cents: int) -> int:
    if quoted.cents != confirmed_cents:
        raise CostChanged(
            f"It costs {row.money(quoted.cents)} now, not {row.money(confirmed_cents)}. Look again, and confirm that."
        )
    return quoted.cents


def _check(row: ProlificStudy) -> str:
    if bool(row.screen_out_cents) != bool(row.screen_out_places):
        raise AgainstTheRules("Paid screen-outs need both a reward and a number of them, or neither.")
    if row.screen_out_cents >= row.reward_cents:
        raise AgainstTheRules("The reward of who is screened out must be less than that of who takes part.")
    return check_reward(row.reward_cents, row.minutes, row.currency)


def _room_warning(row: ProlificStudy) -> str:
    """Whoever comes when nothing is left to answer is screened out, which costs goodwill and may cost money."""
    done, total = Trial.objects.progress(row.study, rehearsal=False)
    sessions = -(-(total - done) // row.study.trials_per_session)
    if row.places <= sessions:
        return ""
    return f"“{row.study}” has answers left for about {sessions} sessions, and {row.places} participants are asked for."


def _address_warning(row: ProlificStudy) -> str:
    if Link.objects.get(study=row.study, channel=CHANNEL).address.startswith("https://"):
        return ""
    return "Participants come from outside: set EVALSITE_URL to the https:// address at which they reach this site."


def _refuse_published(row: ProlificStudy) -> None:
    if row.intents.unsettled().filter(submission=None).exists():
        raise UnderWay(intents.BEFORE_IT_IS_KNOWN)
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


def _log(row: ProlificStudy, who: str, action: str, sentence: str, now: datetime) -> str:
    LogLine.objects.add(row.study, who, action, sentence, now)
    return sentence

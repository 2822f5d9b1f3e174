"""A study on its way to Prolific: quoted, published after the quote was confirmed, given more places, paused and stopped."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from studies.channels.prolific import intents
from studies.channels.prolific.answers import StudyThere
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import AgainstTheRules, CostChanged, UnderWay
from studies.channels.prolific.models import Intent, ProlificStudy
from studies.channels.prolific.planning import CHANNEL, check, draft_of, refuse_published
from studies.models import Link, LogLine, Trial

MOVES = {"PAUSE": "pause", "START": "go on", "STOP": "stop"}

Kind = Intent.Kind


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What it costs with Prolific's fee and VAT, in cents, and what to think of before confirming it."""

    cents: int
    warnings: tuple[str, ...] = ()


def quote(prolific_study: ProlificStudy, prolific: Prolific) -> Quote:
    """What publishing costs, as Prolific works it out. Raises AgainstTheRules for a reward below the minimum."""
    row = prolific_study
    warnings = (check(row), _room_warning(row), _address_warning(row))
    cents = prolific.cost_of(row.reward_cents, row.places)
    if row.screen_out_cents:
        cents += prolific.cost_of(row.screen_out_cents, row.screen_out_places)
    return Quote(cents=cents, warnings=tuple(filter(None, warnings)))


def publish(prolific_study: ProlificStudy, prolific: Prolific, confirmed_cents: int, who: str, now: datetime) -> str:
    """Make the draft and publish it; what was done, in a sentence.

    confirmed_cents: what the quote said. Raises CostChanged if it costs something else now, OverBudget, AgainstTheRules.
    """
    row = prolific_study
    refuse_published(row)
    if not row.study.is_open:
        raise AgainstTheRules(
            f"“{row.study}” takes no answers now: publish or resume it here before it is published on Prolific."
        )
    cents = _confirmed(row, quote(row, prolific), confirmed_cents)
    _make_draft(row, prolific, who, now)
    wanted = intents.Wanted(kind=Kind.PUBLISH, who=who, at=now, cents=cents, body={"action": "PUBLISH"})
    _carry_out(row, wanted, lambda: prolific.move_study(row.prolific_id, "PUBLISH"), refuse_published)
    return _log(row, who, "prolific publish", f"Published on Prolific: {row.places} places, {row.money(cents)} at most.", now)


def quote_more(prolific_study: ProlificStudy, prolific: Prolific, places: int) -> Quote:
    """What so many places in all cost beyond those there are. Raises AgainstTheRules unless they are more."""
    row = prolific_study
    if row.is_planned:
        raise AgainstTheRules("The study is not published on Prolific yet. Change its plan instead.")
    _refuse_fewer(row, places)
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
    _carry_out(row, wanted, lambda: prolific.change_study(row.prolific_id, body), lambda locked: _refuse_fewer(locked, places))
    return _log(row, who, "prolific places", f"{places} places on Prolific, for {row.money(cents)} more.", now)


def move(prolific_study: ProlificStudy, prolific: Prolific, action: str, who: str, now: datetime) -> str:
    """PAUSE, START or STOP the study there; what was done, in a sentence. Stopping is final."""
    row = prolific_study
    if action not in MOVES or not row.prolific_id:
        raise AgainstTheRules("A study that is published on Prolific can be paused, started and stopped there, nothing else.")
    wanted = intents.Wanted(kind=Kind.MOVE, who=who, at=now, body={"action": action})
    _carry_out(row, wanted, lambda: prolific.move_study(row.prolific_id, action))
    return _log(row, who, "prolific move", f"Prolific was told to {MOVES[action]}; it is {row.status_in_words} there.", now)


def _make_draft(row: ProlificStudy, prolific: Prolific, who: str, now: datetime) -> None:
    """Make the draft; one that is there from an attempt that failed later is brought in line with the plan."""
    body, there = draft_of(row), row.prolific_id

    def call() -> StudyThere:
        return prolific.change_study(there, body) if there else prolific.create_study(body)

    def check(locked: ProlificStudy) -> None:
        refuse_published(locked)
        if locked.prolific_id != there:
            raise UnderWay(intents.BEFORE_IT_IS_KNOWN)

    _carry_out(row, intents.Wanted(kind=Kind.CREATE, who=who, at=now, body=body), call, check)


def _carry_out(
    row: ProlificStudy, wanted: intents.Wanted, call: Callable[[], StudyThere], check: intents.Check = intents.nothing_more
) -> None:
    intent = intents.write(row, wanted, check)
    intents.carry_out(intent, call, lambda there: row.take_over(there, timezone.now()))


def _refuse_fewer(row: ProlificStudy, places: int) -> None:
    if places <= row.places:
        raise AgainstTheRules(f"There are {row.places} places already, and on Prolific places only grow. Ask for more.")


def _confirmed(row: ProlificStudy, quoted: Quote, confirmed_cents: int) -> int:
    if quoted.cents != confirmed_cents:
        raise CostChanged(
            f"It costs {row.money(quoted.cents)} now, not {row.money(confirmed_cents)}. Look again, and confirm that."
        )
    return quoted.cents


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


def _log(row: ProlificStudy, who: str, action: str, sentence: str, now: datetime) -> str:
    LogLine.objects.add(row.study, who, action, sentence, now)
    return sentence

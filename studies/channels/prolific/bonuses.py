"""Bonuses in two steps: set up, which shows what they cost with Prolific's fee and VAT, and paid once that is confirmed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from studies.channels.prolific import intents
from studies.channels.prolific.answers import BonusesThere
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import AgainstTheRules, CostChanged
from studies.channels.prolific.models import Intent, ProlificStudy, Submission
from studies.channels.prolific.rules import MOST_BONUSES, bonuses_csv
from studies.models import LogLine

State, Kind, Status = Intent.State, Intent.Kind, Submission.Status
SHOWN_AFTER = timedelta(days=1)  # Prolific says minutes
NO_BONUS = (Status.RESERVED, Status.ACTIVE, Status.TIMED_OUT)


def set_up(
    prolific_study: ProlificStudy, cents: Mapping[Submission, int], prolific: Prolific, who: str, now: datetime
) -> Intent:
    """Tell Prolific who is to get how many cents, and learn what that costs: the intent's body has its total, fees and amount.

    Nothing is paid yet. Raises AgainstTheRules for no amount, too many people, and submissions of other studies.
    """
    _check(prolific_study, cents)
    lines = bonuses_csv((submission.prolific_id, amount) for submission, amount in cents.items())
    body = {
        "csv_bonuses": lines,
        "cents": {submission.prolific_id: amount for submission, amount in cents.items()},
    }
    intent = intents.write(prolific_study, intents.Wanted(kind=Kind.SET_UP_BONUSES, who=who, at=now, body=body))
    intents.carry_out(
        intent, lambda: prolific.set_up_bonuses(prolific_study.prolific_id, lines), lambda there: _note(intent, there)
    )
    total = prolific_study.money(intent.body["total"])
    LogLine.objects.add(prolific_study.study, who, "prolific bonuses", f"Set up for {len(cents)}: {total}.", now)
    return intent


def to_pay(prolific_study: ProlificStudy) -> list[Intent]:
    """Bonuses that are set up and were never paid, nor may have been."""
    paid = prolific_study.intents.spending().filter(kind=Kind.PAY_BONUSES).values("reference")
    set_up = prolific_study.intents.filter(kind=Kind.SET_UP_BONUSES, state=State.DONE).exclude(reference="")
    return list(set_up.exclude(reference__in=paid))


def pay(set_up_intent: Intent, prolific: Prolific, confirmed_cents: int, who: str, now: datetime) -> str:
    """Pay bonuses that were set up; what was done, in a sentence.

    Prolific pays a second time if it is told a second time, so that the same bonuses are told once, whatever comes of it.
    Raises CostChanged unless the total is what was confirmed, OverBudget, UnderWay for what was paid or may have been.
    """
    row, body = set_up_intent.prolific_study, set_up_intent.body
    if set_up_intent.kind != Kind.SET_UP_BONUSES or not set_up_intent.reference:
        raise AgainstTheRules("Set the bonuses up first.")
    if body["total"] != confirmed_cents:
        raise CostChanged(f"These bonuses cost {row.money(body['total'])}, not {row.money(confirmed_cents)}. Confirm that.")
    reference = set_up_intent.reference
    told = {"cents": body["cents"], "before": _before(row, list(body["cents"]), prolific, now)}
    wanted = intents.Wanted(kind=Kind.PAY_BONUSES, who=who, at=now, cents=body["total"], reference=reference, body=told)
    intents.carry_out(intents.write(row, wanted), lambda: prolific.pay_bonuses(reference), lambda _paid_within_minutes: None)
    sentence = f"Bonuses for {len(body['cents'])} are paid within minutes: {row.money(body['total'])}."
    LogLine.objects.add(row.study, who, "prolific pay bonuses", sentence, now)
    return sentence


def _note(intent: Intent, there: BonusesThere) -> None:
    """What paying the bonuses takes, and Prolific's id for doing so."""
    intent.reference = there.id
    intent.body |= {"total": there.total, "fees": there.fees, "amount": there.amount}
    intent.save(update_fields=["reference", "body"])


def _before(row: ProlificStudy, submissions: list[str], prolific: Prolific, now: datetime) -> dict[str, int]:
    """The most cents of bonuses that Prolific may show of each submission without these.

    Bonuses that were told to be paid lately may not be shown yet, and so are counted on top: better that it stays uncertain
    whether these were paid than that they are taken as paid by the sight of others.
    """
    listed = {there.id: there.bonuses for there in prolific.submissions(row.prolific_id)}
    shown = {one: sum(_bonuses(one, listed.get(one), prolific)) for one in submissions}
    lately = row.intents.spending().filter(kind=Kind.PAY_BONUSES, at__gt=now - SHOWN_AFTER)
    told = [intent.body["cents"] for intent in lately]
    return {one: shown[one] + sum(cents.get(one, 0) for cents in told) for one in submissions}


def _bonuses(submission: str, listed: tuple[int, ...] | None, prolific: Prolific) -> tuple[int, ...]:
    """A submission's bonuses, asked for by itself where the list does not tell them."""
    return (prolific.submission(submission).bonuses or ()) if listed is None else listed


def _check(prolific_study: ProlificStudy, cents: Mapping[Submission, int]) -> None:
    if not cents or min(cents.values()) < 1:
        raise AgainstTheRules("Tick at least one submission, and give each a bonus of at least 1 cent.")
    if len(cents) > MOST_BONUSES:
        raise AgainstTheRules(f"Prolific pays at most {MOST_BONUSES} bonuses at once; tick fewer.")
    for submission in cents:
        if submission.prolific_study_id != prolific_study.pk:
            raise AgainstTheRules(f"{submission} is of another study.")
        if submission.status in NO_BONUS:
            raise AgainstTheRules(f"{submission} is {submission.status_in_words}: a bonus is for who has handed in.")

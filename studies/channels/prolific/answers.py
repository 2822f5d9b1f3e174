"""What Prolific answers, as far as it is read here.

docs.prolific.com, API reference: the study object, list study submissions, retrieve a submission, set up bonuses, show study
cost. Amounts are whole hundredths of the account's currency; the documentation calls them cents and types them as doubles.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime


@dataclass(frozen=True, kw_only=True)
class StudyThere:
    """A study as Prolific has it. places: how many participants may take part in all; None where it does not say."""

    id: str
    status: str
    internal_name: str
    places: int | None


@dataclass(frozen=True, kw_only=True)
class SubmissionThere:
    """A participant's sitting as Prolific has it. seconds: from its start to its completion; code: what was entered at the end.

    bonuses: cents of each that was paid; None where this answer does not tell. return_requested_at is told of a submission that
    was asked for alone.
    """

    id: str
    participant: str
    status: str
    started_at: datetime | None
    completed_at: datetime | None
    seconds: float | None
    code: str
    bonuses: tuple[int, ...] | None
    return_requested_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class BonusesThere:
    """Bonuses that were set up and not paid yet, in cents. total: with fees and VAT, what the account pays."""

    id: str
    amount: int
    fees: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a study has cost so far, in cents. currency: empty while nothing was spent."""

    rewards: int
    bonuses: int
    fees: int
    tax: int
    currency: str

    @property
    def total(self) -> int:
        return self.rewards + self.bonuses + self.fees + self.tax


def study_there(payload: Mapping[str, Any]) -> StudyThere:
    return StudyThere(
        id=str(payload["id"]),
        status=status_of(payload),
        internal_name=str(payload.get("internal_name") or ""),
        places=payload.get("total_available_places"),
    )


def submission_there(payload: Mapping[str, Any]) -> SubmissionThere:
    """A submission of a list or one that was asked for alone: they name some fields differently."""
    seconds, bonuses = payload.get("time_taken"), payload.get("bonus_payments")
    return SubmissionThere(
        id=str(payload["id"]),
        participant=str(payload.get("participant_id") or payload.get("participant") or ""),
        status=status_of(payload),
        started_at=_time(payload.get("started_at")),
        completed_at=_time(payload.get("completed_at")),
        seconds=None if seconds is None else float(seconds),
        code=str(payload.get("study_code") or payload.get("entered_code") or ""),
        bonuses=None if bonuses is None else tuple(round(amount) for amount in bonuses),
        return_requested_at=_time(payload.get("return_requested")),
    )


def bonuses_there(payload: Mapping[str, Any]) -> BonusesThere:
    return BonusesThere(
        id=str(payload["id"]),
        amount=round(payload.get("amount") or 0),
        fees=round(payload.get("fees") or 0),
        total=round(payload["total_amount"]),
    )


def cost(payload: Mapping[str, Any]) -> Cost:
    """{"rewards": {"rewards": {"amount", "currency"}, "fees": …, "tax": …}, "bonuses": {"bonuses": …}}, each part or null."""
    rewards, bonuses = payload.get("rewards") or {}, payload.get("bonuses") or {}
    parts = [part for part in (*rewards.values(), *bonuses.values()) if part]
    return Cost(
        rewards=_amount(rewards, "rewards"),
        bonuses=_amount(bonuses, "bonuses"),
        fees=_amount(rewards, "fees") + _amount(bonuses, "fees"),
        tax=_amount(rewards, "tax") + _amount(bonuses, "tax"),
        currency=next((str(part["currency"]) for part in parts if part.get("currency")), ""),
    )


def status_of(payload: Mapping[str, Any]) -> str:
    """As the documentation writes it; the interface has been seen to write “AWAITING_REVIEW”, too."""
    return str(payload["status"]).upper().replace("_", " ")


def _amount(part: Mapping[str, Any], name: str) -> int:
    return round((part.get(name) or {}).get("amount") or 0)


def _time(text: Any) -> datetime | None:
    return parse_datetime(text) if isinstance(text, str) else None

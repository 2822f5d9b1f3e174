"""What the stand-in for Prolific knows: studies, submissions and bonuses, and what participants do there."""

import itertools
from dataclasses import dataclass, field
from typing import Any

FEE, VAT = 1 / 3, 0.2  # of the rewards, and of the fee


def with_fees(cents: float) -> int:
    """A third on top, and a fifth of that."""
    return round(cents * (1 + FEE * (1 + VAT)))


@dataclass
class State:
    """Rows as the API shows them, by their ids."""

    studies: dict[str, dict[str, Any]] = field(default_factory=dict)
    submissions: dict[str, dict[str, Any]] = field(default_factory=dict)
    bonuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def new_id(self) -> str:
        """24 hexadecimal digits, as Prolific's ids have."""
        return f"{next(self.numbers):024x}"

    def come(self, study_id: str, participant: str) -> str:
        """A participant starts; the submission's id, which the study's address calls SESSION_ID."""
        submission: dict[str, Any] = {
            "id": self.new_id(),
            "study_id": study_id,
            "participant_id": participant,
            "status": "ACTIVE",
            "started_at": "2026-03-01T12:00:00Z",
            "completed_at": None,
            "time_taken": None,
            "study_code": None,
            "bonus_payments": [],
            "return_requested": None,
        }
        self.submissions[submission["id"]] = submission
        return str(submission["id"])

    def complete(self, submission_id: str, code: str, *, seconds: float = 300.0) -> None:
        """The participant comes back with a code, which decides what happens next."""
        submission = self.submissions[submission_id]
        submission |= {"completed_at": "2026-03-01T12:05:00Z", "time_taken": seconds, "study_code": code}
        submission["status"] = self._status_after(self.studies[submission["study_id"]], code)

    def give_back(self, submission_id: str) -> None:
        """The participant returns the submission."""
        self.submissions[submission_id]["status"] = "RETURNED"

    def _status_after(self, study: dict[str, Any], code: str) -> str:
        actions = [
            action["action"] for known in study["completion_codes"] if known["code"] == code for action in known["actions"]
        ]
        if "AUTOMATICALLY_APPROVE" in actions:
            return "APPROVED"
        return "SCREENED OUT" if "FIXED_SCREEN_OUT_PAYMENT" in actions else "AWAITING REVIEW"

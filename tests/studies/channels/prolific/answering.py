"""What the stand-in for Prolific answers to each documented path, and what it refuses."""

import re
from collections.abc import Callable
from typing import Any

from tests.studies.channels.prolific.state import State, with_fees

REQUIRED = (
    "name",
    "description",
    "external_study_url",
    "prolific_id_option",
    "completion_codes",
    "total_available_places",
    "estimated_completion_time",
    "reward",
)
MOVES = {
    "PUBLISH": ("UNPUBLISHED", "ACTIVE"),
    "PAUSE": ("ACTIVE", "PAUSED"),
    "START": ("PAUSED", "ACTIVE"),
    "STOP": ("ACTIVE", "AWAITING REVIEW"),
}
DECISIONS = {"APPROVE": "APPROVED", "REJECT": "REJECTED"}

Body = dict[str, Any]
Row = dict[str, Any]


class Refusal(Exception):
    """An error as Prolific answers it: a status, and a detail that is a text or lists by field."""

    def __init__(self, status: int, detail: Any) -> None:
        super().__init__(str(detail))
        self.status, self.detail = status, detail


def answer(state: State, method: str, path: str, query: dict[str, str], body: Body) -> Any:
    """What is answered: a row, or a list that is paged. Raises Refusal."""
    for known, pattern, view in ROUTES:
        if known == method and (found := re.fullmatch(pattern, path)):
            return view(state, *found.groups(), query if method == "GET" else body)
    raise Refusal(404, f"There is nothing at {method} {path}.")


def _cost(_state: State, body: Body) -> Row:
    return {"total_cost": float(with_fees(body["reward"] * body["total_available_places"]))}


def _create(state: State, body: Body) -> Row:
    if missing := [name for name in REQUIRED if not body.get(name)]:
        raise Refusal(400, {name: ["This field is required."] for name in missing})
    study = {**body, "id": state.new_id(), "status": "UNPUBLISHED"}
    state.studies[study["id"]] = study
    return study


def _studies(state: State, query: Body) -> list[Row]:
    return [study for study in state.studies.values() if query.get("state") in (None, study["status"])]


def _study(state: State, study_id: str, _query: Body) -> Row:
    return _found(state.studies, study_id)


def _change(state: State, study_id: str, body: Body) -> Row:
    study = _found(state.studies, study_id)
    if study["status"] != "UNPUBLISHED" and set(body) - {"total_available_places", "internal_name"}:
        raise Refusal(400, "This field cannot be changed after the study was published.")
    if body.get("total_available_places", study["total_available_places"]) < study["total_available_places"]:
        raise Refusal(400, {"total_available_places": ["Places can only be increased."]})
    study.update(body)
    return study


def _move(state: State, study_id: str, body: Body) -> Row:
    study = _found(state.studies, study_id)
    before, after = MOVES[body["action"]]
    if study["status"] != before:
        raise Refusal(400, f"The study is {study['status']} and cannot {body['action'].lower()}.")
    study["status"] = after
    return study


def _study_cost(state: State, study_id: str, _query: Body) -> Row:
    study = _found(state.studies, study_id)
    of_study = [one for one in state.submissions.values() if one["study_id"] == study_id]
    rewards = study["reward"] * sum(one["status"] == "APPROVED" for one in of_study)
    bonuses = sum(sum(one["bonus_payments"]) for one in of_study)
    return {"rewards": _parts("rewards", rewards), "bonuses": _parts("bonuses", bonuses) if bonuses else None}


def _parts(name: str, cents: float) -> Row:
    amounts = {name: cents, "fees": cents / 3, "tax": cents / 15}
    return {part: {"amount": round(amount), "currency": "GBP"} for part, amount in amounts.items()}


def _submissions(state: State, study_id: str, _query: Body) -> list[Row]:
    _found(state.studies, study_id)
    return [one for one in state.submissions.values() if one["study_id"] == study_id]


def _submission(state: State, submission_id: str, _query: Body) -> Row:
    """The detail names some fields differently from the list."""
    submission = dict(_found(state.submissions, submission_id))
    submission["participant"], submission["entered_code"] = submission.pop("participant_id"), submission.pop("study_code")
    return submission


def _decide(state: State, submission_id: str, body: Body) -> Row:
    submission, action = _found(state.submissions, submission_id), body["action"]
    if action == "REJECT" and (len(body.get("message", "")) < 100 or not body.get("rejection_category")):
        raise Refusal(400, {"message": ["Ensure this field has at least 100 characters."]})
    if submission["status"] not in ("AWAITING REVIEW", DECISIONS[action]):
        raise Refusal(400, f"The submission is {submission['status']}; only those AWAITING REVIEW can be reviewed.")
    submission["status"] = DECISIONS[action]
    return _submission(state, submission_id, {})


def _request_return(state: State, submission_id: str, body: Body) -> Row:
    if not body.get("request_return_reasons"):
        raise Refusal(400, {"request_return_reasons": ["This field is required."]})
    submission = _found(state.submissions, submission_id)
    submission["return_requested"] = "2026-03-01T13:00:00Z"
    return {"id": submission_id, "status": submission["status"], "return_requested": submission["return_requested"]}


def _set_up(state: State, body: Body) -> Row:
    rows = [line.split(",") for line in body["csv_bonuses"].split()]
    known = {one["id"] for one in state.submissions.values() if one["study_id"] == body["study_id"]}
    if strangers := [submission for submission, _amount in rows if submission not in known]:
        raise Refusal(400, f"These IDs did not take part in the study: {', '.join(strangers)}.")
    cents = {submission: round(float(amount) * 100) for submission, amount in rows}
    amount = sum(cents.values())
    made = {"id": state.new_id(), "study": body["study_id"], "cents": cents, "amount": amount, "fees": round(amount / 3)}
    state.bonuses[made["id"]] = made | {"total_amount": with_fees(amount)}
    return state.bonuses[made["id"]]


def _pay(state: State, bonuses_id: str, _body: Body) -> Row:
    for submission, cents in _found(state.bonuses, bonuses_id)["cents"].items():
        state.submissions[submission]["bonus_payments"].append(cents)
    return {}


def _found(rows: dict[str, Row], row_id: str) -> Row:
    if row_id not in rows:
        raise Refusal(404, "Not found.")
    return rows[row_id]


ID = r"([0-9a-f]{24})"
ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("POST", "study-cost-calculator/", _cost),
    ("POST", "studies/", _create),
    ("GET", "studies/", _studies),
    ("GET", f"studies/{ID}/", _study),
    ("PATCH", f"studies/{ID}/", _change),
    ("POST", f"studies/{ID}/transition/", _move),
    ("GET", f"studies/{ID}/cost/", _study_cost),
    ("GET", f"studies/{ID}/submissions/", _submissions),
    ("GET", f"submissions/{ID}/", _submission),
    ("POST", f"submissions/{ID}/transition/", _decide),
    ("POST", f"submissions/{ID}/request-return/", _request_return),
    ("POST", "submissions/bonus-payments/", _set_up),
    ("POST", f"bulk-bonus-payments/{ID}/pay/", _pay),
)

"""The account, and what requesters do about workers: block them, write to them."""

from typing import Any

from studies.channels.mturk.emulator.account import dollars
from studies.channels.mturk.emulator.market import Market
from studies.channels.mturk.emulator.operations.hit_types import check_between, check_length
from studies.channels.mturk.emulator.pagination import page_of
from studies.channels.mturk.emulator.records import APPROVED, REJECTED, Letter

MOST_ADDRESSEES = 100


def get_account_balance(market: Market, _request: dict[str, Any]) -> dict[str, Any]:
    account = market.account
    return {"AvailableBalance": dollars(account.available_cents), "OnHoldBalance": dollars(account.held_cents)}


def create_worker_block(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    check_length("Reason", request["Reason"], 1024)
    market.blocks[market.worker(request["WorkerId"]).id] = request["Reason"]
    return {}


def delete_worker_block(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    """Also of a worker who is not blocked."""
    market.blocks.pop(request["WorkerId"], None)
    return {}


def list_worker_blocks(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    blocks = sorted(market.blocks.items())
    return page_of(blocks, request, "WorkerBlocks", lambda block: {"WorkerId": block[0], "Reason": block[1]})


def notify_workers(market: Market, request: dict[str, Any]) -> dict[str, Any]:
    """Reaches those whose work this requester has approved or rejected; the others are named in the answer."""
    check_length("Subject", request["Subject"], 200)
    check_length("MessageText", request["MessageText"], 4096)
    check_between("The number of WorkerIds", len(request["WorkerIds"]), 1, MOST_ADDRESSEES)
    known = {each.worker_id for each in market.assignments.values() if each.status in (APPROVED, REJECTED)}
    for worker_id in request["WorkerIds"]:
        if worker_id in known:
            market.letters.append(Letter(worker_id, request["Subject"], request["MessageText"], market.now))
    return {"NotifyWorkersFailureStatuses": [_failure(each) for each in request["WorkerIds"] if each not in known]}


def _failure(worker_id: str) -> dict[str, str]:
    return {
        "NotifyWorkersFailureCode": "HardFailure",
        "NotifyWorkersFailureMessage": "You have not approved or rejected work of this Worker.",
        "WorkerId": worker_id,
    }

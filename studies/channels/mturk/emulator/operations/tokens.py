"""UniqueRequestToken: the second request with the same one within 24 hours is refused, and says what the first one made.

Amazon names the code of a repeated HIT (HitAlreadyExists). For bonuses and additional assignments it says only that “an
error with a message containing the request ID” comes back: here that is DuplicateRequest.
"""

from typing import Any

from studies.channels.mturk.emulator.errors import Refused, request_error
from studies.channels.mturk.emulator.market import Market

OF_HITS, OF_ADDITIONS, OF_BONUSES = "HIT", "additional assignments", "bonus"


def check_new_hit(market: Market, request: dict[str, Any]) -> None:
    """Raise Refused for a token that has made a HIT."""
    if hit_id := market.used_for(OF_HITS, request.get("UniqueRequestToken")):
        raise request_error("HitAlreadyExists", f'The HIT with ID "{hit_id}" already exists.')


def check_new_addition(market: Market, request: dict[str, Any]) -> None:
    """Raise Refused for a token that has added assignments."""
    token = request.get("UniqueRequestToken")
    if request_id := market.used_for(OF_ADDITIONS, token):
        raise _repeated(token, request_id)


def check_new_bonus(market: Market, request: dict[str, Any]) -> None:
    """Raise Refused for a token that has paid a bonus."""
    token = request.get("UniqueRequestToken")
    if request_id := market.used_for(OF_BONUSES, token):
        raise _repeated(token, request_id)


def _repeated(token: str | None, request_id: str) -> Refused:
    message = f'The idempotency token "{token}" has already been processed. Request ID: {request_id}.'
    return request_error("DuplicateRequest", message)

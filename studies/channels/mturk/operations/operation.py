"""What is known of an operation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from studies.channels.mturk.client import Client
from studies.channels.mturk.errors import Refused
from studies.channels.mturk.models import Intent

Answer = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """An operation with an effect.

    request: the parameters, from the intent's rows. found: what Mechanical Turk says of an intent that may have happened, as
    its answer would have been; None if it did not happen. It gets the refusal, where there was one: some say what happened.
    note: writes to our rows that it happened. token: whether the call carries a UniqueRequestToken.
    """

    request: Callable[[Intent], Answer]
    found: Callable[[Client, Intent, Refused | None], Answer | None]
    note: Callable[[Intent, Answer], None]
    token: bool = False

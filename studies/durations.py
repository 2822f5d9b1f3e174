"""How long answers took."""

from datetime import datetime


def seconds(visible: float | None, shown_at: datetime, answered_at: datetime) -> float:
    """The seconds of a trial: while its page could be seen, where that is known, else from the first showing to the answer.

    0 where the server's clock was set back meanwhile.
    """
    return max(0.0, (answered_at - shown_at).total_seconds()) if visible is None else visible

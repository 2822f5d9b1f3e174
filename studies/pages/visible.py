"""How long a page could be seen, as the browser says."""

import math
from typing import Any

VISIBLE_FIELD = "visible"


class VisibleSeconds:
    """A form whose page tells it."""

    data: Any

    def visible_seconds(self) -> float | None:
        """The seconds; None if the browser does not say, or nothing sensible."""
        try:
            seconds = float(self.data.get(VISIBLE_FIELD, ""))
        except ValueError:
            return None
        return seconds if math.isfinite(seconds) and seconds >= 0 else None

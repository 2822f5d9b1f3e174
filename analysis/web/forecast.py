"""When a study will have all its votes, if people go on coming as they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from scipy.stats import f

LEVEL = 0.95
FEWEST_SESSIONS = 3.0
SHORTEST_WINDOW = timedelta(hours=1)
FURTHEST = timedelta(days=5 * 365)


@dataclass(frozen=True)
class Forecast:
    """How long the study still takes: at the rate of the window, and the ends of the 95 % interval."""

    expected: timedelta
    soonest: timedelta
    latest: timedelta


def forecast(answered: Sequence[int], window: timedelta, missing: int) -> Forecast | None:
    """The time until `missing` more trials are answered; None where too little is known to say.

    answered: trials answered in the window, by session, one number for each session that answered any.

    Sessions are taken to arrive as a Poisson process at a steady rate, each bringing the trials that such a session brings.
    With k = Σn trials in the window w, the rate is k / w; a count of trials varies φ = Σn² / Σn times as much as a Poisson
    count, as a session's trials come together. So k / φ is the number of sessions that the rate effectively rests on, and the
    time T that R missing trials take has, as the ratio of two gamma variables (Nelson, "Applied Life Data Analysis", 1982),

        T = (R · w / k) · F,   F ~ F(2R / φ, 2k / φ),

    which counts both how little is known of the rate and how unevenly the next sessions will come. It cannot know that fewer
    people come at night, or that a channel runs dry. There is no forecast on fewer than three effective sessions or one hour,
    nor one that reaches further than five years.
    """
    trials = sum(answered)
    if window < SHORTEST_WINDOW or not trials or missing < 1:
        return None
    spread = sum(number * number for number in answered) / trials
    if trials / spread < FEWEST_SESSIONS:
        return None
    expected = window * missing / trials
    ratios = f(2 * missing / spread, 2 * trials / spread)
    found = Forecast(expected, expected * ratios.ppf((1 - LEVEL) / 2), expected * ratios.ppf((1 + LEVEL) / 2))
    return found if found.latest < FURTHEST else None

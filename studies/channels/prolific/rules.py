"""Prolific's rules that are numbers and words, as pure functions.

researcher-help.prolific.com: “Prolific's payment principles” (at least £6 or $8 an hour, £9 or $12 recommended, judged on the
median time), “Valid rejection reasons”; docs.prolific.com: transition a submission, set up bonuses.
"""

import statistics
from collections.abc import Iterable, Sequence

from studies.channels.prolific.errors import AgainstTheRules

SIGNS = {"GBP": "£", "USD": "$"}
MINIMUM_AN_HOUR = {"GBP": 600, "USD": 800}  # cents
RECOMMENDED_AN_HOUR = {"GBP": 900, "USD": 1200}
SHORTEST_REJECTION = 100  # characters
DEVIATIONS_TOO_QUICK = 3
FEWEST_TO_COMPARE = 5  # submissions; fewer have no outliers
MINUTES_OF_A_SHORT_STUDY = 5
MOST_BONUSES = 200  # in one payment
DAYS_TO_REVIEW = 21  # then Prolific approves by itself

REJECTIONS = {
    "TOO_QUICKLY": "Completed exceptionally fast",
    "TOO_SLOWLY": "Completed too slowly",
    "FAILED_INSTRUCTIONS": "Did not follow the instructions",
    "INCOMP_LONGITUDINAL": "Did not complete all parts of the study",
    "FAILED_CHECK": "Failed attention checks",
    "LOW_EFFORT": "Low effort",
    "MALINGERING": "Feigned answers",
    "NO_CODE": "Entered no completion code",
    "BAD_CODE": "Entered a wrong completion code",
    "NO_DATA": "Gave no answers",
    "UNSUPP_DEVICE": "Used a device that the study does not support",
    "OTHER": "Another reason",
}
RETURN_REASONS = ("Did not finish the study.", "Encountered technical problems.", "Withdrew consent.")


def money(cents: int, currency: str) -> str:
    """An amount as people read it: £12.30."""
    return f"{SIGNS[currency]}{cents / 100:,.2f}"


def hourly(reward_cents: int, seconds: float) -> float:
    """Cents per hour of work."""
    return reward_cents * 3600 / seconds


def check_reward(reward_cents: int, minutes: int, currency: str) -> str:
    """A warning if a reward is below what Prolific recommends, else nothing.

    Raises AgainstTheRules if it is below what Prolific allows.
    """
    paid = hourly(reward_cents, minutes * 60)
    said = f"{money(reward_cents, currency)} for {minutes} minutes is {money(int(paid), currency)} an hour"
    if paid < MINIMUM_AN_HOUR[currency]:
        least = money(MINIMUM_AN_HOUR[currency], currency)
        raise AgainstTheRules(f"{said}; Prolific allows no less than {least}. Pay more, or ask for less time.")
    if paid < RECOMMENDED_AN_HOUR[currency]:
        return f"{said}; Prolific recommends at least {money(RECOMMENDED_AN_HOUR[currency], currency)}."
    return ""


def check_median(reward_cents: int, seconds: Sequence[float], currency: str) -> str:
    """A warning if people took longer than was estimated, so that the median of them is paid too little; else nothing."""
    if not seconds:
        return ""
    median = statistics.median(seconds)
    paid = hourly(reward_cents, median) if median else RECOMMENDED_AN_HOUR[currency]
    if paid >= RECOMMENDED_AN_HOUR[currency]:
        return ""
    allowed = paid >= MINIMUM_AN_HOUR[currency]
    least = money((RECOMMENDED_AN_HOUR if allowed else MINIMUM_AN_HOUR)[currency], currency)
    verb = "recommends at least" if allowed else "asks for at least"
    return (
        f"Half of the participants took {median / 60:.1f} minutes or longer, so the reward is {money(int(paid), currency)} an "
        f"hour; Prolific {verb} {least}. Pay the difference as a bonus."
    )


def check_rejection_words(category: str, message: str) -> None:
    """Raise AgainstTheRules for a category that Prolific does not know, or a message too short to explain anything."""
    if category not in REJECTIONS:
        raise AgainstTheRules("Choose one of the reasons that Prolific allows for a rejection.")
    if len(message.strip()) < SHORTEST_REJECTION:
        raise AgainstTheRules(
            f"Explain the rejection to the participant in at least {SHORTEST_REJECTION} characters; these are "
            f"{len(message.strip())}."
        )


def check_too_quick(seconds: float | None, of_all: Sequence[float]) -> None:
    """Raise AgainstTheRules unless somebody was three standard deviations faster than the mean of all."""
    if seconds is None or len(of_all) < FEWEST_TO_COMPARE:
        raise AgainstTheRules("There are too few submissions to tell who was exceptionally fast. Choose another reason.")
    least = statistics.mean(of_all) - DEVIATIONS_TOO_QUICK * statistics.stdev(of_all)
    if seconds >= least:
        raise AgainstTheRules(
            f"{seconds:.0f} seconds is not exceptionally fast: Prolific allows that reason below the mean less three standard "
            f"deviations, which is {max(least, 0):.0f} seconds."
        )


def check_failed_checks(failed: int, minutes: int) -> None:
    """Raise AgainstTheRules unless enough attention checks were failed: one in a study under 5 minutes, else two."""
    needed = 1 if minutes < MINUTES_OF_A_SHORT_STUDY else 2
    if failed < needed:
        raise AgainstTheRules(
            f"The participant failed {failed} attention checks; Prolific allows that reason from {needed} on in a study of "
            f"{minutes} minutes."
        )


def bonuses_csv(cents: Iterable[tuple[str, int]]) -> str:
    """A line for each submission: its id, and the amount in whole currency, since 30 would pay £30.00."""
    return "".join(f"{submission},{amount // 100}.{amount % 100:02d}\n" for submission, amount in cents)

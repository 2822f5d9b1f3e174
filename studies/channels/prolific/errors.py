"""What goes wrong with Prolific, each with a sentence that says what to do.

What matters is whether a call took effect: Refused and Unreachable did not, MayHaveHappened may have.
"""

from studies.errors import StudyError


class ProlificError(StudyError):
    """Something about Prolific; the message is a sentence for people."""


class NotSetUp(ProlificError):
    """There is no token to speak to Prolific with."""


class Unreachable(ProlificError):
    """Prolific did not take the call, after several attempts: nothing has happened."""


class Refused(ProlificError):
    """Prolific said no, in its own words: nothing has happened. status: HTTP's."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class MayHaveHappened(ProlificError):
    """Prolific was told and did not answer: it is read back, and never told again before that."""


class AgainstTheRules(ProlificError):
    """What Prolific's rules, or this site's for spending there, do not allow."""


class OverBudget(ProlificError):
    """More than the budget of the study on Prolific leaves."""


class CostChanged(ProlificError):
    """What was confirmed is not what it costs now."""


class UnderWay(ProlificError):
    """The same was asked for already, and what came of it is not known yet."""

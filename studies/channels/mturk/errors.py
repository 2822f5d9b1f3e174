"""What the Mechanical Turk channel refuses, each with a sentence that says what to do."""

from studies.errors import StudyError


class MTurkError(StudyError):
    """What this channel refuses; the message is a sentence for the researcher."""


class NotReachable(MTurkError):
    """Mechanical Turk cannot be asked at all: no keys, wrong keys, no network."""


class NotPostable(MTurkError):
    """A posting with faults; `sentences` names every one of them."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class BadAmount(MTurkError):
    """Money that is not written as dollars and cents."""


class OverBudget(MTurkError):
    """A step that would spend more than the researcher confirmed."""


class Refused(MTurkError):
    """Mechanical Turk said no, so nothing happened; `code` is its TurkErrorCode or the name of the error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class MayHaveHappened(MTurkError):
    """No answer came, or none that says whether the call had its effect."""


class ImpossibleReview(MTurkError):
    """A decision on assignments that Mechanical Turk would not take."""

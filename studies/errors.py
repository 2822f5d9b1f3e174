"""Everything a study can refuse, each with a sentence that says what to do."""


class StudyError(Exception):
    """What a study refuses; the message is a sentence for people."""


class NotPublishable(StudyError):
    """A design with faults; `sentences` names every one of them."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class ImpossibleMove(StudyError):
    """A button that makes no sense in the study's state."""


class DesignFrozen(StudyError):
    """A change to the design of a study that is published."""


class NoPlaceLeft(StudyError):
    """There is nothing to vote on for this worker now."""


class NotWelcome(NoPlaceLeft):
    """This worker may not take part, now or later."""


class TrialClosed(StudyError):
    """A vote on a trial whose place was given back."""


class IncompleteVotes(StudyError):
    """Votes that leave a criterion out, or answer one that the study does not ask."""


class NotShown(StudyError):
    """A vote for a condition that the trial does not show."""


class NotFetched(StudyError):
    """A vote on a trial of which an image never reached the worker."""


class NotUndoable(StudyError):
    """An answer that cannot be taken back any more."""


class NotReported(StudyError):
    """A report on a trial that does not wait for an answer."""


class NotInvited(StudyError):
    """A list of people with faults; `sentences` names every one of them by file and line."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class ImpossibleDecision(StudyError):
    """An exclusion without a reason, of somebody who took no part, or one that is made or lifted already."""

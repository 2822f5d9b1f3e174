"""What can be wrong with a question, its images or its answers, each with a sentence that says what to do."""

from studies.errors import StudyError


class QuestionRefused(StudyError):
    """A question that Mechanical Turk would refuse, or that its workers could not answer."""


class QuestionTooLong(QuestionRefused):
    """A question of more bytes than Mechanical Turk takes."""


class UnreadableAnswers(StudyError):
    """Answers that are no QuestionFormAnswers."""


class ImpossibleAnswer(StudyError):
    """An answer that is missing, or that the page did not offer."""


class ImageHostRefused(StudyError):
    """An image, or the place where it lies, that a question's page could not show."""


class LinkExpiresTooEarly(ImageHostRefused):
    """A link to an image that would end before the last worker is done."""

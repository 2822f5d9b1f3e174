"""What Mechanical Turk and a browser inside its page take. Source: the Developer Guide, “ExternalQuestion”, “HTMLQuestion”."""

import re
from urllib.parse import urlsplit

from studies.channels.loopback import is_loopback
from studies.channels.mturk.questions.errors import QuestionRefused, QuestionTooLong

LONGEST_QUESTION = 65_535  # bytes of UTF-8
SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def checked(question: str, what_to_shorten: str) -> str:
    """The XML of a question, if Mechanical Turk takes it. Raises QuestionRefused and QuestionTooLong."""
    if character := _NOT_IN_XML.search(question):
        raise QuestionRefused(
            f"The question holds the character U+{ord(character[0]):04X}, which XML cannot carry: "
            "take it out of the study's texts."
        )
    excess = len(question.encode()) - LONGEST_QUESTION
    if excess > 0:
        raise QuestionTooLong(
            f"The question is {excess:,} bytes longer than the {LONGEST_QUESTION:,} that Mechanical Turk takes: "
            f"{what_to_shorten}."
        )
    return question


def refuse_insecure(link: str, what: str) -> None:
    """Raise QuestionRefused unless a link is https, or http to this machine alone."""
    if not is_secure(link):
        raise QuestionRefused(
            f"{what} is not an https link ({shown(link)}): a browser shows nothing else inside Mechanical Turk's page. "
            "Give the address where the same is served over https."
        )


def is_secure(link: str) -> bool:
    """Whether a browser loads a link inside an https page."""
    parts = urlsplit(link)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(str(parts.hostname))))


def shown(link: str) -> str:
    """A link as a message may show it: without its query, in which signatures and tokens travel."""
    return link.partition("?")[0]

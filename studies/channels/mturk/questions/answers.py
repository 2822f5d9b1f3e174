"""What a worker answered, from the QuestionFormAnswers XML of an assignment.

Source: the schema https://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd.
Every field that a page posts to Mechanical Turk comes back as an Answer with a FreeText, named by its QuestionIdentifier.
"""

import math
from collections.abc import Iterable, Mapping
from typing import NoReturn
from xml.etree import ElementTree
from xml.parsers import expat

from studies.channels.mturk.questions.errors import ImpossibleAnswer, UnreadableAnswers
from studies.channels.mturk.questions.limits import SCHEMAS
from studies.channels.mturk.questions.order import shown_order

_SCHEMA = f"{{{SCHEMAS}/2005-10-01/QuestionFormAnswers.xsd}}"
_NO_CLEAR_WINNER = "0"
_FETCH_AGAIN = "Fetch the assignment again; if it stays so, reject nothing and look at it by hand."


def answers_of(xml: str) -> dict[str, str]:
    """The text of each answer, by the name of its field.

    Raises UnreadableAnswers for what is no QuestionFormAnswers, and for XML with a DOCTYPE: Mechanical Turk writes none, and
    what one declares could make a short text a huge one.
    """
    answers: dict[str, str] = {}
    for answer in _root(xml).findall(f"{_SCHEMA}Answer"):
        name, text = answer.findtext(f"{_SCHEMA}QuestionIdentifier"), answer.findtext(f"{_SCHEMA}FreeText")
        if not name or text is None:
            raise UnreadableAnswers(f"An answer has no name, or no text (“{name or ''}”). {_FETCH_AGAIN}")
        if name in answers:
            raise UnreadableAnswers(f"The answers hold “{name}” twice. {_FETCH_AGAIN}")
        answers[name] = text
    return answers


def choices_of(
    answers: Mapping[str, str], key: str, criteria: Iterable[str], assignment_id: str, images: int
) -> dict[str, int | None]:
    """What was chosen for each criterion of a comparison: an index into its stored order; None for no clear winner.

    key: the comparison's. images: how many it shows. Raises ImpossibleAnswer for a missing answer and for a position that
    was not offered.
    """
    order = shown_order(assignment_id, key, images)
    chosen: dict[str, int | None] = {str(position): index for position, index in enumerate(order, 1)}
    chosen[_NO_CLEAR_WINNER] = None
    return {criterion: chosen[_position(answers, f"{key}.{criterion}", chosen)] for criterion in criteria}


def seconds_of(answers: Mapping[str, str], key: str) -> float | None:
    """How long a comparison could be seen, in seconds; None if the browser did not say, or nothing sensible."""
    try:
        seconds = float(answers.get(f"{key}.seconds", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _root(xml: str) -> ElementTree.Element:
    try:
        _refuse_doctype(xml)
        root = ElementTree.fromstring(xml)  # noqa: S314 (without a DOCTYPE there is nothing to expand)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise UnreadableAnswers(f"The answers are no XML ({error}). {_FETCH_AGAIN}") from error
    if root.tag != f"{_SCHEMA}QuestionFormAnswers":
        raise UnreadableAnswers(f"The answers are no QuestionFormAnswers but “{root.tag}”. {_FETCH_AGAIN}")
    return root


def _refuse_doctype(xml: str) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.Parse(xml, True)


def _refuse(*_: object) -> NoReturn:
    raise UnreadableAnswers(f"The answers declare a DOCTYPE, which Mechanical Turk never does. {_FETCH_AGAIN}")


def _position(answers: Mapping[str, str], field: str, offered: Mapping[str, object]) -> str:
    if field not in answers:
        raise ImpossibleAnswer(f"The answer “{field}” is missing: the page asks for it, so this was not sent by the page.")
    if answers[field] not in offered:
        raise ImpossibleAnswer(
            f"The answer “{field}” is {answers[field][:40]!r}, but the page offered {', '.join(offered)}: "
            "this was not sent by the page."
        )
    return answers[field]

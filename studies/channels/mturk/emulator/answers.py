"""What a worker sent, as the XML that requesters get."""

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from studies.channels.mturk.emulator.questions import SCHEMAS

NAMESPACE = SCHEMAS + "2005-10-01/QuestionFormAnswers.xsd"
BETWEEN_VALUES = "|"  # of one field that was sent several times, e.g. checkboxes
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answers_xml(fields: Mapping[str, Sequence[str]]) -> str:
    """A QuestionFormAnswers document: one free text for each field of the form, in its order."""
    answers = "".join(
        f"<Answer><QuestionIdentifier>{_text(name)}</QuestionIdentifier>"
        f"<FreeText>{_text(BETWEEN_VALUES.join(values))}</FreeText></Answer>"
        for name, values in fields.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><QuestionFormAnswers xmlns="{NAMESPACE}">{answers}</QuestionFormAnswers>'


def _text(value: str) -> str:
    return escape(NOT_IN_XML.sub("", value), {"\r": "&#13;"})

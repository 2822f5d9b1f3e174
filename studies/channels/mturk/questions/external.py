"""ExternalQuestion: the site itself in Mechanical Turk's frame."""

from xml.sax.saxutils import escape

from studies.channels.mturk.questions.limits import SCHEMAS, checked, refuse_insecure

SCHEMA = f"{SCHEMAS}/2006-07-14/ExternalQuestion.xsd"


def external_question(address: str, frame_height: int) -> str:
    """The XML of a question that shows the page at an address, to which Mechanical Turk adds who looks.

    frame_height: pixels; 0 lets Mechanical Turk fit the frame to the window. Raises QuestionRefused for an address that is
    not https and QuestionTooLong for a very long one.
    """
    refuse_insecure(address, "The address of the voting page")
    question = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ExternalQuestion xmlns="{SCHEMA}">\n'
        f"<ExternalURL>{escape(address)}</ExternalURL>\n<FrameHeight>{frame_height}</FrameHeight>\n</ExternalQuestion>\n"
    )
    return checked(question, "shorten the address of the voting page")

"""What a HIT shows: an ExternalQuestion or an HTMLQuestion, read from XML that may name no entities."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.parsers import expat

from studies.channels.loopback import is_loopback
from studies.channels.mturk.emulator.errors import PARAMETER_ERROR, PREFIX, Refused

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/"
EXTERNAL = SCHEMAS + "2006-07-14/ExternalQuestion.xsd ExternalQuestion"
HTML = SCHEMAS + "2011-11-11/HTMLQuestion.xsd HTMLQuestion"
MOST_BYTES = 65_535


@dataclass(frozen=True)
class Question:
    """Where the page is (address), or what it is (html); the height of its frame, in pixels, 0 for as high as it is."""

    address: str
    html: str
    height: int


def question_of(xml: str) -> Question:
    """Read a question. Raises Refused, as Amazon does for XML that does not fit its schemas."""
    if len(xml.encode()) > MOST_BYTES:
        raise _unfit(f"The question is {len(xml.encode()):,} bytes; at most {MOST_BYTES:,} are allowed")
    root, children = _children(xml)
    if root == EXTERNAL and [name for name, _ in children] == ["ExternalURL", "FrameHeight"]:
        return Question(_address(children[0][1].strip()), "", _height(children[1][1]))
    if root == HTML and [name for name, _ in children] == ["HTMLContent", "FrameHeight"]:
        return Question("", children[0][1], _height(children[1][1]))
    raise _unfit("It must be an ExternalQuestion (ExternalURL, FrameHeight) or an HTMLQuestion (HTMLContent, FrameHeight)")


def _children(xml: str) -> tuple[str, list[tuple[str, str]]]:
    """The root's name (“namespace name”) and its children's names and texts."""
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reading.start, reading.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reading.text, reading.doctype
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise _unfit(str(error)) from error
    return reading.root, reading.children


class _Reading:
    """What a parser has met so far."""

    def __init__(self) -> None:
        self.root, self.depth = "", 0
        self.children: list[tuple[str, str]] = []

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.depth += 1
        namespace, _, plain = name.rpartition(" ")
        if self.depth == 1:
            self.root = name
        elif self.depth == 2 and namespace == self.root.rpartition(" ")[0]:
            self.children.append((plain, ""))
        else:
            raise _unfit(f"There is no element {plain} in the schema")

    def end(self, _name: str) -> None:
        self.depth -= 1

    def text(self, data: str) -> None:
        if self.depth == 2:
            name, before = self.children[-1]
            self.children[-1] = (name, before + data)

    def doctype(self, *_: Any) -> None:
        raise _unfit("A document type is not allowed")


def _address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return address
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return address
    raise _unfit("ExternalURL must be an https address (on this machine, http will do)")


def _height(text: str) -> int:
    if not text.strip().isdecimal():
        raise _unfit("FrameHeight must be a number of pixels, from 0")
    return int(text)


def _unfit(details: str) -> Refused:
    return Refused(
        "There was an error parsing the XML question or answer data in your request.  Please make sure the data is "
        f"well-formed and validates against the appropriate schema. Details: {details}.",
        kind=PARAMETER_ERROR,
        turk_code=PREFIX + "XMLParseError",
    )

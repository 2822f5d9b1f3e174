import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as st

from studies.channels.mturk.emulator.answers import NOT_IN_XML, answers_xml

QUESTION_FORM_ANSWERS = "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd}"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def read(xml: str) -> dict[str, str]:
    root = ElementTree.fromstring(xml)  # noqa: S314 (our own)
    assert root.tag == f"{QUESTION_FORM_ANSWERS}QuestionFormAnswers"
    return {answer[0].text or "": answer[1].text or "" for answer in root}


def test_each_field_is_a_free_text() -> None:
    assert read(answers_xml({"a.quality": ["1"], "comment": ['<b> & "c"']})) == {"a.quality": "1", "comment": '<b> & "c"'}


def test_values_of_one_field_stand_side_by_side() -> None:
    assert read(answers_xml({"colours": ["red", "blue"]})) == {"colours": "red|blue"}


@given(st.dictionaries(TEXTS, TEXTS, min_size=1))
def test_whatever_is_sent_can_be_read_again(fields: dict[str, str]) -> None:
    wanted: dict[str, str] = {}
    for name, value in fields.items():
        wanted[NOT_IN_XML.sub("", name)] = NOT_IN_XML.sub("", value)
    assert read(answers_xml({name: [value] for name, value in fields.items()})) == wanted

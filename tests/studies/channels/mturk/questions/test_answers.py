import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.channels.mturk.questions.answers import answers_of, choices_of, seconds_of
from studies.channels.mturk.questions.errors import ImpossibleAnswer, UnreadableAnswers
from studies.channels.mturk.questions.order import shown_order

SCHEMA = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd"


def form_answers(answers: str, head: str = '<?xml version="1.0" encoding="ASCII"?>', schema: str = SCHEMA) -> str:
    return f'{head}<QuestionFormAnswers xmlns="{schema}">{answers}</QuestionFormAnswers>'


def answer(name: str, text: str) -> str:
    return f"<Answer><QuestionIdentifier>{name}</QuestionIdentifier><FreeText>{text}</FreeText></Answer>"


def test_answers_by_the_names_of_their_fields() -> None:
    xml = form_answers(
        answer("k1.quality", "2") + answer("k1.seconds", "8.5") + answer("comment", "&lt;grün&gt; ü &amp; &#228;")
    )
    assert answers_of(xml) == {"k1.quality": "2", "k1.seconds": "8.5", "comment": "<grün> ü & ä"}


def test_a_comment_that_was_left_empty() -> None:
    assert answers_of(form_answers("<Answer><QuestionIdentifier>comment</QuestionIdentifier><FreeText/></Answer>")) == {
        "comment": ""
    }


def test_entities_are_not_expanded() -> None:
    head = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    with pytest.raises(UnreadableAnswers, match="DOCTYPE"):
        answers_of(form_answers(answer("k1.quality", "&b;"), head))


def test_a_doctype_without_entities_is_refused_too() -> None:
    with pytest.raises(UnreadableAnswers, match="DOCTYPE"):
        answers_of(form_answers("", '<!DOCTYPE x SYSTEM "file:///etc/passwd">'))


@pytest.mark.parametrize("xml", ["", "no XML", "<a", "<a>\x00</a>", "<a>\ud800</a>", "<a>&unknown;</a>"])
def test_what_is_no_xml(xml: str) -> None:
    with pytest.raises(UnreadableAnswers, match="no XML"):
        answers_of(xml)


def test_another_schema_is_refused() -> None:
    with pytest.raises(UnreadableAnswers, match="no QuestionFormAnswers"):
        answers_of(form_answers(answer("a", "1"), schema="http://example.org/other.xsd"))


def test_an_answer_given_twice_is_refused() -> None:
    with pytest.raises(UnreadableAnswers, match=r"“k1\.quality” twice"):
        answers_of(form_answers(answer("k1.quality", "1") + answer("k1.quality", "2")))


@pytest.mark.parametrize("content", ["<QuestionIdentifier>file</QuestionIdentifier>", "<FreeText>1</FreeText>"])
def test_an_answer_without_name_or_text_is_refused(content: str) -> None:
    with pytest.raises(UnreadableAnswers, match="no name, or no text"):
        answers_of(form_answers(f"<Answer>{content}</Answer>"))


@given(st.text(), st.text(), st.integers(2, 4), st.data())
def test_a_chosen_position_is_the_image_that_stood_there(
    assignment_id: str, key: str, images: int, data: st.DataObject
) -> None:
    position = data.draw(st.integers(1, images))
    chosen = choices_of({f"{key}.quality": str(position)}, key, ["quality"], assignment_id, images)
    assert chosen == {"quality": shown_order(assignment_id, key, images)[position - 1]}


def test_no_clear_winner_is_none() -> None:
    answers = {"k1.correctness": "0", "k1.quality": "1", "k2.quality": "2"}
    chosen = choices_of(answers, "k1", ["correctness", "quality"], "A1", 2)
    assert chosen == {"correctness": None, "quality": shown_order("A1", "k1", 2)[0]}


def test_a_missing_answer_is_named() -> None:
    with pytest.raises(ImpossibleAnswer, match=r"“k1\.quality” is missing"):
        choices_of({"k2.quality": "1"}, "k1", ["quality"], "A1", 2)


@pytest.mark.parametrize("position", ["3", "-1", "", "1 ", "01", "１", "1.0", "none"])
def test_a_position_that_was_not_offered_is_named(position: str) -> None:
    with pytest.raises(ImpossibleAnswer, match=r"“k1\.quality” is .* but the page offered 1, 2, 0"):
        choices_of({"k1.quality": position}, "k1", ["quality"], "A1", 2)


@pytest.mark.parametrize(
    ("said", "seconds"), [("8.5", 8.5), ("0", 0.0), ("-1", None), ("nan", None), ("inf", None), ("", None)]
)
def test_the_seconds_that_a_comparison_could_be_seen(said: str, seconds: float | None) -> None:
    assert seconds_of({"k1.seconds": said}, "k1") == seconds


def test_a_browser_that_says_no_seconds() -> None:
    assert seconds_of({}, "k1") is None

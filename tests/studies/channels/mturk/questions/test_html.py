from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from studies.channels.mturk.questions.errors import QuestionRefused, QuestionTooLong
from studies.channels.mturk.questions.html import HtmlPage, html, html_question
from tests.studies.channels.mturk.questions.pages import CRITERIA, comparison, page

SCHEMA = "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd}"
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))


def parsed(question: str) -> ElementTree.Element:
    return ElementTree.fromstring(question.encode())  # noqa: S314 (our own)


def soup(shown: HtmlPage) -> BeautifulSoup:
    """The page, with what its template holds as a part like any other."""
    return BeautifulSoup(html(shown).replace("template>", "article>"), "html.parser")


def test_the_question_carries_the_page() -> None:
    root = parsed(html_question(page(), 0))
    assert root.tag == f"{SCHEMA}HTMLQuestion"
    assert root.findtext(f"{SCHEMA}HTMLContent") == html(page())
    assert root.findtext(f"{SCHEMA}FrameHeight") == "0"


@given(TEXT, TEXT)
def test_no_text_of_a_study_breaks_the_question(title: str, prompt: str) -> None:
    shown = page(title=f"{title}]]>{title}", comparisons=(comparison(prompt=f"{prompt}]]></script><!--"),))
    carried = parsed(html_question(shown, 800)).findtext(f"{SCHEMA}HTMLContent")
    assert carried == html(shown)


def test_a_character_that_xml_has_not_is_named() -> None:
    with pytest.raises(QuestionRefused, match=r"U\+000B"):
        html_question(page(title="a\x0bb"), 800)


def test_the_page_asks_no_host_but_those_of_its_images() -> None:
    shown = soup(page())
    assert not shown.select("[srcset], iframe, object, embed, video, audio, script[src], link[rel=stylesheet], base")
    assert [link["href"] for link in shown.select("link")] == ["data:,"]
    assert [image["src"] for image in shown.select("img")] == ["", ""]
    assert not any(text in style for style in map(str, shown.select("style")) for text in ("url(", "@import"))


def test_the_page_is_as_the_site_shows_trials() -> None:
    trial = soup(page(images=3)).select_one("article")
    assert trial is not None
    assert [image["alt"] for image in trial.select("figure img")] == ["Image 1", "Image 2", "Image 3"]
    assert [legend.text for legend in trial.select("legend")] == [question for _, question in CRITERIA]
    choices = [label.text for label in trial.select("fieldset")[0].select(".choice span")]
    assert choices == ["Image 1", "Image 2", "Image 3", "No clear winner"]
    assert all(field.has_attr("required") for field in trial.select("input[type=radio]"))


def test_the_page_speaks_german() -> None:
    shown = soup(page(language="de"))
    assert shown.select("html[lang=de]")
    assert "Bild 1" in shown.text
    assert "No clear winner" not in shown.text


def test_without_javascript_the_page_says_that_it_needs_it_and_cannot_be_started() -> None:
    shown = soup(page())
    assert "needs JavaScript" in shown.select(".notice:not([hidden])")[0].text
    assert shown.select("[data-start] fieldset[disabled] button")
    assert not shown.select("form[action]")


def test_a_note_in_plain_text_is_shown_as_text() -> None:
    assert "<b>" not in html(page(comparisons=(comparison(note="<b>"),)))  # type: ignore[arg-type]


REFUSED: list[Any] = [
    pytest.param({"comparisons": ()}, "asks nothing", id="no comparison"),
    pytest.param({"criteria": ()}, "asks nothing", id="no criterion"),
    pytest.param({"comparisons": (comparison("a", 2), comparison("b", 3))}, "different numbers", id="different numbers"),
    pytest.param({"comparisons": (comparison("a"), comparison("a"))}, "same key", id="same key"),
    pytest.param({"criteria": (("seconds", "?"),)}, "another name", id="a criterion named as the time"),
    pytest.param({"comparisons": (comparison(host="http://images.example.org"),)}, "not an https link", id="an http image"),
    pytest.param({"comparisons": (comparison(host="data:image/png;base64,"),)}, "not an https link", id="a data image"),
    pytest.param({"submit_to": "http://www.mturk.com"}, "not an https link", id="answers over http"),
]


@pytest.mark.parametrize(("changed", "reason"), REFUSED)
def test_a_page_that_nobody_could_answer_is_refused(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(QuestionRefused, match=reason):
        html_question(page(**changed), 800)


def test_a_question_that_is_too_long_says_by_how_much_and_what_to_shorten() -> None:
    whole = html_question(page(), 800)
    spare = 65_535 - len(whole.encode())
    fitting = page(title="Compare images" + "x" * (spare // 2))  # the title stands in the page twice
    assert len(html_question(fitting, 800).encode()) in (65_534, 65_535)
    with pytest.raises(QuestionTooLong, match=r"[12] bytes longer than the 65,535 .* fewer than 3 comparisons"):
        html_question(page(title="Compare images" + "x" * (spare // 2 + 1)), 800)


def test_images_on_this_machine_need_no_encryption() -> None:
    assert "http://localhost:9000/k1-0.png" in html_question(page(host="http://localhost:9000"), 800)


def test_twenty_comparisons_of_four_presigned_links_fit() -> None:
    query = (
        "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + "x" * 60 + "&X-Amz-Date=20261129T192903Z&X-Amz-Expires=604800"
    )
    link = "https://some-bucket.s3.eu-central-1.amazonaws.com/study/" + "k" * 22 + ".png" + query
    link += "&X-Amz-SignedHeaders=host&X-Amz-Signature=" + "0" * 64
    shown = tuple(comparison(f"k{number}", prompt="a word " * 15, links=(link,) * 4) for number in range(20))
    assert len(html_question(page(comparisons=shown), 800).encode()) < 65_535

from hypothesis import given
from hypothesis import strategies as st

from studies.markdown import render


def test_markdown_becomes_paragraphs_and_lists() -> None:
    assert render("Look *closely*.\n\n- shape\n- colour") == (
        "<p>Look <em>closely</em>.</p>\n<ul>\n<li>shape</li>\n<li>colour</li>\n</ul>\n"
    )


def test_raw_html_is_shown_as_text() -> None:
    assert render("<script>alert(1)</script>").count("<script") == 0
    assert "&lt;script&gt;" in render("a <script>alert(1)</script>")


def test_a_link_that_runs_a_script_loses_its_address() -> None:
    assert "javascript:" not in render("[click](javascript:alert(1))").replace("(javascript:alert(1))", "")
    assert "href" not in render("[click](data:text/html,hello)")


def test_a_link_opens_beside_the_page_and_tells_nobody_where_it_came_from() -> None:
    html = render("[the paper](https://example.org/)")
    assert 'target="_blank"' in html
    assert 'rel="noopener noreferrer"' in html


def test_a_picture_is_left_out() -> None:
    assert "<img" not in render("![SD](https://example.org/sd.png)")


def test_headings_start_below_those_of_the_page() -> None:
    assert render("# Rules\n## Colours") == "<h3>Rules</h3>\n<h4>Colours</h4>\n"
    assert render("## Rules\n### Colours") == "<h3>Rules</h3>\n<h4>Colours</h4>\n"
    assert render("# Rules\n## Colours", highest=2) == "<h2>Rules</h2>\n<h3>Colours</h3>\n"


def test_deep_headings_stop_at_the_sixth_level() -> None:
    assert render("# One\n###### Six").endswith("<h6>Six</h6>\n")


@given(st.text(alphabet=st.sampled_from("<>&\"'[]()!#*`= \nabjonerrscipt:/"), max_size=60))
def test_no_text_yields_a_script_a_style_or_a_handler(text: str) -> None:
    html = render(text).lower()
    assert "<script" not in html
    assert "<style" not in html
    assert "<img" not in html

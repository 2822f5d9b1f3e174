"""Researchers' Markdown as HTML that is safe on a worker's page."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_TEXT = {"a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "ul"}
_TABLE = {"table", "tbody", "td", "th", "thead", "tr"}
_CLEANER = nh3.Cleaner(
    # No images: a picture in the instructions would be loaded from elsewhere, or tell conditions apart.
    tags=_TEXT | _TABLE,
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    set_tag_attribute_values={"a": {"target": "_blank"}},
    link_rel="noopener noreferrer",
)


def render(text: str, highest: int = 3) -> SafeString:
    """The HTML of a Markdown text; raw HTML in it is shown as text.

    highest: the level that its highest headings get, so that they stay below those of the page around them.
    """
    tokens = _PARSER.parse(text)
    _lower_headings(tokens, highest)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return mark_safe(_CLEANER.clean(html))  # noqa: S308 (cleaned one call earlier)


def _lower_headings(tokens: list[Token], highest: int) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    written = min((int(token.tag[1]) for token in headings), default=highest)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - written + highest, 6)}"

"""HTML from words and numbers. What is `Html` is markup already; every other text is escaped on its way into one."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import NewType

from analysis.figures import Picture

Html = NewType("Html", str)

MOST_OPEN_ROWS = 40  # a longer table is closed at first


class Number(str):
    """A cell that stands right."""

    __slots__ = ()


NOTHING = Number("–")

Row = Sequence[str]
Pictures = Mapping[str, Picture]  # of one study, by name


def joined(parts: Iterable[Html]) -> Html:
    return Html("\n".join(parts))


def paragraph(words: str, kind: str = "") -> Html:
    return Html(f"<p{_class(kind)}>{escape(words)}</p>")


def strong(words: str) -> Html:
    """A paragraph that nobody should miss."""
    return paragraph(words, "note")


def items(sentences: Iterable[str]) -> Html:
    return Html("<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences) + "</ul>")


def section(anchor: str, title: str, inside: Html) -> Html:
    """A part of a study's section, at which a link `#anchor` leads."""
    return Html(f'<section id="{anchor}">\n<h3>{escape(title)}</h3>\n{inside}\n</section>')


def facts(pairs: Iterable[tuple[str, str]]) -> Html:
    """Names and what is said of each."""
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in pairs)
    return Html(f"<dl>{listed}</dl>")


def table(caption: str, heads: Sequence[str], rows: Iterable[Row], named: int = 1) -> Html:
    """The first `named` cells of a row are its heads. Columns without a word are left out, as is a table without rows.

    A table of many rows opens on a click; what is open is printed.
    """
    rows = list(rows)
    if not rows:
        return Html("")
    kept = [number for number, cells in enumerate(zip(heads, *rows, strict=True)) if any(cells[1:])]
    head = "".join(f'<th scope="col"{_number(rows[0][column])}>{escape(heads[column])}</th>' for column in kept)
    body = "\n".join(_row([row[column] for column in kept], named) for row in rows)
    return Html(
        f"<details{' open' * (len(rows) <= MOST_OPEN_ROWS)}>\n<summary>{escape(caption)}</summary>\n"
        + _scrolling(caption, f'<table class="numbers"><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>')
        + "\n</details>"
    )


def _row(row: Row, named: int) -> str:
    heads = "".join(f'<th scope="row">{escape(cell)}</th>' for cell in row[:named])
    return f"<tr>{heads}{''.join(f'<td{_number(cell)}>{escape(cell)}</td>' for cell in row[named:])}</tr>"


def _number(cell: str) -> str:
    return _class("number" if isinstance(cell, Number) else "")


def _scrolling(label: str, inside: str) -> Html:
    """What may be wider than a phone. No landmark: there would be too many, and of two studies two by each name."""
    return Html(f'<div class="scroll" role="group" aria-label="{escape(label)}" tabindex="0">\n{inside}\n</div>')


def figure(pictures: Pictures, name: str) -> Html:
    """The picture of this name, if there is one; the page holds it whole."""
    if name not in pictures:
        return Html("")
    picture = pictures[name]
    source = "data:image/svg+xml;base64," + b64encode(picture.svg).decode()
    image = f'<img src="{source}" alt="{escape(picture.alt)}">'
    return Html(f"<figure>{_scrolling(picture.title, image)}<figcaption>{escape(picture.title)}</figcaption></figure>")


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""

"""HTMLQuestion: a whole HIT in one page that needs no server of ours, only Mechanical Turk and wherever the images lie.

The page shows trials with the site's own templates, styles and words. Which image stands where is decided in the worker's
browser (see order.py), and the answers are positions: nothing in the page tells which condition an image is of, as long as
the links and their order in HtmlComparison tell nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from studies.channels.mturk.questions.errors import QuestionRefused
from studies.channels.mturk.questions.limits import SCHEMAS, checked, refuse_insecure
from studies.pages.comment_form import CommentForm
from studies.pages.vote_form import NO_CLEAR_WINNER_POSITION, Choice, label_of

SCHEMA = f"{SCHEMAS}/2011-11-11/HTMLQuestion.xsd"
SECONDS = "seconds"
STYLES = ("studies/vote.css", "studies/pages.css", "mturk/html_question.css")
SCRIPTS = ("studies/look.js", "mturk/html_question.js")


@dataclass(frozen=True)
class HtmlComparison:
    """What the page shows together: the links in an order that tells nothing, and the key that names the answers."""

    key: str
    prompt: str
    note: SafeString
    images: tuple[str, ...]


@dataclass(frozen=True)
class HtmlPage:
    """One HIT.

    submit_to: the origin that takes the answers, such as https://www.mturk.com. criteria: each with a name and a question.
    agreements: what must be ticked besides the consent, such as one's age.
    """

    language: str
    title: str
    instructions: SafeString
    consent: SafeString
    submit_to: str
    comparisons: tuple[HtmlComparison, ...]
    criteria: tuple[tuple[str, str], ...]
    agreements: tuple[str, ...] = ()

    @property
    def images(self) -> int:
        """How many images a comparison shows; all show equally many."""
        return len(self.comparisons[0].images)


@dataclass(frozen=True)
class Question:
    """A criterion as studies/trial_questions.html reads a form's field. The page puts the comparison's key before the name."""

    name: str
    label: str
    errors: tuple[str, ...] = ()

    @property
    def html_name(self) -> str:
        return f".{self.name}"

    @property
    def auto_id(self) -> str:
        return f"criterion_{self.name}"


def html_question(page: HtmlPage, frame_height: int) -> str:
    """The XML of a question that carries its page.

    frame_height: pixels; 0 lets Mechanical Turk fit the frame to the window. Raises QuestionRefused for a page that could not
    be shown or answered, and QuestionTooLong for one of too many bytes.
    """
    _refuse_unanswerable(page)
    for comparison in page.comparisons:
        for link in comparison.images:
            refuse_insecure(link, f"An image of the comparison “{comparison.prompt}”")
    refuse_insecure(page.submit_to, "The address that takes the answers")
    question = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<HTMLQuestion xmlns="{SCHEMA}">\n'
        f"<HTMLContent>{_cdata(html(page))}</HTMLContent>\n<FrameHeight>{frame_height}</FrameHeight>\n</HTMLQuestion>\n"
    )
    return checked(question, f"put fewer than {len(page.comparisons)} comparisons into a HIT, or shorten the study's texts")


def html(page: HtmlPage) -> str:
    """The page itself, in its own language."""
    with translation.override(page.language):
        return render_to_string("mturk/html_question.html", _context(page))


def _refuse_unanswerable(page: HtmlPage) -> None:
    if not page.comparisons or not page.criteria:
        raise QuestionRefused("The page asks nothing: give it a comparison and a criterion at least.")
    if len({len(comparison.images) for comparison in page.comparisons}) > 1:
        raise QuestionRefused("The comparisons show different numbers of images: put those that show equally many into a HIT.")
    if len({comparison.key for comparison in page.comparisons}) < len(page.comparisons):
        raise QuestionRefused("Two comparisons have the same key: their answers could not be told apart.")
    if any(name == SECONDS for name, _ in page.criteria):
        raise QuestionRefused(f"A criterion is called “{SECONDS}”, as the time of a comparison is: give it another name.")


def _context(page: HtmlPage) -> dict[str, Any]:
    return {
        "page": page,
        "style": _inlined(STYLES),
        "script": _inlined(SCRIPTS),
        "images": [("", label_of(position)) for position in range(1, page.images + 1)],
        "form": {"questions": list(_questions(page))},
        "comment": CommentForm()["comment"],
        "known": {
            "submitTo": page.submit_to,
            "comparisons": [
                {
                    "key": comparison.key,
                    "prompt": comparison.prompt,
                    "note": conditional_escape(comparison.note),
                    "images": comparison.images,
                }
                for comparison in page.comparisons
            ],
        },
    }


def _questions(page: HtmlPage) -> Iterator[tuple[Question, list[Choice]]]:
    positions = [*range(1, page.images + 1), NO_CLEAR_WINNER_POSITION]
    choices = [Choice(str(position), label_of(position), is_chosen=False) for position in positions]
    for name, question in page.criteria:
        yield Question(name, question), choices


def _inlined(names: tuple[str, ...]) -> SafeString:
    """Our own static files, as text of a page that must not fetch any."""
    texts = (Path(str(finders.find(name))).read_text(encoding="utf-8") for name in names)
    return mark_safe("\n".join(texts))  # noqa: S308 (our own files)


def _cdata(text: str) -> str:
    """A CDATA section; where the text itself would end it, a second one begins."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"

"""A HIT for tests: three comparisons, German or English, with links that lead to this machine or nowhere."""

from typing import Any

from django.utils.safestring import SafeString

from studies.channels.mturk.questions.html import HtmlComparison, HtmlPage
from studies.markdown import render

NO_NOTE = render("")
PRODUCTION = "https://www.mturk.com"
CRITERIA = (("correctness", "Which image fits the description best?"), ("quality", "Which image looks best?"))


def comparison(
    key: str = "k1",
    images: int = 2,
    host: str = "https://images.example.org",
    links: tuple[str, ...] = (),
    prompt: str = "",
    note: SafeString = NO_NOTE,
) -> HtmlComparison:
    """A comparison whose links end in its key and their index in the stored order, if none are given."""
    links = links or tuple(f"{host}/{key}-{index}.png" for index in range(images))
    return HtmlComparison(key=key, prompt=prompt or f"a red square, {key}", note=note, images=links)


def page(images: int = 2, host: str = "https://images.example.org", **changed: Any) -> HtmlPage:
    """A page with three comparisons of so many images."""
    values: dict[str, Any] = {
        "language": "en-gb",
        "title": "Compare images",
        "instructions": render("Look at **all** images."),
        "consent": render("Your answers are published without your name."),
        "submit_to": PRODUCTION,
        "comparisons": tuple(comparison(key, images, host) for key in ("k1", "k2", "k3")),
        "criteria": CRITERIA,
    }
    return HtmlPage(**values | changed)

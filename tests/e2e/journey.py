"""What a worker does in a browser, step by step."""

import re

from playwright.sync_api import Page, expect

CORRECTNESS = "Which image fits the description better?"
QUALITY = "Which image looks better in itself?"


def start(page: Page, link: str) -> None:
    """From the link to the first trial."""
    page.goto(link)
    agree(page)
    expect_trial(page, 1)


def agree(page: Page) -> None:
    """Tick every box, and start."""
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Start").click()


def expect_trial(page: Page, number: int) -> None:
    """Wait for the trial of that number, with all its images loaded."""
    expect(page.get_by_text(re.compile(rf"^(Practice )?{number} of \d+$"))).to_be_visible()
    for image in page.locator(".images img").all():
        expect(image).to_have_js_property("complete", True)


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_role("radio", name=answer).check()


def go_on(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Next|Finish")).click()


def vote_to_the_end(page: Page, trials: int, first: int = 1) -> None:
    """Answer every trial from the first that is left: Image 1 is correct, nothing looks better."""
    for number in range(first, trials + 1):
        expect_trial(page, number)
        choose(page, CORRECTNESS, "Image 1")
        choose(page, QUALITY, "No clear winner")
        go_on(page)
    expect(page.get_by_role("heading", name="All done")).to_be_visible()

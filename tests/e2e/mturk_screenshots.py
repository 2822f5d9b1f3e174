"""The pictures of the channels' pages: python -m tests.e2e.mturk_screenshots [DEMO] [--out FOLDER]

Takes a copy of the demo's site (`make demo DEMO_ARGS=--no-serve`), runs an emulator of Mechanical Turk beside it, posts a small
study there by the buttons that a researcher has, lets one person in Chromium and synthetic workers do its HITs, and photographs
the pages of both sites. Prolific is a stand-in of its API.
"""

import argparse
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import Browser, FrameLocator, Page, expect

from studies.channels.mturk.emulator import Emulator, running
from studies.rehearsal.turkers import turkers
from tests.e2e.elsewhere_screenshots import panel_page, prolific_pages
from tests.e2e.screenshots import Save, address, chromium, configure, each_look, log_in, researcher
from tests.studies.channels.prolific import stand_in as prolific

if TYPE_CHECKING:  # the models can be imported only after the configuration
    from studies.channels.mturk.models import Posting
    from studies.models import Study

PAIRS, WORKERS = 6, 10
TURKERS = WORKERS - 2  # one person with a computer and one with a phone come too
MINUTES = 0.6  # that a HIT takes in the middle
ROWS = 12  # that are left of a table that has more than twice as many
SHORTEN = """(tables, rows) => tables.filter(table => table.rows.length > 2 * rows)
    .forEach(table => [...table.rows].slice(rows).forEach(row => row.remove()))"""
WAITING = 7  # assignments that are left for the picture of the review


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", type=Path, nargs="?", default=Path("demo-output"))
    parser.add_argument("--out", type=Path, default=Path("docs/screenshots"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running() as emulator, prolific.running() as panel:
        shutil.copytree(options.demo / "site", Path(folder) / "site")
        os.environ |= {
            "MTURK_ENDPOINT_URL": emulator.url,
            "EVALSITE_PROLIFIC_URL": panel.url,
            "EVALSITE_PROLIFIC_TOKEN": prolific.TOKEN,
        }
        configure(Path(folder) / "site")
        from evalsite.reproduction.processes import site  # after the configuration, which it reads

        with site(Path(folder) / "site.log", urlsplit(os.environ["EVALSITE_URL"]).port), chromium() as browser:
            photograph(browser, options.out, emulator, panel)


def photograph(browser: Browser, out: Path, emulator: Emulator, panel: prolific.StandIn) -> None:
    """Take every picture: the pages of researchers on a desktop, those of workers on a phone too."""
    from studies.channels.mturk.models import Posting

    study, password = _published_study(), researcher()
    each_look(browser, out, lambda page, save: _post(_logged_in(page, password), study, save), ["desktop"])
    posting = Posting.objects.get(study=study)
    each_look(browser, out, lambda page, save: _killed(_logged_in(page, password), posting, save), ["desktop"])
    _tend(posting)
    each_look(browser, out, lambda page, save: _work(page, emulator, save), ["desktop", "phone"])
    turkers(emulator.url, 1, TURKERS, None, MINUTES, 0)
    _hand_in_nothing(emulator, posting)
    each_look(browser, out, lambda page, save: _review(_logged_in(page, password), posting, save), ["desktop"])
    each_look(browser, out, lambda page, save: _follow(_logged_in(page, password), emulator, posting, save), ["desktop"])
    each_look(browser, out, lambda page, save: panel_page(_logged_in(page, password), study, save), ["desktop"])
    each_look(browser, out, lambda page, save: prolific_pages(_logged_in(page, password), study, panel, save), ["desktop"])


def _logged_in(page: Page, password: str) -> Page:
    from django.conf import settings

    log_in(page, settings.SITE_URL, password)
    return page


def _published_study() -> "Study":
    """A few pairs of the demo's study, for ten workers each."""
    from django.utils import timezone

    from studies import actions
    from studies.models import Study, StudyPromptSet

    now = timezone.now()
    study = actions.clone(Study.objects.get(name="Demo"), "screenshots", now)
    study.prompt_sets.exclude(prompt_set__name="Shapes: mixed").delete()
    study.prompt_sets.update(selection=StudyPromptSet.Selection.DRAWN, number=PAIRS)
    study.name, study.votes_wanted, study.expected_seconds = "Guidance on MTurk", WORKERS, 20
    study.save()
    actions.publish(study, "screenshots", now)
    return study


def _post(page: Page, study: "Study", save: Save) -> None:
    """From the form to a confirmed posting, as the guide tells it."""
    page.goto(address("study_mturk", study.pk))
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("button", name="Get a quote").click()
    save("mturk-quote")
    page.get_by_label("Budget (dollars)").fill("10")
    page.get_by_role("button", name="Confirm, and post").click()
    expect(page.get_by_text("Confirmed.").first).to_be_visible()


def _killed(page: Page, posting: "Posting", save: Save) -> None:
    """The ledger as a worker process leaves it that is killed while it asks for the second HIT."""
    from django.utils import timezone

    from studies.channels.mturk.carrying_out import carry_out
    from studies.channels.mturk.models import Intent

    creations = posting.intents.filter(operation=Intent.Operation.CREATE_HIT)
    held = list(creations.order_by("pk")[1:])
    for intent in held:
        intent.claim(timezone.now())
    carry_out(posting)
    creations.filter(pk__in=[intent.pk for intent in held[1:]]).update(state=Intent.State.WANTED, tries=0)
    page.goto(address("study_mturk_ledger", posting.study_id, posting.pk))
    save("mturk-ledger")
    creations.filter(pk=held[0].pk).update(state=Intent.State.WANTED)  # as after five minutes


def _tend(posting: "Posting") -> None:
    """What a worker process does."""
    from django.utils import timezone

    from studies.channels.mturk.carrying_out import carry_out
    from studies.channels.mturk.polling import poll

    carry_out(posting)
    poll(posting, timezone.now(), sweeps=True)


def _work(page: Page, emulator: Emulator, save: Save) -> None:
    """A person does the first HIT, on a computer or a phone; each picture is of a worker of its own."""
    page.goto(emulator.url)
    page.get_by_label("Worker ID").fill(f"AMIRA{page.viewport_size['width']}")  # type: ignore[index]
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{emulator.url}/worker")
    page.get_by_label("Masters").check()
    page.get_by_label("Approved, in per cent").fill("99")
    page.get_by_role("button", name="Save").click()
    page.goto(emulator.url)
    save("mturk-worker-hits")
    page.get_by_role("link", name="Preview").first.click()
    expect(page.frame_locator("iframe").get_by_text("This is a preview.")).to_be_visible()
    _stretch(page)
    save("mturk-worker-preview")
    page.get_by_role("button", name="Accept").click()
    frame = page.frame_locator("iframe")
    _agree(frame)
    expect(frame.locator("fieldset")).to_have_count(2)
    for question in frame.locator("fieldset").all():
        question.get_by_text("Image 1", exact=True).click()
    _stretch(page)
    frame.locator("body").evaluate("() => scrollTo(0, 0)")
    save("mturk-worker-frame")
    frame.get_by_role("button", name="Finish").click()
    expect(page).not_to_have_url(re.compile("/assignments/"))


def _stretch(page: Page) -> None:
    """Make the window as high as the page: a frame is drawn askew in a picture of more than the window shows."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({**page.viewport_size, "height": height})  # type: ignore[typeddict-item]


def _agree(frame: FrameLocator) -> None:
    for box in frame.get_by_role("checkbox").all():
        box.check()
    frame.get_by_role("button", name="Start").click()


def _hand_in_nothing(emulator: Emulator, posting: "Posting") -> None:
    """A worker hands a HIT in without an answer."""
    worker = emulator.worker("AHURRY", masters=True, approval_rate=99)
    accepted = worker.accept(posting.hits.latest("pk").hit_id)
    worker.submit(accepted.id, {"session": "none"})


def _review(page: Page, posting: "Posting", save: Save) -> None:
    """Most are approved; of the last some are to be rejected, which the picture shows before it is done."""
    from django.utils import timezone

    from studies.channels.mturk.models import Assignment
    from studies.channels.mturk.review import approve, do

    _tend(posting)
    waiting = list(Assignment.objects.of(posting).submitted().order_by("submitted_at", "pk"))
    do(posting, approve(waiting[:-WAITING], "", "photographer", timezone.now()), "photographer", timezone.now())
    _tend(posting)
    page.goto(address("study_mturk_review", posting.study_id, posting.pk))
    save("mturk-review")
    page.get_by_role("row").filter(has=page.locator("strong")).get_by_role("checkbox").check()
    page.get_by_label("Message to the workers").fill("No question was answered in this assignment.")
    page.get_by_role("button", name="Reject …").click()
    save("mturk-decision")


def _follow(page: Page, emulator: Emulator, posting: "Posting", save: Save) -> None:
    """What the pages of the posting tell by then."""
    numbers = (posting.study_id, posting.pk)
    pages = {
        "mturk-postings": address("study_mturk", posting.study_id),
        "mturk-posting": address("study_mturk_posting", *numbers),
        "mturk-wages": address("study_mturk_wages", *numbers) + "?target=7.25",
        "mturk-corner": f"{emulator.url}/emulator",
    }
    for name, where in pages.items():
        page.goto(where)
        page.locator("tbody").evaluate_all(SHORTEN, ROWS)
        save(name)


if __name__ == "__main__":
    main()

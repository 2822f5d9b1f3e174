"""The pictures of docs/screenshots.md: python -m tests.e2e.screenshots [DEMO] [--out FOLDER]

Takes a copy of the demo's site (`make demo DEMO_ARGS=--no-serve`), publishes a second study on the demo's images, lets
synthetic voters vote in it through the link that people would get, and photographs the pages in Chromium.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import django
import PIL.Image
from django.core.management import call_command
from playwright.sync_api import Browser, FloatRect, Page, expect, sync_playwright

from evalsite.reproduction.ports import free_port
from tests.e2e.conftest import CHROMIUM_ARGUMENTS, CHROMIUM_NAMES, DESKTOP, PHONE
from tests.e2e.journey import expect_trial, go_on, start

if TYPE_CHECKING:  # the models can be imported only after the configuration
    from studies.models import Study

LOOKS = {
    "desktop": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "device_scale_factor": 2, "has_touch": True, "is_mobile": True},
}
VOTERS = 7
TALLEST = 2600  # pixels of the page
HOURS_BETWEEN_VOTERS = 1.5  # of the clock on the live page; the votes are given within a minute


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", type=Path, nargs="?", default=Path("demo-output"))
    parser.add_argument("--out", type=Path, default=Path("docs/screenshots"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(options.demo / "site", Path(folder) / "site")
        configure(Path(folder) / "site")
        from evalsite.reproduction.processes import site  # after the configuration, which it reads

        with site(Path(folder) / "site.log", urlsplit(os.environ["EVALSITE_URL"]).port):
            photograph(options.out)


def configure(data: Path) -> None:
    """Point the settings to a copy of the demo's site, on a free port, before they are read."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "evalsite.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright's event loop sits in the thread that also asks the database
        "EVALSITE_DATA": str(data),
        "EVALSITE_URL": f"http://127.0.0.1:{free_port()}",
    }
    django.setup()
    call_command("migrate", verbosity=0)  # the demo may have been made by an older version


def photograph(out: Path) -> None:
    """Take every picture in every look."""
    from django.conf import settings
    from django.utils import timezone

    from studies import actions
    from studies.flagging import flag_workers

    study, password = _published_study(), researcher()
    subprocess.run([sys.executable, "-m", "studies.rehearsal", study.link, "--voters", str(VOTERS)], check=True)
    _spread_over_the_day(study)
    flag_workers(study, timezone.now())
    admin = {
        "gallery": f"{settings.SITE_URL}/admin/studies/study/{study.pk}/gallery/?set={_mixed(study)}&page=2",
        "editor": f"{settings.SITE_URL}/admin/studies/study/{study.pk}/change/",
        "live": f"{settings.SITE_URL}/live/{study.pk}/",
    }
    with chromium() as browser:
        each_look(browser, out, lambda page, save: _vote(page, study.link, save))
        each_look(browser, out, lambda page, save: _admin(page, settings.SITE_URL, password, admin, save))
        actions.close(study, "screenshots", timezone.now())
        closed = {"results": admin["live"]}
        each_look(browser, out, lambda page, save: _admin(page, settings.SITE_URL, password, closed, save))


def _published_study() -> "Study":
    """A copy of the demo's study, with every kind of check."""
    from django.utils import timezone

    from studies import actions
    from studies.models import Criterion, QualityPlan, Study

    now = timezone.now()
    study = actions.clone(Study.objects.get(name="Demo"), "screenshots", now)
    Criterion.objects.filter(study=study, name="correctness").update(has_gold_answer=True)
    QualityPlan.objects.filter(study=study).delete()
    QualityPlan.objects.create(
        study=study, gold_share=10, repeat_share=10, attention_share=5, gold_accuracy=80, fastest_seconds=3, same_position=80
    )
    study.name, study.votes_wanted, study.minimum_age, study.asks_demographics = "Guidance, autumn", 4, 18, True
    study.save()
    actions.publish(study, "screenshots", now)
    return study


def _mixed(study: "Study") -> int:
    """The part of the study in which images were flagged."""
    return int(study.prompt_sets.get(prompt_set__name="Shapes: mixed").pk)


def researcher() -> str:
    """A researcher of this copy alone; the password."""
    from django.contrib.auth.models import User

    User.objects.create_superuser("photographer", password="of this copy alone")
    return "of this copy alone"


def _spread_over_the_day(study: "Study") -> None:
    """Move the voters' sittings apart, as if they had come one after the other; nothing else about them changes."""
    from django.db.models import F

    from studies.models import Session, Trial

    for number, session in enumerate(Session.objects.filter(study=study).order_by("-pk")):
        ago = timedelta(hours=HOURS_BETWEEN_VOTERS * number)
        Trial.objects.filter(session=session).update(shown_at=F("shown_at") - ago, answered_at=F("answered_at") - ago)
        moved = {name: F(name) - ago for name in ("started_at", "last_seen_at", "finished_at")}
        Session.objects.filter(pk=session.pk).update(**moved)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser until the block ends."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


Save = Callable[[str], None]


def each_look(browser: Browser, out: Path, take: Callable[[Page, Save], None], looks: Sequence[str] = tuple(LOOKS)) -> None:
    """Take pictures in each look, in a profile of its own."""
    for look in looks:
        context = browser.new_context(**LOOKS[look])  # type: ignore[arg-type]
        page = context.new_page()

        def save(name: str, page: Page = page, look: str = look) -> None:
            file = out / f"{name}-{look}.png"
            page.wait_for_load_state("networkidle")
            page.screenshot(path=file, full_page=True, clip=_upper_part(page))
            _save_small(file)

        take(page, save)
        context.close()


def _save_small(file: Path) -> None:
    """With 256 colours, which is as good to look at, and a third of the size."""
    with PIL.Image.open(file) as image:
        small = image.convert("RGB").quantize(256)
    small.save(file, optimize=True)


def _upper_part(page: Page) -> FloatRect:
    """The page without what is far down."""
    width, height = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollHeight]")
    return {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}


def _vote(page: Page, link: str, save: Save) -> None:
    page.goto(link)
    save("entrance")
    start(page, link)
    save("voting")
    total = int(page.get_by_text(re.compile(r"^1 of \d+$")).inner_text().split()[-1])
    for number in range(1, total + 1):
        expect_trial(page, number)
        for fieldset in page.locator("[data-vote] fieldset").all():
            fieldset.get_by_role("radio").first.check()
        go_on(page)
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    save("end")


def log_in(page: Page, site: str, password: str) -> None:
    """Into the admin, as the researcher of this copy."""
    page.goto(f"{site}/admin/login/?next=/admin/")
    page.get_by_label("Username").fill("photographer")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def _admin(page: Page, site: str, password: str, addresses: dict[str, str], save: Save) -> None:
    log_in(page, site, password)
    for name, address in addresses.items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        save(name)


def address(name: str, *keys: int) -> str:
    """A page of the admin, with the host."""
    from django.conf import settings
    from django.urls import reverse

    return settings.SITE_URL + reverse(f"admin:{name}", args=keys)


if __name__ == "__main__":
    main()

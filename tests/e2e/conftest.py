"""A real Chromium against a real server."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django import Settings

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
SHELL = "chromium-headless-shell"  # the same engine without windows and profiles: a page takes a third of the time
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000  # milliseconds; only a failing test waits so long
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

OpenPage = Callable[..., Page]


def chromium() -> str:
    """Where Chromium is."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    assert path, "Install Chromium; on Debian: apt-get install chromium"
    return path


@pytest.fixture(scope="module")  # Playwright's event loop must be gone before a test that has its own
def browser() -> Iterator[Browser]:
    with launched(shutil.which(SHELL) or chromium()) as running:
        yield running


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """The browser at a path, until the block ends."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's event loop sits in the thread of the test, which Django takes for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS, timeout=PATIENCE)
        expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a page in a browser profile of its own; keywords go to Playwright's new_context()."""
    contexts = []

    def opened(**options: object) -> Page:
        context = browser.new_context(**{"viewport": DESKTOP, **options})  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(autouse=True)
def image_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "images"

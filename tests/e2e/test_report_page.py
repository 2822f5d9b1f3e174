"""The report in a browser: axe finds nothing, it fetches nothing, fits a phone, and prints."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from analysis.figures import pictures_of
from analysis.report_page import page_of
from tests.analysis.study_report_made import study_report
from tests.e2e.conftest import DESKTOP, PHONE, OpenPage


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of two studies, the second without figures."""
    studies = [study_report(("SD", "SD+DNP"), ("A&E",), ("quality",), study=name) for name in ("DNP", "again")]
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page_of(studies, {"DNP": pictures_of(studies[0])}), encoding="utf-8")
    return path


def opened(page: Page, report: Path) -> list[str]:
    """The addresses that the page asks for, the report's own among them."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    return asked


@pytest.mark.parametrize("options", [{"viewport": DESKTOP}, {"viewport": PHONE}], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    open_page: OpenPage, report: Path, options: dict[str, Any]
) -> None:
    page = open_page(**options)
    opened(page, report)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == options["viewport"]["width"]


def test_it_needs_no_network_and_no_scripts(open_page: OpenPage, report: Path) -> None:
    page = open_page(java_script_enabled=False, offline=True)
    asked = opened(page, report)
    assert [address for address in asked if not address.startswith("data:")] == [report.as_uri()]
    assert page.get_by_role("img").first.is_visible()
    table = page.locator("details", has_text="Every difference with its tests").first
    table.locator("summary").click()
    assert table.get_attribute("open") is None


def test_it_prints_its_tables_and_figures(open_page: OpenPage, report: Path) -> None:
    page = open_page()
    opened(page, report)
    page.emulate_media(media="print")
    assert page.get_by_role("columnheader", name="Adjusted p").first.is_visible()
    assert not page.get_by_role("navigation").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF-")

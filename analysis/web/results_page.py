"""What the result page shows of finished files: the report itself, and everything to download.

The report is shown as it was written, so that page and file cannot say different things. It is our own writing, in which
every name is escaped.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from analysis.web.models import StudyResults
from analysis.web.results_files import files_of

Address = Callable[[str], str]
REPORT = "report.html"
FIGURES = "figures/"
AROUND = "#live .live-report"  # the element that holds the report on the page; the id outdoes the styles of the admin


def page_of(results: StudyResults, address: Address) -> dict[str, Any]:
    """The report and the files of finished results; `address` leads to a file."""
    files = files_of(results.folder)
    figures: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in map(Path, (name for name in files if name.startswith(FIGURES))):
        figures[path.stem].append((path.suffix[1:].upper(), address(path.as_posix())))
    return {
        "report": _inside(results.folder, "main"),
        "report_address": address(REPORT),
        "files": [(name, address(name)) for name in files if not name.startswith(FIGURES)],
        "figures": sorted(figures.items()),
    }


def style_of(results: StudyResults) -> str:
    """The report's own style, for the report alone: nested, its rules reach nothing else, and nothing else reaches in."""
    return f"{AROUND} * {{ all: revert; }}\n{AROUND} {{\n{_inside(results.folder, 'style')}\n}}\n"


def _inside(folder: Path, element: str) -> SafeString:
    """What the report's element holds."""
    text = (folder / REPORT).read_text(encoding="utf-8")
    found = re.search(rf"<{element}>\n(.*)\n</{element}>", text, re.DOTALL)
    return mark_safe(found[1] if found else "")  # noqa: S308

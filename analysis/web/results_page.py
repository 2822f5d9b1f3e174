"""What the result page shows of finished files: the numbers as tables, the figures, everything to download."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from analysis.web.models import StudyResults
from analysis.web.results_files import files_of
from analysis.web.results_tables import tables_of

Address = Callable[[str], str]
FIGURES = "figures/"
HEAD_CHARACTERS = 5000  # of an SVG, in which its title and description stand
ORDER = ("shares", "records", "differences", "worths", "agreement", "position", "votes-over-time")  # then the rest by name


@dataclass(frozen=True)
class Figure:
    """A figure with its title, what it shows in words, the address of its image, and of each format by name."""

    title: str
    alt: str
    image: str
    formats: Sequence[tuple[str, str]]


def page_of(results: StudyResults, address: Address) -> dict[str, Any]:
    """The tables, figures and files of finished results; `address` leads to a file."""
    files = files_of(results.folder)
    report = _report(results.folder)
    return {
        "papers_tables": _papers_tables(results.folder),
        "tables": tables_of(report),
        "warnings": report.get("ranking_warnings", []),
        "figures": [_figure(results.folder, name, files, address) for name in sorted(files, key=_order) if _is_image(name)],
        "report": address("report.html") if "report.html" in files else "",
        "files": [(name, address(name)) for name in files if not name.startswith(FIGURES)],
    }


def _report(folder: Path) -> dict[str, Any]:
    """The one study of report.json."""
    path = folder / "report.json"
    if not path.exists():
        return {}
    studies: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["studies"]
    return next(iter(studies.values()), {})


def _papers_tables(folder: Path) -> list[SafeString]:
    """The tables in the paper's layout, as tables.html has them: our own writing, in which every name is escaped."""
    text = (folder / "tables.html").read_text(encoding="utf-8")
    return [mark_safe(table) for table in re.findall(r"<table\b.*?</table>", text, re.DOTALL)]  # noqa: S308


def _is_image(name: str) -> bool:
    return name.startswith(FIGURES) and name.endswith(".svg")


def _order(name: str) -> tuple[int, str]:
    stem = Path(name).stem
    return (ORDER.index(stem) if stem in ORDER else len(ORDER), stem)


def _figure(folder: Path, name: str, files: Sequence[str], address: Address) -> Figure:
    """Titled as the SVG titles itself."""
    with (folder / name).open(encoding="utf-8") as file:
        head = file.read(HEAD_CHARACTERS)
    title = _told(head, "title") or Path(name).stem
    stem = name.removesuffix("svg")
    formats = [(path.removeprefix(stem).upper(), address(path)) for path in files if path.startswith(stem)]
    return Figure(title, _told(head, "description") or title, address(name), formats)


def _told(head: str, what: str) -> str:
    found = re.search(rf"<dc:{what}>(.*?)</dc:{what}>", head, re.DOTALL)
    return unescape(found[1]).strip() if found else ""

"""The report: one page with all that is said of the studies of a votes file. It opens offline, runs nothing and prints."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from types import ModuleType

from analysis.figures import Picture
from analysis.render.as_html import TABLE_STYLE
from analysis.report import StudyReport
from analysis.report_page import (
    agreement,
    channels,
    choices,
    contested,
    differences,
    duels,
    exclusions,
    methods,
    metrics,
    positions,
    protocol,
    ranking,
    shares,
    summary,
    workers,
)
from analysis.report_page.markup import Html, Pictures, joined, section
from analysis.report_page.style import STYLE

__all__ = ["page_of"]

TITLE = "Report on human votes"
PARTS: tuple[ModuleType, ...] = (
    *(summary, shares, metrics, differences, duels, ranking, choices, agreement, channels, positions, workers, exclusions),
    *(contested, protocol, methods),
)


def page_of(reports: Sequence[StudyReport], pictures: Mapping[str, Sequence[Picture]]) -> str:
    """An HTML page with a section for each study. pictures: of each study, by its name, as `pictures_of` gives them."""
    sections = joined(
        _study(number, report, {each.name: each for each in pictures.get(report.study, ())})
        for number, report in enumerate(reports, start=1)
    )
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_title(reports)}</title>
<style>
{TABLE_STYLE}
{STYLE}
</style>
</head>
<body>
<header>
<h1>{TITLE}</h1>
{_contents((f"study-{number}", report.study) for number, report in enumerate(reports, start=1))}
</header>
<main>
{sections}
</main>
</body>
</html>
"""


def _title(reports: Sequence[StudyReport]) -> str:
    return escape(f"{', '.join(report.study for report in reports)}: {TITLE}")


def _study(number: int, report: StudyReport, pictures: Pictures) -> Html:
    anchor = f"study-{number}"
    said = [(f"{anchor}-{part.__name__.rpartition('.')[2]}", part.TITLE, part.part(report, pictures)) for part in PARTS]
    said = [each for each in said if each[2]]
    parts = joined(section(*each) for each in said)
    contents = _contents(((name, title) for name, title, _ in said), of=report.study)
    return Html(f'<section class="study" id="{anchor}">\n<h2>{escape(report.study)}</h2>\n{contents}\n{parts}\n</section>')


def _contents(links: Iterable[tuple[str, str]], of: str = "the report") -> Html:
    listed = "".join(f'<li><a href="#{anchor}">{escape(title)}</a></li>' for anchor, title in links)
    return Html(f'<nav aria-label="Contents of {escape(of)}"><ul>{listed}</ul></nav>')

"""Whether images are chosen for where they stand."""

from analysis.report import StudyReport
from analysis.report_page.markup import Html, Pictures, figure, joined, paragraph, table
from analysis.report_page.numbers import p_value, percent

TITLE = "Position bias"
HEADS = ("Criterion", "Position", "Share of votes for an image", "Expected", "p of the criterion", "Note")
HOW_TO_READ = (
    "What is expected is what each position would have were images chosen alike wherever they stand. Where p is small, "
    "positions matter; balanced orders keep that out of the differences between conditions, but make these harder to see."
)


def part(report: StudyReport, pictures: Pictures) -> Html:
    rows = [
        (each.criterion, f"Image {each.position}", percent(each.percent), percent(each.expected), p_value(each.p), each.warning)
        for each in report.position
    ]
    return joined([figure(pictures, "position"), table("Votes by position", HEADS, rows, named=2), paragraph(HOW_TO_READ)])

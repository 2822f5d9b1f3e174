"""How far workers agree with each other."""

from analysis.report import StudyReport
from analysis.report_page.markup import Html, Pictures, figure, joined, paragraph, table
from analysis.report_page.numbers import decimal, interval, whole

TITLE = "Agreement of workers"
HEADS = (
    *("Criterion", "Prompt set", "Comparisons", "Krippendorff’s α", "95 % interval", "Gwet’s AC1", "95 % interval of it"),
    *("Fleiss’ κ", "95 % interval of κ", "Note"),
)
ALL = "all prompt sets"
HOW_TO_READ = (
    "1 is agreement of all, 0 is what chance would bring. α and κ are low where nearly all votes go to one option, even if "
    "workers hardly differ; AC1 does not fall then. Preferences are no facts: workers who disagree may all be right."
)


def part(report: StudyReport, pictures: Pictures) -> Html:
    rows = [
        (
            *(each.criterion, each.prompt_set or ALL, whole(each.comparisons)),
            *(decimal(each.alpha), interval(decimal(each.low), decimal(each.high))),
            *(decimal(each.ac1), interval(decimal(each.ac1_low), decimal(each.ac1_high))),
            *(decimal(each.fleiss), interval(decimal(each.fleiss_low), decimal(each.fleiss_high))),
            each.warning,
        )
        for each in report.agreement
    ]
    drawn = figure(pictures, "agreement")
    return joined([drawn, table("Agreement by criterion and prompt set", HEADS, rows, named=2), paragraph(HOW_TO_READ)])

"""How far conditions are apart, and whether that could be chance."""

from analysis.report import StudyReport
from analysis.report_page.markup import Html, Pictures, figure, joined, paragraph, table
from analysis.report_page.numbers import interval, p_value, points, whole

TITLE = "Differences between conditions"
HEADS = (
    *("Prompt set", "Criterion", "Difference", "Points", "95 % interval", "p", "Adjusted p", "Binomial p", "Sign test p"),
    *("Comparisons", "Workers", "Note"),
)
HOW_TO_READ = (
    "A difference is the share of the first condition minus that of the second, in points. Adjusted p is Holm’s, over all "
    "differences of the study: below .05 a difference is significant. The exact binomial test takes votes for one of the two "
    "as independent, which they are not, and so promises too much; the exact sign test counts of each prompt and seed which "
    "of the two had more votes."
)


def part(report: StudyReport, pictures: Pictures) -> Html:
    rows = [
        (
            *(each.prompt_set, each.criterion, " − ".join(each.pair), points(each.estimate)),
            *(interval(points(each.low), points(each.high)), p_value(each.p), p_value(each.p_adjusted)),
            *(p_value(each.binomial_p), p_value(each.sign_p), whole(each.comparisons), whole(each.workers), each.warning),
        )
        for each in report.differences
    ]
    drawn = figure(pictures, "differences")
    return joined([drawn, table("Every difference with its tests", HEADS, rows, named=3), paragraph(HOW_TO_READ)])

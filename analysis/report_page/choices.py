"""What a choice depends on: the condition, the position of its image, the prompt set."""

from analysis.report import StudyReport
from analysis.report_page.markup import Html, Pictures, joined, paragraph, table
from analysis.report_page.numbers import decimal, interval, p_value

TITLE = "Choice model"
HEADS = ("Criterion", "Term", "Estimate", "Standard error", "95 % interval", "p")
HOW_TO_READ = (
    "A conditional logit of what was chosen among what was shown; estimates are in logits, standard errors are clustered by "
    "comparison and by worker. A term of a position says how far images are chosen for where they stand."
)


def part(report: StudyReport, _pictures: Pictures) -> Html:
    rows = [
        (
            *(each.criterion, each.term, decimal(each.estimate), decimal(each.standard_error)),
            *(interval(decimal(each.low), decimal(each.high)), p_value(each.p)),
        )
        for each in report.choice_model
    ]
    return joined([table("Every term", HEADS, rows, named=2), paragraph(HOW_TO_READ)])

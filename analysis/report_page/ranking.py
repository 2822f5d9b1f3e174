"""Which condition is worth how much, by models that take ties in three ways."""

from analysis.figures.worths import MODEL_NAMES
from analysis.report import StudyReport
from analysis.report_page.markup import Html, Pictures, figure, joined, paragraph, strong, table
from analysis.report_page.numbers import decimal, interval, percent

TITLE = "Ranking"
HEADS = ("Criterion", "Model", "Condition", "Worth", "95 % interval", "Note")
BETTER_HEADS = ("Criterion", "Model", "First", "Second", "First is better")
TIE_HEADS = ("Criterion", "Tie parameter ν")
HOW_TO_READ = (
    "Worths of a model sum to 1; of two conditions, each is chosen in proportion to its worth. Votes of all prompt sets are "
    "taken together. Where the three models rank differently, the ranking hangs on what no clear winner is taken for."
    " “First is better” is the share of resamples in which it has the greater worth."
)


def part(report: StudyReport, pictures: Pictures) -> Html:
    ranking = report.ranking
    worths = [
        (
            each.criterion,
            MODEL_NAMES[each.model],
            each.condition,
            decimal(each.worth),
            interval(decimal(each.low), decimal(each.high)),
            each.warning,
        )
        for each in ranking.worths
    ]
    better = [
        (
            each.criterion,
            MODEL_NAMES[each.model],
            *each.pair,
            percent(None if each.probability is None else 100 * each.probability),
        )
        for each in ranking.better
    ]
    ties = [(each.criterion, decimal(each.value)) for each in ranking.tie_parameters]
    return joined(
        [
            *(strong(warning) for warning in ranking.warnings),
            figure(pictures, "worths"),
            table("Worths", HEADS, worths, named=3),
            table("How probable it is that one is better than another", BETTER_HEADS, better, named=4),
            table("How often conditions of equal worth tie, by Davidson’s model", TIE_HEADS, ties),
            paragraph(HOW_TO_READ),
        ]
    )

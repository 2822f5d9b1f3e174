"""The comparisons on which workers agree least and most."""

from analysis.contested import Contested
from analysis.report import StudyReport
from analysis.report_page.markup import Html, Pictures, figure, joined, table
from analysis.report_page.numbers import decimal

TITLE = "Most and least contested comparisons"
HEADS = ("Criterion", "Prompt set", "Prompt", "Seed", "Votes", "Entropy, bits")


def part(report: StudyReport, pictures: Pictures) -> Html:
    return joined(
        [
            table("Most contested", HEADS, map(_row, report.most_contested), named=4),
            figure(pictures, "most-contested"),
            table("Least contested", HEADS, map(_row, report.least_contested), named=4),
            figure(pictures, "least-contested"),
        ]
    )


def _row(each: Contested) -> tuple[str, ...]:
    votes = ", ".join(f"{name}: {number}" for name, number in each.votes)
    return (each.criterion, each.prompt_set, each.prompt, str(each.seed), votes, decimal(each.entropy))

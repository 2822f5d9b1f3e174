"""The paper's table, drawn, and each share with its interval and what to know of it."""

from analysis.render.as_html import table_html
from analysis.render.style import TableStyle
from analysis.report import StudyReport
from analysis.report_page.markup import Html, Pictures, figure, joined, paragraph, table
from analysis.report_page.numbers import interval, percent, whole

TITLE = "Shares of votes"
STYLE = TableStyle(intervals=True, marks=True)
HEADS = ("Prompt set", "Criterion", "Method", "Votes", "Of", "Share", "95 % interval", "Comparisons", "Workers", "Note")
HOW_TO_READ = (
    "Intervals allow for votes of one worker, and votes on one prompt and seed, being alike. To compare two conditions, read "
    "their difference below: two intervals that overlap do not say that there is none."
)


def part(report: StudyReport, pictures: Pictures) -> Html:
    rows = [
        (
            *(share.prompt_set, share.criterion, share.method, whole(share.votes), whole(share.total), percent(share.percent)),
            *(interval(percent(share.low), percent(share.high)), whole(share.comparisons), whole(share.workers), share.warning),
        )
        for share in report.shares
    ]
    return joined(
        [
            *(Html(table_html(each, STYLE)) for each in report.tables),
            figure(pictures, "shares"),
            table("Every share with its interval", HEADS, rows, named=3),
            paragraph(HOW_TO_READ),
        ]
    )

"""How every two conditions fared where both were shown."""

from analysis.figures.records import record_of
from analysis.report import StudyReport
from analysis.report_page.markup import Html, Pictures, figure, joined, paragraph, table
from analysis.report_page.numbers import decimal, interval, percent, whole

TITLE = "Head to head"
DUEL_HEADS = ("Prompt set", "Criterion", "First", "Second", "First won", "No clear winner", "Second won", "Another won")
RECORD_HEADS = ("Prompt set", "Criterion", "Condition", "Votes", "Won", "No clear winner", "Lost")
HEADS = (
    *("Prompt set", "Criterion", "First", "Second", "Votes", "Preferred, times", "95 % interval"),
    *("Matches or beats", "95 % interval of it", "Note"),
)
ALL = "all prompt sets"
HOW_TO_READ = (
    "“Preferred, times” is the votes for the first divided by those for the second; “matches or beats” is what part its votes "
    "and those for no clear winner are of all where both were shown. Intervals are of comparisons and workers drawn anew."
)


def _records(report: StudyReport) -> list[tuple[str, ...]]:
    """As the figure has them; none where all are always shown, as it."""
    if report.table.shows_all_always:
        return []
    return [
        (each.prompt_set, each.criterion, each.method, whole(each.total), *map(percent, record_of(each) or (None, None, None)))
        for each in report.shares
        if each.method in report.conditions
    ]


def part(report: StudyReport, pictures: Pictures) -> Html:
    met = [
        (each.prompt_set, each.criterion, *each.pair, *map(whole, (each.wins, each.ties, each.losses, each.others)))
        for each in report.duels
    ]
    rows = [
        (
            *(each.prompt_set or ALL, each.criterion, *each.pair, whole(each.votes), decimal(each.ratio, 2)),
            *(interval(decimal(each.ratio_low, 2), decimal(each.ratio_high, 2)), percent(each.matches_or_beats)),
            *(interval(percent(each.matches_or_beats_low), percent(each.matches_or_beats_high)), each.warning),
        )
        for each in report.headlines
    ]
    return joined(
        [
            figure(pictures, "records"),
            table("What each condition won, tied and lost where it was shown", RECORD_HEADS, _records(report), named=3),
            table("Wins, ties and losses of every two conditions", DUEL_HEADS, met, named=4),
            table("Preferred how many times more, and how often it matches or beats", HEADS, rows, named=4),
            paragraph(HOW_TO_READ),
        ]
    )

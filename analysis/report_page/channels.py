"""What workers of each channel chose, and whether channels agree; nothing where workers came from one channel."""

from analysis.channel_differences import ChannelDifference
from analysis.channel_tests import ChannelTest
from analysis.channels import ChannelShare
from analysis.report import StudyReport
from analysis.report_page.markup import Html, Pictures, joined, paragraph, table
from analysis.report_page.numbers import decimal, interval, listed, p_value, percent, points, whole

TITLE = "Channels"
SHARE_HEADS = ("Criterion", "Channel", "Method", "Votes", "Of", "Share", "95 % interval", "Comparisons", "Workers", "Note")
TEST_HEADS = ("Criterion", "Compared", "Σ z²", "p", "Adjusted p", "Naive p", "Comparisons shared", "Workers", "Note")
DIFFERENCE_HEADS = (
    *("Criterion", "Largest difference", "Method", "Points", "95 % interval of the largest", "Of differences"),
    *("Comparisons", "Workers of the one with fewer", "Note"),
)
HOW_TO_READ = (
    "Shares on two channels may differ because the channels voted on other comparisons. The test and the differences hold "
    "votes against those of the other channels on the same comparison. A small p says that workers of the channels chose "
    "otherwise; a large one that the votes do not show it, which is less than agreement: see how wide the interval is. p is by "
    "permutations of the workers’ channels, adjusted by Holm’s method over the criteria; the naive p is Cochran, Mantel and "
    "Haenszel’s, which takes votes as independent, and so finds differences between channels that are differences between "
    "people. The interval allows for the difference’s being the largest of several."
)


def part(report: StudyReport, _pictures: Pictures) -> Html:
    found = report.channels
    if not found.shares:
        return Html("")
    return joined(
        [
            table("Whether the channels agree", TEST_HEADS, map(_test, found.tests), named=2),
            table("The largest difference of a share", DIFFERENCE_HEADS, map(_difference, found.differences), named=3),
            table("Every share by channel", SHARE_HEADS, map(_share, found.shares), named=3),
            paragraph(HOW_TO_READ),
        ]
    )


def _share(each: ChannelShare) -> tuple[str, ...]:
    return (
        *(each.criterion, each.channel, each.method, whole(each.votes), whole(each.total), percent(each.percent)),
        *(interval(percent(each.low), percent(each.high)), whole(each.comparisons), whole(each.workers), each.warning),
    )


def _test(each: ChannelTest) -> tuple[str, ...]:
    note = "; ".join(filter(None, (each.reason, each.warning)))
    return (
        *(each.criterion, listed(each.channels or ("none",)), decimal(each.statistic, 2), p_value(each.p)),
        *(p_value(each.p_adjusted), p_value(each.naive_p), whole(each.comparisons), whole(each.workers), note),
    )


def _difference(each: ChannelDifference) -> tuple[str, ...]:
    return (
        *(each.criterion, " − ".join(each.pair), each.method, points(each.estimate)),
        *(interval(points(each.low), points(each.high)), whole(each.of), whole(each.comparisons), whole(each.workers)),
        each.warning,
    )

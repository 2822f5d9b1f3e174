"""Votes by channel, as a report has them."""

from functools import cache

import pytest

from analysis.channels import Channels
from analysis.report import StudyReport
from tests.analysis.study_report_made import drawn_votes, report_of_votes
from tests.analysis.votes_files import ballots, vote

NAMES = ("panel", "mturk")


@cache
def of_two() -> StudyReport:
    """Workers of two channels, turn by turn, on two prompt sets and criteria."""
    votes = drawn_votes(("SD", "SD+DNP"), ("A&E", "Human"))
    return report_of_votes([each | {"channel": NAMES[int(each["worker"][1:]) % 2]} for each in votes])


def test_there_is_nothing_to_say_of_one_channel() -> None:
    assert report_of_votes([vote(channel="mturk"), vote(channel="", worker="w2")]).channels == Channels()
    assert report_of_votes([vote()]).channels == Channels()


def test_shares_come_by_criterion_and_channel_over_all_prompt_sets() -> None:
    found = of_two().channels.shares
    heads = [(each.criterion, each.channel, each.method) for each in found]
    methods = ("No Clear Winner", "SD", "SD+DNP")
    assert heads == [(c, n, m) for c in ("correctness", "quality") for n in ("mturk", "panel") for m in methods]
    assert sum(each.votes for each in found) == of_two().facts.votes
    assert {(each.comparisons, each.workers) for each in found} == {(48, 12)}


def test_shares_are_those_that_a_study_of_the_channel_alone_has() -> None:
    votes = list(drawn_votes(("SD", "SD+DNP"), ("A&E",)))
    other = [vote(study="DNP", worker="me", channel="other", conditions="SD|SD+DNP", excluded="")]
    both = report_of_votes([*(each | {"study": "DNP", "channel": "mturk"} for each in votes), *other]).channels.shares
    alone = report_of_votes(votes).shares
    found = [each for each in both if each.channel == "mturk"]
    for share, expected in zip(found, sorted(alone, key=lambda each: each.criterion), strict=True):
        assert (share.method, share.votes, share.total) == (expected.method, expected.votes, expected.total)
        assert (share.percent, share.low, share.high) == pytest.approx((expected.percent, expected.low, expected.high))


def test_every_criterion_is_tested_and_has_its_largest_difference() -> None:
    found = of_two().channels
    assert (
        [each.criterion for each in found.tests] == [each.criterion for each in found.differences] == ["correctness", "quality"]
    )
    assert all(each.p is not None and each.permutations == 40 for each in found.tests)  # as many as there are resamples
    assert {each.pair for each in found.differences} == {("mturk", "panel")}


def test_excluded_votes_are_of_no_channel() -> None:
    votes = [*ballots({"SD": 3}, channel="mturk", excluded=""), vote(worker="x", channel="panel", excluded="too fast")]
    assert report_of_votes(votes).channels == Channels()

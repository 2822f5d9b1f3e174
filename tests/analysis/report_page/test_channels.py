"""What the page says of channels, where there are several."""

from dataclasses import replace

from analysis.channels import Channels
from analysis.report import StudyReport
from analysis.report_page import page_of
from analysis.report_page.channels import part
from analysis.report_page.methods import methods
from analysis.report_page.summary import part as summary
from tests.analysis.study_report_made import report_of_votes
from tests.analysis.test_channels import of_two
from tests.analysis.votes_files import vote


def test_a_study_of_one_channel_has_no_such_section() -> None:
    page = page_of([report_of_votes([vote(channel="mturk")])], {})
    assert "study-1-agreement" in page
    assert "study-1-channels" not in page


def test_a_study_of_two_has_it_and_a_link_to_it() -> None:
    page = page_of([of_two()], {})
    assert '<a href="#study-1-channels">Channels</a>' in page
    assert '<section id="study-1-channels">' in page


def test_every_number_is_printed() -> None:
    found, report = part(of_two(), {}), of_two()
    for each in report.channels.shares:
        assert f"{each.percent:.2f}\N{NO-BREAK SPACE}%" in found
    for test in report.channels.tests:
        assert f"{test.p:.3f}" in found
        assert f"{test.statistic:.2f}" in found
    for difference in report.channels.differences:
        assert f"{difference.estimate:+.2f}".replace("-", "−") in found


def test_why_nothing_was_tested_is_printed() -> None:
    votes = [vote(worker=f"w{number}", channel=name) for number, name in enumerate(["mturk", "panel"])]
    assert "no channel has two workers or more; left out, as a channel of one worker" in part(report_of_votes(votes), {})


def with_p(*adjusted: float) -> StudyReport:
    """The report with other p for its criteria."""
    tests = tuple(replace(each, p_adjusted=p) for each, p in zip(of_two().channels.tests, adjusted, strict=True))
    return replace(of_two(), channels=replace(of_two().channels, tests=tests))


def test_the_summary_says_on_what_channels_differ() -> None:
    assert "Channels chose otherwise than each other on quality (adjusted p &lt; .05)" in summary(with_p(0.6, 0.01), {})
    assert "No criterion shows that channels chose otherwise" in summary(with_p(0.6, 0.05), {})


def test_the_summary_says_that_nothing_could_be_tested() -> None:
    votes = [vote(worker=f"w{number}", channel=name) for number, name in enumerate(["mturk", "panel"])]
    assert "Whether channels agree could not be tested" in summary(report_of_votes(votes), {})


def test_the_methods_name_channels_and_permutations() -> None:
    tests = of_two().channels.tests
    found = [f"p = {each.p_adjusted:.3f} for {each.criterion}" for each in tests]
    assert "(mturk and panel) choose alike on the same comparisons was tested by 40 permutations" in methods(of_two())
    assert f"over criteria: {' and '.join(found)}." in methods(of_two())
    assert "channels" not in methods(replace(of_two(), channels=Channels()))

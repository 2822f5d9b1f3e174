"""The summary's sentences."""

from dataclasses import replace

from analysis.report_page.summary import part
from tests.analysis.study_report_made import report_of_votes, study_report
from tests.analysis.votes_files import ballots, vote


def test_the_leader_is_told_with_its_ratio_and_how_often_it_matches_or_beats() -> None:
    report = report_of_votes(ballots({"SD+DNP": 6, "SD": 3, "no clear winner": 1}))
    assert "On correctness, SD+DNP was preferred 2.00× as often as SD; SD+DNP matched or beat SD in 70.00" in part(report, {})
    assert "(only 1 comparison" in part(report, {})


def test_one_that_never_lost_has_no_ratio() -> None:
    said = part(report_of_votes([vote()]), {})
    assert "On correctness, SD was preferred in every vote for SD or SD+DNP (1); SD matched or beat SD+DNP in 100.00" in said


def test_of_three_shown_together_nothing_is_matched_or_beaten() -> None:
    found = part(study_report(("a", "b", "c"), ("Hand",), ("quality",)), {})
    assert found.count("On quality, c was preferred ") == 2
    assert "matched or beat" not in found


def test_of_three_that_nobody_voted_third_nothing_is_matched_or_beaten_either() -> None:
    three = [vote(shown="a|b|c", choice=choice, worker=f"w{number}") for number, choice in enumerate("aab")]
    found = part(report_of_votes(three), {})
    assert "a was preferred 2.00× as often as b" in found
    assert "matched or beat" not in found


def test_an_interval_without_an_upper_end_says_from_where() -> None:
    report = study_report(("a", "b"), ("A&E",), ("quality",))
    headline = next(each for each in report.headlines if each.pair == ("b", "a") and each.prompt_set is None)
    open_ended = replace(headline, ratio=2.0, ratio_low=0.4, ratio_high=None)
    assert "b was preferred 2.00× as often as a (from 0.40)" in part(replace(report, headlines=(open_ended,)), {})


def test_significant_differences_are_counted() -> None:
    report = study_report()
    significant = sum(each.p_adjusted is not None and each.p_adjusted < 0.05 for each in report.differences)
    assert f"{significant} of 4 differences between conditions." in part(report, {})

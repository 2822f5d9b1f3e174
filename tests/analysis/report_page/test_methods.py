"""The methods paragraph says what was done, with the numbers of the study."""

from dataclasses import replace

from analysis.report_page.methods import methods
from tests.analysis.study_report_made import report_of_votes, study_report
from tests.analysis.votes_files import vote


def test_it_counts_what_the_file_holds() -> None:
    votes = [vote(), vote(criterion="quality"), vote(worker="w2", answered_at="2024-05-03"), vote(worker="w3", seed="8")]
    assert methods(report_of_votes(votes)).startswith(
        "3 workers gave 4 votes in 3 trials, between 2024-05-01 and 2024-05-03. A comparison showed images of one prompt and "
        "seed by both conditions (SD and SD+DNP); on correctness and quality a vote went to one of them or to no clear winner. "
        "There were 2 comparisons (1 prompt; prompt set A&E), with 1 to 2 votes each on a criterion (mean 1.3). No vote was "
        "excluded."
    )


def test_it_names_every_method_with_its_numbers() -> None:
    found = methods(study_report())
    for words in (
        "cluster-robust in both ways (Cameron, Gelbach & Miller, 2011)",
        "whichever are fewer (23)",  # 24 workers and 24 prompts and seeds of each prompt set
        "p-values adjusted by Holm’s method (1979) over 4 tests (condition pairs × criteria × prompt sets)",
        "Davidson’s (1970) model of paired comparisons with ties (tie parameter ν, correctness: ",
        "40 resamples of the pigeonhole bootstrap (Owen, 2007), which draws comparisons and workers anew (seed 0)",
        f"was {study_report().agreement[0].alpha:.3f} [",
    ):
        assert words in found


def test_it_says_how_many_votes_were_excluded_and_why() -> None:
    votes = [vote(excluded=""), vote(excluded="too fast", worker="w2"), vote(excluded="too fast", worker="w2", seed="8")]
    assert "Excluded before the analysis: 2 of 3 votes (too fast: 2 votes of 1 worker)." in methods(report_of_votes(votes))


def test_one_of_a_kind_is_told_in_the_singular() -> None:
    found = methods(report_of_votes([vote()]))
    assert "There was 1 comparison (1 prompt; prompt set A&E), with 1 vote each on a criterion. No vote" in found
    assert "whichever are fewer." in found  # where there is no interval it has no degrees of freedom
    assert "[–]" not in found


def test_every_p_value_of_positions_is_called_p() -> None:
    p_of = {each.criterion: each.p for each in study_report().position}
    found = [f"p = {p:.3f} for {criterion}" for criterion, p in p_of.items() if p is not None]
    assert f"tested with the same clusters: {' and '.join(found)}." in methods(study_report())


def test_a_rehearsal_is_synthetic_from_its_first_words_on() -> None:
    found = methods(study_report(("SD", "SD+DNP"), ("A&E",), ("quality",), rehearsal="1"))
    assert found.startswith("The votes are synthetic")
    assert "24 synthetic voters gave" in found


def test_pairs_are_pairs() -> None:
    found = methods(study_report(("a", "b", "c"), ("Hand",), ("quality",), at_once=2))
    assert "by 2 of the 3 conditions (a, b and c); on quality a vote" in found
    assert "The share of a condition is that of the votes on comparisons that showed it" in found
    assert "extension" not in found


def test_more_than_two_at_once_are_by_an_extension_of_davidsons_model() -> None:
    found = methods(study_report(("a", "b", "c"), ("Hand",), ("quality",)))
    assert "by all 3 conditions (a, b and c)" in found
    assert "Davidson’s (1970) model of paired comparisons with ties and its extension to more conditions" in found


def test_few_clusters_are_said_to_be_few() -> None:
    votes = [vote(), vote(worker="w2", seed="8"), vote(worker="w2", seed="9", choice="SD+DNP")]
    assert "From fewer than 20 of either: 1 of 1 difference" in methods(report_of_votes(votes))
    assert "fewer than 20" not in methods(study_report())


def test_where_no_vote_counts_nothing_was_computed() -> None:
    assert methods(report_of_votes([vote(excluded="too fast")])) == (
        "No vote counts, so nothing was computed. Excluded before the analysis: 1 of 1 vote (too fast: 1 vote of 1 worker)."
    )


def test_tests_that_could_not_be_made_are_not_counted() -> None:
    report = study_report()
    untested = replace(report, differences=tuple(replace(each, p=None, p_adjusted=None) for each in report.differences))
    assert "Holm" not in methods(untested)

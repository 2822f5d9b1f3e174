"""Ratios, and votes that match or beat, of hand-made counts."""

import numpy as np
import pytest

from analysis.headline import Headline, headlines
from analysis.judges import NO_CLEAR_WINNER
from analysis.outcomes import outcomes_of
from analysis.study_votes import FloatArray, StudyVotes
from tests.analysis.study_votes_made import study_votes


def voted(*choices: str, prompt_set: str = "A&E", shown: str = "SD|SD+DNP") -> list[tuple[str, str, int, str, str, str, str]]:
    """Each vote on a comparison of its own, by four workers in turn."""
    return [(prompt_set, "p", seed, f"w{seed % 4}", "quality", shown, choice) for seed, choice in enumerate(choices)]


VOTES = study_votes(voted("SD", "SD+DNP", "SD+DNP", "SD+DNP", NO_CLEAR_WINNER))


def draws(*ties_sd_dnp: tuple[int, int, int]) -> FloatArray:
    """Resampled counts of one prompt set and criterion."""
    return np.array(ties_sd_dnp, np.float64)[:, None, None, :]


def of(votes: StudyVotes, resampled: FloatArray, first: str, prompt_set: str | None) -> Headline:
    found = headlines(votes, outcomes_of(votes), resampled)
    return next(each for each in found if each.pair[0] == first and each.prompt_set == prompt_set)


def test_wins_by_losses_and_wins_with_ties() -> None:
    dnp = of(VOTES, draws((1, 1, 3)), "SD+DNP", "A&E")
    assert (dnp.ratio, dnp.matches_or_beats) == (3.0, 80.0)  # 3 : 1, and 4 of 5
    sd = of(VOTES, draws((1, 1, 3)), "SD", "A&E")
    assert (sd.ratio, sd.matches_or_beats) == pytest.approx((1 / 3, 40.0))


def test_intervals_are_percentiles_of_the_resamples() -> None:
    resamples = [(1, 1, wins) for wins in range(1, 202)]  # 2.5 % of 201 steps: the sixth and the sixth from the end
    dnp = of(VOTES, draws(*resamples), "SD+DNP", "A&E")
    assert (dnp.ratio_low, dnp.ratio_high) == pytest.approx((6, 196))
    assert (dnp.matches_or_beats_low, dnp.matches_or_beats_high) == pytest.approx((100 * 7 / 8, 100 * 197 / 198))


def test_the_other_way_round_the_ratio_and_its_ends_are_turned_over() -> None:
    resamples = draws(*[(1, losses, wins) for losses in range(1, 9) for wins in range(1, 9)])
    dnp, sd = of(VOTES, resamples, "SD+DNP", "A&E"), of(VOTES, resamples, "SD", "A&E")
    assert (sd.ratio_low, sd.ratio_high) == pytest.approx((1 / (dnp.ratio_high or 0), 1 / (dnp.ratio_low or 0)))


def test_no_votes_for_the_other_is_no_ratio() -> None:
    votes = study_votes(voted("SD+DNP", "SD+DNP", NO_CLEAR_WINNER))
    dnp = of(votes, draws((1, 0, 2), (0, 0, 3)), "SD+DNP", "A&E")
    assert (dnp.ratio, dnp.ratio_low, dnp.ratio_high) == (None, None, None)
    assert (dnp.matches_or_beats, dnp.matches_or_beats_high) == (100, None)  # 100 % in every resample tells no interval
    assert of(votes, draws((1, 0, 2)), "SD", "A&E").ratio == 0


def test_an_interval_without_an_upper_end_has_none() -> None:
    dnp = of(VOTES, draws((1, 1, 3), (1, 0, 4)), "SD+DNP", "A&E")
    assert dnp.ratio_low is not None
    assert dnp.ratio_high is not None
    always = of(VOTES, draws((1, 1, 3), *[(1, 0, 4)] * 99), "SD+DNP", "A&E")
    assert always.ratio_high is None


def test_only_excluded_votes_leave_all_undefined() -> None:
    nothing = VOTES.only(np.zeros(len(VOTES), np.bool_))
    sd = of(nothing, draws((0, 0, 0)), "SD", None)
    assert (sd.ratio, sd.ratio_low, sd.matches_or_beats, sd.matches_or_beats_high, sd.votes) == (None, None, None, None, 0)


def test_one_worker_gives_no_interval() -> None:
    alone = VOTES.only(VOTES.worker == 0)
    sd = of(alone, draws((0, 1, 0)), "SD", "A&E")
    assert sd.matches_or_beats_low is None
    assert "only 2 comparisons and 1 worker" in sd.warning


def test_votes_for_a_third_condition_neither_match_nor_beat() -> None:
    votes = study_votes(voted("A", "B", "C", NO_CLEAR_WINNER, shown="A|B|C"))
    found = of(votes, np.ones((1, 1, 1, 4)), "A", "A&E")
    assert (found.ratio, found.matches_or_beats, found.votes) == (1.0, 50.0, 4)


def test_over_all_prompt_sets_votes_are_added() -> None:
    votes = study_votes(voted("SD", "SD+DNP") + voted("SD", "SD", prompt_set="Hand"))
    resampled = np.array([[[[0.0, 1, 1]], [[0, 2, 0]]]] * 99 + [[[[0.0, 0, 2]], [[0, 0, 2]]]])
    together = of(votes, resampled, "SD", None)
    assert (together.ratio, together.votes, together.ratio_high) == pytest.approx((3.0, 4, 3))

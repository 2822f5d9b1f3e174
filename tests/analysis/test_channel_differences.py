"""The largest difference between two channels, by hand, and how often its interval holds the truth."""

import numpy as np
import pytest

from analysis.channel_differences import ChannelDifference, largest_differences
from analysis.channel_labels import Labels
from tests.analysis.channels_made import Given, by_channel, drawn
from tests.analysis.study_votes_made import study_votes

OPTIONS = ("no clear winner", "A", "B")


def largest(*rows: Given, shown: str = "A|B") -> ChannelDifference:
    (found,) = largest_differences(*by_channel(rows, shown))
    return found


def of_drawn(rng: np.random.Generator, workers: tuple[int, int], shift: float = 0.0) -> ChannelDifference:
    study = drawn(rng, workers, (10, 10), comparisons=40, shift=shift)
    rows = [
        ("mturk" if study.label[w] == 0 else "panel", f"w{w:03}", f"p{c:03}", OPTIONS[o])
        for o, c, w in zip(study.option, study.comparison, study.worker, strict=True)
    ]
    return largest(*rows)


def test_on_one_comparison_it_is_the_difference_of_shares() -> None:
    rows = [("mturk", f"m{n}", "p", choice) for n, choice in enumerate("AAB")]
    found = largest(*rows, ("panel", "a", "p", "A"), ("panel", "b", "p", "no clear winner"))
    assert (found.method, found.pair, found.of) == ("No Clear Winner", ("mturk", "panel"), 3)
    assert found.estimate == pytest.approx(-50)  # 0 of 3 less 1 of 2; A is 2/3 − 1/2 apart
    assert (found.low, found.high) == (None, None)  # of one comparison


def test_comparisons_weigh_as_mantel_and_haenszel_weigh_them() -> None:
    # p: 1/2 − 0/2 with weight 2 × 2 / 4; q: 1/1 − 1/3 with weight 1 × 3 / 4. (1/2 + 1/2) / (7/4) = 4/7
    rows = [("m", "a", "p", "A"), ("m", "b", "p", "B"), ("n", "c", "p", "B"), ("n", "d", "p", "B"), ("m", "a", "q", "A")]
    found = largest(*rows, ("n", "c", "q", "A"), ("n", "d", "q", "B"), ("n", "e", "q", "B"))
    assert (found.method, found.estimate) == ("A", pytest.approx(400 / 7))
    assert (found.comparisons, found.workers) == (2, 2)


def test_comparisons_of_one_channel_do_not_count() -> None:
    rows = [(name, f"{name}{n}", "p", choice) for name in "mn" for n, choice in enumerate("ABA")]
    found = largest(*rows, *[("m", f"m{n}", f"q{n}", "A") for n in range(3)], *[("n", f"n{n}", f"r{n}", "B") for n in range(3)])
    assert (found.estimate, found.comparisons) == (0, 1)


def test_a_condition_is_compared_where_both_channels_saw_it() -> None:
    pairs = [
        ("set", p, 0, f"{name}{n}", "quality", shown, choice)
        for name in "mn"
        for p, shown in (("p", "A|B"), ("q", "B|C"))
        for n, choice in enumerate(shown.split("|") * 2)
    ]
    labels = Labels(("m", "n"), np.array([row[3][0] == "n" for row in pairs], np.int64))
    (found,) = largest_differences(study_votes(pairs), labels)
    assert (found.estimate, found.of) == (0, 4)  # no clear winner, A, B and C


def test_without_a_shared_comparison_there_is_no_difference() -> None:
    rows = [("m", "a", "p", "A"), ("m", "b", "p", "B"), ("n", "c", "q", "A"), ("n", "d", "q", "B")]
    assert largest_differences(*by_channel(rows)) == ()


def test_channels_that_contradict_each_other_without_exception_have_no_interval() -> None:
    found = largest(*[(name, f"{name}{n}", p, "AB"[name == "n"]) for name in "mn" for n in range(3) for p in "pq"])
    assert (found.estimate, found.low, found.high) == (100, None, None)


def test_the_interval_of_the_largest_holds_nothing_where_channels_agree() -> None:
    rng = np.random.default_rng(0)
    found = [of_drawn(rng, (12, 25)) for _ in range(80)]
    assert np.mean([(each.low or 0) <= 0 <= (each.high or 0) for each in found]) > 0.88  # 95 % less 2.9 standard errors
    assert {each.workers for each in found} == {12}


def test_it_does_not_where_one_channel_chooses_otherwise() -> None:
    found = of_drawn(np.random.default_rng(1), (40, 40), shift=2.0)
    assert (found.method, found.pair) == ("No Clear Winner", ("mturk", "panel"))
    assert (found.high or 0) < 0


def test_few_workers_of_either_channel_are_warned_of() -> None:
    assert of_drawn(np.random.default_rng(2), (5, 40)).warning == "only 5 workers: the interval may be too narrow"

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis.bootstrap import resampled_counts
from analysis.outcomes import counts_of, outcomes_of, shares_of
from analysis.study_votes import CODES, FloatArray, IntArray, StudyVotes
from tests.analysis.study_votes_made import Choice, study_votes


def vote(choice: str, prompt: str, worker: str, prompt_set: str = "A&E") -> Choice:
    return (prompt_set, prompt, 1, worker, "quality", "a|b", choice)


def crossed(pairs: int = 60, workers: int = 40, per_pair: int = 10, seed: int = 0) -> StudyVotes:
    """Votes on a or b, to which comparisons and workers lean."""
    rng = np.random.default_rng(seed)
    of_pairs, of_workers = rng.normal(size=pairs), rng.normal(size=workers)
    voting = [(pair, worker) for pair in range(pairs) for worker in rng.choice(workers, per_pair, replace=False)]
    leaning = [of_pairs[pair] + of_workers[worker] + rng.logistic() > 0 for pair, worker in voting]
    return study_votes(
        [vote("ab"[int(a)], f"p{pair}", f"w{worker}") for (pair, worker), a in zip(voting, leaning, strict=True)]
    )


def changed(votes: StudyVotes, change: Callable[[IntArray], IntArray]) -> StudyVotes:
    codes: dict[str, Any] = {name: change(getattr(votes, name)) for name in CODES}
    return replace(votes, **codes)


def resampled(votes: StudyVotes, resamples: int, seed: int = 0, threads: int | None = None) -> FloatArray:
    return resampled_counts(votes, outcomes_of(votes), resamples, seed, threads)


def test_a_vote_counts_as_often_as_its_comparison_times_as_often_as_its_worker_on_average() -> None:
    votes = crossed()
    counts = resampled(votes, 4000)
    assert counts.mean(axis=0) == pytest.approx(counts_of(votes, outcomes_of(votes)), rel=0.02)


def test_shares_vary_by_comparisons_and_by_workers_and_by_both() -> None:
    # Of a vote's weight, a product of two that vary by 1 each, the variance is 3: once by comparison, by worker and by itself.
    votes, clusters = crossed(), 0.0
    outcomes = outcomes_of(votes)
    influence = (votes.option == 1) - (votes.option == 1).mean()
    for codes in (votes.pair, votes.worker, np.arange(len(votes))):
        clusters += (np.bincount(codes, influence) ** 2).sum() / len(votes) ** 2
    shares = shares_of(resampled(votes, 4000), outcomes)[:, 0, 0, 1]
    assert shares.var() == pytest.approx(clusters, rel=0.1)


def test_as_many_comparisons_are_drawn_in_each_prompt_set_as_it_has() -> None:
    votes = [vote("a", f"p{n}", "w1", "A&E") for n in range(3)] + [vote("b", f"p{n}", "w1", "Human") for n in range(5)]
    assert set(map(tuple, resampled(study_votes(votes), 100).sum(axis=(2, 3)).tolist())) == {(3.0, 5.0)}


def test_as_many_workers_are_drawn_as_there_are() -> None:
    votes = [vote("a", "p1", f"w{n}") for n in range(7)] + [vote("b", "p1", "w8")]
    assert set(resampled(study_votes(votes), 100).sum(axis=(1, 2, 3)).tolist()) == {8.0}


def test_one_comparison_of_one_worker_is_always_drawn() -> None:
    assert resampled(study_votes([vote("b", "p1", "w1")]), 70).reshape(70, 3).tolist() == [[0.0, 0.0, 1.0]] * 70


def test_votes_counted_twice_are_drawn_together() -> None:
    votes = crossed(pairs=10)
    twice = changed(votes, lambda codes: np.tile(codes, 2))
    assert (resampled(twice, 70) == 2 * resampled(votes, 70)).all()


def test_the_number_of_threads_and_the_order_of_votes_change_nothing() -> None:
    votes = crossed(pairs=20)
    rows = np.random.default_rng(1).permutation(len(votes))
    shuffled = changed(votes, lambda codes: codes[rows])
    one = resampled(votes, 200, threads=1)
    assert (one == resampled(votes, 200, threads=3)).all()
    assert (one == resampled(shuffled, 200)).all()


def test_another_seed_gives_other_resamples() -> None:
    votes = crossed(pairs=20)
    assert (resampled(votes, 70, seed=1) != resampled(votes, 70, seed=2)).any()


def test_a_worker_may_have_more_votes_than_16_bits_count() -> None:
    pairs = 2**15
    one = crossed(pairs=1, per_pair=1)
    many = replace(changed(one, lambda codes: np.tile(codes, pairs)), pair=np.arange(pairs))
    assert resampled(many, 3).sum(axis=(1, 2, 3)).tolist() == [pairs] * 3


def test_nothing_is_drawn_from_no_votes() -> None:
    votes = study_votes([vote("a", "p1", "w1")])
    assert resampled(votes.only(np.array([False])), 5).shape == (5, 1, 1, 3)
    assert not resampled(votes.only(np.array([False])), 5).any()

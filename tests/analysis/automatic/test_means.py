import numpy as np
import pytest

from analysis.automatic.means import means_by_condition

# Two conditions, 40 prompts, two images of each: the second condition scores .1 more on every prompt
PROMPT = np.repeat(np.arange(40), 4)
CONDITION = np.tile([0, 0, 1, 1], 40)
OF_PROMPT = np.random.default_rng(0).normal(0.3, 0.05, 40)
VALUES = OF_PROMPT[PROMPT] + 0.1 * CONDITION


def test_a_mean_is_over_images_with_their_number_and_that_of_prompts() -> None:
    found = means_by_condition(np.array([0.2, 0.4, 0.9]), np.array([0, 0, 0]), np.array([5, 5, 7]), 0)[0]
    assert (found.value, found.images, found.prompts, found.gain) == (pytest.approx(0.5), 3, 2, None)
    assert found.warning == "only 2 prompts: the interval may be too narrow"


def test_an_interval_is_that_of_the_mean_over_prompts() -> None:
    # the standard error of 40 prompts' means: images of a prompt are alike, so that there are no more than 40
    found = means_by_condition(VALUES, CONDITION, PROMPT, 0)[0]
    error = 1.96 * OF_PROMPT.std(ddof=1) / 40**0.5
    assert found.high is not None
    assert found.high - found.value == pytest.approx(error, rel=0.15)
    assert found.warning == ""


def test_gains_are_over_the_same_prompts() -> None:
    # a factor: every resample has the same gain, however its prompts fell
    found = means_by_condition(OF_PROMPT[PROMPT] * (1 + 0.1 * CONDITION), CONDITION, PROMPT, 0)[1]
    assert (found.gain, found.gain_low, found.gain_high) == (pytest.approx(10), pytest.approx(10), pytest.approx(10))


def test_the_order_of_images_changes_nothing() -> None:
    order = np.random.default_rng(1).permutation(len(VALUES))
    shuffled = means_by_condition(VALUES[order], CONDITION[order], PROMPT[order], 0)[1]
    assert shuffled.low == pytest.approx(means_by_condition(VALUES, CONDITION, PROMPT, 0)[1].low, abs=1e-12)


def test_of_one_prompt_there_is_no_interval() -> None:
    found = means_by_condition(np.array([0.2, 0.4]), np.array([0, 1]), np.array([0, 0]), 0)
    assert (found[1].low, found[1].gain, found[1].gain_low) == (None, pytest.approx(100), None)
    assert found[1].warning == "only 1 prompt: no interval can be given"


def test_without_scores_of_the_baseline_there_are_no_gains() -> None:
    assert means_by_condition(np.array([0.2, 0.4]), np.array([1, 1]), np.array([0, 1]), 0)[1].gain is None

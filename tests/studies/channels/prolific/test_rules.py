import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.channels.prolific import rules
from studies.channels.prolific.errors import AgainstTheRules


@pytest.mark.parametrize(("cents", "currency"), [(99, "GBP"), (133, "USD")])
def test_less_than_the_minimum_an_hour_is_refused(cents: int, currency: str) -> None:
    """£6 and $8 an hour are 100 and 133⅓ for ten minutes."""
    with pytest.raises(AgainstTheRules, match="Prolific allows no less than"):
        rules.check_reward(cents, 10, currency)


@pytest.mark.parametrize(("cents", "currency"), [(100, "GBP"), (149, "GBP"), (134, "USD"), (199, "USD")])
def test_less_than_recommended_is_warned_of(cents: int, currency: str) -> None:
    assert "recommends at least" in rules.check_reward(cents, 10, currency)


@pytest.mark.parametrize(("cents", "currency"), [(150, "GBP"), (200, "USD")])
def test_what_is_recommended_passes(cents: int, currency: str) -> None:
    assert rules.check_reward(cents, 10, currency) == ""


def test_the_median_of_the_times_taken_decides_whether_people_are_paid_enough() -> None:
    assert rules.check_median(150, [600, 600, 5000], "GBP") == ""  # £9 an hour for half of them
    assert "£8.98 an hour; Prolific recommends at least £9.00" in rules.check_median(150, [600, 601, 601], "GBP")
    assert "Prolific asks for at least £6.00" in rules.check_median(150, [901], "GBP")
    assert rules.check_median(150, [], "GBP") == rules.check_median(150, [0.0], "GBP") == ""


@pytest.mark.parametrize(("category", "message"), [("LOW_EFFORT", "x" * 99), ("LOW_EFFORT", " " * 200), ("RUDE", "x" * 100)])
def test_a_rejection_needs_a_known_reason_and_a_hundred_characters(category: str, message: str) -> None:
    with pytest.raises(AgainstTheRules):
        rules.check_rejection_words(category, message)
    rules.check_rejection_words("LOW_EFFORT", "x" * 100)


def test_three_standard_deviations_below_the_mean_is_exceptionally_fast() -> None:
    """17 · 310 s, 2 · 300 s and 61 s have the mean 296.55 s and the deviation √(58582.95/19) = 55.53 s: 3 below is 130 s."""
    times = [310.0] * 17 + [300.0] * 2 + [61.0]
    rules.check_too_quick(61.0, times)
    with pytest.raises(AgainstTheRules, match=r"300 seconds is not exceptionally fast.*which is 130 seconds"):
        rules.check_too_quick(300.0, times)


def test_among_few_nobody_is_exceptionally_fast() -> None:
    with pytest.raises(AgainstTheRules, match="too few"):
        rules.check_too_quick(1.0, [1.0, 300.0, 300.0, 300.0])


@pytest.mark.parametrize(("failed", "minutes", "allowed"), [(1, 4, True), (0, 4, False), (1, 5, False), (2, 5, True)])
def test_one_failed_check_counts_in_a_short_study_alone(failed: int, minutes: int, allowed: bool) -> None:
    if allowed:
        rules.check_failed_checks(failed, minutes)
    else:
        with pytest.raises(AgainstTheRules, match="attention checks"):
            rules.check_failed_checks(failed, minutes)


@given(st.lists(st.integers(min_value=1, max_value=10**7), min_size=1))
def test_amounts_of_bonuses_lose_no_cent(cents: list[int]) -> None:
    lines = rules.bonuses_csv((f"s{number}", amount) for number, amount in enumerate(cents)).splitlines()
    whole = [line.partition(",")[2].split(".") for line in lines]
    assert [int(units) * 100 + int(rest) for units, rest in whole] == cents
    assert all(len(rest) == 2 for _units, rest in whole)


def test_amounts_are_written_as_people_read_them() -> None:
    assert (rules.money(123456, "GBP"), rules.money(5, "USD")) == ("£1,234.56", "$0.05")

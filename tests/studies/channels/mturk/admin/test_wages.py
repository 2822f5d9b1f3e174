"""Paying everyone fairly, on its page."""

import pytest
from django.test import Client

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Intent, Posting
from tests.studies.channels.mturk.admin.browsing import address, hidden_of, press, told
from tests.studies.channels.mturk.admin.conftest import HandIn

pytestmark = pytest.mark.django_db


def wages(browser: Client, posting: Posting, **asked: str) -> str:
    return told(browser.get(address(posting, "wages"), asked))


def bonuses(posting: Posting) -> list[int]:
    return list(posting.intents.filter(operation=Intent.Operation.BONUS).order_by("pk").values_list("cents", flat=True))


def test_wages_are_by_worker_with_both_percentiles(researcher: Client, confirmed: Posting, hand_in: HandIn) -> None:
    assert "Nothing was handed in yet" in wages(researcher, confirmed)
    hand_in("A1", 1)
    hand_in("A1", 2)
    hand_in("A2", 1)
    page = wages(researcher, confirmed)
    assert "<td>2</td><td>20.0</td><td>$0.10</td><td>$0.30</td>" in page  # twice 5 cents in ten minutes
    assert page.count("$0.30") == 4  # two workers, the median and the 10th percentile


def test_a_proposal_costs_nothing_until_it_is_confirmed(
    researcher: Client, confirmed: Posting, hand_in: HandIn, emulator: Emulator
) -> None:
    hand_in()
    page = wages(researcher, confirmed, target="3.00")
    assert "1 worker would get a bonus; together $0.54 with Amazon's fee. $3.64 are left" in page  # 45 cents and 20 %
    assert bonuses(confirmed) == []
    for _ in range(2):
        press(researcher, confirmed, "top-up", **hidden_of(page, "cents"))
    carry_out(confirmed)
    assert bonuses(confirmed) == [54]
    assert emulator.account.spent_cents == 54
    assert "there is nothing to add" in wages(researcher, confirmed, target="3.00")


def test_a_proposal_that_changed_meanwhile_is_not_sent(researcher: Client, confirmed: Posting, hand_in: HandIn) -> None:
    hand_in("A1")
    sent = hidden_of(wages(researcher, confirmed, target="3.00"), "cents")
    hand_in("A2")
    assert "the top-ups cost $1.08 now" in press(researcher, confirmed, "top-up", **sent)
    assert bonuses(confirmed) == []


@pytest.mark.parametrize("target", ["3$", "-1", "three"])
def test_a_wage_that_is_no_amount_is_told(researcher: Client, confirmed: Posting, hand_in: HandIn, target: str) -> None:
    hand_in()
    assert f"“{target}” is no amount" in wages(researcher, confirmed, target=target)
    assert f"“{target}” is no amount" in press(researcher, confirmed, "top-up", target=target, cents="0")


def test_what_the_budget_does_not_cover_is_not_offered(researcher: Client, confirmed: Posting, hand_in: HandIn) -> None:
    hand_in()
    page = wages(researcher, confirmed, target="30.00")  # $4.95 and 20 %
    assert "together $5.94" in page
    assert "That is more than is left." in page
    assert "Send these bonuses" not in page

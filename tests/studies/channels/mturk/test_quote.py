"""Quotes against sums by hand; and everything that is refused before anything is spent."""

from typing import Any

import pytest
from botocore.config import Config
from django.utils import timezone
from pytest_django import Settings

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import Posting
from studies.channels.mturk.quote import Quote, quote_for
from studies.models import Place, Session, Study, Trial
from tests.factories_studies import WorkerFactory, study_with_places
from tests.studies.channels.mturk.postings import draft, published

pytestmark = pytest.mark.django_db


def quote(posting: Posting) -> Quote:
    return quote_for(posting, timezone.now())


def test_thirty_comparisons_by_ten_workers_as_in_the_paper(emulator: Emulator) -> None:
    study = study_with_places(comparisons=30, votes_wanted=10, expected_seconds=18)
    found = quote(draft(study, max_assignments=10, reward_cents=20))
    assert (found.comparisons, found.hits, found.assignments, found.votes) == (30, 30, 300, 600)  # of two criteria
    assert (found.rewards, found.fee, found.fees) == (6000, 9, 2700)  # 4 + 4 + 1 cents of 20
    assert found.total == 8700
    assert (found.seconds, found.measured, found.hourly) == (18, False, 4000)
    assert (found.balance, found.faults) == (1_000_000, ())
    assert (
        found.fee_rule
        == "20 % of the reward, another 20 % as a HIT has 10 workers or more, 5 % for Masters; at least one cent."
    )
    assert emulator.requests["CreateHITType"] == 0


def test_nine_workers_without_masters_cost_the_base_fee_alone(emulator: Emulator) -> None:
    study = study_with_places(comparisons=7, votes_wanted=9)
    found = quote(draft(study, max_assignments=9, reward_cents=20, needs_masters=False, comparisons_per_hit=3))
    assert (found.hits, found.fee, found.total) == (3, 4, 3 * 9 * 24)
    assert found.fee_rule == "20 % of the reward; at least one cent."
    assert emulator.account.held_cents == 0


def test_the_wage_is_told_from_measured_time_where_there_is_enough(posting: Posting) -> None:
    worker, now = WorkerFactory.create(), timezone.now()
    session = Session.objects.create(study=posting.study, worker=worker, started_at=now, last_seen_at=now)
    trials = []
    for number, place in enumerate(posting.study.places.filter(rehearsal=False)):
        one = Trial(session=session, worker=WorkerFactory.create(), place=place, comparison=place.comparison, number=number)
        one.shown, one.state, one.visible_seconds = place.shown, Trial.State.DONE, 10.0 + number
        trials.append(one)
    Trial.objects.bulk_create(trials)
    assert not quote(posting).measured  # six are too few
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studies.channels.mturk.quote.ENOUGH_TRIALS", 6)
        found = quote(posting)
    assert (found.seconds, found.measured, found.hourly) == (12.5, True, 1440)  # 5 cents each 12.5 seconds


def test_comparisons_without_places_enough_are_left_out(posting: Posting) -> None:
    taken = posting.study.places.filter(rehearsal=True)[0]
    Place.objects.filter(pk=taken.pk).update(free=False)
    found = quote(posting)
    assert (found.comparisons, found.left_out, found.hits) == (2, 1, 2)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"title": "x" * 129}, "at most 128 characters"),
        ({"title": "two\nlines"}, "plain text on one line"),
        ({"title": ""}, "cannot be blank"),
        ({"description": "x" * 2001}, "at most 2000 characters"),
        ({"keywords": "x" * 1001}, "at most 1000 characters"),
        ({"reward_cents": 0}, "greater than or equal to 1"),
        ({"max_assignments": 0}, "greater than or equal to 1"),
        ({"max_assignments": 3}, "No comparison has 3 free places"),
        ({"assignment_seconds": 29}, "greater than or equal to 30"),
        ({"assignment_seconds": 3601}, "the study gives up on a session after 60 minutes"),
        ({"lifetime_seconds": 366 * 86400}, "less than or equal to 31536000"),
        ({"auto_approval_seconds": 31 * 86400}, "less than or equal to 2592000"),
        ({"countries": "USA"}, "two letters each"),
        ({"countries": " ".join(f"A{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 2)}, "30 countries at most"),
        ({"form": "html"}, "needs an S3 bucket"),
    ],
)
def test_what_would_not_work_is_refused_with_the_reason(
    emulator: Emulator, posting: Posting, changed: dict[str, Any], fault: str
) -> None:
    for name, value in changed.items():
        setattr(posting, name, value)
    assert fault in " ".join(quote(posting).faults)
    assert emulator.account.available_cents == 1_000_000


def test_an_account_that_is_too_small_is_refused_with_both_numbers(emulator: Emulator, posting: Posting) -> None:
    emulator.account.available_cents = 35
    (fault,) = quote(posting).faults
    assert fault.startswith("The account has $0.35; this costs $0.36.")


def test_an_account_that_cannot_be_asked_leaves_the_numbers(emulator: Emulator, posting: Posting) -> None:
    for _ in range(6):
        emulator.faults.order("before", "GetAccountBalance")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studies.channels.mturk.client.CONFIG", Config(retries={"total_max_attempts": 1, "mode": "standard"}))
        found = quote(posting)
    assert (found.balance, found.total) == (None, 36)
    assert "could not be asked for the account's balance" in found.faults[0]


@pytest.mark.parametrize("name", ["sandbox", "production"])
def test_without_keys_amazon_is_not_asked(posting: Posting, settings: Settings, name: str) -> None:
    settings.SITE_URL = "https://votes.example.org"
    posting.environment_name = name
    (fault,) = quote(posting).faults
    assert fault.startswith("No AWS keys were found")


def test_without_an_emulator_it_is_said_how_to_start_one(posting: Posting, settings: Settings) -> None:
    settings.MTURK_ENDPOINT_URL = ""
    assert "mturk_emulator --port 8900" in quote(posting).faults[-1]


@pytest.mark.parametrize(
    ("address", "environment"),
    [
        ("http://votes.example.org", "emulator"),
        ("http://votes.example.org", "sandbox"),
        ("http://127.0.0.1:8000", "sandbox"),
        ("https://localhost", "production"),
    ],
)
def test_a_site_that_workers_could_not_open_is_refused(
    posting: Posting, settings: Settings, address: str, environment: str
) -> None:
    settings.SITE_URL, posting.environment_name = address, environment
    assert any("needs a public https address" in fault for fault in quote(posting).faults)


@pytest.mark.parametrize("state", ["draft", "paused", "closed"])
def test_a_study_that_takes_no_votes_is_refused(posting: Posting, state: str) -> None:
    Study.objects.filter(pk=posting.study_id).update(state=state)
    posting.refresh_from_db()
    assert f"is {state}: only a study that takes votes can be posted" in quote(posting).faults[0]


def test_more_requirements_than_ten_are_refused(posting: Posting) -> None:
    posting.study.earlier_studies.set([study_with_places(comparisons=1, name=f"Pilot {number}") for number in range(9)])
    (fault,) = quote(posting).faults
    assert fault == "Mechanical Turk takes 10 qualification requirements at most; these are 11."


def test_a_second_posting_is_quoted_for_what_is_left(posting: Posting) -> None:
    published(posting)
    assert quote(draft(posting.study)).faults == (
        "No comparison has 2 free places: ask for fewer workers per HIT, or for more votes on each comparison.",
    )

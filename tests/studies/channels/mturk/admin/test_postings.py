"""The postings of a study, and the form of a draft."""

import pytest
from django.test import Client
from pytest_django import Settings

from studies.channels.mturk.models import Posting
from studies.models import Study
from tests.studies.channels.mturk.admin.browsing import FIELDS, address, postings_address, press, told

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("emulator")
def test_a_draft_has_money_and_times_in_units_of_their_own(researcher: Client, study: Study) -> None:
    researcher.post(postings_address(study), {**FIELDS, "reward": "1.2", "assignment_minutes": "1.5"})
    posting = Posting.objects.get()
    assert (posting.reward_cents, posting.assignment_seconds) == (120, 90)
    assert (posting.lifetime_seconds, posting.auto_approval_seconds) == (3 * 86400, 7 * 86400)
    assert posting.is_draft
    assert study.log.filter(action="MTurk", detail__contains="a new draft").exists()


def test_a_new_draft_begins_with_the_papers_numbers(researcher: Client, study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(votes_wanted=12)
    form = researcher.get(postings_address(study)).context["form"]
    shown = {name: form[name].value() for name in ("comparisons_per_hit", "max_assignments", "needs_masters", "approval_above")}
    assert shown == {"comparisons_per_hit": 1, "max_assignments": 10, "needs_masters": True, "approval_above": 98}
    assert form["reward"].value() == "0.05"


@pytest.mark.usefixtures("emulator")
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("reward", "0.5$", "“0.5$” is no amount: write dollars and cents, such as 0.05, without a currency sign."),
        ("reward", "0.055", "“0.055” is no amount"),
        ("reward", "-1", "“-1” is no amount"),
        ("reward", "0", "Workers get one cent at least."),
        ("title", "x" * 129, "at most 128 characters"),
        ("title", "two\x07lines", "A title is plain text on one line."),
        ("description", "x" * 2001, "at most 2000 characters"),
        ("countries", "USA", "Write countries with two letters each"),
        ("assignment_minutes", "0.1", "greater than or equal to 0.5"),
        ("auto_approval_days", "31", "less than or equal to 30"),
        ("form", "html", "A page of its own needs an S3 bucket"),
        ("max_assignments", "0", "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_posted_is_refused_with_the_reason(
    researcher: Client, study: Study, field: str, value: str, sentence: str
) -> None:
    page = told(researcher.post(postings_address(study), {**FIELDS, field: value}))
    assert sentence in page
    assert not Posting.objects.exists()


def test_an_emulator_that_nobody_runs_is_refused(researcher: Client, study: Study, settings: Settings) -> None:
    settings.MTURK_ENDPOINT_URL = ""
    assert "cannot be used now. Start the emulator with" in told(researcher.get(postings_address(study)))
    assert "Start the emulator with" in told(researcher.post(postings_address(study), FIELDS))
    assert not Posting.objects.exists()


def test_a_change_of_a_draft_is_logged_field_by_field(researcher: Client, posting: Posting) -> None:
    sent = {**FIELDS, "reward": "0.20", "assignment_minutes": "60"}
    assert "The draft is changed." in press(researcher, posting, "edit", **sent)
    posting.refresh_from_db()
    assert posting.reward_cents == 20
    lines = posting.study.log.get().detail.splitlines()
    assert "Reward for a HIT (dollars): 0.05 → 0.20" in lines
    assert not [line for line in lines if "minutes" in line]  # an hour was an hour before


def test_what_was_confirmed_stays_as_it_was_quoted(researcher: Client, confirmed: Posting) -> None:
    for page in (told(researcher.get(address(confirmed, "edit"), follow=True)), press(researcher, confirmed, "edit", **FIELDS)):
        assert "it stays as it was quoted" in page
    confirmed.refresh_from_db()
    assert confirmed.reward_cents == 5


def test_the_list_tells_postings_apart_by_environment_and_money(researcher: Client, confirmed: Posting) -> None:
    page = told(researcher.get(postings_address(confirmed.study)))
    assert 'class="badge emulator">Emulator, no money' in page
    assert "3 of 3" in page
    assert "$4.00" in page
    assert "$0.36" in page

"""The Prolific pages of the admin, as a researcher's browser uses them."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from studies.channels.prolific import bonuses, publishing
from studies.channels.prolific.admin import URLS
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import MayHaveHappened
from studies.channels.prolific.models import Intent, ProlificStudy, Submission
from studies.models import LogLine, Study
from tests.factories_studies import study_with_places
from tests.studies.channels.prolific.rows import COST_OF_TEN, NOON, WHO, awaiting, finished, planned, published, session_of
from tests.studies.channels.prolific.stand_in import BROKEN, StandIn

pytestmark = pytest.mark.django_db

PLAN = {
    "title": "Which image fits?",
    "description": "Look at images.",
    "currency": "GBP",
    "reward_cents": "1.50",
    "minutes": "10",
    "places": "10",
    "review": "MANUALLY_REVIEW",
    "budget_cents": "50",
    "screen_out_cents": "0",
    "screen_out_places": "0",
}
WORDS = "You chose the first image in every trial within a second, although the instructions ask to look at all of them first."


def _address(study: Study, page: str = "") -> str:
    return reverse(f"admin:study_prolific{page and '_' + page}", args=[study.pk])


def _press(researcher: Client, study: Study, page: str, **fields: Any) -> str:
    """Send a form, and read what the page says then."""
    return researcher.post(_address(study, page), fields, follow=True).content.decode()


def _confirmation(html: str) -> dict[str, Any]:
    """The hidden fields of a page's form, as the browser sends them."""
    form = BeautifulSoup(html, "html.parser").select_one("#content-main form[method=post]")
    assert form is not None
    return {str(field["name"]): str(field.get("value", "")) for field in form.select("input[type=hidden]")}


def test_a_study_is_planned_in_pounds_and_its_minutes_are_suggested(researcher: Client) -> None:
    study = study_with_places(comparisons=3, trials_per_session=30, expected_seconds=21)
    html = researcher.get(_address(study)).content.decode()
    assert 'name="minutes" value="11"' in html  # 630 s
    assert "The plan is saved. Nothing was said to Prolific yet." in _press(researcher, study, "plan", **PLAN)
    row = study.prolific_studies.get()
    assert (row.reward_cents, row.budget_cents, row.screen_out_cents) == (150, 5000, 0)
    assert LogLine.objects.get(study=study).who == "researcher"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reward_cents": "0.99"}, "Prolific allows no less than £6.00"),
        ({"reward_cents": "1.505"}, "2 decimal places"),
        ({"reward_cents": "-1"}, "greater than or equal to 0"),
        ({"screen_out_cents": "0.20"}, "need both a reward and a number of them"),
        ({"places": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_plan_against_the_rules_is_shown_again(researcher: Client, wrong: dict[str, str], said: str) -> None:
    study = study_with_places(comparisons=3)
    assert said in _press(researcher, study, "plan", **{**PLAN, **wrong})
    assert not ProlificStudy.objects.exists()


def test_a_plan_changes_until_it_is_published(researcher: Client, prolific: Prolific) -> None:
    row = planned()
    html = researcher.get(_address(row.study, "plan")).content.decode()
    assert 'value="1.50"' in html
    _press(researcher, row.study, "plan", **{**PLAN, "title": "Another", "reward_cents": "2"})
    row.refresh_from_db()
    assert (row.title, row.reward_cents, row.attempt) == ("Another", 200, 1)
    publishing.publish(row, prolific, publishing.quote(row, prolific).cents, WHO, NOON)
    assert "Add places to it, or stop it" in _press(researcher, row.study, "plan", **PLAN)
    assert row.study.prolific_studies.count() == 1


def test_what_is_confirmed_on_the_page_of_costs_is_published(researcher: Client, stand_in: StandIn) -> None:
    row = planned()
    html = researcher.get(_address(row.study, "quote")).content.decode()
    assert "<strong>£21.00</strong> for 10 places" in html
    assert "set EVALSITE_URL to the https:// address" in html
    assert not stand_in.state.studies
    assert "Published on Prolific: 10 places" in _press(researcher, row.study, "publish", **_confirmation(html))
    assert [study["status"] for study in stand_in.state.studies.values()] == ["ACTIVE"]


def test_a_double_click_publishes_once(researcher: Client, stand_in: StandIn) -> None:
    row = planned()
    confirmed = _confirmation(researcher.get(_address(row.study, "quote")).content.decode())
    _press(researcher, row.study, "publish", **confirmed)
    assert "active on Prolific already" in _press(researcher, row.study, "publish", **confirmed)
    assert len(stand_in.state.studies) == 1


def test_more_places_are_quoted_and_confirmed(researcher: Client, prolific: Prolific) -> None:
    row = published(prolific)
    html = researcher.get(_address(row.study, "quote"), {"places": 15, "attempt": 1}).content.decode()
    assert "<strong>£10.50</strong> for 15 places in all instead of 10" in html
    assert "15 places on Prolific" in _press(researcher, row.study, "places", **_confirmation(html))
    assert "places only grow" in researcher.get(_address(row.study, "quote"), {"places": 10}, follow=True).content.decode()
    assert "Places in all" in researcher.get(_address(row.study, "quote"), {"places": "x"}, follow=True).content.decode()


def test_without_having_seen_the_costs_nothing_is_published(researcher: Client, stand_in: StandIn) -> None:
    row = planned()
    assert "Look at the costs first" in _press(researcher, row.study, "publish")
    assert "It costs £21.00 now" in _press(researcher, row.study, "publish", cents="1")
    assert not stand_in.state.studies


def test_the_budget_is_raised_in_pounds(researcher: Client) -> None:
    row = planned()
    assert "The budget is £75.50; it was £50.00." in _press(researcher, row.study, "budget", budget="75.50")
    assert "Budget: Enter a number." in _press(researcher, row.study, "budget", budget="much")
    row.refresh_from_db()
    assert row.budget_cents == 7550


def test_a_study_is_paused_and_stopped_there(researcher: Client, prolific: Prolific) -> None:
    row = published(prolific)
    assert "it is paused there" in _press(researcher, row.study, "move", action="PAUSE")
    assert "Go on there" in researcher.get(_address(row.study)).content.decode()
    assert "it is awaiting review there" in _press(researcher, row.study, "move", action="START") + _press(
        researcher, row.study, "move", action="STOP"
    )
    assert "Plan another attempt" in researcher.get(_address(row.study)).content.decode()


def test_those_that_are_ticked_are_approved(researcher: Client, prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    ticked, left = awaiting(row, stand_in, prolific, submissions=2)
    html = _press(researcher, row.study, "decide", approve="Approve", submission=[ticked.pk])
    assert "Approved: 1 done." in html
    assert "1 awaiting review, 1 approved" in html
    assert Submission.objects.get(pk=left.pk).awaits_review
    assert "Tick the submissions that you mean." in _press(researcher, row.study, "decide", approve="Approve")


def test_an_approval_that_waits_is_shown(researcher: Client, prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    stand_in.state.come(row.prolific_id, "ada")
    _press(researcher, row.study, "poll")
    html = _press(researcher, row.study, "decide", approve="Approve", submission=[row.submissions.get().pk])
    assert "Approved: 0 done, 1 wait until Prolific has them for review." in html
    assert "active, will be approved" in html


def test_a_rejection_is_refused_or_carried_out_with_its_words(
    researcher: Client, prolific: Prolific, stand_in: StandIn
) -> None:
    row = published(prolific)
    (submission,) = awaiting(row, stand_in, prolific)
    fields = {"reject": "Reject", "submission": [submission.pk], "category": "LOW_EFFORT"}
    assert "at least 100 characters" in _press(researcher, row.study, "decide", **fields, message="Bad.")
    assert "This field is required" in _press(researcher, row.study, "decide", **fields)
    wrong = {**fields, "category": "TOO_QUICKLY", "message": WORDS}
    assert "too few submissions to tell" in _press(researcher, row.study, "decide", **wrong)
    assert "Rejected: 1 done." in _press(researcher, row.study, "decide", **fields, message=WORDS)
    assert stand_in.state.submissions[submission.prolific_id]["status"] == "REJECTED"


def test_a_return_is_asked_for_with_the_reasons_ticked_and_written(
    researcher: Client, prolific: Prolific, stand_in: StandIn
) -> None:
    row = published(prolific)
    (submission,) = awaiting(row, stand_in, prolific)
    fields = {"return": "Ask", "submission": [submission.pk], "reasons": ["Withdrew consent."], "other": "You wrote to us."}
    html = _press(researcher, row.study, "decide", **fields)
    assert "Asked to return: 1 done." in html
    assert "awaiting review, asked to return" in html
    assert stand_in.asked[-1][2] == {"request_return_reasons": ["Withdrew consent.", "You wrote to us."]}


def test_bonuses_are_set_up_shown_and_paid(researcher: Client, prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    (submission,) = awaiting(row, stand_in, prolific)
    html = _press(researcher, row.study, "bonuses", submission=[submission.pk], bonus="1.50")
    assert "Set up: £2.10 with fees and VAT." in html
    assert "Pay £2.10" in html
    assert stand_in.state.submissions[submission.prolific_id]["bonus_payments"] == []
    (intent,) = bonuses.to_pay(row)
    html = _press(researcher, row.study, "pay", intent=intent.pk, cents=210)
    assert "are paid within minutes: £2.10" in html
    assert "Pay £2.10" not in html
    assert stand_in.state.submissions[submission.prolific_id]["bonus_payments"] == [150]
    assert "£1.50" in _press(researcher, row.study, "poll")


@pytest.mark.parametrize("fields", [{"bonus": "1.50"}, {"bonus": "0"}, {"bonus": ""}, {"bonus": "1.505"}])
def test_wrong_bonuses_are_not_set_up(
    researcher: Client, prolific: Prolific, stand_in: StandIn, fields: dict[str, str]
) -> None:
    row = published(prolific)
    chosen = awaiting(row, stand_in, prolific) if fields["bonus"] != "1.50" else []
    html = _press(researcher, row.study, "bonuses", submission=[one.pk for one in chosen], **fields)
    assert 'class="error"' in html
    assert not stand_in.state.bonuses


def test_what_is_uncertain_is_shown_and_settled_by_who_looked(
    researcher: Client, prolific: Prolific, stand_in: StandIn
) -> None:
    row = published(prolific)
    (submission,) = awaiting(row, stand_in, prolific)
    intent = bonuses.set_up(row, {submission: 150}, prolific, WHO, NOON)
    stand_in.fail("pay/", BROKEN)
    with pytest.raises(MayHaveHappened):
        bonuses.pay(intent, prolific, 210, WHO, NOON)
    html = researcher.get(_address(row.study)).content.decode()
    assert "It did not happen" in html
    assert "Pay £2.10" not in html
    uncertain = row.intents.get(kind=Intent.Kind.PAY_BONUSES)
    html = _press(researcher, row.study, "settle", intent=uncertain.pk, **{"not": "1"})
    assert "researcher looked on Prolific: it did not happen." in html
    assert "Pay £2.10" in html


def test_the_page_tells_of_low_pay_and_of_strangers(researcher: Client, prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    finished(row, stand_in, "ada", seconds=1800.0)
    stranger = session_of(row, "mallory", "made-up")
    html = _press(researcher, row.study, "poll")
    assert "took 30.0 minutes or longer, so the reward is £3.00 an hour" in html
    assert "Unknown to Prolific" in html
    assert stranger.worker.pseudonym in html


def test_what_it_has_cost_is_read_from_prolific(researcher: Client, prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific, review="AUTOMATICALLY_APPROVE", currency="USD", reward_cents=200)
    finished(row, stand_in, "ada")
    html = researcher.get(_address(row.study, "costs")).content.decode()
    assert "<strong>$2.80</strong>" in html  # 200, a third of that, a fifth of the third
    assert "The account pays in GBP, and the plan says USD" in html
    assert "has cost nothing there" in researcher.get(_address(planned().study, "costs")).content.decode()


@pytest.mark.usefixtures("stand_in")
def test_errors_of_prolific_s_are_told_where_one_was(researcher: Client, settings: Settings) -> None:
    row = planned()
    settings.PROLIFIC_TOKEN = "wrong"
    html = researcher.get(_address(row.study, "quote"), follow=True).content.decode()
    assert "Authentication credentials were not provided. Set EVALSITE_PROLIFIC_TOKEN" in html
    settings.PROLIFIC_TOKEN = ""
    assert "Set EVALSITE_PROLIFIC_TOKEN" in researcher.get(_address(row.study)).content.decode()
    assert "Set EVALSITE_PROLIFIC_TOKEN" in _press(researcher, row.study, "poll")


def test_an_earlier_attempt_is_still_looked_after(researcher: Client, prolific: Prolific, stand_in: StandIn) -> None:
    first = published(prolific)
    (submission,) = awaiting(first, stand_in, prolific)
    publishing.move(first, prolific, "STOP", WHO, timezone.now())
    planned(first.study)
    html = researcher.get(_address(first.study), {"attempt": 1}).content.decode()
    assert submission.prolific_id in html
    html = _press(researcher, first.study, "decide", attempt=1, approve="Approve", submission=[submission.pk])
    assert "Approved: 1 done." in html
    assert researcher.get(_address(first.study), {"attempt": 3}).status_code == 404


def test_no_get_changes_anything(researcher: Client, prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    awaiting(row, stand_in, prolific)
    before = len(stand_in.asked)
    for pattern in URLS:
        researcher.get(reverse(f"admin:{pattern.name}", args=[row.study.pk]))
    asked = [(method, path) for method, path, _body in stand_in.asked[before:]]
    assert asked == [("GET", f"studies/{row.prolific_id}/cost/")]
    assert row.intents.count() == 2  # the draft and its publication


@pytest.mark.parametrize("page", ["", "quote", "costs", "plan"])
def test_the_pages_are_for_who_may_run_studies(page: str, stand_in: StandIn) -> None:
    row, auditor = planned(), Client()
    user = User.objects.create(username="auditor", is_staff=True)
    user.groups.add(Group.objects.get(name="auditor"))
    auditor.force_login(user)
    assert auditor.get(_address(row.study, page)).status_code == 403
    assert auditor.post(_address(row.study, "publish"), {"cents": COST_OF_TEN}).status_code == 403
    assert not stand_in.asked

from typing import Any

import pytest

from studies.channels.prolific import planning, publishing
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.errors import AgainstTheRules, CostChanged, MayHaveHappened, OverBudget, Refused, UnderWay
from studies.channels.prolific.models import Intent, ProlificStudy
from studies.models import Link, LogLine
from tests.factories_studies import ready_study, study_with_places
from tests.studies.channels.prolific.rows import COST_OF_TEN, NOON, WHO, planned, published
from tests.studies.channels.prolific.stand_in import BROKEN, LOST, StandIn

pytestmark = pytest.mark.django_db


def test_the_draft_says_where_participants_go_and_what_codes_do() -> None:
    row = planned()
    draft = planning.draft_of(row)
    link = Link.objects.get(study=row.study, channel="prolific")
    ids = "PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}"
    assert draft["external_study_url"] == f"{link.address}?{ids}"
    completed, screened_out = draft["completion_codes"]
    assert (completed["code_type"], completed["actions"]) == ("COMPLETED", [{"action": "MANUALLY_REVIEW"}])
    assert (screened_out["code_type"], screened_out["actions"][0]["action"]) == ("SCREENED_OUT", "REQUEST_RETURN")
    assert completed["code"] != screened_out["code"]
    assert (draft["reward"], draft["total_available_places"], draft["estimated_completion_time"]) == (150, 10, 10)


def test_approval_may_be_automatic_and_screen_outs_paid() -> None:
    row = planned(review="AUTOMATICALLY_APPROVE", screen_out_cents=20, screen_out_places=3)
    completed, screened_out = planning.draft_of(row)["completion_codes"]
    assert completed["actions"] == [{"action": "AUTOMATICALLY_APPROVE"}]
    paid = {"action": "FIXED_SCREEN_OUT_PAYMENT", "fixed_screen_out_reward": 20, "slots": 3}
    assert screened_out["actions"] == [paid]


def test_a_quote_is_prolific_s_and_spends_nothing(prolific: Prolific, stand_in: StandIn) -> None:
    assert publishing.quote(planned(), prolific).cents == COST_OF_TEN
    assert {path for _method, path, _body in stand_in.asked} == {"study-cost-calculator/"}


def test_a_quote_holds_paid_screen_outs(prolific: Prolific) -> None:
    row = planned(screen_out_cents=20, screen_out_places=3)
    assert publishing.quote(row, prolific).cents == COST_OF_TEN + 84  # 60 + 20 + 4


def test_a_quote_warns_of_what_is_short(prolific: Prolific) -> None:
    row = planned(study_with_places(comparisons=3, trials_per_session=3, votes_wanted=2), reward_cents=120)
    low, room, address = publishing.quote(row, prolific).warnings
    assert "£7.20 an hour; Prolific recommends at least £9.00" in low
    assert "about 2 sessions, and 10 participants" in room
    assert "set EVALSITE_URL to the https:// address" in address


@pytest.mark.parametrize(
    "fields", [{"reward_cents": 99}, {"screen_out_cents": 20}, {"screen_out_cents": 150, "screen_out_places": 2}]
)
def test_a_plan_against_the_rules_is_not_saved(fields: dict[str, Any]) -> None:
    with pytest.raises(AgainstTheRules):
        planned(**fields)
    assert not ProlificStudy.objects.exists()


def test_what_was_confirmed_is_published_once_and_logged(prolific: Prolific, stand_in: StandIn) -> None:
    row = planned()
    sentence = publishing.publish(row, prolific, COST_OF_TEN, WHO, NOON)
    assert sentence == "Published on Prolific: 10 places, £21.00 at most."
    assert row.status == ProlificStudy.Status.ACTIVE
    assert stand_in.state.studies[row.prolific_id]["internal_name"] == row.internal_name
    assert row.committed_cents() == COST_OF_TEN
    assert LogLine.objects.filter(study=row.study, action="prolific publish", detail=sentence, who=WHO).exists()
    with pytest.raises(AgainstTheRules, match="active on Prolific already"):
        publishing.publish(row, prolific, COST_OF_TEN, WHO, NOON)


def test_another_sum_than_the_quote_is_not_spent(prolific: Prolific, stand_in: StandIn) -> None:
    with pytest.raises(CostChanged, match=r"It costs £21\.00 now, not £20\.99"):
        publishing.publish(planned(), prolific, COST_OF_TEN - 1, WHO, NOON)
    assert not stand_in.state.studies


def test_more_than_the_budget_is_not_spent(prolific: Prolific, stand_in: StandIn) -> None:
    row = planned(budget_cents=COST_OF_TEN - 1)
    with pytest.raises(OverBudget, match=r"the budget of £20\.99 has £20\.99 left"):
        publishing.publish(row, prolific, COST_OF_TEN, WHO, NOON)
    assert [study["status"] for study in stand_in.state.studies.values()] == ["UNPUBLISHED"]
    assert row.committed_cents() == 0


def test_a_study_that_takes_no_answers_is_not_published(prolific: Prolific, stand_in: StandIn) -> None:
    row = planned(ready_study(prompts=0))
    with pytest.raises(AgainstTheRules, match="takes no answers now"):
        publishing.publish(row, prolific, COST_OF_TEN, WHO, NOON)
    assert not stand_in.asked


def test_a_draft_that_may_be_there_is_not_made_again_before_it_is_read_back(prolific: Prolific, stand_in: StandIn) -> None:
    row = planned()
    stand_in.fail("studies/", BROKEN)
    with pytest.raises(MayHaveHappened):
        publishing.publish(row, prolific, COST_OF_TEN, WHO, NOON)
    with pytest.raises(UnderWay):
        publishing.publish(row, prolific, COST_OF_TEN, WHO, NOON)
    assert stand_in.times("POST", "studies/") == 1


def test_a_changed_plan_changes_the_draft_that_is_there(prolific: Prolific, stand_in: StandIn) -> None:
    row = planned(budget_cents=100)
    with pytest.raises(OverBudget):
        publishing.publish(row, prolific, COST_OF_TEN, WHO, NOON)
    ProlificStudy.objects.filter(pk=row.pk).update(budget_cents=5000, title="Another title")
    row.refresh_from_db()
    publishing.publish(row, prolific, COST_OF_TEN, WHO, NOON)
    assert [study["name"] for study in stand_in.state.studies.values()] == ["Another title"]


def test_places_grow_for_what_the_new_ones_cost(prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific)
    assert publishing.quote_more(row, prolific, 15).cents == COST_OF_TEN // 2
    publishing.add_places(row, prolific, 15, COST_OF_TEN // 2, WHO, NOON)
    assert stand_in.state.studies[row.prolific_id]["total_available_places"] == row.places == 15
    assert row.committed_cents() == COST_OF_TEN + COST_OF_TEN // 2


@pytest.mark.parametrize("places", [9, 10])
def test_places_only_grow(prolific: Prolific, places: int) -> None:
    row = published(prolific)
    with pytest.raises(AgainstTheRules, match="places only grow"):
        publishing.add_places(row, prolific, places, 0, WHO, NOON)


def test_a_study_is_paused_started_and_stopped_there(prolific: Prolific) -> None:
    row = published(prolific)
    for action, status in (("PAUSE", "PAUSED"), ("START", "ACTIVE"), ("STOP", "AWAITING REVIEW")):
        publishing.move(row, prolific, action, WHO, NOON)
        assert row.status == status
    with pytest.raises(Refused, match="cannot start"):
        publishing.move(row, prolific, "START", WHO, NOON)
    with pytest.raises(AgainstTheRules):
        publishing.move(row, prolific, "PUBLISH", WHO, NOON)


def test_the_next_attempt_has_the_codes_of_the_first_and_waits_for_its_end(prolific: Prolific) -> None:
    row = published(prolific)
    with pytest.raises(AgainstTheRules, match="Add places to it, or stop it"):
        planned(row.study)
    publishing.move(row, prolific, "STOP", WHO, NOON)
    second = planned(row.study)
    assert (second.attempt, second.completion_code, second.screen_out_code) == (2, row.completion_code, row.screen_out_code)
    assert second.internal_name != row.internal_name
    assert Link.objects.filter(study=row.study).count() == 1


def test_a_publication_without_an_answer_counts_against_the_budget(prolific: Prolific, stand_in: StandIn) -> None:
    row = planned()
    stand_in.fail("transition/", LOST)
    with pytest.raises(MayHaveHappened):
        publishing.publish(row, prolific, COST_OF_TEN, WHO, NOON)
    assert row.committed_cents() == COST_OF_TEN
    assert row.intents.get(kind=Intent.Kind.PUBLISH).state == Intent.State.UNCERTAIN

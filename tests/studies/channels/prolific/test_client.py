import logging

import pytest
from pytest_django import Settings

from studies.channels.prolific.client import Prolific, from_settings
from studies.channels.prolific.errors import MayHaveHappened, NotSetUp, Refused, Unreachable
from tests.studies.channels.prolific.conftest import DRAFT
from tests.studies.channels.prolific.stand_in import BROKEN, GARBLED, LIMITED, LOST, SLOW, TOKEN, StandIn


def test_a_cost_is_asked_for_with_the_account_s_fees(prolific: Prolific) -> None:
    assert prolific.cost_of(150, 10) == 2100  # 1500 + a third as the fee + a fifth of that as VAT


def test_a_draft_is_made_published_paused_and_stopped(prolific: Prolific) -> None:
    study = prolific.create_study(DRAFT)
    assert (study.status, study.places, study.internal_name) == ("UNPUBLISHED", 10, "evalsite abc")
    assert [draft.id for draft in prolific.drafts()] == [study.id]
    statuses = [prolific.move_study(study.id, action).status for action in ("PUBLISH", "PAUSE", "START", "STOP")]
    assert statuses == ["ACTIVE", "PAUSED", "ACTIVE", "AWAITING REVIEW"]
    assert list(prolific.drafts()) == []


def test_submissions_come_from_all_pages(prolific: Prolific, stand_in: StandIn) -> None:
    study = prolific.create_study(DRAFT)
    came = [stand_in.state.come(study.id, f"p{number}") for number in range(201)]
    assert [submission.id for submission in prolific.submissions(study.id)] == came
    assert stand_in.times("GET", f"studies/{study.id}/submissions/") == 3


def test_what_a_list_and_a_detail_name_differently_is_read_alike(prolific: Prolific, stand_in: StandIn) -> None:
    study = prolific.create_study(DRAFT)
    came = stand_in.state.come(study.id, "participant")
    stand_in.state.complete(came, "DONE1234", seconds=61)
    assert list(prolific.submissions(study.id)) == [prolific.submission(came)]
    read = prolific.submission(came)
    assert (read.participant, read.status, read.code, read.seconds) == ("participant", "AWAITING REVIEW", "DONE1234", 61)


def test_a_status_written_with_an_underscore_is_the_same(prolific: Prolific, stand_in: StandIn) -> None:
    study = prolific.create_study(DRAFT)
    stand_in.state.studies[study.id]["status"] = "AWAITING_REVIEW"
    assert prolific.study(study.id).status == "AWAITING REVIEW"


def test_bonuses_are_set_up_and_then_paid(prolific: Prolific, stand_in: StandIn) -> None:
    study = prolific.create_study(DRAFT)
    came = stand_in.state.come(study.id, "participant")
    bonuses = prolific.set_up_bonuses(study.id, f"{came},1.50\n")
    assert (bonuses.amount, bonuses.fees, bonuses.total) == (150, 50, 210)
    assert prolific.submission(came).bonuses == ()
    prolific.pay_bonuses(bonuses.id)
    assert prolific.submission(came).bonuses == (150,)


def test_costs_are_read_with_their_parts(prolific: Prolific, stand_in: StandIn) -> None:
    study = prolific.create_study(DRAFT)
    came = stand_in.state.come(study.id, "participant")
    stand_in.state.complete(came, "DONE1234")
    prolific.approve(came)
    cost = prolific.study_cost(study.id)
    assert (cost.rewards, cost.fees, cost.tax, cost.total, cost.currency) == (150, 50, 10, 210, "GBP")


def test_a_return_is_asked_for_with_reasons(prolific: Prolific, stand_in: StandIn) -> None:
    came = stand_in.state.come(prolific.create_study(DRAFT).id, "participant")
    prolific.request_return(came, ["Withdrew consent."])
    assert prolific.submission(came).return_requested_at is not None
    told = {"request_return_reasons": ["Withdrew consent."]}
    assert stand_in.asked[1] == ("POST", f"submissions/{came}/request-return/", told)


@pytest.mark.parametrize("fault", [LIMITED, BROKEN, SLOW, LOST, GARBLED])
def test_reading_is_repeated(prolific: Prolific, stand_in: StandIn, fault: str) -> None:
    study = prolific.create_study(DRAFT)
    stand_in.fail(f"{study.id}/", fault)
    if fault == GARBLED:
        with pytest.raises(Unreachable, match="Check EVALSITE_PROLIFIC_URL"):
            prolific.study(study.id)
    else:
        assert prolific.study(study.id) == study


def test_what_prolific_did_not_take_is_repeated_after_as_long_as_it_asks(
    prolific: Prolific, stand_in: StandIn, pauses: list[float]
) -> None:
    stand_in.fail("studies/", LIMITED, LIMITED)
    prolific.create_study(DRAFT)
    assert len(stand_in.state.studies) == 1
    assert pauses == [3.0, 3.0]  # Retry-After: 3, and jitter never goes below it


def test_pauses_grow_with_jitter(prolific: Prolific, stand_in: StandIn, pauses: list[float]) -> None:
    study = prolific.create_study(DRAFT)
    stand_in.fail(f"{study.id}/", *[BROKEN] * 5)
    with pytest.raises(Unreachable, match=r"500: Something went wrong\. Nothing was changed"):
        prolific.study(study.id)
    assert all(0.5 * pause <= waited <= 1.5 * pause for pause, waited in zip((1, 2, 4, 8), pauses, strict=True))


@pytest.mark.parametrize("fault", [BROKEN, SLOW, LOST, GARBLED])
def test_what_may_have_happened_is_told_once(prolific: Prolific, stand_in: StandIn, fault: str) -> None:
    stand_in.fail("studies/", fault)
    with pytest.raises(MayHaveHappened, match="It may have happened"):
        prolific.create_study(DRAFT)
    assert stand_in.times("POST", "studies/") == 1
    assert len(stand_in.state.studies) == (0 if fault == BROKEN else 1)


def test_where_nobody_answers_nothing_has_happened(pauses: list[float]) -> None:
    nobody = Prolific(url="http://127.0.0.1:9/api/v1", token=TOKEN, wait=pauses.append)
    with pytest.raises(Unreachable, match="Nothing was changed"):
        nobody.pay_bonuses("1")
    assert len(pauses) == 4


def test_a_refusal_carries_prolific_s_own_sentence(prolific: Prolific) -> None:
    with pytest.raises(Refused, match="400: reward: This field is required") as refused:
        prolific.create_study({**DRAFT, "reward": 0})
    assert refused.value.status == 400


def test_a_wrong_token_is_told_without_showing_it(stand_in: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stranger = Prolific(url=stand_in.url, token="a-wrong-one")
    with pytest.raises(Refused, match="Set EVALSITE_PROLIFIC_TOKEN") as refused:
        stranger.study("0" * 24)
    assert "a-wrong-one" not in f"{refused.value}{stranger!r}{caplog.text}"


def test_a_page_elsewhere_is_not_followed_with_the_token(prolific: Prolific, stand_in: StandIn) -> None:
    study = prolific.create_study(DRAFT)
    for number in range(101):
        stand_in.state.come(study.id, f"p{number}")
    stand_in.url = "http://127.0.0.1:9/api/v1"  # what its links say
    with pytest.raises(Refused, match="The next page should be at"):
        list(prolific.submissions(study.id))


def test_settings_name_the_client(stand_in: StandIn, settings: Settings) -> None:
    assert from_settings().url == stand_in.url
    settings.PROLIFIC_TOKEN = ""
    with pytest.raises(NotSetUp, match="Set EVALSITE_PROLIFIC_TOKEN"):
        from_settings()

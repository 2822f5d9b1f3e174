"""Whole visits through the voting pages, as Prolific's address begins them."""

import pytest
from django.http import HttpResponse
from django.test import Client

from studies.channels.prolific.channel import COMPLETE, COOKIE
from studies.channels.prolific.client import Prolific
from studies.channels.prolific.models import ProlificStudy
from studies.channels.prolific.planning import plan
from studies.channels.prolific.reconciling import poll
from studies.forgetting import forget
from studies.models import Link, Session, Study, Trial, Worker
from tests.studies.channels.prolific.rows import NOON, WHO, planned, published
from tests.studies.channels.prolific.stand_in import StandIn
from tests.studies.visiting import address_of, agree, give_back, vote

pytestmark = pytest.mark.django_db

PID, SESSION = "5f00000000000000000000ad", "60000000000000000000000b"


@pytest.fixture
def row(study: Study) -> ProlificStudy:
    """The published study with images, planned for Prolific."""
    return planned(study)


def _link(row: ProlificStudy, participant: str = PID, visit: str = SESSION) -> str:
    token = Link.objects.get(study=row.study, channel="prolific").token
    return f"/s/{token}/?PROLIFIC_PID={participant}&STUDY_ID=1&SESSION_ID={visit}"


def _start(client: Client, link: str) -> Trial:
    return Trial.objects.get(token=agree(client, link).headers["Location"].split("/")[2])


def _to_the_end(client: Client, trial: Trial) -> HttpResponse:
    while True:
        address = vote(client, trial).headers["Location"]
        if not address.startswith("/t/"):
            return client.get(address)  # type: ignore[return-value]
        trial = Trial.objects.get(token=address.split("/")[2])


def test_a_visit_ends_with_the_way_back_to_prolific(client: Client, row: ProlificStudy) -> None:
    html = _to_the_end(client, _start(client, _link(row))).content.decode()
    assert f'href="{COMPLETE}{row.completion_code}"' in html
    assert f"<code>{row.completion_code}</code>" in html
    session = Session.objects.get()
    assert (session.visit, session.state, session.rehearsal) == (SESSION, Session.State.DONE, False)
    assert session.worker == Worker.objects.called("prolific", PID).get()
    assert session.worker.plain_id == ""


def test_a_whole_visit_is_matched_and_approved(client: Client, study: Study, prolific: Prolific, stand_in: StandIn) -> None:
    row = published(prolific, study=study)
    came = stand_in.state.come(row.prolific_id, PID)
    address = stand_in.state.studies[row.prolific_id]["external_study_url"].partition("://")[2].partition("/")[2]
    filled = address.replace("{{%PROLIFIC_PID%}}", PID).replace("{{%SESSION_ID%}}", came)
    html = _to_the_end(client, _start(client, f"/{filled}")).content.decode()
    stand_in.state.complete(came, html.partition(COMPLETE)[2].partition('"')[0])
    poll(row, prolific)
    submission = row.submissions.get()
    assert (submission.status, submission.session) == ("AWAITING REVIEW", Session.objects.get())


def test_after_the_first_page_the_cookie_says_who_it_is(client: Client, row: ProlificStudy) -> None:
    trial = _start(client, _link(row))
    assert client.get(address_of(trial)).status_code == 200
    assert Client().get(address_of(trial)).status_code == 404
    forged = Client()
    forged.cookies[COOKIE] = client.cookies[COOKIE].value + "x"
    assert forged.get(address_of(trial)).status_code == 404


def test_whoever_comes_back_by_prolific_goes_on_where_they_were(client: Client, row: ProlificStudy) -> None:
    trial = _start(client, _link(row))
    elsewhere = Client()
    response = elsewhere.get(_link(row))
    assert response.headers["Location"] == address_of(trial)
    assert elsewhere.get(address_of(trial)).status_code == 200


def test_another_submission_is_another_session_and_no_comparison_comes_twice(client: Client, row: ProlificStudy) -> None:
    _start(client, _link(row))
    second = agree(client, _link(row, visit="60000000000000000000000c"))
    assert second.status_code == 410  # the first session holds all comparisons of this small study
    assert Session.objects.count() == 1


def test_the_address_without_ids_is_enough_for_who_was_here(client: Client, row: ProlificStudy) -> None:
    trial = _start(client, _link(row))
    give_back(trial.session)
    bare = _link(row).partition("?")[0]
    assert _start(client, bare).session.visit == SESSION


@pytest.mark.parametrize(
    ("participant", "visit"),
    [("", SESSION), (PID, ""), ("{{%PROLIFIC_PID%}}", "{{%SESSION_ID%}}"), ("a b", SESSION), (PID, "x" * 101), (PID, "a%00b")],
)
def test_who_does_not_come_by_prolific_is_sent_there(client: Client, row: ProlificStudy, participant: str, visit: str) -> None:
    response = client.get(_link(row, participant, visit))
    assert response.status_code == 400
    assert "Please open this study from its page on Prolific." in response.content.decode()
    assert not Worker.objects.exists()


def test_the_bare_address_and_another_study_s_cookie_are_not_enough(client: Client, row: ProlificStudy) -> None:
    bare = _link(row).partition("?")[0]
    assert client.get(bare).status_code == 400
    client.get(_link(row))
    other = planned()
    assert client.get(_link(other).partition("?")[0]).status_code == 400


def test_who_finds_no_place_or_does_not_agree_goes_back_with_the_other_code(client: Client, row: ProlificStudy) -> None:
    screened_out = f'href="{COMPLETE}{row.screen_out_code}"'
    assert screened_out in client.get(_link(row)).content.decode()
    for number in range(2):  # two votes are wanted on each comparison
        _start(Client(), _link(row, f"participant-{number}", f"visit-{number}"))
    response = agree(client, _link(row))
    assert response.status_code == 410
    assert screened_out in response.content.decode()
    assert row.completion_code not in response.content.decode()


def test_who_withdraws_goes_back_with_the_other_code(client: Client, row: ProlificStudy) -> None:
    session = _start(client, _link(row)).session
    client.post(f"/w/{session.token}/")
    html = client.get(f"/e/{session.token}/").content.decode()
    assert f"{COMPLETE}{row.screen_out_code}" in html
    assert row.completion_code not in html


def test_votes_by_prolific_count_beside_local_ones(client: Client, row: ProlificStudy) -> None:
    _to_the_end(client, _start(client, _link(row)))
    local = Client()
    _to_the_end(local, _start(local, row.study.link_path))
    assert set(Trial.objects.counted().values_list("worker__channel", flat=True)) == {"local", "prolific"}


def test_a_second_attempt_has_the_same_address_and_codes(client: Client, row: ProlificStudy) -> None:
    ProlificStudy.objects.update(status="COMPLETED")
    second = ProlificStudy(
        title="Again", description="-", reward_cents=150, currency="GBP", places=1, minutes=10, budget_cents=1000
    )
    plan(row.study, second, WHO, NOON)
    html = _to_the_end(client, _start(client, _link(second))).content.decode()
    assert f"{COMPLETE}{row.completion_code}" in html


def test_whoever_cannot_wait_for_a_paused_study_goes_back_to_prolific(client: Client, row: ProlificStudy) -> None:
    row.study.pause()
    page = client.get(_link(row))
    assert page.status_code == 409
    assert f'href="{COMPLETE}{row.screen_out_code}"' in page.content.decode()


def test_nothing_leads_from_a_submission_to_a_forgotten_worker(
    client: Client, study: Study, prolific: Prolific, stand_in: StandIn
) -> None:
    row = published(prolific, study=study)
    came = stand_in.state.come(row.prolific_id, PID)
    _to_the_end(client, _start(client, _link(row, PID, came)))
    poll(row, prolific)
    assert Session.objects.get(prolific_submissions__prolific_id=came).visit == came
    forget(Worker.objects.get(), "ann", NOON)
    poll(row, prolific)
    assert not Session.objects.filter(prolific_submissions__isnull=False).exists()
    assert not Session.objects.exclude(visit="").exists()

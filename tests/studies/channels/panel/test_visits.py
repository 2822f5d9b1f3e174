"""Whole visits: a participant's id in, answers, and back to the panel."""

import pytest
from django.test import Client
from django.urls import reverse

from studies.channels.panel.models import PanelLink
from studies.exclusion import exclude
from studies.models import PersonalLink, Session, Study, Trial, Worker
from studies.models.worker import hashed
from tests.factories_studies import NOON, published_study
from tests.studies.channels.panel.panels import address, one_way_link, panel_link, take_part, way_out
from tests.studies.visiting import BOXES, agree, give_back, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(study: Study) -> PanelLink:
    return panel_link(study)


def _arrive(link: PanelLink, participant: str, visit: str = "S1") -> str:
    return address(link, pid=participant, sub=visit, rid="R1")


def test_a_participant_goes_back_with_all_that_came_along(client: Client, link: PanelLink) -> None:
    page = take_part(client, address(link, pid="P1", sub="S1", rid="R1"))
    session = Session.objects.get()
    assert Trial.objects.counted().filter(session=session).count() == 3
    assert way_out(client, page) == f"https://panel.example/done?id=P1&visit=S1&rid=R1&code={session.code}"


def test_without_an_address_the_session_s_own_code_is_shown(client: Client, study: Study) -> None:
    page = take_part(client, address(one_way_link(study), pid="P1"))
    assert f"<code>{Session.objects.get().code}</code>" in page.content.decode()
    assert "Go on" not in page.content.decode()


def test_a_code_of_the_panel_s_own_is_shown_instead(client: Client, study: Study) -> None:
    page = take_part(client, address(one_way_link(study, code="C0DE"), pid="P1"))
    assert "<code>C0DE</code>" in page.content.decode()
    assert Session.objects.get().code not in page.content.decode()


def test_a_code_of_the_panel_s_own_is_handed_back(client: Client, study: Study) -> None:
    page = take_part(client, address(panel_link(study, code="C0DE"), pid="P1", sub="S1"))
    assert way_out(client, page).endswith("&code=C0DE")


def test_what_came_along_stays_one_value_in_the_address(client: Client, link: PanelLink) -> None:
    page = take_part(client, address(link, pid="a%26code%3D1", sub="%C3%BC%2F..%2F", rid="%23x%3Fy"))
    assert way_out(client, page).startswith(
        "https://panel.example/done?id=a%26code%3D1&visit=%C3%BC%2F..%2F&rid=%23x%3Fy&code="
    )


def test_what_did_not_come_along_is_handed_back_empty(client: Client, link: PanelLink) -> None:
    page = take_part(client, address(link, pid="P1", sub="S1"))
    assert "&rid=&code=" in way_out(client, page)


def test_the_hashed_id_alone_is_stored(client: Client, link: PanelLink) -> None:
    take_part(client, _arrive(link, "P-1-secret"))
    worker = Worker.objects.get()
    assert (worker.channel, worker.hashed_id, worker.plain_id) == (
        "panel:connect",
        hashed("panel:connect", "P-1-secret"),
        "",
    )
    assert Session.objects.get().visit == "S1"
    assert not PersonalLink.objects.exists()  # which hold an id


def test_nobody_leaves_before_the_end(client: Client, link: PanelLink) -> None:
    trial_page = agree(client, _arrive(link, "P1")).headers["Location"]
    out = client.get(reverse("panel_complete", args=[Session.objects.get().token]), follow=True)
    assert out.redirect_chain[-1][0] == trial_page


def test_nobody_leaves_from_somebody_else_s_session(client: Client, link: PanelLink) -> None:
    take_part(client, _arrive(link, "P1"))
    out = reverse("panel_complete", args=[Session.objects.get().token])
    stranger = Client()
    assert stranger.get(out).status_code == 404
    stranger.get(_arrive(link, "P2"))
    assert stranger.get(out).status_code == 404


def test_an_end_without_an_address_leads_to_the_code(client: Client, study: Study) -> None:
    take_part(client, address(one_way_link(study), pid="P1"))
    session = Session.objects.get()
    assert client.get(reverse("panel_complete", args=[session.token])).headers["Location"] == f"/e/{session.token}/"


def test_who_finds_no_place_goes_to_the_address_for_that(client: Client, link: PanelLink) -> None:
    for participant in ("P1", "P2"):
        take_part(Client(), _arrive(link, participant))
    page = agree(client, _arrive(link, "P3", "S3"))
    assert page.status_code == 410
    assert way_out(client, page) == "https://panel.example/full?id=P3&visit=S3"
    assert "try this link again later" not in page.content.decode()
    assert not Worker.objects.called("panel:connect", "P3").get().sessions.exists()


def test_who_finds_no_place_and_has_nowhere_to_go_may_try_again_later(client: Client) -> None:
    study = published_study(prompts=1, votes_wanted=1)
    link = one_way_link(study)
    take_part(Client(), address(link, pid="P1"))
    page = agree(client, address(link, pid="P2"))
    assert "try this link again later" in page.content.decode()


def test_who_comes_to_a_closed_study_goes_there_too(client: Client, link: PanelLink) -> None:
    link.link.study.close()
    page = client.get(_arrive(link, "P1"))
    assert page.status_code == 410
    assert way_out(client, page) == "https://panel.example/full?id=P1&visit=S1"


def test_who_is_in_the_middle_when_a_study_closes_goes_there_too(client: Client, link: PanelLink) -> None:
    trial_page = agree(client, _arrive(link, "P1")).headers["Location"]
    link.link.study.close()
    assert way_out(client, client.get(trial_page)) == "https://panel.example/full?id=P1&visit=S1"


def test_a_paused_study_keeps_its_participants(client: Client, link: PanelLink) -> None:
    link.link.study.pause()
    page = client.get(_arrive(link, "P1"))
    assert (page.status_code, "panel.example" in page.content.decode()) == (409, False)


def test_who_took_part_in_an_earlier_study_is_screened_out(client: Client, link: PanelLink) -> None:
    earlier = panel_link(Study.objects.create(name="Pilot", state=Study.State.PUBLISHED))
    worker = Worker.objects.known_as("panel:connect", "P1")
    Session.objects.create(study=earlier.link.study, worker=worker, started_at=NOON, last_seen_at=NOON)
    link.link.study.earlier_studies.add(earlier.link.study)
    assert way_out(client, agree(client, _arrive(link, "P1"))) == "https://panel.example/out/P1?rid=R1"


def test_whose_hashed_id_is_on_the_study_s_list_is_screened_out(client: Client, link: PanelLink) -> None:
    Study.objects.update(excluded_ids=hashed("panel:connect", "P1"))
    assert way_out(client, agree(client, _arrive(link, "P1"))) == "https://panel.example/out/P1?rid=R1"
    assert agree(client, _arrive(link, "P2", "S2")).status_code == 302


def test_who_is_excluded_in_the_middle_is_screened_out_and_never_gets_in_again(client: Client, link: PanelLink) -> None:
    trial_page = agree(client, _arrive(link, "P1")).headers["Location"]
    exclude(link.link.study, Worker.objects.get(), "always left", "ada", NOON)
    assert way_out(client, client.get(trial_page)) == "https://panel.example/out/P1?rid=R1"
    assert way_out(client, agree(client, _arrive(link, "P1", "S2"))) == "https://panel.example/out/P1?rid=R1"


def test_who_does_not_agree_has_a_way_out(client: Client, link: PanelLink) -> None:
    page = client.get(_arrive(link, "P1"))
    out = page.context["screen_out"].address
    assert f'<a href="{out}">I do not want to take part</a>' in page.content.decode()
    assert client.get(out).headers["Location"] == "https://panel.example/out/P1?rid=R1"
    assert not Worker.objects.exists()


def test_who_withdraws_goes_out_too(client: Client, link: PanelLink) -> None:
    agree(client, _arrive(link, "P1"))
    page = client.post(reverse("withdraw", args=[Session.objects.get().token]), follow=True)
    assert "You have withdrawn" in page.content.decode()
    assert way_out(client, page) == "https://panel.example/out/P1?rid=R1"


def test_a_panel_without_such_addresses_has_none(client: Client, study: Study) -> None:
    link = one_way_link(study)
    assert client.get(address(link, pid="P1")).context["screen_out"] is None
    for why in ("full", "screened_out"):
        assert client.get(f"/panel/{link.link.token}/{why}/").status_code == 404


def test_a_visitor_whom_the_panel_did_not_send_is_sent_nowhere(client: Client, link: PanelLink) -> None:
    assert client.get(f"/panel/{link.link.token}/full/").status_code == 404


def test_leaving_changes_nothing_and_is_kept_by_no_browser(client: Client, link: PanelLink) -> None:
    page = take_part(client, _arrive(link, "P1"))
    for _ in range(2):
        response = client.get(page.context["completion"].address)
        assert (response.status_code, response.headers["Cache-Control"]) == (302, "no-store")
    assert client.post(page.context["completion"].address).status_code == 405


def test_the_page_itself_says_nothing_of_the_panel_s_address(client: Client, link: PanelLink) -> None:
    """The address tells who is done from who is not, so nobody sees it before."""
    for page in walk(client, agree(client, _arrive(link, "P1")).headers["Location"]):
        assert "panel.example" not in page.content.decode()


def test_who_comes_back_after_the_end_is_led_to_it(client: Client, study: Study) -> None:
    link = one_way_link(study)
    take_part(client, address(link, pid="P1"))
    back = Client().get(address(link, pid="P1"), follow=True)
    assert back.redirect_chain == [(f"/e/{Session.objects.get().token}/", 302)]
    assert Session.objects.get().code in back.content.decode()


def test_whose_time_ran_out_may_begin_again_with_the_same_link(client: Client, link: PanelLink) -> None:
    trial_page = agree(client, _arrive(link, "P1")).headers["Location"]
    give_back(Session.objects.get())
    page = client.get(trial_page)
    assert page.context["link"] == link.link.address
    response = client.post(f"/s/{link.link.token}/", BOXES)  # as the page says, without parameters
    end = list(walk(client, response.headers["Location"]))[-1]
    assert way_out(client, end).startswith("https://panel.example/done?id=P1&visit=S1&rid=R1&code=")

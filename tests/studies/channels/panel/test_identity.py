"""Who a visitor is: the id in the link, and the cookies after it."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from studies.channels.base import NotIdentified
from studies.channels.panel.arrival import LONGEST, Arrival, brought, remember_arrival
from studies.channels.panel.models import PanelLink
from studies.models import Link, Session, Study, Worker
from tests.studies.channels.panel.panels import address, one_way_link, panel_link, take_part, way_out
from tests.studies.visiting import BOXES, agree

MOST_OF_A_COOKIE = 4096  # bytes that every browser keeps: RFC 6265, §6.1


@pytest.fixture
def link(study: Study) -> PanelLink:
    return panel_link(study)


def _unsaved(**fields: str) -> PanelLink:
    names = {"id_parameter": "pid", "visit_parameter": "sub", "kept_parameters": "rid src"} | fields
    return PanelLink(link=Link(channel="panel:connect", token="x" * 16), **names)


@pytest.mark.django_db
def test_who_comes_without_an_id_is_asked_to_come_by_the_panel(client: Client, link: PanelLink) -> None:
    for response in (client.get(address(link)), client.post(address(link), BOXES)):
        assert response.status_code == 400
        assert "Please open the study from “connect”" in response.content.decode()
        assert not response.cookies
    assert not Session.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("brings", ["pid=&sub=S1", "pid=a%20b&sub=S1", f"pid={'x' * 101}&sub=S1", "pid=a%00b&sub=S1", "pid=P1"])
def test_a_link_that_no_panel_sends_is_refused(client: Client, link: PanelLink, brings: str) -> None:
    response = client.post(f"{address(link)}?{brings}", BOXES)
    assert response.status_code == 400
    assert not Worker.objects.exists()


@pytest.mark.django_db
def test_looking_makes_no_worker(client: Client, link: PanelLink) -> None:
    assert client.get(address(link, pid="P1", sub="S1")).status_code == 200
    assert not Worker.objects.exists()


@pytest.mark.django_db
def test_a_new_id_takes_the_place_of_the_one_before(client: Client, link: PanelLink) -> None:
    first_trial = agree(client, address(link, pid="P1", sub="S1")).headers["Location"]
    assert client.get(first_trial).status_code == 200
    second_trial = agree(client, address(link, pid="P2", sub="S2")).headers["Location"]
    assert client.get(second_trial).status_code == 200
    assert client.get(first_trial).status_code == 404
    assert Worker.objects.count() == 2


@pytest.mark.django_db
def test_an_id_on_another_page_is_nobody_s(client: Client, link: PanelLink) -> None:
    trial = agree(client, address(link, pid="P1", sub="S1")).headers["Location"]
    stranger = Client()
    assert stranger.get(trial, {"pid": "P1", "sub": "S1"}).status_code == 404
    stranger.get(address(link, pid="P2", sub="S2"))
    assert stranger.get(trial, {"pid": "P1"}).status_code == 404
    assert client.get(trial, {"pid": "P2"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["panel_connect_worker", "panel_link_{token}"])
def test_a_forged_cookie_is_nobody(client: Client, link: PanelLink, cookie: str) -> None:
    client.get(address(link, pid="P1", sub="S1"))
    name = cookie.format(token=link.link.token)
    client.cookies[name] = client.cookies[name].value.replace("I", "J", 1)[:-3] + "xyz"
    assert client.get(address(link)).status_code == 400


@pytest.mark.django_db
def test_a_cookie_of_one_panel_says_nothing_on_another(client: Client, link: PanelLink) -> None:
    other = one_way_link(link.link.study, "pool")
    client.get(address(link, pid="P1", sub="S1"))
    client.cookies["panel_pool_worker"] = client.cookies["panel_connect_worker"].value
    assert client.get(address(other)).status_code == 400


@pytest.mark.django_db
def test_what_one_participant_brought_is_not_handed_back_for_another(client: Client, link: PanelLink) -> None:
    other = panel_link(Study.objects.create(name="Another", state=Study.State.PUBLISHED))
    page = take_part(client, address(link, pid="P1", sub="S1", rid="R1"))
    client.get(address(other, pid="P2", sub="S2"))
    assert client.get(page.context["completion"].address).status_code == 404
    client.get(address(other, pid="P1", sub="S3", rid="R3"))
    assert "done?id=P1&visit=S1&rid=R1&" in way_out(client, page)


@pytest.mark.django_db
def test_a_participant_is_one_worker_in_all_studies_of_a_panel(client: Client, study: Study) -> None:
    other = one_way_link(Study.objects.create(name="Another", state=Study.State.PUBLISHED), "pool")
    agree(client, address(one_way_link(study), pid="P1"))
    assert client.get(address(other)).status_code == 200  # known by the cookie
    assert Worker.objects.count() == 1


@pytest.mark.django_db
def test_without_its_parameters_a_link_does_not_tell_which_visit_it_is(client: Client, study: Study) -> None:
    other = panel_link(Study.objects.create(name="Another", state=Study.State.PUBLISHED))
    agree(client, address(panel_link(study), pid="P1", sub="S1"))
    assert client.get(address(other)).status_code == 400


@pytest.mark.django_db
def test_the_cookies_are_out_of_reach_of_scripts_and_of_other_sites(
    client: Client, settings: Settings, link: PanelLink
) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client.get(address(link, pid="P1", sub="S1"))
    ours = [cookie for name, cookie in client.cookies.items() if name.startswith("panel_")]
    assert len(ours) == 2
    assert {(cookie["httponly"], cookie["secure"], cookie["samesite"]) for cookie in ours} == {(True, True, "Lax")}


@pytest.mark.django_db
def test_workers_of_a_panel_get_no_personal_link(client: Client, link: PanelLink) -> None:
    agree(client, address(link, pid="P1", sub="S1"))
    page = client.get(reverse("withdraw", args=[Session.objects.get().token])).content.decode()
    assert "/p/" not in page


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=LONGEST)


@given(WORDS, WORDS, WORDS)
def test_any_word_in_any_alphabet_is_understood(participant: str, visit: str, kept: str) -> None:
    arrival = brought({"pid": participant, "sub": visit, "rid": kept}, _unsaved())
    assert arrival == Arrival(participant, visit, {"rid": kept})


@pytest.mark.parametrize("name", ["pid", "sub", "rid"])
@pytest.mark.parametrize("value", ["a b", "a\u00a0b", "a\nb", "a\x7f", "x" * (LONGEST + 1)])
def test_other_values_are_no_panel_s(name: str, value: str) -> None:
    with pytest.raises(NotIdentified):
        brought({"pid": "P1", "sub": "S1", "rid": "R1"} | {name: value}, _unsaved())


def test_the_longest_values_fit_into_a_cookie() -> None:
    link = _unsaved(kept_parameters=" ".join(letter * 40 for letter in "abcd"))
    longest = "𝔘" * LONGEST  # four bytes each
    arrival = brought({"pid": longest, "sub": longest, **dict.fromkeys(link.kept, longest)}, link)
    assert arrival
    response = HttpResponse()
    remember_arrival(response, link, arrival)
    (cookie,) = response.cookies.values()
    assert len(cookie.key + cookie.value) < MOST_OF_A_COOKIE

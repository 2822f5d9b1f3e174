"""Whole visits: a participant's id in, answers, and back to the panel."""

import pytest
from django.test import Client

from studies.channels.panel.models import PanelLink
from studies.models import Session, Study, Trial
from tests.studies.channels.panel.panels import address, one_way_link, panel_link, take_part, way_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(study: Study) -> PanelLink:
    return panel_link(study)


def test_a_participant_goes_back_with_all_that_came_along(client: Client, link: PanelLink) -> None:
    page = take_part(client, address(link, pid="P1", sub="S1", rid="R1"))
    session = Session.objects.get()
    assert Trial.objects.counted().filter(session=session).count() == 3
    assert way_out(client, page) == f"https://panel.example/done?id=P1&visit=S1&rid=R1&code={session.code}"


def test_without_an_address_the_session_s_own_code_is_shown(client: Client, study: Study) -> None:
    page = take_part(client, address(one_way_link(study), pid="P1"))
    assert f"<code>{Session.objects.get().code}</code>" in page.content.decode()
    assert "Go on" not in page.content.decode()

"""Which study a link leads to, and through which channel."""

import pytest
from django.http import Http404
from django.urls import reverse
from pytest_django import Settings

from studies.channels.way_in import way_in
from studies.models import Link, Study
from tests.factories_studies import StudyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return StudyFactory.create(state=Study.State.PUBLISHED)


def test_a_study_s_own_links_are_those_of_people_and_of_the_rehearsal(study: Study) -> None:
    ways = [way_in(study.token), way_in(study.rehearsal_token)]
    assert [(way.study, way.channel.name, way.rehearsal) for way in ways] == [
        (study, "local", False),
        (study, "rehearsal", True),
    ]


def test_a_channel_s_link_leads_to_its_study_by_that_channel(study: Study) -> None:
    StudyFactory.create(state=Study.State.PUBLISHED)
    links = [Link.objects.create(study=study, channel=channel) for channel in ("panel:connect", "panel:pool")]
    ways = [way_in(link.token) for link in links]
    names = ["panel:connect", "panel:pool"]
    assert [(way.study, way.channel.name, way.rehearsal) for way in ways] == [(study, name, False) for name in names]


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_link_stays_when_a_study_takes_no_votes(study: Study, state: str) -> None:
    link = Link.objects.create(study=study, channel="panel:connect")
    Study.objects.update(state=state)
    assert way_in(link.token).study == study


def test_a_draft_has_no_way_in() -> None:
    draft = StudyFactory.create()
    for token in (draft.token, draft.rehearsal_token, Link.objects.create(study=draft, channel="panel:connect").token):
        with pytest.raises(Http404):
            way_in(token)


def test_a_link_to_nothing_is_not_found() -> None:
    with pytest.raises(Http404):
        way_in("nothing")


def test_a_link_is_told_with_the_host(study: Study, settings: Settings) -> None:
    settings.SITE_URL = "https://votes.example.org"
    link = Link.objects.create(study=study, channel="panel:connect")
    assert link.address == "https://votes.example.org" + reverse("study", args=[link.token])

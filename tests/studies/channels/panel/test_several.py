"""One study on two panels and its own link at once."""

import random

import pytest
from django.test import Client

from studies.models import Place, Session, Study, Trial, Worker
from studies.models.trial import HOLDING
from tests.factories_studies import published_study
from tests.studies.channels.panel.panels import address, one_way_link, panel_link, take_part
from tests.studies.test_races import _race
from tests.studies.visiting import agree


@pytest.mark.django_db
def test_the_same_id_on_two_panels_is_two_workers(study: Study) -> None:
    take_part(Client(), address(panel_link(study), pid="P1", sub="S1"))
    take_part(Client(), address(one_way_link(study), pid="P1"))
    assert sorted(Worker.objects.values_list("channel", flat=True)) == ["panel:connect", "panel:pool"]
    assert len(set(Worker.objects.values_list("hashed_id", flat=True))) == 2


@pytest.mark.django_db
def test_one_browser_can_be_on_two_panels_at_once(client: Client, study: Study) -> None:
    trials = [
        agree(client, address(panel_link(study), pid="P1", sub="S1")),
        agree(client, address(one_way_link(study), pid="U1")),
    ]
    assert [client.get(trial.headers["Location"]).status_code for trial in trials] == [200, 200]


@pytest.mark.django_db
def test_all_ways_in_fill_the_same_places() -> None:
    study = published_study(prompts=2, votes_wanted=4)
    connect, pool = panel_link(study), one_way_link(study)
    ways = [study.link_path, address(connect, pid="P1", sub="S1"), address(pool, pid="U1"), address(pool, pid="U2")]
    for way in random.Random(5).sample(ways, len(ways)):
        take_part(Client(), way)
    assert Trial.objects.progress(study, rehearsal=False) == (8, 8)
    for late in (study.link_path, address(connect, pid="P9", sub="S9"), address(pool, pid="U9")):
        assert agree(Client(), late).status_code == 410
    channels = Trial.objects.counted().order_by().values_list("worker__channel", flat=True)
    assert sorted(channels) == ["local"] * 2 + ["panel:connect"] * 2 + ["panel:pool"] * 4


@pytest.mark.django_db(transaction=True)
def test_workers_who_arrive_at_once_by_all_ways_share_the_places_out() -> None:
    study = published_study(prompts=2, votes_wanted=3)
    connect, pool = panel_link(study), one_way_link(study)
    ways = [study.link_path, study.link_path]
    ways += [address(connect, pid=f"P{number}", sub="S1") for number in range(2)]
    ways += [address(pool, pid=f"P{number}") for number in range(2)]
    answers = _race([lambda way=way: agree(Client(), way).status_code for way in ways])  # type: ignore[misc]
    assert sorted(answers) == [302, 302, 302, 410, 410, 410]  # six places, two for each
    held = Trial.objects.filter(state__in=HOLDING).values_list("place", flat=True)
    assert sorted(held) == sorted(Place.objects.of(study, rehearsal=False).values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_session(study: Study) -> None:
    link = address(panel_link(study), pid="P1", sub="S1")
    first, second = _race([lambda: agree(Client(), link).headers["Location"]] * 2)
    assert first == second
    assert (Worker.objects.count(), Session.objects.count()) == (1, 1)

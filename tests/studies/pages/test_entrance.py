"""The way in: what the study asks before the first trial."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from studies.models import PersonalLink, QualityPlan, Session, Study
from studies.publishing import publish
from tests.factories_generation import png
from tests.factories_studies import NOON, ExampleFactory, PersonalLinkFactory, published_study, ready_study
from tests.studies.visiting import agree

pytestmark = pytest.mark.django_db


def page(client: Client, study: Study) -> str:
    return re.sub(r"\s+", " ", client.get(study.link_path).content.decode())


def error_of(html: str, field: str) -> str:
    found = re.search(rf'<p class="error" id="id_{field}_error">(.*?)</p>', html)
    assert found, f"no error next to {field}"
    return found[1]


def test_visitors_are_told_how_much_there_is_to_do_and_how_long_it_takes(client: Client) -> None:
    study = published_study(trials_per_session=20, expected_seconds=20)
    assert "up to 20 sets of images" in page(client, study)
    assert "about 7 minutes" in page(client, study)  # 400 s


def test_practice_and_checks_take_their_time_too(client: Client) -> None:
    study = ready_study(trials_per_session=20, expected_seconds=30, practice_trials=2)
    study.criteria.update(has_gold_answer=True)
    QualityPlan.objects.create(study=study, gold_share=10, repeat_share=5, attention_share=5)
    publish(study, NOON)
    assert "Before them come 2 sets to practise on." in page(client, study)
    assert "up to 24 sets of images" in page(client, study)  # 20 + 2 + 1 + 1
    assert "about 13 minutes" in page(client, study)  # (2 + 20 + 4) · 30 s


def test_who_is_too_young_is_turned_away_next_to_the_box(client: Client) -> None:
    study = published_study(minimum_age=21)
    assert "I am at least 21 years old." in page(client, study)
    response = client.post(study.link_path, {"agree": "on"})
    assert response.status_code == 422
    assert "Only people of that age" in error_of(response.content.decode(), "of_age")
    assert not Session.objects.exists()


def test_no_age_is_asked_where_any_may_take_part(client: Client) -> None:
    study = published_study(minimum_age=0)
    assert "years old" not in page(client, study)
    assert client.post(study.link_path, {"agree": "on"}).status_code == 302


def test_adult_content_is_announced_and_agreed_to(client: Client) -> None:
    study = published_study(adult_content=True, minimum_age=18)
    assert "Some images may show nudity" in page(client, study)
    response = client.post(study.link_path, {"agree": "on", "of_age": "on"})
    assert response.status_code == 422
    assert error_of(response.content.decode(), "adult_content")
    assert agree(client, study.link_path).status_code == 302


def test_other_studies_do_not_speak_of_adult_content(client: Client) -> None:
    assert "nudity" not in page(client, published_study(adult_content=False))


def test_a_form_that_lacks_something_keeps_the_rest(client: Client) -> None:
    study = published_study(asks_demographics=True)
    html = client.post(study.link_path, {"of_age": "on", "gender": "woman", "first_language": "Suomi"}).content.decode()
    assert error_of(html, "agree")
    assert '<option value="woman" selected>' in html
    assert 'value="Suomi"' in html


def test_what_a_worker_tells_is_kept_with_the_session(client: Client) -> None:
    study = published_study(asks_demographics=True)
    agree(client, study.link_path, age_group="25-34", gender="", first_language="Suomi")
    assert Session.objects.get().demographics == {"age_group": "25-34", "first_language": "Suomi"}


def test_nothing_need_be_told(client: Client) -> None:
    study = published_study(asks_demographics=True)
    assert page(client, study).count('<option value="" selected>Prefer not to say</option>') == 2
    assert agree(client, study.link_path).status_code == 302
    assert Session.objects.get().demographics == {}


def test_starting_again_does_not_lose_what_was_told(client: Client) -> None:
    study = published_study(asks_demographics=True)
    agree(client, study.link_path, gender="man")
    agree(client, study.link_path)
    assert Session.objects.get().demographics == {"gender": "man"}


def test_what_is_not_asked_is_not_kept(client: Client) -> None:
    study = published_study(asks_demographics=False)
    assert "Gender" not in page(client, study)
    agree(client, study.link_path, gender="man")
    assert Session.objects.get().demographics == {}


@pytest.mark.parametrize(("field", "answer"), [("gender", "robot"), ("age_group", "7"), ("first_language", "x" * 61)])
def test_an_answer_that_was_not_offered_is_refused_next_to_its_field(client: Client, field: str, answer: str) -> None:
    study = published_study(asks_demographics=True)
    response = agree(client, study.link_path, **{field: answer})
    assert response.status_code == 422
    assert error_of(response.content.decode(), field)
    assert not Session.objects.exists()


def test_examples_are_part_of_the_instructions(client: Client) -> None:
    study = ready_study()
    example = ExampleFactory.create(study=study, caption="The star is <missing>.")
    publish(study, NOON)
    assert reverse("example", args=[example.token]) in page(client, study)
    assert "The star is &lt;missing&gt;." in page(client, study)


def test_an_example_needs_no_cookie_and_is_not_kept(client: Client) -> None:
    example = ExampleFactory.create()
    response = client.get(reverse("example", args=[example.token]))
    assert response.content == png()
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/png", "no-store")
    assert not response.cookies


def test_an_unknown_example_is_not_found(client: Client) -> None:
    assert client.get(reverse("example", args=["nothing"])).status_code == 404


def test_a_paused_study_asks_to_come_back(client: Client) -> None:
    study = published_study()
    study.pause()
    for response in (client.get(study.link_path), agree(client, study.link_path)):
        assert response.status_code == 409
        assert "This study is paused" in response.content.decode()
    assert not Session.objects.exists()


def test_a_study_by_invitation_turns_strangers_away(client: Client) -> None:
    study = published_study(invited_only=True)
    for response in (client.get(study.link_path), agree(client, study.link_path)):
        assert response.status_code == 403
        assert "This study is by invitation" in response.content.decode()
    assert not Session.objects.exists()


def test_an_invitation_to_another_study_does_not_count(client: Client) -> None:
    link = PersonalLinkFactory.create(study=published_study())
    client.get(reverse("personal", args=[link.token]))
    assert client.get(published_study(invited_only=True).link_path).status_code == 403


def test_who_is_invited_may_start(client: Client) -> None:
    link = PersonalLinkFactory.create(study=published_study(invited_only=True))
    client.get(reverse("personal", args=[link.token]))
    assert agree(client, link.study.link_path).status_code == 302
    assert Session.objects.get().worker == link.worker


def test_a_rehearsal_needs_no_invitation(client: Client) -> None:
    study = published_study(invited_only=True)
    assert agree(client, study.rehearsal_link_path).status_code == 302


def test_who_starts_gets_a_personal_link(client: Client) -> None:
    study = published_study()
    agree(client, study.link_path)
    agree(client, study.link_path)
    link = PersonalLink.objects.get()
    assert (link.study, link.worker, link.rehearsal) == (study, Session.objects.get().worker, False)
    assert link.worker.is_called(link.channel_id)


def test_one_network_opens_only_so_many_sessions_an_hour(client: Client, settings: Settings) -> None:
    settings.SESSIONS_PER_HOUR = 1
    study = published_study()
    agree(client, study.link_path)
    assert agree(Client(), study.link_path).status_code == 429
    assert Session.objects.count() == 1

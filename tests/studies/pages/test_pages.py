from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from studies.exclusion import exclude
from studies.models import Session, Study, Vote, Worker
from tests import factories_studies
from tests.studies.visiting import ANSWERS, address_of, agree, every_page, first_trial, give_back, vote, walk
from tests.world_study import PROMPTS, published_study

pytestmark = pytest.mark.django_db


# Coming to a study


def test_the_link_shows_instructions_and_consent(client: Client, study: Study) -> None:
    page = client.get(study.link_path).content.decode()
    assert "<h3>Correctness</h3>" in page
    assert "stop at <em>any</em> time" in page


def test_a_visitor_is_known_from_the_first_look_on_which_is_not_taking_part(client: Client, study: Study) -> None:
    client.get(study.link_path)
    assert not Worker.objects.exists()
    seen = client.cookies["local_worker"].value.split(":")[0]
    agree(client, study.link_path)
    assert Worker.objects.get().is_called(seen)


def test_agreeing_leads_to_the_first_trial(client: Client, study: Study) -> None:
    page = client.get(agree(client, study.link_path).headers["Location"])
    assert "1 of 3" in page.content.decode()
    assert Session.objects.get().state == Session.State.OPEN


def test_without_agreeing_nothing_starts(client: Client, study: Study) -> None:
    response = client.post(study.link_path, {})
    assert response.status_code == 422
    assert "Please tick the box" in response.content.decode()
    assert not Session.objects.exists()


def test_agreeing_again_goes_on_with_the_same_session(client: Client, study: Study) -> None:
    vote(client, first_trial(client, study))
    page = client.get(agree(client, study.link_path).headers["Location"])
    assert "2 of 3" in page.content.decode()
    assert Session.objects.count() == 1


def test_the_link_of_a_draft_is_not_found(client: Client) -> None:
    draft = Study.objects.create(name="Draft")
    assert client.get(draft.link_path).status_code == 404
    assert client.get(draft.rehearsal_link_path).status_code == 404


def test_a_closed_study_says_so(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    Study.objects.update(state=Study.State.CLOSED)
    for address in (study.link_path, address_of(trial)):
        response = client.get(address)
        assert response.status_code == 410
        assert "This study is closed" in response.content.decode()


def test_who_comes_when_no_place_is_left_is_told_so(client: Client) -> None:
    study = published_study(votes_wanted=1)
    agree(Client(), study.link_path)
    response = agree(client, study.link_path)
    assert response.status_code == 410
    assert "No place left for you" in response.content.decode()
    assert "try this link again later" in response.content.decode()


def test_who_may_not_come_at_all_is_not_told_to_come_later(client: Client) -> None:
    pilot, study = published_study(), factories_studies.published_study()
    study.earlier_studies.add(pilot)
    agree(client, pilot.link_path)
    page = agree(client, study.link_path).content.decode()
    assert "have not taken part before" in page
    assert "again later" not in page


def test_who_is_excluded_in_the_middle_of_a_session_is_not_told_that_it_expired(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    exclude(study, trial.worker, "always left", "ada", timezone.now())
    page = client.get(address_of(trial)).content.decode()
    assert "takes no answers at present" in page
    assert "expired" not in page


def test_who_reported_an_image_goes_on_from_its_page_to_the_next(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    following = client.post(reverse("report", args=[trial.token]), {"text": ""}).headers["Location"]
    assert client.get(address_of(trial)).headers["Location"] == following


@pytest.mark.parametrize("address", [*(f"/{page}/a%00b/" for page in "stubecqwp"), "/x/a%00b.png", "/i/a%00b.png"])
def test_an_address_with_a_nul_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
    assert client.post(address).status_code in (404, 405)  # 405: images are for looking at


@pytest.mark.parametrize("address", [*(f"/{page}/a%00b/" for page in "stubecqwp"), "/x/a%00b.png"])
def test_no_page_is_asked_for_a_token_with_a_nul(address: str) -> None:
    with pytest.raises(Resolver404):
        resolve(unquote(address))


# Voting


def test_the_session_ends_with_thanks_and_its_code(client: Client, study: Study) -> None:
    *trials, end = walk(client, address_of(first_trial(client, study)))
    session = Session.objects.get()
    assert len(trials) == len(PROMPTS[:3])
    assert session.state == Session.State.DONE
    assert session.code in end.content.decode()


def test_the_end_is_no_shortcut(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    response = client.get(reverse("end", args=[trial.session.token]))
    assert response.headers["Location"] == address_of(trial)


def test_an_expired_session_says_what_happened(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    give_back(trial.session)
    for response in (client.get(address_of(trial)), client.post(address_of(trial), ANSWERS)):
        assert response.status_code == 410
        assert "Your session has expired" in response.content.decode()
    assert not Vote.objects.exists()


def test_after_an_expired_session_there_is_no_code(client: Client, study: Study) -> None:
    trial = first_trial(client, study)
    vote(client, trial)
    give_back(trial.session)
    response = client.get(address_of(trial), follow=True)
    assert response.status_code == 410
    assert trial.session.code not in response.content.decode()


def test_a_vote_needs_the_token_of_its_page(study: Study) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(study.link_path, {"agree": "on"})
    assert response.status_code == 403
    assert "needs one cookie" in response.content.decode()


# Rehearsal


def test_a_rehearsal_says_so_on_every_page_and_is_marked(client: Client, study: Study) -> None:
    assert "Rehearsal." in client.get(study.rehearsal_link_path).content.decode()
    for page in walk(client, agree(client, study.rehearsal_link_path).headers["Location"]):
        assert "Rehearsal." in page.content.decode()
    assert Session.objects.get().rehearsal


def test_real_pages_do_not_speak_of_a_rehearsal(client: Client, study: Study) -> None:
    pages = every_page(client, study)
    assert not [page for page in pages if "Rehearsal" in page.content.decode()]

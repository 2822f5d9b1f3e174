import pytest
from django.contrib.messages import get_messages
from django.test import Client

from studies.models import Study
from tests.factories_studies import published_study, ready_study
from tests.studies.admin.browsing import address

pytestmark = pytest.mark.django_db


def _press(researcher: Client, study: Study, button: str, **fields: object) -> str:
    """What is said of it."""
    response = researcher.post(address(study, button), fields)
    assert response.status_code == 302
    return "\n".join(map(str, get_messages(response.wsgi_request)))


def test_a_study_is_paused_resumed_closed_and_opened_again(researcher: Client) -> None:
    study = published_study()
    for button, state in (("pause", "paused"), ("resume", "published"), ("close", "closed"), ("resume", "published")):
        _press(researcher, study, button)
        assert Study.objects.get().state == state
    assert set(study.log.values_list("who", flat=True)) == {"researcher"}


def test_the_page_of_a_study_that_was_closed_before_says_that_results_could_be_seen(researcher: Client) -> None:
    study = published_study()
    assert "results could be seen meanwhile" not in researcher.get(address(study)).content.decode()
    _press(researcher, study, "close")
    _press(researcher, study, "resume")
    assert "results could be seen meanwhile" in researcher.get(address(study)).content.decode()


@pytest.mark.parametrize("state", list(Study.State))
def test_only_buttons_that_make_sense_are_shown(researcher: Client, state: str) -> None:
    study = published_study()
    Study.objects.update(state=state)
    html = researcher.get(address(study)).content.decode()
    buttons = ("publish", "pause", "resume", "close", "add-votes", "clone")
    shown = {button for button in buttons if f'action="{address(study, button)}"' in html}
    expected = {
        "draft": {"clone"},
        "published": {"pause", "close", "add-votes", "clone"},
        "paused": {"resume", "close", "add-votes", "clone"},
        "closed": {"resume", "add-votes", "clone"},
    }
    assert shown == expected[state]


def test_a_button_pressed_too_late_says_why_nothing_was_done(researcher: Client) -> None:
    study = published_study()
    study.close()
    assert "cannot be paused: it is closed" in _press(researcher, study, "pause")


def test_no_get_does_anything(researcher: Client) -> None:
    study = published_study()
    for button in ("publish", "pause", "resume", "close", "add-votes", "clone"):
        assert researcher.get(address(study, button)).status_code == 405
    assert list(Study.objects.values_list("state", flat=True)) == ["published"]


def test_more_votes_are_asked_for(researcher: Client) -> None:
    study = published_study(votes_wanted=2)
    assert "wants 5 votes per comparison" in _press(researcher, study, "add-votes", more=3)


@pytest.mark.parametrize("more", ["0", "-1", "101", "many", ""])
def test_a_number_of_votes_that_makes_no_sense_is_refused(researcher: Client, more: str) -> None:
    study = published_study(votes_wanted=2)
    assert "Write how many more votes you want on each comparison, from 1 to 100." in _press(
        researcher, study, "add-votes", more=more
    )
    assert Study.objects.get().votes_wanted == 2


def test_cloning_leads_to_the_new_draft(researcher: Client) -> None:
    study = published_study(name="Spring")
    response = researcher.post(address(study, "clone"), {"new_workers": "on"}, follow=True)
    draft = Study.objects.get(name="Spring (copy)")
    assert response.redirect_chain == [(address(draft), 302)]
    assert list(draft.earlier_studies.all()) == [study]


def test_publishing_what_is_not_ready_says_every_fault(researcher: Client) -> None:
    study = ready_study(prompts=0, consent=" ")
    sentences = _press(researcher, study, "publish").splitlines()
    assert sentences == ["Choose at least one prompt set.", "Write what workers consent to."]

"""The frame's pages, as a browser without cookies and without JavaScript meets them, cross-site checks switched on."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.models import FrameVisit, Posting
from studies.channels.mturk.polling import GRACE, poll
from studies.exclusion import exclude
from studies.models import Place, Session, Trial, Worker
from tests.forms_of_pages import forms, images
from tests.studies.channels.mturk.postings import QUALIFIED, action_of, answer, draft, path_of, published, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def accepted(emulator: Emulator, posting: Posting, worker_id: str = "A1", number: int = 1) -> Any:
    return emulator.worker(worker_id, **QUALIFIED).accept(posting.hits.get(number=number).hit_id)


def open_frame(client: Client, path: str) -> HttpResponse:
    """Agree, and follow to the first page after it."""
    form = forms(client.get(path).content.decode())[0]
    return client.post(path, form.filled({}), follow=True)  # type: ignore[return-value]


def progress(posting: Posting) -> tuple[int, int]:
    return tuple(Trial.objects.progress(posting.study, rehearsal=True))  # type: ignore[return-value]


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Session, Trial, Worker, FrameVisit, Place))


def test_a_look_changes_nothing(emulator: Emulator, client: Client, posting: Posting) -> None:
    path = path_of(accepted(emulator, published(posting)))
    before, places = rows(), list(Place.objects.values_list("free", flat=True))
    for address in (path, path.partition("?")[0], path.replace("workerId=A1", "workerId=A2")):
        assert client.get(address).status_code == 200
        client.head(address)
    assert (rows(), list(Place.objects.values_list("free", flat=True))) == (before, places)


def test_a_preview_shows_what_to_do_and_no_images(emulator: Emulator, client: Client, posting: Posting) -> None:
    published(posting)
    page = client.get(f"/m/{posting.hits.get(number=1).token}/?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId=3H")
    text = page.content.decode()
    assert "This is a preview." in text
    assert "Choose the image that is drawn best" in text
    assert (forms(text), images(text)) == ([], [])
    assert emulator.requests["GetAssignment"] == 0


def test_the_frame_is_mechanical_turks_alone(emulator: Emulator, client: Client, posting: Posting) -> None:
    page = client.get(path_of(accepted(emulator, published(posting))))
    policy = page["Content-Security-Policy"]
    ancestors = next(part for part in policy.split(";") if "frame-ancestors" in part).split()[1:]
    sites = ["https://www.mturk.com", "https://workersandbox.mturk.com", emulator.url]
    assert set(sites) <= set(ancestors) <= {*sites, "https://worker.mturk.com"}
    actions = next(part for part in policy.split(";") if "form-action" in part).split()[1:]
    assert set(actions) == {"'self'", *ancestors}
    assert (page["Referrer-Policy"], page["Cache-Control"]) == ("no-referrer", "no-store")
    assert "X-Frame-Options" not in page
    assert not page.cookies


def test_without_an_emulator_its_address_may_frame_nothing(client: Client, posting: Posting, settings: Settings) -> None:
    hit = published(posting).hits.get(number=1)
    settings.MTURK_ENDPOINT_URL = ""
    assert "localhost" not in client.get(f"/m/{hit.token}/")["Content-Security-Policy"]


def test_refusals_can_be_framed_too(client: Client) -> None:
    page = client.get("/m/no-such-hit/?assignmentId=3A&workerId=A1&turkSubmitTo=https://www.mturk.com")
    assert page.status_code == 404
    assert "frame-ancestors https://" in page["Content-Security-Policy"]


def test_a_draft_has_no_page(client: Client, posting: Posting) -> None:
    hit = posting.hits.create(number=1, max_assignments=1)
    assert client.get(f"/m/{hit.token}/").status_code == 404


def test_the_whole_road_works_without_cookies(emulator: Emulator, client: Client, posting: Posting) -> None:
    taken = accepted(emulator, published(posting))
    fields = answer(client, path_of(taken))
    assert fields == {"assignmentId": taken.id, "session": Session.objects.get().token}
    assert Trial.objects.get().state == Trial.State.UNCONFIRMED
    assert progress(posting) == (0, 6)


def test_a_form_without_the_pages_token_is_refused(emulator: Emulator, client: Client, posting: Posting) -> None:
    path = path_of(accepted(emulator, published(posting)))
    assert client.post(path, {"agree": "on"}).status_code == 403
    assert client.post(path, {"agree": "on", "csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert Session.objects.count() == 0


def test_without_consent_nothing_begins(emulator: Emulator, client: Client, posting: Posting) -> None:
    path = path_of(accepted(emulator, published(posting)))
    form = forms(client.get(path).content.decode())[0]
    page = client.post(path, dict(form.hidden))
    assert page.status_code == 422
    assert Session.objects.count() == 0


def test_images_are_for_the_worker_with_the_token_alone(emulator: Emulator, client: Client, posting: Posting) -> None:
    page = open_frame(client, path_of(accepted(emulator, published(posting))))
    (address, _) = images(page.content.decode())
    assert client.get(address).status_code == 200
    assert client.get(address.partition("?")[0]).status_code == 404
    other = open_frame(client, path_of(accepted(emulator, posting, "A2")))
    (others, _) = images(other.content.decode())
    assert client.get(f"{address.partition('?')[0]}?{others.partition('?')[2]}").status_code == 404


def test_a_worker_with_two_hits_open_at_once_has_two_sessions(emulator: Emulator, client: Client, posting: Posting) -> None:
    one, two = accepted(emulator, published(posting)), accepted(emulator, posting, number=2)
    open_frame(client, path_of(one))
    fields_of_two = answer(client, path_of(two))
    fields_of_one = answer(client, path_of(one))
    assert fields_of_one["session"] != fields_of_two["session"]
    for taken, fields in ((two, fields_of_two), (one, fields_of_one)):
        emulator.worker("A1").submit(taken.id, fields)
    poll(posting, timezone.now())
    assert Worker.objects.count() == 1
    assert progress(posting) == (2, 6)


def test_who_agreed_before_starts_the_next_hit_at_once(emulator: Emulator, client: Client, posting: Posting) -> None:
    work(emulator, client, "A1", published(posting).hits.get(number=1).hit_id)
    page = client.get(path_of(accepted(emulator, posting, number=2))).content.decode()
    assert "You have agreed to take part before" in page
    assert forms(page)[0].boxes == {}


def test_a_second_click_answers_nothing_twice(emulator: Emulator, client: Client, posting: Posting) -> None:
    posting.comparisons_per_hit = 3
    posting.save()
    path = path_of(accepted(emulator, published(posting)))
    page = open_frame(client, path)
    text, here = page.content.decode(), page.redirect_chain[-1][0]  # type: ignore[attr-defined]
    for address in images(text):
        client.get(address)
    form, action = forms(text)[0], action_of(text, here)
    data = form.filled(dict.fromkeys(form.questions, "1"))
    assert [client.post(action, data).status_code for _ in range(2)] == [302, 302]
    assert Trial.objects.filter(state=Trial.State.UNCONFIRMED).count() == 1


def test_a_worker_id_forged_in_the_address_earns_no_vote(emulator: Emulator, client: Client, posting: Posting) -> None:
    taken = accepted(emulator, published(posting), "A2")
    fields = answer(client, path_of(taken).replace("workerId=A2", "workerId=A1"))
    emulator.worker("A2").submit(taken.id, fields)
    poll(posting, timezone.now())
    assert progress(posting) == (0, 6)
    assert "under another worker's id" in posting.hits.get(number=1).assignments.get().fault


def test_a_forged_id_does_not_keep_its_owner_out(emulator: Emulator, client: Client, posting: Posting) -> None:
    taken = accepted(emulator, published(posting), "A2")
    answer(client, path_of(taken).replace("workerId=A2", "workerId=A1"))
    work(emulator, client, "A1", posting.hits.get(number=1).hit_id)
    poll(posting, timezone.now())
    assert progress(posting) == (1, 6)


def test_a_hit_given_back_after_its_answer_leaves_room_for_the_next_worker(
    emulator: Emulator, client: Client, posting: Posting
) -> None:
    hit = published(posting).hits.get(number=1)
    work(emulator, client, "A1", hit.hit_id)
    taken = accepted(emulator, posting, "A2")
    answer(client, path_of(taken))
    emulator.worker("A2").return_hit(taken.id)
    work(emulator, client, "A3", hit.hit_id)  # while A2's answers hold the last place
    assert Place.objects.of(posting.study, rehearsal=True).filter(extra=True).count() == 1
    poll(posting, timezone.now())
    assert progress(posting) == (2, 6)
    poll(posting, timezone.now() + GRACE * 20)
    states = sorted(Trial.objects.values_list("worker__plain_id", "state"))
    assert states == [("A1", "done"), ("A2", "never arrived"), ("A3", "done")]
    assert progress(posting) == (2, 6)


def test_a_worker_who_gave_a_hit_back_can_take_and_answer_it_again(
    emulator: Emulator, client: Client, posting: Posting
) -> None:
    taken = accepted(emulator, published(posting))
    answer(client, path_of(taken))
    emulator.worker("A1").return_hit(taken.id)
    work(emulator, client, "A1", posting.hits.get(number=1).hit_id, "2")
    poll(posting, timezone.now())
    assert sorted(Trial.objects.values_list("state", flat=True)) == ["done", "never arrived"]
    assert progress(posting) == (1, 6)


def test_what_arrives_after_all_counts_once(emulator: Emulator, client: Client, posting: Posting) -> None:
    taken = accepted(emulator, published(posting))
    fields = answer(client, path_of(taken))
    poll(posting, timezone.now() + GRACE * 20)  # the site's clock is wrong, or Mechanical Turk tells late
    assert Trial.objects.get().state == Trial.State.NEVER_ARRIVED
    emulator.worker("A1").submit(taken.id, fields)
    poll(posting, timezone.now() + GRACE * 21, sweeps=True)
    assert Trial.objects.get().state == Trial.State.DONE
    assert progress(posting) == (1, 6)


def test_what_arrives_after_another_took_the_place_counts_in_a_new_one(emulator: Emulator, client: Client, study: Any) -> None:
    posting = published(draft(study, max_assignments=2))
    hit = posting.hits.get(number=1)
    taken = accepted(emulator, posting, "A1")
    fields = answer(client, path_of(taken))
    poll(posting, timezone.now() + GRACE * 20)
    work(emulator, client, "A2", hit.hit_id)
    Place.objects.filter(comparison__in=hit.comparisons.all(), free=True).update(free=False)
    emulator.worker("A1").submit(taken.id, fields)
    poll(posting, timezone.now() + GRACE * 21, sweeps=True)
    assert set(Trial.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_study_that_takes_no_answers_turns_workers_back(
    emulator: Emulator, client: Client, posting: Posting, state: str
) -> None:
    taken = accepted(emulator, published(posting))
    type(posting.study).objects.filter(pk=posting.study_id).update(state=state)
    page = open_frame(client, path_of(taken))
    assert page.status_code == 410
    assert "please return the HIT" in page.content.decode()


def test_an_excluded_worker_is_turned_back(emulator: Emulator, client: Client, posting: Posting) -> None:
    worker, now = Worker.objects.known_as("mturk-emulator", "A1", plain_id="A1"), timezone.now()
    Session.objects.create(study=posting.study, worker=worker, state="done", started_at=now, last_seen_at=now)
    exclude(posting.study, worker, "Always the first image.", "ann", now)
    page = open_frame(client, path_of(accepted(emulator, published(posting))))
    assert page.status_code == 410
    assert Trial.objects.count() == 0


def test_a_worker_who_withdrew_gets_nothing_counted(emulator: Emulator, client: Client, posting: Posting) -> None:
    taken = accepted(emulator, published(posting))
    fields = answer(client, path_of(taken))
    Session.objects.get().withdraw(timezone.now())
    assert client.get(path_of(taken)).status_code == 410
    emulator.worker("A1").submit(taken.id, fields)
    poll(posting, timezone.now())
    assert progress(posting) == (0, 6)
    assert posting.hits.get(number=1).assignments.get().fault


def test_nobody_judges_a_comparison_twice_over_two_postings(emulator: Emulator, client: Client, study: Any) -> None:
    one = published(draft(study, max_assignments=1))
    two = published(draft(study, max_assignments=1))
    hit = one.hits.get(number=1)
    work(emulator, client, "A1", hit.hit_id)
    again = two.hits.get(comparisons__in=hit.comparisons.all())
    taken = emulator.worker("A1").accept(again.hit_id)
    page = open_frame(client, path_of(taken))
    assert page.status_code == 410
    assert "answered everything" in page.content.decode()
    emulator.worker("A1").return_hit(taken.id)
    work(emulator, client, "A2", again.hit_id)
    for posting in (one, two):
        poll(posting, timezone.now())
    assert progress(one) == (2, 6)

"""What an attacker tries at the pages of Mechanical Turk's frame: other people's tokens, odd ids, and frames of other sites."""

import html
import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from studies.channels.mturk.models import Hit, Posting
from studies.channels.mturk.visits import FIELD, Visit
from studies.models import Session, Study, Trial, Vote, Worker
from tests.evalsite.test_policy import policy_of
from tests.factories_studies import published_study
from tests.forms_of_pages import forms, images
from tests.studies.channels.frames import PRODUCTION, SANDBOX, framed, posted, rows, start, token_on
from tests.studies.channels.panel.panels import address, panel_link
from tests.studies.visiting import BOXES, every_page

pytestmark = pytest.mark.django_db
FRAMING = f"https://worker.mturk.com {PRODUCTION} {SANDBOX}"


# Pages of the frame: where they may be shown, and what they carry


def answers_of_the_frame(client: Client, hit: Hit) -> dict[str, Any]:
    """One answer of every kind."""
    path, bare = framed(hit), reverse("mturk_hit", args=[hit.token])
    answers = {
        "preview": client.get(bare),
        "welcome": client.get(path),
        "nothing ticked": client.post(path, {FIELD: token_on(client.get(path))}),
        "bad address": client.get(framed(hit, submit_to="https://evil.example")),
        "no token": client.post(path, BOXES),
        "unknown": client.get("/m/nothing/"),
        "another method": client.delete(path),
    }
    trial = start(client, hit)
    answers |= {"redirect": client.get(path), "trial": trial}
    Session.objects.update(state=Session.State.ABANDONED, started_at=timezone.now() - timedelta(days=1))
    answers["over"] = client.get(path)
    Study.objects.update(state=Study.State.CLOSED)
    answers["closed"] = client.post(framed(hit, "A2", "S2"), {**BOXES, FIELD: Visit("A2", "S2", hit.token).token})
    return answers


def test_every_answer_of_the_frame_may_be_framed_by_mechanical_turk_alone(client: Client, hit: Hit) -> None:
    answers = answers_of_the_frame(client, hit)
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {
        "preview": 200,
        "welcome": 200,
        "nothing ticked": 422,
        "bad address": 400,
        "no token": 403,
        "unknown": 404,
        "another method": 405,
        "redirect": 200,
        "trial": 200,
        "over": 410,
        "closed": 410,
    }
    for answer in answers.values():
        policy = policy_of(answer)
        assert (policy["frame-ancestors"], policy["form-action"]) == (FRAMING, f"'self' {FRAMING}")
        assert "X-Frame-Options" not in answer.headers


def test_no_answer_of_the_frame_is_kept_sets_a_cookie_or_tells_its_address(client: Client, hit: Hit) -> None:
    for name, answer in answers_of_the_frame(client, hit).items():
        assert not answer.cookies, name
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer"), name


def test_the_emulator_may_frame_pages_only_where_there_is_one(client: Client, hit: Hit, settings: Settings) -> None:
    settings.MTURK_ENDPOINT_URL = "http://localhost:8900"
    assert policy_of(client.get(framed(hit)))["frame-ancestors"] == f"{FRAMING} http://localhost:8900"


def test_nothing_else_may_be_framed(client: Client, hit: Hit, researcher: Client) -> None:
    image = images(start(client, hit).content.decode())[0]
    study = published_study()
    pages = [client.get(image), client.get("/s/nothing/"), client.get("/panel/nothing/full/"), *every_page(client, study)]
    pages += [client.get(address(panel_link(study), pid="P1", sub="S1")), client.post("/prolific/notified/")]
    pages += [client.post(f"/m/events/{'x' * 20}/"), researcher.get("/admin/"), researcher.get("/admin/nothing/")]
    for page in pages:
        assert policy_of(page)["frame-ancestors"] == "'none'"
        assert page.headers["X-Frame-Options"] == "DENY"


def test_a_hit_of_an_emulator_that_is_gone_is_not_there(client: Client, study: Study) -> None:
    hit = posted(study, environment_name="sandbox")
    Posting.objects.update(environment_name="emulator")
    assert client.get(framed(hit)).status_code == 404


def test_a_hit_that_is_a_page_of_its_own_has_none_here(client: Client, study: Study) -> None:
    hit = posted(study, form=Posting.Form.HTML)
    assert client.get(framed(hit)).status_code == 404


# Who somebody is in the frame


def refused(client: Client, path: str, token: str | None) -> bool:
    """Whether a form with that token is refused, and leaves everything as it was."""
    before = rows()
    response = client.post(path, {**BOXES, **({} if token is None else {FIELD: token})})
    return (response.status_code, rows()) == (403, before)


def test_only_a_token_of_the_worker_the_assignment_and_the_hit_starts_one(client: Client, hit: Hit) -> None:
    other_hit = Hit.objects.exclude(pk=hit.pk)[0]
    other_study = posted(published_study())
    own = Visit("A1", "S1", hit.token)
    for token in (
        None,
        "",
        "x" * 10_000,
        "\x00",
        own.token[:-1],
        Visit("A2", "S1", hit.token).token,
        Visit("A1", "S2", hit.token).token,
        Visit("A1", "S1", other_hit.token).token,
        Visit("A1", "S1", other_study.token).token,
        signing.dumps(["A1", "S1", hit.token], salt="another"),
    ):
        assert refused(client, framed(hit), token), token
    assert refused(client, framed(hit, "A2"), own.token)
    assert refused(client, framed(other_study), own.token)
    assert client.post(framed(hit), {**BOXES, FIELD: own.token}).status_code == 302


def test_a_token_is_good_as_long_as_its_assignment(client: Client, hit: Hit, monkeypatch: pytest.MonkeyPatch) -> None:
    made = int(time.time()) - hit.posting.assignment_seconds - 10 * 60 - 5
    with monkeypatch.context() as patch:
        patch.setattr(signing.TimestampSigner, "timestamp", lambda _: signing.b62_encode(made))
        old = Visit("A1", "S1", hit.token).token
    assert refused(client, framed(hit), old)
    page = client.get(framed(hit, visit=old))
    assert token_on(page) != old
    assert client.post(framed(hit), {**BOXES, FIELD: token_on(page)}).status_code == 302


def test_all_pages_of_an_assignment_have_one_token(client: Client, study: Study) -> None:
    """So that images fetched ahead have the addresses that the next page asks for."""
    hit = posted(study, comparisons_per_hit=2)
    page = start(client, hit).content.decode()
    ahead = html.unescape(re.findall(r'data-preload="([^"]*)"', page)[0]).split()
    for image in images(page):
        client.get(image)
    action = html.unescape(re.findall(r'action="([^"]*)" data-in-place data-vote', page)[0])
    form = forms(page)[0]
    following = client.post(action, form.filled(dict.fromkeys(form.questions, "1")), follow=True)
    assert images(following.content.decode()) == ahead
    assert len(ahead) == 2


def test_an_answer_without_its_token_is_not_counted(client: Client, hit: Hit) -> None:
    page = start(client, hit).content.decode()
    action = html.unescape(re.findall(r'action="([^"]*)" data-in-place data-vote', page)[0])
    answer = dict.fromkeys(forms(page)[0].questions, "1")
    for image in images(page):
        client.get(image)
    for token in ({}, {FIELD: Visit("A2", "S1", hit.token).token}, {FIELD: "x"}):
        assert client.post(action, {**answer, **token}).status_code == 403
    assert not Vote.objects.exists()
    assert client.post(action, {**answer, FIELD: Visit("A1", "S1", hit.token).token}).status_code == 302
    assert Vote.objects.count() == 2


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        SANDBOX,
        "http://www.mturk.com",
        "https://www.mturk.com.",
        "https://www.mturk.com:8443",
        "https://www.mturk.com@evil.example",
        "https://evil.example/https://www.mturk.com",
        "https://www.mturk.com.evil.example",
        "https://www.mturk.com/mturk/externalSubmit",
        "//www.mturk.com",
        "javascript:alert(1)",
        "https://WWW.MTURK.COM\\@evil.example",
    ],
)
def test_answers_are_handed_in_at_the_posting_s_own_mechanical_turk_or_not_asked_for(
    client: Client, hit: Hit, elsewhere: str
) -> None:
    path = framed(hit, submit_to=elsewhere)
    assert client.get(path).status_code == 400
    assert refused(client, path, Visit("A1", "S1", hit.token).token)


@pytest.mark.parametrize("odd", ["", "\x00", "a b", "x" * 65, "x" * 10_000, "ü", "<script>", "S1\n", "../S1", "S1'--"])
def test_ids_that_amazon_does_not_make_are_refused(client: Client, hit: Hit, odd: str) -> None:
    for path in (framed(hit, worker=odd), framed(hit, assignment=odd) if odd else framed(hit, worker="")):
        page = client.get(path)
        assert page.status_code == 400
        assert "<script>" not in page.content.decode()


def test_looking_changes_nothing_but_when_a_trial_was_first_shown(client: Client, hit: Hit) -> None:
    before = rows()
    for path in (reverse("mturk_hit", args=[hit.token]), framed(hit), framed(hit, "A2", "S2")):
        client.get(path)
        client.head(path)
    assert rows() == before
    start(client, hit)
    before, shown = rows(), list(Trial.objects.values())
    client.get(framed(hit))
    client.get(framed(hit, trial=shown[0]["token"], report="1", visit="x"))
    assert (rows(), list(Trial.objects.values())) == (before, shown)


def test_images_are_for_the_worker_of_the_token_alone(client: Client, hit: Hit) -> None:
    shown = images(start(client, hit).content.decode())[0]
    assert client.get(shown).status_code == 200
    bare = shown.partition("?")[0]
    for token in ("", "x", Visit("A2", "S1", hit.token).token):
        assert Client().get(bare, {"visit": token}).status_code == 404
    sent = client.get(shown)
    assert (sent.headers["Cache-Control"], dict(sent.cookies)) == ("no-store", {})
    assert not {"ETag", "Last-Modified"} & set(sent.headers)


def test_a_network_that_makes_up_workers_is_stopped(client: Client, hit: Hit, settings: Settings) -> None:
    settings.SESSIONS_PER_HOUR = 2
    statuses = [start(client, hit, f"A{number}", f"S{number}").status_code for number in range(3)]
    assert statuses == [200, 200, 429]
    assert Worker.objects.count() == 2
    other_hit = Hit.objects.exclude(pk=hit.pk)[0]
    assert start(client, other_hit, "A1", "S9").status_code == 200  # who is known may go on with the next HIT
